//! Vector instructions in their EVEX forms, with registers 0 to 31, masks,
//! and broadcasts from memory.
//!
//! Lanes that a mask leaves out keep what the destination had, or become zero
//! where zeroing is asked for. Bits of the destination above the operation's
//! length become zero.

use crate::asm::Asm;
use crate::encode::{Code, Form, Lanes, Places, Tail, Tuple};
use crate::mem::{Mem, Rm, Xm};
use crate::reg::{Gpr, L, Mask, Width, Xmm};
use crate::table::{Shape, VecOp};
use crate::vex::{places, short_form};

/// Operations among vector registers and memory.
#[allow(
    clippy::too_many_arguments,
    reason = "an EVEX instruction has that many operands"
)]
impl Asm {
    /// `dst = op(src1, src2)`.
    #[inline]
    pub fn evex3(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src1: Xmm,
        src2: impl Into<Xm>,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        let src2 = src2.into();
        debug_assert!(
            match op.shape() {
                Shape::Three | Shape::Shift => true,
                Shape::ThreeReg => matches!(src2, Xm::Reg(_)) && mask.is_none(),
                Shape::MoveScalar => matches!(src2, Xm::Reg(_)),
                Shape::ThreeMem => matches!(src2, Xm::Mem(_)) && mask.is_none(),
                _ => false,
            },
            "{op:?} has other operands"
        );
        let places = places(dst.0, src1.0, src2, Tail::NONE);
        self.evex_row(op, l, places, Lanes { mask, zeroing });
    }

    /// `dst = op(src1, src2, imm)`.
    #[inline]
    pub fn evex3_i(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src1: Xmm,
        src2: impl Into<Xm>,
        imm: u8,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(op.shape() == Shape::ThreeImm, "{op:?} has other operands");
        let places = places(dst.0, src1.0, src2.into(), Tail::byte(imm));
        self.evex_row(op, l, places, Lanes { mask, zeroing });
    }

    /// `dst = op(src)`; or flags of two operands.
    #[inline]
    pub fn evex2(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src: impl Into<Xm>,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        let src = src.into();
        debug_assert!(
            match op.shape() {
                Shape::Two | Shape::Move | Shape::Broadcast => true,
                Shape::TwoMem | Shape::MoveMem | Shape::MoveScalar => matches!(src, Xm::Mem(_)),
                _ => false,
            },
            "{op:?} has other operands"
        );
        let places = places(dst.0, 0, src, Tail::NONE);
        self.evex_row(op, l, places, Lanes { mask, zeroing });
    }

    /// `dst = op(src, imm)`.
    #[inline]
    pub fn evex2_i(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src: impl Into<Xm>,
        imm: u8,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(op.shape() == Shape::TwoImm, "{op:?} has other operands");
        let places = places(dst.0, 0, src.into(), Tail::byte(imm));
        self.evex_row(op, l, places, Lanes { mask, zeroing });
    }

    /// `[dst] = src`, all of it or the part that the instruction moves; what
    /// the mask leaves out is not written.
    #[inline]
    pub fn evex_store(&mut self, op: VecOp, l: L, dst: Mem, src: Xmm, mask: Option<Mask>) {
        debug_assert!(op.has_store(), "{op:?} is no store");
        let places = places(src.0, 0, dst, Tail::NONE);
        self.evex_second(op, l, places, only(mask));
    }

    /// `dst = src` shifted by a constant.
    #[inline]
    pub fn evex_shift_i(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src: impl Into<Xm>,
        imm: u8,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(
            matches!(op.shape(), Shape::Shift | Shape::ShiftImm),
            "{op:?} is no shift"
        );
        let digit = op.row().second().digit;
        let places = places(digit, dst.0, src.into(), Tail::byte(imm));
        self.evex_second(op, l, places, Lanes { mask, zeroing });
    }

    /// The lower half of `src` (0) or its upper half (1).
    #[inline]
    pub fn evex_extract_half(
        &mut self,
        op: VecOp,
        dst: impl Into<Xm>,
        src: Xmm,
        half: u8,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(
            op.shape() == Shape::ExtractHalf,
            "{op:?} has other operands"
        );
        let places = places(src.0, 0, dst.into(), Tail::byte(half));
        self.evex_row(op, L::L256, places, Lanes { mask, zeroing });
    }

    /// The lanes of `src`, which has length `l`, made narrower.
    #[inline]
    pub fn evex_narrow(
        &mut self,
        op: VecOp,
        l: L,
        dst: impl Into<Xm>,
        src: Xmm,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(op.shape() == Shape::Narrow, "{op:?} narrows nothing");
        let places = places(src.0, 0, dst.into(), Tail::NONE);
        self.evex_row(op, l, places, Lanes { mask, zeroing });
    }
}

/// Operations with a mask as an operand. Where a mask is given besides, bits
/// of lanes that it leaves out become zero.
#[allow(
    clippy::too_many_arguments,
    reason = "an EVEX instruction has that many operands"
)]
impl Asm {
    /// The lanes in which `src1` and `src2` compare as the predicate says.
    #[inline]
    pub fn evex_cmp(
        &mut self,
        op: VecOp,
        l: L,
        dst: Mask,
        src1: Xmm,
        src2: impl Into<Xm>,
        predicate: u8,
        mask: Option<Mask>,
    ) {
        debug_assert!(op.shape() == Shape::CmpMask, "{op:?} has other operands");
        let places = places(dst.0, src1.0, src2.into(), Tail::byte(predicate));
        self.evex_row(op, l, places, only(mask));
    }

    /// The lanes in which `src1` and `src2` compare as the instruction says.
    #[inline]
    pub fn evex_test(
        &mut self,
        op: VecOp,
        l: L,
        dst: Mask,
        src1: Xmm,
        src2: impl Into<Xm>,
        mask: Option<Mask>,
    ) {
        debug_assert!(op.shape() == Shape::TestMask, "{op:?} has other operands");
        let places = places(dst.0, src1.0, src2.into(), Tail::NONE);
        self.evex_row(op, l, places, only(mask));
    }

    /// The lanes that are of one of the classes.
    #[inline]
    pub fn evex_class(
        &mut self,
        op: VecOp,
        l: L,
        dst: Mask,
        src: impl Into<Xm>,
        classes: u8,
        mask: Option<Mask>,
    ) {
        debug_assert!(op.shape() == Shape::ClassMask, "{op:?} has other operands");
        let places = places(dst.0, 0, src.into(), Tail::byte(classes));
        self.evex_row(op, l, places, only(mask));
    }

    /// Lanes of ones where the mask has a bit, else of zeros.
    #[inline]
    pub fn evex_from_mask(&mut self, op: VecOp, l: L, dst: Xmm, src: Mask) {
        debug_assert!(op.shape() == Shape::FromMask, "{op:?} takes no mask");
        let places = places(dst.0, 0, Xmm(src.0), Tail::NONE);
        self.evex_row(op, l, places, Lanes::ALL);
    }

    /// The signs of lanes.
    #[inline]
    pub fn evex_to_mask(&mut self, op: VecOp, l: L, dst: Mask, src: Xmm) {
        debug_assert!(op.shape() == Shape::ToMask, "{op:?} gives no mask");
        let places = places(dst.0, 0, src, Tail::NONE);
        self.evex_row(op, l, places, Lanes::ALL);
    }
}

/// Operations with a general register.
impl Asm {
    /// `src1` with one lane from a general register or memory.
    #[inline]
    pub fn evex_insert(&mut self, op: VecOp, dst: Xmm, src1: Xmm, src2: impl Into<Rm>, lane: u8) {
        debug_assert!(op.shape() == Shape::Insert, "{op:?} inserts nothing");
        let places = places(dst.0, src1.0, src2.into(), Tail::byte(lane));
        self.evex_row(op, L::L128, places, Lanes::ALL);
    }

    /// One lane to a general register, with zeros above, or to memory.
    #[inline]
    pub fn evex_extract(&mut self, op: VecOp, dst: impl Into<Rm>, src: Xmm, lane: u8) {
        debug_assert!(op.shape() == Shape::Extract, "{op:?} extracts nothing");
        let places = places(src.0, 0, dst.into(), Tail::byte(lane));
        self.evex_row(op, L::L128, places, Lanes::ALL);
    }

    /// `src1` with its lowest lane made from an integer of this width.
    #[inline]
    pub fn evex_from_gpr(
        &mut self,
        op: VecOp,
        width: Width,
        dst: Xmm,
        src1: Xmm,
        src2: impl Into<Rm>,
    ) {
        debug_assert!(op.shape() == Shape::FromGpr, "{op:?} takes no integer");
        debug_assert!(op.has_evex(), "{op:?} has no EVEX form");
        let row = op.row();
        let places = places(dst.0, src1.0, src2.into(), Tail::NONE);
        self.evex(short_form(row.code, width), row.tuple, places, Lanes::ALL);
    }

    /// The lowest lane to an integer of this width.
    #[inline]
    pub fn evex_to_gpr(&mut self, op: VecOp, width: Width, dst: Gpr, src: impl Into<Xm>) {
        debug_assert!(op.shape() == Shape::ToGpr, "{op:?} gives no integer");
        debug_assert!(op.has_evex(), "{op:?} has no EVEX form");
        let row = op.row();
        let places = places(dst.number(), 0, src.into(), Tail::NONE);
        self.evex(short_form(row.code, width), row.tuple, places, Lanes::ALL);
    }

    /// The lowest bits of a general register in all lanes.
    #[inline]
    pub fn evex_broadcast_gpr(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src: Gpr,
        mask: Option<Mask>,
        zeroing: bool,
    ) {
        debug_assert!(op.shape() == Shape::Broadcast, "{op:?} takes no register");
        let places = places(dst.0, 0, src, Tail::NONE);
        self.evex_second(op, l, places, Lanes { mask, zeroing });
    }

    /// The bits of a general register in the lowest lane, zeros above
    /// (`vmovd`, `vmovq`).
    #[inline]
    pub fn evex_gpr_to_xmm(&mut self, width: Width, dst: Xmm, src: Gpr) {
        let row = VecOp::Movd.row();
        let places = places(dst.0, 0, src, Tail::NONE);
        self.evex(short_form(row.code, width), row.tuple, places, Lanes::ALL);
    }

    /// The bits of the lowest lane in a general register (`vmovd`, `vmovq`).
    #[inline]
    pub fn evex_xmm_to_gpr(&mut self, width: Width, dst: Gpr, src: Xmm) {
        let second = VecOp::Movd.row().second();
        let places = places(src.0, 0, dst, Tail::NONE);
        let form = short_form(second.code, width);
        self.evex(form, second.tuple, places, Lanes::ALL);
    }

    #[inline]
    fn evex_row(&mut self, op: VecOp, l: L, places: Places, lanes: Lanes) {
        let row = op.row();
        self.evex_code(op, (row.code, row.tuple), l, places, lanes);
    }

    #[inline]
    fn evex_second(&mut self, op: VecOp, l: L, places: Places, lanes: Lanes) {
        let second = op.row().second();
        self.evex_code(op, (second.code, second.tuple), l, places, lanes);
    }

    #[inline]
    fn evex_code(
        &mut self,
        op: VecOp,
        (code, tuple): (Code, Tuple),
        l: L,
        places: Places,
        lanes: Lanes,
    ) {
        let row = op.row();
        debug_assert!(row.evex.is_some(), "{op:?} has no EVEX form");
        let form = Form {
            code,
            w: row.evex.is_some_and(|form| form.w),
            is_long: row.is_long(l),
        };
        self.evex(form, tuple, places, lanes);
    }
}

/// Lanes of an operation that can not zero.
#[inline]
fn only(mask: Option<Mask>) -> Lanes {
    Lanes {
        mask,
        zeroing: false,
    }
}

//! Vector instructions in their VEX forms, with registers 0 to 15.
//!
//! Bits of the destination above the operation's length become zero.

use crate::asm::Asm;
use crate::encode::{Code, Form, Places, Tail};
use crate::mem::{Mem, Operand, Rm, Xm};
use crate::reg::{Gpr, L, Width, Xmm};
use crate::table::{Shape, VecOp};

/// Operations among vector registers and memory.
impl Asm {
    /// `dst = op(src1, src2)`.
    #[inline]
    pub fn vex3(&mut self, op: VecOp, l: L, dst: Xmm, src1: Xmm, src2: impl Into<Xm>) {
        let src2 = src2.into();
        debug_assert!(
            match op.shape() {
                Shape::Three | Shape::Shift => true,
                Shape::ThreeReg | Shape::MoveScalar => matches!(src2, Xm::Reg(_)),
                Shape::ThreeMem => matches!(src2, Xm::Mem(_)),
                _ => false,
            },
            "{op:?} has other operands"
        );
        let places = places(dst.0, src1.0, src2, Tail::NONE);
        self.vex_row(op, l, places);
    }

    /// `dst = op(src1, src2, imm)`.
    #[inline]
    pub fn vex3_i(&mut self, op: VecOp, l: L, dst: Xmm, src1: Xmm, src2: impl Into<Xm>, imm: u8) {
        debug_assert!(op.shape() == Shape::ThreeImm, "{op:?} has other operands");
        let places = places(dst.0, src1.0, src2.into(), Tail::byte(imm));
        self.vex_row(op, l, places);
    }

    /// `dst = op(src)`; or flags of two operands.
    #[inline]
    pub fn vex2(&mut self, op: VecOp, l: L, dst: Xmm, src: impl Into<Xm>) {
        let src = src.into();
        debug_assert!(
            match op.shape() {
                Shape::Two | Shape::Move | Shape::Broadcast => true,
                Shape::TwoMem | Shape::MoveMem | Shape::MoveScalar => matches!(src, Xm::Mem(_)),
                _ => false,
            },
            "{op:?} has other operands"
        );
        self.vex_row(op, l, places(dst.0, 0, src, Tail::NONE));
    }

    /// `dst = op(src, imm)`.
    #[inline]
    pub fn vex2_i(&mut self, op: VecOp, l: L, dst: Xmm, src: impl Into<Xm>, imm: u8) {
        debug_assert!(op.shape() == Shape::TwoImm, "{op:?} has other operands");
        self.vex_row(op, l, places(dst.0, 0, src.into(), Tail::byte(imm)));
    }

    /// `[dst] = src`, all of it or the part that the instruction moves.
    #[inline]
    pub fn vex_store(&mut self, op: VecOp, l: L, dst: Mem, src: Xmm) {
        debug_assert!(op.has_store(), "{op:?} is no store");
        self.vex_second(op, l, places(src.0, 0, dst, Tail::NONE));
    }

    /// Lanes of `src2` where the sign of `mask` is set, else of `src1`.
    #[inline]
    pub fn vex_blendv(
        &mut self,
        op: VecOp,
        l: L,
        dst: Xmm,
        src1: Xmm,
        src2: impl Into<Xm>,
        mask: Xmm,
    ) {
        debug_assert!(op.shape() == Shape::Blendv, "{op:?} is no choice by signs");
        let tail = Tail::byte(mask.0 << 4);
        self.vex_second(op, l, places(dst.0, src1.0, src2.into(), tail));
    }

    /// `dst = src` shifted by a constant.
    #[inline]
    pub fn vex_shift_i(&mut self, op: VecOp, l: L, dst: Xmm, src: Xmm, imm: u8) {
        debug_assert!(
            matches!(op.shape(), Shape::Shift | Shape::ShiftImm),
            "{op:?} is no shift"
        );
        let digit = op.row().second().digit;
        self.vex_second(op, l, places(digit, dst.0, src, Tail::byte(imm)));
    }

    /// The lower half of `src` (0) or its upper half (1).
    #[inline]
    pub fn vex_extract_half(&mut self, op: VecOp, dst: impl Into<Xm>, src: Xmm, half: u8) {
        debug_assert!(
            op.shape() == Shape::ExtractHalf,
            "{op:?} has other operands"
        );
        let places = places(src.0, 0, dst.into(), Tail::byte(half));
        self.vex_row(op, L::L256, places);
    }

    /// Clears the upper halves of all registers, so that legacy forms do not
    /// wait for them.
    #[inline]
    pub fn vzeroupper(&mut self) {
        self.raw(0x77_F8_C5, 3);
    }
}

/// Operations with a general register.
impl Asm {
    /// `src1` with one lane from a general register or memory.
    #[inline]
    pub fn vex_insert(&mut self, op: VecOp, dst: Xmm, src1: Xmm, src2: impl Into<Rm>, lane: u8) {
        debug_assert!(op.shape() == Shape::Insert, "{op:?} inserts nothing");
        let places = places(dst.0, src1.0, src2.into(), Tail::byte(lane));
        self.vex_row(op, L::L128, places);
    }

    /// One lane to a general register, with zeros above, or to memory.
    #[inline]
    pub fn vex_extract(&mut self, op: VecOp, dst: impl Into<Rm>, src: Xmm, lane: u8) {
        debug_assert!(op.shape() == Shape::Extract, "{op:?} extracts nothing");
        let places = places(src.0, 0, dst.into(), Tail::byte(lane));
        self.vex_row(op, L::L128, places);
    }

    /// `src1` with its lowest lane made from an integer of this width.
    #[inline]
    pub fn vex_from_gpr(
        &mut self,
        op: VecOp,
        width: Width,
        dst: Xmm,
        src1: Xmm,
        src2: impl Into<Rm>,
    ) {
        debug_assert!(op.shape() == Shape::FromGpr, "{op:?} takes no integer");
        debug_assert!(op.has_vex(), "{op:?} has no VEX form");
        let places = places(dst.0, src1.0, src2.into(), Tail::NONE);
        self.vex(short_form(op.row().code, width), places);
    }

    /// The lowest lane to an integer of this width.
    #[inline]
    pub fn vex_to_gpr(&mut self, op: VecOp, width: Width, dst: Gpr, src: impl Into<Xm>) {
        debug_assert!(op.shape() == Shape::ToGpr, "{op:?} gives no integer");
        debug_assert!(op.has_vex(), "{op:?} has no VEX form");
        let places = places(dst.number(), 0, src.into(), Tail::NONE);
        self.vex(short_form(op.row().code, width), places);
    }

    /// The signs of the lanes, the lowest lane's in the lowest bit.
    #[inline]
    pub fn vex_signs_to_gpr(&mut self, op: VecOp, l: L, dst: Gpr, src: Xmm) {
        debug_assert!(op.shape() == Shape::SignsToGpr, "{op:?} gives no signs");
        self.vex_row(op, l, places(dst.number(), 0, src, Tail::NONE));
    }

    /// The bits of a general register in the lowest lane, zeros above
    /// (`vmovd`, `vmovq`).
    #[inline]
    pub fn vex_gpr_to_xmm(&mut self, width: Width, dst: Xmm, src: Gpr) {
        let form = short_form(VecOp::Movd.row().code, width);
        self.vex(form, places(dst.0, 0, src, Tail::NONE));
    }

    /// The bits of the lowest lane in a general register (`vmovd`, `vmovq`).
    #[inline]
    pub fn vex_xmm_to_gpr(&mut self, width: Width, dst: Gpr, src: Xmm) {
        let form = short_form(VecOp::Movd.row().second().code, width);
        self.vex(form, places(src.0, 0, dst, Tail::NONE));
    }

    #[inline]
    fn vex_row(&mut self, op: VecOp, l: L, places: Places) {
        self.vex_code(op, op.row().code, l, places);
    }

    #[inline]
    fn vex_second(&mut self, op: VecOp, l: L, places: Places) {
        self.vex_code(op, op.row().second().code, l, places);
    }

    #[inline]
    fn vex_code(&mut self, op: VecOp, code: Code, l: L, places: Places) {
        let row = op.row();
        debug_assert!(row.vex.is_some(), "{op:?} has no VEX form");
        let form = Form {
            code,
            w: row.vex.is_some_and(|form| form.w),
            is_long: row.is_long(l),
        };
        self.vex(form, places);
    }
}

/// Operands by their places; `vvvv` is 0 where the instruction has none.
#[inline]
pub(crate) fn places(reg: u8, vvvv: u8, rm: impl Into<Operand>, tail: Tail) -> Places {
    Places {
        reg,
        vvvv,
        rm: rm.into(),
        tail,
    }
}

/// A form on single lanes where W is the width of a general register.
#[inline]
pub(crate) fn short_form(code: Code, width: Width) -> Form {
    Form {
        code,
        w: width.is_wide(),
        is_long: false,
    }
}

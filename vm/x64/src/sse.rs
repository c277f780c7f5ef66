//! Vector instructions in their legacy forms, with registers 0 to 15.
//!
//! The destination is the first source too, and operands of 16 bytes in
//! memory must be aligned but for the moves that say otherwise. The upper
//! halves of long registers stay as they are.

use crate::asm::Asm;
use crate::encode::{Code, Tail};
use crate::mem::{Mem, Operand, Rm, Xm};
use crate::reg::{Gpr, Width, Xmm};
use crate::table::{Shape, VecOp};

impl Asm {
    /// `dst = op(dst, src)`, or `dst = op(src)`.
    #[inline]
    pub fn sse(&mut self, op: VecOp, dst: Xmm, src: impl Into<Xm>) {
        let src = src.into();
        debug_assert!(
            match op.shape() {
                Shape::Three | Shape::Two | Shape::Move => true,
                Shape::MoveScalar | Shape::Shift | Shape::Blendv => true,
                Shape::ThreeReg => matches!(src, Xm::Reg(_)),
                Shape::ThreeMem | Shape::TwoMem | Shape::MoveMem => matches!(src, Xm::Mem(_)),
                _ => false,
            },
            "{op:?} has other operands"
        );
        self.sse_row(op, dst.0, src.into(), Tail::NONE);
    }

    /// The same with a constant.
    #[inline]
    pub fn sse_i(&mut self, op: VecOp, dst: Xmm, src: impl Into<Xm>, imm: u8) {
        debug_assert!(
            matches!(op.shape(), Shape::ThreeImm | Shape::TwoImm),
            "{op:?} has other operands"
        );
        self.sse_row(op, dst.0, src.into().into(), Tail::byte(imm));
    }

    /// `[dst] = src`, all of it or the part that the instruction moves.
    #[inline]
    pub fn sse_store(&mut self, op: VecOp, dst: Mem, src: Xmm) {
        debug_assert!(op.has_store(), "{op:?} is no store");
        self.sse_second(op, src.0, dst.into(), Tail::NONE);
    }

    /// Shifts by a constant.
    #[inline]
    pub fn sse_shift_i(&mut self, op: VecOp, dst: Xmm, imm: u8) {
        debug_assert!(
            matches!(op.shape(), Shape::Shift | Shape::ShiftImm),
            "{op:?} is no shift"
        );
        let digit = op.row().second().digit;
        self.sse_second(op, digit, dst.into(), Tail::byte(imm));
    }

    /// `dst` with one lane from a general register or memory.
    #[inline]
    pub fn sse_insert(&mut self, op: VecOp, dst: Xmm, src: impl Into<Rm>, lane: u8) {
        debug_assert!(op.shape() == Shape::Insert, "{op:?} inserts nothing");
        self.sse_row(op, dst.0, src.into().into(), Tail::byte(lane));
    }

    /// One lane to a general register, with zeros above, or to memory.
    #[inline]
    pub fn sse_extract(&mut self, op: VecOp, dst: impl Into<Rm>, src: Xmm, lane: u8) {
        debug_assert!(op.shape() == Shape::Extract, "{op:?} extracts nothing");
        self.sse_row(op, src.0, dst.into().into(), Tail::byte(lane));
    }

    /// An integer of this width to the lowest lane of `dst`; the others stay.
    #[inline]
    pub fn sse_from_gpr(&mut self, op: VecOp, width: Width, dst: Xmm, src: impl Into<Rm>) {
        debug_assert!(op.shape() == Shape::FromGpr, "{op:?} takes no integer");
        debug_assert!(op.has_sse(), "{op:?} has no legacy form");
        let src = src.into().into();
        self.legacy(op.row().code, width.rex(), dst.0, src, Tail::NONE);
    }

    /// The lowest lane to an integer of this width.
    #[inline]
    pub fn sse_to_gpr(&mut self, op: VecOp, width: Width, dst: Gpr, src: impl Into<Xm>) {
        debug_assert!(op.shape() == Shape::ToGpr, "{op:?} gives no integer");
        debug_assert!(op.has_sse(), "{op:?} has no legacy form");
        let src = src.into().into();
        self.legacy(op.row().code, width.rex(), dst.number(), src, Tail::NONE);
    }

    /// The signs of the lanes, the lowest lane's in the lowest bit.
    #[inline]
    pub fn sse_signs_to_gpr(&mut self, op: VecOp, dst: Gpr, src: Xmm) {
        debug_assert!(op.shape() == Shape::SignsToGpr, "{op:?} gives no signs");
        self.sse_row(op, dst.number(), src.into(), Tail::NONE);
    }

    /// The bits of a general register in the lowest lane, zeros above
    /// (`movd`, `movq`).
    #[inline]
    pub fn sse_gpr_to_xmm(&mut self, width: Width, dst: Xmm, src: Gpr) {
        let code = VecOp::Movd.row().code;
        self.legacy(code, width.rex(), dst.0, src.into(), Tail::NONE);
    }

    /// The bits of the lowest lane in a general register (`movd`, `movq`).
    #[inline]
    pub fn sse_xmm_to_gpr(&mut self, width: Width, dst: Gpr, src: Xmm) {
        let code = VecOp::Movd.row().second().code;
        self.legacy(code, width.rex(), src.0, dst.into(), Tail::NONE);
    }

    #[inline]
    fn sse_row(&mut self, op: VecOp, reg: u8, rm: Operand, tail: Tail) {
        self.sse_code(op, op.row().code, reg, rm, tail);
    }

    #[inline]
    fn sse_second(&mut self, op: VecOp, reg: u8, rm: Operand, tail: Tail) {
        self.sse_code(op, op.row().second().code, reg, rm, tail);
    }

    #[inline]
    fn sse_code(&mut self, op: VecOp, code: Code, reg: u8, rm: Operand, tail: Tail) {
        let form = op.row().sse;
        debug_assert!(form.is_some(), "{op:?} has no legacy form");
        let w = form.is_some_and(|form| form.w);
        self.legacy(code, if w { 0x48 } else { 0 }, reg, rm, tail);
    }
}

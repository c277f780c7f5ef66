//! Mask registers among themselves and with general registers (AVX-512).

use crate::asm::Asm;
use crate::encode::{Code, Form, Map, Places, Prefix, Tail};
use crate::mem::{Mem, Operand};
use crate::reg::{Gpr, Mask};

/// How many bits of a mask count: words need AVX512F, bytes AVX512DQ, the
/// others AVX512BW.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaskWidth {
    /// 8 bits.
    B,
    /// 16 bits.
    W,
    /// 32 bits.
    D,
    /// 64 bits.
    Q,
}

/// Operations of two masks. The number is the opcode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MaskOp {
    /// Bits of both.
    And = 0x41,
    /// Bits of the second that the first lacks.
    Andn = 0x42,
    /// Bits of either.
    Or = 0x45,
    /// Bits that are the same.
    Xnor = 0x46,
    /// Bits that differ.
    Xor = 0x47,
    /// Sum.
    Add = 0x4A,
}

impl MaskWidth {
    /// Prefix and W, as most instructions have them: W tells pairs apart, the
    /// prefix tells which is the narrower of its pair.
    const fn usual(self) -> (Prefix, bool) {
        match self {
            Self::B => (Prefix::P66, false),
            Self::W => (Prefix::Np, false),
            Self::D => (Prefix::P66, true),
            Self::Q => (Prefix::Np, true),
        }
    }

    /// Prefix and W of moves from and to general registers.
    const fn with_gpr(self) -> (Prefix, bool) {
        match self {
            Self::B => (Prefix::P66, false),
            Self::W => (Prefix::Np, false),
            Self::D => (Prefix::F2, false),
            Self::Q => (Prefix::F2, true),
        }
    }
}

impl Asm {
    /// `dst = src` from a general register.
    #[inline]
    pub fn kmov_from_gpr(&mut self, width: MaskWidth, dst: Mask, src: Gpr) {
        self.mask(0x92, width.with_gpr(), false, (dst.0, 0), src.into());
    }

    /// `dst = src` into a general register, with zeros above.
    #[inline]
    pub fn kmov_to_gpr(&mut self, width: MaskWidth, dst: Gpr, src: Mask) {
        let src = Operand::Reg(src.0);
        self.mask(0x93, width.with_gpr(), false, (dst.number(), 0), src);
    }

    /// `dst = src` between mask registers.
    #[inline]
    pub fn kmov(&mut self, width: MaskWidth, dst: Mask, src: Mask) {
        self.mask(0x90, width.usual(), false, (dst.0, 0), Operand::Reg(src.0));
    }

    /// `dst = [src]`.
    #[inline]
    pub fn kmov_load(&mut self, width: MaskWidth, dst: Mask, src: Mem) {
        self.mask(0x90, width.usual(), false, (dst.0, 0), src.into());
    }

    /// `[dst] = src`.
    #[inline]
    pub fn kmov_store(&mut self, width: MaskWidth, dst: Mem, src: Mask) {
        self.mask(0x91, width.usual(), false, (src.0, 0), dst.into());
    }

    /// `dst = a op b`.
    #[inline]
    pub fn kop(&mut self, op: MaskOp, width: MaskWidth, dst: Mask, a: Mask, b: Mask) {
        let b = Operand::Reg(b.0);
        self.mask(op as u8, width.usual(), true, (dst.0, a.0), b);
    }

    /// `dst = !src`.
    #[inline]
    pub fn knot(&mut self, width: MaskWidth, dst: Mask, src: Mask) {
        self.mask(0x44, width.usual(), false, (dst.0, 0), Operand::Reg(src.0));
    }

    /// Flags of `a | b`: zero if no bit is set, carry if all are.
    #[inline]
    pub fn kortest(&mut self, width: MaskWidth, a: Mask, b: Mask) {
        self.mask(0x98, width.usual(), false, (a.0, 0), Operand::Reg(b.0));
    }

    /// Zero flag of `a & b`, carry flag of `!a & b` (bytes and words:
    /// AVX512DQ).
    #[inline]
    pub fn ktest(&mut self, width: MaskWidth, a: Mask, b: Mask) {
        self.mask(0x99, width.usual(), false, (a.0, 0), Operand::Reg(b.0));
    }

    /// `regs` are the fields `reg` and `vvvv`. Operations with three masks
    /// have the length bit set.
    fn mask(
        &mut self,
        opcode: u8,
        (prefix, w): (Prefix, bool),
        is_long: bool,
        regs: (u8, u8),
        rm: Operand,
    ) {
        let form = Form {
            code: Code::new(prefix, Map::M0F, opcode),
            w,
            is_long,
        };
        let places = Places {
            reg: regs.0,
            vvvv: regs.1,
            rm,
            tail: Tail::NONE,
        };
        self.vex(form, places);
    }
}

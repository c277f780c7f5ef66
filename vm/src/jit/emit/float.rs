//! Scalar floats.
//!
//! What instructions of the CPU give for a NaN is not what Wasm says; results
//! here may be any NaN, and `canon` comes where that can be seen.

use isa::Op;
use x64::{Cond, VecOp, Width, Xm, Xmm};

use super::super::ir::{Inst, Shape, Val};
use super::{Cold, Emitter, VEC_SCRATCH};

/// Rounding modes of `roundss`: to an integer, without an exception.
const NEAREST: u8 = 8;
const FLOOR: u8 = 9;
const CEIL: u8 = 10;
const TRUNC: u8 = 11;

const SIGN32: u32 = 1 << 31;
const SIGN64: u64 = 1 << 63;

impl Emitter<'_> {
    /// A row of scalar float arithmetic; whether it was one.
    pub(super) fn float(&mut self, op: Op, inst: &Inst) -> bool {
        use Op as O;
        match op {
            O::F32Add => self.float_two(VecOp::Addss, inst, true),
            O::F64Add => self.float_two(VecOp::Addsd, inst, true),
            O::F32Sub => self.float_two(VecOp::Subss, inst, false),
            O::F64Sub => self.float_two(VecOp::Subsd, inst, false),
            O::F32Mul => self.float_two(VecOp::Mulss, inst, true),
            O::F64Mul => self.float_two(VecOp::Mulsd, inst, true),
            O::F32Div => self.float_two(VecOp::Divss, inst, false),
            O::F64Div => self.float_two(VecOp::Divsd, inst, false),
            O::F32Min => self.float_min(false, inst),
            O::F64Min => self.float_min(true, inst),
            O::F32Max => self.float_max(false, inst),
            O::F64Max => self.float_max(true, inst),
            O::F32Sqrt => self.float_one(VecOp::Sqrtss, None, inst),
            O::F64Sqrt => self.float_one(VecOp::Sqrtsd, None, inst),
            O::F32Ceil => self.float_one(VecOp::Roundss, Some(CEIL), inst),
            O::F64Ceil => self.float_one(VecOp::Roundsd, Some(CEIL), inst),
            O::F32Floor => self.float_one(VecOp::Roundss, Some(FLOOR), inst),
            O::F64Floor => self.float_one(VecOp::Roundsd, Some(FLOOR), inst),
            O::F32Trunc => self.float_one(VecOp::Roundss, Some(TRUNC), inst),
            O::F64Trunc => self.float_one(VecOp::Roundsd, Some(TRUNC), inst),
            O::F32Nearest => self.float_one(VecOp::Roundss, Some(NEAREST), inst),
            O::F64Nearest => self.float_one(VecOp::Roundsd, Some(NEAREST), inst),
            O::F32Abs => self.float_bits(VecOp::Andps, u64::from(!SIGN32), inst),
            O::F64Abs => self.float_bits(VecOp::Andps, !SIGN64, inst),
            O::F32Neg => self.float_bits(VecOp::Xorps, u64::from(SIGN32), inst),
            O::F64Neg => self.float_bits(VecOp::Xorps, SIGN64, inst),
            O::F32Copysign => self.copy_sign(u64::from(SIGN32), u64::from(!SIGN32), inst),
            O::F64Copysign => self.copy_sign(SIGN64, !SIGN64, inst),
            _ => return false,
        }
        true
    }

    fn float_two(&mut self, op: VecOp, inst: &Inst, commutes: bool) {
        let [a, b, _] = inst.args;
        let (a, b) = match self.constant_bytes(a) {
            Some(_) if commutes && self.constant_bytes(b).is_none() => (b, a),
            _ => (a, b),
        };
        let to = self.def_xmm();
        let a = self.vec_reg(a, VEC_SCRATCH);
        let b = self.vec(b);
        if commutes
            && !self.avx()
            && let Xm::Reg(reg) = b
            && reg == to
        {
            return self.v3(op, to, reg, a);
        }
        self.v3(op, to, a, b);
    }

    /// Both operands are the same, so that no register is waited for that has
    /// nothing to do with it.
    fn float_one(&mut self, op: VecOp, mode: Option<u8>, inst: &Inst) {
        let to = self.def_xmm();
        let a = self.vec_reg(inst.args[0], VEC_SCRATCH);
        match mode {
            Some(mode) => self.v3_i(op, to, a, a, mode),
            None => self.v3(op, to, a, a),
        }
    }

    /// An operation with a constant, on bits.
    fn float_bits(&mut self, op: VecOp, mask: u64, inst: &Inst) {
        let to = self.def_xmm();
        let a = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let mask = self.pool(&u128::from(mask).to_le_bytes());
        self.v3(op, to, a, mask);
    }

    fn copy_sign(&mut self, sign: u64, rest: u64, inst: &Inst) {
        let to = self.def_xmm();
        let sign = self.pool(&u128::from(sign).to_le_bytes());
        let rest = self.pool(&u128::from(rest).to_le_bytes());
        let b = self.vec_reg(inst.args[1], VEC_SCRATCH);
        self.v3(VecOp::Andps, VEC_SCRATCH, b, sign);
        let a = self.vec_reg(inst.args[0], to);
        self.v3(VecOp::Andps, to, a, rest);
        self.v3(VecOp::Orps, to, to, VEC_SCRATCH);
    }

    /// The minimum both ways round: the CPU's gives its second operand for
    /// NaNs and for two zeros. Either way or together they have all bits of a
    /// NaN, or the sign of a negative zero.
    fn float_min(&mut self, double: bool, inst: &Inst) {
        let op = if double { VecOp::Minsd } else { VecOp::Minss };
        let to = self.def_xmm();
        let (a, b) = self.two_in_registers(inst);
        self.v3(op, VEC_SCRATCH, a, b);
        self.v3(op, to, b, a);
        self.v3(VecOp::Orps, to, to, VEC_SCRATCH);
    }

    /// As the minimum; where the two ways round differ, a negative zero is
    /// subtracted from what has the bits of both, which clears the sign of a
    /// zero and keeps a NaN.
    fn float_max(&mut self, double: bool, inst: &Inst) {
        let (op, sub) = match double {
            true => (VecOp::Maxsd, VecOp::Subsd),
            false => (VecOp::Maxss, VecOp::Subss),
        };
        let to = self.def_xmm();
        let (a, b) = self.two_in_registers(inst);
        self.v3(op, VEC_SCRATCH, a, b);
        self.v3(op, to, b, a);
        self.v3(VecOp::Xorps, VEC_SCRATCH, VEC_SCRATCH, to);
        self.v3(VecOp::Orps, to, to, VEC_SCRATCH);
        self.v3(sub, to, to, VEC_SCRATCH);
    }

    /// Both operands of a row whose constants the allocator was asked to put
    /// into registers.
    fn two_in_registers(&mut self, inst: &Inst) -> (Xmm, Xmm) {
        let to = self.def_xmm();
        let [a, b, _] = inst.args;
        // The result's register is free until the second step reads both.
        let a = self.vec_reg(a, to);
        let b = self.vec_reg(b, to);
        (a, b)
    }

    /// Makes NaNs canonical where they may not be.
    pub(super) fn canon(&mut self, val: Val, inst: &Inst, shape: Shape) {
        let _ = val;
        let (to, from) = (self.def_xmm(), self.xmm(inst.args[0]));
        match shape {
            Shape::F32 | Shape::F64 => {
                self.copy_xmm(to, from);
                let op = if shape == Shape::F64 {
                    VecOp::Ucomisd
                } else {
                    VecOp::Ucomiss
                };
                self.v2(op, to, to);
                let (label, back) = (self.asm.label(), self.asm.label());
                self.asm.jcc(Cond::P, label);
                self.asm.bind(back);
                self.cold.push(Cold::Canon {
                    label,
                    back,
                    register: to,
                    shape,
                });
            }
            Shape::F32x4 | Shape::F64x2 => self.canon_lanes(to, from, shape),
        }
    }

    /// Puts the canonical NaN into a register.
    pub(super) fn replace_nan(&mut self, to: Xmm, shape: Shape) {
        let bits = match shape {
            Shape::F32 => u128::from(0x7fc0_0000_u32),
            _ => u128::from(0x7ff8_0000_0000_0000_u64),
        };
        self.load_constant(to, &bits.to_le_bytes());
    }

    /// Lanes that are not equal to themselves are replaced.
    fn canon_lanes(&mut self, to: Xmm, from: Xmm, shape: Shape) {
        let (cmp, nan) = match shape {
            Shape::F32x4 => (VecOp::Cmpps, self.pool32(0x7fc0_0000)),
            _ => (VecOp::Cmppd, self.pool64(0x7ff8_0000_0000_0000)),
        };
        const UNORDERED: u8 = 3;
        if self.avx() {
            self.v3_i(cmp, VEC_SCRATCH, from, from, UNORDERED);
            let blend = if shape == Shape::F32x4 {
                VecOp::Blendvps
            } else {
                VecOp::Blendvpd
            };
            return self
                .asm
                .vex_blendv(blend, x64::L::L128, to, from, nan, VEC_SCRATCH);
        }
        // Bits of lanes without a NaN, or with one those of the canonical one.
        self.copy_xmm(VEC_SCRATCH, from);
        self.asm.sse_i(cmp, VEC_SCRATCH, VEC_SCRATCH, UNORDERED);
        self.copy_xmm(to, from);
        let temp = self.assigned.temp_xmm(self.at, 0);
        self.copy_xmm(temp, VEC_SCRATCH);
        self.asm.sse(VecOp::Andnps, VEC_SCRATCH, to);
        self.asm.sse(VecOp::Andps, temp, nan);
        self.asm.sse(VecOp::Orps, VEC_SCRATCH, temp);
        self.copy_xmm(to, VEC_SCRATCH);
    }

    /// A general register's bits in a vector register.
    pub(super) fn gpr_to_xmm(&mut self, width: Width, to: Xmm, from: x64::Gpr) {
        if self.avx() {
            self.asm.vex_gpr_to_xmm(width, to, from);
        } else {
            self.asm.sse_gpr_to_xmm(width, to, from);
        }
    }

    /// The low bits of a vector register in a general one.
    pub(super) fn xmm_to_gpr(&mut self, width: Width, to: x64::Gpr, from: Xmm) {
        if self.avx() {
            self.asm.vex_xmm_to_gpr(width, to, from);
        } else {
            self.asm.sse_xmm_to_gpr(width, to, from);
        }
    }
}

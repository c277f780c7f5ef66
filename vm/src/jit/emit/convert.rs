//! Conversions between integers and floats.

use isa::{Op, Trap};
use x64::{Alu, Cond, Gpr, VecOp, Width, Xmm};

use super::super::ir::Inst;
use super::{Cold, Emitter, SCRATCH, VEC_SCRATCH};

/// Widths of a conversion: of the float (whether it is double) and the integer.
#[derive(Clone, Copy)]
struct To {
    double: bool,
    width: Width,
    signed: bool,
}

fn truncation(op: Op) -> Option<To> {
    use Op as O;
    use Width::{W32, W64};
    let to = |double, width, signed| {
        Some(To {
            double,
            width,
            signed,
        })
    };
    match op {
        O::I32TruncF32S => to(false, W32, true),
        O::I32TruncF32U => to(false, W32, false),
        O::I32TruncF64S => to(true, W32, true),
        O::I32TruncF64U => to(true, W32, false),
        O::I64TruncF32S => to(false, W64, true),
        O::I64TruncF32U => to(false, W64, false),
        O::I64TruncF64S => to(true, W64, true),
        O::I64TruncF64U => to(true, W64, false),
        _ => None,
    }
}

fn saturating(op: Op) -> Option<To> {
    use Op as O;
    use Width::{W32, W64};
    let to = |double, width, signed| {
        Some(To {
            double,
            width,
            signed,
        })
    };
    match op {
        O::I32TruncSatF32S => to(false, W32, true),
        O::I32TruncSatF32U => to(false, W32, false),
        O::I32TruncSatF64S => to(true, W32, true),
        O::I32TruncSatF64U => to(true, W32, false),
        O::I64TruncSatF32S => to(false, W64, true),
        O::I64TruncSatF64S => to(true, W64, true),
        _ => None,
    }
}

impl Emitter<'_> {
    /// A row that converts; whether it was one.
    pub(super) fn convert(&mut self, op: Op, inst: &Inst) -> bool {
        use Op as O;
        match op {
            O::F32DemoteF64 => self.between_floats(VecOp::Cvtsd2ss, inst),
            O::F64PromoteF32 => self.between_floats(VecOp::Cvtss2sd, inst),
            O::F32ConvertI32S => self.float_from_int(VecOp::Cvtsi2ss, Width::W32, inst),
            O::F64ConvertI32S => self.float_from_int(VecOp::Cvtsi2sd, Width::W32, inst),
            // An unsigned integer of 32 bits is a signed one of 64.
            O::F32ConvertI32U | O::F32ConvertI64S => {
                self.float_from_int(VecOp::Cvtsi2ss, Width::W64, inst)
            }
            O::F64ConvertI32U | O::F64ConvertI64S => {
                self.float_from_int(VecOp::Cvtsi2sd, Width::W64, inst)
            }
            O::I32ReinterpretF32 => self.bits_of_float(Width::W32, inst),
            O::I64ReinterpretF64 => self.bits_of_float(Width::W64, inst),
            O::F32ReinterpretI32 => self.float_of_bits(Width::W32, inst),
            O::F64ReinterpretI64 => self.float_of_bits(Width::W64, inst),
            _ => return self.truncate(op, inst),
        }
        true
    }

    fn truncate(&mut self, op: Op, inst: &Inst) -> bool {
        if let Some(to) = truncation(op) {
            match (to.width, to.signed) {
                (Width::W64, false) => self.u64_from_float(to, inst),
                _ => self.int_from_float(to, inst),
            }
            return true;
        }
        match saturating(op) {
            Some(to) => self.saturate(to, inst),
            None => return false,
        }
        true
    }

    /// The register's other bits come from the scratch register, zeroed, so
    /// that nothing else is waited for.
    fn between_floats(&mut self, op: VecOp, inst: &Inst) {
        let to = self.def_xmm();
        let from = self.vec_reg(inst.args[0], to);
        self.v3(VecOp::Xorps, VEC_SCRATCH, VEC_SCRATCH, VEC_SCRATCH);
        if self.avx() {
            self.v3(op, to, VEC_SCRATCH, from);
        } else {
            self.asm.sse(op, VEC_SCRATCH, from);
            self.copy_xmm(to, VEC_SCRATCH);
        }
    }

    fn float_from_int(&mut self, op: VecOp, width: Width, inst: &Inst) {
        let from = self.int(inst.args[0]);
        let to = self.def_xmm();
        self.v3(VecOp::Xorps, to, to, to);
        if self.avx() {
            self.asm.vex_from_gpr(op, width, to, to, from);
        } else {
            self.asm.sse_from_gpr(op, width, to, from);
        }
    }

    fn bits_of_float(&mut self, width: Width, inst: &Inst) {
        let from = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let to = self.def_gpr();
        self.xmm_to_gpr(width, to, from);
    }

    fn float_of_bits(&mut self, width: Width, inst: &Inst) {
        let from = self.int(inst.args[0]);
        let to = self.def_xmm();
        self.gpr_to_xmm(width, to, from);
    }

    fn convert_to_gpr(&mut self, double: bool, width: Width, to: Gpr, from: Xmm) {
        let op = if double {
            VecOp::Cvttsd2si
        } else {
            VecOp::Cvttss2si
        };
        if self.avx() {
            self.asm.vex_to_gpr(op, width, to, from);
        } else {
            self.asm.sse_to_gpr(op, width, to, from);
        }
    }

    /// A conversion that may trap: by way of 64 bits, in which a result of 32
    /// must still be itself. The CPU gives the least number for what it
    /// cannot convert.
    fn int_from_float(&mut self, to: To, inst: &Inst) {
        let from = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let result = self.def_gpr();
        let label = self.asm.label();
        self.cold.push(Cold::Conversion {
            label,
            double: to.double,
            operand: from,
            pos: inst.pos,
        });
        self.convert_to_gpr(to.double, Width::W64, SCRATCH, from);
        match (to.width, to.signed) {
            (Width::W32, true) => {
                self.asm.movsxd(result, SCRATCH);
                self.asm.alu(Alu::Cmp, Width::W64, result, SCRATCH);
                self.asm.jcc(Cond::Ne, label);
                self.asm.mov_rr(Width::W32, result, SCRATCH);
            }
            (Width::W32, false) => {
                self.asm.mov_rr(Width::W32, result, SCRATCH);
                self.asm.alu(Alu::Cmp, Width::W64, result, SCRATCH);
                self.asm.jcc(Cond::Ne, label);
            }
            (Width::W64, _) => {
                let over = self.asm.label();
                self.copy_gpr(result, SCRATCH);
                // Overflows only for the least number.
                self.asm.neg(Width::W64, SCRATCH);
                self.asm.jcc(Cond::No, over);
                let least = self.float_constant(to.double, -9_223_372_036_854_775_808.0);
                let ucomi = if to.double {
                    VecOp::Ucomisd
                } else {
                    VecOp::Ucomiss
                };
                self.v2(ucomi, from, least);
                self.asm.jcc(Cond::Ne, label);
                self.asm.jcc(Cond::P, label);
                self.asm.bind(over);
            }
        }
    }

    /// A number in memory, as a float of this width.
    fn float_constant(&mut self, double: bool, value: f64) -> x64::Mem {
        match double {
            true => self.pool(&value.to_bits().to_le_bytes()),
            // Powers of two have both widths exactly.
            false => self.pool(&(value as f32).to_bits().to_le_bytes()),
        }
    }

    /// Unsigned 64 bits: what is too large for a signed conversion is made
    /// smaller by 2^63 first.
    fn u64_from_float(&mut self, to: To, inst: &Inst) {
        let from = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let result = self.def_gpr();
        let (ucomi, sub) = match to.double {
            true => (VecOp::Ucomisd, VecOp::Subsd),
            false => (VecOp::Ucomiss, VecOp::Subss),
        };
        let label = self.asm.label();
        self.cold.push(Cold::Conversion {
            label,
            double: to.double,
            operand: from,
            pos: inst.pos,
        });
        let (large, done) = (self.asm.label(), self.asm.label());
        let limit = self.float_constant(to.double, 9_223_372_036_854_775_808.0);
        self.v2(ucomi, from, limit);
        self.asm.jcc(Cond::P, label);
        self.asm.jcc(Cond::Ae, large);
        self.convert_to_gpr(to.double, Width::W64, result, from);
        self.asm.test(Width::W64, result, result);
        self.asm.jcc(Cond::S, label);
        self.asm.jmp(done);
        self.asm.bind(large);
        let temp = self.assigned.temp_xmm(self.at, 0);
        self.copy_xmm(temp, from);
        self.v3(sub, temp, temp, limit);
        self.convert_to_gpr(to.double, Width::W64, result, temp);
        self.asm.test(Width::W64, result, result);
        self.asm.jcc(Cond::S, label);
        self.asm.mov_ri(SCRATCH, 1 << 63);
        self.asm.alu(Alu::Xor, Width::W64, result, SCRATCH);
        self.asm.bind(done);
    }

    /// Which trap a conversion that failed has: for a NaN another one.
    pub(super) fn conversion_trap(&mut self, double: bool, operand: Xmm, pos: u32) {
        let ucomi = if double {
            VecOp::Ucomisd
        } else {
            VecOp::Ucomiss
        };
        self.v2(ucomi, operand, operand);
        let invalid = self.asm.label();
        self.asm.jcc(Cond::P, invalid);
        self.leave_with_trap(Trap::IntegerOverflow, pos);
        self.asm.bind(invalid);
        self.leave_with_trap(Trap::InvalidConversionToInteger, pos);
    }

    /// A conversion to the nearest integer there is.
    fn saturate(&mut self, to: To, inst: &Inst) {
        let from = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let result = self.def_gpr();
        let done = self.asm.label();
        self.convert_to_gpr(to.double, Width::W64, SCRATCH, from);
        // Whether the result is itself, as in a conversion that may trap.
        match (to.width, to.signed) {
            (Width::W32, true) => self.asm.movsxd(result, SCRATCH),
            (Width::W32, false) => self.asm.mov_rr(Width::W32, result, SCRATCH),
            (Width::W64, _) => self.copy_gpr(result, SCRATCH),
        }
        let fixed = self.asm.label();
        match to.width {
            Width::W32 => {
                self.asm.alu(Alu::Cmp, Width::W64, result, SCRATCH);
                self.asm.jcc(Cond::E, done);
            }
            Width::W64 => {
                self.asm.neg(Width::W64, SCRATCH);
                self.asm.jcc(Cond::No, done);
            }
        }
        let zero = match to.double {
            true => self.float_constant(true, 0.0),
            false => self.float_constant(false, 0.0),
        };
        let ucomi = if to.double {
            VecOp::Ucomisd
        } else {
            VecOp::Ucomiss
        };
        let (least, greatest) = bounds(to);
        self.v2(ucomi, from, zero);
        self.asm.mov_ri(result, 0);
        self.asm.jcc(Cond::P, fixed);
        self.asm.mov_ri(result, greatest);
        self.asm.jcc(Cond::A, fixed);
        self.asm.mov_ri(result, least);
        self.asm.bind(fixed);
        self.asm.bind(done);
        if to.width == Width::W32 {
            self.asm.mov_rr(Width::W32, result, result);
        }
    }
}

/// The least and the greatest number of an integer type.
fn bounds(to: To) -> (u64, u64) {
    match (to.width, to.signed) {
        (Width::W32, true) => (u64::from(i32::MIN as u32), u64::from(i32::MAX as u32)),
        (Width::W32, false) => (0, u64::from(u32::MAX)),
        (Width::W64, true) => (i64::MIN as u64, i64::MAX as u64),
        (Width::W64, false) => (0, u64::MAX),
    }
}

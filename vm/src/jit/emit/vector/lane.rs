//! Between vectors and scalars: splats, single lanes, and what is asked of
//! all lanes.

use isa::Op;
use x64::{Cond, L, VecOp, Width, Xmm};

use super::super::super::ir::Val;
use super::super::control::Flags;
use super::super::{Emitter, VEC_SCRATCH};
use super::Row;
use super::form::{Form, Lane, form};

/// The upper half in both halves, for `pshufd`.
const HIGH_HALF: u8 = 0b11_10_11_10;

impl Lane {
    fn broadcast(self) -> VecOp {
        match self {
            Lane::I8 => VecOp::Vpbroadcastb,
            Lane::I16 => VecOp::Vpbroadcastw,
            Lane::I32 => VecOp::Vpbroadcastd,
            Lane::I64 => VecOp::Vpbroadcastq,
        }
    }

    fn insert(self) -> VecOp {
        match self {
            Lane::I8 => VecOp::Pinsrb,
            Lane::I16 => VecOp::Pinsrw,
            Lane::I32 => VecOp::Pinsrd,
            Lane::I64 => VecOp::Pinsrq,
        }
    }

    fn extract(self) -> VecOp {
        match self {
            Lane::I8 => VecOp::Pextrb,
            Lane::I16 => VecOp::Pextrw,
            Lane::I32 => VecOp::Pextrd,
            Lane::I64 => VecOp::Pextrq,
        }
    }

    fn width(self) -> Width {
        match self {
            Lane::I64 => Width::W64,
            _ => Width::W32,
        }
    }

    /// A number in every lane.
    fn everywhere(self, value: u64) -> u128 {
        let bits = u32::from(self.bits());
        let ones = u128::MAX / (u128::MAX >> (128 - bits));
        u128::from(value & (u64::MAX >> (64 - bits))) * ones
    }
}

impl Emitter<'_> {
    pub(super) fn splat(&mut self, lane: Lane, row: &Row<'_>) {
        let to = self.def_xmm();
        let val = row.inst.args[0];
        if let Some(value) = self.f.constant(val) {
            let bits = lane.everywhere(value);
            return self.load_constant(to, &bits.to_le_bytes());
        }
        let from = self.gpr(val);
        if self.avx512() {
            let op = lane.broadcast();
            return self
                .asm
                .evex_broadcast_gpr(op, L::L128, to, from, None, false);
        }
        self.from_gpr(lane.width(), to, from);
        match lane {
            Lane::I8 => self.broadcast8(to, to),
            Lane::I64 => self.v3(VecOp::Punpcklqdq, to, to, to),
            _ if self.avx() => self.v2(lane.broadcast(), to, to),
            Lane::I32 => self.v2_i(VecOp::Pshufd, to, to, 0),
            Lane::I16 => {
                self.v2_i(VecOp::Pshuflw, to, to, 0);
                self.v2_i(VecOp::Pshufd, to, to, 0);
            }
        }
    }

    /// The lowest byte in all bytes.
    pub(super) fn broadcast8(&mut self, to: Xmm, from: Xmm) {
        if self.avx() {
            return self.v2(VecOp::Vpbroadcastb, to, from);
        }
        self.clear(VEC_SCRATCH);
        self.v3(VecOp::Pshufb, to, from, VEC_SCRATCH);
    }

    pub(super) fn splat_float(&mut self, double: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        let val = row.inst.args[0];
        let lane = if double { Lane::I64 } else { Lane::I32 };
        if let Some(value) = self.f.constant(val) {
            let bits = lane.everywhere(value);
            return self.load_constant(to, &bits.to_le_bytes());
        }
        let from = self.xmm(val);
        match double {
            true => self.v2(VecOp::Movddup, to, from),
            false if self.avx() => self.v2(VecOp::Vbroadcastss, to, from),
            false => self.v2_i(VecOp::Pshufd, to, from, 0),
        }
    }

    /// An extraction leaves zeros above the lane.
    pub(super) fn extract(&mut self, lane: Lane, signed: bool, row: &Row<'_>) {
        let a = self.held(row, 0);
        let to = self.def_gpr();
        let number = row.inst.imm as u8 & (128 / lane.bits() - 1);
        match (lane, number) {
            (Lane::I32 | Lane::I64, 0) => return self.to_gpr(lane.width(), to, a),
            (Lane::I8, 0) => self.to_gpr(Width::W32, to, a),
            _ if self.avx() => self.asm.vex_extract(lane.extract(), to, a, number),
            _ => self.asm.sse_extract(lane.extract(), to, a, number),
        }
        match (lane, signed) {
            (Lane::I8, true) => self.asm.movsx8(Width::W32, to, to),
            (Lane::I16, true) => self.asm.movsx16(Width::W32, to, to),
            (Lane::I8, false) if number == 0 => self.asm.movzx8(to, to),
            _ => {}
        }
    }

    /// An `f32` has zeros above it, of an `f64` only the lower half counts.
    pub(super) fn extract_float(&mut self, double: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let lane = row.inst.imm as u8;
        match (double, lane & 1) {
            (true, 0) => self.copy_xmm(to, a),
            (true, _) => self.v2_i(VecOp::Pshufd, to, a, HIGH_HALF),
            (false, _) => {
                const ZEROS_ABOVE: u8 = 0b1110;
                let imm = (lane & 3) << 6 | ZEROS_ABOVE;
                if self.avx() {
                    self.v3_i(VecOp::Insertps, to, a, a, imm);
                } else {
                    // Nothing is left of the register's old value.
                    self.asm.sse_i(VecOp::Insertps, to, a, imm);
                }
            }
        }
    }

    pub(super) fn replace(&mut self, lane: Lane, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, _] = row.inst.args;
        let number = row.inst.imm as u8 & (128 / lane.bits() - 1);
        let a = self.vec_reg(a, to);
        let b = self.int(b);
        if self.avx() {
            self.asm.vex_insert(lane.insert(), to, a, b, number);
        } else {
            self.copy_xmm(to, a);
            self.asm.sse_insert(lane.insert(), to, b, number);
        }
    }

    pub(super) fn replace_float(&mut self, double: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, _] = row.inst.args;
        let lane = row.inst.imm as u8;
        let a = self.vec_reg(a, VEC_SCRATCH);
        let b = self.vec(b);
        match (double, lane & 1) {
            (true, 0) => self.v3_i(VecOp::Blendpd, to, a, b, 0b01),
            (true, _) => self.v3(VecOp::Unpcklpd, to, a, b),
            (false, _) => self.v3_i(VecOp::Insertps, to, a, b, (lane & 3) << 4),
        }
    }

    /// Asks whether any bit is set, or whether no lane equals zero; says which
    /// flags tell the answer.
    pub(in crate::jit::emit) fn test_lanes(&mut self, op: Op, a: Val) -> Option<Flags> {
        match form(op) {
            Some(Form::AnyTrue) => {
                let a = self.vec_reg(a, VEC_SCRATCH);
                self.v2(VecOp::Ptest, a, a);
                Some(Flags::One(Cond::Ne))
            }
            Some(Form::AllTrue(equal)) => {
                let a = self.vec(a);
                self.clear(VEC_SCRATCH);
                self.v3(equal, VEC_SCRATCH, VEC_SCRATCH, a);
                self.v2(VecOp::Ptest, VEC_SCRATCH, VEC_SCRATCH);
                Some(Flags::One(Cond::E))
            }
            _ => None,
        }
    }

    pub(super) fn bitmask(&mut self, lane: Lane, row: &Row<'_>) {
        let a = self.held(row, 0);
        match lane {
            Lane::I8 => self.signs(VecOp::Pmovmskb, a),
            Lane::I32 => self.signs(VecOp::Movmskps, a),
            Lane::I64 => self.signs(VecOp::Movmskpd, a),
            Lane::I16 => {
                // Saturation keeps signs.
                self.v3(VecOp::Packsswb, VEC_SCRATCH, a, a);
                self.signs(VecOp::Pmovmskb, VEC_SCRATCH);
                let to = self.def_gpr();
                self.asm.movzx8(to, to);
            }
        }
    }

    fn signs(&mut self, op: VecOp, from: Xmm) {
        let to = self.def_gpr();
        if self.avx() {
            self.asm.vex_signs_to_gpr(op, L::L128, to, from);
        } else {
            self.asm.sse_signs_to_gpr(op, to, from);
        }
    }
}

//! Comparisons of lanes: all ones where they hold, else zeros.

use x64::VecOp;

use super::super::{Emitter, VEC_SCRATCH};
use super::Row;
use super::form::{LESS, LESS_OR_EQUAL};

/// The predicates of VEX forms for exchanged operands.
const GREATER: u8 = 30;
const GREATER_OR_EQUAL: u8 = 29;

/// The upper half of each lane of 64 bits, for `pshufd`.
const UPPER: u8 = 0b11_11_01_01;

impl Emitter<'_> {
    pub(super) fn not_equal(&mut self, equal: VecOp, row: &Row<'_>) {
        self.two(equal, row);
        let to = self.def_xmm();
        self.invert(to);
    }

    /// With a minimum, whether the first operand is less or equal; with a
    /// maximum, whether it is greater or equal.
    pub(super) fn at_limit(&mut self, limit: VecOp, equal: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let b = self.vec(row.inst.args[1]);
        self.v3(limit, VEC_SCRATCH, a, b);
        self.v3(equal, to, a, VEC_SCRATCH);
    }

    pub(super) fn greater_u(&mut self, greater: VecOp, signs: u64, swapped: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let flip = self.pool64(signs);
        let wide = u128::from(signs) | u128::from(signs) << 64;
        match self.bits(row.inst.args[1]) {
            Some(bits) => self.load_constant(VEC_SCRATCH, &(bits ^ wide).to_le_bytes()),
            None => {
                let b = self.xmm(row.inst.args[1]);
                self.v3(VecOp::Pxor, VEC_SCRATCH, b, flip);
            }
        }
        self.v3(VecOp::Pxor, to, a, flip);
        match swapped {
            true => self.v3(greater, to, VEC_SCRATCH, to),
            false => self.v3(greater, to, to, VEC_SCRATCH),
        }
    }

    pub(super) fn greater64(&mut self, swapped: bool, negated: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        if !self.avx() {
            self.greater64_legacy(swapped, row);
        } else if swapped {
            self.two_swapped(VecOp::Pcmpgtq, row);
        } else {
            self.two(VecOp::Pcmpgtq, row);
        }
        if negated {
            self.invert(to);
        }
    }

    /// Without `pcmpgtq`: by the upper halves, or where these are equal by
    /// what the lower ones borrow from the difference's upper half.
    fn greater64_legacy(&mut self, swapped: bool, row: &Row<'_>) {
        let (to, temp) = (self.def_xmm(), self.own_temp());
        let (a, b) = (self.held(row, 0), self.held(row, 1));
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        self.v3(VecOp::Psubq, VEC_SCRATCH, b, a);
        self.v3(VecOp::Pcmpeqd, temp, a, b);
        self.v3(VecOp::Pand, temp, temp, VEC_SCRATCH);
        self.v3(VecOp::Pcmpgtd, to, a, b);
        self.v3(VecOp::Por, to, to, temp);
        self.v2_i(VecOp::Pshufd, to, to, UPPER);
    }

    /// VEX forms have predicates for exchanged operands, so that the second
    /// one may stay in memory.
    pub(super) fn float_lanes(
        &mut self,
        compare: VecOp,
        predicate: u8,
        swapped: bool,
        row: &Row<'_>,
    ) {
        let to = self.def_xmm();
        let (a, b) = self.in_order(row);
        if swapped && !self.avx() {
            let b = self.vec_reg(b, VEC_SCRATCH);
            let a = self.vec(a);
            return self.v3_i(compare, to, b, a, predicate);
        }
        let predicate = match predicate {
            LESS if swapped => GREATER,
            LESS_OR_EQUAL if swapped => GREATER_OR_EQUAL,
            other => other,
        };
        let a = self.vec_reg(a, VEC_SCRATCH);
        let b = self.vec(b);
        self.v3_i(compare, to, a, b, predicate);
    }
}

//! Bits of whole vectors.

use x64::{L, VecOp, Xmm};

use super::super::{Emitter, VEC_SCRATCH};
use super::Row;

/// What `vpternlogd` gives for its first operand, its second and its third:
/// their bits in columns, so that a function of them is the same function of
/// these numbers.
const COLUMNS: [u8; 3] = [0xf0, 0xcc, 0xaa];

/// `a` where `mask` is set, else `b`.
fn choice(a: u8, b: u8, mask: u8) -> u8 {
    a & mask | b & !mask
}

impl Emitter<'_> {
    /// Inverts all bits, in place.
    pub(super) fn invert(&mut self, to: Xmm) {
        if self.avx512() {
            return self.ternary(!COLUMNS[2], to, to, to);
        }
        self.v3(VecOp::Pcmpeqd, VEC_SCRATCH, VEC_SCRATCH, VEC_SCRATCH);
        self.v3(VecOp::Pxor, to, to, VEC_SCRATCH);
    }

    /// A function of three bits, `to` being the first operand too.
    fn ternary(&mut self, function: u8, to: Xmm, b: Xmm, c: Xmm) {
        self.asm
            .evex3_i(VecOp::Vpternlogd, L::L128, to, b, c, function, None, false);
    }

    pub(super) fn not(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec_reg(row.inst.args[0], to);
        if a == to {
            return self.invert(to);
        }
        self.v3(VecOp::Pcmpeqd, VEC_SCRATCH, VEC_SCRATCH, VEC_SCRATCH);
        self.v3(VecOp::Pxor, to, a, VEC_SCRATCH);
    }

    pub(super) fn and_not(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, _] = row.inst.args;
        if let Some(bits) = self.bits(b) {
            let a = self.vec_reg(a, VEC_SCRATCH);
            let rest = self.pool_bits(!bits);
            return self.v3(VecOp::Pand, to, a, rest);
        }
        let b = self.xmm(b);
        let a = self.vec(a);
        self.v3(VecOp::Pandn, to, b, a);
    }

    pub(super) fn bit_select(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, mask] = [0, 1, 2].map(|n| self.held(row, n));
        if self.avx512() {
            return self.bit_select_at_once(to, a, b, mask);
        }
        self.v3(VecOp::Pandn, VEC_SCRATCH, mask, b);
        self.v3(VecOp::Pand, to, a, mask);
        self.v3(VecOp::Por, to, to, VEC_SCRATCH);
    }

    fn bit_select_at_once(&mut self, to: Xmm, a: Xmm, b: Xmm, mask: Xmm) {
        let [x, y, z] = COLUMNS;
        if to == mask {
            self.ternary(choice(y, z, x), to, a, b);
        } else if to == b {
            self.ternary(choice(y, x, z), to, a, mask);
        } else {
            self.copy_xmm(to, a);
            self.ternary(choice(x, y, z), to, b, mask);
        }
    }
}

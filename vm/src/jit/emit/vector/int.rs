//! Integer arithmetic that takes more than one instruction.

use x64::{L, VecOp};

use super::super::{Emitter, VEC_SCRATCH};
use super::Row;
use super::form::{ONES8, ONES16};

/// The upper half in both halves, for `pshufd`.
const HIGH_HALF: u8 = 0b11_10_11_10;
/// The lower two lanes of 32 bits, or the upper two, each twice.
const LOW_TWICE: u8 = 0b01_01_00_00;
const HIGH_TWICE: u8 = 0b11_11_10_10;

/// How many bits are set in numbers of four bits.
const COUNTS: u128 = 0x0403_0302_0302_0201_0302_0201_0201_0100;

impl Emitter<'_> {
    /// The difference from zero where the operand is negative.
    pub(super) fn abs64(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        if self.avx512() {
            return self.evex2(VecOp::Vpabsq, to, a);
        }
        if self.avx() {
            self.clear(VEC_SCRATCH);
            self.v3(VecOp::Psubq, VEC_SCRATCH, VEC_SCRATCH, a);
            return self
                .asm
                .vex_blendv(VecOp::Blendvpd, L::L128, to, a, VEC_SCRATCH, a);
        }
        const UPPER: u8 = 0b11_11_01_01;
        self.v2_i(VecOp::Pshufd, VEC_SCRATCH, a, UPPER);
        self.shift_i(VecOp::Psrad, VEC_SCRATCH, VEC_SCRATCH, 31);
        self.v3(VecOp::Pxor, to, a, VEC_SCRATCH);
        self.v3(VecOp::Psubq, to, to, VEC_SCRATCH);
    }

    pub(super) fn negate(&mut self, sub: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let zero = if to == a { VEC_SCRATCH } else { to };
        self.clear(zero);
        self.v3(sub, to, zero, a);
    }

    /// By a table for four bits, asked twice.
    pub(super) fn popcnt(&mut self, row: &Row<'_>) {
        let (to, low) = (self.def_xmm(), self.own_temp());
        let a = self.held(row, 0);
        let nibble = self.pool64(0x0f * ONES8);
        let counts = self.pool_bits(COUNTS);
        self.v3(VecOp::Pand, VEC_SCRATCH, a, nibble);
        self.shift_i(VecOp::Psrlw, to, a, 4);
        self.v3(VecOp::Pand, to, to, nibble);
        self.v2(VecOp::Movups, low, counts);
        self.v3(VecOp::Pshufb, low, low, VEC_SCRATCH);
        self.v2(VecOp::Movups, VEC_SCRATCH, counts);
        self.v3(VecOp::Pshufb, to, VEC_SCRATCH, to);
        self.v3(VecOp::Paddb, to, to, low);
    }

    /// From products of halves: the two that cross are added up above the
    /// lower one, the upper one does not count.
    pub(super) fn mul64(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        if self.avx512() {
            let (a, b) = self.in_order(row);
            let a = self.vec_reg(a, VEC_SCRATCH);
            let b = self.vec(b);
            return self.evex3(VecOp::Vpmullq, to, a, b);
        }
        let (a, b) = (self.held(row, 0), self.held(row, 1));
        self.shift_i(VecOp::Psrlq, VEC_SCRATCH, a, 32);
        self.v3(VecOp::Pmuludq, VEC_SCRATCH, VEC_SCRATCH, b);
        self.shift_i(VecOp::Psrlq, to, b, 32);
        self.v3(VecOp::Pmuludq, to, to, a);
        self.v3(VecOp::Paddq, to, to, VEC_SCRATCH);
        self.shift_i(VecOp::Psllq, to, to, 32);
        self.v3(VecOp::Pmuludq, VEC_SCRATCH, a, b);
        self.v3(VecOp::Paddq, to, to, VEC_SCRATCH);
    }

    /// `pmulhrsw` rounds the same way, but lets -1 times -1 wrap to -1, which
    /// no other product gives.
    pub(super) fn q15(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let least = self.pool64(0x8000 * ONES16);
        self.two(VecOp::Pmulhrsw, row);
        self.v3(VecOp::Pcmpeqw, VEC_SCRATCH, to, least);
        self.v3(VecOp::Pxor, to, to, VEC_SCRATCH);
    }

    /// `pmaddubsw` takes its first operand, here ones, as unsigned.
    pub(super) fn pairs8_s(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec(row.inst.args[0]);
        let ones = self.pool64(ONES8);
        self.v2(VecOp::Movups, VEC_SCRATCH, ones);
        self.v3(VecOp::Pmaddubsw, to, VEC_SCRATCH, a);
    }

    pub(super) fn pairs16_u(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let low = self.pool32(0xffff);
        self.shift_i(VecOp::Psrld, VEC_SCRATCH, a, 16);
        self.v3(VecOp::Pand, to, a, low);
        self.v3(VecOp::Paddd, to, to, VEC_SCRATCH);
    }

    pub(super) fn extend_high(&mut self, extend: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec(row.inst.args[0]);
        self.v2_i(VecOp::Pshufd, to, a, HIGH_HALF);
        self.v2(extend, to, to);
    }

    pub(super) fn extend_high_zero(&mut self, unpack: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        self.clear(VEC_SCRATCH);
        self.v3(unpack, to, a, VEC_SCRATCH);
    }

    pub(super) fn ext_mul8(&mut self, extend: VecOp, high: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        for (n, half) in [VEC_SCRATCH, to].into_iter().enumerate() {
            let from = self.vec(row.inst.args[n]);
            if high {
                self.v2_i(VecOp::Pshufd, half, from, HIGH_HALF);
                self.v2(extend, half, half);
            } else {
                self.v2(extend, half, from);
            }
        }
        self.v3(VecOp::Pmullw, to, to, VEC_SCRATCH);
    }

    /// Both halves of the products of 16 bits, then side by side: half the
    /// time of a multiplication of 32 bits.
    pub(super) fn ext_mul16(&mut self, multiply: VecOp, unpack: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let b = self.vec(row.inst.args[1]);
        self.v3(multiply, VEC_SCRATCH, a, b);
        self.v3(VecOp::Pmullw, to, a, b);
        self.v3(unpack, to, to, VEC_SCRATCH);
    }

    pub(super) fn ext_mul32(&mut self, multiply: VecOp, high: bool, row: &Row<'_>) {
        let to = self.def_xmm();
        let lanes = if high { HIGH_TWICE } else { LOW_TWICE };
        for (n, half) in [VEC_SCRATCH, to].into_iter().enumerate() {
            let from = self.vec(row.inst.args[n]);
            self.v2_i(VecOp::Pshufd, half, from, lanes);
        }
        self.v3(multiply, to, to, VEC_SCRATCH);
    }

    /// Odd bytes and then even ones on top of lanes of 16 bits: the upper
    /// half of such a product is the product of the bytes.
    pub(super) fn dot8(&mut self, add: bool, row: &Row<'_>) {
        let (to, other) = (self.def_xmm(), self.own_temp());
        let (a, b) = (self.held(row, 0), self.held(row, 1));
        let odd = self.pool64(0xff00 * ONES16);
        self.v3(VecOp::Pand, VEC_SCRATCH, a, odd);
        self.v3(VecOp::Pand, other, b, odd);
        self.v3(VecOp::Pmulhw, VEC_SCRATCH, VEC_SCRATCH, other);
        self.shift_i(VecOp::Psllw, to, a, 8);
        self.shift_i(VecOp::Psllw, other, b, 8);
        self.v3(VecOp::Pmulhw, to, to, other);
        self.v3(VecOp::Paddw, to, to, VEC_SCRATCH);
        if add {
            let ones = self.pool64(ONES16);
            let c = self.vec(row.inst.args[2]);
            self.v3(VecOp::Pmaddwd, to, to, ones);
            self.v3(VecOp::Paddd, to, to, c);
        }
    }
}

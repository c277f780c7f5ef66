//! Conversions between lanes of integers and of floats.
//!
//! The CPU gives 0x80000000 for what it cannot convert to a signed integer of
//! 32 bits, and all ones for an unsigned one.

use x64::VecOp;

use super::super::{Emitter, VEC_SCRATCH};
use super::Row;
use super::form::{EQUAL, NOT_LESS, TRUNC};

/// 2^31 as an `f32`.
const TWO_31: u32 = 0x4f00_0000;
/// The predicate of `cmpps` that holds where no operand is a NaN.
const ORDERED: u8 = 7;

impl Emitter<'_> {
    /// In two halves of 16 bits, each put below a large power of two; the
    /// powers are subtracted from the upper half, which is exact, and the sum
    /// rounds once.
    pub(super) fn floats_of_u32(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        if self.avx512() {
            return self.evex2(VecOp::Vcvtudq2ps, to, a);
        }
        const ODD_WORDS: u8 = 0b1010_1010;
        // 2^23, 2^39, and their sum.
        let low = self.pool32(0x4b00_0000);
        let high = self.pool32(0x5300_0000);
        let sum = self.pool32(0x5300_0080);
        self.v3_i(VecOp::Pblendw, VEC_SCRATCH, a, low, ODD_WORDS);
        self.shift_i(VecOp::Psrld, to, a, 16);
        self.v3_i(VecOp::Pblendw, to, to, high, ODD_WORDS);
        self.v3(VecOp::Subps, to, to, sum);
        self.v3(VecOp::Addps, to, to, VEC_SCRATCH);
    }

    /// Below 2^52 an integer is the lower part of a float.
    pub(super) fn doubles_of_u32(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec_reg(row.inst.args[0], VEC_SCRATCH);
        if self.avx512() {
            return self.evex2(VecOp::Vcvtudq2pd, to, a);
        }
        let exponent = self.pool32(0x4330_0000);
        let two_52 = self.pool64(0x4330_0000_0000_0000);
        self.v3(VecOp::Unpcklps, to, a, exponent);
        self.v3(VecOp::Subpd, to, to, two_52);
    }

    /// What the CPU gives is right below, is inverted above, and becomes zero
    /// for a NaN.
    pub(super) fn i32_of_floats(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let limit = self.pool32(TWO_31);
        self.v3_i(VecOp::Cmpps, VEC_SCRATCH, a, limit, NOT_LESS);
        self.v2(VecOp::Cvttps2dq, to, a);
        self.v3(VecOp::Pxor, to, to, VEC_SCRATCH);
        self.v3_i(VecOp::Cmpps, VEC_SCRATCH, a, a, ORDERED);
        self.v3(VecOp::Pand, to, to, VEC_SCRATCH);
    }

    /// In two signed halves: 0x80000000 stands for 2^31 and up, and the rest,
    /// if any, is converted apart, saturated at 2^31 - 1, and added. NaNs and
    /// negatives become zero first: `maxps` gives its second operand.
    pub(super) fn u32_of_floats(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        if self.avx512() {
            self.clear(VEC_SCRATCH);
            self.v3(VecOp::Maxps, VEC_SCRATCH, a, VEC_SCRATCH);
            return self.evex2(VecOp::Vcvttps2udq, to, VEC_SCRATCH);
        }
        let above = self.own_temp();
        let limit = self.pool32(TWO_31);
        self.clear(to);
        self.v3(VecOp::Maxps, VEC_SCRATCH, a, to);
        self.v3(VecOp::Subps, to, VEC_SCRATCH, limit);
        self.v3_i(VecOp::Cmpps, above, to, limit, NOT_LESS);
        self.v2(VecOp::Cvttps2dq, to, to);
        self.v3(VecOp::Pxor, to, to, above);
        self.clear(above);
        self.v3(VecOp::Pmaxsd, to, to, above);
        self.v2(VecOp::Cvttps2dq, VEC_SCRATCH, VEC_SCRATCH);
        self.v3(VecOp::Paddd, to, to, VEC_SCRATCH);
    }

    /// A NaN meets a limit of zero, which `minpd` then gives.
    pub(super) fn i32_of_doubles(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let most = self.pool64(f64::from(i32::MAX).to_bits());
        self.v3_i(VecOp::Cmppd, VEC_SCRATCH, a, a, EQUAL);
        self.v3(VecOp::Andps, VEC_SCRATCH, VEC_SCRATCH, most);
        self.v3(VecOp::Minpd, to, a, VEC_SCRATCH);
        self.v2(VecOp::Cvttpd2dq, to, to);
    }

    /// Adding 2^52 to a whole number below it leaves the number in the low
    /// bits.
    pub(super) fn u32_of_doubles(&mut self, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        self.clear(VEC_SCRATCH);
        if self.avx512() {
            self.v3(VecOp::Maxpd, VEC_SCRATCH, a, VEC_SCRATCH);
            return self.evex2(VecOp::Vcvttpd2udq, to, VEC_SCRATCH);
        }
        const EVEN_THEN_ZEROS: u8 = 0b10_00_10_00;
        let most = self.pool64(f64::from(u32::MAX).to_bits());
        let two_52 = self.pool64(0x4330_0000_0000_0000);
        self.v3(VecOp::Maxpd, to, a, VEC_SCRATCH);
        self.v3(VecOp::Minpd, to, to, most);
        self.v2_i(VecOp::Roundpd, to, to, TRUNC);
        self.v3(VecOp::Addpd, to, to, two_52);
        self.v3_i(VecOp::Shufps, to, to, VEC_SCRATCH, EVEN_THEN_ZEROS);
    }
}

//! What the kernels ask of a CPU: operations on 64 bytes, and on 16 numbers of
//! 32 bits, at a time.
//!
//! A value of a type that implements [`Lanes`] is the proof that the CPU has
//! the instructions, so that all operations are safe. They are inlined into
//! the function that the door in `door.rs` compiles with the instructions.
//!
//! Lanes are spoken of in *quarters*: four of 16 bytes, or of four numbers.

use super::order::Order;

pub(super) trait Lanes: Copy {
    /// Whether there are registers for twice as much at a time.
    const MANY: bool;

    /// 64 bytes.
    type Bytes: Copy;
    /// 32 signed 16-bit integers.
    type Words: Copy;
    /// 16 signed 16-bit integers.
    type Half: Copy;
    /// 16 signed 32-bit integers.
    type Ints: Copy;
    /// 16 floats.
    type Floats: Copy;

    /// Asks for the bytes to be brought near, which changes time alone.
    fn prefetch(self, bytes: &[u8]);
    fn load(self, from: &[u8; 64]) -> Self::Bytes;
    fn store(self, v: Self::Bytes, to: &mut [u8; 64]);
    /// The four quarters.
    fn load_quarters(self, from: [&[u8; 16]; 4]) -> Self::Bytes;
    /// 32 bytes twice; the second time every two bytes shifted right.
    fn load_twice(self, from: &[u8; 32], shift: u32) -> Self::Bytes;
    fn splat(self, byte: u8) -> Self::Bytes;
    /// Four bytes, sixteen times.
    fn repeat(self, from: &[u8; 4]) -> Self::Bytes;
    fn and(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    fn or(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    fn xor(self, a: Self::Bytes, b: Self::Bytes) -> Self::Bytes;
    /// Every two bytes shifted right.
    fn shr(self, v: Self::Bytes, shift: u32) -> Self::Bytes;
    /// Every two bytes shifted left.
    fn shl(self, v: Self::Bytes, shift: u32) -> Self::Bytes;
    /// `table[code]` for codes below 16.
    fn look_up(self, table: &[u8; 16], codes: Self::Bytes) -> Self::Bytes;
    /// `byte` where a bit is set, else 0.
    fn bits(self, bits: u64, byte: u8) -> Self::Bytes;

    /// Adds to each integer four products of unsigned with signed bytes. Not
    /// `wide`: unsigned ones are at most 127.
    fn dot(self, sums: Self::Ints, u: Self::Bytes, x: Self::Bytes, wide: bool) -> Self::Ints;
    /// Sums of two products of unsigned bytes, at most 127, with signed bytes.
    fn pairs(self, u: Self::Bytes, x: Self::Bytes) -> Self::Words;
    /// Adds to each integer two products of words.
    fn add_products(self, sums: Self::Ints, a: Self::Words, b: Self::Words) -> Self::Ints;
    /// The upper word of every two, widened.
    fn upper(self, v: Self::Words) -> Self::Ints;
    /// The words that bytes are.
    fn words(self, v: Self::Bytes) -> Self::Words;

    fn half(self, from: &[i16; 16]) -> Self::Half;
    /// Sixteen signed bytes, widened.
    fn half_of_bytes(self, bytes: [u64; 2]) -> Self::Half;
    /// Eight signed bytes, each twice, widened.
    fn half_of_twins(self, bytes: u64) -> Self::Half;
    fn store_half(self, v: Self::Half, to: &mut [i16; 16]);
    /// Sums of two products, in the lower half; zeros in the upper one.
    fn half_products(self, a: Self::Half, b: Self::Half) -> Self::Ints;
    /// For the four units of quarter `i` of an order, eight times the word of
    /// each.
    fn spread<O: Order>(self, v: Self::Half, i: usize) -> Self::Words;

    fn ints(self, from: &[i32; 16]) -> Self::Ints;
    fn splat_int(self, value: i32) -> Self::Ints;
    fn add_ints(self, a: Self::Ints, b: Self::Ints) -> Self::Ints;
    fn sub_ints(self, a: Self::Ints, b: Self::Ints) -> Self::Ints;
    fn mul_ints(self, a: Self::Ints, b: Self::Ints) -> Self::Ints;
    fn shl_ints(self, v: Self::Ints, shift: u32) -> Self::Ints;
    /// Divided by two, rounded down.
    fn half_ints(self, v: Self::Ints) -> Self::Ints;
    /// Lane 4 * i + j: the sum of quarter i of `v[j]`.
    fn sum_quarters(self, v: [Self::Ints; 4]) -> Self::Ints;
    /// Lane 4 * i + j: the sum of the lanes j of all quarters of `v[i]`.
    fn sum_over_quarters(self, v: [Self::Ints; 4]) -> Self::Ints;

    fn floats(self, from: &[f32; 16]) -> Self::Floats;
    fn store_floats(self, v: Self::Floats, to: &mut [f32; 16]);
    fn splat_float(self, value: f32) -> Self::Floats;
    fn add(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn sub(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn mul(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn div(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `a < b ? b : a`
    fn max(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    /// `b < a ? b : a`
    fn min(self, a: Self::Floats, b: Self::Floats) -> Self::Floats;
    fn bits_of(self, v: Self::Floats) -> Self::Ints;
    fn floats_of_bits(self, v: Self::Ints) -> Self::Floats;
    /// Rounded to nearest, ties to even.
    fn to_floats(self, v: Self::Ints) -> Self::Floats;
    /// The canonical NaN for every NaN.
    fn canonical(self, v: Self::Floats) -> Self::Floats;
    /// Sixteen half-precision floats, the first in the lowest bits.
    fn floats_of_f16(self, bits: [u64; 4]) -> Self::Floats;
    fn floats_in(self, from: &[u8; 64]) -> Self::Floats;
    fn store_floats_in(self, v: Self::Floats, to: &mut [u8; 64]);
    fn f16_in(self, from: &[u8; 32]) -> Self::Floats;
    fn bf16_in(self, from: &[u8; 32]) -> Self::Floats;
    /// Lane j: `(a + c) + (b + d)` of the lanes j of the quarters, canonical.
    fn halving_sums(self, v: Self::Floats) -> [f32; 4];
    /// The halving sums of the sixteen lanes of each, canonical.
    fn halving_sums_of_all(self, v: [Self::Floats; 4]) -> [f32; 4];
    /// Element 4 * i + j: lane i of `v[j]`.
    fn transpose(self, v: [Self::Floats; 4], to: &mut [[f32; 4]; 16]);
}

/// Bytes `at..at + N`.
#[inline(always)]
pub(super) fn part<const N: usize>(bytes: &[u8], at: usize) -> &[u8; N] {
    bytes[at..]
        .first_chunk()
        .expect("a block is as long as its format says")
}

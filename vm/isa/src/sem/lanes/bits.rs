//! Whole-vector bit operations.

use super::shape::u64x2;
use crate::V128;

meanings! {
    v128_not(a: V128) -> V128 = u64x2::map(a, |a| !a);
    v128_and(a: V128, b: V128) -> V128 = u64x2::zip(a, b, |a, b| a & b);
    v128_andnot(a: V128, b: V128) -> V128 = u64x2::zip(a, b, |a, b| a & !b);
    v128_or(a: V128, b: V128) -> V128 = u64x2::zip(a, b, |a, b| a | b);
    v128_xor(a: V128, b: V128) -> V128 = u64x2::zip(a, b, |a, b| a ^ b);
    /// Bits of `a` where `mask` has a one, bits of `b` elsewhere.
    v128_bitselect(a: V128, b: V128, mask: V128) -> V128 = u64x2::zip3(a, b, mask, |a, b, m| (a & m) | (b & !m));

    // The first of the standard's choices for all four: select bit by bit.
    i8x16_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i16x8_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i32x4_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
    i64x2_relaxed_laneselect(a: V128, b: V128, mask: V128) -> V128 = v128_bitselect(a, b, mask);
}

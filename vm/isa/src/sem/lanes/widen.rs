//! Integer instructions whose result lanes are wider or narrower than their
//! operands'.

use super::int::i32x4_add;
use crate::V128;
use core::array::from_fn;

/// Declares one step between lane widths: narrow lanes `$narrow` and wide
/// lanes `$wide`, `$half` of them to a vector.
macro_rules! step {
    ($module:ident $narrow:ident $to_narrow:ident, $wide:ident $from_wide:ident, $half:literal) => {
        mod $module {
            use super::{V128, from_fn};

            /// The lower half of the lanes, widened.
            #[inline(always)]
            pub(super) fn low(a: V128) -> [$wide; $half] {
                let a = a.$to_narrow();
                from_fn(|i| $wide::from(a[i]))
            }

            /// The upper half of the lanes, widened.
            #[inline(always)]
            pub(super) fn high(a: V128) -> [$wide; $half] {
                let a = a.$to_narrow();
                from_fn(|i| $wide::from(a[i + $half]))
            }

            /// Products of widened lanes. Every one fits the wide lane.
            #[inline(always)]
            pub(super) fn multiply(a: [$wide; $half], b: [$wide; $half]) -> V128 {
                V128::$from_wide(from_fn(|i| a[i].wrapping_mul(b[i])))
            }

            /// Sums of neighbouring products, wrapping.
            #[inline(always)]
            #[allow(dead_code, reason = "only two steps have a dot product")]
            pub(super) fn dot(a: V128, b: V128) -> V128 {
                let (a, b) = (a.$to_narrow(), b.$to_narrow());
                let product = |i: usize| $wide::from(a[i]).wrapping_mul($wide::from(b[i]));
                V128::$from_wide(from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1))))
            }

            /// Sums of neighbouring lanes. Every one fits the wide lane.
            #[inline(always)]
            #[allow(dead_code, reason = "there are no 64-bit pairwise sums")]
            pub(super) fn add_pairs(a: V128) -> V128 {
                let a = a.$to_narrow();
                V128::$from_wide(from_fn(|i| {
                    $wide::from(a[2 * i]).wrapping_add($wide::from(a[2 * i + 1]))
                }))
            }
        }
    };
}

step!(i8_i16 i8 to_i8x16, i16 from_i16x8, 8);
step!(u8_u16 u8 to_u8x16, u16 from_u16x8, 8);
step!(i16_i32 i16 to_i16x8, i32 from_i32x4, 4);
step!(u16_u32 u16 to_u16x8, u32 from_u32x4, 4);
step!(i32_i64 i32 to_i32x4, i64 from_i64x2, 2);
step!(u32_u64 u32 to_u32x4, u64 from_u64x2, 2);

meanings! {
    i16x8_extend_low_i8x16_s(a: V128) -> V128 = V128::from_i16x8(i8_i16::low(a));
    i16x8_extend_low_i8x16_u(a: V128) -> V128 = V128::from_u16x8(u8_u16::low(a));
    i16x8_extend_high_i8x16_s(a: V128) -> V128 = V128::from_i16x8(i8_i16::high(a));
    i16x8_extend_high_i8x16_u(a: V128) -> V128 = V128::from_u16x8(u8_u16::high(a));
    i16x8_extmul_low_i8x16_s(a: V128, b: V128) -> V128 = i8_i16::multiply(i8_i16::low(a), i8_i16::low(b));
    i16x8_extmul_low_i8x16_u(a: V128, b: V128) -> V128 = u8_u16::multiply(u8_u16::low(a), u8_u16::low(b));
    i16x8_extmul_high_i8x16_s(a: V128, b: V128) -> V128 = i8_i16::multiply(i8_i16::high(a), i8_i16::high(b));
    i16x8_extmul_high_i8x16_u(a: V128, b: V128) -> V128 = u8_u16::multiply(u8_u16::high(a), u8_u16::high(b));
    i16x8_extadd_pairwise_i8x16_s(a: V128) -> V128 = i8_i16::add_pairs(a);
    i16x8_extadd_pairwise_i8x16_u(a: V128) -> V128 = u8_u16::add_pairs(a);

    i32x4_extend_low_i16x8_s(a: V128) -> V128 = V128::from_i32x4(i16_i32::low(a));
    i32x4_extend_low_i16x8_u(a: V128) -> V128 = V128::from_u32x4(u16_u32::low(a));
    i32x4_extend_high_i16x8_s(a: V128) -> V128 = V128::from_i32x4(i16_i32::high(a));
    i32x4_extend_high_i16x8_u(a: V128) -> V128 = V128::from_u32x4(u16_u32::high(a));
    i32x4_extmul_low_i16x8_s(a: V128, b: V128) -> V128 = i16_i32::multiply(i16_i32::low(a), i16_i32::low(b));
    i32x4_extmul_low_i16x8_u(a: V128, b: V128) -> V128 = u16_u32::multiply(u16_u32::low(a), u16_u32::low(b));
    i32x4_extmul_high_i16x8_s(a: V128, b: V128) -> V128 = i16_i32::multiply(i16_i32::high(a), i16_i32::high(b));
    i32x4_extmul_high_i16x8_u(a: V128, b: V128) -> V128 = u16_u32::multiply(u16_u32::high(a), u16_u32::high(b));
    i32x4_extadd_pairwise_i16x8_s(a: V128) -> V128 = i16_i32::add_pairs(a);
    i32x4_extadd_pairwise_i16x8_u(a: V128) -> V128 = u16_u32::add_pairs(a);

    i64x2_extend_low_i32x4_s(a: V128) -> V128 = V128::from_i64x2(i32_i64::low(a));
    i64x2_extend_low_i32x4_u(a: V128) -> V128 = V128::from_u64x2(u32_u64::low(a));
    i64x2_extend_high_i32x4_s(a: V128) -> V128 = V128::from_i64x2(i32_i64::high(a));
    i64x2_extend_high_i32x4_u(a: V128) -> V128 = V128::from_u64x2(u32_u64::high(a));
    i64x2_extmul_low_i32x4_s(a: V128, b: V128) -> V128 = i32_i64::multiply(i32_i64::low(a), i32_i64::low(b));
    i64x2_extmul_low_i32x4_u(a: V128, b: V128) -> V128 = u32_u64::multiply(u32_u64::low(a), u32_u64::low(b));
    i64x2_extmul_high_i32x4_s(a: V128, b: V128) -> V128 = i32_i64::multiply(i32_i64::high(a), i32_i64::high(b));
    i64x2_extmul_high_i32x4_u(a: V128, b: V128) -> V128 = u32_u64::multiply(u32_u64::high(a), u32_u64::high(b));

    /// Saturates to the signed range of the narrow lane.
    i8x16_narrow_i16x8_s(a: V128, b: V128) -> V128 = V128::from_i8x16(join8(a, b, |lane| lane.clamp(-0x80, 0x7f) as i8));
    /// Saturates to the unsigned range of the narrow lane.
    i8x16_narrow_i16x8_u(a: V128, b: V128) -> V128 = V128::from_u8x16(join8(a, b, |lane| lane.clamp(0, 0xff) as u8));
    /// Saturates to the signed range of the narrow lane.
    i16x8_narrow_i32x4_s(a: V128, b: V128) -> V128 = V128::from_i16x8(join16(a, b, |lane| lane.clamp(-0x8000, 0x7fff) as i16));
    /// Saturates to the unsigned range of the narrow lane.
    i16x8_narrow_i32x4_u(a: V128, b: V128) -> V128 = V128::from_u16x8(join16(a, b, |lane| lane.clamp(0, 0xffff) as u16));

    /// Wraps in the one case that overflows: all four factors the minimum.
    i32x4_dot_i16x8_s(a: V128, b: V128) -> V128 = i16_i32::dot(a, b);
    /// The standard's first choice takes both operands as signed. The only
    /// sum that overflows, four factors of -128, wraps.
    i16x8_relaxed_dot_i8x16_i7x16_s(a: V128, b: V128) -> V128 = i8_i16::dot(a, b);
    /// The 16-bit dot product, its neighbours added, and then the third operand.
    i32x4_relaxed_dot_i8x16_i7x16_add_s(a: V128, b: V128, c: V128) -> V128 = i32x4_add(i16_i32::add_pairs(i8_i16::dot(a, b)), c);
}

/// `narrow` of the eight lanes of `a` and then the eight of `b`.
#[inline(always)]
fn join8<T>(a: V128, b: V128, narrow: impl Fn(i16) -> T) -> [T; 16] {
    let (a, b) = (a.to_i16x8(), b.to_i16x8());
    from_fn(|i| narrow(if i < 8 { a[i] } else { b[i - 8] }))
}

/// `narrow` of the four lanes of `a` and then the four of `b`.
#[inline(always)]
fn join16<T>(a: V128, b: V128, narrow: impl Fn(i32) -> T) -> [T; 8] {
    let (a, b) = (a.to_i32x4(), b.to_i32x4());
    from_fn(|i| narrow(if i < 4 { a[i] } else { b[i - 4] }))
}

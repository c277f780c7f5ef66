//! Integer lane arithmetic within one lane width.

use super::shape::{i8x16, i16x8, i32x4, i64x2, u8x16, u16x8, u32x4, u64x2};
use crate::V128;

meanings! {
    i8x16_abs(a: V128) -> V128 = i8x16::map(a, i8::wrapping_abs);
    i8x16_neg(a: V128) -> V128 = i8x16::map(a, i8::wrapping_neg);
    i8x16_popcnt(a: V128) -> V128 = u8x16::map(a, |a| a.count_ones() as u8);
    /// The count is taken modulo the lane width.
    i8x16_shl(a: V128, count: i32) -> V128 = i8x16::map(a, |a| a.wrapping_shl(count as u32));
    /// The count is taken modulo the lane width.
    i8x16_shr_s(a: V128, count: i32) -> V128 = i8x16::map(a, |a| a.wrapping_shr(count as u32));
    /// The count is taken modulo the lane width.
    i8x16_shr_u(a: V128, count: i32) -> V128 = u8x16::map(a, |a| a.wrapping_shr(count as u32));
    i8x16_add(a: V128, b: V128) -> V128 = i8x16::zip(a, b, i8::wrapping_add);
    i8x16_add_sat_s(a: V128, b: V128) -> V128 = i8x16::zip(a, b, i8::saturating_add);
    i8x16_add_sat_u(a: V128, b: V128) -> V128 = u8x16::zip(a, b, u8::saturating_add);
    i8x16_sub(a: V128, b: V128) -> V128 = i8x16::zip(a, b, i8::wrapping_sub);
    i8x16_sub_sat_s(a: V128, b: V128) -> V128 = i8x16::zip(a, b, i8::saturating_sub);
    i8x16_sub_sat_u(a: V128, b: V128) -> V128 = u8x16::zip(a, b, u8::saturating_sub);
    i8x16_min_s(a: V128, b: V128) -> V128 = i8x16::zip(a, b, |a, b| a.min(b));
    i8x16_min_u(a: V128, b: V128) -> V128 = u8x16::zip(a, b, |a, b| a.min(b));
    i8x16_max_s(a: V128, b: V128) -> V128 = i8x16::zip(a, b, |a, b| a.max(b));
    i8x16_max_u(a: V128, b: V128) -> V128 = u8x16::zip(a, b, |a, b| a.max(b));
    /// The average, rounded up.
    i8x16_avgr_u(a: V128, b: V128) -> V128 = u8x16::zip(a, b, |a, b| ((u16::from(a) + u16::from(b) + 1) >> 1) as u8);

    i16x8_abs(a: V128) -> V128 = i16x8::map(a, i16::wrapping_abs);
    i16x8_neg(a: V128) -> V128 = i16x8::map(a, i16::wrapping_neg);
    /// The count is taken modulo the lane width.
    i16x8_shl(a: V128, count: i32) -> V128 = i16x8::map(a, |a| a.wrapping_shl(count as u32));
    /// The count is taken modulo the lane width.
    i16x8_shr_s(a: V128, count: i32) -> V128 = i16x8::map(a, |a| a.wrapping_shr(count as u32));
    /// The count is taken modulo the lane width.
    i16x8_shr_u(a: V128, count: i32) -> V128 = u16x8::map(a, |a| a.wrapping_shr(count as u32));
    i16x8_add(a: V128, b: V128) -> V128 = i16x8::zip(a, b, i16::wrapping_add);
    i16x8_add_sat_s(a: V128, b: V128) -> V128 = i16x8::zip(a, b, i16::saturating_add);
    i16x8_add_sat_u(a: V128, b: V128) -> V128 = u16x8::zip(a, b, u16::saturating_add);
    i16x8_sub(a: V128, b: V128) -> V128 = i16x8::zip(a, b, i16::wrapping_sub);
    i16x8_sub_sat_s(a: V128, b: V128) -> V128 = i16x8::zip(a, b, i16::saturating_sub);
    i16x8_sub_sat_u(a: V128, b: V128) -> V128 = u16x8::zip(a, b, u16::saturating_sub);
    i16x8_mul(a: V128, b: V128) -> V128 = i16x8::zip(a, b, i16::wrapping_mul);
    i16x8_min_s(a: V128, b: V128) -> V128 = i16x8::zip(a, b, |a, b| a.min(b));
    i16x8_min_u(a: V128, b: V128) -> V128 = u16x8::zip(a, b, |a, b| a.min(b));
    i16x8_max_s(a: V128, b: V128) -> V128 = i16x8::zip(a, b, |a, b| a.max(b));
    i16x8_max_u(a: V128, b: V128) -> V128 = u16x8::zip(a, b, |a, b| a.max(b));
    /// The average, rounded up.
    i16x8_avgr_u(a: V128, b: V128) -> V128 = u16x8::zip(a, b, |a, b| ((u32::from(a) + u32::from(b) + 1) >> 1) as u16);
    /// The product of two fractions with 15 bits after the point, rounded
    /// half up; only -1 times -1 saturates.
    i16x8_q15mulr_sat_s(a: V128, b: V128) -> V128 = i16x8::zip(a, b, q15mulr_sat);
    // The first of the standard's choices: saturate.
    i16x8_relaxed_q15mulr_s(a: V128, b: V128) -> V128 = i16x8_q15mulr_sat_s(a, b);

    i32x4_abs(a: V128) -> V128 = i32x4::map(a, i32::wrapping_abs);
    i32x4_neg(a: V128) -> V128 = i32x4::map(a, i32::wrapping_neg);
    /// The count is taken modulo the lane width.
    i32x4_shl(a: V128, count: i32) -> V128 = i32x4::map(a, |a| a.wrapping_shl(count as u32));
    /// The count is taken modulo the lane width.
    i32x4_shr_s(a: V128, count: i32) -> V128 = i32x4::map(a, |a| a.wrapping_shr(count as u32));
    /// The count is taken modulo the lane width.
    i32x4_shr_u(a: V128, count: i32) -> V128 = u32x4::map(a, |a| a.wrapping_shr(count as u32));
    i32x4_add(a: V128, b: V128) -> V128 = i32x4::zip(a, b, i32::wrapping_add);
    i32x4_sub(a: V128, b: V128) -> V128 = i32x4::zip(a, b, i32::wrapping_sub);
    i32x4_mul(a: V128, b: V128) -> V128 = i32x4::zip(a, b, i32::wrapping_mul);
    i32x4_min_s(a: V128, b: V128) -> V128 = i32x4::zip(a, b, |a, b| a.min(b));
    i32x4_min_u(a: V128, b: V128) -> V128 = u32x4::zip(a, b, |a, b| a.min(b));
    i32x4_max_s(a: V128, b: V128) -> V128 = i32x4::zip(a, b, |a, b| a.max(b));
    i32x4_max_u(a: V128, b: V128) -> V128 = u32x4::zip(a, b, |a, b| a.max(b));

    i64x2_abs(a: V128) -> V128 = i64x2::map(a, i64::wrapping_abs);
    i64x2_neg(a: V128) -> V128 = i64x2::map(a, i64::wrapping_neg);
    /// The count is taken modulo the lane width.
    i64x2_shl(a: V128, count: i32) -> V128 = i64x2::map(a, |a| a.wrapping_shl(count as u32));
    /// The count is taken modulo the lane width.
    i64x2_shr_s(a: V128, count: i32) -> V128 = i64x2::map(a, |a| a.wrapping_shr(count as u32));
    /// The count is taken modulo the lane width.
    i64x2_shr_u(a: V128, count: i32) -> V128 = u64x2::map(a, |a| a.wrapping_shr(count as u32));
    i64x2_add(a: V128, b: V128) -> V128 = i64x2::zip(a, b, i64::wrapping_add);
    i64x2_sub(a: V128, b: V128) -> V128 = i64x2::zip(a, b, i64::wrapping_sub);
    i64x2_mul(a: V128, b: V128) -> V128 = i64x2::zip(a, b, i64::wrapping_mul);
}

#[inline(always)]
fn q15mulr_sat(a: i16, b: i16) -> i16 {
    let rounded = (i32::from(a) * i32::from(b) + 0x4000) >> 15;
    rounded.min(i32::from(i16::MAX)) as i16
}

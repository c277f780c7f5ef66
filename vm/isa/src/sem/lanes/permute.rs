//! Moving lanes about: shuffles, splats, and single lanes in and out.

use super::shape::{f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, u8x16, u16x8};
use crate::V128;
use core::array::from_fn;

/// Lane `i` of the result is the lane of `a` that lane `i` of `select` names,
/// or zero if there is no such lane.
#[inline(always)]
pub fn i8x16_swizzle(a: V128, select: V128) -> V128 {
    let (lanes, select) = (a.to_bytes(), select.to_bytes());
    V128::from_bytes(from_fn(|i| {
        if select[i] < 16 {
            lanes[usize::from(select[i] % 16)]
        } else {
            0
        }
    }))
}

/// Lane `i` of the result is the lane of the 32 in `a` and then `b` that
/// `select[i]` names, modulo 32.
#[inline(always)]
pub fn i8x16_shuffle(a: V128, b: V128, select: [u8; 16]) -> V128 {
    let (low, high) = (a.to_bytes(), b.to_bytes());
    // A plain loop: the address of the lanes must not reach another function,
    // or an interpreter's handler could not end in a jump.
    let mut bytes = [0; 16];
    let mut i = 0;
    while i < 16 {
        let lane = usize::from(select[i] % 16);
        bytes[i] = if select[i] & 16 == 0 {
            low[lane]
        } else {
            high[lane]
        };
        i += 1;
    }
    V128::from_bytes(bytes)
}

meanings! {
    // The first of the standard's choices: zero for every lane out of range.
    i8x16_relaxed_swizzle(a: V128, select: V128) -> V128 = i8x16_swizzle(a, select);

    i8x16_splat(a: i32) -> V128 = i8x16::splat(a as i8);
    i16x8_splat(a: i32) -> V128 = i16x8::splat(a as i16);
    i32x4_splat(a: i32) -> V128 = i32x4::splat(a);
    i64x2_splat(a: i64) -> V128 = i64x2::splat(a);
    f32x4_splat(a: f32) -> V128 = f32x4::splat(a);
    f64x2_splat(a: f64) -> V128 = f64x2::splat(a);

    i8x16_extract_lane_s(a: V128, lane: u8) -> i32 = i32::from(i8x16::extract(a, lane));
    i8x16_extract_lane_u(a: V128, lane: u8) -> i32 = i32::from(u8x16::extract(a, lane));
    i16x8_extract_lane_s(a: V128, lane: u8) -> i32 = i32::from(i16x8::extract(a, lane));
    i16x8_extract_lane_u(a: V128, lane: u8) -> i32 = i32::from(u16x8::extract(a, lane));
    i32x4_extract_lane(a: V128, lane: u8) -> i32 = i32x4::extract(a, lane);
    i64x2_extract_lane(a: V128, lane: u8) -> i64 = i64x2::extract(a, lane);
    f32x4_extract_lane(a: V128, lane: u8) -> f32 = f32x4::extract(a, lane);
    f64x2_extract_lane(a: V128, lane: u8) -> f64 = f64x2::extract(a, lane);

    i8x16_replace_lane(a: V128, b: i32, lane: u8) -> V128 = i8x16::replace(a, lane, b as i8);
    i16x8_replace_lane(a: V128, b: i32, lane: u8) -> V128 = i16x8::replace(a, lane, b as i16);
    i32x4_replace_lane(a: V128, b: i32, lane: u8) -> V128 = i32x4::replace(a, lane, b);
    i64x2_replace_lane(a: V128, b: i64, lane: u8) -> V128 = i64x2::replace(a, lane, b);
    f32x4_replace_lane(a: V128, b: f32, lane: u8) -> V128 = f32x4::replace(a, lane, b);
    f64x2_replace_lane(a: V128, b: f64, lane: u8) -> V128 = f64x2::replace(a, lane, b);
}

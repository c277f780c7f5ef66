//! Lane comparisons: all ones in a lane where they hold, zeros elsewhere.

use super::shape::{f32x4, f64x2, i8x16, i16x8, i32x4, i64x2, u8x16, u16x8, u32x4};
use crate::V128;

meanings! {
    i8x16_eq(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a == b);
    i8x16_ne(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a != b);
    i8x16_lt_s(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a < b);
    i8x16_lt_u(a: V128, b: V128) -> V128 = u8x16::mask(a, b, |a, b| a < b);
    i8x16_gt_s(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a > b);
    i8x16_gt_u(a: V128, b: V128) -> V128 = u8x16::mask(a, b, |a, b| a > b);
    i8x16_le_s(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a <= b);
    i8x16_le_u(a: V128, b: V128) -> V128 = u8x16::mask(a, b, |a, b| a <= b);
    i8x16_ge_s(a: V128, b: V128) -> V128 = i8x16::mask(a, b, |a, b| a >= b);
    i8x16_ge_u(a: V128, b: V128) -> V128 = u8x16::mask(a, b, |a, b| a >= b);

    i16x8_eq(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a == b);
    i16x8_ne(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a != b);
    i16x8_lt_s(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a < b);
    i16x8_lt_u(a: V128, b: V128) -> V128 = u16x8::mask(a, b, |a, b| a < b);
    i16x8_gt_s(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a > b);
    i16x8_gt_u(a: V128, b: V128) -> V128 = u16x8::mask(a, b, |a, b| a > b);
    i16x8_le_s(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a <= b);
    i16x8_le_u(a: V128, b: V128) -> V128 = u16x8::mask(a, b, |a, b| a <= b);
    i16x8_ge_s(a: V128, b: V128) -> V128 = i16x8::mask(a, b, |a, b| a >= b);
    i16x8_ge_u(a: V128, b: V128) -> V128 = u16x8::mask(a, b, |a, b| a >= b);

    i32x4_eq(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a == b);
    i32x4_ne(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a != b);
    i32x4_lt_s(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a < b);
    i32x4_lt_u(a: V128, b: V128) -> V128 = u32x4::mask(a, b, |a, b| a < b);
    i32x4_gt_s(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a > b);
    i32x4_gt_u(a: V128, b: V128) -> V128 = u32x4::mask(a, b, |a, b| a > b);
    i32x4_le_s(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a <= b);
    i32x4_le_u(a: V128, b: V128) -> V128 = u32x4::mask(a, b, |a, b| a <= b);
    i32x4_ge_s(a: V128, b: V128) -> V128 = i32x4::mask(a, b, |a, b| a >= b);
    i32x4_ge_u(a: V128, b: V128) -> V128 = u32x4::mask(a, b, |a, b| a >= b);

    i64x2_eq(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a == b);
    i64x2_ne(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a != b);
    i64x2_lt_s(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a < b);
    i64x2_gt_s(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a > b);
    i64x2_le_s(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a <= b);
    i64x2_ge_s(a: V128, b: V128) -> V128 = i64x2::mask(a, b, |a, b| a >= b);

    f32x4_eq(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a == b);
    f32x4_ne(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a != b);
    f32x4_lt(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a < b);
    f32x4_gt(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a > b);
    f32x4_le(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a <= b);
    f32x4_ge(a: V128, b: V128) -> V128 = f32x4::mask(a, b, |a, b| a >= b);

    f64x2_eq(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a == b);
    f64x2_ne(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a != b);
    f64x2_lt(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a < b);
    f64x2_gt(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a > b);
    f64x2_le(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a <= b);
    f64x2_ge(a: V128, b: V128) -> V128 = f64x2::mask(a, b, |a, b| a >= b);
}

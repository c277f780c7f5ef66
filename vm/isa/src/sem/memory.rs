//! What the bytes of a memory access mean. Linear memory is little-endian on
//! every host.

use super::lanes::{shape, widen};
use crate::V128;

meanings! {
    i32_load(bytes: [u8; 4]) -> i32 = i32::from_le_bytes(bytes);
    i64_load(bytes: [u8; 8]) -> i64 = i64::from_le_bytes(bytes);
    /// Keeps the bits of a NaN.
    f32_load(bytes: [u8; 4]) -> f32 = f32::from_le_bytes(bytes);
    /// Keeps the bits of a NaN.
    f64_load(bytes: [u8; 8]) -> f64 = f64::from_le_bytes(bytes);
    i32_load8_s(bytes: [u8; 1]) -> i32 = i32::from(i8::from_le_bytes(bytes));
    i32_load8_u(bytes: [u8; 1]) -> i32 = i32::from(u8::from_le_bytes(bytes));
    i32_load16_s(bytes: [u8; 2]) -> i32 = i32::from(i16::from_le_bytes(bytes));
    i32_load16_u(bytes: [u8; 2]) -> i32 = i32::from(u16::from_le_bytes(bytes));
    i64_load8_s(bytes: [u8; 1]) -> i64 = i64::from(i8::from_le_bytes(bytes));
    i64_load8_u(bytes: [u8; 1]) -> i64 = i64::from(u8::from_le_bytes(bytes));
    i64_load16_s(bytes: [u8; 2]) -> i64 = i64::from(i16::from_le_bytes(bytes));
    i64_load16_u(bytes: [u8; 2]) -> i64 = i64::from(u16::from_le_bytes(bytes));
    i64_load32_s(bytes: [u8; 4]) -> i64 = i64::from(i32::from_le_bytes(bytes));
    i64_load32_u(bytes: [u8; 4]) -> i64 = i64::from(u32::from_le_bytes(bytes));

    i32_store(a: i32) -> [u8; 4] = a.to_le_bytes();
    i64_store(a: i64) -> [u8; 8] = a.to_le_bytes();
    /// Keeps the bits of a NaN.
    f32_store(a: f32) -> [u8; 4] = a.to_le_bytes();
    /// Keeps the bits of a NaN.
    f64_store(a: f64) -> [u8; 8] = a.to_le_bytes();
    i32_store8(a: i32) -> [u8; 1] = (a as u8).to_le_bytes();
    i32_store16(a: i32) -> [u8; 2] = (a as u16).to_le_bytes();
    i64_store8(a: i64) -> [u8; 1] = (a as u8).to_le_bytes();
    i64_store16(a: i64) -> [u8; 2] = (a as u16).to_le_bytes();
    i64_store32(a: i64) -> [u8; 4] = (a as u32).to_le_bytes();

    v128_load(bytes: [u8; 16]) -> V128 = V128::from_bytes(bytes);
    v128_store(a: V128) -> [u8; 16] = a.to_bytes();

    v128_load8x8_s(bytes: [u8; 8]) -> V128 = widen::i16x8_extend_low_i8x16_s(v128_load64_zero(bytes));
    v128_load8x8_u(bytes: [u8; 8]) -> V128 = widen::i16x8_extend_low_i8x16_u(v128_load64_zero(bytes));
    v128_load16x4_s(bytes: [u8; 8]) -> V128 = widen::i32x4_extend_low_i16x8_s(v128_load64_zero(bytes));
    v128_load16x4_u(bytes: [u8; 8]) -> V128 = widen::i32x4_extend_low_i16x8_u(v128_load64_zero(bytes));
    v128_load32x2_s(bytes: [u8; 8]) -> V128 = widen::i64x2_extend_low_i32x4_s(v128_load64_zero(bytes));
    v128_load32x2_u(bytes: [u8; 8]) -> V128 = widen::i64x2_extend_low_i32x4_u(v128_load64_zero(bytes));

    v128_load8_splat(bytes: [u8; 1]) -> V128 = shape::u8x16::splat(u8::from_le_bytes(bytes));
    v128_load16_splat(bytes: [u8; 2]) -> V128 = shape::u16x8::splat(u16::from_le_bytes(bytes));
    v128_load32_splat(bytes: [u8; 4]) -> V128 = shape::u32x4::splat(u32::from_le_bytes(bytes));
    v128_load64_splat(bytes: [u8; 8]) -> V128 = shape::u64x2::splat(u64::from_le_bytes(bytes));

    v128_load32_zero(bytes: [u8; 4]) -> V128 = V128::from_u32x4([u32::from_le_bytes(bytes), 0, 0, 0]);
    v128_load64_zero(bytes: [u8; 8]) -> V128 = V128::from_u64x2([u64::from_le_bytes(bytes), 0]);

    v128_load8_lane(bytes: [u8; 1], a: V128, lane: u8) -> V128 = shape::u8x16::replace(a, lane, u8::from_le_bytes(bytes));
    v128_load16_lane(bytes: [u8; 2], a: V128, lane: u8) -> V128 = shape::u16x8::replace(a, lane, u16::from_le_bytes(bytes));
    v128_load32_lane(bytes: [u8; 4], a: V128, lane: u8) -> V128 = shape::u32x4::replace(a, lane, u32::from_le_bytes(bytes));
    v128_load64_lane(bytes: [u8; 8], a: V128, lane: u8) -> V128 = shape::u64x2::replace(a, lane, u64::from_le_bytes(bytes));

    v128_store8_lane(a: V128, lane: u8) -> [u8; 1] = shape::u8x16::extract(a, lane).to_le_bytes();
    v128_store16_lane(a: V128, lane: u8) -> [u8; 2] = shape::u16x8::extract(a, lane).to_le_bytes();
    v128_store32_lane(a: V128, lane: u8) -> [u8; 4] = shape::u32x4::extract(a, lane).to_le_bytes();
    v128_store64_lane(a: V128, lane: u8) -> [u8; 8] = shape::u64x2::extract(a, lane).to_le_bytes();
}

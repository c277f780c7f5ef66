//! Vectors to one number: any, all, and the mask of sign bits.

use crate::V128;

meanings! {
    v128_any_true(a: V128) -> i32 = i32::from(a.to_u64x2() != [0, 0]);

    i8x16_all_true(a: V128) -> i32 = i32::from(a.to_i8x16().iter().all(|&lane| lane != 0));
    i16x8_all_true(a: V128) -> i32 = i32::from(a.to_i16x8().iter().all(|&lane| lane != 0));
    i32x4_all_true(a: V128) -> i32 = i32::from(a.to_i32x4().iter().all(|&lane| lane != 0));
    i64x2_all_true(a: V128) -> i32 = i32::from(a.to_i64x2().iter().all(|&lane| lane != 0));
    /// Bit `i` of the result is the sign bit of lane `i`.
    i8x16_bitmask(a: V128) -> i32 = a.to_i8x16().iter().rev().fold(0, |mask, &lane| mask << 1 | i32::from(lane < 0));
    /// Bit `i` of the result is the sign bit of lane `i`.
    i16x8_bitmask(a: V128) -> i32 = a.to_i16x8().iter().rev().fold(0, |mask, &lane| mask << 1 | i32::from(lane < 0));
    /// Bit `i` of the result is the sign bit of lane `i`.
    i32x4_bitmask(a: V128) -> i32 = a.to_i32x4().iter().rev().fold(0, |mask, &lane| mask << 1 | i32::from(lane < 0));
    /// Bit `i` of the result is the sign bit of lane `i`.
    i64x2_bitmask(a: V128) -> i32 = a.to_i64x2().iter().rev().fold(0, |mask, &lane| mask << 1 | i32::from(lane < 0));
}

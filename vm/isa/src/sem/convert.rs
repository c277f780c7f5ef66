//! Conversions between integers and floats, and between floats.

use super::float::{canonical32, canonical64};
use crate::Trap;

/// Trapping truncation: `$name(float) -> int`, reading the value as `$target`,
/// which holds exactly the floats strictly between `$below` and `$above`.
macro_rules! truncate {
    ($($name:ident $f:ident -> $i:ident as $target:ident, $below:literal < a < $above:literal;)*) => {$(
        /// The value rounded towards zero.
        ///
        /// # Errors
        /// A NaN, and a value whose integer part does not fit the type.
        #[inline(always)]
        pub fn $name(a: $f) -> Result<$i, Trap> {
            const BELOW: $f = $below;
            const ABOVE: $f = $above;
            if BELOW < a && a < ABOVE {
                Ok(a as $target as $i)
            } else if a.is_nan() {
                Err(Trap::InvalidConversionToInteger)
            } else {
                Err(Trap::IntegerOverflow)
            }
        }
    )*};
}

// The lower bounds are the largest float of the source type that does not fit:
// where min - 1 is not representable, it is the float below the minimum.
truncate! {
    i32_trunc_f32_s f32 -> i32 as i32, -2147483904.0 < a < 2147483648.0;
    i32_trunc_f32_u f32 -> i32 as u32, -1.0 < a < 4294967296.0;
    i32_trunc_f64_s f64 -> i32 as i32, -2147483649.0 < a < 2147483648.0;
    i32_trunc_f64_u f64 -> i32 as u32, -1.0 < a < 4294967296.0;
    i64_trunc_f32_s f32 -> i64 as i64, -9223373136366403584.0 < a < 9223372036854775808.0;
    i64_trunc_f32_u f32 -> i64 as u64, -1.0 < a < 18446744073709551616.0;
    i64_trunc_f64_s f64 -> i64 as i64, -9223372036854777856.0 < a < 9223372036854775808.0;
    i64_trunc_f64_u f64 -> i64 as u64, -1.0 < a < 18446744073709551616.0;
}

// Rust's `as` from float to integer rounds towards zero, saturates, and maps
// NaN to 0, which is Wasm's saturating truncation. From integer to float it
// rounds to nearest, ties to even.
meanings! {
    i32_trunc_sat_f32_s(a: f32) -> i32 = a as i32;
    i32_trunc_sat_f32_u(a: f32) -> i32 = a as u32 as i32;
    i32_trunc_sat_f64_s(a: f64) -> i32 = a as i32;
    i32_trunc_sat_f64_u(a: f64) -> i32 = a as u32 as i32;
    i64_trunc_sat_f32_s(a: f32) -> i64 = a as i64;
    i64_trunc_sat_f32_u(a: f32) -> i64 = a as u64 as i64;
    i64_trunc_sat_f64_s(a: f64) -> i64 = a as i64;
    i64_trunc_sat_f64_u(a: f64) -> i64 = a as u64 as i64;

    f32_convert_i32_s(a: i32) -> f32 = a as f32;
    f32_convert_i32_u(a: i32) -> f32 = a as u32 as f32;
    f32_convert_i64_s(a: i64) -> f32 = a as f32;
    f32_convert_i64_u(a: i64) -> f32 = a as u64 as f32;
    f64_convert_i32_s(a: i32) -> f64 = f64::from(a);
    f64_convert_i32_u(a: i32) -> f64 = f64::from(a as u32);
    f64_convert_i64_s(a: i64) -> f64 = a as f64;
    f64_convert_i64_u(a: i64) -> f64 = a as u64 as f64;

    f32_demote_f64(a: f64) -> f32 = canonical32(a as f32);
    f64_promote_f32(a: f32) -> f64 = canonical64(f64::from(a));

    i32_reinterpret_f32(a: f32) -> i32 = a.to_bits() as i32;
    i64_reinterpret_f64(a: f64) -> i64 = a.to_bits() as i64;
    f32_reinterpret_i32(a: i32) -> f32 = f32::from_bits(a as u32);
    f64_reinterpret_i64(a: i64) -> f64 = f64::from_bits(a as u64);
}

//! Lane conversions between integers and floats, and between float widths.

use crate::V128;
use crate::sem::float::{NAN32, NAN64};

/// The nearest `f32`, or the canonical NaN.
#[inline(always)]
fn demote(a: f64) -> f32 {
    if a.is_nan() { NAN32 } else { a as f32 }
}

/// The same number as an `f64`, or the canonical NaN.
#[inline(always)]
fn promote(a: f32) -> f64 {
    if a.is_nan() { NAN64 } else { f64::from(a) }
}

/// `f` of the two lanes, then two lanes of zero.
#[inline(always)]
fn with_zeros<T: Default>(a: V128, f: impl Fn(f64) -> T) -> [T; 4] {
    let [x, y] = a.to_f64x2();
    [f(x), f(y), T::default(), T::default()]
}

/// `f` of the two lower lanes.
#[inline(always)]
fn low<T>([x, y, _, _]: [T; 4], f: impl Fn(T) -> f64) -> [f64; 2] {
    [f(x), f(y)]
}

meanings! {
    i32x4_trunc_sat_f32x4_s(a: V128) -> V128 = V128::from_i32x4(a.to_f32x4().map(|a| a as i32));
    i32x4_trunc_sat_f32x4_u(a: V128) -> V128 = V128::from_u32x4(a.to_f32x4().map(|a| a as u32));
    i32x4_trunc_sat_f64x2_s_zero(a: V128) -> V128 = V128::from_i32x4(with_zeros(a, |a| a as i32));
    i32x4_trunc_sat_f64x2_u_zero(a: V128) -> V128 = V128::from_u32x4(with_zeros(a, |a| a as u32));

    f32x4_convert_i32x4_s(a: V128) -> V128 = V128::from_f32x4(a.to_i32x4().map(|a| a as f32));
    f32x4_convert_i32x4_u(a: V128) -> V128 = V128::from_f32x4(a.to_u32x4().map(|a| a as f32));
    f64x2_convert_low_i32x4_s(a: V128) -> V128 = V128::from_f64x2(low(a.to_i32x4(), f64::from));
    f64x2_convert_low_i32x4_u(a: V128) -> V128 = V128::from_f64x2(low(a.to_u32x4(), f64::from));

    f32x4_demote_f64x2_zero(a: V128) -> V128 = V128::from_f32x4(with_zeros(a, demote));
    f64x2_promote_low_f32x4(a: V128) -> V128 = V128::from_f64x2(low(a.to_f32x4(), promote));

    // The first of the standard's choices for all four: saturate, NaN to zero.
    i32x4_relaxed_trunc_f32x4_s(a: V128) -> V128 = i32x4_trunc_sat_f32x4_s(a);
    i32x4_relaxed_trunc_f32x4_u(a: V128) -> V128 = i32x4_trunc_sat_f32x4_u(a);
    i32x4_relaxed_trunc_f64x2_s_zero(a: V128) -> V128 = i32x4_trunc_sat_f64x2_s_zero(a);
    i32x4_relaxed_trunc_f64x2_u_zero(a: V128) -> V128 = i32x4_trunc_sat_f64x2_u_zero(a);
}

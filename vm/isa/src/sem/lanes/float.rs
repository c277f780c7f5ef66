//! Float lane arithmetic.
//!
//! The NaN rule is a select here, not the branch of the scalar functions: one
//! lane's NaN must not send the other lanes down another path.

use super::shape::{f32x4, f64x2};
use crate::V128;
use crate::sem::float::{NAN32, NAN64, has_nan_bits32, has_nan_bits64};

/// The lane functions both widths share.
macro_rules! lane {
    ($module:ident $f:ident $nan:ident $has_nan_bits:ident) => {
        mod $module {
            use super::{$has_nan_bits, $nan};

            /// `value`, or the canonical NaN in place of any NaN.
            #[inline(always)]
            pub(super) fn canonical(value: $f) -> $f {
                if value.is_nan() { $nan } else { value }
            }

            /// The square root, or the canonical NaN.
            #[inline(always)]
            pub(super) fn sqrt(a: $f) -> $f {
                let root = a.sqrt();
                if $has_nan_bits(root) { $nan } else { root }
            }

            /// The smaller; -0 is smaller than +0, a NaN gives the canonical one.
            #[inline(always)]
            pub(super) fn min(a: $f, b: $f) -> $f {
                // Asked both ways round, the answers differ only for zeros of
                // different sign, and then the result is negative if either is.
                let first = if a < b { a } else { b };
                let second = if b < a { b } else { a };
                let ordered = $f::from_bits(first.to_bits() | second.to_bits());
                if a.is_nan() || b.is_nan() {
                    $nan
                } else {
                    ordered
                }
            }

            /// The larger; +0 is larger than -0, a NaN gives the canonical one.
            #[inline(always)]
            pub(super) fn max(a: $f, b: $f) -> $f {
                // As for the minimum, but negative only if both are.
                let first = if a > b { a } else { b };
                let second = if b > a { b } else { a };
                let ordered = $f::from_bits(first.to_bits() & second.to_bits());
                if a.is_nan() || b.is_nan() {
                    $nan
                } else {
                    ordered
                }
            }

            /// `a * b + c`, rounded once.
            #[inline(always)]
            pub(super) fn fused(a: $f, b: $f, c: $f) -> $f {
                canonical(a.mul_add(b, c))
            }

            /// `a * b + c`, rounded after the product and after the sum.
            #[inline(always)]
            pub(super) fn unfused(a: $f, b: $f, c: $f) -> $f {
                // A NaN product makes a NaN sum, so one look at the end is enough.
                canonical(a * b + c)
            }
        }
    };
}

lane!(lane32 f32 NAN32 has_nan_bits32);
lane!(lane64 f64 NAN64 has_nan_bits64);

meanings! {
    f32x4_ceil(a: V128) -> V128 = f32x4::map(a, |a| lane32::canonical(a.ceil()));
    f32x4_floor(a: V128) -> V128 = f32x4::map(a, |a| lane32::canonical(a.floor()));
    f32x4_trunc(a: V128) -> V128 = f32x4::map(a, |a| lane32::canonical(a.trunc()));
    f32x4_nearest(a: V128) -> V128 = f32x4::map(a, |a| lane32::canonical(a.round_ties_even()));
    f32x4_sqrt(a: V128) -> V128 = f32x4::map(a, lane32::sqrt);
    /// Clears the sign bits, also of NaN lanes.
    f32x4_abs(a: V128) -> V128 = f32x4::map(a, f32::abs);
    /// Flips the sign bits, also of NaN lanes.
    f32x4_neg(a: V128) -> V128 = f32x4::map(a, |a| -a);
    f32x4_add(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| lane32::canonical(a + b));
    f32x4_sub(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| lane32::canonical(a - b));
    f32x4_mul(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| lane32::canonical(a * b));
    f32x4_div(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| lane32::canonical(a / b));
    f32x4_min(a: V128, b: V128) -> V128 = f32x4::zip(a, b, lane32::min);
    f32x4_max(a: V128, b: V128) -> V128 = f32x4::zip(a, b, lane32::max);
    /// The second operand where it is smaller, else the first, bit for bit.
    f32x4_pmin(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| if b < a { b } else { a });
    /// The second operand where it is larger, else the first, bit for bit.
    f32x4_pmax(a: V128, b: V128) -> V128 = f32x4::zip(a, b, |a, b| if a < b { b } else { a });
    // The first of the standard's choices: the strict minimum and maximum.
    f32x4_relaxed_min(a: V128, b: V128) -> V128 = f32x4_min(a, b);
    f32x4_relaxed_max(a: V128, b: V128) -> V128 = f32x4_max(a, b);
    f32x4_relaxed_madd(a: V128, b: V128, c: V128) -> V128 = f32x4::zip3(a, b, c, lane32::fused);
    f32x4_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 = f32x4::zip3(a, b, c, |a, b, c| lane32::fused(-a, b, c));
    f32x4_relaxed_madd_unfused(a: V128, b: V128, c: V128) -> V128 = f32x4::zip3(a, b, c, lane32::unfused);
    f32x4_relaxed_nmadd_unfused(a: V128, b: V128, c: V128) -> V128 = f32x4::zip3(a, b, c, |a, b, c| lane32::unfused(-a, b, c));

    f64x2_ceil(a: V128) -> V128 = f64x2::map(a, |a| lane64::canonical(a.ceil()));
    f64x2_floor(a: V128) -> V128 = f64x2::map(a, |a| lane64::canonical(a.floor()));
    f64x2_trunc(a: V128) -> V128 = f64x2::map(a, |a| lane64::canonical(a.trunc()));
    f64x2_nearest(a: V128) -> V128 = f64x2::map(a, |a| lane64::canonical(a.round_ties_even()));
    f64x2_sqrt(a: V128) -> V128 = f64x2::map(a, lane64::sqrt);
    /// Clears the sign bits, also of NaN lanes.
    f64x2_abs(a: V128) -> V128 = f64x2::map(a, f64::abs);
    /// Flips the sign bits, also of NaN lanes.
    f64x2_neg(a: V128) -> V128 = f64x2::map(a, |a| -a);
    f64x2_add(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| lane64::canonical(a + b));
    f64x2_sub(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| lane64::canonical(a - b));
    f64x2_mul(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| lane64::canonical(a * b));
    f64x2_div(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| lane64::canonical(a / b));
    f64x2_min(a: V128, b: V128) -> V128 = f64x2::zip(a, b, lane64::min);
    f64x2_max(a: V128, b: V128) -> V128 = f64x2::zip(a, b, lane64::max);
    /// The second operand where it is smaller, else the first, bit for bit.
    f64x2_pmin(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| if b < a { b } else { a });
    /// The second operand where it is larger, else the first, bit for bit.
    f64x2_pmax(a: V128, b: V128) -> V128 = f64x2::zip(a, b, |a, b| if a < b { b } else { a });
    // The first of the standard's choices: the strict minimum and maximum.
    f64x2_relaxed_min(a: V128, b: V128) -> V128 = f64x2_min(a, b);
    f64x2_relaxed_max(a: V128, b: V128) -> V128 = f64x2_max(a, b);
    f64x2_relaxed_madd(a: V128, b: V128, c: V128) -> V128 = f64x2::zip3(a, b, c, lane64::fused);
    f64x2_relaxed_nmadd(a: V128, b: V128, c: V128) -> V128 = f64x2::zip3(a, b, c, |a, b, c| lane64::fused(-a, b, c));
    f64x2_relaxed_madd_unfused(a: V128, b: V128, c: V128) -> V128 = f64x2::zip3(a, b, c, lane64::unfused);
    f64x2_relaxed_nmadd_unfused(a: V128, b: V128, c: V128) -> V128 = f64x2::zip3(a, b, c, |a, b, c| lane64::unfused(-a, b, c));
}

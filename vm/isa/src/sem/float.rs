//! Scalar float arithmetic and comparisons.

use core::hint::cold_path;

use crate::planted::{Fault, planted};

/// The positive canonical NaN of 32 bits: what arithmetic gives for NaN.
pub const NAN32: f32 = f32::from_bits(0x7fc0_0000);

/// The positive canonical NaN of 64 bits: what arithmetic gives for NaN.
pub const NAN64: f64 = f64::from_bits(0x7ff8_0000_0000_0000);

/// `value`, or the canonical NaN in place of any NaN.
///
/// A branch, not a select: a well predicted branch keeps the check off the
/// chain of dependent additions that float code waits for.
#[inline(always)]
pub fn canonical32(value: f32) -> f32 {
    if value.is_nan() {
        cold_path();
        return NAN32;
    }
    value
}

/// `value`, or the canonical NaN in place of any NaN; see [`canonical32`].
#[inline(always)]
pub fn canonical64(value: f64) -> f64 {
    if value.is_nan() && !planted(Fault::Nan) {
        cold_path();
        return NAN64;
    }
    value
}

/// Whether `value` is NaN, asked of its bits.
///
/// For the square root the question must not be asked of the number: LLVM
/// rewrites "is the root NaN" to "is the operand negative", and then drops
/// the choice of a NaN for a root that is a NaN anyway, of other bits.
#[inline(always)]
pub(super) fn has_nan_bits32(value: f32) -> bool {
    value.to_bits() & 0x7fff_ffff > 0x7f80_0000
}

/// Whether `value` is NaN, asked of its bits; see [`has_nan_bits32`].
#[inline(always)]
pub(super) fn has_nan_bits64(value: f64) -> bool {
    value.to_bits() & 0x7fff_ffff_ffff_ffff > 0x7ff0_0000_0000_0000
}

/// The meanings both float widths share.
macro_rules! shared {
    ($f:ident $canonical:ident $has_nan_bits:ident $nan:ident:
        $abs:ident $neg:ident $copysign:ident
        $ceil:ident $floor:ident $trunc:ident $nearest:ident $sqrt:ident
        $add:ident $sub:ident $mul:ident $div:ident $min:ident $max:ident
        $eq:ident $ne:ident $lt:ident $gt:ident $le:ident $ge:ident
    ) => {
        meanings! {
            /// Clears the sign bit, also of a NaN.
            $abs(a: $f) -> $f = a.abs();
            /// Flips the sign bit, also of a NaN.
            $neg(a: $f) -> $f = -a;
            /// The first operand with the second's sign bit, also of a NaN.
            $copysign(a: $f, b: $f) -> $f = a.copysign(b);

            $ceil(a: $f) -> $f = $canonical(a.ceil());
            $floor(a: $f) -> $f = $canonical(a.floor());
            $trunc(a: $f) -> $f = $canonical(a.trunc());
            $nearest(a: $f) -> $f = $canonical(a.round_ties_even());

            $add(a: $f, b: $f) -> $f = $canonical(a + b);
            $sub(a: $f, b: $f) -> $f = $canonical(a - b);
            $mul(a: $f, b: $f) -> $f = $canonical(a * b);
            $div(a: $f, b: $f) -> $f = $canonical(a / b);

            $eq(a: $f, b: $f) -> i32 = i32::from(a == b);
            $ne(a: $f, b: $f) -> i32 = i32::from(a != b);
            $lt(a: $f, b: $f) -> i32 = i32::from(a < b);
            $gt(a: $f, b: $f) -> i32 = i32::from(a > b);
            $le(a: $f, b: $f) -> i32 = i32::from(a <= b);
            $ge(a: $f, b: $f) -> i32 = i32::from(a >= b);
        }

        /// The square root, or the canonical NaN.
        #[inline(always)]
        pub fn $sqrt(a: $f) -> $f {
            let root = a.sqrt();
            if $has_nan_bits(root) {
                cold_path();
                return $nan;
            }
            root
        }

        /// The smaller operand; -0 is smaller than +0, and a NaN operand gives
        /// the canonical NaN.
        #[inline(always)]
        pub fn $min(a: $f, b: $f) -> $f {
            if a.is_nan() || b.is_nan() {
                cold_path();
                return $nan;
            }
            // Asked both ways round, the answers differ only for zeros of
            // different sign, and then the result is negative if either is.
            // Selects, because which operand is smaller is hard to predict.
            let first = if a < b { a } else { b };
            let second = if b < a { b } else { a };
            $f::from_bits(first.to_bits() | second.to_bits())
        }

        /// The larger operand; +0 is larger than -0, and a NaN operand gives
        /// the canonical NaN.
        #[inline(always)]
        pub fn $max(a: $f, b: $f) -> $f {
            if a.is_nan() || b.is_nan() {
                cold_path();
                return $nan;
            }
            // As for the minimum, but negative only if both are.
            let first = if a > b { a } else { b };
            let second = if b > a { b } else { a };
            $f::from_bits(first.to_bits() & second.to_bits())
        }
    };
}

shared! { f32 canonical32 has_nan_bits32 NAN32:
    f32_abs f32_neg f32_copysign
    f32_ceil f32_floor f32_trunc f32_nearest f32_sqrt
    f32_add f32_sub f32_mul f32_div f32_min f32_max
    f32_eq f32_ne f32_lt f32_gt f32_le f32_ge
}

shared! { f64 canonical64 has_nan_bits64 NAN64:
    f64_abs f64_neg f64_copysign
    f64_ceil f64_floor f64_trunc f64_nearest f64_sqrt
    f64_add f64_sub f64_mul f64_div f64_min f64_max
    f64_eq f64_ne f64_lt f64_gt f64_le f64_ge
}

//! Floats.
//!
//! NaN is rare and the rule about it costs: choosing the canonical NaN by a
//! blend in every instruction was measured to make a chain of additions six
//! times slower. So the lanes are asked together whether any is NaN, and a
//! branch that is practically never taken puts things right.

use core::arch::x86_64::*;
use core::hint::cold_path;

/// Writes the arithmetic of one float width.
macro_rules! arithmetic {
    ($module:ident: $register:ident, from $from:ident, into $into:ident, NaN $nan:expr,
     unordered $unordered:ident, any $any:ident, blend $blend:ident,
     add $add:ident, sub $sub:ident, mul $mul:ident, div $div:ident, sqrt $sqrt:ident,
     ceil $ceil:ident, floor $floor:ident, round $round:ident,
     fmadd $fmadd:ident, fnmadd $fnmadd:ident,
     min $min:ident, max $max:ident, or $or:ident, and $and:ident,
     ordered bits $greater:ident, abs $abs:expr, infinity $infinity:expr) => {
        pub(in crate::lanes) mod $module {
            use super::*;

            functions! {
                /// `value`, with the canonical NaN in the lanes `nan` is set in.
                fn replace(value: $register, nan: $register) -> __m128i {
                    if $any(nan) != 0 {
                        cold_path();
                        return $into($blend(value, $from($nan), nan));
                    }
                    $into(value)
                }

                /// `value`, with the canonical NaN for any NaN.
                fn canonical(value: $register) -> __m128i {
                    replace(value, $unordered(value, value))
                }

                fn add(a: __m128i, b: __m128i) -> __m128i {
                    canonical($add($from(a), $from(b)))
                }

                fn sub(a: __m128i, b: __m128i) -> __m128i {
                    canonical($sub($from(a), $from(b)))
                }

                fn mul(a: __m128i, b: __m128i) -> __m128i {
                    canonical($mul($from(a), $from(b)))
                }

                fn div(a: __m128i, b: __m128i) -> __m128i {
                    canonical($div($from(a), $from(b)))
                }

                fn ceil(a: __m128i) -> __m128i {
                    canonical($ceil($from(a)))
                }

                fn floor(a: __m128i) -> __m128i {
                    canonical($floor($from(a)))
                }

                fn trunc(a: __m128i) -> __m128i {
                    canonical($round::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>($from(a)))
                }

                fn nearest(a: __m128i) -> __m128i {
                    canonical($round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>($from(a)))
                }

                /// The NaN is looked for among the bits, as in the meaning: a
                /// comparison of the number would be optimised together with
                /// the root, and the canonical NaN lost.
                fn sqrt(a: __m128i) -> __m128i {
                    let root = $sqrt($from(a));
                    let magnitude = _mm_and_si128($into(root), $abs);
                    replace(root, $from($greater(magnitude, $infinity)))
                }

                fn madd(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
                    canonical($fmadd($from(a), $from(b), $from(c)))
                }

                fn nmadd(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
                    canonical($fnmadd($from(a), $from(b), $from(c)))
                }

                fn madd_unfused(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
                    canonical($add($mul($from(a), $from(b)), $from(c)))
                }

                fn nmadd_unfused(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
                    canonical($sub($from(c), $mul($from(a), $from(b))))
                }

                // `minps` and its kin give the second operand when both are
                // zero or one is NaN, so each is asked both ways round: the two
                // answers differ only for zeros of different sign, which their
                // bits settle, and for NaN, which is replaced.
                fn min(a: __m128i, b: __m128i) -> __m128i {
                    let (a, b) = ($from(a), $from(b));
                    replace($or($min(a, b), $min(b, a)), $unordered(a, b))
                }

                /// As `min`, but a zero is negative only if both are.
                fn max(a: __m128i, b: __m128i) -> __m128i {
                    let (a, b) = ($from(a), $from(b));
                    replace($and($max(a, b), $max(b, a)), $unordered(a, b))
                }
            }
        }
    };
}

arithmetic! { f32x4: __m128, from _mm_castsi128_ps, into _mm_castps_si128,
NaN _mm_set1_epi32(0x7fc0_0000),
unordered _mm_cmpunord_ps, any _mm_movemask_ps, blend _mm_blendv_ps,
add _mm_add_ps, sub _mm_sub_ps, mul _mm_mul_ps, div _mm_div_ps, sqrt _mm_sqrt_ps,
ceil _mm_ceil_ps, floor _mm_floor_ps, round _mm_round_ps,
fmadd _mm_fmadd_ps, fnmadd _mm_fnmadd_ps,
min _mm_min_ps, max _mm_max_ps, or _mm_or_ps, and _mm_and_ps,
ordered bits _mm_cmpgt_epi32, abs _mm_set1_epi32(i32::MAX),
infinity _mm_set1_epi32(0x7f80_0000) }

arithmetic! { f64x2: __m128d, from _mm_castsi128_pd, into _mm_castpd_si128,
NaN _mm_set1_epi64x(0x7ff8_0000_0000_0000),
unordered _mm_cmpunord_pd, any _mm_movemask_pd, blend _mm_blendv_pd,
add _mm_add_pd, sub _mm_sub_pd, mul _mm_mul_pd, div _mm_div_pd, sqrt _mm_sqrt_pd,
ceil _mm_ceil_pd, floor _mm_floor_pd, round _mm_round_pd,
fmadd _mm_fmadd_pd, fnmadd _mm_fnmadd_pd,
min _mm_min_pd, max _mm_max_pd, or _mm_or_pd, and _mm_and_pd,
ordered bits _mm_cmpgt_epi64, abs _mm_set1_epi64x(i64::MAX),
infinity _mm_set1_epi64x(0x7ff0_0000_0000_0000) }

functions! {
    /// `minpd` gives its second operand unless the first is smaller.
    fn pmin64(a: __m128i, b: __m128i) -> __m128i {
        _mm_castpd_si128(_mm_min_pd(_mm_castsi128_pd(b), _mm_castsi128_pd(a)))
    }

    /// `maxpd` gives its second operand unless the first is larger.
    fn pmax64(a: __m128i, b: __m128i) -> __m128i {
        _mm_castpd_si128(_mm_max_pd(_mm_castsi128_pd(b), _mm_castsi128_pd(a)))
    }

    fn demote(a: __m128i) -> __m128i {
        f32x4::canonical(_mm_cvtpd_ps(_mm_castsi128_pd(a)))
    }

    fn promote(a: __m128i) -> __m128i {
        f64x2::canonical(_mm_cvtps_pd(_mm_castsi128_ps(a)))
    }

    /// The hardware gives 0x80000000 for whatever does not fit: right below,
    /// to be inverted above. NaN becomes zero first.
    fn trunc32_s(a: __m128i) -> __m128i {
        let a = _mm_castsi128_ps(a);
        let a = _mm_and_ps(a, _mm_cmpord_ps(a, a));
        let above = _mm_cmpge_ps(a, _mm_set1_ps(2147483648.0));
        _mm_xor_si128(_mm_cvttps_epi32(a), _mm_castps_si128(above))
    }

    /// In two signed halves: 0x80000000 stands for 2^31 and up, and the rest,
    /// if any, is converted apart, saturated at 2^31 - 1, and added.
    fn trunc32_u(a: __m128i) -> __m128i {
        let limit = _mm_set1_ps(2147483648.0);
        // NaN and negatives become zero: `maxps` gives its second operand.
        let a = _mm_max_ps(_mm_castsi128_ps(a), _mm_setzero_ps());
        let rest = _mm_sub_ps(a, limit);
        let above = _mm_castps_si128(_mm_cmpge_ps(rest, limit));
        let high = _mm_max_epi32(_mm_xor_si128(_mm_cvttps_epi32(rest), above), _mm_setzero_si128());
        _mm_add_epi32(_mm_cvttps_epi32(a), high)
    }

    fn trunc64_s(a: __m128i) -> __m128i {
        let a = _mm_castsi128_pd(a);
        let a = _mm_and_pd(a, _mm_cmpord_pd(a, a));
        _mm_cvttpd_epi32(_mm_min_pd(a, _mm_set1_pd(2147483647.0)))
    }

    /// Adding 2^52 to a whole number below it leaves the number in the low bits.
    fn trunc64_u(a: __m128i) -> __m128i {
        let a = _mm_max_pd(_mm_castsi128_pd(a), _mm_setzero_pd());
        let a = _mm_min_pd(a, _mm_set1_pd(4294967295.0));
        let a = _mm_round_pd::<{ _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC }>(a);
        let a = _mm_castpd_ps(_mm_add_pd(a, _mm_set1_pd(4503599627370496.0)));
        _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(a, _mm_setzero_ps()))
    }
}

//! x86-64 versions of the instructions the compiler does not do well by
//! itself, for CPUs with AVX2 and FMA.
//!
//! None of these functions asks for CPU features: they are inlined into
//! callers that have them, and only then do their intrinsics become single
//! instructions. A version is here because the compiled meaning was longer or
//! slower.

use core::arch::x86_64::*;

use lockstep_isa::planted::{Fault, planted};

/// Writes the versions: always inlined, and unsafe only in what they ask of
/// the CPU.
macro_rules! functions {
    ($($(#[$attr:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $result:ty $body:block)*) => {$(
        $(#[$attr])*
        #[inline(always)]
        pub(in crate::lanes) unsafe fn $name($($arg: $ty),*) -> $result {
            // SAFETY: these intrinsics compute on registers and touch no
            // memory; the caller promises the CPU features they need.
            unsafe { $body }
        }
    )*};
}

pub(in crate::lanes) mod float;

/// Writes the macro that gives a row's body: its version from this file if
/// the list has one, else its meaning. `$d` is a dollar sign.
macro_rules! versions {
    ($d:tt $($Name:ident: $($function:ident)::+,)*) => {
        macro_rules! choose {
            $(($Name $d args:tt else $d meaning:expr) => {
                // SAFETY: `fast` has the same contract as the version: the CPU
                // has the features that `supported` asks for.
                unsafe { $crate::lanes::x86::$($function)::+ $d args }
            };)*
            ($d Name:ident $d args:tt else $d meaning:expr) => { $d meaning };
        }
        pub(super) use choose;
    };
}

versions! { $
    I8x16Swizzle: swizzle,
    I8x16RelaxedSwizzle: swizzle,
    I8x16Shuffle: shuffle,
    I8x16Bitmask: bitmask8,
    I16x8Bitmask: bitmask16,
    I32x4Bitmask: bitmask32,
    I64x2Bitmask: bitmask64,
    I8x16ReplaceLane: replace8,
    I16x8ReplaceLane: replace16,
    I32x4ReplaceLane: replace32,
    I64x2ReplaceLane: replace64,
    F32x4ReplaceLane: replace_f32,
    F64x2ReplaceLane: replace_f64,
    V128Load8Lane: load_lane8,
    V128Load16Lane: load_lane16,
    V128Load32Lane: load_lane32,
    V128Load64Lane: load_lane64,
    V128Load8x8S: load8x8_s,
    V128Load8x8U: load8x8_u,
    V128Load16x4S: load16x4_s,
    V128Load16x4U: load16x4_u,
    V128Load32x2S: load32x2_s,
    V128Load32x2U: load32x2_u,
    I8x16ShrS: shr8_s,
    I16x8Q15MulrSatS: q15mulr_sat,
    I16x8RelaxedQ15mulrS: q15mulr_sat,
    I16x8ExtAddPairwiseI8x16S: add_pairs8_s,
    I16x8ExtAddPairwiseI8x16U: add_pairs8_u,
    I32x4ExtAddPairwiseI16x8S: add_pairs16_s,
    I32x4ExtMulLowI16x8U: multiply_low16_u,
    I32x4ExtMulHighI16x8U: multiply_high16_u,
    I16x8RelaxedDotI8x16I7x16S: dot8,
    I32x4RelaxedDotI8x16I7x16AddS: dot8_add,
    F32x4Ceil: float::f32x4::ceil,
    F32x4Floor: float::f32x4::floor,
    F32x4Trunc: float::f32x4::trunc,
    F32x4Nearest: float::f32x4::nearest,
    F32x4Sqrt: float::f32x4::sqrt,
    F32x4Add: float::f32x4::add,
    F32x4Sub: float::f32x4::sub,
    F32x4Mul: float::f32x4::mul,
    F32x4Div: float::f32x4::div,
    F32x4Min: float::f32x4::min,
    F32x4Max: float::f32x4::max,
    F32x4RelaxedMin: float::f32x4::min,
    F32x4RelaxedMax: float::f32x4::max,
    F32x4RelaxedMadd: float::f32x4::madd,
    F32x4RelaxedNmadd: float::f32x4::nmadd,
    F32x4RelaxedMaddUnfused: float::f32x4::madd_unfused,
    F32x4RelaxedNmaddUnfused: float::f32x4::nmadd_unfused,
    F64x2Ceil: float::f64x2::ceil,
    F64x2Floor: float::f64x2::floor,
    F64x2Trunc: float::f64x2::trunc,
    F64x2Nearest: float::f64x2::nearest,
    F64x2Sqrt: float::f64x2::sqrt,
    F64x2Add: float::f64x2::add,
    F64x2Sub: float::f64x2::sub,
    F64x2Mul: float::f64x2::mul,
    F64x2Div: float::f64x2::div,
    F64x2Min: float::f64x2::min,
    F64x2Max: float::f64x2::max,
    F64x2RelaxedMin: float::f64x2::min,
    F64x2RelaxedMax: float::f64x2::max,
    F64x2RelaxedMadd: float::f64x2::madd,
    F64x2RelaxedNmadd: float::f64x2::nmadd,
    F64x2RelaxedMaddUnfused: float::f64x2::madd_unfused,
    F64x2RelaxedNmaddUnfused: float::f64x2::nmadd_unfused,
    F64x2PMin: float::pmin64,
    F64x2PMax: float::pmax64,
    I32x4TruncSatF32x4S: float::trunc32_s,
    I32x4TruncSatF32x4U: float::trunc32_u,
    I32x4TruncSatF64x2SZero: float::trunc64_s,
    I32x4TruncSatF64x2UZero: float::trunc64_u,
    I32x4RelaxedTruncF32x4S: float::trunc32_s,
    I32x4RelaxedTruncF32x4U: float::trunc32_u,
    I32x4RelaxedTruncF64x2SZero: float::trunc64_s,
    I32x4RelaxedTruncF64x2UZero: float::trunc64_u,
    F32x4DemoteF64x2Zero: float::demote,
    F64x2PromoteLowF32x4: float::promote,
}

// Lanes in and out.
functions! {
    /// A lane number above 15 gets its top bit set, for which `pshufb` gives zero.
    fn swizzle(a: __m128i, select: __m128i) -> __m128i {
        _mm_shuffle_epi8(a, _mm_adds_epu8(select, _mm_set1_epi8(0x70)))
    }

    fn shuffle(a: __m128i, b: __m128i, lanes: [u8; 16]) -> __m128i {
        let lanes = u128::from_le_bytes(lanes);
        let select = _mm_set_epi64x((lanes >> 64) as i64, lanes as i64);
        let select = _mm_and_si128(select, _mm_set1_epi8(31));
        // 16..=31 get the top bit in the first, 0..=15 in the second.
        let from_a = _mm_shuffle_epi8(a, _mm_add_epi8(select, _mm_set1_epi8(0x70)));
        let from_b = _mm_shuffle_epi8(b, _mm_sub_epi8(select, _mm_set1_epi8(16)));
        _mm_or_si128(from_a, from_b)
    }

    fn bitmask8(a: __m128i) -> i32 {
        _mm_movemask_epi8(a)
    }

    /// Saturating to bytes keeps every sign.
    fn bitmask16(a: __m128i) -> i32 {
        _mm_movemask_epi8(_mm_packs_epi16(a, _mm_setzero_si128()))
    }

    fn bitmask32(a: __m128i) -> i32 {
        _mm_movemask_ps(_mm_castsi128_ps(a))
    }

    fn bitmask64(a: __m128i) -> i32 {
        _mm_movemask_pd(_mm_castsi128_pd(a))
    }
}

// One lane replaced, by blending. Through memory, the wide load after the
// narrow store would wait for both.
functions! {
    fn replace8(a: __m128i, b: i32, lane: u8) -> __m128i {
        let numbers = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let mask = _mm_cmpeq_epi8(numbers, _mm_set1_epi8((lane % 16) as i8));
        _mm_blendv_epi8(a, _mm_set1_epi8(b as i8), mask)
    }

    fn replace16(a: __m128i, b: i32, lane: u8) -> __m128i {
        let numbers = _mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7);
        let mask = _mm_cmpeq_epi16(numbers, _mm_set1_epi16(i16::from(lane % 8)));
        _mm_blendv_epi8(a, _mm_set1_epi16(b as i16), mask)
    }

    fn replace32(a: __m128i, b: i32, lane: u8) -> __m128i {
        let mask = _mm_cmpeq_epi32(_mm_setr_epi32(0, 1, 2, 3), _mm_set1_epi32(i32::from(lane % 4)));
        _mm_blendv_epi8(a, _mm_set1_epi32(b), mask)
    }

    fn replace64(a: __m128i, b: i64, lane: u8) -> __m128i {
        let mask = _mm_cmpeq_epi64(_mm_set_epi64x(1, 0), _mm_set1_epi64x(i64::from(lane % 2)));
        _mm_blendv_epi8(a, _mm_set1_epi64x(b), mask)
    }

    fn replace_f32(a: __m128i, b: f32, lane: u8) -> __m128i {
        replace32(a, b.to_bits() as i32, lane)
    }

    fn replace_f64(a: __m128i, b: f64, lane: u8) -> __m128i {
        replace64(a, b.to_bits() as i64, lane)
    }

    fn load_lane8(bytes: [u8; 1], a: __m128i, lane: u8) -> __m128i {
        replace8(a, i32::from(u8::from_le_bytes(bytes)), lane)
    }

    fn load_lane16(bytes: [u8; 2], a: __m128i, lane: u8) -> __m128i {
        replace16(a, i32::from(u16::from_le_bytes(bytes)), lane)
    }

    fn load_lane32(bytes: [u8; 4], a: __m128i, lane: u8) -> __m128i {
        replace32(a, i32::from_le_bytes(bytes), lane)
    }

    fn load_lane64(bytes: [u8; 8], a: __m128i, lane: u8) -> __m128i {
        replace64(a, i64::from_le_bytes(bytes), lane)
    }
}

// Loads that widen.
functions! {
    fn load8x8_s(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepi8_epi16(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }

    fn load8x8_u(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepu8_epi16(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }

    fn load16x4_s(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepi16_epi32(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }

    fn load16x4_u(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepu16_epi32(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }

    fn load32x2_s(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepi32_epi64(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }

    fn load32x2_u(bytes: [u8; 8]) -> __m128i {
        _mm_cvtepu32_epi64(_mm_cvtsi64_si128(i64::from_le_bytes(bytes)))
    }
}

// Integer arithmetic.
functions! {
    /// In 16-bit lanes with the byte on top, where a shift is one instruction
    /// and the sign comes down with it.
    fn shr8_s(a: __m128i, count: i32) -> __m128i {
        let count = _mm_cvtsi32_si128((count & 7) + 8);
        let low = _mm_sra_epi16(_mm_unpacklo_epi8(a, a), count);
        let high = _mm_sra_epi16(_mm_unpackhi_epi8(a, a), count);
        _mm_packs_epi16(low, high)
    }

    /// `pmulhrsw` rounds the same way, but lets -1 times -1 wrap to -1, which
    /// no other product gives.
    fn q15mulr_sat(a: __m128i, b: __m128i) -> __m128i {
        let product = _mm_mulhrs_epi16(a, b);
        if planted(Fault::Lane) {
            return product;
        }
        _mm_xor_si128(product, _mm_cmpeq_epi16(product, _mm_set1_epi16(i16::MIN)))
    }

    /// `pmaddubsw` takes its first operand, here ones, as unsigned.
    fn add_pairs8_s(a: __m128i) -> __m128i {
        _mm_maddubs_epi16(_mm_set1_epi8(1), a)
    }

    fn add_pairs8_u(a: __m128i) -> __m128i {
        _mm_maddubs_epi16(a, _mm_set1_epi8(1))
    }

    fn add_pairs16_s(a: __m128i) -> __m128i {
        _mm_madd_epi16(a, _mm_set1_epi16(1))
    }

    /// Both halves of the 16-bit products, then side by side: half the time
    /// of a 32-bit multiplication.
    fn multiply_low16_u(a: __m128i, b: __m128i) -> __m128i {
        _mm_unpacklo_epi16(_mm_mullo_epi16(a, b), _mm_mulhi_epu16(a, b))
    }

    /// As [`multiply_low16_u`].
    fn multiply_high16_u(a: __m128i, b: __m128i) -> __m128i {
        _mm_unpackhi_epi16(_mm_mullo_epi16(a, b), _mm_mulhi_epu16(a, b))
    }

    /// Odd and even bytes apart, each sign-extended in place.
    fn dot8(a: __m128i, b: __m128i) -> __m128i {
        let odd = _mm_mullo_epi16(_mm_srai_epi16::<8>(a), _mm_srai_epi16::<8>(b));
        let (a, b) = (_mm_slli_epi16::<8>(a), _mm_slli_epi16::<8>(b));
        let even = _mm_mullo_epi16(_mm_srai_epi16::<8>(a), _mm_srai_epi16::<8>(b));
        _mm_add_epi16(odd, even)
    }

    fn dot8_add(a: __m128i, b: __m128i, c: __m128i) -> __m128i {
        _mm_add_epi32(add_pairs16_s(dot8(a, b)), c)
    }
}

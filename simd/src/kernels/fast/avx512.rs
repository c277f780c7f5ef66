//! AVX-512, with VNNI and without.
#![allow(
    unsafe_code,
    reason = "vector intrinsics, and loads and stores of arrays"
)]

use core::arch::x86_64::*;

use super::lanes::Lanes;
use super::order::Order;

/// The proof that the CPU has AVX-512 F, BW, DQ and VL, and with `VNNI` that.
#[derive(Clone, Copy)]
pub(super) struct Avx512<const VNNI: bool>(());

impl<const VNNI: bool> Avx512<VNNI> {
    /// # Safety
    ///
    /// The CPU has the instructions.
    #[inline(always)]
    pub(super) unsafe fn new() -> Self {
        Avx512(())
    }
}

/// Writes the operations: always inlined.
macro_rules! operations {
    ($($(#[$attr:meta])* fn $name:ident $(<$G:ident: $Bound:ident>)? ($self:ident $(, $arg:ident: $ty:ty)*) $(-> $result:ty)? $body:block)*) => {$(
        $(#[$attr])*
        #[allow(unused_unsafe, reason = "some operations are nothing")]
        #[inline(always)]
        fn $name $(<$G: $Bound>)? ($self $(, $arg: $ty)*) $(-> $result)? {
            // SAFETY: `self` proves that the CPU has the instructions; memory
            // is touched only through references to as much as is touched.
            unsafe { $body }
        }
    )*};
}
pub(super) use operations;

/// Four results, canonical.
///
/// # Safety
///
/// The CPU has AVX.
#[inline(always)]
pub(super) unsafe fn results(v: __m128) -> [f32; 4] {
    let mut out = [0.0; 4];
    // SAFETY: the caller promises the instructions, and there is room for
    // four.
    unsafe {
        let canonical = _mm_castsi128_ps(_mm_set1_epi32(0x7fc0_0000));
        let v = _mm_blendv_ps(v, canonical, _mm_cmpunord_ps(v, v));
        _mm_storeu_ps(out.as_mut_ptr(), v);
    }
    out
}

/// The two lower quarters of both.
const LOWER: i32 = 0b01_00_01_00;
/// The two upper quarters of both.
const UPPER: i32 = 0b11_10_11_10;
/// Quarters 0 and 2 of both.
const EVEN: i32 = 0b10_00_10_00;
/// Quarters 1 and 3 of both.
const ODD: i32 = 0b11_01_11_01;

impl<const VNNI: bool> Lanes for Avx512<VNNI> {
    const MANY: bool = true;

    type Bytes = __m512i;
    type Words = __m512i;
    type Half = __m256i;
    type Ints = __m512i;
    type Floats = __m512;

    operations! {
        fn prefetch(self, bytes: &[u8]) {
            let mut at = 0;
            while at < bytes.len() {
                _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().add(at).cast());
                at += 64;
            }
        }
        fn load(self, from: &[u8; 64]) -> __m512i { _mm512_loadu_si512(from.as_ptr().cast()) }
        fn store(self, v: __m512i, to: &mut [u8; 64]) { _mm512_storeu_si512(to.as_mut_ptr().cast(), v) }
        fn load_quarters(self, from: [&[u8; 16]; 4]) -> __m512i {
            let [a, b, c, d] = from;
            let v = _mm512_castsi128_si512(_mm_loadu_si128(a.as_ptr().cast()));
            let v = _mm512_inserti32x4::<1>(v, _mm_loadu_si128(b.as_ptr().cast()));
            let v = _mm512_inserti32x4::<2>(v, _mm_loadu_si128(c.as_ptr().cast()));
            _mm512_inserti32x4::<3>(v, _mm_loadu_si128(d.as_ptr().cast()))
        }
        fn load_twice(self, from: &[u8; 32], shift: u32) -> __m512i {
            let v = _mm512_broadcast_i64x4(_mm256_loadu_si256(from.as_ptr().cast()));
            _mm512_mask_srl_epi16(v, 0xffff_0000, v, _mm_cvtsi32_si128(shift as i32))
        }
        fn splat(self, byte: u8) -> __m512i { _mm512_set1_epi8(byte as i8) }
        fn repeat(self, from: &[u8; 4]) -> __m512i { _mm512_set1_epi32(i32::from_le_bytes(*from)) }
        fn and(self, a: __m512i, b: __m512i) -> __m512i { _mm512_and_si512(a, b) }
        fn or(self, a: __m512i, b: __m512i) -> __m512i { _mm512_or_si512(a, b) }
        fn xor(self, a: __m512i, b: __m512i) -> __m512i { _mm512_xor_si512(a, b) }
        fn shr(self, v: __m512i, shift: u32) -> __m512i {
            _mm512_srl_epi16(v, _mm_cvtsi32_si128(shift as i32))
        }
        fn shl(self, v: __m512i, shift: u32) -> __m512i {
            _mm512_sll_epi16(v, _mm_cvtsi32_si128(shift as i32))
        }
        fn look_up(self, table: &[u8; 16], codes: __m512i) -> __m512i {
            let table = _mm512_broadcast_i32x4(_mm_loadu_si128(table.as_ptr().cast()));
            _mm512_shuffle_epi8(table, codes)
        }
        fn bits(self, bits: u64, byte: u8) -> __m512i {
            _mm512_maskz_mov_epi8(bits, _mm512_set1_epi8(byte as i8))
        }

        fn dot(self, sums: __m512i, u: __m512i, x: __m512i, wide: bool) -> __m512i {
            if VNNI {
                return _mm512_dpbusd_epi32(sums, u, x);
            }
            let ones = _mm512_set1_epi16(1);
            if !wide {
                let pairs = _mm512_maddubs_epi16(u, x);
                return _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, ones));
            }
            // Two products of larger bytes do not fit 16 bits: one at a time.
            let lower = _mm512_set1_epi16(0xff);
            let even = _mm512_maddubs_epi16(_mm512_and_si512(u, lower), x);
            let odd = _mm512_maddubs_epi16(_mm512_andnot_si512(lower, u), x);
            let even = _mm512_madd_epi16(even, ones);
            let odd = _mm512_madd_epi16(odd, ones);
            _mm512_add_epi32(sums, _mm512_add_epi32(even, odd))
        }
        fn pairs(self, u: __m512i, x: __m512i) -> __m512i { _mm512_maddubs_epi16(u, x) }
        fn add_products(self, sums: __m512i, a: __m512i, b: __m512i) -> __m512i {
            if VNNI {
                return _mm512_dpwssd_epi32(sums, a, b);
            }
            _mm512_add_epi32(sums, _mm512_madd_epi16(a, b))
        }
        fn upper(self, v: __m512i) -> __m512i { _mm512_srai_epi32::<16>(v) }
        fn words(self, v: __m512i) -> __m512i { v }

        fn half(self, from: &[i16; 16]) -> __m256i { _mm256_loadu_si256(from.as_ptr().cast()) }
        fn half_of_bytes(self, bytes: [u64; 2]) -> __m256i {
            _mm256_cvtepi8_epi16(_mm_set_epi64x(bytes[1] as i64, bytes[0] as i64))
        }
        fn half_of_twins(self, bytes: u64) -> __m256i {
            let v = _mm_cvtsi64_si128(bytes as i64);
            _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(v, v))
        }
        fn store_half(self, v: __m256i, to: &mut [i16; 16]) {
            _mm256_storeu_si256(to.as_mut_ptr().cast(), v)
        }
        fn half_products(self, a: __m256i, b: __m256i) -> __m512i {
            _mm512_zextsi256_si512(_mm256_madd_epi16(a, b))
        }
        fn spread<O: Order>(self, v: __m256i, i: usize) -> __m512i {
            let words = _mm512_loadu_si512(O::WORDS[i].as_ptr().cast());
            _mm512_permutexvar_epi16(words, _mm512_castsi256_si512(v))
        }

        fn ints(self, from: &[i32; 16]) -> __m512i { _mm512_loadu_si512(from.as_ptr().cast()) }
        fn splat_int(self, value: i32) -> __m512i { _mm512_set1_epi32(value) }
        fn add_ints(self, a: __m512i, b: __m512i) -> __m512i { _mm512_add_epi32(a, b) }
        fn sub_ints(self, a: __m512i, b: __m512i) -> __m512i { _mm512_sub_epi32(a, b) }
        fn mul_ints(self, a: __m512i, b: __m512i) -> __m512i { _mm512_mullo_epi32(a, b) }
        fn shl_ints(self, v: __m512i, shift: u32) -> __m512i {
            _mm512_sll_epi32(v, _mm_cvtsi32_si128(shift as i32))
        }
        fn half_ints(self, v: __m512i) -> __m512i { _mm512_srai_epi32::<1>(v) }
        fn sum_quarters(self, v: [__m512i; 4]) -> __m512i {
            let [a, b, c, d] = v;
            let ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
            let cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
            _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd))
        }
        fn sum_over_quarters(self, v: [__m512i; 4]) -> __m512i {
            let [a, b, c, d] = v;
            let ab = _mm512_add_epi32(
                _mm512_shuffle_i32x4::<LOWER>(a, b),
                _mm512_shuffle_i32x4::<UPPER>(a, b),
            );
            let cd = _mm512_add_epi32(
                _mm512_shuffle_i32x4::<LOWER>(c, d),
                _mm512_shuffle_i32x4::<UPPER>(c, d),
            );
            _mm512_add_epi32(
                _mm512_shuffle_i32x4::<EVEN>(ab, cd),
                _mm512_shuffle_i32x4::<ODD>(ab, cd),
            )
        }

        fn floats(self, from: &[f32; 16]) -> __m512 { _mm512_loadu_ps(from.as_ptr()) }
        fn store_floats(self, v: __m512, to: &mut [f32; 16]) { _mm512_storeu_ps(to.as_mut_ptr(), v) }
        fn splat_float(self, value: f32) -> __m512 { _mm512_set1_ps(value) }
        fn add(self, a: __m512, b: __m512) -> __m512 { _mm512_add_ps(a, b) }
        fn sub(self, a: __m512, b: __m512) -> __m512 { _mm512_sub_ps(a, b) }
        fn mul(self, a: __m512, b: __m512) -> __m512 { _mm512_mul_ps(a, b) }
        fn div(self, a: __m512, b: __m512) -> __m512 { _mm512_div_ps(a, b) }
        fn max(self, a: __m512, b: __m512) -> __m512 { _mm512_max_ps(b, a) }
        fn min(self, a: __m512, b: __m512) -> __m512 { _mm512_min_ps(b, a) }
        fn bits_of(self, v: __m512) -> __m512i { _mm512_castps_si512(v) }
        fn floats_of_bits(self, v: __m512i) -> __m512 { _mm512_castsi512_ps(v) }
        fn to_floats(self, v: __m512i) -> __m512 { _mm512_cvtepi32_ps(v) }
        fn canonical(self, v: __m512) -> __m512 {
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(v, v);
            _mm512_mask_mov_ps(v, nan, _mm512_castsi512_ps(_mm512_set1_epi32(0x7fc0_0000)))
        }
        fn floats_of_f16(self, bits: [u64; 4]) -> __m512 {
            let [a, b, c, d] = [bits[0] as i64, bits[1] as i64, bits[2] as i64, bits[3] as i64];
            _mm512_cvtph_ps(_mm256_set_m128i(_mm_set_epi64x(d, c), _mm_set_epi64x(b, a)))
        }
        fn floats_in(self, from: &[u8; 64]) -> __m512 { _mm512_loadu_ps(from.as_ptr().cast()) }
        fn store_floats_in(self, v: __m512, to: &mut [u8; 64]) {
            _mm512_storeu_ps(to.as_mut_ptr().cast(), v)
        }
        fn f16_in(self, from: &[u8; 32]) -> __m512 {
            _mm512_cvtph_ps(_mm256_loadu_si256(from.as_ptr().cast()))
        }
        fn bf16_in(self, from: &[u8; 32]) -> __m512 {
            let v = _mm512_cvtepu16_epi32(_mm256_loadu_si256(from.as_ptr().cast()));
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(v))
        }
        fn halving_sums(self, v: __m512) -> [f32; 4] {
            let ac = _mm_add_ps(_mm512_castps512_ps128(v), _mm512_extractf32x4_ps::<2>(v));
            let bd = _mm_add_ps(_mm512_extractf32x4_ps::<1>(v), _mm512_extractf32x4_ps::<3>(v));
            results(_mm_add_ps(ac, bd))
        }
        fn halving_sums_of_all(self, v: [__m512; 4]) -> [f32; 4] {
            let [a, b, c, d] = v;
            let ab = _mm512_add_ps(
                _mm512_shuffle_f32x4::<LOWER>(a, b),
                _mm512_shuffle_f32x4::<UPPER>(a, b),
            );
            let cd = _mm512_add_ps(
                _mm512_shuffle_f32x4::<LOWER>(c, d),
                _mm512_shuffle_f32x4::<UPPER>(c, d),
            );
            let u = _mm512_add_ps(
                _mm512_shuffle_f32x4::<EVEN>(ab, cd),
                _mm512_shuffle_f32x4::<ODD>(ab, cd),
            );
            // In each quarter lanes 0 and 2 meet, and 1 and 3; then those two.
            let u = _mm512_add_ps(u, _mm512_permute_ps::<0b01_00_11_10>(u));
            let u = _mm512_add_ps(u, _mm512_permute_ps::<0b10_11_00_01>(u));
            let first = _mm512_set_epi32(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 8, 4, 0);
            results(_mm512_castps512_ps128(_mm512_permutexvar_ps(first, u)))
        }
        fn transpose(self, v: [__m512; 4], to: &mut [[f32; 4]; 16]) {
            let [a, b, c, d] = v;
            let ab = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
            let cd = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
            let upper_ab = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
            let upper_cd = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
            let columns = [
                _mm512_unpacklo_pd(ab, cd),
                _mm512_unpackhi_pd(ab, cd),
                _mm512_unpacklo_pd(upper_ab, upper_cd),
                _mm512_unpackhi_pd(upper_ab, upper_cd),
            ];
            // Register i holds in quarter q what belongs to lane 4 * q + i.
            let mut i = 0;
            while i < 4 {
                let v = _mm512_castpd_ps(columns[i]);
                _mm_storeu_ps(to[i].as_mut_ptr(), _mm512_castps512_ps128(v));
                _mm_storeu_ps(to[4 + i].as_mut_ptr(), _mm512_extractf32x4_ps::<1>(v));
                _mm_storeu_ps(to[8 + i].as_mut_ptr(), _mm512_extractf32x4_ps::<2>(v));
                _mm_storeu_ps(to[12 + i].as_mut_ptr(), _mm512_extractf32x4_ps::<3>(v));
                i += 1;
            }
        }
    }
}

//! AVX2: two registers for what other CPUs have in one.
#![allow(
    unsafe_code,
    reason = "vector intrinsics, and loads and stores of arrays"
)]

use core::arch::x86_64::*;

use super::avx512::{operations, results};
use super::lanes::Lanes;
use super::order::Order;

/// The proof that the CPU has AVX2 and F16C.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// # Safety
    ///
    /// The CPU has the instructions.
    #[inline(always)]
    pub(super) unsafe fn new() -> Self {
        Avx2(())
    }
}

/// The first and the second two quarters.
type Two<T> = [T; 2];
type I = __m256i;

/// An expression for both registers.
macro_rules! both {
    ($i:ident => $value:expr) => {
        [
            {
                const $i: usize = 0;
                $value
            },
            {
                const $i: usize = 1;
                $value
            },
        ]
    };
}

/// The first two quarters of both.
const LOWER: i32 = 0x20;
/// The second two quarters of both.
const UPPER: i32 = 0x31;

impl Lanes for Avx2 {
    const MANY: bool = false;

    type Bytes = Two<I>;
    type Words = Two<I>;
    type Half = I;
    type Ints = Two<I>;
    type Floats = Two<__m256>;

    operations! {
        fn prefetch(self, bytes: &[u8]) {
            let mut at = 0;
            while at < bytes.len() {
                _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().add(at).cast());
                at += 64;
            }
        }
        fn load(self, from: &[u8; 64]) -> Two<I> {
            both!(N => _mm256_loadu_si256(from.as_ptr().cast::<I>().add(N)))
        }
        fn store(self, v: Two<I>, to: &mut [u8; 64]) {
            let to = to.as_mut_ptr().cast::<I>();
            _mm256_storeu_si256(to, v[0]);
            _mm256_storeu_si256(to.add(1), v[1]);
        }
        fn load_quarters(self, from: [&[u8; 16]; 4]) -> Two<I> {
            both!(N => _mm256_inserti128_si256::<1>(
                _mm256_castsi128_si256(_mm_loadu_si128(from[2 * N].as_ptr().cast())),
                _mm_loadu_si128(from[2 * N + 1].as_ptr().cast()),
            ))
        }
        fn load_twice(self, from: &[u8; 32], shift: u32) -> Two<I> {
            let v = _mm256_loadu_si256(from.as_ptr().cast());
            [v, _mm256_srl_epi16(v, _mm_cvtsi32_si128(shift as i32))]
        }
        fn splat(self, byte: u8) -> Two<I> { [_mm256_set1_epi8(byte as i8); 2] }
        fn repeat(self, from: &[u8; 4]) -> Two<I> { [_mm256_set1_epi32(i32::from_le_bytes(*from)); 2] }
        fn and(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_and_si256(a[N], b[N])) }
        fn or(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_or_si256(a[N], b[N])) }
        fn xor(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_xor_si256(a[N], b[N])) }
        fn shr(self, v: Two<I>, shift: u32) -> Two<I> {
            both!(N => _mm256_srl_epi16(v[N], _mm_cvtsi32_si128(shift as i32)))
        }
        fn shl(self, v: Two<I>, shift: u32) -> Two<I> {
            both!(N => _mm256_sll_epi16(v[N], _mm_cvtsi32_si128(shift as i32)))
        }
        fn look_up(self, table: &[u8; 16], codes: Two<I>) -> Two<I> {
            let table = _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast()));
            both!(N => _mm256_shuffle_epi8(table, codes[N]))
        }
        fn bits(self, bits: u64, byte: u8) -> Two<I> {
            // Each byte of bits comes to eight lanes, where one is looked at.
            let bytes = _mm256_set_epi64x(
                0x0303_0303_0303_0303,
                0x0202_0202_0202_0202,
                0x0101_0101_0101_0101,
                0,
            );
            let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
            let byte = _mm256_set1_epi8(byte as i8);
            both!(N => {
                let v = _mm256_set1_epi32((bits >> (32 * N)) as i32);
                let v = _mm256_and_si256(_mm256_shuffle_epi8(v, bytes), bit);
                _mm256_and_si256(_mm256_cmpeq_epi8(v, bit), byte)
            })
        }

        fn dot(self, sums: Two<I>, u: Two<I>, x: Two<I>, wide: bool) -> Two<I> {
            let ones = _mm256_set1_epi16(1);
            if !wide {
                return both!(N => {
                    let pairs = _mm256_maddubs_epi16(u[N], x[N]);
                    _mm256_add_epi32(sums[N], _mm256_madd_epi16(pairs, ones))
                });
            }
            // Two products of larger bytes do not fit 16 bits: one at a time.
            let lower = _mm256_set1_epi16(0xff);
            both!(N => {
                let even = _mm256_maddubs_epi16(_mm256_and_si256(u[N], lower), x[N]);
                let odd = _mm256_maddubs_epi16(_mm256_andnot_si256(lower, u[N]), x[N]);
                let even = _mm256_madd_epi16(even, ones);
                let odd = _mm256_madd_epi16(odd, ones);
                _mm256_add_epi32(sums[N], _mm256_add_epi32(even, odd))
            })
        }
        fn pairs(self, u: Two<I>, x: Two<I>) -> Two<I> { both!(N => _mm256_maddubs_epi16(u[N], x[N])) }
        fn add_products(self, sums: Two<I>, a: Two<I>, b: Two<I>) -> Two<I> {
            both!(N => _mm256_add_epi32(sums[N], _mm256_madd_epi16(a[N], b[N])))
        }
        fn upper(self, v: Two<I>) -> Two<I> { both!(N => _mm256_srai_epi32::<16>(v[N])) }
        fn words(self, v: Two<I>) -> Two<I> { v }

        fn half(self, from: &[i16; 16]) -> I { _mm256_loadu_si256(from.as_ptr().cast()) }
        fn half_of_bytes(self, bytes: [u64; 2]) -> I {
            _mm256_cvtepi8_epi16(_mm_set_epi64x(bytes[1] as i64, bytes[0] as i64))
        }
        fn half_of_twins(self, bytes: u64) -> I {
            let v = _mm_cvtsi64_si128(bytes as i64);
            _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(v, v))
        }
        fn store_half(self, v: I, to: &mut [i16; 16]) {
            _mm256_storeu_si256(to.as_mut_ptr().cast(), v)
        }
        fn half_products(self, a: I, b: I) -> Two<I> {
            [_mm256_madd_epi16(a, b), _mm256_setzero_si256()]
        }
        fn spread<O: Order>(self, v: I, i: usize) -> Two<I> {
            both!(N => {
                let doubles = _mm256_loadu_si256(O::DOUBLES[i][N].as_ptr().cast());
                let picks = _mm256_loadu_si256(O::PICKS[i][N].as_ptr().cast());
                _mm256_shuffle_epi8(_mm256_permutevar8x32_epi32(v, doubles), picks)
            })
        }

        fn ints(self, from: &[i32; 16]) -> Two<I> {
            both!(N => _mm256_loadu_si256(from.as_ptr().cast::<I>().add(N)))
        }
        fn splat_int(self, value: i32) -> Two<I> { [_mm256_set1_epi32(value); 2] }
        fn add_ints(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_add_epi32(a[N], b[N])) }
        fn sub_ints(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_sub_epi32(a[N], b[N])) }
        fn mul_ints(self, a: Two<I>, b: Two<I>) -> Two<I> { both!(N => _mm256_mullo_epi32(a[N], b[N])) }
        fn shl_ints(self, v: Two<I>, shift: u32) -> Two<I> {
            both!(N => _mm256_sll_epi32(v[N], _mm_cvtsi32_si128(shift as i32)))
        }
        fn half_ints(self, v: Two<I>) -> Two<I> { both!(N => _mm256_srai_epi32::<1>(v[N])) }
        fn sum_quarters(self, v: [Two<I>; 4]) -> Two<I> {
            let [a, b, c, d] = v;
            both!(N => {
                let ab = _mm256_hadd_epi32(a[N], b[N]);
                let cd = _mm256_hadd_epi32(c[N], d[N]);
                _mm256_hadd_epi32(ab, cd)
            })
        }
        fn sum_over_quarters(self, v: [Two<I>; 4]) -> Two<I> {
            both!(N => {
                let a = _mm256_add_epi32(v[2 * N][0], v[2 * N][1]);
                let b = _mm256_add_epi32(v[2 * N + 1][0], v[2 * N + 1][1]);
                _mm256_add_epi32(
                    _mm256_permute2x128_si256::<LOWER>(a, b),
                    _mm256_permute2x128_si256::<UPPER>(a, b),
                )
            })
        }

        fn floats(self, from: &[f32; 16]) -> Two<__m256> {
            both!(N => _mm256_loadu_ps(from.as_ptr().add(8 * N)))
        }
        fn store_floats(self, v: Two<__m256>, to: &mut [f32; 16]) {
            _mm256_storeu_ps(to.as_mut_ptr(), v[0]);
            _mm256_storeu_ps(to.as_mut_ptr().add(8), v[1]);
        }
        fn splat_float(self, value: f32) -> Two<__m256> { [_mm256_set1_ps(value); 2] }
        fn add(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_add_ps(a[N], b[N])) }
        fn sub(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_sub_ps(a[N], b[N])) }
        fn mul(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_mul_ps(a[N], b[N])) }
        fn div(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_div_ps(a[N], b[N])) }
        fn max(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_max_ps(b[N], a[N])) }
        fn min(self, a: Two<__m256>, b: Two<__m256>) -> Two<__m256> { both!(N => _mm256_min_ps(b[N], a[N])) }
        fn bits_of(self, v: Two<__m256>) -> Two<I> { both!(N => _mm256_castps_si256(v[N])) }
        fn floats_of_bits(self, v: Two<I>) -> Two<__m256> { both!(N => _mm256_castsi256_ps(v[N])) }
        fn to_floats(self, v: Two<I>) -> Two<__m256> { both!(N => _mm256_cvtepi32_ps(v[N])) }
        fn canonical(self, v: Two<__m256>) -> Two<__m256> {
            let canonical = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc0_0000));
            both!(N => _mm256_blendv_ps(v[N], canonical, _mm256_cmp_ps::<_CMP_UNORD_Q>(v[N], v[N])))
        }
        fn floats_of_f16(self, bits: [u64; 4]) -> Two<__m256> {
            both!(N => _mm256_cvtph_ps(_mm_set_epi64x(bits[2 * N + 1] as i64, bits[2 * N] as i64)))
        }
        fn floats_in(self, from: &[u8; 64]) -> Two<__m256> {
            both!(N => _mm256_loadu_ps(from.as_ptr().cast::<f32>().add(8 * N)))
        }
        fn store_floats_in(self, v: Two<__m256>, to: &mut [u8; 64]) {
            let to = to.as_mut_ptr().cast::<f32>();
            _mm256_storeu_ps(to, v[0]);
            _mm256_storeu_ps(to.add(8), v[1]);
        }
        fn f16_in(self, from: &[u8; 32]) -> Two<__m256> {
            both!(N => _mm256_cvtph_ps(_mm_loadu_si128(from.as_ptr().cast::<__m128i>().add(N))))
        }
        fn bf16_in(self, from: &[u8; 32]) -> Two<__m256> {
            both!(N => {
                let v = _mm_loadu_si128(from.as_ptr().cast::<__m128i>().add(N));
                _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(v)))
            })
        }
        fn halving_sums(self, v: Two<__m256>) -> [f32; 4] {
            // Quarters 0 and 2, beside 1 and 3.
            let both = _mm256_add_ps(v[0], v[1]);
            let all = _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps::<1>(both));
            results(all)
        }
        fn halving_sums_of_all(self, v: [Two<__m256>; 4]) -> [f32; 4] {
            let [ab, cd] = both!(N => {
                let a = _mm256_add_ps(v[2 * N][0], v[2 * N][1]);
                let b = _mm256_add_ps(v[2 * N + 1][0], v[2 * N + 1][1]);
                _mm256_add_ps(
                    _mm256_permute2f128_ps::<LOWER>(a, b),
                    _mm256_permute2f128_ps::<UPPER>(a, b),
                )
            });
            // In each quarter lanes 0 and 2 meet, and 1 and 3; then those two.
            let sums = _mm256_add_ps(
                _mm256_shuffle_ps::<0b01_00_01_00>(ab, cd),
                _mm256_shuffle_ps::<0b11_10_11_10>(ab, cd),
            );
            let sums = _mm256_hadd_ps(sums, sums);
            // Lanes are those of a and c, and in the second quarter b and d.
            let sums = _mm_unpacklo_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps::<1>(sums));
            results(sums)
        }
        fn transpose(self, v: [Two<__m256>; 4], to: &mut [[f32; 4]; 16]) {
            let [a, b, c, d] = v;
            let registers = both!(N => {
                let ab = _mm256_castps_pd(_mm256_unpacklo_ps(a[N], b[N]));
                let cd = _mm256_castps_pd(_mm256_unpacklo_ps(c[N], d[N]));
                let upper_ab = _mm256_castps_pd(_mm256_unpackhi_ps(a[N], b[N]));
                let upper_cd = _mm256_castps_pd(_mm256_unpackhi_ps(c[N], d[N]));
                [
                    _mm256_unpacklo_pd(ab, cd),
                    _mm256_unpackhi_pd(ab, cd),
                    _mm256_unpacklo_pd(upper_ab, upper_cd),
                    _mm256_unpackhi_pd(upper_ab, upper_cd),
                ]
            });
            // Register i of n holds what belongs to the lanes 8 * n + i and
            // 8 * n + 4 + i.
            let mut n = 0;
            while n < 8 {
                let (first, i) = (n / 4 * 8, n % 4);
                let v = _mm256_castpd_ps(registers[n / 4][i]);
                _mm_storeu_ps(to[first + i].as_mut_ptr(), _mm256_castps256_ps128(v));
                _mm_storeu_ps(to[first + 4 + i].as_mut_ptr(), _mm256_extractf128_ps::<1>(v));
                n += 1;
            }
        }
    }
}

//! Arrays, for any CPU: loops that compilers turn into vectors.

use std::array::from_fn;

use super::lanes::Lanes;
use super::order::Order;
use crate::kernels::reference::canonical;

/// Proves nothing, as nothing is needed.
#[derive(Clone, Copy)]
pub(super) struct Portable;

/// The words that bytes are.
#[inline(always)]
fn words(v: [u8; 64]) -> [u16; 32] {
    from_fn(|i| u16::from_le_bytes([v[2 * i], v[2 * i + 1]]))
}

/// The bytes that words are.
#[inline(always)]
fn bytes(v: [u16; 32]) -> [u8; 64] {
    from_fn(|i| v[i / 2].to_le_bytes()[i % 2])
}

/// A float from half precision, without branches, and without arithmetic on
/// subnormals, which is slow.
#[inline(always)]
fn widen(half: u16) -> f32 {
    let bits = u32::from(half);
    let sign = (bits & 0x8000) << 16;
    let magnitude = (bits & 0x7fff) << 13;
    // Subnormal halves count in steps of 2^-24.
    let subnormal = (bits & 0x3ff) as i32 as f32 * f32::from_bits((127 - 24) << 23);
    // The exponents' biases differ by 112.
    let normal = magnitude + (112 << 23);
    let finite = if magnitude < 1 << 23 {
        subnormal.to_bits()
    } else {
        normal
    };
    let special = magnitude | 0x7f80_0000;
    let wide = if magnitude < 31 << 23 {
        finite
    } else {
        special
    };
    f32::from_bits(wide | sign)
}

impl Lanes for Portable {
    const MANY: bool = false;

    type Bytes = [u8; 64];
    type Words = [i16; 32];
    type Half = [i16; 16];
    type Ints = [i32; 16];
    type Floats = [f32; 16];

    #[inline(always)]
    fn prefetch(self, _: &[u8]) {}

    #[inline(always)]
    fn load(self, from: &[u8; 64]) -> [u8; 64] {
        *from
    }

    #[inline(always)]
    fn store(self, v: [u8; 64], to: &mut [u8; 64]) {
        *to = v;
    }

    #[inline(always)]
    fn load_quarters(self, from: [&[u8; 16]; 4]) -> [u8; 64] {
        from_fn(|i| from[i / 16][i % 16])
    }

    #[inline(always)]
    fn load_twice(self, from: &[u8; 32], shift: u32) -> [u8; 64] {
        let v: [u8; 64] = from_fn(|i| from[i % 32]);
        let shifted = self.shr(v, shift);
        from_fn(|i| if i < 32 { v[i] } else { shifted[i] })
    }

    #[inline(always)]
    fn splat(self, byte: u8) -> [u8; 64] {
        [byte; 64]
    }

    #[inline(always)]
    fn repeat(self, from: &[u8; 4]) -> [u8; 64] {
        from_fn(|i| from[i % 4])
    }

    #[inline(always)]
    fn and(self, a: [u8; 64], b: [u8; 64]) -> [u8; 64] {
        from_fn(|i| a[i] & b[i])
    }

    #[inline(always)]
    fn or(self, a: [u8; 64], b: [u8; 64]) -> [u8; 64] {
        from_fn(|i| a[i] | b[i])
    }

    #[inline(always)]
    fn xor(self, a: [u8; 64], b: [u8; 64]) -> [u8; 64] {
        from_fn(|i| a[i] ^ b[i])
    }

    #[inline(always)]
    fn shr(self, v: [u8; 64], shift: u32) -> [u8; 64] {
        bytes(words(v).map(|word| word >> shift))
    }

    #[inline(always)]
    fn shl(self, v: [u8; 64], shift: u32) -> [u8; 64] {
        bytes(words(v).map(|word| word << shift))
    }

    #[inline(always)]
    fn look_up(self, table: &[u8; 16], codes: [u8; 64]) -> [u8; 64] {
        codes.map(|code| table[usize::from(code & 15)])
    }

    #[inline(always)]
    fn bits(self, bits: u64, byte: u8) -> [u8; 64] {
        from_fn(|i| if bits >> i & 1 == 1 { byte } else { 0 })
    }

    #[inline(always)]
    fn dot(self, sums: [i32; 16], u: [u8; 64], x: [u8; 64], _: bool) -> [i32; 16] {
        // Stages that compilers know how to do with vectors.
        let (mut a, mut b) = ([0; 64], [0; 64]);
        for i in 0..64 {
            a[i] = i16::from(u[i]);
            b[i] = i16::from(x[i].cast_signed());
        }
        let mut pairs = [0; 32];
        for i in 0..32 {
            let first = i32::from(a[2 * i]) * i32::from(b[2 * i]);
            pairs[i] = first + i32::from(a[2 * i + 1]) * i32::from(b[2 * i + 1]);
        }
        from_fn(|i| sums[i] + (pairs[2 * i] + pairs[2 * i + 1]))
    }

    #[inline(always)]
    fn pairs(self, u: [u8; 64], x: [u8; 64]) -> [i16; 32] {
        let products: [i16; 64] = from_fn(|i| i16::from(u[i]) * i16::from(x[i].cast_signed()));
        from_fn(|i| products[2 * i] + products[2 * i + 1])
    }

    #[inline(always)]
    fn add_products(self, sums: [i32; 16], a: [i16; 32], b: [i16; 32]) -> [i32; 16] {
        let products: [i32; 32] = from_fn(|i| i32::from(a[i]) * i32::from(b[i]));
        from_fn(|i| sums[i] + (products[2 * i] + products[2 * i + 1]))
    }

    #[inline(always)]
    fn upper(self, v: [i16; 32]) -> [i32; 16] {
        from_fn(|i| i32::from(v[2 * i + 1]))
    }

    #[inline(always)]
    fn words(self, v: [u8; 64]) -> [i16; 32] {
        words(v).map(u16::cast_signed)
    }

    #[inline(always)]
    fn half(self, from: &[i16; 16]) -> [i16; 16] {
        *from
    }

    #[inline(always)]
    fn half_of_bytes(self, bytes: [u64; 2]) -> [i16; 16] {
        from_fn(|i| i16::from((bytes[i / 8] >> (8 * (i % 8))) as i8))
    }

    #[inline(always)]
    fn half_of_twins(self, bytes: u64) -> [i16; 16] {
        from_fn(|i| i16::from((bytes >> (8 * (i / 2))) as i8))
    }

    #[inline(always)]
    fn store_half(self, v: [i16; 16], to: &mut [i16; 16]) {
        *to = v;
    }

    #[inline(always)]
    fn half_products(self, a: [i16; 16], b: [i16; 16]) -> [i32; 16] {
        let product = |i: usize| i32::from(a[i]) * i32::from(b[i]);
        from_fn(|i| match i {
            0..8 => product(2 * i) + product(2 * i + 1),
            _ => 0,
        })
    }

    #[inline(always)]
    fn spread<O: Order>(self, v: [i16; 16], i: usize) -> [i16; 32] {
        from_fn(|lane| v[O::UNITS[4 * i + lane / 8]])
    }

    #[inline(always)]
    fn ints(self, from: &[i32; 16]) -> [i32; 16] {
        *from
    }

    #[inline(always)]
    fn splat_int(self, value: i32) -> [i32; 16] {
        [value; 16]
    }

    #[inline(always)]
    fn add_ints(self, a: [i32; 16], b: [i32; 16]) -> [i32; 16] {
        from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn sub_ints(self, a: [i32; 16], b: [i32; 16]) -> [i32; 16] {
        from_fn(|i| a[i] - b[i])
    }

    #[inline(always)]
    fn mul_ints(self, a: [i32; 16], b: [i32; 16]) -> [i32; 16] {
        from_fn(|i| a[i] * b[i])
    }

    #[inline(always)]
    fn shl_ints(self, v: [i32; 16], shift: u32) -> [i32; 16] {
        v.map(|v| v << shift)
    }

    #[inline(always)]
    fn half_ints(self, v: [i32; 16]) -> [i32; 16] {
        v.map(|v| v >> 1)
    }

    #[inline(always)]
    fn sum_quarters(self, v: [[i32; 16]; 4]) -> [i32; 16] {
        from_fn(|i| {
            let (v, first) = (&v[i % 4], i / 4 * 4);
            (v[first] + v[first + 1]) + (v[first + 2] + v[first + 3])
        })
    }

    #[inline(always)]
    fn sum_over_quarters(self, v: [[i32; 16]; 4]) -> [i32; 16] {
        from_fn(|i| {
            let (v, lane) = (&v[i / 4], i % 4);
            (v[lane] + v[lane + 4]) + (v[lane + 8] + v[lane + 12])
        })
    }

    #[inline(always)]
    fn floats(self, from: &[f32; 16]) -> [f32; 16] {
        *from
    }

    #[inline(always)]
    fn store_floats(self, v: [f32; 16], to: &mut [f32; 16]) {
        *to = v;
    }

    #[inline(always)]
    fn splat_float(self, value: f32) -> [f32; 16] {
        [value; 16]
    }

    #[inline(always)]
    fn add(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    fn sub(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| a[i] - b[i])
    }

    #[inline(always)]
    fn mul(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| a[i] * b[i])
    }

    #[inline(always)]
    fn div(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| a[i] / b[i])
    }

    #[inline(always)]
    fn max(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| if a[i] < b[i] { b[i] } else { a[i] })
    }

    #[inline(always)]
    fn min(self, a: [f32; 16], b: [f32; 16]) -> [f32; 16] {
        from_fn(|i| if b[i] < a[i] { b[i] } else { a[i] })
    }

    #[inline(always)]
    fn bits_of(self, v: [f32; 16]) -> [i32; 16] {
        v.map(|v| v.to_bits().cast_signed())
    }

    #[inline(always)]
    fn floats_of_bits(self, v: [i32; 16]) -> [f32; 16] {
        v.map(|v| f32::from_bits(v.cast_unsigned()))
    }

    #[inline(always)]
    fn to_floats(self, v: [i32; 16]) -> [f32; 16] {
        v.map(|v| v as f32)
    }

    #[inline(always)]
    fn canonical(self, v: [f32; 16]) -> [f32; 16] {
        v.map(canonical)
    }

    #[inline(always)]
    fn floats_of_f16(self, bits: [u64; 4]) -> [f32; 16] {
        from_fn(|i| widen((bits[i / 4] >> (16 * (i % 4))) as u16))
    }

    #[inline(always)]
    fn floats_in(self, from: &[u8; 64]) -> [f32; 16] {
        from_fn(|i| f32::from_le_bytes(from.as_chunks().0[i]))
    }

    #[inline(always)]
    fn store_floats_in(self, v: [f32; 16], to: &mut [u8; 64]) {
        for (to, v) in to.as_chunks_mut().0.iter_mut().zip(v) {
            *to = v.to_le_bytes();
        }
    }

    #[inline(always)]
    fn f16_in(self, from: &[u8; 32]) -> [f32; 16] {
        from_fn(|i| widen(u16::from_le_bytes(from.as_chunks().0[i])))
    }

    #[inline(always)]
    fn bf16_in(self, from: &[u8; 32]) -> [f32; 16] {
        from_fn(|i| {
            let bits = u16::from_le_bytes(from.as_chunks().0[i]);
            f32::from_bits(u32::from(bits) << 16)
        })
    }

    #[inline(always)]
    fn halving_sums(self, v: [f32; 16]) -> [f32; 4] {
        from_fn(|j| canonical((v[j] + v[8 + j]) + (v[4 + j] + v[12 + j])))
    }

    #[inline(always)]
    fn halving_sums_of_all(self, v: [[f32; 16]; 4]) -> [f32; 4] {
        v.map(|s| {
            let t: [f32; 8] = from_fn(|l| s[l] + s[l + 8]);
            let u: [f32; 4] = from_fn(|l| t[l] + t[l + 4]);
            canonical((u[0] + u[2]) + (u[1] + u[3]))
        })
    }

    #[inline(always)]
    fn transpose(self, v: [[f32; 16]; 4], to: &mut [[f32; 4]; 16]) {
        for (i, to) in to.iter_mut().enumerate() {
            *to = from_fn(|j| v[j][i]);
        }
    }
}

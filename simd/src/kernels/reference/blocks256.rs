//! Formats with blocks of 256: a scale and maybe a minimum for the block, and
//! integer scales and minima for its groups. Groups of 32 are written here as
//! two of 16.

use super::blocks32::{IQ4_VALUES, nibbles};
use super::halving_sum;
use super::number::f16_at;
use crate::kernels::format::Format;

/// A block's meaning: element e is
/// `quants[e] * scales[e / 16] * scale - minima[e / 16] * minimum`.
struct Block {
    quants: [i32; 256],
    scales: [i32; 16],
    scale: f32,
    minima: Option<([i32; 16], f32)>,
}

/// The two bits of Q2_K and Q3_K for element e: each 32 bytes hold 128
/// elements, the first 32 in their lowest bits.
fn two_bits(bytes: &[u8], e: usize) -> i32 {
    let byte = bytes[e / 128 * 32 + e % 32];
    i32::from(byte >> (e % 128 / 32 * 2) & 3)
}

/// The four bits of Q4_K and Q5_K for element e: each 32 bytes hold 64
/// elements, the first 32 in their lower halves.
fn four_bits(bytes: &[u8], e: usize) -> i32 {
    let byte = bytes[e / 64 * 32 + e % 32];
    i32::from(byte >> (e % 64 / 32 * 4) & 15)
}

/// Bit e / 32 of byte e % 32.
fn one_bit(bytes: &[u8], e: usize) -> i32 {
    i32::from(bytes[e % 32] >> (e / 32) & 1)
}

/// The 6-bit scales and minima of Q4_K and Q5_K, in 12 bytes.
fn six_bit_pairs(bytes: &[u8]) -> ([i32; 16], [i32; 16]) {
    let pair = |g: usize| match g {
        0..4 => (bytes[g] & 63, bytes[g + 4] & 63),
        _ => (
            bytes[g + 4] & 15 | bytes[g - 4] >> 6 << 4,
            bytes[g + 4] >> 4 | bytes[g] >> 6 << 4,
        ),
    };
    (
        std::array::from_fn(|g| i32::from(pair(g / 2).0)),
        std::array::from_fn(|g| i32::from(pair(g / 2).1)),
    )
}

fn q2_k(w: &[u8]) -> Block {
    Block {
        quants: std::array::from_fn(|e| two_bits(&w[16..80], e)),
        scales: std::array::from_fn(|g| i32::from(w[g] & 15)),
        scale: f16_at(w, 80),
        minima: Some((std::array::from_fn(|g| i32::from(w[g] >> 4)), f16_at(w, 82))),
    }
}

fn q3_k(w: &[u8]) -> Block {
    let (high, low, scales) = (&w[..32], &w[32..96], &w[96..108]);
    let scale = |g: usize| {
        let low = scales[g % 8] >> (g / 8 * 4) & 15;
        let high = scales[8 + g % 4] >> (g / 4 * 2) & 3;
        i32::from(low | high << 4) - 32
    };
    Block {
        quants: std::array::from_fn(|e| two_bits(low, e) + 4 * one_bit(high, e) - 4),
        scales: std::array::from_fn(scale),
        scale: f16_at(w, 108),
        minima: None,
    }
}

fn q4_k(w: &[u8]) -> Block {
    let (scales, minima) = six_bit_pairs(&w[4..16]);
    Block {
        quants: std::array::from_fn(|e| four_bits(&w[16..144], e)),
        scales,
        scale: f16_at(w, 0),
        minima: Some((minima, f16_at(w, 2))),
    }
}

fn q5_k(w: &[u8]) -> Block {
    let (scales, minima) = six_bit_pairs(&w[4..16]);
    Block {
        quants: std::array::from_fn(|e| four_bits(&w[48..176], e) + 16 * one_bit(&w[16..48], e)),
        scales,
        scale: f16_at(w, 0),
        minima: Some((minima, f16_at(w, 2))),
    }
}

/// Each 64 bytes of lower bits hold 128 elements, the first 64 in their lower
/// halves; each 32 bytes of upper bits hold 128, the first 32 lowest.
fn q6_k(w: &[u8]) -> Block {
    let quant = |e: usize| {
        let low = w[e / 128 * 64 + e % 64] >> (e % 128 / 64 * 4) & 15;
        i32::from(low) + 16 * two_bits(&w[128..192], e) - 32
    };
    Block {
        quants: std::array::from_fn(quant),
        scales: std::array::from_fn(|g| i32::from(w[192 + g].cast_signed())),
        scale: f16_at(w, 208),
        minima: None,
    }
}

fn iq4_xs(w: &[u8]) -> Block {
    let high = u16::from_le_bytes([w[2], w[3]]);
    let scale = |g: usize| {
        let low = w[4 + g / 2] >> (g % 2 * 4) & 15;
        i32::from(low) + 16 * i32::from(high >> (2 * g) & 3) - 32
    };
    let quant = |e: usize| {
        let codes = nibbles(&w[8 + e / 32 * 16..][..16]);
        i32::from(IQ4_VALUES[usize::from(codes[e % 32])])
    };
    Block {
        quants: std::array::from_fn(quant),
        scales: std::array::from_fn(|g| scale(g / 2)),
        scale: f16_at(w, 0),
        minima: None,
    }
}

fn decode(format: Format, w: &[u8]) -> Block {
    match format {
        Format::Q2K => q2_k(w),
        Format::Q3K => q3_k(w),
        Format::Q4K => q4_k(w),
        Format::Q5K => q5_k(w),
        Format::Q6K => q6_k(w),
        Format::Iq4Xs => iq4_xs(w),
        _ => panic!("{format} has no blocks of 256"),
    }
}

pub(super) fn product(format: Format, w: &[u8], x: &[u8]) -> f32 {
    let blocks = w.len() / format.block_bytes();
    let (quants, rest) = x.split_at(256 * blocks);
    let (scales, sums) = rest.split_at(4 * blocks);
    let mut s = [0.0; 4];
    for b in 0..blocks {
        let block = decode(format, &w[b * format.block_bytes()..]);
        let dx = &scales[4 * b..4 * b + 4];
        let dx = f32::from_le_bytes([dx[0], dx[1], dx[2], dx[3]]);
        let x = &quants[256 * b..256 * b + 256];
        let isum: i32 = (0..256)
            .map(|e| block.scales[e / 16] * block.quants[e] * i32::from(x[e].cast_signed()))
            .sum();
        let scaled = (block.scale * dx) * isum as f32;
        let term = match block.minima {
            Some((minima, mw)) => {
                let sums = &sums[32 * b..32 * b + 32];
                let sum = |g: usize| i32::from(i16::from_le_bytes([sums[2 * g], sums[2 * g + 1]]));
                let msum: i32 = (0..16).map(|g| minima[g] * sum(g)).sum();
                scaled - ((mw * dx) * msum as f32)
            }
            None => scaled,
        };
        s[b % 4] += term;
    }
    halving_sum(s)
}

//! Formats with blocks of 32: a scale, and maybe a minimum, for each.

use super::halving_sum;
use super::number::{f16_at, mxfp4_scale};
use crate::kernels::format::Format;

/// What the 16 codes of IQ4_NL and IQ4_XS mean.
pub(super) const IQ4_VALUES: [i8; 16] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
];

/// Twice what the 16 codes of MXFP4 mean.
const MXFP4_VALUES: [i8; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/// A block's meaning: element e is `quants[e] * scale + minimum`.
struct Block {
    quants: [i32; 32],
    scale: f32,
    minimum: Option<f32>,
}

/// The 4-bit codes of 16 bytes: the lower halves are elements 0 to 15, the
/// upper halves 16 to 31.
pub(super) fn nibbles(bytes: &[u8]) -> [u8; 32] {
    std::array::from_fn(|e| match e {
        0..16 => bytes[e] & 15,
        _ => bytes[e - 16] >> 4,
    })
}

/// The same with a fifth bit for each.
fn five_bits(high: &[u8], low: &[u8]) -> [i32; 32] {
    let codes = nibbles(low);
    std::array::from_fn(|e| {
        let bit = high[e / 8] >> (e % 8) & 1;
        i32::from(codes[e] | bit << 4)
    })
}

fn decode(format: Format, w: &[u8]) -> Block {
    let codes = |at: usize| nibbles(&w[at..at + 16]).map(usize::from);
    let scale = if format == Format::Mxfp4 {
        mxfp4_scale(w[0])
    } else {
        f16_at(w, 0)
    };
    let quants = match format {
        Format::Q4_0 => codes(2).map(|code| code as i32 - 8),
        Format::Q4_1 => codes(4).map(|code| code as i32),
        Format::Q5_0 => five_bits(&w[2..6], &w[6..22]).map(|code| code - 16),
        Format::Q5_1 => five_bits(&w[4..8], &w[8..24]),
        Format::Q8_0 => std::array::from_fn(|e| i32::from(w[2 + e].cast_signed())),
        Format::Iq4Nl => codes(2).map(|code| i32::from(IQ4_VALUES[code])),
        Format::Mxfp4 => codes(1).map(|code| i32::from(MXFP4_VALUES[code])),
        _ => panic!("{format} has no blocks of 32"),
    };
    let minimum = match format {
        Format::Q4_1 | Format::Q5_1 => Some(f16_at(w, 2)),
        _ => None,
    };
    Block {
        quants,
        scale,
        minimum,
    }
}

pub(super) fn product(format: Format, w: &[u8], x: &[u8]) -> f32 {
    let blocks = w.len() / format.block_bytes();
    let float = |at: usize| f32::from_le_bytes([x[at], x[at + 1], x[at + 2], x[at + 3]]);
    let mut s = [0.0; 4];
    for b in 0..blocks {
        let Block {
            quants,
            scale: dw,
            minimum,
        } = decode(format, &w[b * format.block_bytes()..]);
        let dx = float(32 * blocks + 4 * b);
        let sx = float(36 * blocks + 4 * b);
        let x = &x[32 * b..32 * b + 32];
        let products = quants
            .iter()
            .zip(x)
            .map(|(w, x)| w * i32::from(x.cast_signed()));
        let isum: i32 = products.sum();
        let scaled = (dw * dx) * isum as f32;
        let term = match minimum {
            Some(mw) => scaled + (mw * sx),
            None => scaled,
        };
        s[b % 4] += term;
    }
    halving_sum(s)
}

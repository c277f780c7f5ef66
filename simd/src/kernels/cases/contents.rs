//! What is in matrices: random numbers and nasty ones.

use super::{Activations, Format, Numbers};

/// Where a block has half-precision floats.
pub fn halves_of(format: Format) -> &'static [usize] {
    match format {
        Format::F32 | Format::Bf16 | Format::Mxfp4 => &[],
        Format::Q4_1 | Format::Q5_1 | Format::Q4K | Format::Q5K => &[0, 2],
        Format::Q2K => &[80, 82],
        Format::Q3K => &[108],
        Format::Q6K => &[208],
        _ => &[0],
    }
}

/// Zeros, subnormals, the least and the greatest, infinities, a NaN.
const HALVES: [u16; 10] = [
    0, 0x8000, 1, 0x83ff, 0x0400, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e01,
];

/// The same of single precision, with quiet and signalling NaNs.
const FLOATS: [u32; 12] = [
    0,
    0x8000_0000,
    1,
    0x807f_ffff,
    0x0080_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f80_0001,
    0xffff_ffff,
];

/// How wild the numbers of a matrix are.
#[derive(Clone, Copy)]
pub(super) enum Mood {
    /// Like those of models.
    Tame,
    /// Largest and smallest quants, with tame scales.
    Extreme,
    /// One scale in a few is a special float.
    Special,
    /// Any bits at all.
    Any,
}

impl Mood {
    pub(super) fn any(numbers: &mut Numbers) -> Mood {
        numbers.one_of(&[
            Mood::Tame,
            Mood::Tame,
            Mood::Tame,
            Mood::Extreme,
            Mood::Extreme,
            Mood::Special,
            Mood::Any,
        ])
    }
}

/// A float as random as its mood.
fn float(numbers: &mut Numbers, mood: Mood) -> f32 {
    let bits = numbers.next() as u32;
    match mood {
        Mood::Any => f32::from_bits(bits),
        Mood::Special if numbers.below(6) == 0 => f32::from_bits(numbers.one_of(&FLOATS)),
        // Two powers of two: sums round, and orders can be told apart.
        _ => f32::from_bits((bits & 0x80ff_ffff) | (124 << 23)),
    }
}

fn quant(numbers: &mut Numbers, mood: Mood) -> u8 {
    match mood {
        Mood::Extreme => numbers.one_of(&[0x80, 0x7f, 0x81, 0, 0x80, 0x7f]),
        _ => numbers.next() as u8,
    }
}

/// Makes a row of weights.
pub(super) fn weights(numbers: &mut Numbers, mood: Mood, format: Format, bytes: &mut [u8]) {
    bytes.fill_with(|| numbers.next() as u8);
    if matches!(mood, Mood::Extreme) {
        let byte = numbers.one_of(&[0, 0xff, 0x80, 0x7f, 0x88, 0x0f, 0xf0]);
        bytes.fill(byte);
    }
    for block in bytes.chunks_exact_mut(format.block_bytes()) {
        match format {
            Format::F32 => block.copy_from_slice(&float(numbers, mood).to_le_bytes()),
            Format::Bf16 => block.copy_from_slice(&float(numbers, mood).to_le_bytes()[2..]),
            Format::Mxfp4 => match mood {
                Mood::Any => {}
                Mood::Special if numbers.below(6) == 0 => {
                    block[0] = numbers.one_of(&[0, 1, 2, 254, 255]);
                }
                _ => block[0] = 120 + block[0] % 16,
            },
            _ => {}
        }
        for at in halves_of(format) {
            let bits = numbers.next() as u16;
            let half = match mood {
                Mood::Any => bits,
                Mood::Special if numbers.below(6) == 0 => numbers.one_of(&HALVES),
                _ => (bits & 0x8fff) | 0x2000,
            };
            block[*at..at + 2].copy_from_slice(&half.to_le_bytes());
        }
    }
}

/// Makes a row of activations.
pub(super) fn activations(numbers: &mut Numbers, mood: Mood, kind: Activations, bytes: &mut [u8]) {
    let blocks = bytes.len() / kind.row_bytes(kind.block_elements());
    let quants = match kind {
        Activations::F32 => 0,
        _ => blocks * kind.block_elements(),
    };
    for byte in &mut bytes[..quants] {
        *byte = quant(numbers, mood);
    }
    let floats = match kind {
        Activations::Q8x32 => 2 * blocks,
        _ => blocks,
    };
    for to in bytes[quants..quants + 4 * floats].chunks_exact_mut(4) {
        to.copy_from_slice(&float(numbers, mood).to_le_bytes());
    }
    for to in bytes[quants + 4 * floats..].chunks_exact_mut(2) {
        let sum = match mood {
            Mood::Tame => (numbers.next() as i16) / 16,
            Mood::Extreme => numbers.one_of(&[i16::MIN, i16::MAX, 0]),
            _ => numbers.next() as i16,
        };
        to.copy_from_slice(&sum.to_le_bytes());
    }
}

/// Floats of one mood and one magnitude.
#[derive(Clone, Copy)]
pub(super) struct Floats {
    mood: Mood,
    scale: f32,
}

impl Floats {
    pub(super) fn any(numbers: &mut Numbers) -> Floats {
        Floats {
            mood: Mood::any(numbers),
            scale: numbers.one_of(&[1.0, 1.0, 1.0, 64.0, 1e-30, 1e-35, 1e-40, 1e30, 1e38]),
        }
    }

    /// Makes a row of floats. A few rows have one special value alone.
    pub(super) fn fill(self, numbers: &mut Numbers, bytes: &mut [u8]) {
        let constant = match self.mood {
            Mood::Special if numbers.below(8) == 0 => Some(numbers.one_of(&FLOATS)),
            _ => None,
        };
        for to in bytes.chunks_exact_mut(4) {
            let value = match self.mood {
                // Halves of small integers: ties.
                Mood::Extreme => numbers.below(509) as f32 / 2.0 - 127.0,
                mood => float(numbers, mood),
            };
            // What a product makes of a NaN's bits differs from machine to machine.
            let value = if value.is_nan() {
                value
            } else {
                value * self.scale
            };
            let bits = constant.unwrap_or(value.to_bits());
            to.copy_from_slice(&bits.to_le_bytes());
        }
    }
}

//! Formats with blocks of 32: how four blocks of a row are unpacked.

use super::lanes::{Lanes, part};
use crate::kernels::reference::mxfp4_scale;

/// Bytes of the largest block.
pub(super) const MAX_BYTES: usize = 34;

/// A format with blocks of 32.
pub(super) trait Blocks32 {
    /// Bytes of a block.
    const BYTES: usize;
    /// How much larger unpacked quants are than the format's: what makes them
    /// unsigned.
    const OFFSET: i32;
    /// Whether unpacked quants go over 127.
    const WIDE: bool = false;
    /// Whether blocks have a minimum.
    const MINIMUM: bool = false;

    /// The quants of four blocks: of each the elements 0 to 15 in the first,
    /// and 16 to 31 in the second.
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2];

    /// The scales of four blocks of four rows, row after row for each block.
    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, rows: [&[u8]; 4]) -> L::Floats {
        lanes.floats_of_f16(halves(rows, Self::BYTES, 0))
    }
}

/// The half-precision floats at `at` in each of four blocks, of `bytes` bytes,
/// of four rows; row after row for each block.
#[inline(always)]
pub(super) fn halves(rows: [&[u8]; 4], bytes: usize, at: usize) -> [u64; 4] {
    let mut bits = [0; 4];
    for b in 0..4 {
        for r in 0..4 {
            let half = u16::from_le_bytes(*part(rows[r], b * bytes + at));
            bits[b] |= u64::from(half) << (16 * r);
        }
    }
    bits
}

/// Sixteen bytes at `at` in each of four blocks of `bytes` bytes.
#[inline(always)]
fn quarters<L: Lanes>(lanes: L, blocks: &[u8], bytes: usize, at: usize) -> L::Bytes {
    lanes.load_quarters([
        part(blocks, at),
        part(blocks, bytes + at),
        part(blocks, 2 * bytes + at),
        part(blocks, 3 * bytes + at),
    ])
}

#[inline(always)]
pub(super) fn nibbles<L: Lanes>(lanes: L, v: L::Bytes) -> [L::Bytes; 2] {
    let mask = lanes.splat(15);
    [lanes.and(v, mask), lanes.and(lanes.shr(v, 4), mask)]
}

/// Nibbles with a fifth bit, whose 32 lie before them at `at`.
#[inline(always)]
fn five_bits<L: Lanes>(lanes: L, blocks: &[u8], bytes: usize, at: usize) -> [L::Bytes; 2] {
    let [low, high] = nibbles(lanes, quarters(lanes, blocks, bytes, at + 4));
    let (mut low_bits, mut high_bits) = (0, 0);
    for b in 0..4 {
        let bits = u64::from(u32::from_le_bytes(*part(blocks, b * bytes + at)));
        low_bits |= (bits & 0xffff) << (16 * b);
        high_bits |= (bits >> 16) << (16 * b);
    }
    [
        lanes.or(low, lanes.bits(low_bits, 16)),
        lanes.or(high, lanes.bits(high_bits, 16)),
    ]
}

/// The table of IQ4_NL and IQ4_XS, 128 added.
pub(super) const IQ4_TABLE: [u8; 16] = [
    1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241,
];

/// The table of MXFP4, 16 added.
const MXFP4_TABLE: [u8; 16] = [16, 17, 18, 19, 20, 22, 24, 28, 16, 15, 14, 13, 12, 10, 8, 4];

#[inline(always)]
pub(super) fn look_up<L: Lanes>(lanes: L, table: &[u8; 16], v: L::Bytes) -> [L::Bytes; 2] {
    let [low, high] = nibbles(lanes, v);
    [lanes.look_up(table, low), lanes.look_up(table, high)]
}

pub(super) struct Q4_0;

impl Blocks32 for Q4_0 {
    const BYTES: usize = 18;
    const OFFSET: i32 = 8;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        nibbles(lanes, quarters(lanes, blocks, Self::BYTES, 2))
    }
}

pub(super) struct Q4_1;

impl Blocks32 for Q4_1 {
    const BYTES: usize = 20;
    const OFFSET: i32 = 0;
    const MINIMUM: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        nibbles(lanes, quarters(lanes, blocks, Self::BYTES, 4))
    }
}

pub(super) struct Q5_0;

impl Blocks32 for Q5_0 {
    const BYTES: usize = 22;
    const OFFSET: i32 = 16;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        five_bits(lanes, blocks, Self::BYTES, 2)
    }
}

pub(super) struct Q5_1;

impl Blocks32 for Q5_1 {
    const BYTES: usize = 24;
    const OFFSET: i32 = 0;
    const MINIMUM: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        five_bits(lanes, blocks, Self::BYTES, 4)
    }
}

pub(super) struct Q8_0;

impl Blocks32 for Q8_0 {
    const BYTES: usize = 34;
    const OFFSET: i32 = 128;
    const WIDE: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        let sign = lanes.splat(128);
        [
            lanes.xor(quarters(lanes, blocks, Self::BYTES, 2), sign),
            lanes.xor(quarters(lanes, blocks, Self::BYTES, 18), sign),
        ]
    }
}

pub(super) struct Iq4Nl;

impl Blocks32 for Iq4Nl {
    const BYTES: usize = 18;
    const OFFSET: i32 = 128;
    const WIDE: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        look_up(lanes, &IQ4_TABLE, quarters(lanes, blocks, Self::BYTES, 2))
    }
}

pub(super) struct Mxfp4;

impl Blocks32 for Mxfp4 {
    const BYTES: usize = 17;
    const OFFSET: i32 = 16;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, blocks: &[u8]) -> [L::Bytes; 2] {
        look_up(lanes, &MXFP4_TABLE, quarters(lanes, blocks, Self::BYTES, 1))
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, rows: [&[u8]; 4]) -> L::Floats {
        let mut scales = [0.0; 16];
        for b in 0..4 {
            for r in 0..4 {
                scales[4 * b + r] = mxfp4_scale(rows[r][b * Self::BYTES]);
            }
        }
        lanes.floats(&scales)
    }
}

//! Formats with blocks of 256: how a block is unpacked.

use super::blocks32::{IQ4_TABLE, look_up, nibbles};
use super::lanes::{Lanes, part};
use super::order::Order;

/// Bytes of the largest block.
pub(super) const MAX_BYTES: usize = 210;

/// A format with blocks of 256, whose quants are unpacked in an order of
/// units.
pub(super) trait Blocks256: Order {
    /// Bytes of a block.
    const BYTES: usize;
    /// Where the block's scale is.
    const SCALE_AT: usize;
    /// Where the block's minimum is, if it has one.
    const MINIMUM_AT: Option<usize> = None;
    /// By how many powers of two unpacked quants are larger than the format's,
    /// if they are: what makes them unsigned.
    const OFFSET_SHIFT: Option<u32> = None;
    /// Whether unpacked quants go over 127.
    const WIDE: bool = false;
    /// Whether two units share a scale and a minimum.
    const TWINS: bool;

    /// The unpacked quants, in the format's order of units.
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4];

    /// The scales of the groups, and the minima.
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half);
}

/// A bit or two of each byte of `v`, moved to where `mask` is: right if
/// `shift` is positive, else left.
#[inline(always)]
fn field<L: Lanes>(lanes: L, v: L::Bytes, shift: i32, mask: u8) -> L::Bytes {
    let moved = if shift < 0 {
        lanes.shl(v, shift.unsigned_abs())
    } else {
        lanes.shr(v, shift.unsigned_abs())
    };
    lanes.and(moved, lanes.splat(mask))
}

#[inline(always)]
fn word(block: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(*part(block, at))
}

#[inline(always)]
fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// Takes 32 off each of eight bytes below 64.
#[inline(always)]
fn less_32(bytes: u64) -> u64 {
    const TOP: u64 = 0x8080_8080_8080_8080;
    // The top bit keeps bytes from borrowing of one another.
    ((bytes | TOP) - 0x2020_2020_2020_2020) ^ TOP
}

/// The scales and minima of Q4_K and Q5_K, from the twelve bytes at 4.
#[inline(always)]
fn six_bit_pairs(block: &[u8]) -> (u64, u64) {
    let (a, b, c) = (word(block, 4), word(block, 8), word(block, 12));
    let low = |v: u32| v & 0x3f3f_3f3f;
    let high = |four: u32, two: u32| (four & 0x0f0f_0f0f) | ((two >> 2) & 0x3030_3030);
    (join(low(a), high(c, a)), join(low(b), high(c >> 4, b)))
}

/// The order of formats that hold 64 elements in 32 bytes.
const BY_32_BYTES: [usize; 16] = [0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15];

/// The order of formats that hold 128 elements in 32 bytes.
const BY_HALVES: [usize; 16] = [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

pub(super) struct Q2K;

impl Order for Q2K {
    const UNITS: [usize; 16] = BY_HALVES;
}

impl Blocks256 for Q2K {
    const BYTES: usize = 84;
    const SCALE_AT: usize = 80;
    const MINIMUM_AT: Option<usize> = Some(82);
    const TWINS: bool = false;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let v = lanes.load(part(block, 16));
        [
            field(lanes, v, 0, 3),
            field(lanes, v, 2, 3),
            field(lanes, v, 4, 3),
            field(lanes, v, 6, 3),
        ]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        const LOW: u64 = 0x0f0f_0f0f_0f0f_0f0f;
        let [a, b] = [0, 8].map(|at| u64::from_le_bytes(*part(block, at)));
        (
            lanes.half_of_bytes([a & LOW, b & LOW]),
            lanes.half_of_bytes([(a >> 4) & LOW, (b >> 4) & LOW]),
        )
    }
}

pub(super) struct Q3K;

impl Order for Q3K {
    const UNITS: [usize; 16] = BY_HALVES;
}

impl Blocks256 for Q3K {
    const BYTES: usize = 110;
    const SCALE_AT: usize = 108;
    const OFFSET_SHIFT: Option<u32> = Some(2);
    const TWINS: bool = false;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let high = lanes.load_twice(part(block, 0), 4);
        let low = lanes.load(part(block, 32));
        [
            lanes.or(field(lanes, low, 0, 3), field(lanes, high, -2, 4)),
            lanes.or(field(lanes, low, 2, 3), field(lanes, high, -1, 4)),
            lanes.or(field(lanes, low, 4, 3), field(lanes, high, 0, 4)),
            lanes.or(field(lanes, low, 6, 3), field(lanes, high, 1, 4)),
        ]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        let (a, b, c) = (word(block, 96), word(block, 100), word(block, 104));
        let scale = |four: u32, two: u32| (four & 0x0f0f_0f0f) | ((two & 0x0303_0303) << 4);
        let scales = lanes.half_of_bytes([
            less_32(join(scale(a, c), scale(b, c >> 2))),
            less_32(join(scale(a >> 4, c >> 4), scale(b >> 4, c >> 6))),
        ]);
        (scales, scales)
    }
}

pub(super) struct Q4K;

impl Order for Q4K {
    const UNITS: [usize; 16] = BY_32_BYTES;
}

impl Blocks256 for Q4K {
    const BYTES: usize = 144;
    const SCALE_AT: usize = 0;
    const MINIMUM_AT: Option<usize> = Some(2);
    const TWINS: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let [a, b] = nibbles(lanes, lanes.load(part(block, 16)));
        let [c, d] = nibbles(lanes, lanes.load(part(block, 80)));
        [a, b, c, d]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        let (scales, minima) = six_bit_pairs(block);
        (lanes.half_of_twins(scales), lanes.half_of_twins(minima))
    }
}

pub(super) struct Q5K;

impl Order for Q5K {
    const UNITS: [usize; 16] = BY_32_BYTES;
}

impl Blocks256 for Q5K {
    const BYTES: usize = 176;
    const SCALE_AT: usize = 0;
    const MINIMUM_AT: Option<usize> = Some(2);
    const TWINS: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let high = lanes.load_twice(part(block, 16), 2);
        let [a, b] = nibbles(lanes, lanes.load(part(block, 48)));
        let [c, d] = nibbles(lanes, lanes.load(part(block, 112)));
        [
            lanes.or(a, field(lanes, high, -4, 16)),
            lanes.or(b, field(lanes, high, -3, 16)),
            lanes.or(c, field(lanes, high, 0, 16)),
            lanes.or(d, field(lanes, high, 1, 16)),
        ]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        Q4K::scales(lanes, block)
    }
}

pub(super) struct Q6K;

impl Order for Q6K {
    const UNITS: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}

impl Blocks256 for Q6K {
    const BYTES: usize = 210;
    const SCALE_AT: usize = 208;
    const OFFSET_SHIFT: Option<u32> = Some(5);
    const TWINS: bool = false;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let [a, b] = nibbles(lanes, lanes.load(part(block, 0)));
        let [c, d] = nibbles(lanes, lanes.load(part(block, 64)));
        let ab = lanes.load_twice(part(block, 128), 2);
        let cd = lanes.load_twice(part(block, 160), 2);
        [
            lanes.or(a, field(lanes, ab, -4, 0x30)),
            lanes.or(b, field(lanes, ab, 0, 0x30)),
            lanes.or(c, field(lanes, cd, -4, 0x30)),
            lanes.or(d, field(lanes, cd, 0, 0x30)),
        ]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        let bytes = [192, 200].map(|at| u64::from_le_bytes(*part(block, at)));
        let scales = lanes.half_of_bytes(bytes);
        (scales, scales)
    }
}

pub(super) struct Iq4Xs;

impl Order for Iq4Xs {
    const UNITS: [usize; 16] = [0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15];
}

impl Blocks256 for Iq4Xs {
    const BYTES: usize = 136;
    const SCALE_AT: usize = 0;
    const OFFSET_SHIFT: Option<u32> = Some(7);
    const WIDE: bool = true;
    const TWINS: bool = true;

    #[inline(always)]
    fn quants<L: Lanes>(lanes: L, block: &[u8]) -> [L::Bytes; 4] {
        let [a, b] = look_up(lanes, &IQ4_TABLE, lanes.load(part(block, 8)));
        let [c, d] = look_up(lanes, &IQ4_TABLE, lanes.load(part(block, 72)));
        [a, b, c, d]
    }

    #[inline(always)]
    fn scales<L: Lanes>(lanes: L, block: &[u8]) -> (L::Half, L::Half) {
        // Eight numbers of four and of two bits, each to a byte.
        let mut low = u64::from(word(block, 4));
        low = (low | low << 16) & 0x0000_ffff_0000_ffff;
        low = (low | low << 8) & 0x00ff_00ff_00ff_00ff;
        low = (low | low << 4) & 0x0f0f_0f0f_0f0f_0f0f;
        let mut high = u64::from(u16::from_le_bytes(*part(block, 2)));
        high = (high | high << 24) & 0x0000_00ff_0000_00ff;
        high = (high | high << 12) & 0x000f_000f_000f_000f;
        high = (high | high << 6) & 0x0303_0303_0303_0303;
        let scales = lanes.half_of_twins(less_32(low | high << 4));
        (scales, scales)
    }
}

//! Blocks of 256 times many columns: weights are unpacked once for all
//! columns, and sixteen columns lie side by side in a register.

use super::blocks32::halves;
use super::blocks256::{Blocks256, MAX_BYTES};
use super::lanes::Lanes;
use super::tile32::SIDE;

/// A block of sixteen columns.
#[repr(C, align(64))]
#[derive(Clone)]
pub(super) struct Columns {
    /// Four quants of each column, 64 times.
    quants: [[u8; 64]; 64],
    scales: [f32; SIDE],
    /// Two stored sums of each column, eight times.
    sums: [[u8; 64]; 8],
    /// For each unit, what sums of products begin with, so that the offset of
    /// unsigned weights cancels. Twins have theirs with the first.
    starts: [[i32; SIDE]; 16],
}

/// A block of a row, unpacked.
#[repr(C, align(64))]
#[derive(Clone)]
struct Block {
    quants: [[u8; 4]; 64],
    /// Of each unit.
    scales: [i32; 16],
    /// Of each two units.
    minima: [[u8; 4]; 8],
}

/// A block of four rows, unpacked.
#[derive(Clone)]
pub(super) struct Weights {
    rows: [Block; 4],
    scales: [f32; 4],
    minima: [f32; 4],
}

pub(super) const NO_COLUMNS: Columns = Columns {
    quants: [[0; 64]; 64],
    scales: [0.0; SIDE],
    sums: [[0; 64]; 8],
    starts: [[0; SIDE]; 16],
};

const NO_BLOCK: Block = Block {
    quants: [[0; 4]; 64],
    scales: [0; 16],
    minima: [[0; 4]; 8],
};

pub(super) const NO_WEIGHTS: Weights = Weights {
    rows: [NO_BLOCK, NO_BLOCK, NO_BLOCK, NO_BLOCK],
    scales: [0.0; 4],
    minima: [0.0; 4],
};

/// Arranges up to sixteen columns, block after block.
#[inline(always)]
pub(super) fn pack<F: Blocks256>(x: &[&[u8]], blocks: usize, to: &mut [Columns]) {
    for (c, x) in x.iter().enumerate() {
        let (quants, rest) = x.split_at(256 * blocks);
        let (scales, sums) = rest.split_at(4 * blocks);
        for (b, columns) in to.iter_mut().enumerate() {
            let x: &[u8] = &quants[256 * b..256 * b + 256];
            for (to, from) in columns.quants.iter_mut().zip(x.as_chunks::<4>().0) {
                to.as_chunks_mut().0[c] = *from;
            }
            columns.scales[c] = f32::from_le_bytes(scales.as_chunks().0[b]);
            let sums = sums[32 * b..32 * b + 32].as_chunks::<4>().0;
            for (to, from) in columns.sums.iter_mut().zip(sums) {
                to.as_chunks_mut().0[c] = *from;
            }
            let Some(shift) = F::OFFSET_SHIFT else {
                continue;
            };
            for (unit, x) in x.as_chunks::<16>().0.iter().enumerate() {
                let sum: i32 = x.iter().map(|x| i32::from(x.cast_signed())).sum();
                let start = -(sum << shift);
                if F::TWINS && unit % 2 == 1 {
                    columns.starts[unit - 1][c] += start;
                } else {
                    columns.starts[unit][c] = start;
                }
            }
        }
    }
}

/// Unpacks four rows.
#[inline(always)]
pub(super) fn unpack<L: Lanes, F: Blocks256>(lanes: L, w: [&[u8]; 4], to: &mut [Weights]) {
    for (b, to) in to.iter_mut().enumerate() {
        for r in 0..4 {
            unpack_block::<L, F>(lanes, &w[r][b * F::BYTES..][..F::BYTES], &mut to.rows[r]);
        }
    }
    for (q, to) in to.chunks_mut(4).enumerate() {
        let mut filled = [[0; 4 * MAX_BYTES]; 4];
        let bytes = 4 * F::BYTES;
        for r in 0..4 {
            let from = &w[r][q * bytes..];
            let length = from.len().min(bytes);
            filled[r][..length].copy_from_slice(&from[..length]);
        }
        let w = [&filled[0][..], &filled[1], &filled[2], &filled[3]];
        let mut scales = [0.0; 16];
        let v = lanes.floats_of_f16(halves(w, F::BYTES, F::SCALE_AT));
        lanes.store_floats(v, &mut scales);
        let mut minima = [0.0; 16];
        if let Some(at) = F::MINIMUM_AT {
            let v = lanes.floats_of_f16(halves(w, F::BYTES, at));
            lanes.store_floats(v, &mut minima);
        }
        for (b, to) in to.iter_mut().enumerate() {
            to.scales.copy_from_slice(&scales[4 * b..4 * b + 4]);
            to.minima.copy_from_slice(&minima[4 * b..4 * b + 4]);
        }
    }
}

#[inline(always)]
fn unpack_block<L: Lanes, F: Blocks256>(lanes: L, w: &[u8], to: &mut Block) {
    let quants = F::quants(lanes, w);
    for (i, v) in quants.into_iter().enumerate() {
        let mut bytes = [0; 64];
        lanes.store(v, &mut bytes);
        let units = to.quants.as_flattened_mut().as_chunks_mut::<16>().0;
        for (j, unit) in bytes.as_chunks::<16>().0.iter().enumerate() {
            units[F::UNITS[4 * i + j]] = *unit;
        }
    }
    let (scales, minima) = F::scales(lanes, w);
    let mut words = [0; 16];
    lanes.store_half(scales, &mut words);
    for (to, word) in to.scales.iter_mut().zip(words) {
        *to = i32::from(word);
    }
    if F::MINIMUM_AT.is_some() {
        lanes.store_half(minima, &mut words);
        for (to, two) in to.minima.iter_mut().zip(words.as_chunks::<2>().0) {
            let ([a, b], [c, d]) = (two[0].to_le_bytes(), two[1].to_le_bytes());
            *to = [a, b, c, d];
        }
    }
}

/// The integer sums of one block of `4 * QUADS` rows and sixteen columns.
#[inline(always)]
fn block_sums<L: Lanes, F: Blocks256, const QUADS: usize>(
    lanes: L,
    w: [&Weights; QUADS],
    x: &Columns,
) -> [[L::Ints; 4]; QUADS] {
    let zero = lanes.splat_int(0);
    let mut sums = [[zero; 4]; QUADS];
    let quarters = if F::TWINS { 8 } else { 4 };
    for g in 0..64 / quarters {
        let unit = g * quarters / 4;
        let start = if F::OFFSET_SHIFT.is_some() {
            lanes.ints(&x.starts[unit])
        } else {
            zero
        };
        let mut dots = [[start; 4]; QUADS];
        for d in 0..quarters {
            let x = lanes.load(&x.quants[g * quarters + d]);
            for n in 0..QUADS {
                for r in 0..4 {
                    let w = lanes.repeat(&w[n].rows[r].quants[g * quarters + d]);
                    dots[n][r] = lanes.dot(dots[n][r], w, x, F::WIDE);
                }
            }
        }
        for n in 0..QUADS {
            for r in 0..4 {
                let scale = lanes.splat_int(w[n].rows[r].scales[unit]);
                let scaled = lanes.mul_ints(dots[n][r], scale);
                sums[n][r] = lanes.add_ints(sums[n][r], scaled);
            }
        }
    }
    sums
}

/// The sums of minima with the stored sums.
#[inline(always)]
fn minimum_sums<L: Lanes, const QUADS: usize>(
    lanes: L,
    w: [&Weights; QUADS],
    x: &Columns,
) -> [[L::Ints; 4]; QUADS] {
    let mut sums = [[lanes.splat_int(0); 4]; QUADS];
    for g in 0..8 {
        let x = lanes.words(lanes.load(&x.sums[g]));
        for n in 0..QUADS {
            for r in 0..4 {
                let minima = lanes.words(lanes.repeat(&w[n].rows[r].minima[g]));
                sums[n][r] = lanes.add_products(sums[n][r], minima, x);
            }
        }
    }
    sums
}

/// One chain of the products of `4 * QUADS` rows with sixteen columns.
#[inline(always)]
fn chain<L: Lanes, F: Blocks256, const QUADS: usize>(
    lanes: L,
    w: [&[Weights]; QUADS],
    x: &[Columns],
    i: usize,
) -> [[L::Floats; 4]; QUADS] {
    let mut chain = [[lanes.splat_float(0.0); 4]; QUADS];
    for b in (i..x.len()).step_by(4) {
        let (w, x): ([&Weights; QUADS], _) = (std::array::from_fn(|n| &w[n][b]), &x[b]);
        let scales = lanes.floats(&x.scales);
        let sums = block_sums::<L, F, QUADS>(lanes, w, x);
        let mut terms = chain;
        for n in 0..QUADS {
            for r in 0..4 {
                let scale = lanes.mul(lanes.splat_float(w[n].scales[r]), scales);
                terms[n][r] = lanes.mul(scale, lanes.to_floats(sums[n][r]));
            }
        }
        if F::MINIMUM_AT.is_some() {
            let sums = minimum_sums::<L, QUADS>(lanes, w, x);
            for n in 0..QUADS {
                for r in 0..4 {
                    let minimum = lanes.mul(lanes.splat_float(w[n].minima[r]), scales);
                    let minimum = lanes.mul(minimum, lanes.to_floats(sums[n][r]));
                    terms[n][r] = lanes.sub(terms[n][r], minimum);
                }
            }
        }
        for n in 0..QUADS {
            for r in 0..4 {
                chain[n][r] = lanes.add(chain[n][r], terms[n][r]);
            }
        }
    }
    chain
}

/// The products of `4 * QUADS` rows with sixteen columns: each result has a
/// row's products in its lanes.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Blocks256, const QUADS: usize>(
    lanes: L,
    w: [&[Weights]; QUADS],
    x: &[Columns],
) -> [[L::Floats; 4]; QUADS] {
    let mut sums = [[[lanes.splat_float(0.0); 4]; QUADS]; 2];
    for i in [0, 2, 1, 3] {
        let chain = chain::<L, F, QUADS>(lanes, w, x, i);
        for n in 0..QUADS {
            for r in 0..4 {
                // Adding to +0 changes nothing: no chain is -0.
                sums[i % 2][n][r] = lanes.add(sums[i % 2][n][r], chain[n][r]);
            }
        }
    }
    let mut out = sums[0];
    for n in 0..QUADS {
        for r in 0..4 {
            out[n][r] = lanes.add(sums[0][n][r], sums[1][n][r]);
        }
    }
    out
}

//! Blocks of 32 times many columns: weights are unpacked once for all columns,
//! and sixteen columns lie side by side in a register.

use super::blocks32::{Blocks32, MAX_BYTES, halves};
use super::lanes::Lanes;

/// Columns that lie side by side.
pub(super) const SIDE: usize = 16;

/// A block of sixteen columns.
#[repr(C, align(64))]
#[derive(Clone)]
pub(super) struct Columns {
    /// Four quants of each column, eight times.
    quants: [[u8; 64]; 8],
    scales: [f32; SIDE],
    sums: [f32; SIDE],
    /// What sums of products begin with, so that the offset of unsigned
    /// weights cancels.
    starts: [i32; SIDE],
}

/// Four blocks of four rows, unpacked.
#[repr(C, align(64))]
#[derive(Clone)]
pub(super) struct Weights {
    /// By row and block.
    quants: [[[[u8; 4]; 8]; 4]; 4],
    /// By block and row.
    scales: [[f32; 4]; 4],
    /// By block and row.
    minima: [[f32; 4]; 4],
}

pub(super) const NO_COLUMNS: Columns = Columns {
    quants: [[0; 64]; 8],
    scales: [0.0; SIDE],
    sums: [0.0; SIDE],
    starts: [0; SIDE],
};

pub(super) const NO_WEIGHTS: Weights = Weights {
    quants: [[[[0; 4]; 8]; 4]; 4],
    scales: [[0.0; 4]; 4],
    minima: [[0.0; 4]; 4],
};

/// Arranges up to sixteen columns: the blocks of one chain after those of
/// another, `to.len() / 4` of each.
#[inline(always)]
pub(super) fn pack<F: Blocks32>(x: &[&[u8]], blocks: usize, to: &mut [Columns]) {
    let quads = to.len() / 4;
    for (c, x) in x.iter().enumerate() {
        let (quants, floats) = x.split_at(32 * blocks);
        let (floats, _) = floats.as_chunks();
        let (scales, sums) = floats.split_at(blocks);
        for (b, x) in quants.as_chunks::<32>().0.iter().enumerate() {
            let columns = &mut to[b % 4 * quads + b / 4];
            for (to, from) in columns.quants.iter_mut().zip(x.as_chunks::<4>().0) {
                to.as_chunks_mut().0[c] = *from;
            }
            columns.scales[c] = f32::from_le_bytes(scales[b]);
            columns.sums[c] = f32::from_le_bytes(sums[b]);
            let sum: i32 = x.iter().map(|x| i32::from(x.cast_signed())).sum();
            columns.starts[c] = -F::OFFSET * sum;
        }
    }
}

/// Unpacks four rows.
#[inline(always)]
pub(super) fn unpack<L: Lanes, F: Blocks32>(lanes: L, w: [&[u8]; 4], to: &mut [Weights]) {
    let bytes = 4 * F::BYTES;
    for (q, to) in to.iter_mut().enumerate() {
        let rest = w[0].len() - q * bytes;
        if rest >= bytes {
            let w = [
                &w[0][q * bytes..][..bytes],
                &w[1][q * bytes..][..bytes],
                &w[2][q * bytes..][..bytes],
                &w[3][q * bytes..][..bytes],
            ];
            unpack_quad::<L, F>(lanes, w, to);
        } else {
            let mut filled = [[0; 4 * MAX_BYTES]; 4];
            for r in 0..4 {
                filled[r][..rest].copy_from_slice(&w[r][q * bytes..]);
            }
            let w = [
                &filled[0][..bytes],
                &filled[1][..bytes],
                &filled[2][..bytes],
                &filled[3][..bytes],
            ];
            unpack_quad::<L, F>(lanes, w, to);
        }
    }
}

#[inline(always)]
fn unpack_quad<L: Lanes, F: Blocks32>(lanes: L, w: [&[u8]; 4], to: &mut Weights) {
    for r in 0..4 {
        let mut halves = [[0; 64]; 2];
        let [low, high] = F::quants(lanes, w[r]);
        lanes.store(low, &mut halves[0]);
        lanes.store(high, &mut halves[1]);
        for b in 0..4 {
            let block = to.quants[r][b].as_flattened_mut();
            block[..16].copy_from_slice(&halves[0][16 * b..16 * b + 16]);
            block[16..].copy_from_slice(&halves[1][16 * b..16 * b + 16]);
        }
    }
    store(lanes, F::scales(lanes, w), &mut to.scales);
    if F::MINIMUM {
        let minima = lanes.floats_of_f16(halves(w, F::BYTES, 2));
        store(lanes, minima, &mut to.minima);
    }
}

#[inline(always)]
fn store<L: Lanes>(lanes: L, v: L::Floats, to: &mut [[f32; 4]; 4]) {
    let mut floats = [0.0; 16];
    lanes.store_floats(v, &mut floats);
    for (to, from) in to.iter_mut().zip(floats.as_chunks().0) {
        *to = *from;
    }
}

/// One chain of the products of `4 * QUADS` rows with sixteen columns.
#[inline(always)]
fn chain<L: Lanes, F: Blocks32, const QUADS: usize>(
    lanes: L,
    w: [&[Weights]; QUADS],
    x: &[Columns],
    i: usize,
) -> [[L::Floats; 4]; QUADS] {
    let mut chain = [[lanes.splat_float(0.0); 4]; QUADS];
    for (q, x) in x.iter().enumerate() {
        let w: [&Weights; QUADS] = std::array::from_fn(|n| &w[n][q]);
        let start = if F::OFFSET == 0 {
            lanes.splat_int(0)
        } else {
            lanes.ints(&x.starts)
        };
        let mut sums = [[start; 4]; QUADS];
        for d in 0..8 {
            let x = lanes.load(&x.quants[d]);
            for n in 0..QUADS {
                for r in 0..4 {
                    let w = lanes.repeat(&w[n].quants[r][i][d]);
                    sums[n][r] = lanes.dot(sums[n][r], w, x, F::WIDE);
                }
            }
        }
        let scales = lanes.floats(&x.scales);
        for n in 0..QUADS {
            for r in 0..4 {
                let scale = lanes.mul(lanes.splat_float(w[n].scales[i][r]), scales);
                let mut term = lanes.mul(scale, lanes.to_floats(sums[n][r]));
                if F::MINIMUM {
                    let minimum = lanes.splat_float(w[n].minima[i][r]);
                    term = lanes.add(term, lanes.mul(minimum, lanes.floats(&x.sums)));
                }
                chain[n][r] = lanes.add(chain[n][r], term);
            }
        }
    }
    chain
}

/// The products of `4 * QUADS` rows with sixteen columns: each result has a
/// row's products in its lanes.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Blocks32, const QUADS: usize>(
    lanes: L,
    w: [&[Weights]; QUADS],
    x: &[Columns],
) -> [[L::Floats; 4]; QUADS] {
    let quads = x.len() / 4;
    let mut sums = [[[lanes.splat_float(0.0); 4]; QUADS]; 2];
    for i in [0, 2, 1, 3] {
        let chain = chain::<L, F, QUADS>(lanes, w, &x[i * quads..][..quads], i);
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

//! Blocks of 32 times few columns: weights are unpacked in registers, for four
//! rows and four blocks at a time, one of each chain.

use super::blocks32::{Blocks32, MAX_BYTES, halves};
use super::lanes::Lanes;

/// Four blocks of a column, arranged as four rows of weights want them.
#[repr(C, align(64))]
#[derive(Clone)]
pub(super) struct Quad {
    /// The elements 0 to 15 of each block, and 16 to 31.
    quants: [[u8; 64]; 2],
    /// Of each block, four times.
    scales: [f32; 16],
    /// Of each block, four times.
    sums: [f32; 16],
    /// What unsigned weights make each block's sum of products too large by,
    /// four times.
    offsets: [i32; 16],
}

/// Arranges a column.
pub(super) fn pack<F: Blocks32>(x: &[u8], blocks: usize) -> Vec<Quad> {
    let (quants, floats) = x.split_at(32 * blocks);
    let (floats, _) = floats.as_chunks();
    let (scales, sums) = floats.split_at(blocks);
    let zero = Quad {
        quants: [[0; 64]; 2],
        scales: [0.0; 16],
        sums: [0.0; 16],
        offsets: [0; 16],
    };
    let mut quads = vec![zero; blocks.div_ceil(4)];
    for (b, x) in quants.as_chunks::<32>().0.iter().enumerate() {
        let (quad, i) = (&mut quads[b / 4], b % 4);
        quad.quants[0][16 * i..16 * i + 16].copy_from_slice(&x[..16]);
        quad.quants[1][16 * i..16 * i + 16].copy_from_slice(&x[16..]);
        let lanes = 4 * i..4 * i + 4;
        quad.scales[lanes.clone()].fill(f32::from_le_bytes(scales[b]));
        quad.sums[lanes.clone()].fill(f32::from_le_bytes(sums[b]));
        let sum: i32 = x.iter().map(|x| i32::from(x.cast_signed())).sum();
        quad.offsets[lanes].fill(F::OFFSET * sum);
    }
    quads
}

/// Adds the terms of four blocks of four rows to their chains, row after row
/// for each chain.
#[inline(always)]
fn add_terms<L: Lanes, F: Blocks32, const COLS: usize>(
    lanes: L,
    chains: &mut [L::Floats; COLS],
    w: [&[u8]; 4],
    x: [&Quad; COLS],
) {
    let zero = lanes.splat_int(0);
    let mut dots = [[zero; 4]; COLS];
    for r in 0..4 {
        let [low, high] = F::quants(lanes, w[r]);
        for c in 0..COLS {
            let dot = lanes.dot(zero, low, lanes.load(&x[c].quants[0]), F::WIDE);
            dots[c][r] = lanes.dot(dot, high, lanes.load(&x[c].quants[1]), F::WIDE);
        }
    }
    let scales = F::scales(lanes, w);
    for c in 0..COLS {
        let mut sums = lanes.sum_quarters(dots[c]);
        if F::OFFSET != 0 {
            sums = lanes.sub_ints(sums, lanes.ints(&x[c].offsets));
        }
        let scale = lanes.mul(scales, lanes.floats(&x[c].scales));
        let mut term = lanes.mul(scale, lanes.to_floats(sums));
        if F::MINIMUM {
            let minima = lanes.floats_of_f16(halves(w, F::BYTES, 2));
            term = lanes.add(term, lanes.mul(minima, lanes.floats(&x[c].sums)));
        }
        chains[c] = lanes.add(chains[c], term);
    }
}

/// The products of four rows with some columns.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Blocks32, const COLS: usize>(
    lanes: L,
    w: [&[u8]; 4],
    x: [&[Quad]; COLS],
) -> [[f32; 4]; COLS] {
    let bytes = 4 * F::BYTES;
    let mut chains = [lanes.splat_float(0.0); COLS];
    let full = w[0].len() / bytes;
    for q in 0..full {
        let w = [
            &w[0][q * bytes..][..bytes],
            &w[1][q * bytes..][..bytes],
            &w[2][q * bytes..][..bytes],
            &w[3][q * bytes..][..bytes],
        ];
        add_terms::<L, F, COLS>(lanes, &mut chains, w, std::array::from_fn(|c| &x[c][q]));
    }
    let rest = w[0].len() - full * bytes;
    if rest > 0 {
        // Blocks of zeros add zeros.
        let mut filled = [[0; 4 * MAX_BYTES]; 4];
        for r in 0..4 {
            filled[r][..rest].copy_from_slice(&w[r][full * bytes..]);
        }
        let w = [
            &filled[0][..bytes],
            &filled[1][..bytes],
            &filled[2][..bytes],
            &filled[3][..bytes],
        ];
        add_terms::<L, F, COLS>(lanes, &mut chains, w, std::array::from_fn(|c| &x[c][full]));
    }
    let mut out = [[0.0; 4]; COLS];
    for c in 0..COLS {
        out[c] = lanes.halving_sums(chains[c]);
    }
    out
}

//! Blocks of 256 times few columns: weights are unpacked in registers, for
//! four rows and four blocks at a time, one of each chain.

use super::blocks32::halves;
use super::blocks256::{Blocks256, MAX_BYTES};
use super::lanes::Lanes;

/// Four blocks of a column, arranged as four rows of weights want them.
#[derive(Clone)]
pub(super) struct Quad {
    blocks: [Block; 4],
    /// Of each block, four times.
    scales: [f32; 16],
}

/// A block of a column.
#[repr(C, align(64))]
#[derive(Clone)]
struct Block {
    /// In the format's order of units.
    quants: [[u8; 64]; 4],
    /// The sums of units, as stored.
    sums: [i16; 16],
    /// The sums of units, as they are.
    true_sums: [i16; 16],
}

/// Arranges a column.
pub(super) fn pack<F: Blocks256>(x: &[u8], blocks: usize) -> Vec<Quad> {
    let (quants, rest) = x.split_at(256 * blocks);
    let (scales, sums) = rest.split_at(4 * blocks);
    let zero = Block {
        quants: [[0; 64]; 4],
        sums: [0; 16],
        true_sums: [0; 16],
    };
    let zero = Quad {
        blocks: std::array::from_fn(|_| zero.clone()),
        scales: [0.0; 16],
    };
    let mut quads = vec![zero; blocks.div_ceil(4)];
    for b in 0..blocks {
        let (quad, i) = (&mut quads[b / 4], b % 4);
        let units = quants[256 * b..256 * b + 256].as_chunks::<16>().0;
        let places = quad.blocks[i]
            .quants
            .as_flattened_mut()
            .as_chunks_mut::<16>()
            .0;
        for (place, unit) in places.iter_mut().zip(F::UNITS) {
            *place = units[unit];
        }
        let stored = sums[32 * b..32 * b + 32].as_chunks().0;
        for (sum, stored) in quad.blocks[i].sums.iter_mut().zip(stored) {
            *sum = i16::from_le_bytes(*stored);
        }
        for (sum, unit) in quad.blocks[i].true_sums.iter_mut().zip(units) {
            *sum = unit.iter().map(|x| i16::from(x.cast_signed())).sum();
        }
        let scale = f32::from_le_bytes(scales.as_chunks().0[b]);
        quad.scales[4 * i..4 * i + 4].fill(scale);
    }
    quads
}

/// The sums of products of one block, to be summed over all lanes: of quants,
/// and of minima with the stored sums.
#[inline(always)]
fn dots<L: Lanes, F: Blocks256, const COLS: usize>(
    lanes: L,
    w: &[u8],
    x: [&Block; COLS],
) -> [(L::Ints, L::Ints); COLS] {
    let quants = F::quants(lanes, w);
    let (scales, minima) = F::scales(lanes, w);
    let zero = lanes.splat_int(0);
    let mut dots = [(zero, zero); COLS];
    for i in 0..4 {
        let scale = lanes.spread::<F>(scales, i);
        for c in 0..COLS {
            let x = lanes.load(&x[c].quants[i]);
            let (dot, _) = &mut dots[c];
            if F::WIDE {
                let products = lanes.dot(zero, quants[i], x, true);
                let scaled = lanes.mul_ints(products, lanes.upper(scale));
                *dot = lanes.add_ints(*dot, scaled);
            } else {
                *dot = lanes.add_products(*dot, lanes.pairs(quants[i], x), scale);
            }
        }
    }
    for c in 0..COLS {
        let (dot, minimum) = &mut dots[c];
        if let Some(shift) = F::OFFSET_SHIFT {
            let sums = lanes.half_products(scales, lanes.half(&x[c].true_sums));
            *dot = lanes.sub_ints(*dot, lanes.shl_ints(sums, shift));
        }
        if F::MINIMUM_AT.is_some() {
            *minimum = lanes.half_products(minima, lanes.half(&x[c].sums));
        }
    }
    dots
}

/// Adds the terms of up to four blocks of four rows to their chains, row after
/// row for each chain.
#[inline(always)]
fn add_terms<L: Lanes, F: Blocks256, const COLS: usize>(
    lanes: L,
    chains: &mut [L::Floats; COLS],
    w: [&[u8]; 4],
    blocks: usize,
    x: [&Quad; COLS],
) {
    let zero = lanes.splat_int(0);
    let mut sums = [([zero; 4], [zero; 4]); COLS];
    for b in 0..blocks {
        let mut of_rows = [([zero; 4], [zero; 4]); COLS];
        let x = std::array::from_fn(|c| &x[c].blocks[b]);
        for r in 0..4 {
            let dots = dots::<L, F, COLS>(lanes, &w[r][b * F::BYTES..][..F::BYTES], x);
            for c in 0..COLS {
                (of_rows[c].0[r], of_rows[c].1[r]) = dots[c];
            }
        }
        for c in 0..COLS {
            sums[c].0[b] = lanes.sum_quarters(of_rows[c].0);
            if F::MINIMUM_AT.is_some() {
                sums[c].1[b] = lanes.sum_quarters(of_rows[c].1);
            }
        }
    }
    let scales = lanes.floats_of_f16(halves(w, F::BYTES, F::SCALE_AT));
    for c in 0..COLS {
        let x_scales = lanes.floats(&x[c].scales);
        let sum = lanes.to_floats(lanes.sum_over_quarters(sums[c].0));
        let mut term = lanes.mul(lanes.mul(scales, x_scales), sum);
        if let Some(at) = F::MINIMUM_AT {
            let minima = lanes.floats_of_f16(halves(w, F::BYTES, at));
            let sum = lanes.to_floats(lanes.sum_over_quarters(sums[c].1));
            term = lanes.sub(term, lanes.mul(lanes.mul(minima, x_scales), sum));
        }
        chains[c] = lanes.add(chains[c], term);
    }
}

/// The products of four rows with some columns.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Blocks256, const COLS: usize>(
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
        add_terms::<L, F, COLS>(lanes, &mut chains, w, 4, std::array::from_fn(|c| &x[c][q]));
    }
    let rest = w[0].len() - full * bytes;
    if rest > 0 {
        // Scales of zero make terms that add nothing.
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
        let x = std::array::from_fn(|c| &x[c][full]);
        add_terms::<L, F, COLS>(lanes, &mut chains, w, rest / F::BYTES, x);
    }
    let mut out = [[0.0; 4]; COLS];
    for c in 0..COLS {
        out[c] = lanes.halving_sums(chains[c]);
    }
    out
}

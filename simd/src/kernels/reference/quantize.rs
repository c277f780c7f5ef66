//! Activations to bytes.

use super::number::canonical;

/// 2^-100: a block whose values are all below counts as zeros.
const LEAST: f32 = f32::from_bits((127 - 100) << 23);

/// A block's scale and quants.
fn block(x: &[f32]) -> (f32, Vec<i8>) {
    let magnitudes = x.iter().map(|x| x.to_bits() & 0x7fff_ffff);
    let amax = f32::from_bits(magnitudes.max().unwrap_or(0));
    if amax.to_bits() < LEAST.to_bits() {
        return (0.0, vec![0; x.len()]);
    }
    let (d, id) = (amax / 127.0, 127.0 / amax);
    (d, x.iter().map(|x| quant(x * id)).collect())
}

fn quant(scaled: f32) -> i8 {
    // Both comparisons are false for a NaN, which so becomes -127.
    let above = if -127.0 < scaled { scaled } else { -127.0 };
    let within = if above < 127.0 { above } else { 127.0 };
    within.round_ties_even() as i8
}

fn sum(quants: &[i8]) -> i32 {
    quants.iter().map(|q| i32::from(*q)).sum()
}

fn store_quants(dst: &mut [u8], quants: &[i8]) {
    for (dst, q) in dst.iter_mut().zip(quants) {
        *dst = q.cast_unsigned();
    }
}

pub(super) fn q8x32(dst: &mut [u8], x: &[f32]) {
    let blocks = x.len() / 32;
    let (quants, floats) = dst.split_at_mut(x.len());
    let (scales, sums) = floats.split_at_mut(4 * blocks);
    for (b, x) in x.chunks(32).enumerate() {
        let (d, q) = block(x);
        let s = d * sum(&q) as f32;
        store_quants(&mut quants[32 * b..], &q);
        scales[4 * b..4 * b + 4].copy_from_slice(&canonical(d).to_le_bytes());
        sums[4 * b..4 * b + 4].copy_from_slice(&canonical(s).to_le_bytes());
    }
}

pub(super) fn q8x256(dst: &mut [u8], x: &[f32]) {
    let blocks = x.len() / 256;
    let (quants, rest) = dst.split_at_mut(x.len());
    let (scales, sums) = rest.split_at_mut(4 * blocks);
    for (b, x) in x.chunks(256).enumerate() {
        let (d, q) = block(x);
        store_quants(&mut quants[256 * b..], &q);
        scales[4 * b..4 * b + 4].copy_from_slice(&canonical(d).to_le_bytes());
        for (g, q) in q.chunks(16).enumerate() {
            let sum = sum(q) as i16;
            sums[32 * b + 2 * g..][..2].copy_from_slice(&sum.to_le_bytes());
        }
    }
}

//! Operations on rows of floats.

use super::float::read_f32;
use super::halving_sum;
use super::number::canonical;
use crate::kernels::Pointwise;
use crate::kernels::rows::{Rows, RowsMut};

/// The exponential function as the kernels have it.
pub fn exp(x: f32) -> f32 {
    // A NaN is neither below nor above, and stays.
    let x = if x < -104.0 { -104.0 } else { x };
    let x = if 89.0 < x { 89.0 } else { x };
    // Powers of two, and the rest, for which a polynomial is good.
    let n = (x * LOG2_E).round_ties_even();
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = POLYNOMIAL[0];
    for coefficient in &POLYNOMIAL[1..] {
        p = p * r + coefficient;
    }
    let y = (p * (r * r) + r) + 1.0;
    // In two steps, because the power alone may be no float.
    let n = n as i32;
    let a = n >> 1;
    let b = n - a;
    (y * power_of_two(a)) * power_of_two(b)
}

pub(in crate::kernels) const LOG2_E: f32 = f32::from_bits(0x3fb8_aa3b);
/// The logarithm of 2 in two parts, of which the first has few digits.
pub(in crate::kernels) const LN_2_HIGH: f32 = f32::from_bits(0x3f31_7200);
pub(in crate::kernels) const LN_2_LOW: f32 = f32::from_bits(0x35bf_be8e);
/// Of the highest power first.
pub(in crate::kernels) const POLYNOMIAL: [f32; 6] = [
    f32::from_bits(0x3950_6967),
    f32::from_bits(0x3ab7_43ce),
    f32::from_bits(0x3c08_8908),
    f32::from_bits(0x3d2a_a9c1),
    f32::from_bits(0x3e2a_aaaa),
    0.5,
];
/// Twice the square root of 2 / pi.
pub(in crate::kernels) const GELU: f32 = f32::from_bits(0x3fcc_422a);
pub(in crate::kernels) const GELU_CUBE: f32 = f32::from_bits(0x3d37_2713);

fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) as u32) << 23)
}

/// The sum in sixteen chains.
fn sum(values: impl Iterator<Item = f32>) -> f32 {
    let mut s = [0.0; 16];
    for (e, value) in values.enumerate() {
        s[e % 16] += value;
    }
    let t: [f32; 8] = std::array::from_fn(|l| s[l] + s[l + 8]);
    halving_sum(std::array::from_fn(|l| t[l] + t[l + 4]))
}

/// Row by row: reads the operand (from `dst` itself if there is no `x`),
/// writes what `compute` makes of it.
fn each_row(
    dst: &mut RowsMut<'_>,
    x: Option<Rows<'_>>,
    rows: usize,
    n: usize,
    mut compute: impl FnMut(usize, Vec<f32>) -> Vec<f32>,
) {
    dst.assert_holds(rows, 4 * n);
    if let Some(x) = &x {
        x.assert_holds(rows, 4 * n);
    }
    for row in 0..rows {
        let operand = match &x {
            Some(x) => read_f32(x.row(row, 4 * n)),
            None => read_f32(dst.row(row, 4 * n)),
        };
        let results = compute(row, operand);
        let (to, _) = dst.row(row, 4 * n).as_chunks_mut();
        for (to, result) in to.iter_mut().zip(results) {
            *to = canonical(result).to_le_bytes();
        }
    }
}

/// See [`crate::kernels::softmax`].
///
/// # Panics
///
/// If rows lie outside of what is given.
pub fn softmax(
    mut dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    mask: Rows<'_>,
    rows: usize,
    n: usize,
    [scale, slope]: [f32; 2],
) {
    mask.assert_holds(rows, 4 * n);
    each_row(&mut dst, x, rows, n, |row, x| {
        let mask = read_f32(mask.row(row, 4 * n));
        let t = x.iter().zip(mask).map(|(x, m)| x * scale + slope * m);
        let t: Vec<f32> = t.collect();
        let mut most = f32::NEG_INFINITY;
        for t in &t {
            most = if most < *t { *t } else { most };
        }
        let v: Vec<f32> = t.iter().map(|t| exp(t - most)).collect();
        let inverse = 1.0 / sum(v.iter().copied());
        v.iter().map(|v| v * inverse).collect()
    });
}

/// See [`crate::kernels::pointwise`].
///
/// # Panics
///
/// If rows lie outside of what is given.
pub fn pointwise(
    operation: Pointwise,
    mut dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    y: Rows<'_>,
    rows: usize,
    n: usize,
) {
    let gate = |x: f32, u: f32, y: f32| (x / (1.0 + exp(-u))) * y;
    y.assert_holds(rows, 4 * n);
    each_row(&mut dst, x, rows, n, |row, x| {
        let y = read_f32(y.row(row, 4 * n));
        let results = x.into_iter().zip(y).map(|(x, y)| match operation {
            Pointwise::Add => x + y,
            Pointwise::Swiglu => gate(x, x, y),
            Pointwise::Geglu => gate(x, (x * GELU) * (1.0 + (GELU_CUBE * x) * x), y),
        });
        results.collect()
    });
}

/// See [`crate::kernels::rms_norm`].
///
/// # Panics
///
/// If rows lie outside of what is given.
pub fn rms_norm(
    mut dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    w: Option<&[u8]>,
    rows: usize,
    n: usize,
    eps: f32,
) {
    let w = w.map(|w| read_f32(&w[..4 * n]));
    each_row(&mut dst, x, rows, n, |_, x| {
        let mean = sum(x.iter().map(|x| x * x)) / n as f32;
        let inverse = 1.0 / (mean + eps).sqrt();
        let scaled = x.iter().map(|x| x * inverse);
        match &w {
            Some(w) => scaled.zip(w).map(|(x, w)| x * w).collect(),
            None => scaled.collect(),
        }
    });
}

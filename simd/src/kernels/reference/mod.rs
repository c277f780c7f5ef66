//! The meaning of the kernels, in plain code.
//!
//! Nothing here is made to be fast. Every `+ - * /` on floats is one rounded
//! operation, in the order in which it is written.

mod blocks256;
mod blocks32;
mod float;
mod number;
mod quantize;
pub(super) mod rows;

use super::format::{Activations, Format};
use super::rows::{Rows, RowsMut};

pub use number::{bf16, f16};
pub(super) use number::{canonical, mxfp4_scale};
pub use rows::{exp, pointwise, rms_norm, softmax};

/// Quantizes `rows` rows of `k` floats.
///
/// # Panics
///
/// If a row of `k` elements is no whole number of blocks, rows lie outside of
/// what is given, or `kind` is [`Activations::F32`].
pub fn quantize(kind: Activations, mut dst: RowsMut<'_>, x: Rows<'_>, rows: usize, k: usize) {
    let length = kind.row_bytes(k);
    x.assert_holds(rows, Activations::F32.row_bytes(k));
    dst.assert_holds(rows, length);
    for row in 0..rows {
        let x = float::read_f32(x.row(row, 4 * k));
        let dst = dst.row(row, length);
        match kind {
            Activations::F32 => panic!("floats need no quantizer"),
            Activations::Q8x32 => quantize::q8x32(dst, &x),
            Activations::Q8x256 => quantize::q8x256(dst, &x),
        }
    }
}

/// `dst[c][r]` = the product of row r of `w` and row c of `x`.
///
/// # Panics
///
/// If a row of `k` elements is no whole number of blocks, or rows lie outside
/// of what is given.
pub fn matmul(
    format: Format,
    mut dst: RowsMut<'_>,
    w: Rows<'_>,
    x: Rows<'_>,
    rows: usize,
    cols: usize,
    k: usize,
) {
    if rows == 0 || cols == 0 {
        return;
    }
    let (w_length, x_length) = (format.row_bytes(k), format.activations().row_bytes(k));
    w.assert_holds(rows, w_length);
    x.assert_holds(cols, x_length);
    dst.assert_holds(cols, 4 * rows);
    for c in 0..cols {
        let x = x.row(c, x_length);
        for r in 0..rows {
            let w = w.row(r, w_length);
            let product = match format.activations() {
                Activations::F32 => float::product(format, w, x),
                Activations::Q8x32 => blocks32::product(format, w, x),
                Activations::Q8x256 => blocks256::product(format, w, x),
            };
            let bytes = canonical(product).to_le_bytes();
            dst.row(c, 4 * rows)[4 * r..4 * r + 4].copy_from_slice(&bytes);
        }
    }
}

/// The sum of four chains.
fn halving_sum(s: [f32; 4]) -> f32 {
    (s[0] + s[2]) + (s[1] + s[3])
}

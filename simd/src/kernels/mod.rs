//! Matrix products and operations on rows whose bits are law: the native side
//! of the kernels that guests carry as Wasm functions.
//!
//! `docs/kernels.md` says what they compute; [`mod@reference`] is the same
//! in code. [`matmul`], [`quantize`], [`softmax`], [`pointwise`] and [`rms_norm`] give
//! the same bits at speed, whatever the instructions and the number of threads.
//! `tests/kernels` holds them to that.

#[cfg(feature = "cases")]
pub mod cases;
#[allow(
    clippy::needless_range_loop,
    reason = "rows, columns and blocks count in several arrays at once"
)]
mod fast;
mod format;
mod isa;
pub mod reference;
mod rows;
mod team;
mod threads;

pub use format::{Activations, Format};
pub use isa::Isa;
pub use rows::{Rows, RowsMut, extent};
pub use threads::Threads;

/// What is made of two floats at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pointwise {
    /// `x + y`.
    Add,
    /// `y` as a gate lets it through: `x / (1 + exp(-x)) * y`.
    Swiglu,
    /// The same with the approximation of GELU that is written with tanh.
    Geglu,
}

/// Quantizes `rows` rows of `k` floats.
///
/// # Panics
///
/// If this CPU lacks the instructions, a row of `k` elements is no whole
/// number of blocks, rows lie outside of what is given, or `kind` is
/// [`Activations::F32`].
pub fn quantize(
    isa: Isa,
    kind: Activations,
    dst: RowsMut<'_>,
    x: Rows<'_>,
    rows: usize,
    k: usize,
    threads: &Threads,
) {
    if rows == 0 {
        return;
    }
    if rows > 1 && dst.stride < kind.row_bytes(k) {
        // Rows that overlap: one after the other.
        dst.assert_holds(rows, kind.row_bytes(k));
        for row in 0..rows {
            let dst = RowsMut::new(&mut dst.bytes[row * dst.stride..], 0);
            let x = Rows::new(&x.bytes[row * x.stride..], 0);
            fast::quantize(isa, kind, dst, x, 1, k, threads);
        }
        return;
    }
    fast::quantize(isa, kind, dst, x, rows, k, threads);
}

/// `dst[c][r]` = the product of row r of `w` and row c of `x`, for `rows` rows
/// of `w` and `cols` rows of `x`, each of `k` elements.
///
/// # Panics
///
/// If this CPU lacks the instructions, a row of `k` elements is no whole
/// number of blocks, or rows lie outside of what is given.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub fn matmul(
    isa: Isa,
    format: Format,
    dst: RowsMut<'_>,
    w: Rows<'_>,
    x: Rows<'_>,
    rows: usize,
    cols: usize,
    k: usize,
    threads: &Threads,
) {
    if rows == 0 || cols == 0 {
        return;
    }
    if cols > 1 && dst.stride < 4 * rows {
        // Columns that overlap: one after the other.
        dst.assert_holds(cols, 4 * rows);
        for col in 0..cols {
            let dst = RowsMut::new(&mut dst.bytes[col * dst.stride..], 0);
            let x = Rows::new(&x.bytes[col * x.stride..], 0);
            fast::matmul(isa, format, dst, w, x, rows, 1, k, threads);
        }
        return;
    }
    fast::matmul(isa, format, dst, w, x, rows, cols, k, threads);
}

/// Turns each of `rows` rows of `n` floats into weights that sum up to one: the
/// exponentials of `x * scale + slope * mask`, over their sum. `factors` are
/// scale and slope. Without `x`, its rows are those of `dst`.
///
/// # Panics
///
/// If this CPU lacks the instructions, or rows lie outside of what is given.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub fn softmax(
    isa: Isa,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    mask: Rows<'_>,
    rows: usize,
    n: usize,
    factors: [f32; 2],
    threads: &Threads,
) {
    if rows > 1 && dst.stride < 4 * n {
        return reference::softmax(dst, x, mask, rows, n, factors);
    }
    fast::softmax(isa, dst, x, mask, rows, n, factors, threads);
}

/// Puts together the floats of `x`'s rows and those of `y`'s, for `rows` rows
/// of `n` floats. Without `x`, its rows are those of `dst`.
///
/// # Panics
///
/// If this CPU lacks the instructions, or rows lie outside of what is given.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub fn pointwise(
    isa: Isa,
    operation: Pointwise,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    y: Rows<'_>,
    rows: usize,
    n: usize,
    threads: &Threads,
) {
    if rows > 1 && dst.stride < 4 * n {
        return reference::pointwise(operation, dst, x, y, rows, n);
    }
    fast::pointwise(isa, operation, dst, x, y, rows, n, threads);
}

/// Divides each of `rows` rows of `n` floats by the root of the mean of its
/// squares and `eps`, and multiplies it with `w` if there is one, a row for all.
/// Without `x`, its rows are those of `dst`.
///
/// # Panics
///
/// If this CPU lacks the instructions, or rows lie outside of what is given.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub fn rms_norm(
    isa: Isa,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    w: Option<&[u8]>,
    rows: usize,
    n: usize,
    eps: f32,
    threads: &Threads,
) {
    if rows > 1 && dst.stride < 4 * n {
        return reference::rms_norm(dst, x, w, rows, n, eps);
    }
    fast::rms_norm(isa, dst, x, w, rows, n, eps, threads);
}

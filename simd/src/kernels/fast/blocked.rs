//! What formats with blocks of 32 and of 256 have in common: the work that is
//! shared out for them.

use std::cell::Cell;
use std::marker::PhantomData;

use super::blocks32::Blocks32;
use super::blocks256::Blocks256;
use super::lanes::Lanes;
use super::{tile32, tile256, vector32, vector256};

/// A quantized format.
pub(super) trait Blocked {
    /// Elements of a block.
    const ELEMENTS: usize;
    /// A part of a column, for products with few columns.
    type Quad: Sync;
    /// A part of sixteen columns, for products with many.
    type Columns: Sync + Send + Clone;
    const NO_COLUMNS: Self::Columns;
    /// A part of four unpacked rows.
    type Weights: Clone + 'static;
    const NO_WEIGHTS: Self::Weights;

    /// How many [`Blocked::Columns`] that many blocks are.
    fn columns(blocks: usize) -> usize;
    /// How many [`Blocked::Weights`] that many blocks are.
    fn weights(blocks: usize) -> usize;
    /// The thread's memory for unpacked rows, left empty.
    fn take_scratch() -> Vec<Self::Weights>;
    /// Gives the memory back.
    fn keep_scratch(scratch: Vec<Self::Weights>);
    /// The same for columns.
    fn take_columns() -> Vec<Self::Columns>;
    fn keep_columns(columns: Vec<Self::Columns>);

    fn pack_column(x: &[u8], blocks: usize) -> Vec<Self::Quad>;
    fn vector<L: Lanes, const COLS: usize>(
        lanes: L,
        w: [&[u8]; 4],
        ahead: [&[u8]; 4],
        x: [&[Self::Quad]; COLS],
    ) -> [[f32; 4]; COLS];

    fn pack_columns(x: &[&[u8]], blocks: usize, to: &mut [Self::Columns]);
    fn unpack<L: Lanes>(lanes: L, w: [&[u8]; 4], to: &mut [Self::Weights]);
    fn tile<L: Lanes, const QUADS: usize>(
        lanes: L,
        w: [&[Self::Weights]; QUADS],
        x: &[Self::Columns],
    ) -> [[L::Floats; 4]; QUADS];
}

/// Writes the two kinds.
macro_rules! kinds {
    ($($Name:ident: $Blocks:ident, $elements:literal, $vector:ident, $tile:ident, $quads:expr, $unit:expr;)*) => {$(
        pub(super) struct $Name<F>(PhantomData<F>);

        const _: () = {
            thread_local! {
                static SCRATCH: Cell<Vec<$tile::Weights>> = const { Cell::new(Vec::new()) };
                static COLUMNS: Cell<Vec<$tile::Columns>> = const { Cell::new(Vec::new()) };
            }

            impl<F: $Blocks> Blocked for $Name<F> {
                const ELEMENTS: usize = $elements;
                type Quad = $vector::Quad;
                type Columns = $tile::Columns;
                const NO_COLUMNS: $tile::Columns = $tile::NO_COLUMNS;
                type Weights = $tile::Weights;
                const NO_WEIGHTS: $tile::Weights = $tile::NO_WEIGHTS;

                fn columns(blocks: usize) -> usize {
                    blocks.div_ceil($unit) * $unit
                }

                fn weights(blocks: usize) -> usize {
                    blocks.div_ceil($quads)
                }

                fn take_scratch() -> Vec<$tile::Weights> {
                    SCRATCH.take()
                }

                fn keep_scratch(scratch: Vec<$tile::Weights>) {
                    SCRATCH.set(scratch);
                }

                fn take_columns() -> Vec<$tile::Columns> {
                    COLUMNS.take()
                }

                fn keep_columns(columns: Vec<$tile::Columns>) {
                    COLUMNS.set(columns);
                }

                #[inline(always)]
                fn pack_column(x: &[u8], blocks: usize) -> Vec<$vector::Quad> {
                    $vector::pack::<F>(x, blocks)
                }

                #[inline(always)]
                fn vector<L: Lanes, const COLS: usize>(
                    lanes: L,
                    w: [&[u8]; 4],
                    ahead: [&[u8]; 4],
                    x: [&[$vector::Quad]; COLS],
                ) -> [[f32; 4]; COLS] {
                    $vector::products::<L, F, COLS>(lanes, w, ahead, x)
                }

                #[inline(always)]
                fn pack_columns(x: &[&[u8]], blocks: usize, to: &mut [$tile::Columns]) {
                    $tile::pack::<F>(x, blocks, to);
                }

                #[inline(always)]
                fn unpack<L: Lanes>(lanes: L, w: [&[u8]; 4], to: &mut [$tile::Weights]) {
                    $tile::unpack::<L, F>(lanes, w, to);
                }

                #[inline(always)]
                fn tile<L: Lanes, const QUADS: usize>(
                    lanes: L,
                    w: [&[$tile::Weights]; QUADS],
                    x: &[$tile::Columns],
                ) -> [[L::Floats; 4]; QUADS] {
                    $tile::products::<L, F, QUADS>(lanes, w, x)
                }
            }
        };
    )*};
}

kinds! {
    By32: Blocks32, 32, vector32, tile32, 4, 4;
    By256: Blocks256, 256, vector256, tile256, 1, 1;
}

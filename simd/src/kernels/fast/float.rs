//! Products of floats: sixteen chains side by side in a register for each
//! product.

use super::lanes::{Lanes, part};

/// A format of floats.
pub(super) trait Float {
    /// Sixteen elements.
    type Chunk;

    /// Whole chunks, and the bytes behind them.
    fn chunks(row: &[u8]) -> (&[Self::Chunk], &[u8]);
    /// A chunk with zeros behind `bytes`.
    fn filled(bytes: &[u8]) -> Self::Chunk;
    fn load<L: Lanes>(lanes: L, chunk: &Self::Chunk) -> L::Floats;
}

/// Writes the formats, by the bytes of a chunk.
macro_rules! formats {
    ($($Name:ident: $bytes:literal, $load:ident;)*) => {$(
        pub(super) struct $Name;

        impl Float for $Name {
            type Chunk = [u8; $bytes];

            #[inline(always)]
            fn chunks(row: &[u8]) -> (&[[u8; $bytes]], &[u8]) {
                row.as_chunks()
            }

            #[inline(always)]
            fn filled(bytes: &[u8]) -> [u8; $bytes] {
                let mut chunk = [0; $bytes];
                chunk[..bytes.len()].copy_from_slice(bytes);
                chunk
            }

            #[inline(always)]
            fn load<L: Lanes>(lanes: L, chunk: &[u8; $bytes]) -> L::Floats {
                lanes.$load(chunk)
            }
        }
    )*};
}

formats! {
    F32: 64, floats_in;
    F16: 32, f16_in;
    Bf16: 32, bf16_in;
}

/// The products of `4 * QUADS` rows with some columns.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Float, const QUADS: usize, const COLS: usize>(
    lanes: L,
    w: [[&[u8]; 4]; QUADS],
    x: [&[u8]; COLS],
) -> [[[f32; 4]; QUADS]; COLS] {
    let mut chains = [[[lanes.splat_float(0.0); 4]; QUADS]; COLS];
    let whole = F::chunks(w[0][0]).0.len();
    let weights: [[&[F::Chunk]; 4]; QUADS] = w.map(|w| w.map(|w| &F::chunks(w).0[..whole]));
    let columns: [&[[u8; 64]]; COLS] = x.map(|x| &x.as_chunks::<64>().0[..whole]);
    for e in 0..whole {
        let mut xs = [lanes.splat_float(0.0); COLS];
        for c in 0..COLS {
            xs[c] = lanes.floats_in(&columns[c][e]);
        }
        for n in 0..QUADS {
            for r in 0..4 {
                let w = F::load(lanes, &weights[n][r][e]);
                for c in 0..COLS {
                    chains[c][n][r] = lanes.add(chains[c][n][r], lanes.mul(w, xs[c]));
                }
            }
        }
    }
    if !F::chunks(w[0][0]).1.is_empty() {
        // Zeros behind the end add zeros.
        for c in 0..COLS {
            let x = F32::filled(&x[c][64 * whole..]);
            let x = lanes.floats_in(part(&x, 0));
            for n in 0..QUADS {
                for r in 0..4 {
                    let w = F::load(lanes, &F::filled(F::chunks(w[n][r]).1));
                    chains[c][n][r] = lanes.add(chains[c][n][r], lanes.mul(w, x));
                }
            }
        }
    }
    let mut out = [[[0.0; 4]; QUADS]; COLS];
    for c in 0..COLS {
        for n in 0..QUADS {
            out[c][n] = lanes.halving_sums_of_all(chains[c][n]);
        }
    }
    out
}

//! Products of floats: sixteen chains side by side in a register for each
//! product.

use super::lanes::Lanes;

/// A format of floats.
pub(super) trait Float {
    /// Sixteen elements.
    type Chunk;
    /// Whether they are narrower than single precision.
    const NARROW: bool;

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
            const NARROW: bool = $bytes < 64;

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

/// Widens a row, with zeros behind its end.
#[inline(always)]
pub(super) fn widen<L: Lanes, F: Float>(lanes: L, row: &[u8], to: &mut [[u8; 64]]) {
    let (chunks, rest) = F::chunks(row);
    for (to, chunk) in to.iter_mut().zip(chunks) {
        lanes.store_floats_in(F::load(lanes, chunk), to);
    }
    if let [to] = &mut to[chunks.len()..] {
        lanes.store_floats_in(F::load(lanes, &F::filled(rest)), to);
    }
}

/// The chains of `4 * QUADS` rows and some columns.
type Chains<L, const QUADS: usize, const COLS: usize> = [[[<L as Lanes>::Floats; 4]; QUADS]; COLS];

/// Adds the products of `N` chunks.
#[inline(always)]
fn add_products<L: Lanes, F: Float, const QUADS: usize, const COLS: usize, const N: usize>(
    lanes: L,
    chains: &mut Chains<L, QUADS, COLS>,
    w: [[&[F::Chunk; N]; 4]; QUADS],
    x: [&[[u8; 64]; N]; COLS],
) {
    for e in 0..N {
        let mut columns = [lanes.splat_float(0.0); COLS];
        for c in 0..COLS {
            columns[c] = lanes.floats_in(&x[c][e]);
        }
        for n in 0..QUADS {
            for r in 0..4 {
                let w = F::load(lanes, &w[n][r][e]);
                for c in 0..COLS {
                    chains[c][n][r] = lanes.add(chains[c][n][r], lanes.mul(w, columns[c]));
                }
            }
        }
    }
}

/// What `f` makes of each. Unlike `map` it is always inlined.
#[inline(always)]
fn each<T: Copy, U: Copy, const N: usize>(from: [T; N], f: impl Fn(T) -> U) -> [U; N] {
    let mut to = [f(from[0]); N];
    for i in 1..N {
        to[i] = f(from[i]);
    }
    to
}

/// `N` chunks from `e` on.
#[inline(always)]
fn some<const N: usize, T>(chunks: &[T], e: usize) -> &[T; N] {
    chunks[e..].first_chunk().expect("rows are equally long")
}

/// The products of `4 * QUADS` rows with some columns.
#[inline(always)]
pub(super) fn products<L: Lanes, F: Float, const QUADS: usize, const COLS: usize>(
    lanes: L,
    w: [[&[u8]; 4]; QUADS],
    x: [&[u8]; COLS],
) -> [[[f32; 4]; QUADS]; COLS] {
    let mut chains = [[[lanes.splat_float(0.0); 4]; QUADS]; COLS];
    let weights = each(w, |w| each(w, |w| F::chunks(w).0));
    let columns = each(x, |x| x.as_chunks::<64>().0);
    let whole = weights[0][0].len();
    let mut e = 0;
    while e + 4 <= whole {
        let w = each(weights, |w| each(w, |w| some::<4, _>(w, e)));
        let x = each(columns, |x| some::<4, _>(x, e));
        add_products::<L, F, QUADS, COLS, 4>(lanes, &mut chains, w, x);
        e += 4;
    }
    while e < whole {
        let w = each(weights, |w| each(w, |w| some::<1, _>(w, e)));
        let x = each(columns, |x| some::<1, _>(x, e));
        add_products::<L, F, QUADS, COLS, 1>(lanes, &mut chains, w, x);
        e += 1;
    }
    if !F::chunks(w[0][0]).1.is_empty() {
        // Zeros behind the end add zeros.
        for c in 0..COLS {
            let x = F32::filled(&x[c][64 * whole..]);
            let x = lanes.floats_in(&x);
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

//! Operations on rows of floats. Plain code, which the compiler turns into each
//! CPU's vectors: sixteen elements at a time, as the chains of sums have them.

use std::sync::Mutex;

use super::door::{Door, Kernel};
use super::lanes::Lanes;
use crate::kernels::reference::canonical;
use crate::kernels::reference::rows::{GELU, GELU_CUBE, LN_2_HIGH, LN_2_LOW, LOG2_E, POLYNOMIAL};
use crate::kernels::{Gate, Isa, Rows, RowsMut, Threads};

/// Elements that a task should have at least.
const TASK: usize = 1 << 13;

/// 1.5 * 2^23: added to a small number it leaves the nearest integer in the
/// lowest bits, and of two the even one.
const ROUND: f32 = 12_582_912.0;

/// Sixteen elements, or lanes of sums.
type Chunk = [f32; 16];

/// An operation on one row.
trait Operation: Copy + Sync {
    /// Computes row `row` in place.
    fn run(self, row: usize, to: &mut [u8]);
}

/// Does all rows of `dst`, which do not overlap, after bringing `x` there.
fn each_row(
    isa: Isa,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    rows: usize,
    n: usize,
    threads: &Threads,
    operation: impl Operation,
) {
    let length = 4 * n;
    dst.assert_holds(rows, length);
    if let Some(x) = &x {
        x.assert_holds(rows, length);
    }
    if length == 0 {
        return;
    }
    let door = Door::new(isa);
    let to = dst.bytes.chunks_mut(dst.stride.max(length)).take(rows);
    let to: Vec<_> = to.map(Mutex::new).collect();
    let rows_of_task = TASK.div_ceil(n).min(rows.max(1));
    threads.run(rows.div_ceil(rows_of_task), |task| {
        for row in task * rows_of_task..rows.min((task + 1) * rows_of_task) {
            let mut to = to[row].lock().expect("no operation panics");
            let to = &mut to[..length];
            if let Some(x) = &x {
                to.copy_from_slice(x.row(row, length));
            }
            door.enter(Row { operation, row, to });
        }
    });
}

struct Row<'a, O> {
    operation: O,
    row: usize,
    to: &'a mut [u8],
}

impl<O: Operation> Kernel for Row<'_, O> {
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        self.operation.run(self.row, self.to);
    }
}

/// See [`crate::kernels::softmax`]. Rows of `dst` do not overlap.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub(in crate::kernels) fn softmax(
    isa: Isa,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    mask: Rows<'_>,
    rows: usize,
    n: usize,
    factors: [f32; 2],
    threads: &Threads,
) {
    mask.assert_holds(rows, 4 * n);
    each_row(isa, dst, x, rows, n, threads, Softmax { mask, factors });
}

/// See [`crate::kernels::gated`]. Rows of `dst` do not overlap.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub(in crate::kernels) fn gated(
    isa: Isa,
    gate: Gate,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    g: Rows<'_>,
    rows: usize,
    n: usize,
    threads: &Threads,
) {
    g.assert_holds(rows, 4 * n);
    each_row(isa, dst, x, rows, n, threads, Gated { gate, g });
}

/// See [`crate::kernels::rms_norm`]. Rows of `dst` do not overlap.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub(in crate::kernels) fn rms_norm(
    isa: Isa,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    w: Option<&[u8]>,
    rows: usize,
    n: usize,
    eps: f32,
    threads: &Threads,
) {
    let w = w.map(|w| &w[..4 * n]);
    each_row(isa, dst, x, rows, n, threads, RmsNorm { w, eps });
}

/// Sixteen elements of a row; zeros behind its end.
#[inline(always)]
fn read(bytes: &[u8]) -> Chunk {
    let mut chunk = [0.0; 16];
    for (to, from) in chunk.iter_mut().zip(bytes.as_chunks().0) {
        *to = f32::from_le_bytes(*from);
    }
    chunk
}

#[inline(always)]
fn write(chunk: Chunk, bytes: &mut [u8]) {
    for (to, from) in bytes.as_chunks_mut().0.iter_mut().zip(chunk) {
        *to = from.to_le_bytes();
    }
}

/// Sixteen results of `f`.
#[inline(always)]
fn lanes(f: impl Fn(usize) -> f32) -> Chunk {
    let mut chunk = [0.0; 16];
    for (lane, to) in chunk.iter_mut().enumerate() {
        *to = f(lane);
    }
    chunk
}

/// Replaces every element: `f` gets the place of the first of sixteen in the
/// bytes of a row, and what is there.
#[inline(always)]
fn update(row: &mut [u8], mut f: impl FnMut(usize, Chunk) -> Chunk) {
    let (whole, rest) = row.as_chunks_mut::<64>();
    for (index, bytes) in whole.iter_mut().enumerate() {
        write(f(64 * index, read(bytes)), bytes);
    }
    if !rest.is_empty() {
        let chunk = f(64 * whole.len(), read(rest));
        write(chunk, rest);
    }
}

/// Sixteen elements from byte `at` of a row on.
#[inline(always)]
fn read_at(row: &[u8], at: usize) -> Chunk {
    match row[at..].first_chunk::<64>() {
        Some(bytes) => read(bytes),
        None => read(&row[at..]),
    }
}

/// The sum of sixteen chains.
#[inline(always)]
fn halving_sum(s: Chunk) -> f32 {
    let mut s = s;
    for width in [8, 4, 2, 1] {
        for lane in 0..width {
            s[lane] += s[lane + width];
        }
    }
    s[0]
}

#[inline(always)]
fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) << 23).cast_unsigned())
}

/// [`crate::kernels::reference::exp`], without what does not show: a NaN comes
/// out for a NaN whatever the exponent, and the sign of a zero is lost.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = if x < -104.0 { -104.0 } else { x };
    let x = if 89.0 < x { 89.0 } else { x };
    let rounded = x * LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = POLYNOMIAL[0];
    for coefficient in &POLYNOMIAL[1..] {
        p = p * r + coefficient;
    }
    let y = (p * (r * r) + r) + 1.0;
    let n = (rounded.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32) as i16;
    let n = i32::from(n);
    let a = n >> 1;
    (y * power_of_two(a)) * power_of_two(n - a)
}

#[derive(Clone, Copy)]
struct Softmax<'a> {
    mask: Rows<'a>,
    factors: [f32; 2],
}

impl Operation for Softmax<'_> {
    #[inline(always)]
    fn run(self, row: usize, to: &mut [u8]) {
        let mask = self.mask.row(row, to.len());
        let [scale, slope] = self.factors;
        let elements = to.len() / 4;
        let mut greatest = [f32::NEG_INFINITY; 16];
        update(to, |at, x| {
            let mask = read_at(mask, at);
            let t = lanes(|l| x[l] * scale + slope * mask[l]);
            let there = elements - at / 4;
            for l in 0..16 {
                let greater = greatest[l] < t[l] && l < there;
                greatest[l] = if greater { t[l] } else { greatest[l] };
            }
            t
        });
        let mut most = f32::NEG_INFINITY;
        for greatest in greatest {
            most = if most < greatest { greatest } else { most };
        }
        let mut sums = [0.0; 16];
        update(to, |at, t| {
            let v = lanes(|l| exp(t[l] - most));
            let there = elements - at / 4;
            for l in 0..16 {
                // Zeros change no chain.
                sums[l] += if l < there { v[l] } else { 0.0 };
            }
            v
        });
        let inverse = 1.0 / halving_sum(sums);
        update(to, |_, v| lanes(|l| canonical(v[l] * inverse)));
    }
}

#[derive(Clone, Copy)]
struct Gated<'a> {
    gate: Gate,
    g: Rows<'a>,
}

impl Operation for Gated<'_> {
    #[inline(always)]
    fn run(self, row: usize, to: &mut [u8]) {
        let g = self.g.row(row, to.len());
        let gated = |x: f32, u: f32, g: f32| canonical((x / (1.0 + exp(-u))) * g);
        match self.gate {
            Gate::Swiglu => update(to, |at, x| {
                let g = read_at(g, at);
                lanes(|l| gated(x[l], x[l], g[l]))
            }),
            Gate::Geglu => update(to, |at, x| {
                let g = read_at(g, at);
                lanes(|l| {
                    let u = (x[l] * GELU) * (1.0 + (GELU_CUBE * x[l]) * x[l]);
                    gated(x[l], u, g[l])
                })
            }),
        }
    }
}

#[derive(Clone, Copy)]
struct RmsNorm<'a> {
    w: Option<&'a [u8]>,
    eps: f32,
}

impl Operation for RmsNorm<'_> {
    #[inline(always)]
    fn run(self, _: usize, to: &mut [u8]) {
        let elements = to.len() / 4;
        let mut sums = [0.0; 16];
        let (whole, rest) = to.as_chunks::<64>();
        for bytes in whole {
            let x = read(bytes);
            for l in 0..16 {
                sums[l] += x[l] * x[l];
            }
        }
        // Behind the end are zeros.
        let x = read(rest);
        for l in 0..16 {
            sums[l] += x[l] * x[l];
        }
        let mean = halving_sum(sums) / elements as f32;
        let inverse = 1.0 / (mean + self.eps).sqrt();
        match self.w {
            Some(w) => update(to, |at, x| {
                let w = read_at(w, at);
                lanes(|l| canonical((x[l] * inverse) * w[l]))
            }),
            None => update(to, |_, x| lanes(|l| canonical(x[l] * inverse))),
        }
    }
}

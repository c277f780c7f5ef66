//! Operations on rows of floats: sixteen elements at a time, as the chains of
//! sums have them.

use std::sync::Mutex;

use super::door::{Door, Kernel};
use super::lanes::Lanes;
use crate::kernels::reference::rows::{GELU, GELU_CUBE, LN_2_HIGH, LN_2_LOW, LOG2_E, POLYNOMIAL};
use crate::kernels::{Isa, Pointwise, Rows, RowsMut, Threads};

/// Elements that a task should have at least.
const TASK: usize = 1 << 12;

/// 1.5 * 2^23: added to a small number it leaves the nearest integer in the
/// lowest bits, and of two the even one.
const ROUND: f32 = 12_582_912.0;

/// An operation on one row.
trait Operation: Copy + Sync {
    /// Computes row `row`, of `x` or in place.
    fn run<L: Lanes>(self, lanes: L, row: usize, x: Option<&[u8]>, to: &mut [u8]);
}

/// Does all rows of `dst`, which do not overlap.
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
    let rows_of_task = threads.items_of_task(rows, TASK.div_ceil(n));
    threads.run(rows.div_ceil(rows_of_task), |task| {
        for row in task * rows_of_task..rows.min((task + 1) * rows_of_task) {
            let mut to = to[row].lock().expect("no operation panics");
            door.enter(Row {
                operation,
                row,
                x: x.as_ref().map(|x| x.row(row, length)),
                to: &mut to[..length],
            });
        }
    });
}

struct Row<'a, O> {
    operation: O,
    row: usize,
    x: Option<&'a [u8]>,
    to: &'a mut [u8],
}

impl<O: Operation> Kernel for Row<'_, O> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L) {
        self.operation.run(lanes, self.row, self.x, self.to);
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

/// See [`crate::kernels::pointwise`]. Rows of `dst` do not overlap.
#[expect(
    clippy::too_many_arguments,
    reason = "a kernel's parameters, in its order"
)]
pub(in crate::kernels) fn pointwise(
    isa: Isa,
    operation: Pointwise,
    dst: RowsMut<'_>,
    x: Option<Rows<'_>>,
    y: Rows<'_>,
    rows: usize,
    n: usize,
    threads: &Threads,
) {
    y.assert_holds(rows, 4 * n);
    each_row(isa, dst, x, rows, n, threads, Pairs { operation, y });
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

/// Sixteen elements from byte `at` of a row on; zeros behind its end.
#[inline(always)]
fn read<L: Lanes>(lanes: L, row: &[u8], at: usize) -> L::Floats {
    let rest = &row[at..];
    match rest.first_chunk() {
        Some(bytes) => lanes.floats_in(bytes),
        None => {
            let mut bytes = [0; 64];
            bytes[..rest.len()].copy_from_slice(rest);
            lanes.floats_in(&bytes)
        }
    }
}

/// What is done with sixteen elements. It is no closure, because closures are
/// not compiled with the instructions of the function that they are inlined
/// into.
trait Step<L: Lanes> {
    /// Gives what `v`, the elements from byte `at` of a row on, becomes.
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats;
}

/// Does a row of `x`, or of `to` itself, and writes it to `to`.
#[inline(always)]
fn update<L: Lanes>(lanes: L, x: Option<&[u8]>, to: &mut [u8], step: &mut impl Step<L>) {
    let length = to.len();
    let mut at = 0;
    while at < length {
        let v = match x {
            Some(x) => read(lanes, x, at),
            None => read(lanes, to, at),
        };
        let v = step.step(lanes, at, v);
        let rest = &mut to[at..];
        match rest.first_chunk_mut() {
            Some(bytes) => lanes.store_floats_in(v, bytes),
            None => {
                let mut bytes = [0; 64];
                lanes.store_floats_in(v, &mut bytes);
                rest.copy_from_slice(&bytes[..rest.len()]);
            }
        }
        at += 64;
    }
}

/// The elements of `v` that a row of `length` bytes has from byte `at` on, and
/// `other` in place of those behind its end.
#[inline(always)]
fn within<L: Lanes>(lanes: L, v: L::Floats, length: usize, at: usize, other: f32) -> L::Floats {
    if length - at >= 64 {
        return v;
    }
    let mut elements = [0.0; 16];
    lanes.store_floats(v, &mut elements);
    elements[(length - at) / 4..].fill(other);
    lanes.floats(&elements)
}

/// The sum of sixteen chains.
#[inline(always)]
fn sum<L: Lanes>(lanes: L, chains: L::Floats) -> f32 {
    let mut s = [0.0; 16];
    lanes.store_floats(chains, &mut s);
    for width in [8, 4, 2, 1] {
        for lane in 0..width {
            s[lane] += s[lane + width];
        }
    }
    s[0]
}

/// The greatest of sixteen lanes.
#[inline(always)]
fn greatest<L: Lanes>(lanes: L, v: L::Floats) -> f32 {
    let mut all = [0.0; 16];
    lanes.store_floats(v, &mut all);
    let mut most = all[0];
    for next in all {
        most = if most < next { next } else { most };
    }
    most
}

/// [`crate::kernels::reference::exp`], without what does not show: a NaN comes
/// out for a NaN whatever the exponent, and the sign of a zero is lost.
#[inline(always)]
fn exp<L: Lanes>(lanes: L, x: L::Floats) -> L::Floats {
    let splat = |value| lanes.splat_float(value);
    let x = lanes.max(x, splat(-104.0));
    let x = lanes.min(x, splat(89.0));
    let rounded = lanes.add(lanes.mul(x, splat(LOG2_E)), splat(ROUND));
    let n = lanes.sub(rounded, splat(ROUND));
    let r = lanes.sub(x, lanes.mul(n, splat(LN_2_HIGH)));
    let r = lanes.sub(r, lanes.mul(n, splat(LN_2_LOW)));
    let mut p = splat(POLYNOMIAL[0]);
    for coefficient in &POLYNOMIAL[1..] {
        p = lanes.add(lanes.mul(p, r), splat(*coefficient));
    }
    let y = lanes.add(lanes.mul(p, lanes.mul(r, r)), r);
    let y = lanes.add(y, splat(1.0));
    let n = lanes.sub_ints(
        lanes.bits_of(rounded),
        lanes.splat_int(ROUND.to_bits().cast_signed()),
    );
    let a = lanes.half_ints(n);
    let y = lanes.mul(y, power_of_two(lanes, a));
    lanes.mul(y, power_of_two(lanes, lanes.sub_ints(n, a)))
}

#[inline(always)]
fn power_of_two<L: Lanes>(lanes: L, exponents: L::Ints) -> L::Floats {
    let biased = lanes.add_ints(exponents, lanes.splat_int(127));
    lanes.floats_of_bits(lanes.shl_ints(biased, 23))
}

#[derive(Clone, Copy)]
struct Softmax<'a> {
    mask: Rows<'a>,
    factors: [f32; 2],
}

impl Operation for Softmax<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L, row: usize, x: Option<&[u8]>, to: &mut [u8]) {
        let length = to.len();
        let [scale, slope] = self.factors;
        let mut scores = Scores {
            mask: self.mask.row(row, length),
            scale: lanes.splat_float(scale),
            slope: lanes.splat_float(slope),
            most: lanes.splat_float(f32::NEG_INFINITY),
        };
        update(lanes, x, to, &mut scores);
        let mut powers = Powers {
            length,
            most: lanes.splat_float(greatest(lanes, scores.most)),
            chains: lanes.splat_float(0.0),
        };
        update(lanes, None, to, &mut powers);
        let by = lanes.splat_float(1.0 / sum(lanes, powers.chains));
        update(lanes, None, to, &mut Scale { by });
    }
}

/// Scores with their mask, and the greatest of them in each lane.
struct Scores<'a, L: Lanes> {
    mask: &'a [u8],
    scale: L::Floats,
    slope: L::Floats,
    most: L::Floats,
}

impl<L: Lanes> Step<L> for Scores<'_, L> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        let mask = lanes.mul(self.slope, read(lanes, self.mask, at));
        let scores = lanes.add(lanes.mul(v, self.scale), mask);
        let there = within(lanes, scores, self.mask.len(), at, f32::NEG_INFINITY);
        self.most = lanes.max(self.most, there);
        scores
    }
}

/// Exponentials, and their sums.
struct Powers<L: Lanes> {
    length: usize,
    most: L::Floats,
    chains: L::Floats,
}

impl<L: Lanes> Step<L> for Powers<L> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        let powers = exp(lanes, lanes.sub(v, self.most));
        // Zeros change no chain.
        let there = within(lanes, powers, self.length, at, 0.0);
        self.chains = lanes.add(self.chains, there);
        powers
    }
}

/// Products with one number, as results.
struct Scale<L: Lanes> {
    by: L::Floats,
}

impl<L: Lanes> Step<L> for Scale<L> {
    #[inline(always)]
    fn step(&mut self, lanes: L, _: usize, v: L::Floats) -> L::Floats {
        lanes.canonical(lanes.mul(v, self.by))
    }
}

#[derive(Clone, Copy)]
struct Pairs<'a> {
    operation: Pointwise,
    y: Rows<'a>,
}

impl Operation for Pairs<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L, row: usize, x: Option<&[u8]>, to: &mut [u8]) {
        let y = self.y.row(row, to.len());
        match self.operation {
            Pointwise::Add => update(lanes, x, to, &mut Add(y)),
            Pointwise::Swiglu => update(lanes, x, to, &mut Swiglu(y)),
            Pointwise::Geglu => update(lanes, x, to, &mut Geglu(y)),
        }
    }
}

struct Add<'a>(&'a [u8]);

impl<L: Lanes> Step<L> for Add<'_> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        lanes.canonical(lanes.add(v, read(lanes, self.0, at)))
    }
}

/// A gate's results: `x / (1 + exp(-u)) * y`.
#[inline(always)]
fn gate<L: Lanes>(lanes: L, x: L::Floats, u: L::Floats, y: L::Floats) -> L::Floats {
    // Less than -0: the other sign, but for zeros and NaNs, where it does not show.
    let power = exp(lanes, lanes.sub(lanes.splat_float(-0.0), u));
    let divisor = lanes.add(lanes.splat_float(1.0), power);
    lanes.canonical(lanes.mul(lanes.div(x, divisor), y))
}

struct Swiglu<'a>(&'a [u8]);

impl<L: Lanes> Step<L> for Swiglu<'_> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        gate(lanes, v, v, read(lanes, self.0, at))
    }
}

struct Geglu<'a>(&'a [u8]);

impl<L: Lanes> Step<L> for Geglu<'_> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        let square = lanes.mul(lanes.mul(lanes.splat_float(GELU_CUBE), v), v);
        let more = lanes.add(lanes.splat_float(1.0), square);
        let u = lanes.mul(lanes.mul(v, lanes.splat_float(GELU)), more);
        gate(lanes, v, u, read(lanes, self.0, at))
    }
}

#[derive(Clone, Copy)]
struct RmsNorm<'a> {
    w: Option<&'a [u8]>,
    eps: f32,
}

impl Operation for RmsNorm<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, lanes: L, _: usize, x: Option<&[u8]>, to: &mut [u8]) {
        let mut chains = lanes.splat_float(0.0);
        for at in (0..to.len()).step_by(64) {
            // Behind the end are zeros.
            let v = match x {
                Some(x) => read(lanes, x, at),
                None => read(lanes, to, at),
            };
            chains = lanes.add(chains, lanes.mul(v, v));
        }
        let mean = sum(lanes, chains) / (to.len() / 4) as f32;
        let by = lanes.splat_float(1.0 / (mean + self.eps).sqrt());
        match self.w {
            Some(w) => update(lanes, x, to, &mut Weighed { by, w }),
            None => update(lanes, x, to, &mut Scale { by }),
        }
    }
}

/// Products with one number and with weights, as results.
struct Weighed<'a, L: Lanes> {
    by: L::Floats,
    w: &'a [u8],
}

impl<L: Lanes> Step<L> for Weighed<'_, L> {
    #[inline(always)]
    fn step(&mut self, lanes: L, at: usize, v: L::Floats) -> L::Floats {
        let scaled = lanes.mul(v, self.by);
        lanes.canonical(lanes.mul(scaled, read(lanes, self.w, at)))
    }
}

//! Activations to bytes. Plain code, which the compiler turns into each CPU's
//! vectors: no operation here has an order that matters.

use std::sync::Mutex;

use super::door::{Door, Kernel};
use super::lanes::Lanes;
use crate::kernels::reference::canonical;
use crate::kernels::{Activations, Isa, Rows, RowsMut, Threads};

/// Elements that a task should have at least.
const TASK: usize = 1 << 13;

/// A block whose largest magnitude has less than these bits counts as zeros:
/// 2^-100.
const LEAST: u32 = (127 - 100) << 23;

/// 1.5 * 2^23: added to a small number it leaves the nearest integer in the
/// lowest bits, and of two the even one.
const ROUND: f32 = 12_582_912.0;

/// See [`crate::kernels::quantize`]. Rows of `dst` do not overlap.
pub(in crate::kernels) fn quantize(
    isa: Isa,
    kind: Activations,
    dst: RowsMut<'_>,
    x: Rows<'_>,
    rows: usize,
    k: usize,
    threads: &Threads,
) {
    assert!(kind != Activations::F32, "floats need no quantizer");
    let length = kind.row_bytes(k);
    let x_length = Activations::F32.row_bytes(k);
    x.assert_holds(rows, x_length);
    dst.assert_holds(rows, length);
    if length == 0 {
        return;
    }
    let door = Door::new(isa);
    let to: Vec<_> = dst
        .bytes
        .chunks_mut(dst.stride.max(length))
        .take(rows)
        .collect();
    let to: Vec<_> = to.into_iter().map(Mutex::new).collect();
    let rows_of_task = threads.items_of_task(rows, TASK.div_ceil(k));
    threads.run(rows.div_ceil(rows_of_task), |task| {
        for row in task * rows_of_task..rows.min((task + 1) * rows_of_task) {
            let mut to = to[row].lock().expect("quantizing does not panic");
            door.enter(Row {
                kind,
                x: x.row(row, x_length),
                to: &mut to[..length],
            });
        }
    });
}

struct Row<'a> {
    kind: Activations,
    x: &'a [u8],
    to: &'a mut [u8],
}

impl Kernel for Row<'_> {
    #[inline(always)]
    fn run<L: Lanes>(self, _: L) {
        match self.kind {
            Activations::Q8x32 => q8x32(self.x, self.to),
            _ => q8x256(self.x, self.to),
        }
    }
}

#[inline(always)]
fn quantize_block<const N: usize>(x: &[u8], to: &mut [u8]) -> (f32, [i8; N]) {
    let mut values = [0.0; N];
    for (value, bytes) in values.iter_mut().zip(x.as_chunks().0) {
        *value = f32::from_le_bytes(*bytes);
    }
    let mut most = 0;
    for value in values {
        most = most.max(value.to_bits() & 0x7fff_ffff);
    }
    let mut quants = [0; N];
    let mut d = 0.0;
    if most >= LEAST {
        let amax = f32::from_bits(most);
        d = amax / 127.0;
        let id = 127.0 / amax;
        for (quant, value) in quants.iter_mut().zip(values) {
            let scaled = value * id;
            // Both comparisons are false for a NaN, which so becomes -127.
            let above = if scaled > -127.0 { scaled } else { -127.0 };
            let within = if above < 127.0 { above } else { 127.0 };
            *quant = (within + ROUND).to_bits() as i8;
        }
    }
    for (to, quant) in to.iter_mut().zip(quants) {
        *to = quant.cast_unsigned();
    }
    (d, quants)
}

#[inline(always)]
fn q8x32(x: &[u8], to: &mut [u8]) {
    let blocks = x.len() / 128;
    let (quants, floats) = to.split_at_mut(32 * blocks);
    let (scales, sums) = floats.split_at_mut(4 * blocks);
    for (b, x) in x.chunks_exact(128).enumerate() {
        let (d, q) = quantize_block::<32>(x, &mut quants[32 * b..32 * b + 32]);
        let sum: i32 = q.iter().map(|q| i32::from(*q)).sum();
        let s = d * sum as f32;
        scales[4 * b..4 * b + 4].copy_from_slice(&canonical(d).to_le_bytes());
        sums[4 * b..4 * b + 4].copy_from_slice(&canonical(s).to_le_bytes());
    }
}

#[inline(always)]
fn q8x256(x: &[u8], to: &mut [u8]) {
    let blocks = x.len() / 1024;
    let (quants, rest) = to.split_at_mut(256 * blocks);
    let (scales, sums) = rest.split_at_mut(4 * blocks);
    for (b, x) in x.chunks_exact(1024).enumerate() {
        let (d, q) = quantize_block::<256>(x, &mut quants[256 * b..256 * b + 256]);
        scales[4 * b..4 * b + 4].copy_from_slice(&canonical(d).to_le_bytes());
        let sums = sums[32 * b..32 * b + 32].as_chunks_mut().0;
        for (to, q) in sums.iter_mut().zip(q.as_chunks::<16>().0) {
            let sum: i16 = q.iter().map(|q| i16::from(*q)).sum();
            *to = sum.to_le_bytes();
        }
    }
}

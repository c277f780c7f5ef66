//! Work to compare kernels with: random cases and nasty ones, the same for the
//! same seed on every machine.
//!
//! A [`Case`] is what a kernel reads, and how its results lie. It can be computed
//! by the reference and by everything fast; who calls Wasm functions lays it out
//! in a memory.

mod contents;

use super::{
    Activations, Format, Isa, Pointwise, Rows, RowsMut, Threads, extent, matmul, pointwise,
    quantize, reference, rms_norm, softmax,
};
use contents::{Floats, Mood};

pub use contents::halves_of;

/// A generator of numbers that never changes (SplitMix64).
#[derive(Clone, Debug)]
pub struct Numbers(
    /// The seed, and then where the generator is.
    pub u64,
);

impl Numbers {
    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "there is always a next one")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    ///
    /// # Panics
    ///
    /// If `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

/// What is to be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// [`matmul`] with weights in this format.
    Matmul(Format),
    /// [`quantize`].
    Quantize(Activations),
    /// [`softmax`].
    Softmax,
    /// [`pointwise`].
    Pointwise(Pointwise),
    /// [`rms_norm`] with weights.
    RmsNormMul,
    /// [`rms_norm`] without.
    RmsNorm,
}

/// Who computes a case.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// [`mod@reference`].
    Reference,
    /// What is fast, with these instructions on these threads.
    Fast(Isa, &'a Threads),
}

/// Rows that are read.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// From the first byte of the first row to the last byte of the last one, behind `odd` others.
    bytes: Vec<u8>,
    odd: usize,
    /// Distance between the starts of rows, in bytes.
    pub stride: usize,
}

impl Matrix {
    /// All bytes, from the first row to the last one.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.odd..]
    }

    fn rows(&self) -> Rows<'_> {
        Rows::new(self.bytes(), self.stride)
    }

    /// Makes rows, the last ones first where they overlap.
    fn new(
        numbers: &mut Numbers,
        count: usize,
        length: usize,
        stride: usize,
        mut row: impl FnMut(&mut Numbers, &mut [u8]),
    ) -> Matrix {
        let odd = numbers.below(70);
        let size = extent(count, stride, length).expect("the matrix is small");
        // Gaps between rows are no zeros, which would hide that they are read.
        let mut bytes = vec![0x55; odd + size];
        for index in (0..count).rev() {
            let at = odd + index * stride;
            row(numbers, &mut bytes[at..at + length]);
        }
        Matrix { bytes, odd, stride }
    }
}

/// Distances between rows of some length: with gaps, overlapping, and mostly neither.
fn any_stride(numbers: &mut Numbers, length: usize) -> usize {
    match numbers.below(8) {
        0 => length + numbers.below(40),
        1 => length / 2,
        2 => numbers.one_of(&[0, length.saturating_sub(4), length + 4]),
        _ => length,
    }
}

/// How many rows or columns: at most so many, seldom none.
fn any_count(numbers: &mut Numbers, most: usize) -> usize {
    match numbers.below(40) {
        0 => 0,
        _ => 1 + numbers.below(most),
    }
}

/// How many elements a row has: mostly few, sometimes none.
fn any_elements(numbers: &mut Numbers, kind: Activations) -> usize {
    let is_long = numbers.below(8) == 0;
    match (kind, is_long) {
        (Activations::F32, false) => numbers.below(70),
        (Activations::F32, true) => numbers.below(400),
        (_, false) => numbers.below(5) * kind.block_elements(),
        (_, true) => numbers.below(13) * kind.block_elements(),
    }
}

/// Something to compute.
#[derive(Clone, Debug)]
pub struct Case {
    /// What.
    pub task: Task,
    /// Rows: of the weights of a product, or of all that is not a product.
    pub rows: usize,
    /// Rows of a product's activations; 1 for all that is not a product.
    pub cols: usize,
    /// Elements of a row, a whole number of blocks.
    pub k: usize,
    /// The weights of a product; what anything else is computed of.
    pub x: Matrix,
    /// The activations of a product, the mask of a softmax, the other operand
    /// of a pointwise operation, the weights of a norm, which are one row for all. For others, nothing.
    pub other: Matrix,
    /// Scale and slope of a softmax; what a norm adds. Others have none.
    pub factors: Vec<f32>,
    /// Distance between the starts of rows of results, in bytes.
    pub stride: usize,
    /// Whether the results take the place of `x`, which [`Case::prepare`] brings there. Both have one stride then.
    pub in_place: bool,
}

impl Case {
    /// A random case with at most `most` rows and columns.
    ///
    /// # Panics
    ///
    /// If `most` is 0.
    pub fn new(numbers: &mut Numbers, task: Task, most: usize) -> Case {
        match task {
            Task::Matmul(format) => Case::product(numbers, format, most),
            Task::Quantize(kind) => Case::quants(numbers, kind, most),
            _ => Case::of_rows(numbers, task, most),
        }
    }

    fn product(numbers: &mut Numbers, format: Format, most: usize) -> Case {
        let kind = format.activations();
        let (rows, cols) = (any_count(numbers, most), any_count(numbers, most));
        let k = any_elements(numbers, kind);
        let (w_length, x_length) = (format.row_bytes(k), kind.row_bytes(k));
        let (mood, w_stride) = (Mood::any(numbers), any_stride(numbers, w_length));
        let w = Matrix::new(numbers, rows, w_length, w_stride, |numbers, row| {
            contents::weights(numbers, mood, format, row);
        });
        let (mood, x_stride) = (Mood::any(numbers), any_stride(numbers, x_length));
        let x = Matrix::new(numbers, cols, x_length, x_stride, |numbers, row| {
            contents::activations(numbers, mood, kind, row);
        });
        let stride = match numbers.below(6) {
            0 => numbers.below(4 * rows + 1),
            1 => 4 * rows + numbers.below(50),
            _ => 4 * rows,
        };
        Case {
            task: Task::Matmul(format),
            rows,
            cols,
            k,
            x: w,
            other: x,
            factors: Vec::new(),
            stride,
            in_place: false,
        }
    }

    fn quants(numbers: &mut Numbers, kind: Activations, most: usize) -> Case {
        let (rows, k) = (any_count(numbers, most), any_elements(numbers, kind));
        let (floats, x_stride) = (Floats::any(numbers), any_stride(numbers, 4 * k));
        let x = Matrix::new(numbers, rows, 4 * k, x_stride, |numbers, row| {
            floats.fill(numbers, row);
        });
        Case {
            task: Task::Quantize(kind),
            rows,
            cols: 1,
            k,
            x,
            other: Matrix::new(numbers, 0, 0, 0, |_, _| {}),
            factors: Vec::new(),
            stride: any_stride(numbers, kind.row_bytes(k)),
            in_place: false,
        }
    }

    fn of_rows(numbers: &mut Numbers, task: Task, most: usize) -> Case {
        let rows = any_count(numbers, most);
        let k = any_elements(numbers, Activations::F32);
        let (floats, x_stride) = (Floats::any(numbers), any_stride(numbers, 4 * k));
        let x = Matrix::new(numbers, rows, 4 * k, x_stride, |numbers, row| {
            floats.fill(numbers, row);
        });
        let count = match task {
            Task::RmsNorm => 0,
            Task::RmsNormMul => rows.min(1),
            _ => rows,
        };
        let (floats, other_stride) = (Floats::any(numbers), any_stride(numbers, 4 * k));
        let other = Matrix::new(numbers, count, 4 * k, other_stride, |numbers, row| {
            floats.fill(numbers, row);
        });
        let factors = match task {
            Task::Softmax => vec![
                numbers.one_of(&[1.0, 0.125, -0.088_388_35, 1e-30, 1e38]),
                numbers.one_of(&[1.0, 1.0, 0.5, -0.0]),
            ],
            Task::RmsNorm | Task::RmsNormMul => vec![numbers.one_of(&[1e-5, 1e-6, 0.0, -1.0])],
            _ => Vec::new(),
        };
        let in_place = numbers.below(3) == 0;
        let stride = match in_place {
            true => x_stride,
            false => any_stride(numbers, 4 * k),
        };
        Case {
            task,
            rows,
            cols: 1,
            k,
            x,
            other,
            factors,
            stride,
            in_place,
        }
    }

    /// How many rows of results there are, and how many bytes each has.
    fn shape(&self) -> (usize, usize) {
        match self.task {
            Task::Matmul(_) => (self.cols, 4 * self.rows),
            Task::Quantize(kind) => (self.rows, kind.row_bytes(self.k)),
            _ => (self.rows, 4 * self.k),
        }
    }

    /// How many bytes the results reach over.
    pub fn bytes(&self) -> usize {
        let (count, length) = self.shape();
        extent(count, self.stride, length).expect("cases are small")
    }

    /// How many results there are: products, quants, floats.
    pub fn results(&self) -> usize {
        match self.task {
            Task::Matmul(_) => self.rows * self.cols,
            _ => self.rows * self.k,
        }
    }

    /// Brings into `dst` what lies in the results' place before.
    ///
    /// # Panics
    ///
    /// If `dst` is shorter than the results.
    pub fn prepare(&self, dst: &mut [u8]) {
        if self.in_place {
            let x = self.x.bytes();
            dst[..x.len()].copy_from_slice(x);
        }
    }

    /// Computes the results in a place that is prepared.
    ///
    /// # Panics
    ///
    /// If `dst` is shorter than the results, or this CPU lacks the instructions.
    pub fn compute(&self, by: By<'_>, dst: &mut [u8]) {
        let dst = RowsMut::new(dst, self.stride);
        let (rows, k) = (self.rows, self.k);
        match self.task {
            Task::Matmul(format) => {
                let (w, x) = (self.x.rows(), self.other.rows());
                match by {
                    By::Reference => reference::matmul(format, dst, w, x, rows, self.cols, k),
                    By::Fast(isa, threads) => {
                        matmul(isa, format, dst, w, x, rows, self.cols, k, threads);
                    }
                }
            }
            Task::Quantize(kind) => match by {
                By::Reference => reference::quantize(kind, dst, self.x.rows(), rows, k),
                By::Fast(isa, threads) => {
                    quantize(isa, kind, dst, self.x.rows(), rows, k, threads);
                }
            },
            _ => self.compute_rows(by, dst),
        }
    }

    fn compute_rows(&self, by: By<'_>, dst: RowsMut<'_>) {
        let (rows, n) = (self.rows, self.k);
        let x = (!self.in_place).then(|| self.x.rows());
        let other = self.other.rows();
        match (self.task, by) {
            (Task::Softmax, By::Reference) => {
                reference::softmax(dst, x, other, rows, n, self.softmax_factors());
            }
            (Task::Softmax, By::Fast(isa, threads)) => {
                let factors = self.softmax_factors();
                softmax(isa, dst, x, other, rows, n, factors, threads);
            }
            (Task::Pointwise(operation), By::Reference) => {
                reference::pointwise(operation, dst, x, other, rows, n);
            }
            (Task::Pointwise(operation), By::Fast(isa, threads)) => {
                pointwise(isa, operation, dst, x, other, rows, n, threads);
            }
            (_, by) => {
                let weighted = self.task == Task::RmsNormMul && rows > 0;
                let w = weighted.then_some(other.bytes);
                let eps = self.factors[0];
                match by {
                    By::Reference => reference::rms_norm(dst, x, w, rows, n, eps),
                    By::Fast(isa, threads) => rms_norm(isa, dst, x, w, rows, n, eps, threads),
                }
            }
        }
    }

    fn softmax_factors(&self) -> [f32; 2] {
        [self.factors[0], self.factors[1]]
    }
}

/// Fills bytes with a pattern that tells addresses apart: those of a memory from
/// `address` on before anything is in it.
pub fn pattern(bytes: &mut [u8], address: usize) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = ((address + at) % 251) as u8;
    }
}

//! Native twins of the guest's kernels.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lockstep_simd::kernels::{Activations, Format, Isa, Rows, RowsMut, Threads, extent};
use lockstep_simd::kernels::{matmul, quantize};
use lockstep_vm::{CpuLevel, FuncType, Twin, TwinMemory, TwinRanges, Twins, ValType};

use crate::Error;
use crate::engine::failed;
use crate::kernels::{KERNELS, Kernel, Work};

/// Twins of all kernels, for CPUs of this level, computing on so many threads together. Neither changes a bit of what
/// they compute.
///
/// # Errors
/// [`Error::Guest`] if the operating system gives no more threads.
pub fn twins(level: CpuLevel, threads: NonZeroUsize) -> Result<Twins, Error> {
    let threads = Threads::new(threads).map_err(failed)?;
    let threads = Arc::new(threads);
    let isa = Isa::best_at(level);
    let mut twins = Twins::new();
    for kernel in &KERNELS {
        let twin = Native {
            kernel,
            isa,
            threads: threads.clone(),
        };
        twins.add(twin).map_err(failed)?;
    }
    Ok(twins)
}

/// The native side of a kernel.
struct Native {
    kernel: &'static Kernel,
    isa: Isa,
    threads: Arc<Threads>,
}

/// A kernel's rows in memory.
#[derive(Clone, Copy)]
struct Matrix {
    address: u64,
    stride: u64,
    count: u64,
    /// Bytes of a row.
    row: usize,
}

/// What a kernel is asked for.
struct Call {
    dst: Matrix,
    w: Option<Matrix>,
    x: Matrix,
    k: usize,
}

impl Matrix {
    /// Where it lies; `None` if it ends behind all addresses.
    fn range(self) -> Option<(u64, u64)> {
        let (count, stride) = (self.count.try_into().ok()?, self.stride.try_into().ok()?);
        let bytes = extent(count, stride, self.row)?;
        Some((self.address, bytes as u64))
    }

    /// Its rows' distance, which [`Matrix::range`] found to be one.
    fn stride(self) -> usize {
        self.stride as usize
    }
}

impl Call {
    /// Reads the arguments; `None` if rows are no whole number of blocks, or larger than any memory.
    fn new(work: Work, args: &[u64]) -> Option<Call> {
        let matrix = |address: u64, stride: u64, count: u64, row: usize| Matrix {
            address,
            stride,
            count,
            row,
        };
        // More elements than this no memory has, and no size below overflows.
        let k = |k: u64| usize::try_from(k).ok().filter(|&k| k < 1 << 40);
        match (work, args) {
            (Work::Quantize(kind), &[dst, dst_stride, x, x_stride, rows, elements]) => {
                let k = k(elements).filter(|k| k.is_multiple_of(kind.block_elements()))?;
                Some(Call {
                    dst: matrix(dst, dst_stride, rows, kind.row_bytes(k)),
                    w: None,
                    x: matrix(x, x_stride, rows, Activations::F32.row_bytes(k)),
                    k,
                })
            }
            (
                Work::Matmul(format),
                &[
                    dst,
                    dst_stride,
                    w,
                    w_stride,
                    x,
                    x_stride,
                    rows,
                    cols,
                    elements,
                ],
            ) => {
                let k = k(elements).filter(|k| k.is_multiple_of(format.block_elements()))?;
                let dst_row = usize::try_from(rows).ok()?.checked_mul(4)?;
                Some(Call {
                    dst: matrix(dst, dst_stride, cols, dst_row),
                    w: Some(matrix(w, w_stride, rows, format.row_bytes(k))),
                    x: matrix(x, x_stride, cols, format.activations().row_bytes(k)),
                    k,
                })
            }
            _ => unreachable!("a kernel has as many arguments as parameters"),
        }
    }
}

impl Native {
    fn quantize(&self, kind: Activations, call: &Call, dst: &mut [u8], x: &[u8]) {
        let dst = RowsMut::new(dst, call.dst.stride());
        let x = Rows::new(x, call.x.stride());
        let rows = call.x.count as usize;
        quantize(self.isa, kind, dst, x, rows, call.k, &self.threads);
    }

    fn matmul(&self, format: Format, call: &Call, dst: &mut [u8], [w, x]: [&[u8]; 2]) {
        let weights = call.w.expect("a product has weights");
        let dst = RowsMut::new(dst, call.dst.stride());
        let w = Rows::new(w, weights.stride());
        let x = Rows::new(x, call.x.stride());
        let (rows, cols) = (weights.count as usize, call.x.count as usize);
        matmul(
            self.isa,
            format,
            dst,
            w,
            x,
            rows,
            cols,
            call.k,
            &self.threads,
        );
    }
}

impl Twin for Native {
    fn name(&self) -> &str {
        self.kernel.name
    }

    fn ty(&self) -> FuncType {
        let params = std::iter::repeat_n(ValType::I64, self.kernel.work.params());
        FuncType::new(params, [])
    }

    fn hash(&self) -> [u8; 32] {
        self.kernel.hash
    }

    fn fuel(&self, args: &[u64]) -> Option<u64> {
        self.kernel.fuel(args)
    }

    fn ranges(&self, args: &[u64]) -> Option<TwinRanges> {
        let call = Call::new(self.kernel.work, args)?;
        let reads = match call.w {
            Some(w) => [w.range()?, call.x.range()?],
            None => [(0, 0), call.x.range()?],
        };
        Some(TwinRanges::new(&reads, &[call.dst.range()?]))
    }

    fn run(&self, args: &[u64], memory: TwinMemory<'_>, _results: &mut [u64]) {
        let call = Call::new(self.kernel.work, args).expect("its ranges were told");
        let ([dst, ..], [w, x, ..]) = (memory.writes, memory.reads);
        match self.kernel.work {
            Work::Quantize(kind) => self.quantize(kind, &call, dst, x),
            Work::Matmul(format) => self.matmul(format, &call, dst, [w, x]),
        }
    }
}

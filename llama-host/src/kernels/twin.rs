//! The kernels' twins: the same bits from native code.

use std::sync::Arc;

use lockstep_simd::kernels::{
    Activations, Format, Isa, Pointwise, Rows, RowsMut, Threads, extent, matmul, pointwise,
    quantize, rms_norm, softmax,
};
use lockstep_vm::{FuncType, Twin, TwinMemory, TwinRanges, Twins};

use super::{KERNELS, Kernel, Work};

/// Longer rows than any are left to the body, so that their bytes can be counted without a thought.
const LONGEST_ROW: u64 = 1 << 40;

/// Calls that cost more are left to the body, because a twin's work is not interrupted. The largest products of large
/// models cost a tenth of this.
const MOST_FUEL: u64 = 1 << 42;

/// Twins of all kernels, for [`lockstep_vm::Config::twins`]. Instructions and threads change time and nothing else.
///
/// # Panics
/// If this CPU lacks the instructions.
pub fn twins(isa: Isa, threads: &Arc<Threads>) -> Twins {
    assert!(isa.is_supported(), "this CPU lacks {isa}");
    let mut twins = Twins::new();
    for kernel in &KERNELS {
        let twin = KernelTwin {
            kernel,
            isa,
            threads: Arc::clone(threads),
        };
        twins
            .add(twin)
            .expect("kernels take numbers, and no two have one body");
    }
    twins
}

/// Into how many parts a call is cut, if it has so many rows or columns.
const PARTS: u64 = 8;

struct KernelTwin {
    kernel: &'static Kernel,
    isa: Isa,
    threads: Arc<Threads>,
}

/// A call's arguments, and how many bytes its rows have.
enum Call {
    Quantize {
        kind: Activations,
        dst: Place,
        x: Place,
        k: usize,
    },
    Matmul {
        format: Format,
        dst: Place,
        w: Place,
        x: Place,
        k: usize,
    },
    Rows {
        operation: RowOperation,
        dst: Place,
        x: Place,
        /// The other operand, which is not looked at where there are no rows.
        other: Place,
        n: usize,
    },
}

/// What is done with each row.
enum RowOperation {
    Softmax([f32; 2]),
    Pointwise(Pointwise),
    RmsNormMul(f32),
}

/// Rows in the guest's memory.
#[derive(PartialEq)]
struct Place {
    address: u64,
    stride: usize,
    count: usize,
    length: usize,
}

impl Place {
    /// Address and length of all that lies from the first row to the last one.
    fn range(&self) -> Option<(u64, u64)> {
        let length = extent(self.count, self.stride, self.length)?;
        Some((self.address, length as u64))
    }
}

impl Call {
    /// Reads the arguments. `None` if they are for the body: rows that are empty, no whole blocks, or too
    /// long to be any.
    fn read(work: Work, args: &[u64]) -> Option<Call> {
        let size = |arg: u64| usize::try_from(arg).ok();
        let [_, _, k] = work.sizes(args);
        if k == 0 || k > LONGEST_ROW {
            return None;
        }
        let place = |at: usize, count: u64, length: usize| {
            let (address, stride, count) = (args[at], size(args[at + 1])?, size(count)?);
            Some(Place {
                address,
                stride,
                count,
                length,
            })
        };
        match work {
            Work::Quantize(kind) => {
                let (rows, k) = (args[4], whole_blocks(k, kind.block_elements())?);
                Some(Call::Quantize {
                    kind,
                    dst: place(0, rows, kind.row_bytes(k))?,
                    x: place(2, rows, k.checked_mul(4)?)?,
                    k,
                })
            }
            Work::Matmul(format) => {
                let (rows, cols) = (args[6], args[7]);
                // Without rows or without columns nothing is read.
                let (rows, cols) = if rows == 0 || cols == 0 {
                    (0, 0)
                } else {
                    (rows, cols)
                };
                let k = whole_blocks(k, format.block_elements())?;
                Some(Call::Matmul {
                    format,
                    dst: place(0, cols, size(rows)?.checked_mul(4)?)?,
                    w: place(2, rows, format.row_bytes(k))?,
                    x: place(4, cols, format.activations().row_bytes(k))?,
                    k,
                })
            }
            Work::Softmax | Work::Pointwise(_) | Work::RmsNormMul => {
                let [rows, _, _] = work.sizes(args);
                let length = size(k)?.checked_mul(4)?;
                let float = |at: usize| f32::from_bits(args[at] as u32);
                let operation = match work {
                    Work::Softmax => RowOperation::Softmax([float(8), float(9)]),
                    Work::Pointwise(operation) => RowOperation::Pointwise(operation),
                    _ => RowOperation::RmsNormMul(float(7)),
                };
                let other = match work {
                    // One row for all.
                    Work::RmsNormMul => Place {
                        address: args[4],
                        stride: 0,
                        count: size(rows.min(1))?,
                        length,
                    },
                    _ => place(4, rows, length)?,
                };
                Some(Call::Rows {
                    operation,
                    dst: place(0, rows, length)?,
                    x: place(2, rows, length)?,
                    other,
                    n: size(k)?,
                })
            }
        }
    }

    /// Whether rows that are written share bytes, so that their order shows.
    fn overlaps_itself(&self) -> bool {
        let (Call::Quantize { dst, .. } | Call::Matmul { dst, .. } | Call::Rows { dst, .. }) = self;
        dst.count > 1 && dst.stride < dst.length
    }

    /// What is read, and what is written.
    fn ranges(&self) -> Option<([Range; 2], Range)> {
        match self {
            Call::Quantize { dst, x, .. } => Some(([x.range()?, (0, 0)], dst.range()?)),
            Call::Matmul { dst, w, x, .. } => Some(([w.range()?, x.range()?], dst.range()?)),
            // In place, what is read is what is written.
            Call::Rows { dst, x, other, .. } if dst == x => {
                Some(([(0, 0), other.range()?], dst.range()?))
            }
            Call::Rows { dst, x, other, .. } => Some(([x.range()?, other.range()?], dst.range()?)),
        }
    }
}

/// The address of a range of memory, and its length in bytes.
type Range = (u64, u64);

fn whole_blocks(k: u64, elements: usize) -> Option<usize> {
    usize::try_from(k)
        .ok()
        .filter(|k| k.is_multiple_of(elements))
}

impl Twin for KernelTwin {
    fn name(&self) -> &str {
        self.kernel.name
    }

    fn ty(&self) -> FuncType {
        FuncType::new(self.kernel.work.types(), [])
    }

    fn hash(&self) -> [u8; 32] {
        self.kernel.hash
    }

    fn fuel(&self, args: &[u64]) -> Option<u64> {
        self.kernel.fuel(args).filter(|fuel| *fuel <= MOST_FUEL)
    }

    fn ranges(&self, args: &[u64]) -> Option<TwinRanges> {
        let (reads, write) = Call::read(self.kernel.work, args)?.ranges()?;
        Some(TwinRanges::new(&reads, &[write]))
    }

    fn run(&self, args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
        let call = Call::read(self.kernel.work, args).expect("its ranges were known");
        let [out, ..] = memory.writes;
        let [first, second, ..] = memory.reads;
        let (isa, threads) = (self.isa, &*self.threads);
        match call {
            Call::Quantize { kind, dst, x, k } => {
                let (out, x) = (RowsMut::new(out, dst.stride), Rows::new(first, x.stride));
                quantize(isa, kind, out, x, dst.count, k, threads);
            }
            Call::Matmul {
                format,
                dst,
                w,
                x,
                k,
            } => {
                let out = RowsMut::new(out, dst.stride);
                let (rows, cols) = (w.count, x.count);
                let (w, x) = (Rows::new(first, w.stride), Rows::new(second, x.stride));
                matmul(isa, format, out, w, x, rows, cols, k, threads);
            }
            Call::Rows {
                operation,
                dst,
                x,
                other,
                n,
            } => {
                let rows = dst.count;
                let x = (dst != x).then(|| Rows::new(first, x.stride));
                let out = RowsMut::new(out, dst.stride);
                let other = Rows::new(second, other.stride);
                match operation {
                    RowOperation::Softmax(factors) => {
                        softmax(isa, out, x, other, rows, n, factors, threads);
                    }
                    RowOperation::Pointwise(operation) => {
                        pointwise(isa, operation, out, x, other, rows, n, threads);
                    }
                    RowOperation::RmsNormMul(eps) => {
                        let w = (rows > 0).then_some(other.bytes);
                        rms_norm(isa, out, x, w, rows, n, eps, threads);
                    }
                }
            }
        }
    }

    fn part(&self, args: &[u64], number: u64) -> Option<Vec<u64>> {
        let work = self.kernel.work;
        if work.sizes(args).contains(&0) || Call::read(work, args)?.overlaps_itself() {
            return None;
        }
        let (count, steps) = work.cut(args);
        let parts = PARTS.min(args[count]);
        if parts < 2 {
            return None;
        }
        // The place of `number` among all numbers is that of the part among the parts.
        let part = ((u128::from(number) * u128::from(parts)) >> 64) as u64;
        let begin = |part: u64| args[count] * part / parts;
        let (start, end) = (begin(part), begin(part + 1));
        let mut args = args.to_vec();
        args[count] = end - start;
        for (address, bytes) in steps {
            args[address] += start * bytes;
        }
        Some(args)
    }
}

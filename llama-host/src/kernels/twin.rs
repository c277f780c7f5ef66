//! The kernels' twins: the same bits from native code.

use std::sync::Arc;

use lockstep_simd::kernels::{
    Activations, Format, Isa, Rows, RowsMut, Threads, extent, matmul, quantize,
};
use lockstep_vm::{FuncType, Twin, TwinMemory, TwinRanges, Twins, ValType};

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
}

/// Rows in the guest's memory.
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
        let k = *args.last()?;
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
        }
    }
}

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
        FuncType::new(vec![ValType::I64; self.kernel.work.params()], [])
    }

    fn hash(&self) -> [u8; 32] {
        self.kernel.hash
    }

    fn fuel(&self, args: &[u64]) -> Option<u64> {
        self.kernel.fuel(args).filter(|fuel| *fuel <= MOST_FUEL)
    }

    fn ranges(&self, args: &[u64]) -> Option<TwinRanges> {
        let (reads, write) = match Call::read(self.kernel.work, args)? {
            Call::Quantize { dst, x, .. } => ([x.range()?, (0, 0)], dst.range()?),
            Call::Matmul { dst, w, x, .. } => ([w.range()?, x.range()?], dst.range()?),
        };
        Some(TwinRanges::new(&reads, &[write]))
    }

    fn run(&self, args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
        let call = Call::read(self.kernel.work, args).expect("its ranges were known");
        let [out, ..] = memory.writes;
        let [first, second, ..] = memory.reads;
        match call {
            Call::Quantize { kind, dst, x, k } => {
                let (dst_rows, x_rows) =
                    (RowsMut::new(out, dst.stride), Rows::new(first, x.stride));
                quantize(
                    self.isa,
                    kind,
                    dst_rows,
                    x_rows,
                    dst.count,
                    k,
                    &self.threads,
                );
            }
            Call::Matmul {
                format,
                dst,
                w,
                x,
                k,
            } => {
                matmul(
                    self.isa,
                    format,
                    RowsMut::new(out, dst.stride),
                    Rows::new(first, w.stride),
                    Rows::new(second, x.stride),
                    w.count,
                    x.count,
                    k,
                    &self.threads,
                );
            }
        }
    }
}

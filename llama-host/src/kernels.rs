//! The guest's kernels: which there are, how their bodies are recognised, and what a call of them costs.

use lockstep_simd::kernels::{Activations, Format};

mod table;
mod twin;

pub use table::KERNELS;
pub use twin::twins;

/// One of the functions in the guest's folder `kernels`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Under which name the modules export it.
    pub name: &'static str,
    /// What it computes.
    pub work: Work,
    /// The hash of its type and body as this version builds it, as [`lockstep_vm::twin_hash`] has it.
    pub hash: [u8; 32],
    /// What its instructions cost.
    pub fuel: Fuel,
}

/// What a kernel computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Activations out of floats. Parameters, all `i64`: `dst, dst_stride, x, x_stride, rows, k`.
    Quantize(Activations),
    /// A product of weights in this format and activations. Parameters, all `i64`:
    /// `dst, dst_stride, w, w_stride, x, x_stride, rows, cols, k`.
    Matmul(Format),
}

/// The fuel of a call. Every kernel is a nest of loops that run as often as its parameters say: columns, rows in each,
/// and in each row one or several loops over its elements. A quantizer has rows alone, which count as those of one
/// column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuel {
    /// All of a call without rows.
    pub no_rows: u64,
    /// All of a call with rows, but without columns.
    pub no_cols: u64,
    /// What any other call costs besides its columns,
    pub call: u64,
    /// a column besides its rows,
    pub col: u64,
    /// and a row besides its loops.
    pub row: u64,
    /// The loops of a row, in their order.
    pub loops: [Loop; 3],
}

/// The fuel of a loop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loop {
    /// What it costs to run it at all; negative if it is cheaper than not to.
    pub enter: i64,
    /// What each run of its body costs.
    pub step: u64,
}

impl Work {
    /// How many parameters the kernel has. The last is `k`.
    pub fn params(self) -> usize {
        match self {
            Work::Quantize(_) => 6,
            Work::Matmul(_) => 9,
        }
    }

    /// How often each loop of a row runs.
    fn trips(self, k: u64) -> [u64; 3] {
        match self {
            Work::Quantize(kind) => [k / kind.block_elements() as u64, 0, 0],
            Work::Matmul(format) => match format.activations() {
                Activations::F32 => [k / 16, k / 4 % 4, k % 4],
                Activations::Q8x32 => [k / 32 / 4, k / 32 % 4, 0],
                Activations::Q8x256 => [k / 256, 0, 0],
            },
        }
    }
}

impl Kernel {
    /// What a call with these arguments costs, from its first instruction to its return, if it does not trap. `None` if
    /// that is more than 64 bits hold.
    ///
    /// # Panics
    /// If there are not as many arguments as parameters.
    pub fn fuel(&self, args: &[u64]) -> Option<u64> {
        assert_eq!(args.len(), self.work.params(), "arguments of {}", self.name);
        let fuel = &self.fuel;
        let (rows, cols) = match self.work {
            Work::Quantize(_) => (args[4], 1),
            Work::Matmul(_) => (args[6], args[7]),
        };
        if rows == 0 {
            return Some(fuel.no_rows);
        }
        if cols == 0 {
            return Some(fuel.no_cols);
        }
        let trips = self.work.trips(args[args.len() - 1]);
        let mut row = fuel.row;
        for (cost, trips) in fuel.loops.iter().zip(trips) {
            if trips > 0 {
                row = row.checked_add(cost.step.checked_mul(trips)?)?;
                row = row.checked_add_signed(cost.enter)?;
            }
        }
        let col = fuel.col.checked_add(row.checked_mul(rows)?)?;
        fuel.call.checked_add(col.checked_mul(cols)?)
    }
}

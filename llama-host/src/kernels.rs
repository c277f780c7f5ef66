//! The guest's kernels: which there are, how their bodies are recognised, and what a call of them costs.

use lockstep_simd::kernels::{Activations, Format, Pointwise};
use lockstep_vm::{Val, ValType};

#[cfg(feature = "cases")]
pub mod cases;
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
    /// Weights that sum up to one. Parameters, `i64`: `dst, dst_stride, x, x_stride, mask, mask_stride, rows, n`, then
    /// `f32`: `scale, slope`.
    Softmax,
    /// Sums, or what a gate lets through. Parameters, all `i64`: `dst, dst_stride, x, x_stride, y, y_stride, rows, n`.
    Pointwise(Pointwise),
    /// Rows of one length, times weights. Parameters, `i64`: `dst, dst_stride, x, x_stride, w, rows, n`, then `f32`: `eps`.
    RmsNormMul,
}

/// The fuel of a call. Every kernel is a nest of loops that run as often as its parameters say: columns, rows in each,
/// and in each row one or several loops over its elements. What has rows alone counts them as those of one column.
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
    /// How many parameters of type `i64` the kernel has, and how many of type `f32` behind them.
    pub fn params(self) -> [usize; 2] {
        match self {
            Work::Quantize(_) => [6, 0],
            Work::Matmul(_) => [9, 0],
            Work::Softmax => [8, 2],
            Work::Pointwise(_) => [8, 0],
            Work::RmsNormMul => [7, 1],
        }
    }

    /// The types of the parameters.
    pub fn types(self) -> Vec<ValType> {
        let [integers, floats] = self.params();
        let mut types = vec![ValType::I64; integers];
        types.resize(integers + floats, ValType::F32);
        types
    }

    /// Arguments, of which floats are their bits, as values of the parameters' types.
    pub fn values(self, args: &[u64]) -> Vec<Val> {
        let types = self.types().into_iter();
        let values = types.zip(args).map(|(ty, arg)| match ty {
            ValType::F32 => Val::F32(*arg as u32),
            _ => Val::I64(arg.cast_signed()),
        });
        values.collect()
    }

    /// How many rows, columns and elements of a row a call is about. Where there are rows alone, they count as those of
    /// one column.
    fn sizes(self, args: &[u64]) -> [u64; 3] {
        let [integers, _] = self.params();
        let elements = args[integers - 1];
        match self {
            Work::Matmul(_) => [args[integers - 3], args[integers - 2], elements],
            _ => [args[integers - 2], 1, elements],
        }
    }

    /// Along which argument a call can be cut into several whose results lie apart: the number of columns, or of rows if
    /// there is one column. Then the arguments that are addresses of what it counts, and how many bytes each has from one
    /// to the next.
    fn cut(self, args: &[u64]) -> (usize, Vec<(usize, u64)>) {
        let [integers, _] = self.params();
        let [_, cols, _] = self.sizes(args);
        let strided = |address: usize| (address, args[address + 1]);
        match self {
            Work::Matmul(_) if cols > 1 => (integers - 2, vec![strided(0), strided(4)]),
            // The results of one column lie side by side.
            Work::Matmul(_) => (integers - 3, vec![(0, 4), strided(2)]),
            Work::Quantize(_) | Work::RmsNormMul => (integers - 2, vec![strided(0), strided(2)]),
            Work::Softmax | Work::Pointwise(_) => {
                (integers - 2, vec![strided(0), strided(2), strided(4)])
            }
        }
    }

    /// How often each loop of a row runs.
    fn trips(self, k: u64) -> [u64; 3] {
        let floats = [k / 16, k / 4 % 4, k % 4];
        match self {
            Work::Quantize(kind) => [k / kind.block_elements() as u64, 0, 0],
            Work::Matmul(format) => match format.activations() {
                Activations::F32 => floats,
                Activations::Q8x32 => [k / 32 / 4, k / 32 % 4, 0],
                Activations::Q8x256 => [k / 256, 0, 0],
            },
            Work::Softmax | Work::Pointwise(_) | Work::RmsNormMul => floats,
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
        let params: usize = self.work.params().iter().sum();
        assert_eq!(args.len(), params, "arguments of {}", self.name);
        let fuel = &self.fuel;
        let [rows, cols, elements] = self.work.sizes(args);
        if rows == 0 {
            return Some(fuel.no_rows);
        }
        if cols == 0 {
            return Some(fuel.no_cols);
        }
        let trips = self.work.trips(elements);
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

//! Calls of kernels to compare engines with: random ones and nasty ones, the same for the same seed on every machine.
//!
//! A [`Call`] is a whole memory and the arguments, for a function in the module of
//! [`ensure_kernels`](crate::ensure_kernels). What is in the matrices comes from [`lockstep_simd::kernels::cases`].

use lockstep_simd::kernels::cases::{By, Case, Matrix, Numbers, Task, pattern};

use super::Work;

/// A call of a kernel.
#[derive(Clone, Debug)]
pub struct Call {
    /// The arguments.
    pub args: Vec<u64>,
    /// All of the memory before the call.
    pub before: Vec<u8>,
    case: Case,
    /// Where results begin.
    at: usize,
    is_twisted: bool,
}

/// Where the parts of a case begin.
struct Layout {
    dst: usize,
    x: usize,
    other: usize,
}

impl Work {
    /// What is to be computed.
    fn task(self) -> Task {
        match self {
            Work::Quantize(kind) => Task::Quantize(kind),
            Work::Matmul(format) => Task::Matmul(format),
            Work::Softmax => Task::Softmax,
            Work::Pointwise(operation) => Task::Pointwise(operation),
            Work::RmsNormMul => Task::RmsNormMul,
        }
    }

    /// Which arguments are addresses; the others are distances, counts and floats.
    fn addresses(self) -> &'static [usize] {
        match self {
            Work::Quantize(_) => &[0, 2],
            _ => &[0, 2, 4],
        }
    }

    /// Which arguments are distances between rows.
    fn strides(self) -> &'static [usize] {
        match self {
            Work::Quantize(_) | Work::RmsNormMul => &[1, 3],
            _ => &[1, 3, 5],
        }
    }
}

impl Call {
    /// A call in a memory of so many bytes, with at most `most` rows and columns, whose results the reference knows:
    /// whole blocks, all inside of the memory, and results that overlap nothing else.
    ///
    /// # Panics
    /// If `most` is 0, or `memory` is smaller than most cases are.
    pub fn new(numbers: &mut Numbers, work: Work, most: usize, memory: usize) -> Call {
        // A few are larger than the memory, among so many that are not.
        let found = (0..1000).find_map(|_| {
            let case = Case::new(numbers, work.task(), most);
            let layout = Layout::new(numbers, &case, memory)?;
            Some(Call::laid_out(work, case, &layout, memory))
        });
        found.expect("the memory holds most cases")
    }

    /// A call that only the kernel's body gives a meaning: `k` is no whole number of blocks, or results overlap what
    /// is read, or rows lie outside of the memory, or one before another. It may trap.
    ///
    /// # Panics
    /// As [`Call::new`].
    pub fn twisted(numbers: &mut Numbers, work: Work, most: usize, memory: usize) -> Call {
        let mut call = Call::new(numbers, work, most, memory);
        call.is_twisted = true;
        let any = |numbers: &mut Numbers, places: &[usize]| numbers.one_of(places);
        match numbers.below(5) {
            0 => {
                let [integers, _] = work.params();
                call.args[integers - 1] += 1 + numbers.below(300) as u64;
            }
            1 => {
                let read = any(numbers, &work.addresses()[1..]);
                let shift = numbers.one_of(&[0, 1, 4, 16, 100]);
                call.args[0] = match numbers.below(2) {
                    0 => call.args[read] + shift,
                    _ => call.args[read].saturating_sub(shift),
                };
            }
            2 => {
                let address = any(numbers, work.addresses());
                call.args[address] = (memory - numbers.below(3_000)) as u64;
            }
            3 => {
                let address = any(numbers, work.addresses());
                call.args[address] = u64::MAX - numbers.below(3_000) as u64;
            }
            _ => {
                let stride = any(numbers, work.strides());
                call.args[stride] = call.args[stride].wrapping_neg();
            }
        }
        call
    }

    fn laid_out(work: Work, case: Case, layout: &Layout, memory: usize) -> Call {
        let mut before = vec![0; memory];
        pattern(&mut before, 0);
        for (at, matrix) in [(layout.x, &case.x), (layout.other, &case.other)] {
            before[at..at + matrix.bytes().len()].copy_from_slice(matrix.bytes());
        }
        let mut args = vec![layout.dst, case.stride, layout.x, case.x.stride];
        match work {
            Work::Quantize(_) => {}
            Work::RmsNormMul => args.push(layout.other),
            _ => args.extend([layout.other, case.other.stride]),
        }
        args.push(case.rows);
        if let Work::Matmul(_) = work {
            args.push(case.cols);
        }
        args.push(case.k);
        let args = args.into_iter().map(|arg| arg as u64);
        let factors = case.factors.iter();
        let factors = factors.map(|factor| u64::from(factor.to_bits()));
        Call {
            args: args.chain(factors).collect(),
            before,
            at: layout.dst,
            case,
            is_twisted: false,
        }
    }

    /// How many results the call computes: products, quants, floats.
    pub fn results(&self) -> usize {
        self.case.results()
    }

    /// All of the memory after the call; `None` if only the body can tell.
    ///
    /// # Panics
    /// If this CPU lacks the instructions.
    pub fn after(&self, by: By<'_>) -> Option<Vec<u8>> {
        if self.is_twisted {
            return None;
        }
        let mut memory = self.before.clone();
        let end = self.at + self.case.bytes();
        self.case.compute(by, &mut memory[self.at..end]);
        Some(memory)
    }

    /// What the call is about, for reports: its sizes, and where an address lies in its results.
    pub fn describe(&self, address: usize) -> String {
        let Case { rows, cols, k, .. } = &self.case;
        let end = self.at + self.case.bytes();
        let place = match (self.at..end).contains(&address) && !self.is_twisted {
            true => format!("{} bytes into the results", address - self.at),
            false => "outside of the results".to_owned(),
        };
        let twisted = if self.is_twisted { ", twisted" } else { "" };
        format!("{rows} rows, {cols} columns, k {k}{twisted}: {place}")
    }
}

impl Layout {
    /// Finds places: one part behind another in any order, at odd addresses, close together or not, and now and then
    /// up to the memory's last byte. `None` if the memory is too small.
    fn new(numbers: &mut Numbers, case: &Case, memory: usize) -> Option<Layout> {
        let length = |matrix: &Matrix| matrix.bytes().len();
        let mut sizes = [case.bytes(), length(&case.x), length(&case.other)];
        if case.in_place {
            sizes[1] = 0;
        }
        let first = numbers.below(3);
        let mut at = numbers.below(100);
        let mut places = [0; 3];
        let mut last = 0;
        for turn in 0..3 {
            let part = (first + turn) % 3;
            places[part] = at;
            last = at + sizes[part];
            at = last + numbers.one_of(&[0, 0, 1, 39]);
        }
        let spare = memory.checked_sub(last)?;
        if numbers.below(4) == 0 {
            places = places.map(|place| place + spare);
        }
        let [dst, x, other] = places;
        let x = if case.in_place { dst } else { x };
        Some(Layout { dst, x, other })
    }
}

//! What every instruction must give, by a definition that knows nothing of
//! `isa`, and the checks that hold `isa` and `simd` to it.
//!
//! * [`grid`]: every row of the opcode table at the values where instructions
//!   go wrong.
//! * [`truth`]: any number of random float operations against float
//!   implementations that nobody here wrote.
//! * [`lanes`]: many more cases for the fast forms of `simd`, against the
//!   meanings of `isa`.
//!
//! Each gives a [`Report`] with a BLAKE3 hash over every operand and result, so
//! that two machines can be compared without moving the results. The command
//! `laws` prints it.
//!
//! A row's *meaning* is its function in `isa`. Its *law* says what that must
//! give: it is read off the mnemonic, computes integers in 128 bits, and lets
//! *witnesses* compute floats. What is deliberately not here: instructions that
//! are not a function of their operands (control, memory, tables), which other
//! tests run.
//!
//! ```
//! let options = laws::TruthOptions { ops: 10_000, ..Default::default() };
//! let report = laws::truth(&options);
//! assert!(report.holds(), "{report}");
//! ```

mod case;
mod cases;
mod check;
mod checks;
mod corners;
mod fast;
mod law;
mod meaning;
mod operands;
mod random;
mod report;
mod witness;
mod work;

pub use case::{Case, Outcome};
pub use cases::cases;
pub use checks::{GridOptions, LanesOptions, TruthOptions, grid, lanes, truth};
pub use meaning::{Meaning, arguments, meaning};
pub use report::{Difference, Report, RowReport};
pub use work::Progress;

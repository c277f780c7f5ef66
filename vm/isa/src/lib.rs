//! What the machine means: the opcode table and one pure function per meaning.
//!
//! * [`for_each_op!`] is the one table of instructions; [`ops`] describes it.
//! * [`sem`] holds the meanings: pure functions, one per instruction.
//! * [`op`] has a type per instruction, which carries the meaning through
//!   generic code by way of the traits [`Unary`], [`Binary`], [`Load`], ...
//! * [`Op`] is the same list as an enum, for code that chooses at run time.
//!
//! Nothing here has state, allocates, panics, or depends on the host: the
//! interpreter, the constant folder, the compiler's fallbacks and the tests
//! all call these functions, and so can not disagree. (The one exception,
//! [`planted`], is for tests of the tests and not in any product.)
#![forbid(unsafe_code)]

pub mod op;
pub mod opcode;
pub mod ops;
pub mod planted;
pub mod sem;
pub mod trap;
pub mod v128;
pub mod value;

pub use op::{
    Binary, Commute, Compare, ExtractLane, Instruction, Load, LoadLane, ReplaceLane, Shuffle,
    Store, StoreLane, Ternary, TryBinary, TryUnary, Unary, Unfused,
};
pub use opcode::{Class, Op};
pub use ops::COST_TABLE_VERSION;
pub use trap::Trap;
pub use v128::V128;
pub use value::{Bytes, NumType, Value};

//! The one opcode table.
//!
//! Everything that must exist once per instruction (the [`Op`](crate::Op)
//! enum, the types in [`op`](crate::op), interpreter handlers, machine code
//! templates, law tests) is made from this table, so a new instruction is one
//! row and one `sem` function.
//!
//! # Shape
//!
//! [`for_each_op!`](crate::for_each_op) calls its callback once, with every row
//! in sections by class. A class may have several sections (scalar and vector
//! rows live in different files); their order is the order of [`Op`](crate::Op).
//!
//! ```text
//! class {
//!     Name "wasm.mnemonic" (args) -> (results) fuel N, key path, key path;
//! }
//! ```
//!
//! * `Name` is the instruction's identifier in `wasmparser::Operator`.
//! * `args` and `results` are Rust types, one token tree each: `i32`, `i64`,
//!   `f32`, `f64`, `V128`, `u8` for a lane immediate, `[u8; N]` for the bytes
//!   of a memory access or the immediate of a shuffle. Addresses are not
//!   operands of a meaning; `control` rows list none at all.
//! * `sem` names the meaning as a path inside [`sem`](crate::sem).
//! * `swapped` (compare): the row that gives the same answer with its operands
//!   exchanged. `negated` (compare, where it is exact): the row that gives the
//!   opposite answer.
//! * `fused` (ternary_unfused): the Wasm instruction this row replaces when the
//!   profile asks for unfused multiply-add. Only these rows have a name that
//!   `wasmparser` does not know.
//!
//! # Classes
//!
//! | class | trait | what its rows are |
//! |---|---|---|
//! | `unary` | [`Unary`](crate::Unary) | one value to one value |
//! | `try_unary` | [`TryUnary`](crate::TryUnary) | the same, may trap |
//! | `binary` | [`Binary`](crate::Binary) | two values to one value |
//! | `commute` | [`Binary`](crate::Binary), [`Commute`](crate::Commute) | the same, operands may be exchanged |
//! | `try_binary` | [`TryBinary`](crate::TryBinary) | two values to one value, may trap |
//! | `compare` | [`Binary`](crate::Binary), [`Compare`](crate::Compare) | two scalars to 0 or 1 |
//! | `ternary` | [`Ternary`](crate::Ternary) | three vectors to one |
//! | `ternary_unfused` | [`Ternary`](crate::Ternary) | multiply-add that rounds twice |
//! | `extract_lane` | [`ExtractLane`](crate::ExtractLane) | vector and lane to scalar |
//! | `replace_lane` | [`ReplaceLane`](crate::ReplaceLane) | vector, scalar and lane to vector |
//! | `shuffle` | [`Shuffle`](crate::Shuffle) | two vectors and sixteen lane numbers to vector |
//! | `load` | [`Load`](crate::Load) | little-endian bytes to value |
//! | `store` | [`Store`](crate::Store) | value to little-endian bytes |
//! | `load_lane` | [`LoadLane`](crate::LoadLane) | bytes, vector and lane to vector |
//! | `store_lane` | [`StoreLane`](crate::StoreLane) | vector and lane to bytes |
//! | `control` | none | everything that is not a pure function of its operands |
//! | `machine` | none | what register code has and Wasm does not; free of charge |
//!
//! # Matching it
//!
//! ```
//! macro_rules! count {
//!     ($($class:ident { $(
//!         $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
//!         fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
//!     )* })*) => { [$($(stringify!($Name)),*),*].len() };
//! }
//! assert_eq!(lockstep_isa::for_each_op!(count), lockstep_isa::Op::ALL.len());
//! ```
//!
//! `$class`, `$arg` and `$result` can be matched again as literal tokens by an
//! inner macro, which is how a consumer treats classes or types apart.

mod control;
mod machine;
mod memory;
mod scalar;
mod vector;

/// The version of the fuel column. A receipt names it, so it changes whenever
/// the cost of any instruction does.
///
/// Version 1: block delimiters (`block`, `loop`, `else`, `end` and the legacy
/// `catch`, `catch_all`, `delegate`) and `nop` cost 0, everything else costs 1.
/// What bulk instructions pay on top, by size, is the engine's rule.
pub const COST_TABLE_VERSION: u32 = 1;

/// Calls `callback! { sections }` with the whole opcode table.
///
/// The argument is the callback's path without `!`. See the
/// [module documentation](crate::ops) for the grammar and an example.
#[macro_export]
macro_rules! for_each_op {
    ($($callback:tt)+) => {
        $crate::__scalar_ops! { [$($callback)+] }
    };
}

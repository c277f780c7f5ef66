//! The compiler: register code to machine code of x86-64.

mod build;
mod call;
mod control;
mod effects;
mod flow;
mod ir;
mod memory;
mod nan;
mod numeric;
mod place;
mod table;
mod value;
mod variable;
mod vector;

use simd::CpuLevel;

use crate::code::Code;

/// What to compile.
pub(crate) struct Request<'a> {
    pub(crate) code: &'a Code,
    /// Word position of the block where the machine code is entered.
    pub(crate) entry: u32,
    /// The instructions that may be used.
    pub(crate) level: CpuLevel,
}

/// Why a function stays in the interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Its tables would grow out of proportion.
    TooLarge,
    /// Loops are entered in more than one place.
    Irreducible,
    /// Something the compiler does not expect.
    Strange(&'static str),
}

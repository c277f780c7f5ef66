//! What a person needs who reads machine code: where each stretch of it comes
//! from. It is made only when asked for.

use std::mem::offset_of;

use isa::Trap;

use crate::machine::context::Context;
use crate::machine::instance::Roots;

/// What a stretch of machine code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodePart {
    /// The head of a block, which pays for it.
    Head,
    /// The work itself.
    Body,
    /// Where a block goes that could not be paid.
    OutOfFuel,
    /// Leaves with a trap.
    Trap(Trap),
    /// Finds out which of two traps it is that a conversion to an integer
    /// leaves with.
    ConversionTrap,
    /// Makes a NaN canonical.
    Nan,
    /// Moves between registers on the way to the block of this number.
    Way(u32),
}

/// A stretch of machine code, up to where the next one begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) offset: u32,
    pub(crate) block: u32,
    /// Word position of what it was made for in register code.
    pub(crate) pos: u32,
    pub(crate) part: CodePart,
}

/// A block that can be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockView {
    pub(crate) number: u32,
    /// Word position of its `charge`.
    pub(crate) pos: u32,
    pub(crate) depth: u8,
    /// Where its machine code begins.
    pub(crate) offset: u32,
}

/// One function's machine code as a reader sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// In the order of the machine code.
    pub(crate) marks: Vec<Mark>,
    pub(crate) blocks: Vec<BlockView>,
    /// Where the part begins that is rarely run.
    pub(crate) cold: u32,
    /// Where constants and tables begin.
    pub(crate) data: u32,
    /// The text form of the values it was made of.
    pub(crate) values: String,
}

/// Names of what machine code reaches through the context, with the offsets.
const FIELDS: [(usize, &str); 23] = [
    (offset_of!(Context, instance), "instance"),
    (offset_of!(Context, units), "units"),
    (offset_of!(Context, mem), "mem"),
    (offset_of!(Context, len), "len"),
    (offset_of!(Context, acc), "acc"),
    (offset_of!(Context, vec), "vec"),
    (offset_of!(Context, to_native), "to_native"),
    (roots(offset_of!(Roots, defined)), "defined"),
    (roots(offset_of!(Roots, functions)), "functions"),
    (roots(offset_of!(Roots, memories)), "memories"),
    (roots(offset_of!(Roots, tables)), "tables"),
    (roots(offset_of!(Roots, globals)), "globals"),
    (roots(offset_of!(Roots, types)), "types"),
    (roots(offset_of!(Roots, mem_limit)), "mem_limit"),
    (offset_of!(Context, stubs.exit), "exit"),
    (offset_of!(Context, stubs.fuel), "fuel"),
    (offset_of!(Context, stubs.helper), "helper"),
    (offset_of!(Context, stubs.pure), "pure"),
    (offset_of!(Context, stubs.call_driver), "call_driver"),
    (operand(0), "operand0"),
    (operand(1), "operand1"),
    (operand(2), "operand2"),
    (operand(3), "operand3"),
];

const fn roots(offset: usize) -> usize {
    offset_of!(Context, roots) + offset
}

const fn operand(number: usize) -> usize {
    offset_of!(Context, operands) + number * size_of::<[u64; 2]>()
}

/// The name of what lies at `offset` in the context, if machine code has any
/// business with it.
pub(crate) fn context_field(offset: u32) -> Option<&'static str> {
    let found = FIELDS.iter().find(|&&(at, _)| at == offset as usize);
    found.map(|&(_, name)| name)
}

//! Why a guest stopped for good.

use core::fmt;

/// The reason a Wasm instruction could not complete.
///
/// A trap is part of the meaning of a program: every tier raises the same one
/// at the same instruction. Host failures, guest exits and running out of fuel
/// are not traps and live in the engine's error type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Trap {
    /// `unreachable` was executed.
    Unreachable = 1,
    /// An integer division or remainder had a zero divisor.
    IntegerDivideByZero,
    /// The quotient or the converted value does not fit its type.
    IntegerOverflow,
    /// A NaN was converted to an integer.
    InvalidConversionToInteger,
    /// A memory access reached outside its memory.
    MemoryOutOfBounds,
    /// A table access reached outside its table.
    TableOutOfBounds,
    /// `call_indirect` named an element outside its table.
    UndefinedElement,
    /// `call_indirect` found a null reference.
    UninitializedElement,
    /// `call_indirect` found a function of another type.
    IndirectCallTypeMismatch,
    /// A null reference was used where a value is required.
    NullReference,
    /// The guest's call stack reached the profile's limit.
    StackExhausted,
    /// An exception left the outermost frame.
    UncaughtException,
}

impl Trap {
    /// Every trap.
    pub const ALL: [Trap; 12] = [
        Trap::Unreachable,
        Trap::IntegerDivideByZero,
        Trap::IntegerOverflow,
        Trap::InvalidConversionToInteger,
        Trap::MemoryOutOfBounds,
        Trap::TableOutOfBounds,
        Trap::UndefinedElement,
        Trap::UninitializedElement,
        Trap::IndirectCallTypeMismatch,
        Trap::NullReference,
        Trap::StackExhausted,
        Trap::UncaughtException,
    ];

    /// The trap whose number (`trap as u8`) is `code`.
    pub fn from_code(code: u8) -> Option<Trap> {
        Trap::ALL.into_iter().find(|&trap| trap as u8 == code)
    }

    /// The sentence a person reads; where the official test suite names a
    /// trap, it begins with that name.
    pub const fn message(self) -> &'static str {
        match self {
            Trap::Unreachable => "unreachable",
            Trap::IntegerDivideByZero => "integer divide by zero",
            Trap::IntegerOverflow => "integer overflow",
            Trap::InvalidConversionToInteger => "invalid conversion to integer",
            Trap::MemoryOutOfBounds => "out of bounds memory access",
            Trap::TableOutOfBounds => "out of bounds table access",
            Trap::UndefinedElement => "undefined element",
            Trap::UninitializedElement => "uninitialized element",
            Trap::IndirectCallTypeMismatch => "indirect call type mismatch",
            Trap::NullReference => "null reference",
            Trap::StackExhausted => "call stack exhausted",
            Trap::UncaughtException => "uncaught exception",
        }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

//! One case of one instruction, on raw bits.

use isa::{Bytes, Trap, Value};

/// The operands of one instruction, as bits: values or bytes of memory in the
/// order of the row's arguments, and its immediate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// The operands; those the row has no argument for are ignored.
    pub operands: [u128; 3],
    /// The lane number in the first byte, or a shuffle's sixteen.
    pub immediate: [u8; 16],
}

/// What an instruction gives: the bits of its result, or a trap.
pub type Outcome = Result<u128, Trap>;

impl Case {
    /// A case without an immediate.
    pub(crate) fn new(operands: [u128; 3]) -> Case {
        Case {
            operands,
            immediate: [0; 16],
        }
    }
}

/// The value of the type that is wanted.
#[inline(always)]
pub(crate) fn value<T: Value>(bits: u128) -> T {
    T::from_bits(bits)
}

/// The bytes of memory that `bits` is the little-endian number of.
#[inline(always)]
pub(crate) fn bytes<T: Bytes>(bits: u128) -> T {
    let mut bytes = T::default();
    bytes
        .as_mut()
        .copy_from_slice(&bits.to_le_bytes()[..T::LEN]);
    bytes
}

/// The little-endian number that bytes of memory are.
#[inline(always)]
pub(crate) fn bits_of<T: Bytes>(bytes: T) -> u128 {
    let mut all = [0; 16];
    all[..T::LEN].copy_from_slice(bytes.as_ref());
    u128::from_le_bytes(all)
}

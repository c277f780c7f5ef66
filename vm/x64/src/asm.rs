//! The assembler: code that grows, labels, and what waits for them.

use crate::label::{Fixup, Pool};

/// Bytes that any instruction may need, and the widest store of one.
const ROOM: usize = 32;

/// Code while it is written.
#[derive(Debug, Default)]
pub struct Asm {
    /// The code, and behind it at least [`ROOM`] bytes once an instruction
    /// was begun: so a store of eight bytes is always inside, and only the
    /// position says how many of them count.
    pub(crate) bytes: Vec<u8>,
    /// Where the next byte goes.
    pub(crate) at: usize,
    /// For each label its offset, or that it has none yet.
    pub(crate) labels: Vec<u32>,
    pub(crate) fixups: Vec<Fixup>,
    pub(crate) pool: Pool,
}

impl Asm {
    /// An assembler with no code yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The offset of the next instruction from the start of the code.
    #[inline]
    #[must_use]
    pub fn here(&self) -> usize {
        self.at
    }

    /// Makes room for one instruction.
    #[inline]
    pub(crate) fn begin(&mut self) {
        if self.bytes.len() < self.at + ROOM {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let length = (self.bytes.len() * 2).max(4096);
        self.bytes.resize(length, 0);
    }

    /// Writes the first `length` bytes of `bits`, the lowest first. Room was
    /// made by [`begin`](Self::begin).
    #[inline]
    pub(crate) fn write(&mut self, bits: u64, length: u8) {
        self.bytes[self.at..self.at + 8].copy_from_slice(&bits.to_le_bytes());
        self.at += usize::from(length);
    }

    /// A whole instruction of at most eight bytes.
    #[inline]
    pub(crate) fn raw(&mut self, bits: u64, length: u8) {
        self.begin();
        self.write(bits, length);
    }
}

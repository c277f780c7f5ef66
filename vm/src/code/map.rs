//! From places in register code back to Wasm.
//!
//! A map is made only when somebody asks (a trap, a backtrace, a stop in the
//! middle of a block), by lowering the function again with recording on.

/// What one instruction stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Word position of the instruction.
    pub(crate) pos: u32,
    /// Byte offset in the module of the Wasm instruction it carries out.
    pub(crate) offset: u32,
    /// Fuel of its block up to and including that Wasm instruction.
    pub(crate) paid: u32,
}

/// The map of one function: its instructions in order.
#[derive(Default, Debug)]
pub(crate) struct CodeMap {
    pub(crate) marks: Vec<Mark>,
}

impl CodeMap {
    /// Index of the mark of the instruction that holds word `pos`.
    pub(crate) fn index_at(&self, pos: u32) -> usize {
        self.marks
            .partition_point(|mark| mark.pos <= pos)
            .saturating_sub(1)
    }

    /// The mark of the instruction that holds word `pos`.
    pub(crate) fn at(&self, pos: u32) -> Mark {
        self.marks[self.index_at(pos)]
    }
}

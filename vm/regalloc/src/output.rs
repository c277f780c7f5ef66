//! What the allocator says.

use std::error;
use std::fmt;

use crate::function::{Class, Function, Span};
use crate::life::LIVE_INS_MAX;

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// In a register of its class.
    Register(u8),
    /// In a slot of the frame; a wide value in this one and the next.
    Slot(u32),
    /// Nowhere: it is the constant of the client's number. Of moves' sources
    /// and of states only.
    Constant(u32),
}

/// A copy from one place to another. At least one is a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The place that is read.
    pub from: Location,
    /// The place that is written; never a constant.
    pub to: Location,
    /// The class of the registers that are named.
    pub class: Class,
    /// Whether it is 16 bytes, otherwise 8.
    pub wide: bool,
}

/// A move between instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstMove {
    /// The instruction before which the move happens.
    pub inst: u32,
    /// The move.
    pub action: Move,
}

/// Where everything is.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// The place of each operand, parallel to [`Function::operands`].
    pub locations: Vec<Location>,
    /// Moves before instructions, by instruction, each list in the order in
    /// which they happen. Those before the first instruction of a block
    /// happen behind the block's head, that is once per visit.
    pub moves: Vec<InstMove>,
    /// Moves on edges, in the order in which they happen.
    pub edge_moves: Vec<Move>,
    /// The part of `edge_moves` of each edge, parallel to
    /// [`Function::edges`]. They happen behind the last instruction's reads.
    pub edges: Vec<Span>,
    /// Where states are at their block's head, behind the edge's moves and
    /// before any other, parallel to [`Function::states`].
    pub states: Vec<Location>,
    /// How many slots are used from [`Function::first_extra_slot`] on.
    pub extra_slots: u32,
}

impl Output {
    /// The moves of an edge.
    #[must_use]
    pub fn moves_of_edge(&self, edge: usize) -> &[Move] {
        self.edges[edge].of(&self.edge_moves)
    }

    pub(crate) fn clear(&mut self, function: &Function) {
        let nowhere = Location::Constant(u32::MAX);
        self.locations.clear();
        self.locations.resize(function.operands.len(), nowhere);
        self.states.clear();
        self.states.resize(function.states.len(), nowhere);
        self.moves.clear();
        self.edge_moves.clear();
        self.edges.clear();
        self.extra_slots = 0;
    }
}

/// Why there is no allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// An instruction needs more registers at once than there are.
    TooFewRegisters {
        /// The instruction.
        inst: u32,
        /// The class that is short.
        class: Class,
    },
    /// Too many values are alive in too many blocks: more than 2^23 at heads
    /// of blocks, all together.
    LivesTooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::TooFewRegisters { inst, class } => write!(
                f,
                "instruction {inst} needs more registers of class {class:?} at once than there \
                 are: allow more, or give it fewer operands"
            ),
            Error::LivesTooLong => write!(
                f,
                "more than {LIVE_INS_MAX} values are alive at heads of blocks: leave the function \
                 to the interpreter, or keep values in memory"
            ),
        }
    }
}

impl error::Error for Error {}

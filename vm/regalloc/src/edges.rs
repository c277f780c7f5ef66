//! Moves on edges: all at once in meaning, one after another in fact.
//!
//! Slots never stand in the way of one another (`finish` sees to that), so
//! only registers do: stores come first, then copies between registers, then
//! loads. The scratch register breaks cycles, and carries what goes from
//! memory to memory.

use crate::function::{Class, Registers};
use crate::output::{Location, Move};
use crate::scan::{CLASSES, NOWHERE};

/// The copies between registers of one class.
#[derive(Clone)]
struct Copies {
    /// What each register becomes, and whether it is wide.
    from: [(u8, bool); 64],
    /// How many registers become this one.
    readers: [u8; 64],
    targets: u64,
}

impl Default for Copies {
    fn default() -> Copies {
        Copies {
            from: [(NOWHERE, false); 64],
            readers: [0; 64],
            targets: 0,
        }
    }
}

/// The moves of one edge.
#[derive(Default)]
pub(crate) struct Edges {
    copies: [Copies; 2],
    through_memory: Vec<Move>,
    loads: Vec<Move>,
}

impl Edges {
    /// Adds a move; stores are written to `moves` at once.
    pub(crate) fn add(&mut self, action: Move, moves: &mut Vec<Move>) {
        if action.from == action.to {
            return;
        }
        match (action.from, action.to) {
            (Location::Register(from), Location::Register(to)) => {
                let copies = &mut self.copies[action.class as usize];
                copies.from[usize::from(to)] = (from, action.wide);
                copies.readers[usize::from(from)] += 1;
                copies.targets |= 1 << to;
            }
            (Location::Register(_), _) => moves.push(action),
            (_, Location::Register(_)) => self.loads.push(action),
            _ => self.through_memory.push(action),
        }
    }

    /// Writes the moves that were added, and forgets them.
    pub(crate) fn finish(&mut self, registers: &Registers, moves: &mut Vec<Move>) {
        for action in self.through_memory.drain(..) {
            let scratch = Location::Register(registers.scratch(action.class));
            moves.push(Move {
                to: scratch,
                ..action
            });
            moves.push(Move {
                from: scratch,
                ..action
            });
        }
        for class in CLASSES {
            let scratch = registers.scratch(class);
            self.copies[class as usize].finish(class, scratch, moves);
        }
        moves.append(&mut self.loads);
    }
}

impl Copies {
    fn finish(&mut self, class: Class, scratch: u8, moves: &mut Vec<Move>) {
        let mut copy = |from: u8, to: u8, wide: bool| {
            let (from, to) = (Location::Register(from), Location::Register(to));
            moves.push(Move {
                from,
                to,
                class,
                wide,
            });
        };
        // A register that nobody reads can be written, which may free the
        // one it is written from.
        let mut open = self.targets;
        while open != 0 {
            let mut to = open.trailing_zeros() as u8;
            open &= open - 1;
            while self.targets >> to & 1 == 1 && self.readers[usize::from(to)] == 0 {
                let (from, wide) = self.from[usize::from(to)];
                copy(from, to, wide);
                self.targets &= !(1 << to);
                self.readers[usize::from(from)] -= 1;
                to = from;
            }
        }
        // What is left are cycles.
        while self.targets != 0 {
            let first = self.targets.trailing_zeros() as u8;
            let mut to = first;
            loop {
                let (from, wide) = self.from[usize::from(to)];
                if to == first {
                    // As wide as anything in the cycle could be.
                    let widest = self.cycle_is_wide(first);
                    copy(first, scratch, widest);
                }
                self.targets &= !(1 << to);
                self.readers[usize::from(from)] -= 1;
                if from == first {
                    copy(scratch, to, wide);
                    break;
                }
                copy(from, to, wide);
                to = from;
            }
        }
    }

    fn cycle_is_wide(&self, first: u8) -> bool {
        let mut to = first;
        loop {
            let (from, wide) = self.from[usize::from(to)];
            if wide {
                return true;
            }
            if from == first {
                return false;
            }
            to = from;
        }
    }
}

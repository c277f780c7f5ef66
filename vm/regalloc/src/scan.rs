//! The scan: instruction after instruction, block after block.
//!
//! Between instructions a value is in one register or in none; one that is in
//! none is in memory, or is a constant. Slots have no numbers yet:
//! `Location::Slot` holds the value's number until the end.

use crate::entry::{Candidate, Entering};
use crate::flow::{Flow, NONE, weight};
use crate::function::{Class, Function, Registers, Span};
use crate::life::{DEAD, Life};
use crate::output::{Error, InstMove, Location, Output};
use crate::spill::Spills;

/// No register.
pub(crate) const NOWHERE: u8 = u8::MAX;

/// The classes, in the order of their numbers.
pub(crate) const CLASSES: [Class; 2] = [Class::Int, Class::Vec];

/// What the scan knows of a value.
#[derive(Clone, Copy)]
pub(crate) struct Track {
    /// The instruction that uses it next.
    pub(crate) next: u32,
    /// The block at whose head it was last seen alive.
    pub(crate) live_at: u32,
    /// Its number among the candidates for a place at that head.
    pub(crate) candidate: u32,
    /// The instruction that used it last of all; of values that do not leave
    /// their block.
    pub(crate) died: u32,
    /// The register it is in.
    pub(crate) register: u8,
    /// The register it was in last, or should be in.
    pub(crate) wish: u8,
    /// Its class.
    pub(crate) class: Class,
    /// Whether it can be made again.
    pub(crate) is_constant: bool,
}

const UNSEEN: Track = Track {
    next: DEAD,
    live_at: NONE,
    candidate: NONE,
    died: NONE,
    register: NOWHERE,
    wish: NOWHERE,
    class: Class::Int,
    is_constant: false,
};

/// A register's content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) value: u32,
    pub(crate) class: Class,
    pub(crate) register: u8,
}

/// What was written when a block began, and what its registers held.
#[derive(Clone, Copy, Default)]
struct Mark {
    entry: Span,
    exit: Span,
    moves: u32,
    memory_operands: u32,
}

/// A loop that the scan is in.
pub(crate) struct OpenLoop {
    pub(crate) header: u32,
    last: u32,
    /// Registers of the header's parameters, by class: the way back is free
    /// if their arguments can have them.
    pub(crate) wanted: [u64; 2],
}

/// The state of the scan.
#[derive(Default)]
pub(crate) struct Scan {
    pub(crate) tracks: Vec<Track>,
    pub(crate) all: [u64; 2],
    pub(crate) free: [u64; 2],
    /// The value in each register that is not free.
    pub(crate) values: Vec<[u32; 64]>,
    pub(crate) held: Vec<Held>,
    marks: Vec<Mark>,
    pub(crate) moves: Vec<InstMove>,
    /// The operands whose location is memory.
    pub(crate) memory_operands: Vec<u32>,
    pub(crate) loops: Vec<OpenLoop>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) entering: Entering,
    /// How many instructions may still be scanned again.
    budget: usize,
}

impl Scan {
    pub(crate) fn clear(&mut self, function: &Function, registers: &Registers) {
        self.tracks.clear();
        self.tracks
            .extend(function.values.iter().map(|value| Track {
                class: value.class,
                is_constant: value.remat.is_some(),
                ..UNSEEN
            }));
        self.all = [registers.int, registers.vec];
        self.free = self.all;
        self.values.clear();
        self.values.resize(CLASSES.len(), [NONE; 64]);
        self.held.clear();
        self.marks.clear();
        self.moves.clear();
        self.memory_operands.clear();
        self.loops.clear();
        self.entering.clear(function);
        self.budget = function.insts.len();
    }

    /// What registers hold at a block's head, behind the edge's moves.
    pub(crate) fn entry(&self, block: u32) -> &[Held] {
        self.entry_span(block).of(&self.held)
    }

    /// Where that stands in `held`.
    pub(crate) fn entry_span(&self, block: u32) -> Span {
        self.marks[block as usize].entry
    }

    /// Where `held` says what registers hold behind a block's last
    /// instruction.
    pub(crate) fn exit_span(&self, block: u32) -> Span {
        self.marks[block as usize].exit
    }

    pub(crate) fn track(&mut self, value: u32) -> &mut Track {
        &mut self.tracks[value as usize]
    }

    /// Puts a value into a free register.
    pub(crate) fn place(&mut self, value: u32, class: Class, register: u8) {
        debug_assert!(self.free[class as usize] >> register & 1 == 1);
        self.free[class as usize] &= !(1 << register);
        self.values[class as usize][usize::from(register)] = value;
        let track = self.track(value);
        (track.register, track.wish) = (register, register);
    }

    /// Takes a value out of its register, if it is in one.
    pub(crate) fn release(&mut self, value: u32) {
        let track = self.track(value);
        let register = std::mem::replace(&mut track.register, NOWHERE);
        if register != NOWHERE {
            let class = track.class as usize;
            self.free[class] |= 1 << register;
        }
    }

    /// Writes down what registers hold.
    fn record(&mut self) -> Span {
        let start = self.held.len();
        for class in CLASSES {
            let mut taken = self.all[class as usize] & !self.free[class as usize];
            while taken != 0 {
                let register = taken.trailing_zeros() as u8;
                taken &= taken - 1;
                let value = self.values[class as usize][usize::from(register)];
                self.held.push(Held {
                    value,
                    class,
                    register,
                });
            }
        }
        Span::new(start, self.held.len())
    }
}

/// The scan of one function.
pub(crate) struct Scanner<'a> {
    pub(crate) function: &'a Function,
    pub(crate) life: &'a Life,
    pub(crate) flow: &'a mut Flow,
    pub(crate) scan: &'a mut Scan,
    pub(crate) spills: &'a mut Spills,
    pub(crate) output: &'a mut Output,
}

impl Scanner<'_> {
    pub(crate) fn run(mut self) -> Result<(), Error> {
        let mut block = 0;
        while (block as usize) < self.function.blocks.len() {
            let mark = Mark {
                moves: self.scan.moves.len() as u32,
                memory_operands: self.scan.memory_operands.len() as u32,
                ..Mark::default()
            };
            self.scan.marks.push(mark);
            self.open_loop(block);
            self.enter(block);
            self.scan.marks[block as usize].entry = self.scan.record();
            self.write_states(block);
            self.drop_dead(block);
            let insts = self.function.block(block).insts;
            for inst in insts.start..insts.end {
                self.instruction(block, inst)?;
            }
            let exit = self.scan.record();
            self.scan.marks[block as usize].exit = exit;
            for at in exit.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).register = NOWHERE;
            }
            self.scan.free = self.scan.all;
            block = self.close_loops(block);
        }
        Ok(())
    }

    fn open_loop(&mut self, block: u32) {
        if let Some(last) = self.flow.loop_last(block) {
            let header = block;
            let wanted = [0; 2];
            self.scan.loops.push(OpenLoop {
                header,
                last,
                wanted,
            });
        }
    }

    /// Ends the loops that end with `block`, and returns the block to go on
    /// with: the next one, or a header whose promises could not be kept.
    fn close_loops(&mut self, block: u32) -> u32 {
        while let Some(open) = self.scan.loops.last() {
            let (header, last) = (open.header, open.last);
            if last > block {
                break;
            }
            self.scan.loops.pop();
            let insts = self.insts_of(header, last);
            if last == block && self.may_repeat(header, insts) && self.break_promises(header, last)
            {
                self.scan.budget -= insts;
                let mark = self.scan.marks[header as usize];
                self.scan.marks.truncate(header as usize);
                self.scan.held.truncate(mark.entry.start as usize);
                self.scan.moves.truncate(mark.moves as usize);
                let operands = mark.memory_operands as usize;
                self.scan.memory_operands.truncate(operands);
                return header;
            }
        }
        block + 1
    }

    /// How many instructions there are from one block to another.
    fn insts_of(&self, first: u32, last: u32) -> usize {
        let (first, last) = (self.function.block(first), self.function.block(last));
        (last.insts.end - first.insts.start) as usize
    }

    /// Each loop is scanned again once at most, inner ones first, and all
    /// together not for longer than the function is.
    fn may_repeat(&self, header: u32, insts: usize) -> bool {
        insts <= self.scan.budget && !self.scan.entering.is_repeated(header)
    }

    /// Notes the values that the header has in registers and that would have
    /// to be loaded on most ways back to it. Returns whether there are any.
    fn break_promises(&mut self, header: u32, last: u32) -> bool {
        let count = self.scan.entry(header).len();
        let mut kept = std::mem::take(&mut self.scan.entering.kept);
        kept.clear();
        kept.resize(count, 0);
        let mut total = 0;
        for at in 0..self.flow.preds(header).len() {
            let edge = self.flow.preds(header)[at] as usize;
            let from = self.function.edges[edge].from;
            if from < header || from > last {
                continue;
            }
            let times = weight(self.function.block(from));
            total += times;
            let entry = self.scan.marks[header as usize].entry;
            for at in entry.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).candidate = NONE;
            }
            let exit = self.scan.marks[from as usize].exit;
            for at in exit.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).candidate = header;
            }
            for (at, kept) in entry.indices().zip(&mut kept) {
                let value = self.scan.held[at].value;
                *kept += times * u64::from(self.scan.track(value).candidate == header);
            }
        }
        let mut broken = false;
        for (at, kept) in kept.iter().enumerate() {
            let value = self.scan.entry(header)[at].value;
            let is_param = self.life.facts(value).block == header;
            if !is_param && 2 * kept <= total {
                self.scan.entering.exclude(header, value);
                broken = true;
            }
        }
        self.scan.entering.kept = kept;
        broken
    }

    /// Where a value is that is in no register.
    pub(crate) fn memory(&self, value: u32) -> Location {
        match self.function.value(value).remat {
            Some(constant) => Location::Constant(constant),
            None => Location::Slot(value),
        }
    }

    pub(crate) fn class(&self, value: u32) -> Class {
        self.scan.tracks[value as usize].class
    }

    fn write_states(&mut self, block: u32) {
        for at in self.function.block(block).state.indices() {
            let value = self.function.states[at].value;
            self.output.states[at] = match self.scan.track(value).register {
                NOWHERE => self.memory(value),
                register => Location::Register(register),
            };
        }
    }

    /// Frees the registers of what only the state at the head needed.
    fn drop_dead(&mut self, block: u32) {
        let life = self.life;
        for live in life.live_in(block) {
            if live.distance == DEAD {
                self.scan.release(live.value);
            }
        }
        for &param in self.function.params_of(block) {
            if self.scan.track(param).next == DEAD {
                self.scan.release(param);
            }
        }
    }
}

//! What every function in register code must fulfil, whatever it was made of.
//!
//! The tiers trust all of this without looking, so tests of lowering look.

use std::collections::BTreeSet;

use isa::{Class, Op};

use super::display::arity;
use super::map::CodeMap;
use super::{Code, Form, Handlers, Head, Kind, field, len_at};

/// Instructions behind which their block cannot go on.
fn is_last(op: Op) -> bool {
    matches!(
        op,
        Op::Br
            | Op::BrTable
            | Op::Return
            | Op::ReturnVoid
            | Op::ReturnVec
            | Op::ReturnWide
            | Op::ReturnMany
            | Op::ReturnCall
            | Op::ReturnCallIndirect
            | Op::ReturnCallRef
            | Op::Unreachable
            | Op::Throw
            | Op::ThrowRef
    )
}

/// A function's code while it is looked over.
struct Verifier<'a> {
    code: &'a Code,
    /// Positions of instructions, and of those that are block heads.
    starts: BTreeSet<usize>,
    heads: BTreeSet<usize>,
}

/// Looks a function over, with its map. Gives the fuel of all its blocks.
///
/// # Panics
/// If something is wrong, with the place.
pub(crate) fn verify(code: &Code, map: &CodeMap) -> u64 {
    let mut starts = BTreeSet::new();
    let mut heads = BTreeSet::new();
    let mut pos = code.entry as usize;
    while pos < code.words.len() {
        if Head(code.words[pos]).op() == Op::Charge {
            heads.insert(pos);
        }
        starts.insert(pos);
        pos += len_at(&code.words, pos);
    }
    assert_eq!(pos, code.words.len(), "the last instruction is cut off");
    assert!(heads.contains(&(code.entry as usize)), "no block at entry");
    let verifier = Verifier {
        code,
        starts,
        heads,
    };
    let mut before = None;
    for &pos in &verifier.starts {
        verifier.instruction(pos);
        if let Some(before) = before
            && is_last(before)
        {
            assert!(verifier.heads.contains(&pos), "@{pos} is never reached");
        }
        before = Some(Head(code.words[pos]).op());
    }
    assert!(before.is_some_and(is_last), "control falls out of the end");
    verifier.regions();
    verifier.map(map);
    verifier.cost()
}

impl Verifier<'_> {
    fn words(&self, pos: usize) -> &[u64] {
        &self.code.words[pos..pos + len_at(&self.code.words, pos)]
    }

    fn slots(&self, pos: usize, first: u32, count: u32) {
        let (end, frame) = (first + count, self.code.frame_slots);
        assert!(end <= frame, "@{pos} names slot {}", end - 1);
    }

    fn jump(&self, pos: usize, word: u64) {
        let target = pos as i64 + i64::from(word as u32 as i32);
        let known = usize::try_from(target).is_ok_and(|target| self.heads.contains(&target));
        assert!(known, "@{pos} jumps to {target}, which is no block");
    }

    fn instruction(&self, pos: usize) {
        let words = self.words(pos);
        let (head, fields) = (Head(words[0]), words[1]);
        let (op, form) = (head.op(), head.form());
        if op == Op::Charge {
            return;
        }
        // `call` counts its moves where others name their operands' kinds.
        let operands = arity(op) + u8::from(op.class() == Class::Store);
        let kinds = || (0..operands).map(|operand| form.kind(operand));
        let constants = kinds().filter(|&kind| kind == Kind::Const).count();
        assert!(
            words.len() >= 2 + constants,
            "@{pos}: constants are missing"
        );
        for operand in 0..arity(op) {
            let slot = field(fields, u32::from(operand) + 1);
            self.operand(pos, form, operand, slot);
        }
        if op.class() == Class::Store {
            self.operand(pos, form, 1, field(fields, 0));
        }
        if head.has(Head::KEEP) {
            self.slots(pos, u32::from(field(fields, 0)), 1);
        }
        if head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0 {
            self.jump(pos, words[2]);
        }
        self.others(pos, op, fields, &words[2..]);
    }

    fn operand(&self, pos: usize, form: Form, operand: u8, slot: u16) {
        // An empty payload lies nowhere, and its slot is not looked at.
        let is_payload = Head(self.code.words[pos]).op() == Op::Throw;
        if form.kind(operand) == Kind::Slot && !(is_payload && slot == 0) {
            self.slots(pos, u32::from(slot), 1);
        }
    }

    /// What single instructions have besides operands.
    fn others(&self, pos: usize, op: Op, fields: u64, rest: &[u64]) {
        let at = |n| u32::from(field(fields, n));
        match op {
            Op::Br => self.jump(pos, fields),
            Op::BrTable => rest.iter().for_each(|&word| self.jump(pos, word)),
            Op::CopySlot | Op::CopyConst | Op::CopyAcc | Op::CopyVec => self.slots(pos, at(0), 1),
            Op::CopySum => [0, 1].iter().for_each(|&n| self.slots(pos, at(n), 1)),
            Op::CopyWide => [0, 1].iter().for_each(|&n| self.slots(pos, at(n), 2)),
            Op::CopyVecWide => self.slots(pos, at(0), 2),
            Op::Zero => {
                assert!(at(0) < at(1), "@{pos} has nothing to zero");
                self.slots(pos, at(1) - 1, 1);
            }
            Op::Call | Op::CallIndirect | Op::ReturnCall | Op::ReturnCallIndirect => {
                self.moves(pos, fields, &rest[1..]);
            }
            Op::CallRef | Op::ReturnCallRef => self.moves(pos, fields, &rest[1..]),
            Op::ReturnMany => {
                self.slots(pos, at(0), at(3));
                for i in 0..at(3) {
                    self.slots(pos, u32::from(field(rest[i as usize / 4], i % 4)), 1);
                }
            }
            _ => {}
        }
    }

    /// The frame of a call begins at an even slot, and its arguments lie
    /// inside the caller's.
    fn moves(&self, pos: usize, fields: u64, list: &[u64]) {
        let (base, slots, count) = (field(fields, 0), field(fields, 2), field(fields, 3));
        assert!(base.is_multiple_of(2), "@{pos} calls at an odd slot");
        if slots > 0 {
            self.slots(pos, u32::from(base), u32::from(slots));
        }
        for i in 0..u32::from(count) {
            let (word, half) = (list[i as usize / 2], 2 * (i % 2));
            let (to, from) = (field(word, half), field(word, half + 1));
            let arguments = base..base + slots;
            assert!(arguments.contains(&to), "@{pos} moves to slot {to}");
            self.slots(pos, u32::from(from), 1);
        }
    }

    fn regions(&self) {
        let edge = |pos: u32| {
            let pos = pos as usize;
            self.starts.contains(&pos) || pos == self.code.words.len()
        };
        for (index, region) in self.code.regions.iter().enumerate() {
            assert!(region.start <= region.end, "region {index} is inside out");
            assert!(edge(region.start), "region {index} begins inside");
            assert!(edge(region.end), "region {index} ends inside");
            let outer = |outer: u32| {
                let around = &self.code.regions[outer as usize];
                assert!(
                    (outer as usize) < index,
                    "region {index} is inside a later one"
                );
                let inside = around.start <= region.start && region.end <= around.end;
                assert!(inside, "region {index} is not inside region {outer}");
            };
            region.parent.iter().for_each(|&parent| outer(parent));
            match &region.handlers {
                Handlers::Delegate(target) => target.iter().for_each(|&target| outer(target)),
                Handlers::Catches(catches) => {
                    for catch in catches {
                        let target = catch.target as usize;
                        assert!(self.heads.contains(&target), "a handler is no block");
                        let slots = catch.payload.iter().chain(&catch.exception);
                        slots.for_each(|&slot| self.slots(target, u32::from(slot), 1));
                    }
                }
            }
        }
    }

    /// Every instruction has its mark, in the order of the Wasm code, and
    /// blocks are paid up to their whole cost.
    fn map(&self, map: &CodeMap) {
        let marked: Vec<usize> = map.marks.iter().map(|mark| mark.pos as usize).collect();
        let starts: Vec<usize> = self.starts.iter().copied().collect();
        assert_eq!(marked, starts, "marks are not the instructions");
        let (mut offset, mut paid, mut cost) = (0, 0, 0);
        for mark in &map.marks {
            let pos = mark.pos as usize;
            assert!(mark.offset >= offset, "@{pos} is mapped backwards");
            offset = mark.offset;
            if self.heads.contains(&pos) {
                (paid, cost) = (0, self.code.words[pos + 1]);
            }
            assert!(mark.paid >= paid, "@{pos} gives fuel back");
            assert!(
                u64::from(mark.paid) <= cost,
                "@{pos} is paid beyond its block"
            );
            paid = mark.paid;
        }
    }

    fn cost(&self) -> u64 {
        let costs = self.heads.iter().map(|&pos| self.code.words[pos + 1]);
        costs.sum()
    }
}

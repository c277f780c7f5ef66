//! The code buffer: instructions, blocks and jumps.

use isa::Op;
use isa::planted::{Fault, planted};

use crate::code::map::Mark;
use crate::code::{Form, Head, fields};

/// A jump whose target is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixup {
    /// The word whose low half gets the distance.
    word: u32,
    /// The instruction the distance counts from.
    base: u32,
}

/// Register code under construction.
pub(super) struct Emit {
    pub(super) words: Vec<u64>,
    /// The last instruction, unless a block has begun since.
    last: Option<usize>,
    /// The one before it, likewise.
    before: Option<usize>,
    /// The `charge` of the open block.
    head: usize,
    /// Fuel of the open block so far.
    cost: u64,
    /// Byte offset of the Wasm instruction being lowered.
    pub(super) offset: u64,
    marks: Option<Vec<Mark>>,
    /// Words there is room for.
    room: usize,
}

impl Emit {
    pub(super) fn new(record: bool, room: usize) -> Emit {
        Emit {
            words: Vec::new(),
            last: None,
            before: None,
            head: 0,
            cost: 0,
            offset: 0,
            marks: record.then(Vec::new),
            room,
        }
    }

    /// Whether the code is longer than there is room for. A byte of Wasm can
    /// become kilobytes of moves, so this is asked after every instruction,
    /// and within those that emit a block for each of many labels.
    pub(super) fn is_full(&self) -> bool {
        self.words.len() > self.room
    }

    /// Begins the function: its first block, and room for zeroing locals.
    pub(super) fn begin(&mut self) {
        self.begin_block();
        self.emit(Op::Zero, Form::default(), 0, &[0]);
        (self.last, self.before) = (None, None);
    }

    /// The code, the position where it begins, and the marks. The locals in
    /// slots of `zero` must start as zero.
    pub(super) fn finish(mut self, zero: Option<(u16, u16)>) -> (Vec<u64>, u32, Vec<Mark>) {
        const BLOCK: usize = 0;
        const ZERO: usize = 2;
        let mut marks = self.marks.unwrap_or_default();
        let entry = match zero {
            Some((from, to)) => {
                self.words[ZERO + 1] = fields(from, to, 0, 0);
                BLOCK
            }
            None => {
                // The block's head takes the place of the zeroing.
                self.words.copy_within(BLOCK..ZERO, ZERO);
                if !marks.is_empty() {
                    marks.remove(0);
                }
                ZERO
            }
        };
        (self.words, entry as u32, marks)
    }

    /// Adds the fuel of a Wasm instruction to the open block.
    pub(super) fn pay(&mut self, fuel: u32) {
        self.cost += u64::from(fuel);
    }

    /// Appends an instruction: its head, then `words`.
    pub(super) fn emit(&mut self, op: Op, form: Form, flags: u8, words: &[u64]) -> usize {
        let pos = self.words.len();
        self.words
            .push(Head::new(op, form, flags, 1 + words.len()).0);
        self.words.extend_from_slice(words);
        self.note(pos);
        self.before = self.last;
        self.last = Some(pos);
        pos
    }

    fn note(&mut self, pos: usize) {
        if let Some(marks) = &mut self.marks {
            let paid = self.cost as u32;
            marks.push(Mark {
                pos: pos as u32,
                offset: self.offset as u32,
                paid,
            });
        }
    }

    /// Appends words to the last instruction that are not counted in its
    /// head's length (a list).
    pub(super) fn list(&mut self, words: impl IntoIterator<Item = u64>) {
        self.words.extend(words);
    }

    /// Takes the last instruction back.
    pub(super) fn retract(&mut self, pos: usize) {
        debug_assert_eq!(self.last, Some(pos));
        self.words.truncate(pos);
        self.last = self.before.take();
        if let Some(marks) = &mut self.marks {
            marks.pop();
        }
    }

    /// The last instruction, unless a block has begun since.
    pub(super) fn last(&self) -> Option<usize> {
        self.last
    }

    pub(super) fn is_last(&self, pos: usize) -> bool {
        self.last == Some(pos)
    }

    pub(super) fn head_at(&self, pos: usize) -> Head {
        Head(self.words[pos])
    }

    /// Makes the instruction at `pos` also write its result to `slot`.
    pub(super) fn keep(&mut self, pos: usize, slot: u16) {
        debug_assert!(!self.head_at(pos).has(Head::KEEP));
        self.words[pos] |= u64::from(Head::KEEP) << 24;
        self.words[pos + 1] = self.words[pos + 1] & !0xffff | u64::from(slot);
    }

    /// Position of the next instruction.
    pub(super) fn here(&self) -> usize {
        self.words.len()
    }

    /// Begins a block.
    pub(super) fn begin_block(&mut self) -> usize {
        self.head = self.words.len();
        self.cost = 0;
        self.words
            .push(Head::new(Op::Charge, Form::default(), 0, 2).0);
        self.words.push(0);
        self.note(self.head);
        (self.last, self.before) = (None, None);
        self.head
    }

    /// Ends the open block: its cost is known now.
    pub(super) fn end_block(&mut self) {
        let missing = u64::from(self.cost > 3 && planted(Fault::Cost));
        self.words[self.head + 1] = self.cost - missing;
        (self.last, self.before) = (None, None);
    }

    /// A jump of the instruction at `base`, with its distance in `word`.
    pub(super) fn fixup(&self, base: usize, word: usize) -> Fixup {
        Fixup {
            word: word as u32,
            base: base as u32,
        }
    }

    /// Sends a jump to the block at `target`.
    pub(super) fn patch(&mut self, fixup: Fixup, target: usize) {
        let distance = target as i64 - i64::from(fixup.base);
        let word = &mut self.words[fixup.word as usize];
        *word = *word & !0xffff_ffff | u64::from(distance as i32 as u32);
    }
}

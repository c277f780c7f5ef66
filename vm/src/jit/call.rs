//! Calls and returns: everything goes by way of slots.

use isa::{NumType, Op};

use super::Refused;
use super::build::{Bind, Builder};
use super::effects::moves;
use super::ir::{Call, Target, Term, Ty};
use crate::code::{Head, Kind as Form, field, len_at};

impl Builder<'_> {
    /// Moves arguments, and writes them to the callee's frame; its first slot.
    fn arguments(&mut self, pos: usize) -> u32 {
        let words = self.words;
        for (to, from) in moves(&words[pos..]) {
            self.copy(to, from, self.slot_type(from));
        }
        let base = self.slot(pos, 0);
        for slot in base..base + self.slot(pos, 2) {
            self.clean(slot);
        }
        base
    }

    /// The module's number of a type of which register code has the engine's.
    /// That of the engine depends on what it met before.
    fn own_type(&self, id: u32) -> u32 {
        let types = self.request.types;
        let place = types.binary_search_by_key(&id, |&(id, _)| id);
        types[place.expect("code names types of its module")].1
    }

    fn target(&mut self, pos: usize) -> Target {
        let head = Head(self.words[pos]);
        match head.op() {
            Op::Call | Op::ReturnCall => {
                let index = self.words[pos + 2] as u32;
                match head.has(Head::FAR) {
                    true => Target::Imported(index),
                    false => Target::Defined(index),
                }
            }
            Op::CallIndirect | Op::ReturnCallIndirect => {
                let word = self.words[pos + 2];
                Target::Indirect {
                    table: word as u32,
                    ty: self.own_type((word >> 32) as u32),
                    index: self.operand(pos, 0, 0, NumType::I64),
                }
            }
            _ => Target::Ref(self.operand(pos, 0, 0, NumType::I64)),
        }
    }

    /// A call, at `pos`.
    pub(super) fn call(&mut self, pos: usize) -> Result<(), Refused> {
        let next = self.flow.succs(self.block)[0];
        // The operand may lie where an argument goes.
        let target = self.target(pos);
        let base = self.arguments(pos);
        self.flush_for(Some(next), base);
        self.forget_values(base);
        let edge = self.edge(next)?;
        self.end(Term::Call(Call {
            target,
            base: base as u16,
            pos: pos as u32,
            behind: (pos + len_at(self.words, pos)) as u32,
            next: Some(edge),
        }));
        Ok(())
    }

    /// A tail call, at `pos`.
    pub(super) fn tail_call(&mut self, pos: usize) {
        let target = self.target(pos);
        let base = self.arguments(pos);
        self.end(Term::Call(Call {
            target,
            base: base as u16,
            pos: pos as u32,
            behind: (pos + len_at(self.words, pos)) as u32,
            next: None,
        }));
    }

    /// A return, at `pos`: results go to the first slots.
    pub(super) fn leave(&mut self, pos: usize) {
        let head = Head(self.words[pos]);
        let kind = head.form().kind(0);
        match head.op() {
            Op::ReturnVoid => {}
            Op::ReturnVec => {
                let val = self.low_vec();
                self.write(0, val);
                self.clean(0);
            }
            Op::ReturnWide => {
                let val = self.operand_in(pos, kind, 1, 2, NumType::V128);
                self.write(0, val);
                self.clean(0);
            }
            Op::Return => {
                if kind == Form::Slot {
                    let from = self.slot(pos, 1);
                    self.copy(0, from, self.slot_type(from));
                } else {
                    let val = self.operand_in(pos, kind, 1, 2, NumType::I64);
                    self.write(0, val);
                }
                self.clean(0);
            }
            _ => self.leave_many(pos),
        }
        self.end(Term::Return);
    }

    fn leave_many(&mut self, pos: usize) {
        let count = self.slot(pos, 3);
        let sources: Vec<u32> = (0..count)
            .map(|index| {
                let word = self.words[pos + 2 + index as usize / 4];
                u32::from(field(word, index % 4))
            })
            .collect();
        for &from in &sources {
            if self.spots[from as usize].bind == Bind::Memory {
                self.read(from, Ty::Int);
            }
        }
        let binds: Vec<Bind> = sources
            .iter()
            .map(|&from| self.spots[from as usize].bind)
            .collect();
        for (slot, bind) in (0..count).zip(binds) {
            self.bind(slot, bind);
        }
        for slot in 0..count {
            self.clean(slot);
        }
    }
}

//! Locals, globals, constants and choices between values.

use isa::Op;

use super::stack::{Entry, File, Loc, Operand, file_of};
use super::{FirstUse, Lowering};
use crate::code::{Form, Kind, fields};
use crate::module::types::ValType;

impl Lowering<'_> {
    pub(super) fn constant(&mut self, ty: ValType, bits: u64) {
        self.push(ty, Loc::Const(bits));
    }

    pub(super) fn local_get(&mut self, index: u32) {
        match self.locals[index as usize].first {
            FirstUse::Written(stretch) if self.is_open(stretch) => {}
            _ => self.locals[index as usize].first = FirstUse::MayBeRead,
        }
        let local = &self.locals[index as usize];
        let (ty, from) = (local.ty, local.slot);
        if self.may_be_lazy() {
            return self.push(ty, Loc::Local(index));
        }
        self.push(ty, Loc::Slot);
        let to = self.stack.last().expect("just pushed").slot;
        self.copy(ty, to, from);
    }

    pub(super) fn local_set(&mut self, index: u32) {
        self.force(1);
        let entry = self.pop();
        self.assign(index, entry);
    }

    /// Gives a local the value just popped.
    fn assign(&mut self, index: u32, entry: Entry) {
        self.save_readers(index);
        match self.locals[index as usize].first {
            FirstUse::MayBeRead => {}
            FirstUse::Written(stretch) if self.is_open(stretch) => {}
            _ => self.locals[index as usize].first = FirstUse::Written(self.stretch()),
        }
        let slot = self.locals[index as usize].slot;
        let file = file_of(entry.ty) as usize;
        self.place(entry, slot, true);
        if matches!(entry.loc, Loc::Acc(_)) {
            self.cached[file].local = Some(index);
        } else if self.cached[file].local == Some(index) {
            self.cached[file].local = None;
        }
    }

    pub(super) fn local_tee(&mut self, index: u32) {
        self.force(1);
        let mut entry = self.pop();
        if !self.may_be_lazy() {
            // The operand stays in its own slot.
            self.in_slot(entry);
            if !matches!(entry.loc, Loc::Local(_)) {
                entry.loc = Loc::Slot;
            }
        }
        self.assign(index, entry);
        match entry.loc {
            Loc::Acc(_) => self.push(entry.ty, Loc::Local(index)),
            // A local given its own value stands for itself.
            loc => self.push_at(entry.ty, entry.slot, loc),
        }
    }

    pub(super) fn global_get(&mut self, index: u32) {
        let ty = self.module.globals[index as usize].ty.content;
        let op = match (file_of(ty), ty) {
            (File::Int, _) => Op::GlobalGet,
            (File::Vec, ValType::V128) => Op::GlobalGetWide,
            (File::Vec, _) => Op::GlobalGetVec,
        };
        self.produce(ty, op, Form::default(), 0, &[0, u64::from(index)]);
    }

    pub(super) fn global_set(&mut self, index: u32) {
        let entry = self.pop();
        let ty = entry.ty;
        let operand = self.operand(entry, true);
        let op = match (file_of(ty), operand.kind) {
            (File::Vec, _) if ty == ValType::V128 => Op::GlobalSetWide,
            (File::Vec, Kind::Acc) => Op::GlobalSetVec,
            _ => Op::GlobalSet,
        };
        let words = [
            fields(0, operand.slot, 0, 0),
            u64::from(index),
            operand.value,
        ];
        let len = if operand.kind == Kind::Const { 3 } else { 2 };
        self.out.emit(op, Form::of1(operand.kind), 0, &words[..len]);
    }

    pub(super) fn select(&mut self) {
        let condition = self.pop();
        let b = self.pop();
        let a = self.pop();
        let op = match (file_of(a.ty), a.ty) {
            (File::Int, _) => Op::Select,
            (File::Vec, ValType::V128) => Op::SelectWide,
            (File::Vec, _) => Op::SelectVec,
        };
        let ty = a.ty;
        let (a, b) = (self.in_slot_or_const(a), self.in_slot_or_const(b));
        let condition = self.operand(condition, false);
        let form = Form::of3(a.kind, b.kind, condition.kind);
        let mut words = vec![fields(0, a.slot, b.slot, condition.slot)];
        words.extend(
            [a, b]
                .iter()
                .filter(|o| o.kind == Kind::Const)
                .map(|o| o.value),
        );
        self.produce(ty, op, form, 0, &words);
    }

    fn in_slot_or_const(&mut self, entry: Entry) -> Operand {
        match entry.loc {
            Loc::Const(_) => self.operand(entry, true),
            _ => self.in_slot(entry),
        }
    }
}

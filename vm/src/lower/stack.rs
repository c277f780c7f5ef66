//! The operand stack at lowering time: where each value is, not what it is.

use isa::{NumType, Op};

use super::Lowering;
use super::emit::Fixup;
use crate::code::{Form, Head, Kind, fields};
use crate::module::types::ValType;

/// Operands this deep are always in their slot. It bounds the search for
/// values that must be saved before a local changes.
const LAZY_DEPTH: usize = 64;

/// Which accumulator a type uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum File {
    Int = 0,
    Vec = 1,
}

/// The accumulator of `ty`.
pub(super) fn file_of(ty: ValType) -> File {
    match ty {
        ValType::I32 | ValType::I64 | ValType::Ref(_) => File::Int,
        ValType::F32 | ValType::F64 | ValType::V128 => File::Vec,
    }
}

pub(super) fn val_type(ty: NumType) -> ValType {
    match ty {
        NumType::I32 => ValType::I32,
        NumType::I64 => ValType::I64,
        NumType::F32 => ValType::F32,
        NumType::F64 => ValType::F64,
        NumType::V128 => ValType::V128,
    }
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loc {
    /// In the entry's own slot.
    Slot,
    /// In a local that has not changed since it was read.
    Local(u32),
    /// A 64-bit local, which has not changed since, plus a constant: an
    /// address more often than not.
    Sum(u32, u64),
    /// Known. Vectors are never known.
    Const(u64),
    /// In the accumulator, made by the instruction at this position.
    Acc(usize),
}

/// One value on the operand stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) ty: ValType,
    /// The slot that belongs to this place on the stack.
    pub(super) slot: u32,
    pub(super) loc: Loc,
}

impl Entry {
    fn end(&self) -> u32 {
        self.slot + self.ty.slots()
    }
}

/// What an accumulator is known to hold besides an operand.
#[derive(Clone, Copy, Default)]
pub(super) struct Cached {
    /// The stack index of the operand that is only there.
    pub(super) operand: Option<usize>,
    /// A local with the same value.
    pub(super) local: Option<u32>,
}

/// An operand as an instruction names it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    pub(super) kind: Kind,
    /// The slot, if `kind` says so.
    pub(super) slot: u16,
    /// The constant, if `kind` says so.
    pub(super) value: u64,
}

impl Operand {
    fn slot(slot: u32) -> Operand {
        Operand {
            kind: Kind::Slot,
            slot: slot as u16,
            value: 0,
        }
    }

    const ACC: Operand = Operand {
        kind: Kind::Acc,
        slot: 0,
        value: 0,
    };
}

/// A condition that has not been turned into code yet.
#[derive(Clone, Copy)]
pub(super) struct Condition {
    op: Op,
    form: Form,
    fields: u64,
    /// The constant operand.
    value: Option<u64>,
    holds: bool,
}

impl Condition {
    /// Branches if `operand` of a 32- or 64-bit type is (not) zero.
    pub(super) fn zero(op: Op, operand: Operand, holds: bool) -> Condition {
        Condition {
            op,
            form: Form::of1(operand.kind),
            fields: fields(0, operand.slot, 0, 0),
            value: None,
            holds,
        }
    }

    /// The opposite condition.
    pub(super) fn negate(self) -> Condition {
        match self.op.negated() {
            Some(op) if self.holds => Condition { op, ..self },
            _ => Condition {
                holds: !self.holds,
                ..self
            },
        }
    }
}

/// The first slot at or after `end` where a value of `ty` may lie.
pub(super) fn align(end: u32, ty: ValType) -> u32 {
    if ty == ValType::V128 {
        end.next_multiple_of(2)
    } else {
        end
    }
}

impl Lowering<'_> {
    /// The first slot that no value on the stack below index `height` uses.
    pub(super) fn end_below(&self, height: usize) -> u32 {
        match height {
            0 => self.locals_end,
            _ => self.stack[height - 1].end(),
        }
    }

    /// The slots of values of `types` packed from `end`.
    pub(super) fn packed(&self, end: u32, types: &[ValType]) -> Vec<u32> {
        let mut end = end;
        types
            .iter()
            .map(|&ty| {
                let slot = align(end, ty);
                end = slot + ty.slots();
                slot
            })
            .collect()
    }

    pub(super) fn push(&mut self, ty: ValType, loc: Loc) {
        let slot = align(self.end_below(self.stack.len()), ty);
        self.push_at(ty, slot, loc);
    }

    pub(super) fn push_at(&mut self, ty: ValType, slot: u32, loc: Loc) {
        self.use_slots(slot + ty.slots());
        self.height_units += ty.slots();
        self.max_height_units = self.max_height_units.max(self.height_units);
        match loc {
            Loc::Local(local) | Loc::Sum(local, _) => self.locals[local as usize].pending += 1,
            Loc::Acc(_) => self.cached[file_of(ty) as usize].operand = Some(self.stack.len()),
            Loc::Slot | Loc::Const(_) => {}
        }
        self.stack.push(Entry { ty, slot, loc });
    }

    /// Pushes values that are in their slots.
    pub(super) fn push_slots(&mut self, types: &[ValType], slots: &[u32]) {
        for (&ty, &slot) in types.iter().zip(slots) {
            self.push_at(ty, slot, Loc::Slot);
        }
    }

    /// Takes the top operand. A sum is computed first, into its slot.
    pub(super) fn pop(&mut self) -> Entry {
        let mut entry = self.pop_lazy();
        if let Loc::Sum(..) = entry.loc {
            self.in_slot(entry);
            entry.loc = Loc::Slot;
        }
        entry
    }

    /// Sums among the top `count` operands are computed into the accumulator,
    /// in order.
    pub(super) fn force(&mut self, count: usize) {
        for index in self.stack.len() - count..self.stack.len() {
            let Loc::Sum(local, addend) = self.stack[index].loc else {
                continue;
            };
            self.release(File::Int);
            let operand = self.operand(
                Entry {
                    loc: Loc::Local(local),
                    ..self.stack[index]
                },
                false,
            );
            let form = Form::of2(operand.kind, Kind::Const);
            let words = [fields(0, operand.slot, 0, 0), addend];
            let pos = self.out.emit(Op::I64Add, form, 0, &words);
            self.cached[File::Int as usize] = Cached {
                operand: Some(index),
                local: None,
            };
            self.locals[local as usize].pending -= 1;
            self.stack[index].loc = Loc::Acc(pos);
        }
    }

    /// Takes the top operand as it is.
    pub(super) fn pop_lazy(&mut self) -> Entry {
        let entry = self
            .stack
            .pop()
            .expect("validated code does not underflow its stack");
        self.height_units -= entry.ty.slots();
        match entry.loc {
            Loc::Local(local) | Loc::Sum(local, _) => self.locals[local as usize].pending -= 1,
            Loc::Acc(_) => self.cached[file_of(entry.ty) as usize].operand = None,
            Loc::Slot | Loc::Const(_) => {}
        }
        entry
    }

    /// Drops everything above `height`. Makes no code: often there is no
    /// block here to hold it.
    pub(super) fn truncate(&mut self, height: usize) {
        while self.stack.len() > height {
            self.pop_lazy();
        }
    }

    pub(super) fn use_slots(&mut self, end: u32) {
        self.frame_slots = self.frame_slots.max(end);
    }

    /// The operand for a value just popped; constants only where `consts`.
    pub(super) fn operand(&mut self, entry: Entry, consts: bool) -> Operand {
        match entry.loc {
            Loc::Acc(_) => Operand::ACC,
            Loc::Local(local) if self.cached[file_of(entry.ty) as usize].local == Some(local) => {
                Operand::ACC
            }
            Loc::Const(value) if consts => Operand {
                kind: Kind::Const,
                slot: 0,
                value,
            },
            _ => self.in_slot(entry),
        }
    }

    /// Operands for two values just popped; at most one of them is in each
    /// accumulator.
    pub(super) fn operands(&mut self, a: Entry, b: Entry, consts: bool) -> (Operand, Operand) {
        let same_file = file_of(a.ty) == file_of(b.ty);
        if same_file && matches!(b.loc, Loc::Acc(_)) {
            let b = self.operand(b, consts);
            let a = match a.loc {
                Loc::Const(_) => self.operand(a, consts),
                _ => self.in_slot(a),
            };
            return (a, b);
        }
        let first = self.operand(a, consts);
        let second = match b.loc {
            Loc::Local(_) if same_file && first.kind == Kind::Acc => self.in_slot(b),
            _ => self.operand(b, consts),
        };
        (first, second)
    }

    /// Makes sure a value just popped is in a slot. No accumulator changes.
    pub(super) fn in_slot(&mut self, entry: Entry) -> Operand {
        match entry.loc {
            Loc::Slot => Operand::slot(entry.slot),
            Loc::Local(local) => Operand::slot(self.locals[local as usize].slot),
            Loc::Sum(local, addend) => {
                self.copy_sum(entry.slot, local, addend);
                Operand::slot(entry.slot)
            }
            Loc::Acc(pos) => {
                self.out.keep(pos, entry.slot as u16);
                Operand::slot(entry.slot)
            }
            Loc::Const(value) => {
                self.out.emit(
                    Op::CopyConst,
                    Form::default(),
                    0,
                    &[fields(entry.slot as u16, 0, 0, 0), value],
                );
                Operand::slot(entry.slot)
            }
        }
    }

    /// Appends an instruction that leaves a value of `ty` in its accumulator,
    /// and pushes that value.
    pub(super) fn produce(&mut self, ty: ValType, op: Op, form: Form, flags: u8, words: &[u64]) {
        let file = file_of(ty);
        self.release(file);
        self.cached[file as usize].local = None;
        let pos = self.out.emit(op, form, flags, words);
        self.push(ty, Loc::Acc(pos));
    }

    /// Gives an accumulator free: the operand that is only there also goes to
    /// its slot.
    pub(super) fn release(&mut self, file: File) {
        if let Some(index) = self.cached[file as usize].operand.take() {
            let entry = self.stack[index];
            self.in_slot(entry);
            self.stack[index].loc = Loc::Slot;
        }
    }

    /// Before control may come from elsewhere or go there and back: no
    /// operand is in an accumulator, and what they hold is not known.
    pub(super) fn forget(&mut self) {
        self.release(File::Int);
        self.release(File::Vec);
        self.cached = Default::default();
    }

    /// Before a control structure: every operand is constant or in its slot.
    /// The accumulators are left as they are.
    pub(super) fn settle(&mut self) {
        self.release(File::Int);
        self.release(File::Vec);
        for index in 0..self.stack.len().min(LAZY_DEPTH) {
            if let Loc::Local(local) | Loc::Sum(local, _) = self.stack[index].loc {
                self.save(index, local);
            }
        }
    }

    /// Puts the operand at `index`, which depends on `local`, into its slot.
    fn save(&mut self, index: usize, local: u32) {
        let Entry { ty, slot, loc } = self.stack[index];
        match loc {
            Loc::Sum(_, addend) => self.copy_sum(slot, local, addend),
            _ => self.copy(ty, slot, self.locals[local as usize].slot),
        }
        self.locals[local as usize].pending -= 1;
        self.stack[index].loc = Loc::Slot;
    }

    fn copy_sum(&mut self, to: u32, local: u32, addend: u64) {
        let from = self.locals[local as usize].slot;
        let words = [fields(to as u16, from as u16, 0, 0), addend];
        self.out.emit(Op::CopySum, Form::default(), 0, &words);
    }

    /// Before `local` changes: operands that name it keep its old value.
    pub(super) fn save_readers(&mut self, local: u32) {
        let mut index = self.stack.len();
        while self.locals[local as usize].pending > 0 {
            index -= 1;
            match self.stack[index].loc {
                Loc::Local(own) | Loc::Sum(own, _) if own == local => self.save(index, local),
                _ => {}
            }
        }
    }

    /// Whether the next operand may stay in a local.
    pub(super) fn may_be_lazy(&self) -> bool {
        self.stack.len() < LAZY_DEPTH
    }

    /// Copies between slots.
    pub(super) fn copy(&mut self, ty: ValType, to: u32, from: u32) {
        let op = if ty == ValType::V128 {
            Op::CopyWide
        } else {
            Op::CopySlot
        };
        self.out.emit(
            op,
            Form::default(),
            0,
            &[fields(to as u16, from as u16, 0, 0)],
        );
    }

    /// Writes an accumulator to a slot.
    pub(super) fn copy_acc(&mut self, ty: ValType, to: u32) {
        let op = match (file_of(ty), ty) {
            (File::Int, _) => Op::CopyAcc,
            (File::Vec, ValType::V128) => Op::CopyVecWide,
            (File::Vec, _) => Op::CopyVec,
        };
        self.out
            .emit(op, Form::default(), 0, &[fields(to as u16, 0, 0, 0)]);
    }

    /// Puts a value just popped into `slot`. If `early`, the instruction that
    /// made it may write there, so nothing since may depend on the slot.
    pub(super) fn place(&mut self, entry: Entry, slot: u32, early: bool) {
        self.use_slots(slot + entry.ty.slots());
        match entry.loc {
            Loc::Slot if entry.slot == slot => {}
            Loc::Slot => self.copy(entry.ty, slot, entry.slot),
            Loc::Local(local) => self.copy(entry.ty, slot, self.locals[local as usize].slot),
            Loc::Sum(local, addend) => self.copy_sum(slot, local, addend),
            Loc::Const(value) => {
                let words = [fields(slot as u16, 0, 0, 0), value];
                self.out.emit(Op::CopyConst, Form::default(), 0, &words);
            }
            Loc::Acc(pos) if entry.slot == slot || early && self.out.is_last(pos) => {
                self.out.keep(pos, slot as u16);
            }
            Loc::Acc(_) => self.copy_acc(entry.ty, slot),
        }
    }

    /// The condition that an `i32` just popped is not zero; a comparison made
    /// for it becomes part of it.
    pub(super) fn condition(&mut self, entry: Entry) -> Condition {
        if let Loc::Acc(pos) = entry.loc
            && let Some(condition) = self.take_comparison(pos)
        {
            return condition;
        }
        let operand = self.operand(entry, false);
        Condition::zero(Op::I32Eqz, operand, false)
    }

    /// The comparison at `pos` as a condition, if it is the last instruction;
    /// it is taken back. A test whether a comparison failed is the opposite
    /// of that comparison.
    fn take_comparison(&mut self, pos: usize) -> Option<Condition> {
        let head = self.out.head_at(pos);
        let zero_test = matches!(head.op(), Op::I32Eqz | Op::I64Eqz);
        let compare = head.op().class() == isa::Class::Compare;
        if !self.out.is_last(pos) || head.has(Head::KEEP) || !(zero_test || compare) {
            return None;
        }
        let condition = Condition {
            op: head.op(),
            form: head.form(),
            fields: self.out.words[pos + 1],
            value: self.out.words.get(pos + 2).copied(),
            holds: true,
        };
        self.out.retract(pos);
        if head.op() == Op::I32Eqz
            && head.form().kind(0) == Kind::Acc
            && let Some(last) = self.out.last()
            && let Some(tested) = self.take_comparison(last)
        {
            return Some(tested.negate());
        }
        Some(condition)
    }

    /// Appends the branch for a condition; its target is the fixup's.
    pub(super) fn branch_on(&mut self, condition: Condition) -> Fixup {
        let flag = if condition.holds {
            Head::IF_TRUE
        } else {
            Head::IF_FALSE
        };
        let mut words = vec![condition.fields, 0];
        words.extend(condition.value);
        let pos = self.out.emit(condition.op, condition.form, flag, &words);
        self.out.fixup(pos, pos + 2)
    }
}

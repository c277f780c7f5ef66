//! Calls and returns.

use isa::Op;

use super::Lowering;
use super::stack::{Entry, File, Loc, Operand, align, file_of};
use crate::code::{Form, Head, Kind, fields};
use crate::module::types::{FuncType, ValType};

/// Where the arguments of a call go.
struct Arguments {
    /// First slot of the callee's frame.
    base: u32,
    /// Slots they take there.
    slots: u16,
    /// Slot moves, packed two to a word, in the order they must be made.
    moves: Vec<u64>,
    count: u16,
}

/// Packs pairs of (to, from) slots two to a word.
fn pack_moves(moves: &[(u32, u32)]) -> Vec<u64> {
    moves
        .chunks(2)
        .map(|pair| {
            let (to, from) = pair[0];
            let (to2, from2) = pair.get(1).copied().unwrap_or((0, 0));
            fields(to as u16, from as u16, to2 as u16, from2 as u16)
        })
        .collect()
}

impl Lowering<'_> {
    pub(super) fn call(&mut self, index: u32, tail: bool) {
        let ty = self.module.func_type(index).clone();
        let op = if tail { Op::ReturnCall } else { Op::Call };
        let imported = self.module.imported.funcs;
        match index.checked_sub(imported) {
            Some(defined) => self.emit_call(op, &ty, None, 0, u64::from(defined)),
            None => self.emit_call(op, &ty, None, Head::FAR, u64::from(index)),
        }
    }

    pub(super) fn call_indirect(&mut self, ty: u32, table: u32, tail: bool) {
        let entry = self.pop();
        let operand = self.operand(entry, false);
        let id = self.module.type_ids[ty as usize];
        let ty = self.module.types[ty as usize].clone();
        let op = if tail {
            Op::ReturnCallIndirect
        } else {
            Op::CallIndirect
        };
        let word = u64::from(table) | u64::from(id.0) << 32;
        self.emit_call(op, &ty, Some(operand), 0, word);
    }

    pub(super) fn call_ref(&mut self, ty: u32, tail: bool) {
        let entry = self.pop();
        let operand = self.operand(entry, false);
        let ty = self.module.types[ty as usize].clone();
        let op = if tail { Op::ReturnCallRef } else { Op::CallRef };
        self.emit_call(op, &ty, Some(operand), 0, 0);
    }

    fn emit_call(&mut self, op: Op, ty: &FuncType, target: Option<Operand>, flags: u8, word: u64) {
        let arguments = self.arguments(ty);
        let results = self.packed(arguments.base, ty.results());
        let slot = target.map_or(0, |operand| operand.slot);
        // Direct calls say in their form that they move at most four slots.
        let few = if arguments.count <= 4 {
            arguments.count as u8 + 1
        } else {
            0
        };
        let form = target.map_or(Form(few), |operand| Form::of1(operand.kind));
        let head = fields(
            arguments.base as u16,
            slot,
            arguments.slots,
            arguments.count,
        );
        self.out.emit(op, form, flags, &[head, word]);
        self.out.list(arguments.moves);
        if matches!(
            op,
            Op::ReturnCall | Op::ReturnCallIndirect | Op::ReturnCallRef
        ) {
            return self.terminate();
        }
        self.forget();
        self.split();
        self.push_slots(ty.results(), &results);
        self.use_slots(arguments.base + 2);
    }

    /// Pops the arguments of a call and plans how they reach the callee's
    /// frame, which begins at an even slot above everything the caller keeps.
    ///
    /// Slots of arguments are in order, each at its place or a little below
    /// or above it (padding). Those below are moved up, last one first; then
    /// those above are moved down, first one first: so none is overwritten
    /// before it has been moved. An argument that is still in a local is
    /// moved at the turn of its own slot, whose neighbours it could overwrite.
    fn arguments(&mut self, ty: &FuncType) -> Arguments {
        let height = self.stack.len() - ty.params().len();
        let base = self.end_below(height).next_multiple_of(2);
        let slots = self.packed(base, ty.params());
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for &to in slots.iter().rev() {
            let entry = self.pop();
            let from = u32::from(self.in_slot(entry).slot);
            self.use_slots(to + entry.ty.slots());
            let moves = if to > entry.slot { &mut up } else { &mut down };
            for part in (0..entry.ty.slots()).rev().filter(|_| from != to) {
                moves.push((to + part, from + part));
            }
        }
        up.extend(down.into_iter().rev());
        let moves = up;
        let used = slots
            .last()
            .zip(ty.params().last())
            .map_or(0, |(&slot, ty)| slot + ty.slots() - base);
        Arguments {
            base,
            slots: used as u16,
            count: moves.len() as u16,
            moves: pack_moves(&moves),
        }
    }

    /// Returns the top operands, which stay on the lowering-time stack. The
    /// block is not ended.
    pub(super) fn emit_return(&mut self) {
        let count = self.result_count();
        let first = self.stack.len() - count;
        match count {
            0 => {
                self.out.emit(Op::ReturnVoid, Form::default(), 0, &[0]);
            }
            1 => self.return_one(self.stack[first]),
            _ => self.return_many(first),
        }
    }

    fn return_one(&mut self, entry: Entry) {
        let operand = self.operand(entry, true);
        let op = match (file_of(entry.ty), operand.kind) {
            (File::Vec, _) if entry.ty == ValType::V128 => Op::ReturnWide,
            (File::Vec, Kind::Acc) => Op::ReturnVec,
            _ => Op::Return,
        };
        let words = [fields(0, operand.slot, 0, 0), operand.value];
        let len = if operand.kind == Kind::Const { 2 } else { 1 };
        self.out.emit(op, Form::of1(operand.kind), 0, &words[..len]);
    }

    fn return_many(&mut self, first: usize) {
        // Results are packed from slot 0; a padding slot repeats its neighbour.
        let mut sources: Vec<u16> = Vec::new();
        for index in first..self.stack.len() {
            let entry = self.stack[index];
            let slot = self.in_slot(entry).slot;
            if matches!(entry.loc, Loc::Acc(_)) {
                self.stack[index].loc = Loc::Slot;
                self.cached[file_of(entry.ty) as usize].operand = None;
            }
            while sources.len() < align(sources.len() as u32, entry.ty) as usize {
                sources.push(slot);
            }
            sources.extend((0..entry.ty.slots() as u16).map(|part| slot + part));
        }
        // Above the operands nothing is needed any more.
        let scratch = self.end_below(self.stack.len());
        self.use_slots(scratch + sources.len() as u32);
        let word = fields(scratch as u16, 0, 0, sources.len() as u16);
        self.out.emit(Op::ReturnMany, Form::default(), 0, &[word]);
        let list = sources.chunks(4).map(|part| {
            let at = |i: usize| part.get(i).copied().unwrap_or(0);
            fields(at(0), at(1), at(2), at(3))
        });
        self.out.list(list.collect::<Vec<_>>());
    }
}

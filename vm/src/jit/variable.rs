//! Moves between places, globals, constants and choices.

use isa::{NumType, Op};

use super::build::{Bind, Builder};
use super::ir::{Inst, Kind, Ty, Val};
use crate::code::{Head, Kind as Form, field};

impl Builder<'_> {
    /// Field `n` of the instruction at `pos`, as a slot.
    pub(super) fn slot(&self, pos: usize, n: u32) -> u32 {
        u32::from(field(self.words[pos + 1], n))
    }

    /// The type of the float or vector local in a slot; integers otherwise.
    pub(super) fn slot_type(&self, slot: u32) -> Ty {
        self.slot_types[slot as usize]
    }

    /// Moves at `pos`.
    pub(super) fn moves(&mut self, pos: usize) {
        let (to, from) = (self.slot(pos, 0), self.slot(pos, 1));
        match Head(self.words[pos]).op() {
            Op::Zero => {
                let zero = self.constant(Ty::Int, 0);
                (to..from).for_each(|slot| self.bind(slot, Bind::Val(zero)));
            }
            Op::CopySlot => self.copy(to, from, Ty::Int),
            Op::CopyWide => self.copy(to, from, Ty::V128),
            Op::CopyConst => {
                let val = self.constant(Ty::Int, self.words[pos + 2]);
                self.write(to, val);
            }
            Op::CopySum => {
                let addend = self.constant(Ty::Int, self.words[pos + 2]);
                let from = self.read(from, Ty::Int);
                let val = self.sum(from, addend);
                self.write(to, val);
            }
            Op::CopyAcc => {
                let val = self.read(self.places.acc(), Ty::Int);
                self.write(to, val);
            }
            Op::CopyVec => {
                let val = self.low_vec();
                self.write(to, val);
            }
            _ => {
                let val = self.read(self.places.vec(), Ty::V128);
                self.write(to, val);
            }
        }
    }

    /// The scalar in the vector accumulator, of the type it was made with.
    pub(super) fn low_vec(&mut self) -> Val {
        let ty = match self.spots[self.places.vec() as usize].bind {
            Bind::Val(val) if self.f.inst(val).ty == Ty::F32 => Ty::F32,
            _ => Ty::F64,
        };
        self.read(self.places.vec(), ty)
    }

    /// A choice between two values, at `pos`.
    pub(super) fn select(&mut self, pos: usize) {
        let ty = match Head(self.words[pos]).op() {
            Op::Select => NumType::I64,
            Op::SelectVec => NumType::F64,
            _ => NumType::V128,
        };
        let form = Head(self.words[pos]).form();
        let a = self.operand(pos, 0, 2, ty);
        let second = 2 + usize::from(form.kind(0) == Form::Const);
        let b = self.operand(pos, 1, second, ty);
        let condition = self.operand(pos, 2, 2, NumType::I32);
        let val = match self.f.constant(condition) {
            Some(bits) => {
                if bits as u32 != 0 {
                    a
                } else {
                    b
                }
            }
            None if a == b => a,
            None => {
                let ty = self.common_type(a, b);
                self.pure(Kind::Select, ty, [a, b, condition], 0)
            }
        };
        self.put(pos, val);
    }

    /// The type of a choice between two values of one register file.
    fn common_type(&self, a: Val, b: Val) -> Ty {
        let is_constant = |val| self.f.constant(val).is_some();
        let (a_ty, b_ty) = (self.f.inst(a).ty, self.f.inst(b).ty);
        if is_constant(a) { b_ty } else { a_ty }
    }

    fn global(&mut self, pos: usize) -> Val {
        let index = self.words[pos + 2];
        self.pure(Kind::Global, Ty::Int, [Val::NONE; 3], index)
    }

    /// Reads a global, at `pos`.
    pub(super) fn global_get(&mut self, pos: usize) {
        let ty = match Head(self.words[pos]).op() {
            Op::GlobalGet => Ty::Int,
            Op::GlobalGetVec => Ty::F64,
            _ => Ty::V128,
        };
        let global = self.global(pos);
        let val = self.anchored(Inst {
            kind: Kind::GlobalGet,
            ty,
            args: [global, Val::NONE, Val::NONE],
            imm: u64::from(self.epoch),
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.put(pos, val);
    }

    /// Writes a global, at `pos`.
    pub(super) fn global_set(&mut self, pos: usize) {
        let val = match Head(self.words[pos]).op() {
            Op::GlobalSet => {
                let form = Head(self.words[pos]).form().kind(0);
                let slot = self.slot(pos, 1);
                // A float in a slot is written by its bits.
                let float = match (form, self.spots.get(slot as usize).map(|spot| spot.bind)) {
                    (Form::Slot, Some(Bind::Val(val))) if self.f.inst(val).ty != Ty::V128 => {
                        self.f.inst(val).ty
                    }
                    _ => Ty::Int,
                };
                match float {
                    Ty::Int => self.operand(pos, 0, 3, NumType::I64),
                    ty => self.read(slot, ty),
                }
            }
            Op::GlobalSetVec => self.low_vec(),
            _ => self.operand(pos, 0, 3, NumType::V128),
        };
        let global = self.global(pos);
        self.effect(Inst {
            kind: Kind::GlobalSet,
            ty: self.f.inst(val).ty,
            args: [global, val, Val::NONE],
            imm: 0,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.epoch = self.new_epoch();
    }

    /// A vector constant, at `pos`.
    pub(super) fn vector_constant(&mut self, pos: usize) {
        let val = self.wide_constant([self.words[pos + 2], self.words[pos + 3]]);
        self.put(pos, val);
    }
}

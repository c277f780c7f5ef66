//! References, and what helpers do: tables, bulk memory, exceptions.

use isa::{NumType, Op};

use super::build::Builder;
use super::helpers::IN_ACC;
use super::ir::{Inst, Kind, Term, Ty, Val};
use crate::code::{Head, Kind as Form};

impl Builder<'_> {
    /// A reference to a function, at `pos`.
    pub(super) fn func_ref(&mut self, pos: usize) {
        let index = self.words[pos + 2];
        let val = self.pure(Kind::FuncRef, Ty::Int, [Val::NONE; 3], index);
        self.put(pos, val);
    }

    /// A reference that must not be null, at `pos`.
    pub(super) fn non_null(&mut self, pos: usize) {
        let reference = self.operand(pos, 0, 2, NumType::I64);
        self.anchored(Inst {
            kind: Kind::NonNull,
            ty: Ty::Int,
            args: [reference, Val::NONE, Val::NONE],
            imm: 0,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.put(pos, reference);
    }

    /// An instruction that a helper of the engine does, at `pos`.
    pub(super) fn helped(&mut self, pos: usize) {
        let op = Head(self.words[pos]).op();
        self.flush_all();
        if matches!(op, Op::Throw | Op::ThrowRef) {
            return self.end(Term::Leave {
                op,
                pos: pos as u32,
            });
        }
        let in_acc = op == Op::TableGet && Head(self.words[pos]).form().kind(0) == Form::Acc;
        let val = self.effect(Inst {
            kind: Kind::Helper(op),
            ty: Ty::Int,
            args: [Val::NONE; 3],
            imm: if in_acc { u64::from(IN_ACC) } else { 0 },
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.forget_values(u32::MAX);
        let gives = matches!(
            op,
            Op::MemoryGrow | Op::TableGet | Op::TableSize | Op::TableGrow
        );
        if gives {
            // The helper leaves it in the accumulator at rest.
            self.f.insts[val.index()].region = self.region;
            self.put(pos, val);
        }
    }
}

//! References, and what helpers of the engine do.

use isa::{Op, Trap};
use x64::{Cond, Gpr, Mem, Width};

use super::super::assign::Loc;
use super::super::ir::{Inst, Val};
use super::{Emitter, SCRATCH, cx};
use crate::code::len_at;

impl Emitter<'_> {
    pub(super) fn func_ref(&mut self, _val: Val, inst: &Inst) {
        let to = self.def_gpr();
        self.asm.load(Width::W64, to, cx!(roots.functions));
        self.asm
            .load(Width::W64, to, Mem::base(to, 8 * inst.imm as i32));
    }

    pub(super) fn non_null(&mut self, inst: &Inst) {
        let reference = self.int(inst.args[0]);
        self.asm.test(Width::W64, reference, reference);
        self.trap_if(Cond::E, Trap::NullReference, inst.pos);
    }

    /// An instruction that a helper does; no register keeps its value.
    pub(super) fn helper(&mut self, val: Val, op: Op, inst: &Inst) {
        self.call_helper(op as u64 | inst.imm, inst.pos);
        if self.assigned.is_used(val)
            && let Loc::Gpr(to) = self.def()
        {
            self.asm.load(Width::W64, to, cx!(acc));
        }
    }

    pub(super) fn call_helper(&mut self, number: u64, pos: u32) {
        self.asm.mov_ri(SCRATCH, number);
        self.asm.mov_ri(Gpr::Rcx, u64::from(pos));
        // Short instructions lack a word, or both, and their helpers ask for none.
        let at = pos as usize;
        let words = &self.words[at..at + len_at(self.words, at)];
        let word = |n: usize| words.get(n).copied().unwrap_or(0);
        let (fields, named) = (word(1), word(2));
        self.asm.mov_ri(Gpr::Rdx, fields);
        self.asm.mov_ri(Gpr::Rsi, named);
        self.asm.call_rm(cx!(stubs.helper));
    }
}

//! Calls. A record goes onto the record stack, which is `rsp`.

use std::mem::offset_of;

use isa::Trap;
use x64::{Alu, Cond, Gpr, Mem, Scale, Width};

use super::super::ir::{Call, Target, Val};
use super::{Emitter, FRAME, SCRATCH, cx};
use crate::machine::context::Exit;
use crate::machine::function::Function;
use crate::machine::instance::TYPE_BYTES;
use crate::machine::table::TableInst;

/// Registers that a call needs for itself; no value lives over it, but its
/// operand may be in any other.
const UNITS: Gpr = Gpr::Rcx;
const CODE: Gpr = Gpr::Rdx;

fn field(function: Gpr, offset: usize) -> Mem {
    Mem::base(function, offset as i32)
}

impl Emitter<'_> {
    pub(super) fn call(&mut self, call: &Call) {
        let own = self.callee(call);
        match call.next {
            Some(_) => self.call_on(call, own),
            None => self.call_last(call),
        }
    }

    /// Puts the callee into the scratch register; whether it is one of the
    /// running instance.
    fn callee(&mut self, call: &Call) -> bool {
        match call.target {
            Target::Defined(index) => {
                self.asm.load(Width::W64, SCRATCH, cx!(roots.defined));
                let offset = u64::from(index) * size_of::<Function>() as u64;
                if offset != 0 {
                    self.asm
                        .alu_ri(Alu::Add, Width::W64, SCRATCH, offset as i32);
                }
                true
            }
            Target::Imported(index) => {
                self.asm.load(Width::W64, SCRATCH, cx!(roots.functions));
                self.asm
                    .load(Width::W64, SCRATCH, Mem::base(SCRATCH, 8 * index as i32));
                false
            }
            Target::Ref(reference) => {
                let reference = self.int(reference);
                self.copy_gpr(SCRATCH, reference);
                self.asm.test(Width::W64, SCRATCH, SCRATCH);
                self.trap_if(Cond::E, Trap::NullReference, call.pos);
                false
            }
            Target::Indirect { table, ty, index } => {
                self.element(call.pos, table, ty, index);
                false
            }
        }
    }

    /// The function that a table has at `index`, checked.
    fn element(&mut self, pos: u32, table: u32, ty: u32, index: Val) {
        let object = match self.f.constant(index) {
            Some(bits) => {
                self.asm.mov_ri(CODE, bits);
                CODE
            }
            None => self.gpr(index),
        };
        self.asm.load(Width::W64, SCRATCH, cx!(roots.tables));
        self.asm
            .load(Width::W64, SCRATCH, Mem::base(SCRATCH, 8 * table as i32));
        let len = field(SCRATCH, offset_of!(TableInst, len));
        self.asm.alu(Alu::Cmp, Width::W64, object, len);
        self.trap_if(Cond::Ae, Trap::UndefinedElement, pos);
        let base = field(SCRATCH, offset_of!(TableInst, base));
        self.asm.load(Width::W64, SCRATCH, base);
        self.asm.load(
            Width::W64,
            SCRATCH,
            Mem::index(SCRATCH, object, Scale::Eight, 0),
        );
        self.asm.test(Width::W64, SCRATCH, SCRATCH);
        self.trap_if(Cond::E, Trap::UninitializedElement, pos);
        self.asm.load(Width::W64, CODE, cx!(roots.types));
        let wanted = Mem::base(CODE, TYPE_BYTES * ty as i32);
        self.asm.load(Width::W32, CODE, wanted);
        let own = field(SCRATCH, offset_of!(Function, ty));
        self.asm.alu(Alu::Cmp, Width::W32, CODE, own);
        self.trap_if(Cond::Ne, Trap::IndirectCallTypeMismatch, pos);
    }

    /// A call that comes back here: to the next block.
    fn call_on(&mut self, call: &Call, own: bool) {
        self.asm.load(Width::W64, UNITS, cx!(units));
        self.asm.mov_rr(Width::W64, CODE, UNITS);
        let units = field(SCRATCH, offset_of!(Function, units));
        self.asm.alu(Alu::Sub, Width::W64, UNITS, units);
        self.trap_if(Cond::B, Trap::StackExhausted, call.pos);
        self.asm.store(Width::W64, cx!(units), UNITS);
        self.asm.push(CODE);
        self.asm.push(SCRATCH);
        self.asm.push(FRAME);
        self.asm.push_rm(cx!(to_native));
        let base = 8 * i32::from(call.base);
        self.asm.lea(Width::W64, FRAME, Mem::base(FRAME, base));
        let code = field(SCRATCH, offset_of!(Function, native));
        if own {
            self.asm.call_rm(code);
        } else {
            self.asm.load(Width::W64, UNITS, code);
            let instance = field(SCRATCH, offset_of!(Function, instance));
            self.asm.load(Width::W64, CODE, instance);
            self.asm.alu(Alu::Cmp, Width::W64, CODE, cx!(instance));
            self.asm
                .cmov(Cond::Ne, Width::W64, UNITS, cx!(stubs.call_driver));
            self.asm.call_rm(UNITS);
        }
        let back = self.asm.label();
        self.asm.bind(back);
        self.returns.push((back, call.behind));
        self.take_off_record();
    }

    /// The caller's frame and units come back from the record; `ret` has
    /// taken its first word.
    fn take_off_record(&mut self) {
        let word = |index: i32| Mem::base(Gpr::Rsp, 8 * index);
        self.asm.load(Width::W64, FRAME, word(1));
        self.asm.load(Width::W64, SCRATCH, word(3));
        self.asm.store(Width::W64, cx!(units), SCRATCH);
        self.asm.lea(Width::W64, Gpr::Rsp, word(4));
    }

    /// A tail call; the driver makes it.
    fn call_last(&mut self, call: &Call) {
        self.asm.store(Width::W64, cx!(callee), SCRATCH);
        let base = 8 * i32::from(call.base);
        self.asm.lea(Width::W64, SCRATCH, Mem::base(FRAME, base));
        self.asm.store(Width::W64, cx!(callee_fp), SCRATCH);
        self.leave_with(Exit::TailCall as u64, call.pos);
    }
}

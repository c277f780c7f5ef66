//! Where the interpreter's slots are at the heads of blocks.

use isa::planted::{Fault, planted};

use super::super::assign::Loc;
use super::super::ir::{Kind, Shape, Ty, Val};
use super::super::nan::Class;
use super::super::native::{Home, NanFix, VEC};
use super::Emitter;

impl Emitter<'_> {
    /// Notes for every slot that is not up to date where its value is.
    pub(super) fn note_homes(&mut self, block: u32) {
        let states = self.f.blocks[block as usize].state.clone();
        for index in states.clone() {
            let (slot, val) = self.f.states[index as usize];
            let last = index + 1 == states.end && states.len() > 4;
            let last_float = last && self.f.inst(val).ty != Ty::Int;
            if last_float && planted(Fault::LostSlot)
                || slot == VEC && planted(Fault::LostAccumulator)
            {
                continue;
            }
            let home = self.home_of(index, val);
            self.native.states.push((slot, home));
        }
    }

    /// Where a value is.
    fn home_of(&self, state: u32, val: Val) -> Home {
        let inst = self.f.inst(val);
        match inst.kind {
            Kind::Const => return Home::Constant(inst.imm),
            Kind::ConstWide => return Home::WideConstant(self.f.wides[inst.imm as usize]),
            _ => {}
        }
        let nan = self.nan_of(val);
        let wide = inst.ty == Ty::V128;
        match self.assigned.state_loc(state) {
            Loc::Gpr(reg) => Home::Gpr(reg.number()),
            Loc::Xmm(reg) => Home::Vec {
                register: reg.0,
                wide,
                nan,
            },
            Loc::Slot(slot) if wide => Home::WideSlot(slot, nan),
            Loc::Slot(slot) if inst.ty == Ty::Int => Home::Slot(slot),
            Loc::Slot(slot) => Home::FloatSlot(slot, nan),
        }
    }

    /// What must be done to a loose value before anyone sees it.
    fn nan_of(&self, val: Val) -> NanFix {
        match self.classes.of(val) {
            Class::Loose(Shape::F32x4 | Shape::F64x2) if planted(Fault::LeftNan) => NanFix::None,
            Class::Loose(Shape::F32) => NanFix::F32,
            Class::Loose(Shape::F64) => NanFix::F64,
            Class::Loose(Shape::F32x4) => NanFix::F32x4,
            Class::Loose(Shape::F64x2) => NanFix::F64x2,
            Class::None | Class::Exact => NanFix::None,
        }
    }
}

//! Reading and writing places, as instructions of register code name them.

use isa::NumType;

use super::build::{Bind, Builder, Spot};
use super::flow::members;
use super::ir::{Kind, Ty, Val};
use crate::code::{Head, Kind as Form, field};

impl Builder<'_> {
    /// Operand `index` of the instruction at `pos`; a constant would be in
    /// word `word` of the instruction.
    pub(super) fn operand(&mut self, pos: usize, index: u8, word: usize, ty: NumType) -> Val {
        let form = Head(self.words[pos]).form().kind(index);
        self.operand_in(pos, form, u32::from(index) + 1, word, ty)
    }

    /// The operand named by field `n` of the instruction at `pos`.
    pub(super) fn operand_in(
        &mut self,
        pos: usize,
        form: Form,
        n: u32,
        word: usize,
        ty: NumType,
    ) -> Val {
        match form {
            Form::Slot => {
                let slot = u32::from(field(self.words[pos + 1], n));
                self.read(slot, Ty::of(ty))
            }
            Form::Acc => match Ty::of(ty) {
                Ty::Int => self.read(self.places.acc(), Ty::Int),
                ty => self.read(self.places.vec(), ty),
            },
            Form::Const => self.constant(Ty::of(ty), self.words[pos + word]),
        }
    }

    /// What a place holds, as a value of this type.
    pub(super) fn read(&mut self, place: u32, ty: Ty) -> Val {
        if ty == Ty::V128 && place < self.places.frame_slots {
            return self.read_wide(place);
        }
        match self.spots[place as usize].bind {
            Bind::Val(val) => self.as_type(val, ty),
            Bind::High(val) => {
                let args = [val, Val::NONE, Val::NONE];
                let high = self.pure(Kind::Row(isa::Op::I64x2ExtractLane), Ty::Int, args, 1);
                self.as_type(high, ty)
            }
            Bind::Memory => {
                let val = self.pure(Kind::SlotLoad, ty, [Val::NONE; 3], self.number(place));
                self.home(val, place);
                self.set(
                    place,
                    Spot {
                        bind: Bind::Val(val),
                        clean: true,
                    },
                );
                val
            }
        }
    }

    fn number(&self, place: u32) -> u64 {
        if place == self.places.acc() {
            u64::from(super::native::ACC)
        } else if place == self.places.vec() {
            u64::from(super::native::VEC)
        } else {
            u64::from(place)
        }
    }

    fn read_wide(&mut self, place: u32) -> Val {
        let [low, high] = [0, 1].map(|part| self.spots[(place + part) as usize].bind);
        match (low, high) {
            (Bind::Val(val), Bind::High(other))
                if val == other && self.f.inst(val).ty == Ty::V128 =>
            {
                val
            }
            (Bind::Val(low), Bind::Val(high)) if low == high && self.f.constant(low) == Some(0) => {
                self.wide_constant([0; 2])
            }
            _ => {
                for part in 0..2 {
                    self.clean(place + part);
                }
                let val = self.slot_load(place, Ty::V128);
                for (part, bind) in [Bind::Val(val), Bind::High(val)].into_iter().enumerate() {
                    self.set(place + part as u32, Spot { bind, clean: true });
                }
                val
            }
        }
    }

    /// Makes sure that a place's slot has what the place holds.
    pub(super) fn clean(&mut self, place: u32) {
        let Spot { bind, clean } = self.spots[place as usize];
        if clean {
            return;
        }
        self.spots[place as usize].clean = true;
        if let Bind::Val(val) = bind
            && self.f.inst(val).ty == Ty::V128
        {
            // The vector accumulator is one place for both halves.
            let whole = place == self.places.vec();
            if whole || self.spots[place as usize + 1].bind == Bind::High(val) {
                if !whole {
                    self.spots[place as usize + 1].clean = true;
                }
                return self.slot_store_as(Kind::SlotStoreWide, place, val);
            }
        }
        if let Bind::High(val) = bind
            && place > 0
            && self.spots[place as usize - 1].bind == Bind::Val(val)
            && !self.spots[place as usize - 1].clean
        {
            return self.clean(place - 1);
        }
        self.slot_store(place, bind);
    }

    /// Gives a slot a value.
    pub(super) fn write(&mut self, slot: u32, val: Val) {
        self.bind(slot, Bind::Val(val));
        if self.is_new(val) {
            self.home(val, slot);
        }
        if self.f.inst(val).ty == Ty::V128 {
            self.bind(slot + 1, Bind::High(val));
        }
    }

    /// Whether a value has just been made, here: then what its slot held
    /// before is not needed for as long as it lives, so that the slot can be
    /// its home.
    fn is_new(&self, val: Val) -> bool {
        val.index() + 1 == self.f.insts.len() && self.f.blocks[self.block as usize].last == val.0
    }

    pub(super) fn bind(&mut self, place: u32, bind: Bind) {
        self.set(place, Spot { bind, clean: false });
    }

    /// Leaves the result of the instruction at `pos` in its accumulator, and
    /// in its slot if it is kept.
    pub(super) fn put(&mut self, pos: usize, val: Val) {
        let place = match self.f.inst(val).ty {
            Ty::Int => self.places.acc(),
            _ => self.places.vec(),
        };
        self.bind(place, Bind::Val(val));
        let head = Head(self.words[pos]);
        if head.has(Head::KEEP) {
            let slot = u32::from(field(self.words[pos + 1], 0));
            self.write(slot, val);
        }
    }

    /// Copies what one slot holds to another.
    pub(super) fn copy(&mut self, to: u32, from: u32, ty: Ty) {
        if ty == Ty::V128 {
            let val = self.read(from, Ty::V128);
            return self.write(to, val);
        }
        if self.spots[from as usize].bind == Bind::Memory {
            self.read(from, self.slot_type(from));
        }
        let bind = self.spots[from as usize].bind;
        if to != from {
            self.bind(to, bind);
        }
    }

    /// Writes everything that is live at the head of block `to`, or may be
    /// read by exception handlers, to its slot; below slot `base`.
    pub(super) fn flush_for(&mut self, to: Option<u32>, base: u32) {
        let flow = self.flow;
        let live = to.map(|to| flow.live.row(to));
        let own = flow.caught[self.block as usize].then(|| flow.live.row(self.block));
        for set in live.into_iter().chain(own) {
            for place in members(set).take_while(|&place| place < base) {
                self.clean(place);
            }
        }
    }

    /// Writes everything that has no copy in its slot, accumulators included.
    pub(super) fn flush_all(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        for &place in &touched {
            self.clean(place);
        }
        self.touched = touched;
    }

    /// Behind a call or helper: everything is in memory, from `base` on in
    /// slots that others have written. Constants are remembered.
    pub(super) fn forget_values(&mut self, base: u32) {
        let mut touched = std::mem::take(&mut self.touched);
        touched.retain(|&place| {
            let spot = &mut self.spots[place as usize];
            let constant = match spot.bind {
                Bind::Val(val) => self.f.constant(val).is_some(),
                Bind::Memory | Bind::High(_) => false,
            };
            let kept = place < base && constant && spot.clean;
            if !kept {
                *spot = Spot::MEMORY;
            }
            kept
        });
        self.touched = touched;
        self.region = self.new_region();
        self.epoch = self.new_epoch();
    }
}

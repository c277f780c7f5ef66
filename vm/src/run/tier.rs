//! Which tier runs what. None of this changes anything but time: fuel is paid
//! block by block wherever a slice ends.

use super::{Next, Run, SLICE};
use crate::engine::{Tier, Tiers};
use crate::error::Error;
use crate::jit::native::Way;
use crate::machine::instance::Instance;

/// How often a function is seen running before it becomes machine code.
const SEEN: u32 = 2;

/// Blocks that the interpreter runs one by one in search of the head of a loop
/// whose machine code can take over.
const HUNT: u32 = 1000;

/// Looks without a hunt after one that found nothing.
const PAUSE: u32 = 16;

/// What a run does about its tiers.
pub(super) struct Tiering {
    tiers: Tiers,
    /// Blocks that the present hunt may still run.
    hunt: u32,
    pause: u32,
}

impl Tiering {
    pub(super) fn new(tiers: Tiers) -> Tiering {
        Tiering {
            tiers,
            hunt: 0,
            pause: 0,
        }
    }

    pub(super) fn tier(&self) -> Tier {
        self.tiers.tier
    }

    fn is_on(&self) -> bool {
        self.tiers.tier != Tier::Interpreter
    }

    /// Whether the interpreter stops at every block.
    fn hunts(&self) -> bool {
        self.is_on() && (self.hunt > 0 || self.tiers.force_osr)
    }

    /// Whether machine code is left at every block.
    pub(super) fn leaves_blocks(&self) -> bool {
        self.tiers.force_deopt
    }

    /// The interpreter goes on in the middle of what was machine code: it
    /// becomes that again as soon as possible.
    pub(super) fn fell_back(&mut self) {
        self.hunt = HUNT;
    }
}

impl Run {
    /// Fuel for what runs next, if there is that much.
    pub(super) fn slice(&self) -> Result<u64, Error> {
        let tiering = &self.tiering;
        match self.next {
            Next::Machine(way) if tiering.leaves_blocks() => self.first_cost(way),
            Next::Interpreter if tiering.is_on() => {
                // SAFETY: `ip` is at linked code.
                let [head, cost] = unsafe { [*self.cx.ip, *self.cx.ip.add(1)] };
                // In the middle of a block there is a bulk instruction, which
                // needs enough for its next part.
                Ok(match head == self.handlers.charge() {
                    false => SLICE,
                    true if tiering.hunts() => cost,
                    true => cost.max(tiering.tiers.up_after),
                })
            }
            _ => Ok(SLICE),
        }
    }

    /// Cost of the block that machine code begins with.
    fn first_cost(&self, way: Way) -> Result<u64, Error> {
        let ip = match way {
            Way::Enter => self.cx.ip,
            Way::Return => {
                let record = self.top_record();
                // SAFETY: machine code that made a call has a frame of its own
                // behind the record of the call.
                let caller = unsafe { *self.cx.records.add(1) };
                self.place(&caller, super::place::Back::of(&record))?.ip()
            }
            Way::Resume => return Ok(SLICE),
        };
        // SAFETY: `ip` is at the charge of a block.
        Ok(unsafe { *ip.add(1) })
    }

    /// The interpreter stopped at a block that could be paid: looks whether
    /// machine code should take over.
    pub(super) fn look(&mut self) -> Result<(), Error> {
        if !self.tiering.is_on() {
            return Ok(());
        }
        let place = self.here()?;
        let (instance, index, pos) = (place.instance, place.function.index, place.pos);
        if self.tiering.hunts() {
            self.tiering.hunt = self.tiering.hunt.saturating_sub(1);
            if self.take_over(instance, index, pos) {
                self.tiering.hunt = 0;
            } else if self.tiering.hunt == 0 {
                self.tiering.pause = PAUSE;
            }
            return Ok(());
        }
        if instance.module.seen(index) < SEEN && self.tiering.tier() == Tier::Auto {
            return Ok(());
        }
        if !self.compile(instance, index) {
            return Ok(());
        }
        if self.tiering.pause > 0 {
            self.tiering.pause -= 1;
        } else if !self.take_over(instance, index, pos) {
            self.tiering.hunt = HUNT;
        }
        Ok(())
    }

    /// Makes machine code of a function, for later calls. Gives whether there
    /// is some.
    fn compile(&self, instance: &Instance, index: u32) -> bool {
        let Some(placed) = instance.module.native(index) else {
            return false;
        };
        let function = instance.functions[index as usize];
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*function };
        // It was called, so it has its units.
        function.code.set(self.handlers.to_native());
        function.native.set(placed.entry());
        true
    }

    /// Has machine code take over at the block at `pos`, if that is the head of
    /// a loop of a function that has machine code.
    fn take_over(&mut self, instance: &Instance, index: u32, pos: u32) -> bool {
        let module = &instance.module;
        let compiled = self.tiering.tiers.force_osr || module.native_if_made(index).is_some();
        if !compiled || !module.is_loop_head(index, pos) {
            return false;
        }
        let Some(placed) = module.version(index, pos) else {
            return false;
        };
        self.enter_machine(placed.entry());
        true
    }
}

//! Which tier runs what. None of this changes anything but time: fuel is paid
//! block by block wherever a slice ends.
//!
//! The interpreter is looked at each time it has used some fuel. A function
//! that is found running twice becomes machine code, in the background or at
//! once; where it is ready, calls find it, and a look finds it for a loop that
//! still runs: the interpreter then goes on block by block until it comes to
//! the head of a loop, whose own version takes over, or will at a later look.

use super::place::Place;
use super::{Next, Run, SLICE};
use crate::compiled::{Compiled, Placed, Version};
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

/// What it takes to enter the interpreter, as fuel that it could use in that
/// time. So functions that machine code calls are seen, however short.
const TRIP: u64 = 100;

/// What a run does about its tiers.
pub(super) struct Tiering {
    tiers: Tiers,
    /// Fuel that the interpreter may use until the next look.
    until_look: u64,
    /// Blocks that the present hunt may still run.
    hunt: u32,
    pause: u32,
    /// Whether the interpreter goes on within a range instruction.
    in_bulk: bool,
    /// Cost of the block that machine code goes on with after a stop.
    resumed_cost: u64,
}

impl Tiering {
    pub(super) fn new(tiers: Tiers, until_look: u64) -> Tiering {
        Tiering {
            tiers,
            until_look,
            hunt: 0,
            pause: 0,
            in_bulk: false,
            resumed_cost: 0,
        }
    }

    pub(super) fn tier(&self) -> Tier {
        self.tiers.tier
    }

    /// What a later run of the store begins with.
    pub(super) fn until_look(&self) -> u64 {
        self.until_look
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

    /// Whether machine code gets fuel for one block at a time.
    pub(super) fn stops_at_blocks(&self) -> bool {
        self.tiers.force_deopt || self.tiers.force_stops
    }

    /// Machine code goes on with a block of this cost.
    pub(super) fn resumed(&mut self, cost: u64) {
        self.resumed_cost = cost;
    }

    /// The interpreter ran, and used so much fuel.
    pub(super) fn interpreted(&mut self, fuel: u64) {
        let time = fuel.saturating_add(TRIP);
        self.until_look = self.until_look.saturating_sub(time);
    }

    /// The interpreter goes on in the middle of what was machine code: it
    /// becomes that again as soon as possible.
    pub(super) fn fell_back(&mut self) {
        self.hunt = HUNT;
    }

    pub(super) fn stopped_in_bulk(&mut self) {
        self.in_bulk = true;
    }

    /// The present hunt found nothing, or nothing yet.
    fn end_hunt(&mut self, pause: u32) {
        self.hunt = 0;
        self.pause = pause;
        self.until_look = self.tiers.up_after;
    }
}

/// Whether machine code takes over.
enum Found {
    Entered,
    /// Not yet.
    Soon,
    Nothing,
}

impl Run {
    /// Fuel for what runs next, if there is that much.
    pub(super) fn slice(&mut self) -> Result<u64, Error> {
        let in_bulk = std::mem::take(&mut self.tiering.in_bulk);
        let tiering = &self.tiering;
        match self.next {
            Next::Machine(way) if tiering.stops_at_blocks() => self.first_cost(way),
            // It stops where blocks begin, so the instruction is finished and no
            // more.
            Next::Interpreter if tiering.is_on() && in_bulk => Ok(self.cx.rest.min(SLICE)),
            Next::Interpreter if tiering.is_on() => {
                // SAFETY: `ip` is at linked code, where a charge has its cost.
                // Elsewhere a block goes on that is paid.
                let least = unsafe {
                    match *self.cx.ip == self.handlers.charge() {
                        true => *self.cx.ip.add(1),
                        false => 0,
                    }
                };
                Ok(match tiering.hunts() {
                    true => least,
                    false => least.max(tiering.until_look),
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
            Way::Resume => return Ok(self.tiering.resumed_cost),
            Way::Again => return Ok(self.cx.rest.min(SLICE)),
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
            match self.take_over(instance, index, pos) {
                Found::Entered => self.tiering.hunt = 0,
                Found::Soon => self.tiering.end_hunt(0),
                Found::Nothing if self.tiering.hunt == 0 => self.tiering.end_hunt(PAUSE),
                Found::Nothing => {}
            }
            return Ok(());
        }
        self.tiering.until_look = self.tiering.tiers.up_after;
        if !self.find_machine_code(instance, index) {
            return Ok(());
        }
        if self.tiering.pause > 0 {
            self.tiering.pause -= 1;
        } else if let Found::Nothing = self.take_over(instance, index, pos) {
            self.tiering.hunt = HUNT;
        }
        Ok(())
    }

    /// The function was found running: sees that later calls of it find machine
    /// code. Gives whether there is some.
    fn find_machine_code(&self, instance: &Instance, index: u32) -> bool {
        let Some(placed) = self.wanted(&instance.module, index) else {
            return false;
        };
        if instance.module.twin(index).is_some() {
            // Its calls are the driver's, which finds the machine code.
            return true;
        }
        let function = instance.functions[index as usize];
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*function };
        // It was called, so it has its units.
        function.code.set(self.handlers.to_native());
        function.native.set(placed.entry());
        true
    }

    /// The machine code of a function that was found running, if it is there;
    /// has it made if it was found often enough.
    fn wanted<'a>(&self, module: &'a Compiled, index: u32) -> Option<&'a Placed> {
        match self.tiering.tier() {
            Tier::Auto if module.seen(index) < SEEN => None,
            _ => module.want_native(index),
        }
    }

    /// The machine code of a function that the driver calls. If a look is due
    /// and it has none, it is the one that is found running.
    pub(super) fn called<'a>(&mut self, module: &'a Compiled, index: u32) -> Option<&'a Placed> {
        let made = module.native_if_made(index);
        if made.is_some() || self.tiering.until_look > 0 {
            return made;
        }
        self.tiering.until_look = self.tiering.tiers.up_after;
        self.wanted(module, index)
    }

    /// The interpreter runs a handler in the middle of a function. If that has
    /// machine code, a loop around the handler takes it there again.
    pub(super) fn caught_in(&mut self, place: &Place) {
        let (module, index) = (&place.instance.module, place.function.index);
        if module.native_if_made(index).is_some() && !module.loop_heads(index).is_empty() {
            self.tiering.fell_back();
        }
    }

    /// Has machine code take over at the block at `pos`, if that is the head of
    /// a loop of a function that has machine code.
    fn take_over(&mut self, instance: &Instance, index: u32, pos: u32) -> Found {
        let module = &instance.module;
        let compiled = self.tiering.tiers.force_osr || module.native_if_made(index).is_some();
        if !compiled || !module.is_loop_head(index, pos) {
            return Found::Nothing;
        }
        match module.version(index, pos) {
            Version::Made(placed) => {
                self.enter_machine(placed.entry());
                Found::Entered
            }
            Version::Soon => Found::Soon,
            Version::Never => Found::Nothing,
        }
    }
}

//! Between machine code and the interpreter.

use std::sync::Arc;

use isa::planted::{Fault, planted};

use super::{Next, Run};
use crate::compiled::Placed;
use crate::error::Error;
use crate::jit;
use crate::jit::native::{ACC, Home, VEC, Way};
use crate::machine::context::{Exit, Save};

/// Where machine code stopped because it could not pay for a block.
pub(super) struct Stop {
    placed: Arc<Placed>,
    number: u32,
    pub(super) cost: u64,
}

impl Run {
    /// Enters machine code at `native`, in a frame whose values are in slots
    /// and whose record is the top one.
    pub(super) fn enter_machine(&mut self, native: *const u8) {
        // SAFETY: a run that has begun has at least its first record.
        let record = unsafe { &mut *self.cx.records };
        if record.ip != self.handlers.back_to_native() {
            record.native = std::ptr::without_provenance(self.cx.stubs.to_interp);
        }
        self.cx.native = native;
        self.next = Next::Machine(Way::Enter);
    }

    /// The interpreter came to machine code, by a call or a return.
    pub(super) fn come_to_machine(&mut self) -> Result<(), Error> {
        if self.cx.native.is_null() {
            self.next = Next::Machine(Way::Return);
            return Ok(());
        }
        if self.tiering.stops_at_blocks() {
            // The first block's cost is asked for.
            let record = self.top_record();
            // SAFETY: functions and instances live as long as their store.
            self.cx.ip = unsafe {
                let function = &*record.function;
                (*function.instance).module.code(function.index)?.start()
            };
        }
        self.enter_machine(self.cx.native);
        Ok(())
    }

    /// Runs machine code; whatever it leaves for, the registers then stand as
    /// the interpreter would have them, or [`Stop`] says where.
    pub(super) fn run_machine(&mut self, way: Way) -> Result<u64, Error> {
        // SAFETY: the way was chosen for the code and the frame that the
        // registers stand in, the instance is alive, and the store is borrowed
        // for the run.
        let code = unsafe { jit::entry::run(&mut self.cx, way) };
        match Exit::from_code(code) {
            Exit::ToInterp => {
                self.pop()?;
            }
            Exit::NativeCall | Exit::NativeFuel => {}
            exit => {
                self.cx.ip = self.here_at(self.cx.pos)?;
                if exit == Exit::Trap && planted(Fault::MachineRefund) {
                    self.cx.fuel += 1;
                }
            }
        }
        Ok(code)
    }

    /// Where machine code stopped; the fuel it took too much is not given back
    /// yet.
    pub(super) fn stopped(&self) -> Stop {
        let record = self.top_record();
        // SAFETY: functions and instances live as long as their store.
        let placed = unsafe {
            let function = &*record.function;
            let module = &(*function.instance).module;
            module.native_at(function.index, self.cx.native)
        };
        let placed = placed.expect("machine code stops in its own function");
        let number = self.cx.pos;
        let cost = u64::from(placed.block(number).cost);
        Stop {
            placed,
            number,
            cost,
        }
    }

    /// Lets machine code go on where it stopped.
    pub(super) fn resume_machine(&mut self, stop: &Stop) {
        let block = stop.placed.block(stop.number);
        self.cx.native = stop.placed.resume(block);
        if planted(Fault::LostRegister) {
            self.cx.save.vec[1][8..16].fill(0);
        }
        self.tiering.resumed(stop.cost);
        self.next = Next::Machine(Way::Resume);
    }

    /// Has the interpreter go on where machine code stopped: at the `charge`
    /// of the block, with everything where it expects it.
    pub(super) fn deoptimise(&mut self, stop: &Stop) -> Result<(), Error> {
        let block = stop.placed.block(stop.number);
        let state = stop.placed.state(block);
        // All are read before any is written: one's slot may be another's home.
        let values: Vec<(u16, Value)> = state
            .iter()
            .map(|&(slot, home)| (slot, self.value(home)))
            .collect();
        for (slot, value) in values {
            let [low, high] = value.bits;
            match slot {
                ACC => self.cx.acc = low,
                VEC => {
                    let bits = u128::from(low) | u128::from(high) << 64;
                    self.cx.vec = bits.to_le_bytes();
                }
                // SAFETY: states name slots of the frame.
                slot => unsafe {
                    let slot = self.cx.fp.add(usize::from(slot));
                    *slot = low;
                    if value.wide {
                        *slot.add(1) = high;
                    }
                },
            }
        }
        self.cx.ip = self.here_at(block.pos)?;
        Ok(())
    }

    /// Position `pos` of the running function, as an address.
    fn here_at(&self, pos: u32) -> Result<*const u64, Error> {
        let record = self.top_record();
        // SAFETY: functions and instances live as long as their store.
        let linked = unsafe {
            let function = &*record.function;
            (*function.instance).module.code(function.index)?
        };
        Ok(linked.words[pos as usize..].as_ptr())
    }

    fn value(&self, home: Home) -> Value {
        let Save { gpr, vec } = &self.cx.save;
        // SAFETY: states name slots of the frame, and those behind it that
        // every stack has room for.
        let slot = |slot: u32| unsafe { *self.cx.fp.add(slot as usize) };
        let (bits, wide) = match home {
            Home::Gpr(register) => ([gpr[usize::from(register)], 0], false),
            Home::Vec {
                register,
                wide,
                nan,
            } => {
                let bytes = &vec[usize::from(register)];
                let half = |at| u64::from_le_bytes(*bytes[at..].first_chunk().expect("32 bytes"));
                let high = if wide { half(8) } else { 0 };
                (nan.apply([half(0), high]), wide)
            }
            Home::Constant(bits) => ([bits, 0], false),
            Home::WideConstant(bits) => (bits, true),
            Home::Slot(at) => ([slot(at), 0], false),
            Home::FloatSlot(at, nan) => (nan.apply([slot(at), 0]), false),
            Home::WideSlot(at, nan) => (nan.apply([slot(at), slot(at + 1)]), true),
        };
        Value { bits, wide }
    }
}

/// A value that machine code had somewhere.
struct Value {
    bits: [u64; 2],
    wide: bool,
}

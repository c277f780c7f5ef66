//! The driver: starts runs, serves what running code asks for, ends them.
//!
//! A run is a call from the host. Guest calls inside it take no native stack;
//! a host function that calls a guest starts a nested run on a stack of its
//! own.

mod call;
mod machine;
mod place;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests;
mod tier;
mod twin;
mod unwind;

use std::sync::atomic::Ordering;

use isa::Trap;

use crate::error::Error;
use crate::interp::{self, Handlers};
use crate::jit::native::Way;
use crate::machine::context::{Context, Exit, Save};
use crate::machine::function::Function;
use crate::machine::instance::Roots;
use crate::machine::stack::Stack;
use crate::store::{Inner, Store};
use place::Back;
use tier::Tiering;

pub(crate) use unwind::EXCEPTION_GOAL;

/// Fuel after which a run looks whether it should stop.
const SLICE: u64 = 20_000_000;

/// How a run came to rest.
pub(crate) enum Rest {
    /// Results are in the first slots of the stack.
    Done,
    OutOfFuel,
    /// A host function has to be answered.
    Suspended,
}

/// What runs next.
#[derive(Clone, Copy)]
enum Next {
    /// The interpreter, from the registers in the context.
    Interpreter,
    Machine(Way),
}

/// What must happen before a resting run can go on.
enum Pending {
    Nothing,
    /// The rest of a block must be paid.
    Block {
        /// The block's `charge`.
        charge: *const u64,
        debt: u64,
    },
    /// A host call must be answered: its function and its frame.
    Host {
        function: *const Function,
        frame: *mut u64,
    },
}

/// A call from the host, from its first instruction to its results.
pub(crate) struct Run {
    stack: Option<Stack>,
    cx: Box<Context>,
    handlers: &'static Handlers,
    pending: Pending,
    next: Next,
    tiering: Tiering,
}

// SAFETY: the pointers name parts of the run's own stack and of the store,
// which must be given back to resume it.
unsafe impl Send for Run {}

impl Run {
    /// A run of `function`, with room for `arguments` slots of arguments and
    /// results, which the caller then fills.
    pub(crate) fn new(inner: &mut Inner, function: u32) -> Result<Run, Error> {
        let stack = inner.take_stack()?;
        let function: *const Function = inner.functions[function as usize].as_ptr();
        let handlers = inner.engine.handlers();
        let cx = Box::new(Context {
            fuel: 0,
            records: stack.records().as_ptr(),
            units: inner.units,
            instance: std::ptr::null(),
            ip: handlers.done(),
            fp: stack.slots().as_ptr(),
            mem: std::ptr::null_mut(),
            len: 0,
            acc: 0,
            vec: [0; 16],
            callee: function as usize as u64,
            callee_fp: stack.slots().as_ptr(),
            progress: 0,
            rest: 0,
            failure: None,
            store: std::ptr::null_mut(),
            roots: Roots::NONE,
            native: std::ptr::null(),
            to_native: handlers.back_to_native(),
            stubs: *inner.engine.stubs(),
            pos: 0,
            helper: 0,
            helper_fields: 0,
            helper_word: 0,
            host_stack: std::ptr::null_mut(),
            back: std::ptr::null(),
            operands: [[0; 2]; 4],
            save: Save {
                vec: [[0; 32]; 32],
                gpr: [0; 16],
            },
        });
        Ok(Run {
            stack: Some(stack),
            cx,
            handlers,
            pending: Pending::Nothing,
            next: Next::Interpreter,
            tiering: Tiering::new(inner.engine.tiers(), inner.until_look),
        })
    }

    fn stack(&self) -> &Stack {
        self.stack
            .as_ref()
            .expect("a run keeps its stack until it ends")
    }

    /// The first `count` slots: arguments before the run, results after it.
    pub(crate) fn slots(&mut self, count: usize) -> &mut [u64] {
        // SAFETY: a stack has room for the largest frame, and only the run
        // itself names it.
        unsafe { std::slice::from_raw_parts_mut(self.stack().slots().as_ptr(), count) }
    }

    /// Gives the stack back.
    pub(crate) fn finish(mut self, inner: &mut Inner) {
        inner.stacks.extend(self.stack.take());
        inner.until_look = self.tiering.until_look();
    }

    /// Begins with the function named at birth.
    pub(crate) fn start<T>(&mut self, store: &mut Store<T>) -> Result<Rest, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        let slots = self.cx.callee_fp;
        if self.ran_twin(store, function, self.cx.units, slots)? {
            return Ok(Rest::Done);
        }
        self.start_body(store, function)
    }

    /// As [`Run::start`], whether or not the function has a twin.
    fn start_body<T>(&mut self, store: &mut Store<T>, function: &Function) -> Result<Rest, Error> {
        self.cx.store = &mut *store.inner;
        if let Err(trap) = self.enter_function(function, Back::to(self.cx.ip), true)? {
            return Err(Error::trap(trap));
        }
        self.drive(store)
    }

    /// Goes on after a rest.
    pub(crate) fn resume<T>(&mut self, store: &mut Store<T>) -> Result<Rest, Error> {
        self.cx.store = &mut *store.inner;
        self.reload_memory();
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing => {}
            Pending::Block { charge, debt } => match store.inner.fuel.checked_sub(debt) {
                Some(left) => store.inner.fuel = left,
                None => return self.pay_in_part(store, charge, debt),
            },
            pending @ Pending::Host { .. } => {
                self.pending = pending;
                return Ok(Rest::Suspended);
            }
        }
        self.drive(store)
    }

    /// The function whose answer a suspended run waits for, and its slots.
    pub(crate) fn waiting_for(&self) -> Option<(&Function, *mut u64)> {
        match self.pending {
            // SAFETY: functions live as long as their store.
            Pending::Host { function, frame } => Some((unsafe { &*function }, frame)),
            _ => None,
        }
    }

    /// The host call has been answered.
    pub(crate) fn answered(&mut self) {
        self.pending = Pending::Nothing;
    }

    fn reload_memory(&mut self) {
        if !self.cx.instance.is_null() {
            // SAFETY: instances live as long as their store.
            (self.cx.mem, self.cx.len) = unsafe { (*self.cx.instance).memory_registers() };
        }
    }

    /// Serves running code until it comes to rest.
    fn drive<T>(&mut self, store: &mut Store<T>) -> Result<Rest, Error> {
        loop {
            let reserve = store.inner.fuel.saturating_sub(self.slice()?);
            let given = store.inner.fuel - reserve;
            self.cx.fuel = given;
            let in_machine = matches!(self.next, Next::Machine(_));
            let code = self.go()?;
            // Machine code that stops has taken more than there was, and the
            // sum may be too: what it gives back makes it right.
            store.inner.fuel = reserve.wrapping_add(self.cx.fuel);
            let used = given.wrapping_sub(self.cx.fuel);
            match in_machine {
                true => store.inner.machine_fuel = store.inner.machine_fuel.wrapping_add(used),
                false => self.tiering.interpreted(used),
            }
            let rest = match Exit::from_code(code) {
                Exit::Done => Some(Rest::Done),
                Exit::OutOfFuel => self.out_of_fuel(store)?,
                Exit::NativeFuel => self.out_of_fuel_in_machine(store)?,
                Exit::BulkOutOfFuel => {
                    self.check_interrupt(&store.inner)?;
                    self.bulk_out_of_fuel(in_machine, reserve)
                }
                Exit::Trap => return Err(self.trapped(&mut store.inner, trap_of(code))),
                Exit::Failure => return Err(self.failed()),
                Exit::Throw => {
                    self.unwind(&mut store.inner, true)?;
                    None
                }
                Exit::Call => self.call(store)?,
                Exit::TailCall => self.tail_call(store)?,
                Exit::ToNative => {
                    self.come_to_machine()?;
                    None
                }
                Exit::ToInterp => None,
                Exit::NativeCall => self.native_call(store)?,
                Exit::Stop => unreachable!("only partly paid blocks stop"),
            };
            if let Some(rest) = rest {
                return Ok(rest);
            }
        }
    }

    /// Runs whatever is next until it needs the driver. The interpreter is
    /// next then, unless somebody says otherwise.
    fn go(&mut self) -> Result<u64, Error> {
        match std::mem::replace(&mut self.next, Next::Interpreter) {
            // SAFETY: the registers stand at linked code of a live instance,
            // and the store is borrowed for the run.
            Next::Interpreter => Ok(unsafe { interp::run(&mut self.cx) }),
            Next::Machine(way) => self.run_machine(way),
        }
    }

    /// The interpreter stopped at a block: the slice is used up, or all fuel.
    fn out_of_fuel<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        self.check_interrupt(&store.inner)?;
        // SAFETY: `ip` is at a charge.
        let cost = unsafe { *self.cx.ip.add(1) };
        if store.inner.fuel < cost {
            return self.begin_in_part(store, cost).map(Some);
        }
        self.look()?;
        Ok(None)
    }

    /// As [`Run::out_of_fuel`], for machine code.
    fn out_of_fuel_in_machine<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        let stop = self.stopped();
        store.inner.fuel = store.inner.fuel.wrapping_add(stop.cost);
        store.inner.machine_fuel = store.inner.machine_fuel.wrapping_sub(stop.cost);
        self.check_interrupt(&store.inner)?;
        if store.inner.fuel >= stop.cost && !self.tiering.leaves_blocks() {
            self.resume_machine(&stop);
            return Ok(None);
        }
        self.deoptimise(&stop)?;
        self.tiering.fell_back();
        if store.inner.fuel < stop.cost {
            return self.begin_in_part(store, stop.cost).map(Some);
        }
        Ok(None)
    }

    /// A range instruction cannot pay for its next part from this slice, or
    /// where there is no `reserve` at all.
    fn bulk_out_of_fuel(&mut self, in_machine: bool, reserve: u64) -> Option<Rest> {
        if reserve > 0 && in_machine && !self.tiering.leaves_blocks() {
            self.next = Next::Machine(Way::Again);
            return None;
        }
        self.tiering.stopped_in_bulk();
        if in_machine {
            self.tiering.fell_back();
        }
        (reserve == 0).then_some(Rest::OutOfFuel)
    }

    /// Runs what the fuel left can pay of the block whose charge is at `ip`.
    fn begin_in_part<T>(&mut self, store: &mut Store<T>, cost: u64) -> Result<Rest, Error> {
        let charge = self.cx.ip;
        // SAFETY: behind a charge there is an instruction.
        self.cx.ip = unsafe { charge.add(2) };
        self.pay_in_part(store, charge, cost)
    }

    fn check_interrupt(&self, inner: &Inner) -> Result<(), Error> {
        match inner.interrupt.swap(false, Ordering::Relaxed) {
            true => Err(Error::Interrupted),
            false => Ok(()),
        }
    }

    fn failed(&mut self) -> Error {
        let unknown = || Error::HostResource("the host failed without a reason".into());
        self.cx.failure.take().unwrap_or_else(unknown)
    }

    /// Runs what the fuel left can pay of the block at `charge`, from `ip`
    /// on, where `debt` is not paid yet: instructions one by one, as Wasm
    /// counts them.
    fn pay_in_part<T>(
        &mut self,
        store: &mut Store<T>,
        charge: *const u64,
        debt: u64,
    ) -> Result<Rest, Error> {
        let fuel = std::mem::take(&mut store.inner.fuel);
        let place = self.place(&self.top_record(), Back::to(charge))?;
        let map = place.map()?;
        let paid = place.linked.words[place.pos as usize + 1] - debt + fuel;
        let home = self.cx.ip;
        let from = (home as usize - place.linked.words.as_ptr() as usize) / 8;
        let is_charge = |pos: u32| place.linked.words[pos as usize] == self.handlers.charge();
        let until = map.marks[map.index_at(place.pos) + 1..]
            .iter()
            .find(|mark| {
                mark.pos as usize >= from && (u64::from(mark.paid) > paid || is_charge(mark.pos))
            })
            .map_or(place.linked.words.len(), |mark| mark.pos as usize);
        let mut scratch = place.linked.words[from..until].to_vec();
        scratch.extend([self.handlers.stop(), 0]);
        self.cx.ip = scratch.as_ptr();
        // SAFETY: the copied instructions are straight-line code of the frame
        // the registers stand in, and end in a stop.
        let code = unsafe { interp::run(&mut self.cx) };
        let done = (self.cx.ip as usize - scratch.as_ptr() as usize) / 8;
        // SAFETY: the copy began at `home`.
        self.cx.ip = unsafe { home.add(done) };
        match Exit::from_code(code) {
            Exit::Stop => {
                let debt = debt - fuel;
                self.pending = Pending::Block { charge, debt };
                Ok(Rest::OutOfFuel)
            }
            Exit::Trap => {
                let at = map.at((from + done) as u32);
                store.inner.fuel = paid - u64::from(at.paid);
                Err(self.trap_error(trap_of(code)))
            }
            _ => Err(self.failed()),
        }
    }
}

fn trap_of(code: u64) -> Trap {
    Trap::from_code((code >> 8) as u8).expect("handlers report known traps")
}

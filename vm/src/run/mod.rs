//! The driver: starts runs, serves what running code asks for, ends them.
//!
//! A run is a call from the host. Guest calls inside it take no native stack;
//! a host function that calls a guest starts a nested run on a stack of its
//! own.

mod unwind;

use std::sync::atomic::Ordering;

use isa::Trap;
use isa::planted::{Fault, planted};

use crate::caller::Caller;
use crate::code::field;
use crate::code::map::CodeMap;
use crate::compiled::Linked;
use crate::error::{Error, Frame, TrapInfo};
use crate::interp::{self, Handlers};
use crate::machine::context::{Context, Exit};
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::machine::stack::{Record, Stack};
use crate::store::{Inner, Store};

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
}

// SAFETY: the pointers name parts of the run's own stack and of the store,
// which must be given back to resume it.
unsafe impl Send for Run {}

/// A place in the code of a function.
struct Place<'a> {
    function: &'a Function,
    instance: &'a Instance,
    linked: &'a Linked,
    pos: u32,
    handlers: &'static Handlers,
}

impl Place<'_> {
    fn map(&self) -> Result<std::sync::Arc<CodeMap>, Error> {
        self.instance.module.map(self.function.index)
    }

    /// Position of the `charge` of the block around the place, and its cost.
    fn block(&self, map: &CodeMap) -> (usize, u64) {
        let charge = self.handlers.charge();
        let mut index = map.index_at(self.pos);
        while self.linked.words[map.marks[index].pos as usize] != charge {
            index -= 1;
        }
        (index, self.linked.words[map.marks[index].pos as usize + 1])
    }
}

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
            failure: None,
            store: std::ptr::null_mut(),
        });
        Ok(Run {
            stack: Some(stack),
            cx,
            handlers,
            pending: Pending::Nothing,
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
    }

    /// Begins with the function named at birth.
    pub(crate) fn start<T>(&mut self, store: &mut Store<T>) -> Result<Rest, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        self.cx.store = &mut *store.inner;
        if let Err(trap) = self.enter_function(function, self.cx.ip, true)? {
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
            let reserve = store.inner.fuel.saturating_sub(SLICE);
            self.cx.fuel = store.inner.fuel - reserve;
            // SAFETY: the registers stand at linked code of a live instance,
            // and the store is borrowed for the run.
            let code = unsafe { interp::run(&mut self.cx) };
            store.inner.fuel = reserve + self.cx.fuel;
            match Exit::from_code(code) {
                Exit::Done => return Ok(Rest::Done),
                Exit::OutOfFuel => {
                    self.check_interrupt(&store.inner)?;
                    // SAFETY: `ip` is at a charge.
                    let cost = unsafe { *self.cx.ip.add(1) };
                    if store.inner.fuel < cost {
                        let charge = self.cx.ip;
                        // SAFETY: behind a charge there is an instruction.
                        self.cx.ip = unsafe { charge.add(2) };
                        return self.pay_in_part(store, charge, cost);
                    }
                }
                Exit::BulkOutOfFuel => {
                    self.check_interrupt(&store.inner)?;
                    if reserve == 0 {
                        return Ok(Rest::OutOfFuel);
                    }
                }
                Exit::Trap => return Err(self.trapped(&mut store.inner, trap_of(code))),
                Exit::Failure => return Err(self.failed()),
                Exit::Throw => self.unwind(&mut store.inner, true)?,
                Exit::Call => {
                    if let Some(rest) = self.call(store)? {
                        return Ok(rest);
                    }
                }
                Exit::TailCall => {
                    if let Some(rest) = self.tail_call(store)? {
                        return Ok(rest);
                    }
                }
                Exit::Stop => unreachable!("only partly paid blocks stop"),
            }
        }
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

    /// Where `ip` is, given the record of the frame it runs in.
    fn place<'s>(&self, record: &Record, ip: *const u64) -> Result<Place<'s>, Error> {
        // SAFETY: functions and instances live as long as their store.
        let (function, instance) = unsafe {
            let function = &*record.function;
            (function, &*function.instance)
        };
        let linked = instance.module.code(function.index)?;
        let pos = (ip as usize - linked.words.as_ptr() as usize) / 8;
        Ok(Place {
            function,
            instance,
            linked,
            pos: pos as u32,
            handlers: self.handlers,
        })
    }

    fn top_record(&self) -> Record {
        // SAFETY: a run that has begun has at least its first record.
        unsafe { *self.cx.records }
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
        let place = self.place(&self.top_record(), charge)?;
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

    /// The trap at `ip`; what its block charged for instructions behind it
    /// is given back.
    fn trapped(&mut self, inner: &mut Inner, trap: Trap) -> Error {
        if let Err(error) = self.refund(inner) {
            return error;
        }
        self.trap_error(trap)
    }

    fn refund(&self, inner: &mut Inner) -> Result<(), Error> {
        let place = self.place(&self.top_record(), self.cx.ip)?;
        let map = place.map()?;
        let (_, cost) = place.block(&map);
        inner.fuel += cost - u64::from(map.at(place.pos).paid) + u64::from(planted(Fault::Refund));
        Ok(())
    }

    fn trap_error(&self, trap: Trap) -> Error {
        let mut info = TrapInfo {
            trap,
            frames: Vec::new(),
            more_frames: 0,
        };
        self.backtrace(&mut info, true);
        Error::Trap(Box::new(info))
    }

    /// Adds the frames of this run, innermost first; `at_ip` as in
    /// [`Run::unwind`].
    fn backtrace(&self, info: &mut TrapInfo, at_ip: bool) {
        let base: *mut Record = self.stack().records().as_ptr();
        let mut record = self.cx.records;
        let (mut ip, mut innermost) = (self.cx.ip, at_ip);
        while record != base {
            // SAFETY: records from the top to `base` are initialised.
            let entry = unsafe { *record };
            // SAFETY: still on this side of `base`.
            record = unsafe { record.add(1) };
            if !entry.function.is_null() {
                if info.frames.len() == TrapInfo::MAX_FRAMES {
                    info.more_frames += 1;
                } else if let Ok(frame) = self.frame(&entry, ip, innermost) {
                    info.frames.push(frame);
                }
                innermost = false;
            }
            ip = entry.ip;
        }
    }

    fn frame(&self, record: &Record, ip: *const u64, innermost: bool) -> Result<Frame, Error> {
        let place = self.place(record, ip)?;
        // A caller waits behind its call.
        let pos = if innermost { place.pos } else { place.pos - 1 };
        let mark = place.map()?.at(pos);
        let name = place.instance.module.data().func_name(place.function.index);
        Ok(Frame {
            function: place.function.index,
            name: name.map(str::to_string),
            offset: u64::from(mark.offset),
        })
    }

    /// A call that running code could not make itself.
    fn call<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        // SAFETY: `ip` is at a call: its field word counts its moves.
        let back = unsafe {
            let moves = usize::from(field(*self.cx.ip.add(1), 3));
            self.cx.ip.add(3 + moves.div_ceil(2))
        };
        if function.is_host() {
            self.cx.ip = back;
            return self.call_host(store, function, self.cx.callee_fp);
        }
        if let Err(trap) = self.enter_function(function, back, false)? {
            return Err(self.trapped(&mut store.inner, trap));
        }
        Ok(None)
    }

    /// Calls a host function whose frame is at `frame`. The guest goes on at
    /// `ip`, behind the call.
    fn call_host<T>(
        &mut self,
        store: &mut Store<T>,
        function: &Function,
        frame: *mut u64,
    ) -> Result<Option<Rest>, Error> {
        let host = store.hosts[function.index as usize].clone();
        let ty = &store.inner.host_types[function.index as usize];
        let count = crate::val::layout(ty.params())
            .1
            .max(crate::val::layout(ty.results()).1);
        // SAFETY: lowering sized the caller's frame for arguments and results.
        let slots = unsafe { std::slice::from_raw_parts_mut(frame, count) };
        // SAFETY: the running instance is alive.
        let instance = unsafe { self.cx.instance.as_ref() }.map(|instance| instance.id);
        let result = self.nested(store, |store| host(Caller::new(store, instance), slots));
        self.cx.store = &mut *store.inner;
        self.reload_memory();
        match result {
            Ok(()) => Ok(None),
            Err(Error::Suspended) => {
                self.pending = Pending::Host { function, frame };
                Ok(Some(Rest::Suspended))
            }
            Err(Error::Exception { exn, .. }) => {
                self.cx.acc = exn.reference;
                self.unwind(&mut store.inner, false)?;
                Ok(None)
            }
            Err(Error::Trap(mut info)) => {
                self.backtrace(&mut info, false);
                Err(Error::Trap(info))
            }
            Err(error) => Err(error),
        }
    }

    /// Lets the host use the store while this run waits: runs it starts
    /// share the limit of the call stack.
    fn nested<T, R>(
        &mut self,
        store: &mut Store<T>,
        work: impl FnOnce(&mut Store<T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let limit = store.inner.engine.profile().limits.host_nesting as usize;
        if store.inner.waiting.len() >= limit {
            return Err(Error::trap(Trap::StackExhausted));
        }
        let start = self.stack().slots().as_ptr();
        // SAFETY: the frame lies within the stack.
        let used = unsafe { self.cx.fp.offset_from(start) } as usize;
        let used = used + crate::profile::MAX_FRAME_SLOTS as usize;
        store.inner.waiting.push((start.cast_const(), used));
        let units = std::mem::replace(&mut store.inner.units, self.cx.units);
        let result = work(store);
        store.inner.units = units;
        store.inner.waiting.pop();
        result
    }

    /// Makes `function`, whose arguments are in place, the running one. It
    /// returns to `back`.
    fn enter_function(
        &mut self,
        function: &Function,
        back: *const u64,
        first: bool,
    ) -> Result<Result<(), Trap>, Error> {
        // SAFETY: a guest function has an instance, alive as long as its store.
        let instance = unsafe { &*function.instance };
        let linked = self.prepare(function, instance)?;
        let units = self.cx.units;
        let Some(left) = units.checked_sub(u64::from(linked.units)) else {
            return Ok(Err(Trap::StackExhausted));
        };
        let frame = self.cx.callee_fp;
        let mut push = |ip, function: *const Function| {
            // SAFETY: the record stack has room for two per frame within the
            // limit of the call stack.
            unsafe {
                self.cx.records = Record::push(self.cx.records, ip, self.cx.fp, function, units);
            }
        };
        if first || std::ptr::eq(self.cx.instance, instance) {
            push(back, function);
        } else {
            push(back, std::ptr::null());
            push(self.handlers.leave(), function);
        }
        self.cx.units = left;
        self.begin(instance, linked, frame);
        Ok(Ok(()))
    }

    /// The code of `function`, lowered if this is its first call.
    fn prepare<'a>(
        &self,
        function: &Function,
        instance: &'a Instance,
    ) -> Result<&'a Linked, Error> {
        let linked = instance.module.code(function.index)?;
        let function = std::ptr::from_ref(function).cast_mut();
        // SAFETY: the store keeps the function in place, and only the driver,
        // which holds the store mutably, changes it.
        unsafe {
            (*function).units = u64::from(linked.units);
            (*function).code = linked.start();
        }
        Ok(linked)
    }

    /// Sets the registers to the start of a function.
    fn begin(&mut self, instance: &Instance, linked: &Linked, frame: *mut u64) {
        self.cx.instance = instance;
        self.cx.fp = frame;
        self.cx.ip = linked.start();
        self.reload_memory();
    }

    /// A tail call that running code could not make itself.
    fn tail_call<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        if function.is_host() {
            return self.tail_call_host(store, function);
        }
        // SAFETY: a guest function has an instance, alive as long as its store.
        let instance = unsafe { &*function.instance };
        let linked = self.prepare(function, instance)?;
        let record = self.top_record();
        let Some(left) = record.units.checked_sub(u64::from(linked.units)) else {
            return Err(self.trapped(&mut store.inner, Trap::StackExhausted));
        };
        let (_, slots) = crate::val::layout(store.inner.function_type(function).params());
        let stubs = self.handlers;
        let returns_home = record.ip == stubs.done() || record.ip == stubs.leave();
        // SAFETY: the arguments lie above the frame they replace; the record
        // stack has room, as in `enter_function`.
        unsafe {
            std::ptr::copy(self.cx.callee_fp, self.cx.fp, slots);
            let top = self.cx.records;
            if returns_home || std::ptr::eq(self.cx.instance, instance) {
                (*top).function = function;
            } else {
                (*top).function = std::ptr::null();
                let (fp, units) = (record.fp, record.units);
                self.cx.records = Record::push(top, stubs.leave(), fp, function, units);
            }
        }
        self.cx.units = left;
        self.begin(instance, linked, self.cx.fp);
        Ok(None)
    }

    /// A host function takes the place of the frame, which is left before the
    /// call: its results are those of the frame.
    fn tail_call_host<T>(
        &mut self,
        store: &mut Store<T>,
        function: &Function,
    ) -> Result<Option<Rest>, Error> {
        let ty = store.inner.host_types[function.index as usize].clone();
        let (_, params) = crate::val::layout(ty.params());
        let frame = self.cx.fp;
        let record = self.top_record();
        // SAFETY: the arguments lie above the frame they replace, and the
        // record is one of this run.
        unsafe {
            std::ptr::copy(self.cx.callee_fp, frame, params);
            self.cx.records = self.cx.records.add(1);
        }
        (self.cx.ip, self.cx.fp) = (record.ip, record.fp);
        self.cx.units = record.units;
        self.call_host(store, function, frame)
    }
}

fn trap_of(code: u64) -> Trap {
    Trap::from_code((code >> 8) as u8).expect("handlers report known traps")
}

//! Calls that running code cannot make itself.

use isa::Trap;

use super::place::Back;
use super::{Next, Pending, Rest, Run};
use crate::caller::Caller;
use crate::code::field;
use crate::compiled::Linked;
use crate::engine::Tier;
use crate::error::Error;
use crate::jit::native::Way;
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::machine::stack::Record;
use crate::store::Store;

/// A function that is ready to run.
struct Prepared<'a> {
    instance: &'a Instance,
    linked: &'a Linked,
    /// Where its machine code is entered, if it has any.
    native: Option<*const u8>,
}

impl Run {
    /// A call from the interpreter.
    pub(super) fn call<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        // SAFETY: `ip` is at a call: its field word counts its moves.
        let back = unsafe {
            let moves = usize::from(field(*self.cx.ip.add(1), 3));
            self.cx.ip.add(3 + moves.div_ceil(2))
        };
        if function.is_host() {
            self.cx.ip = back;
            return self.call_host(store, function, self.cx.callee_fp, None);
        }
        if self.ran_twin(store, function, self.cx.units, self.cx.callee_fp)? {
            self.cx.ip = back;
            return Ok(None);
        }
        if let Err(trap) = self.enter_function(function, Back::to(back), false)? {
            return Err(self.trapped(&mut store.inner, trap));
        }
        Ok(None)
    }

    /// A call from machine code, whose record is there already.
    pub(super) fn native_call<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        let record = self.top_record();
        if self.ran_twin(store, function, record.units, self.cx.callee_fp)? {
            // The record of the call leads back there.
            self.next = Next::Machine(Way::Return);
            return Ok(None);
        }
        let back = self.pop()?;
        if function.is_host() {
            return self.call_host(store, function, self.cx.callee_fp, back);
        }
        if let Err(trap) = self.enter_function(function, Back::of(&record), false)? {
            // SAFETY: `ip` is behind the call, which then is where it traps.
            self.cx.ip = unsafe { self.cx.ip.sub(1) };
            return Err(self.trapped(&mut store.inner, trap));
        }
        Ok(None)
    }

    /// Takes the top record off, so that its caller runs: `ip` is where it
    /// goes on, as the interpreter would. Gives the record if machine code is
    /// to go on.
    pub(super) fn pop(&mut self) -> Result<Option<Record>, Error> {
        let record = self.top_record();
        // SAFETY: there is a record, so this does not pass their beginning.
        self.cx.records = unsafe { self.cx.records.add(1) };
        self.cx.fp = record.fp;
        self.cx.units = record.units;
        self.cx.ip = record.ip;
        if record.ip != self.handlers.back_to_native() {
            return Ok(None);
        }
        self.cx.ip = self.place(&self.top_record(), Back::of(&record))?.ip();
        Ok(Some(record))
    }

    /// Calls a host function whose frame is at `frame`. The guest goes on at
    /// `ip`, behind the call, or in machine code with the record in `back`.
    fn call_host<T>(
        &mut self,
        store: &mut Store<T>,
        function: &Function,
        frame: *mut u64,
        back: Option<Record>,
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
            Ok(()) => {
                self.go_back(back);
                Ok(None)
            }
            Err(Error::Suspended) => {
                self.go_back(back);
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

    /// Has machine code go on behind the call that left this record.
    fn go_back(&mut self, record: Option<Record>) {
        if let Some(record) = record {
            // SAFETY: the record was there before.
            unsafe {
                self.cx.records = self.cx.records.sub(1);
                *self.cx.records = record;
            }
            self.next = Next::Machine(Way::Return);
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
    pub(super) fn enter_function(
        &mut self,
        function: &Function,
        back: Back,
        first: bool,
    ) -> Result<Result<(), Trap>, Error> {
        let ready = self.prepare(function)?;
        let units = self.cx.units;
        let Some(left) = units.checked_sub(u64::from(ready.linked.units)) else {
            return Ok(Err(Trap::StackExhausted));
        };
        let frame = self.cx.callee_fp;
        let mut push = |back: Back, function: *const Function| {
            // SAFETY: the record stack has room for two per frame within the
            // limit of the call stack.
            unsafe {
                let top = Record::push(self.cx.records, back.ip, self.cx.fp, function, units);
                (*top).native = back.native;
                self.cx.records = top;
            }
        };
        if first || std::ptr::eq(self.cx.instance, ready.instance) {
            push(back, function);
        } else {
            push(back, std::ptr::null());
            push(Back::to(self.handlers.leave()), function);
        }
        self.cx.units = left;
        self.begin(&ready, frame);
        Ok(Ok(()))
    }

    /// Makes a guest's function ready: lowers it if this is its first call, and
    /// if code is to be compiled at once, compiles it.
    fn prepare<'a>(&mut self, function: &Function) -> Result<Prepared<'a>, Error> {
        // SAFETY: a guest function has an instance, alive as long as its store.
        let instance: &Instance = unsafe { &*function.instance };
        let module = &instance.module;
        let linked = module.code(function.index)?;
        let placed = match self.tiering.tier() {
            Tier::Interpreter => None,
            Tier::Jit => module.native(function.index),
            Tier::Auto => self.called(module, function.index),
        };
        let native = placed.map(|placed| placed.entry());
        let ready = Prepared {
            instance,
            linked,
            native,
        };
        if module.twin(function.index).is_some() {
            // Every call has to come to the driver.
            return Ok(ready);
        }
        function.units.set(u64::from(linked.units));
        function.code.set(linked.start());
        if let Some(native) = native {
            function.code.set(self.handlers.to_native());
            function.native.set(native);
        }
        Ok(ready)
    }

    /// Sets the registers to the start of a function.
    fn begin(&mut self, ready: &Prepared, frame: *mut u64) {
        self.cx.switch(ready.instance);
        self.cx.fp = frame;
        self.cx.ip = ready.linked.start();
        if let Some(native) = ready.native {
            self.enter_machine(native);
        }
    }

    /// A tail call that running code could not make itself.
    pub(super) fn tail_call<T>(&mut self, store: &mut Store<T>) -> Result<Option<Rest>, Error> {
        // SAFETY: functions live as long as their store.
        let function = unsafe { &*(self.cx.callee as usize as *const Function) };
        if function.is_host() {
            return self.tail_call_host(store, function);
        }
        let record = self.top_record();
        if self.ran_twin(store, function, record.units, self.cx.fp)? {
            let back = self.pop()?;
            self.go_back(back);
            return Ok(None);
        }
        let ready = self.prepare(function)?;
        let Some(left) = record.units.checked_sub(u64::from(ready.linked.units)) else {
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
            if returns_home || std::ptr::eq(self.cx.instance, ready.instance) {
                (*top).function = function;
            } else {
                (*top).function = std::ptr::null();
                let (fp, units) = (record.fp, record.units);
                self.cx.records = Record::push(top, stubs.leave(), fp, function, units);
            }
        }
        self.cx.units = left;
        self.begin(&ready, self.cx.fp);
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
        // SAFETY: the arguments lie above the frame they replace.
        unsafe { std::ptr::copy(self.cx.callee_fp, frame, params) };
        let back = self.pop()?;
        self.call_host(store, function, frame, back)
    }
}

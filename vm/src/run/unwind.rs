//! Exceptions on their way to a handler.

use std::sync::Arc;

use isa::Trap;

use super::{Place, Run};
use crate::code::{Catch, Handlers};
use crate::error::{Error, TrapInfo};
use crate::machine::stack::Record;
use crate::store::Inner;
use crate::val::ExnRef;

impl Run {
    /// Takes the exception in `acc` to its handler, or out of the run. It was
    /// thrown at `ip`, or if not `at_ip` by a call that returns there.
    pub(super) fn unwind(&mut self, inner: &mut Inner, at_ip: bool) -> Result<(), Error> {
        let reference = self.cx.acc;
        self.collect_exceptions(inner);
        let base: *mut Record = self.stack().records().as_ptr();
        let mut ip = self.cx.ip;
        let mut fp = self.cx.fp;
        let mut innermost = at_ip;
        let mut records = self.cx.records;
        while records != base {
            // SAFETY: records from `base` to the top are initialised.
            let record = unsafe { *records.sub(1) };
            if !record.function.is_null() {
                let place = self.place(&record, ip)?;
                let pos = if innermost { place.pos } else { place.pos - 1 };
                innermost = false;
                if let Some(catch) = find_catch(inner, &place, pos, reference) {
                    let catch = catch.clone();
                    let target = place.linked.words[catch.target as usize..].as_ptr();
                    let units = record.units - u64::from(place.linked.units);
                    self.cx.instance = place.function.instance;
                    self.cx.units = units;
                    self.cx.records = records;
                    self.cx.fp = fp;
                    self.cx.ip = target;
                    self.reload_memory();
                    self.deliver(inner, reference, &catch);
                    return Ok(());
                }
            }
            (ip, fp) = (record.ip, record.fp);
            // SAFETY: still above `base`.
            records = unsafe { records.sub(1) };
        }
        let exn = ExnRef {
            store: inner.id,
            reference,
        };
        let mut info = TrapInfo {
            trap: Trap::UncaughtException,
            frames: Vec::new(),
            more_frames: 0,
        };
        self.backtrace(&mut info, at_ip);
        inner.exceptions.hold(reference);
        Err(Error::Exception {
            exn,
            info: Box::new(info),
        })
    }

    /// Writes what a clause asks for to the slots it names.
    fn deliver(&mut self, inner: &mut Inner, reference: u64, catch: &Catch) {
        let exception = inner
            .exceptions
            .get(reference)
            .expect("a thrown exception is alive");
        if let Some(slot) = catch.payload {
            for (i, &word) in exception.payload.iter().enumerate() {
                // SAFETY: lowering sized the frame for the payload.
                unsafe { *self.cx.fp.add(usize::from(slot) + i) = word };
            }
        }
        if let Some(slot) = catch.exception {
            // SAFETY: lowering sized the frame for the reference.
            unsafe { *self.cx.fp.add(usize::from(slot)) = reference };
        }
    }

    /// Looks for exceptions that nothing refers to once there are many.
    fn collect_exceptions(&mut self, inner: &mut Inner) {
        let resting = Arc::strong_count(&inner.resting) > 1;
        if inner.exceptions.live() < inner.exception_goal || resting {
            return;
        }
        let slots = self.stack().slots().as_ptr();
        // SAFETY: frames lie below the top frame's end, which is within the
        // stack; its slots are plain numbers.
        let own = unsafe {
            let top = self.cx.fp.add(crate::profile::MAX_FRAME_SLOTS as usize);
            std::slice::from_raw_parts(slots, top.offset_from(slots) as usize)
        };
        let mut roots: Vec<u64> = own.to_vec();
        roots.push(self.cx.acc);
        for &(start, len) in &inner.waiting {
            // SAFETY: a waiting run keeps its stack, and registered this part.
            roots.extend(unsafe { std::slice::from_raw_parts(start, len) });
        }
        roots.extend(inner.globals.iter().map(|global| global.value[0]));
        roots.extend(
            inner
                .tables
                .iter()
                .flat_map(|table| table.elements().iter().copied()),
        );
        inner.exceptions.sweep(roots.into_iter());
        inner.exception_goal = 1024.max(2 * inner.exceptions.live());
    }
}

/// The clause that catches `reference` when it is thrown at `pos`.
fn find_catch<'a>(inner: &Inner, place: &Place<'a>, pos: u32, reference: u64) -> Option<&'a Catch> {
    let regions = &place.linked.regions;
    let tag = inner.exceptions.get(reference)?.tag;
    // Inner regions come behind outer ones.
    let innermost = regions.iter().rposition(|r| r.start <= pos && pos < r.end);
    let mut region = innermost.map(|index| index as u32);
    while let Some(index) = region {
        match &regions[index as usize].handlers {
            Handlers::Catches(catches) => {
                let catches_it = |catch: &&Catch| {
                    catch
                        .tag
                        .is_none_or(|own| place.instance.tags[own as usize] == tag)
                };
                if let Some(catch) = catches.iter().find(catches_it) {
                    return Some(catch);
                }
                region = regions[index as usize].parent;
            }
            Handlers::Delegate(target) => region = *target,
        }
    }
    None
}

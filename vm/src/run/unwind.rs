//! Exceptions on their way to a handler.

use std::sync::Arc;

use isa::Trap;

use super::Run;
use super::place::{Back, Place};
use crate::code::{Catch, Handlers};
use crate::error::{Error, TrapInfo};
use crate::machine::stack::Record;
use crate::module::types::HeapType;
use crate::store::Inner;
use crate::val::ExnRef;

/// Words of exceptions at which unreachable ones are first looked for.
pub(crate) const EXCEPTION_GOAL: usize = 1 << 16;

/// Most words of exceptions that a store keeps: 1 GiB. A throw costs little
/// fuel for its thousand values, and who keeps its exceptions could have any
/// amount of the host's memory.
const MAX_EXCEPTION_WORDS: usize = 1 << 27;

impl Run {
    /// Takes the exception in `acc` to its handler, or out of the run. It was
    /// thrown at `ip`, or if not `at_ip` by a call that returns there.
    pub(super) fn unwind(&mut self, inner: &mut Inner, at_ip: bool) -> Result<(), Error> {
        let reference = self.cx.acc;
        self.collect_exceptions(inner)?;
        let base: *mut Record = self.stack().records().as_ptr();
        let mut back = Back::to(self.cx.ip);
        let mut fp = self.cx.fp;
        let mut innermost = at_ip;
        let mut records = self.cx.records;
        while records != base {
            // SAFETY: records from the top to `base` are initialised.
            let record = unsafe { *records };
            if !record.function.is_null() {
                let place = self.place(&record, back)?;
                let pos = if innermost { place.pos } else { place.pos - 1 };
                innermost = false;
                if let Some(catch) = find_catch(inner, &place, pos, reference) {
                    let catch = catch.clone();
                    let target = place.linked.words[catch.target as usize..].as_ptr();
                    let units = record.units - u64::from(place.linked.units);
                    self.cx.units = units;
                    self.cx.records = records;
                    self.cx.fp = fp;
                    self.cx.ip = target;
                    self.cx.switch(place.instance);
                    self.deliver(inner, reference, &catch);
                    self.caught_in(&place);
                    return Ok(());
                }
            }
            (back, fp) = (Back::of(&record), record.fp);
            // SAFETY: still on this side of `base`.
            records = unsafe { records.add(1) };
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

    /// Looks for exceptions that nothing refers to once there are many. The
    /// goal grows with what has to be looked at, so that a throw costs little
    /// however large tables are.
    ///
    /// # Errors
    /// [`Error::HostResource`] if those that are left take too much memory.
    fn collect_exceptions(&mut self, inner: &mut Inner) -> Result<(), Error> {
        if inner.exceptions.words() < inner.exception_goal {
            return Ok(());
        }
        // What a run that rests outside the store refers to cannot be seen.
        if Arc::strong_count(&inner.resting) == 1 {
            let looked_at = self.sweep_exceptions(inner);
            let live = inner.exceptions.words();
            inner.exception_goal = EXCEPTION_GOAL.max(2 * live).max(looked_at / 4);
        }
        if inner.exceptions.words() > MAX_EXCEPTION_WORDS {
            return Err(Error::HostResource(format!(
                "exceptions that are still referred to take more than {} MiB",
                (MAX_EXCEPTION_WORDS * size_of::<u64>()) >> 20
            )));
        }
        inner.exception_goal = inner.exception_goal.min(MAX_EXCEPTION_WORDS);
        Ok(())
    }

    /// Gives up exceptions that nothing refers to; how many places it looked
    /// at.
    fn sweep_exceptions(&mut self, inner: &mut Inner) -> usize {
        let slots = self.stack().slots().as_ptr();
        // SAFETY: frames lie below the top frame's end, which is within the
        // stack; its slots are plain numbers.
        let own = unsafe {
            let top = self.cx.fp.add(crate::profile::MAX_FRAME_SLOTS as usize);
            std::slice::from_raw_parts(slots, top.offset_from(slots) as usize)
        };
        // SAFETY: a waiting run keeps its stack, and registered this part.
        let waiting = inner
            .waiting
            .iter()
            .flat_map(|&(start, len)| unsafe { std::slice::from_raw_parts(start, len) });
        let globals = inner.globals.iter().map(|global| global.value[0]);
        // Slots do not say what they hold; tables do.
        let is_exn = |heap| matches!(heap, HeapType::Exn | HeapType::NoExn);
        let tables = inner.tables.iter();
        let tables = tables.filter(|table| is_exn(table.ty().element.heap));
        let mut looked_at = 0;
        let roots = own
            .iter()
            .chain(waiting)
            .chain(tables.flat_map(|table| table.elements()))
            .copied()
            .chain(globals)
            .chain([self.cx.acc])
            .inspect(|_| looked_at += 1);
        inner.exceptions.sweep(roots);
        looked_at
    }
}

/// The clause that catches `reference` when it is thrown at `pos`.
fn find_catch<'a>(inner: &Inner, place: &Place<'a>, pos: u32, reference: u64) -> Option<&'a Catch> {
    let regions = &place.linked.regions;
    let tag = inner.exceptions.get(reference)?.tag;
    let mut region = place.linked.region_at(pos);
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

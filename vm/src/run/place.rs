//! Where a run is: what traps cost, and what backtraces say.

use std::sync::Arc;

use isa::Trap;
use isa::planted::{Fault, planted};

use super::Run;
use crate::code::map::CodeMap;
use crate::compiled::Linked;
use crate::error::{Error, Frame, TrapInfo};
use crate::interp::Handlers;
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::machine::stack::Record;
use crate::store::Inner;

/// Where a frame goes on, as the record of a call from it has it.
#[derive(Clone, Copy)]
pub(super) struct Back {
    pub(super) ip: *const u64,
    /// Where in its machine code, if `ip` says that it is in machine code.
    pub(super) native: *const u8,
}

impl Back {
    /// A place in the interpreter's code.
    pub(super) fn to(ip: *const u64) -> Back {
        Back {
            ip,
            native: std::ptr::null(),
        }
    }

    /// Where the caller goes on that left this record.
    pub(super) fn of(record: &Record) -> Back {
        Back {
            ip: record.ip,
            native: record.native,
        }
    }
}

/// A place in the code of a function.
pub(super) struct Place<'a> {
    pub(super) function: &'a Function,
    pub(super) instance: &'a Instance,
    pub(super) linked: &'a Linked,
    pub(super) pos: u32,
    handlers: &'static Handlers,
}

impl Place<'_> {
    pub(super) fn map(&self) -> Result<Arc<CodeMap>, Error> {
        self.instance.module.map(self.function.index)
    }

    /// The place in the interpreter's code.
    pub(super) fn ip(&self) -> *const u64 {
        self.linked.words[self.pos as usize..].as_ptr()
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
    /// Where `back` is, given the record of the frame it is of.
    pub(super) fn place<'s>(&self, record: &Record, back: Back) -> Result<Place<'s>, Error> {
        // SAFETY: functions and instances live as long as their store.
        let (function, instance) = unsafe {
            let function = &*record.function;
            (function, &*function.instance)
        };
        let module = &instance.module;
        let linked = module.code(function.index)?;
        let pos = if back.ip == self.handlers.back_to_native() {
            module.behind_call(function.index, back.native)
        } else {
            ((back.ip as usize - linked.words.as_ptr() as usize) / 8) as u32
        };
        Ok(Place {
            function,
            instance,
            linked,
            pos,
            handlers: self.handlers,
        })
    }

    /// Where the run is, in the interpreter's code.
    pub(super) fn here<'s>(&self) -> Result<Place<'s>, Error> {
        self.place(&self.top_record(), Back::to(self.cx.ip))
    }

    pub(super) fn top_record(&self) -> Record {
        // SAFETY: a run that has begun has at least its first record.
        unsafe { *self.cx.records }
    }

    /// The trap at `ip`; what its block charged for instructions behind it
    /// is given back.
    pub(super) fn trapped(&mut self, inner: &mut Inner, trap: Trap) -> Error {
        if let Err(error) = self.refund(inner) {
            return error;
        }
        self.trap_error(trap)
    }

    fn refund(&self, inner: &mut Inner) -> Result<(), Error> {
        let place = self.here()?;
        let map = place.map()?;
        let (_, cost) = place.block(&map);
        inner.fuel += cost - u64::from(map.at(place.pos).paid) + u64::from(planted(Fault::Refund));
        Ok(())
    }

    pub(super) fn trap_error(&self, trap: Trap) -> Error {
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
    pub(super) fn backtrace(&self, info: &mut TrapInfo, at_ip: bool) {
        let base: *mut Record = self.stack().records().as_ptr();
        let mut record = self.cx.records;
        let (mut back, mut innermost) = (Back::to(self.cx.ip), at_ip);
        while record != base {
            // SAFETY: records from the top to `base` are initialised.
            let entry = unsafe { *record };
            // SAFETY: still on this side of `base`.
            record = unsafe { record.add(1) };
            if !entry.function.is_null() {
                if info.frames.len() == TrapInfo::MAX_FRAMES {
                    info.more_frames += 1;
                } else if let Ok(frame) = self.frame(&entry, back, innermost) {
                    info.frames.push(frame);
                }
                innermost = false;
            }
            back = Back::of(&entry);
        }
    }

    fn frame(&self, record: &Record, back: Back, innermost: bool) -> Result<Frame, Error> {
        let place = self.place(record, back)?;
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
}

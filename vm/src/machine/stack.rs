//! The guest's call stack: slots for frames, and return records beside them.

use std::ptr::NonNull;

use super::function::Function;
use super::map::Mapping;
use crate::error::Error;
use crate::profile::{Limits, MAX_FRAME_SLOTS};

/// What a call leaves behind for its return.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Record {
    /// The block to go on with.
    pub(crate) ip: *const u64,
    /// The caller's frame.
    pub(crate) fp: *mut u64,
    /// The function that was called; null in the record that marks a change
    /// of instance.
    pub(crate) function: *const Function,
    /// Stack units that were left before the call.
    pub(crate) units: u64,
}

/// Charge of every frame besides its slots.
pub(crate) const FRAME_UNITS: u32 = 4;

/// A call stack, as large as the profile's limit can ever need; its pages are
/// committed when they are first touched.
pub(crate) struct Stack {
    slots: Mapping,
    records: Mapping,
}

impl Stack {
    /// Reserves a stack on which the limit of `limits` is always reached
    /// before the end.
    pub(crate) fn new(limits: &Limits) -> Result<Stack, Error> {
        // A frame has at most two slots for each of its units: operands are
        // padded to an even slot, and several results are returned by way of
        // as many spare slots. One frame is entered before it is charged, and
        // one frame's length behind the top may be read.
        let slots = 2 * u64::from(limits.stack_units) + 2 * u64::from(MAX_FRAME_SLOTS);
        // An entry from the host or a change of instance takes a second record.
        let records = 2 * u64::from(limits.stack_units / FRAME_UNITS) + 64;
        Ok(Stack {
            slots: Mapping::anonymous(slots * 8)?,
            records: Mapping::anonymous(records * size_of::<Record>() as u64)?,
        })
    }

    pub(crate) fn slots(&self) -> NonNull<u64> {
        self.slots.base().cast()
    }

    pub(crate) fn records(&self) -> NonNull<Record> {
        self.records.base().cast()
    }
}

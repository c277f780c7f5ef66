//! The guest's call stack: slots for frames, and return records beside them.

use std::ptr::NonNull;

use super::function::Function;
use super::map::Mapping;
use crate::error::Error;
use crate::profile::{Limits, MAX_FRAME_SLOTS};

/// What a call leaves behind for its return.
///
/// Records grow towards lower addresses, as a CPU's own stack does: while
/// machine code runs they are that stack, and `native` is where its calls put
/// their return addresses.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Record {
    /// Where machine code goes on when machine code returns here. It means
    /// something only from the moment machine code runs in the callee's frame.
    pub(crate) native: *const u8,
    /// The block the interpreter goes on with.
    pub(crate) ip: *const u64,
    /// The caller's frame.
    pub(crate) fp: *mut u64,
    /// The function that was called; null in the record that marks a change
    /// of instance.
    pub(crate) function: *const Function,
    /// Stack units that were left before the call.
    pub(crate) units: u64,
}

impl Record {
    /// Puts a record on top of those at `records`, and nothing into its
    /// `native`, which only machine code needs; gives the new top.
    ///
    /// # Safety
    /// There is room below `records`.
    #[inline(always)]
    pub(crate) unsafe fn push(
        records: *mut Record,
        ip: *const u64,
        fp: *mut u64,
        function: *const Function,
        units: u64,
    ) -> *mut Record {
        // SAFETY: the caller's promise.
        unsafe {
            let top = records.sub(1);
            (*top).ip = ip;
            (*top).fp = fp;
            (*top).function = function;
            (*top).units = units;
            top
        }
    }
}

/// Charge of every frame besides its slots.
pub(crate) const FRAME_UNITS: u32 = 4;

/// Slots behind a frame's own that machine code may use for values that no
/// call separates.
pub(crate) const SPILL_SLOTS: u32 = 8192;

/// Bytes below the lowest record. An operating system that delivers a signal
/// while machine code runs writes its frame there, as does the signal's handler
/// unless it asks for a stack of its own.
const SIGNAL_BYTES: u64 = 1 << 16;

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
        // one frame's length behind the top may be read. Only the top frame
        // has spilled values, since they do not outlive a call.
        let slots = 2 * u64::from(limits.stack_units) + 2 * u64::from(MAX_FRAME_SLOTS);
        let slots = slots + u64::from(SPILL_SLOTS);
        // An entry from the host or a change of instance takes a second record.
        let records = 2 * u64::from(limits.stack_units / FRAME_UNITS) + 64;
        let records = SIGNAL_BYTES + records * size_of::<Record>() as u64;
        Ok(Stack {
            slots: Mapping::anonymous(slots * 8)?,
            records: Mapping::anonymous(records)?,
        })
    }

    pub(crate) fn slots(&self) -> NonNull<u64> {
        self.slots.base().cast()
    }

    /// Behind the first record: where the top is while there is none.
    pub(crate) fn records(&self) -> NonNull<Record> {
        self.records.end().cast()
    }
}

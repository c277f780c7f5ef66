//! The machine's registers at rest, and what running code reaches through
//! them.

use super::instance::Instance;
use super::stack::Record;
use crate::error::Error;

/// Why running code came back to the driver; the low byte of what a handler
/// returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The outermost function returned.
    Done = 1,
    /// The block whose `charge` is at `ip` cannot be paid.
    OutOfFuel,
    /// The bulk instruction at `ip` cannot pay for its next part.
    BulkOutOfFuel,
    /// The instruction at `ip` trapped; the trap is in the next byte.
    Trap,
    /// The call at `ip` needs the driver: its function (in
    /// [`Context::callee`]) is a host function, belongs to another instance
    /// or is not lowered yet.
    Call,
    /// As `Call`, for a tail call.
    TailCall,
    /// The exception in `acc` was thrown at `ip`.
    Throw,
    /// The end of a partly paid block was reached.
    Stop,
    /// The host failed; the reason is in [`Context::failure`].
    Failure,
}

impl Exit {
    pub(crate) fn from_code(code: u64) -> Exit {
        const ALL: [Exit; 9] = [
            Exit::Done,
            Exit::OutOfFuel,
            Exit::BulkOutOfFuel,
            Exit::Trap,
            Exit::Call,
            Exit::TailCall,
            Exit::Throw,
            Exit::Stop,
            Exit::Failure,
        ];
        ALL[(code & 0xff) as usize - 1]
    }
}

/// Registers and roots of one run.
#[repr(C)]
pub(crate) struct Context {
    /// Fuel left in this slice.
    pub(crate) fuel: u64,
    /// The top return record.
    pub(crate) records: *mut Record,
    /// Units left on the call stack.
    pub(crate) units: u64,
    /// The instance whose code runs.
    pub(crate) instance: *const Instance,

    pub(crate) ip: *const u64,
    pub(crate) fp: *mut u64,
    pub(crate) mem: *mut u8,
    pub(crate) len: u64,
    pub(crate) acc: u64,
    pub(crate) vec: [u8; 16],

    /// The function of a call that needs the driver.
    pub(crate) callee: u64,
    /// The frame of that call: its arguments are in the first slots.
    pub(crate) callee_fp: *mut u64,
    /// How much of the bulk instruction at `ip` is done: bytes or elements.
    pub(crate) progress: u64,
    /// Why the host failed.
    pub(crate) failure: Option<Error>,
    /// The store, for the instructions that need all of it.
    pub(crate) store: *mut crate::store::Inner,
}

//! The machine's registers at rest, and what running code reaches through
//! them.

use super::instance::{Instance, Roots};
use super::stack::Record;
use crate::error::Error;

/// Why running code came back to the driver; the low byte of what a handler
/// or machine code returns.
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
    /// The interpreter came to machine code: to [`Context::native`], or if
    /// that is null to where the top record says.
    ToNative,
    /// Machine code returned to a caller in the interpreter, whose record is
    /// the top one.
    ToInterp,
    /// Machine code called a function ([`Context::callee`]) that needs the
    /// driver. The record of the call is there.
    NativeCall,
    /// Machine code could not pay for a block, whose number is in
    /// [`Context::pos`]; all its registers are in [`Context::save`], and
    /// [`Context::native`] is in its code.
    NativeFuel,
}

impl Exit {
    pub(crate) fn from_code(code: u64) -> Exit {
        const ALL: [Exit; 13] = [
            Exit::Done,
            Exit::OutOfFuel,
            Exit::BulkOutOfFuel,
            Exit::Trap,
            Exit::Call,
            Exit::TailCall,
            Exit::Throw,
            Exit::Stop,
            Exit::Failure,
            Exit::ToNative,
            Exit::ToInterp,
            Exit::NativeCall,
            Exit::NativeFuel,
        ];
        ALL[(code & 0xff) as usize - 1]
    }
}

/// Addresses of the engine's own code that machine code calls or jumps to.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Stubs {
    /// Leaves machine code with an exit code.
    pub(crate) exit: usize,
    /// Leaves it because a block cannot be paid.
    pub(crate) fuel: usize,
    /// Carries out an instruction.
    pub(crate) helper: usize,
    /// Computes a row of the opcode table by its meaning.
    pub(crate) pure: usize,
    /// Where machine code returns to that the interpreter called.
    pub(crate) to_interp: usize,
    /// The entry of every function that has no machine code.
    pub(crate) call_driver: usize,
    /// The engine's own way back to where machine code stopped.
    pub(crate) resume: usize,
}

/// The CPU's registers while machine code is stopped.
#[repr(C, align(32))]
pub(crate) struct Save {
    /// Vector registers by number, as wide as they are in use.
    pub(crate) vec: [[u8; 32]; 32],
    /// General registers by number.
    pub(crate) gpr: [u64; 16],
}

/// Registers and roots of one run.
///
/// Machine code embeds no address: everything it needs, it finds from here.
#[repr(C)]
pub(crate) struct Context {
    /// Fuel left in this slice.
    pub(crate) fuel: u64,
    /// The top return record.
    pub(crate) records: *mut Record,
    /// Units left on the call stack.
    pub(crate) units: u64,
    /// The instance whose code runs; see [`Context::switch`].
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
    /// Fuel for all the rest of it, when it could not pay for its next part.
    pub(crate) rest: u64,
    /// Why the host failed.
    pub(crate) failure: Option<Error>,
    /// The store, for the instructions that need all of it.
    pub(crate) store: *mut crate::store::Inner,

    /// The index spaces of the running instance.
    pub(crate) roots: Roots,
    /// Where machine code is entered, or where in it a block was not paid.
    pub(crate) native: *const u8,
    /// The interpreter's words for a record whose caller is machine code.
    pub(crate) to_native: *const u64,
    pub(crate) stubs: Stubs,
    /// Where machine code left: the word position of the instruction, or the
    /// number of the block that was not paid.
    pub(crate) pos: u32,
    /// What the last helper was asked for.
    pub(crate) helper: u32,
    /// The second and third word of its instruction.
    pub(crate) helper_fields: u64,
    pub(crate) helper_word: u64,
    /// The host's stack pointer while machine code runs.
    pub(crate) host_stack: *mut u8,
    /// Where a stub goes back to once the engine's own code has run.
    pub(crate) back: *const u8,
    /// Operands and result of a row computed by its meaning.
    pub(crate) operands: [[u64; 2]; 4],
    pub(crate) save: Save,
}

impl Context {
    /// Makes `instance` the running one.
    pub(crate) fn switch(&mut self, instance: &Instance) {
        self.instance = instance;
        self.roots = instance.roots();
        (self.mem, self.len) = instance.memory_registers();
    }
}

//! What a session needs from whatever runs the module: calls of exports, and the guest's memory.

use crate::Error;

/// A value that a session passes to the guest or gets back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
}

/// An instance of the module, ready to be called. `_initialize` has not been called yet.
///
/// The implementation for this project's own engine is [`crate::Guest`]; any other engine that gives the same bits can
/// take its place, in a comparison for example.
pub trait Machine {
    /// Calls an exported function; None if it returns nothing.
    ///
    /// # Errors
    /// [`Error::Guest`] if there is no such export, or the call trapped or was stopped.
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error>;

    /// Copies bytes out of the guest's memory.
    ///
    /// # Errors
    /// [`Error::Guest`] if the range is not inside the memory.
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error>;

    /// Copies bytes into the guest's memory.
    ///
    /// # Errors
    /// [`Error::Guest`] if the range is not inside the memory.
    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error>;

    /// The fuel that all calls have consumed so far; 0 if the engine does not count.
    fn fuel_consumed(&self) -> u64;

    /// The size of the guest's memory in bytes, and the BLAKE3 hash of all of it.
    fn memory_state(&self) -> (u64, [u8; 32]);
}

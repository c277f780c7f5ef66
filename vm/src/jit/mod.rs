//! Machine code: how it is made, entered and left.
//!
//! Register code becomes machine code function by function. Whatever the
//! compiler refuses stays in the interpreter; no guest can tell, because both
//! tiers pay the same fuel at the same places and leave the same bits.

#[cfg(target_arch = "x86_64")]
pub(crate) mod entry;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_entry.rs"]
pub(crate) mod entry;
#[cfg(target_arch = "x86_64")]
mod helpers;
pub(crate) mod native;
#[cfg(target_arch = "x86_64")]
mod pure;

use simd::CpuLevel;

use crate::code::Code;
use native::Native;

/// Whether machine code can be made for this target.
pub(crate) const AVAILABLE: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

/// What is to be compiled.
pub(crate) struct Request<'a> {
    pub(crate) code: &'a Code,
    /// Word position of the block where the machine code is entered: the
    /// function's first one, or the head of a loop.
    pub(crate) entry: u32,
    /// The CPU that it is for.
    pub(crate) level: CpuLevel,
}

/// Why there is no machine code for a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The compiler does not know how.
    Unsupported,
}

/// Makes machine code.
pub(crate) fn compile(request: &Request) -> Result<Native, Refused> {
    let _ = (&request.code, request.entry, request.level);
    Err(Refused::Unsupported)
}

//! Machine code: how it is made, entered and left.
//!
//! Register code becomes machine code function by function: values in static
//! single assignment (`build`, `ir`), NaNs made canonical where they are seen
//! (`nan`), registers (`assign`), instructions (`emit`). Whatever the compiler
//! refuses stays in the interpreter; no guest can tell, because both tiers
//! pay the same fuel at the same places and leave the same bits.

#[cfg(target_arch = "x86_64")]
mod assign;
#[cfg(target_arch = "x86_64")]
mod build;
#[cfg(target_arch = "x86_64")]
mod call;
#[cfg(target_arch = "x86_64")]
mod control;
#[cfg(target_arch = "x86_64")]
mod display;
#[cfg(target_arch = "x86_64")]
mod effects;
#[cfg(target_arch = "x86_64")]
mod emit;
#[cfg(target_arch = "x86_64")]
pub(crate) mod entry;
#[cfg(not(target_arch = "x86_64"))]
#[path = "no_entry.rs"]
pub(crate) mod entry;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(crate) mod faults;
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
#[path = "no_faults.rs"]
pub(crate) mod faults;
#[cfg(target_arch = "x86_64")]
mod flow;
#[cfg(target_arch = "x86_64")]
mod helpers;
#[cfg(target_arch = "x86_64")]
mod ir;
#[cfg(target_arch = "x86_64")]
mod memory;
#[cfg(target_arch = "x86_64")]
mod nan;
pub(crate) mod native;
#[cfg(target_arch = "x86_64")]
mod numeric;
#[cfg(target_arch = "x86_64")]
mod place;
#[cfg(target_arch = "x86_64")]
mod pure;
#[cfg(target_arch = "x86_64")]
mod table;
#[cfg(target_arch = "x86_64")]
mod value;
#[cfg(target_arch = "x86_64")]
mod variable;
#[cfg(target_arch = "x86_64")]
mod vector;
pub(crate) mod view;

use std::fmt;

use simd::CpuLevel;

use crate::code::Code;
use native::Native;

/// Whether machine code can be made for this CPU: its plainest form uses
/// SSE 4.1 and what came before.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("ssse3")
}

/// Whether machine code can be made for this CPU.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub(crate) fn is_available() -> bool {
    false
}

/// What is to be compiled.
pub(crate) struct Request<'a> {
    pub(crate) code: &'a Code,
    /// Word position of the block where the machine code is entered: the
    /// function's first one, or the head of a loop.
    pub(crate) entry: u32,
    /// The CPU that it is for.
    pub(crate) level: CpuLevel,
    /// Whether memories lie between guards, and touching those is a trap.
    pub(crate) guards: bool,
    /// Whether each memory of the module has addresses of 64 bits.
    pub(crate) memories_64: &'a [bool],
    /// By the engine's number of a type, sorted: its number in the module.
    pub(crate) types: &'a [(u32, u32)],
    /// Whether somebody wants to read the result.
    pub(crate) view: bool,
}

/// Why there is no machine code for a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The compiler does not know how.
    #[cfg_attr(
        target_arch = "x86_64",
        allow(dead_code, reason = "other targets say so")
    )]
    Unsupported,
    /// Its tables would grow out of proportion.
    TooLarge,
    /// Loops are entered in more than one place.
    Irreducible,
    /// Something the compiler does not expect.
    Strange(&'static str),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Unsupported => f.write_str("there is no compiler for this CPU"),
            Refused::TooLarge => f.write_str("the compiler's tables would grow out of proportion"),
            Refused::Irreducible => f.write_str("a loop is entered in more than one place"),
            Refused::Strange(what) => write!(f, "the compiler does not expect {what}"),
        }
    }
}

/// A compiler, with memory that it uses again for the next function.
#[derive(Default)]
pub(crate) struct Compiler {
    #[cfg(target_arch = "x86_64")]
    scratch: assign::Scratch,
}

#[cfg(target_arch = "x86_64")]
impl Compiler {
    /// Makes machine code.
    pub(crate) fn compile(&mut self, request: &Request) -> Result<Native, Refused> {
        // Constants are folded here as they would be computed at run time.
        let _mode = simd::FloatMode::enter();
        let flow = flow::Flow::new(request.code, request.entry)?;
        let mut f = build::build(request, &flow)?;
        let classes = nan::fix(&mut f);
        let slots = request.code.frame_slots;
        let assigned = assign::assign(&f, slots, request.level, &mut self.scratch)?;
        let mut native = emit::emit(&f, &assigned, &classes, request);
        if let Some(view) = &mut native.view {
            view.values = f.listing();
        }
        Ok(native)
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl Compiler {
    /// Makes machine code.
    pub(crate) fn compile(&mut self, request: &Request) -> Result<Native, Refused> {
        let _ = (&request.code, request.entry, request.level);
        Err(Refused::Unsupported)
    }
}

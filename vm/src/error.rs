//! Everything that can end or refuse a run, each its own variant.

use std::fmt;

use isa::Trap;

use crate::module::types::ExternType;
use crate::twins::TwinMismatch;
use crate::val::ExnRef;

/// Most missing imports that a message lists; [`Error::Link`] has them all.
const MAX_MISSING: usize = 25;

/// Longest name, in characters, that errors show.
const MAX_NAME: usize = 200;

/// A name out of a module as errors show it: without characters that could
/// do something to a terminal, and not longer than a line or two.
pub(crate) fn shown(name: &str) -> String {
    let mut shown: String = name
        .chars()
        .take(MAX_NAME)
        .flat_map(|c| match c {
            '"' | '\'' | '\\' => vec![c],
            c => c.escape_debug().collect(),
        })
        .collect();
    if name.chars().nth(MAX_NAME).is_some() {
        shown.push_str("...");
    }
    shown
}

/// One frame of a Wasm backtrace, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Index of the function in its module, imports counted.
    pub function: u32,
    /// Its name from the name section.
    pub name: Option<String>,
    /// Byte offset of the instruction in the module.
    pub offset: u64,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => f.write_str(&shown(name))?,
            None => write!(f, "function {}", self.function)?,
        }
        write!(f, " at {:#x}", self.offset)
    }
}

/// A trap with the place where it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapInfo {
    /// Why.
    pub trap: Trap,
    /// Where, innermost frame first; at most [`TrapInfo::MAX_FRAMES`].
    pub frames: Vec<Frame>,
    /// Frames left out of [`TrapInfo::frames`].
    pub more_frames: u64,
}

impl TrapInfo {
    /// Longest backtrace that is recorded.
    pub const MAX_FRAMES: usize = 64;
}

impl fmt::Display for TrapInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.trap.message())?;
        for (i, frame) in self.frames.iter().enumerate() {
            write!(f, "\n  {i:>3}: {frame}")?;
        }
        if self.more_frames > 0 {
            write!(f, "\n  ... and {} more frames", self.more_frames)?;
        }
        Ok(())
    }
}

/// An import that the linker could not satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingImport {
    /// Module name of the import.
    pub module: String,
    /// Field name of the import.
    pub name: String,
    /// What the module wants.
    pub wanted: ExternType,
    /// What was offered, if the name is defined with another type.
    pub found: Option<ExternType>,
}

impl fmt::Display for MissingImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (module, name) = (shown(&self.module), shown(&self.name));
        write!(
            f,
            "\"{module}\" \"{name}\": {}",
            shown(&self.wanted.to_string())
        )?;
        match &self.found {
            Some(found) => {
                let found = shown(&found.to_string());
                write!(f, " (incompatible import type, defined as {found})")
            }
            None => f.write_str(" (unknown import)"),
        }
    }
}

/// What can go wrong, each kind apart from the others.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The guest did something that Wasm defines to stop it.
    Trap(Box<TrapInfo>),
    /// An exception left the outermost frame.
    Exception {
        /// The exception, alive in its store.
        exn: ExnRef,
        /// Where it was thrown.
        info: Box<TrapInfo>,
    },
    /// The guest asked to end with this code.
    Exit(i32),
    /// The fuel given was used up.
    OutOfFuel,
    /// A host function suspended a run that was started without the means to
    /// resume it.
    Suspended,
    /// The embedder asked the run to stop.
    Interrupted,
    /// Imports are missing or of the wrong type; all of them are listed.
    Link(Vec<MissingImport>),
    /// The bytes are not a valid module.
    Invalid {
        /// Byte offset of the fault.
        offset: u64,
        /// What is wrong there.
        message: String,
    },
    /// The module is larger, or asks for more, than the profile allows.
    Limit(String),
    /// The host could not give the run something it is entitled to (address
    /// space, pages): the run ends, and nothing of it reaches the guest.
    HostResource(String),
    /// A native twin did not do what the body of its function does. The store has
    /// what the body did.
    TwinMismatch(Box<TwinMismatch>),
    /// A host function failed.
    Host(Box<dyn std::error::Error + Send + Sync>),
    /// The API was used wrongly: types or counts of arguments, a handle of
    /// another store, an access outside a memory.
    Usage(String),
}

impl Error {
    /// The guest ends with `code`; for host functions such as `proc_exit`.
    pub fn exit(code: i32) -> Error {
        Error::Exit(code)
    }

    /// A host function's own failure.
    pub fn host(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Host(error.into())
    }

    /// A trap raised by a host function; the engine adds the frames.
    pub fn trap(trap: Trap) -> Error {
        Error::Trap(Box::new(TrapInfo {
            trap,
            frames: Vec::new(),
            more_frames: 0,
        }))
    }

    /// The trap, if this is one.
    pub fn as_trap(&self) -> Option<Trap> {
        match self {
            Error::Trap(info) => Some(info.trap),
            _ => None,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::Usage(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Trap(info) => write!(f, "trap: {info}"),
            Error::Exception { info, .. } => write!(f, "{info}"),
            Error::Exit(code) => write!(f, "the guest exited with code {code}"),
            Error::OutOfFuel => f.write_str("out of fuel"),
            Error::Suspended => {
                f.write_str("a host function suspended a run that cannot be resumed")
            }
            Error::Interrupted => f.write_str("interrupted"),
            Error::Link(missing) => {
                write!(f, "{} import(s) cannot be linked:", missing.len())?;
                missing
                    .iter()
                    .take(MAX_MISSING)
                    .try_for_each(|import| write!(f, "\n  {import}"))?;
                match missing.len().saturating_sub(MAX_MISSING) {
                    0 => Ok(()),
                    more => write!(f, "\n  ... and {more} more"),
                }
            }
            Error::Invalid { offset, message } => {
                write!(f, "invalid module at byte {offset:#x}: {message}")
            }
            Error::Limit(message) => write!(f, "over a limit of the profile: {message}"),
            Error::HostResource(message) => write!(f, "the host lacks a resource: {message}"),
            Error::TwinMismatch(mismatch) => write!(f, "{mismatch}"),
            Error::Host(error) => write!(f, "host function failed: {error}"),
            Error::Usage(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Host(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

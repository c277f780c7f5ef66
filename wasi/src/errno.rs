//! Error numbers of WASI preview 1, and the two ways in which a call can fail.

use lockstep_weavedrive::Id;
use std::io;

/// An error number as the guest sees it. The names are those of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
#[allow(missing_docs, reason = "the names and numbers are the standard's own")]
pub enum Errno {
    Success = 0,
    Acces = 2,
    Badf = 8,
    Busy = 10,
    Exist = 20,
    Fault = 21,
    Fbig = 22,
    Ilseq = 25,
    Inval = 28,
    Isdir = 31,
    Loop = 32,
    Mfile = 33,
    Nametoolong = 37,
    Noent = 44,
    Nospc = 51,
    Nosys = 52,
    Notdir = 54,
    Notempty = 55,
    Notsup = 58,
    Overflow = 61,
    Perm = 63,
    Rofs = 69,
    Spipe = 70,
    Xdev = 75,
    Notcapable = 76,
}

impl Errno {
    /// The number that the guest receives.
    pub fn number(self) -> u16 {
        self as u16
    }
}

/// A reason to end the run, or to stop it until the host has done something. The guest sees nothing of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// The guest ended itself with this code.
    #[error("the guest exited with code {0}")]
    Exit(u32),
    /// The guest opened a drive object that this machine does not have. The call has changed nothing: once the object
    /// is in the store, the same call can be made again.
    #[error("the object {0} is not in the local drive; add it and run again")]
    MissingObject(Id),
    /// The host failed: a disk, a stream, or its memory. What the guest would see is not defined, so it sees nothing.
    #[error("the host can not {action}: {source}")]
    Host {
        /// What was tried, as a verb.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Stop {
    /// Wraps what the system said, for `map_err`.
    pub(crate) fn host(action: &'static str) -> impl FnOnce(io::Error) -> Refusal {
        move |source| Refusal::Stop(Stop::Host { action, source })
    }
}

/// Why a call did not succeed: with an answer for the guest, or with none.
#[derive(Debug)]
pub enum Refusal {
    /// The guest is told.
    Errno(Errno),
    /// The run stops.
    Stop(Stop),
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Refusal {
        Refusal::Errno(errno)
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Refusal {
        Refusal::Stop(stop)
    }
}

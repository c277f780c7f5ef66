//! What came of an attempt, and whether that is what must come of it.

use std::fmt;

use lockstep_vm::Error;
use serde::{Deserialize, Serialize};

use crate::attempt::{Attempt, Must};

/// The ways an attempt can end. All but the last three are the engine's
/// answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No error.
    Success,
    /// The module is not valid.
    Invalid,
    /// Over a limit of the profile.
    Limit,
    /// Imports are missing.
    Link,
    /// The guest trapped.
    Trap,
    /// An exception that nobody caught.
    Exception,
    /// The fuel was used up.
    OutOfFuel,
    /// The embedder stopped it.
    Interrupted,
    /// The host refused to give something.
    HostResource,
    /// Another error of the engine's.
    Other,
    /// The process crashed or panicked.
    Crash,
    /// The watchdog ended it: too long.
    Hang,
    /// The watchdog ended it: too much memory.
    Flood,
}

impl Kind {
    /// The kind of an error.
    pub fn of(error: &Error) -> Kind {
        match error {
            Error::Invalid { .. } => Kind::Invalid,
            Error::Limit(_) => Kind::Limit,
            Error::Link(_) => Kind::Link,
            Error::Trap(_) => Kind::Trap,
            Error::Exception { .. } => Kind::Exception,
            Error::OutOfFuel => Kind::OutOfFuel,
            Error::Interrupted => Kind::Interrupted,
            Error::HostResource(_) => Kind::HostResource,
            _ => Kind::Other,
        }
    }

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Success => "success",
            Kind::Invalid => "invalid",
            Kind::Limit => "limit",
            Kind::Link => "link",
            Kind::Trap => "trap",
            Kind::Exception => "exception",
            Kind::OutOfFuel => "out of fuel",
            Kind::Interrupted => "interrupted",
            Kind::HostResource => "host resource",
            Kind::Other => "other error",
            Kind::Crash => "CRASH",
            Kind::Hang => "HANG",
            Kind::Flood => "FLOOD",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Most bytes of an error's message; a longer one is not readable.
pub const MAX_MESSAGE: usize = 16 << 10;

/// What came of an attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub kind: Kind,
    /// The error's message, or what a script had to say; cut if it is long.
    pub message: String,
    /// Bytes of the whole message.
    pub message_bytes: usize,
    /// Bytes of the module.
    pub module_bytes: usize,
    /// Fuel used, where there was any to use.
    pub fuel: u64,
    /// Processor time in seconds.
    pub cpu: f64,
    /// Wall time in seconds.
    pub wall: f64,
    /// Peak resident memory over what there was before, in MiB.
    pub mebibytes: u64,
}

/// Whether an outcome is what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is.
    Holds,
    /// It is not, for these reasons.
    Misses(Vec<String>),
    /// It is not, which is known.
    Open(Vec<String>),
    /// It is, but it was thought not to be: the table must be changed.
    Unexpected,
}

impl Verdict {
    /// Whether the run as a whole may pass.
    pub fn is_good(&self) -> bool {
        matches!(self, Verdict::Holds | Verdict::Open(_))
    }
}

/// How much slower than an optimised build this one may be.
pub const SLOWNESS: f64 = if cfg!(debug_assertions) { 30.0 } else { 1.0 };

/// Compares what came of an attempt with what must.
pub fn judge(attempt: &Attempt, outcome: &Outcome) -> Verdict {
    let mut wrong = Vec::new();
    let (kind, phrase) = match attempt.must {
        Must::Succeed => (Kind::Success, ""),
        Must::Fail(kind, phrase) => (kind, phrase),
    };
    if outcome.kind != kind {
        wrong.push(format!("{} instead of {kind}", outcome.kind));
    } else if !outcome.message.contains(phrase) {
        wrong.push(format!("the message does not say {phrase:?}"));
    }
    if outcome.message_bytes > MAX_MESSAGE {
        wrong.push(format!("a message of {} bytes", outcome.message_bytes));
    }
    if outcome.message.chars().any(|c| c.is_control() && c != '\n') {
        wrong.push("control characters in the message".to_string());
    }
    if outcome.cpu > attempt.seconds * SLOWNESS {
        wrong.push(format!(
            "{:.2} s, more than {:.2}",
            outcome.cpu, attempt.seconds
        ));
    }
    if outcome.mebibytes > attempt.mebibytes {
        wrong.push(format!(
            "{} MiB, more than {}",
            outcome.mebibytes, attempt.mebibytes
        ));
    }
    match (wrong.is_empty(), attempt.open) {
        (true, None) => Verdict::Holds,
        (true, Some(_)) => Verdict::Unexpected,
        (false, None) => Verdict::Misses(wrong),
        (false, Some(_)) => Verdict::Open(wrong),
    }
}

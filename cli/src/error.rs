//! How a command fails: a kind with its exit code, and words that say what, where, why and what to do next.

use std::fmt;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::output::{Style, write_stderr};

/// What sort of failure it is. Each has an exit code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command did its work, and what it looked at is not good.
    Failed,
    /// The command was called wrongly.
    Usage,
    /// A native twin did not do what its function does.
    Twin,
    /// A file is not what it has to be.
    Invalid,
    /// Imports are missing.
    Link,
    /// The module asks for more than the profile allows.
    Limit,
    /// The drive lacks an object that the guest opened.
    Missing,
    /// The fuel is used up.
    OutOfFuel,
    /// The host failed: a file, a disk, the network, memory.
    Host,
    /// Ctrl-C.
    Interrupted,
    /// The guest trapped, or an exception left its outermost frame.
    Trap,
    /// The reader of our output has gone away.
    BrokenPipe,
}

impl Kind {
    /// The exit code, the name in JSON, and what the table in `--help` says.
    const TABLE: [(Kind, u8, &'static str, &'static str); 12] = [
        (
            Kind::Failed,
            1,
            "failed",
            "the work was done, but not all of it is good",
        ),
        (Kind::Usage, 2, "usage", "the command was called wrongly"),
        (
            Kind::Twin,
            119,
            "twin-mismatch",
            "a native twin did not do what its function does",
        ),
        (
            Kind::Invalid,
            120,
            "invalid",
            "a module, script or model is not valid",
        ),
        (
            Kind::Link,
            121,
            "link",
            "imports are missing or have another type",
        ),
        (Kind::Limit, 122, "limit", "over a limit of the profile"),
        (
            Kind::Missing,
            123,
            "missing-object",
            "the drive lacks an object that the guest opened",
        ),
        (Kind::OutOfFuel, 124, "out-of-fuel", "the fuel is used up"),
        (
            Kind::Host,
            125,
            "host",
            "the host failed: files, disk, network, memory",
        ),
        (
            Kind::Interrupted,
            130,
            "interrupted",
            "stopped by Ctrl-C or a signal",
        ),
        (
            Kind::Trap,
            134,
            "trap",
            "the guest trapped, or did not catch an exception",
        ),
        (
            Kind::BrokenPipe,
            141,
            "broken-pipe",
            "the reader of the output went away",
        ),
    ];

    fn row(self) -> (u8, &'static str) {
        Kind::TABLE
            .iter()
            .find(|(kind, ..)| *kind == self)
            .map_or((1, "failed"), |(_, code, name, _)| (*code, name))
    }

    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        self.row().0
    }

    /// The name in JSON.
    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }
}

/// The table of exit codes, for `--help`.
pub(crate) fn exit_codes() -> String {
    let mut text = String::from("Exit codes:\n    0  everything is good\n");
    for (_, code, _, about) in Kind::TABLE {
        text += &format!("  {code:>3}  {about}\n");
    }
    text + "  `lockstep run` ends with the guest's own code if the guest ends itself; codes above 255 become 255.\n  \
            With --json the field `outcome` tells a guest's code from one of these."
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// What happened, where and why: one sentence, more lines if there is a list.
    what: String,
    /// What to do next.
    hint: Option<String>,
    /// Members added to the JSON object.
    details: Value,
}

impl Failure {
    pub(crate) fn new(kind: Kind, what: impl fmt::Display) -> Failure {
        Failure {
            kind,
            what: what.to_string(),
            hint: None,
            details: Value::Null,
        }
    }

    pub(crate) fn usage(what: impl fmt::Display) -> Failure {
        Failure::new(Kind::Usage, what)
    }

    pub(crate) fn host(what: impl fmt::Display) -> Failure {
        Failure::new(Kind::Host, what)
    }

    pub(crate) fn interrupted() -> Failure {
        Failure::new(Kind::Interrupted, "interrupted")
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Failure {
        self.hint = Some(hint.to_string());
        self
    }

    /// Says in which file it happened.
    pub(crate) fn in_file(mut self, path: &Path) -> Failure {
        self.what = format!("{}: {}", path.display(), self.what);
        self
    }

    /// Says first what it came out of.
    pub(crate) fn after(mut self, what: &str) -> Failure {
        self.what = format!("{what}\n{}", self.what);
        self
    }

    /// Adds members to the JSON object.
    pub(crate) fn details(mut self, details: Value) -> Failure {
        self.details = details;
        self
    }

    /// The failure as JSON: `outcome`, `message`, perhaps `hint`, and the details.
    pub(crate) fn to_json(&self) -> Value {
        let mut value = json!({ "outcome": self.kind.name(), "message": self.what });
        if let Some(object) = value.as_object_mut() {
            object.extend(
                self.hint
                    .iter()
                    .map(|hint| ("hint".to_owned(), json!(hint))),
            );
            object.extend(self.details.as_object().cloned().unwrap_or_default());
        }
        value
    }

    /// Tells the person at standard error that it happened, and that the command goes on.
    pub(crate) fn warn(&self) {
        let style = Style::stderr();
        write_stderr(&format!("{} {}\n", style.red("warning:"), self.what));
    }

    /// Tells the person at standard error.
    pub(crate) fn report(&self) {
        if self.kind == Kind::BrokenPipe {
            return;
        }
        let style = Style::stderr();
        let mut text = format!("{} {}\n", style.red("error:"), self.what);
        if let Some(hint) = &self.hint {
            text += &format!("{} {hint}\n", style.cyan("hint:"));
        }
        write_stderr(&text);
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind.code())
    }
}

/// For `map_err` on what the system said about a file.
pub(crate) fn on_file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.display().to_string();
    move |error| Failure::host(format!("can not {action} {path}: {error}"))
}

impl From<lockstep_weavedrive::Error> for Failure {
    fn from(error: lockstep_weavedrive::Error) -> Failure {
        use lockstep_weavedrive::Error;
        let kind = match &error {
            Error::NotAStore(_) | Error::Version { .. } | Error::Damaged { .. } => Kind::Invalid,
            Error::NotFound { .. } | Error::Unexpected { .. } => Kind::Failed,
            _ => Kind::Host,
        };
        let failure = Failure::new(kind, &error);
        match &error {
            Error::NotFound { .. } => failure.hint("`lockstep drive ls` lists the objects there are"),
            Error::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    failure.hint("name a folder that you may write to with --drive PATH, or set LOCKSTEP_HOME")
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    failure.hint("free some space, or name a folder on another disk with --drive PATH")
                }
                _ => failure,
            },
            _ => failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_distinct() {
        for (i, a) in Kind::TABLE.iter().enumerate() {
            for b in &Kind::TABLE[i + 1..] {
                assert!(a.1 != b.1 && a.2 != b.2, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_manual_has_the_same_table() {
        let manual = include_str!("../README.md");
        for (_, code, name, about) in Kind::TABLE {
            let row = format!("| {code} | `{name}` | {about} |");
            assert!(manual.contains(&row), "README.md lacks {row}");
        }
    }

    #[test]
    fn json_has_the_hint_and_the_details() {
        let failure = Failure::usage("no")
            .hint("yes")
            .details(json!({ "fuel": 3 }));
        let expected = json!({ "outcome": "usage", "message": "no", "hint": "yes", "fuel": 3 });
        assert_eq!(failure.to_json(), expected);
    }
}

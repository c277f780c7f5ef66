//! Runs the `lockstep` binary as a person would: no network, every home a fresh folder.

mod drive;
mod hostile;
mod inspect;
mod llama;
mod run;
mod screen;
mod wast;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A call of the command in the making.
struct Lockstep {
    command: Command,
    home: tempfile::TempDir,
    input: Vec<u8>,
}

/// How a call ended.
#[derive(Debug)]
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

/// A call with these arguments, whose home is empty.
fn lockstep<A: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = A>) -> Lockstep {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command
        .args(args)
        .env("LOCKSTEP_HOME", home.path())
        .env("LOCKSTEP_PYTHON", "/no/such/python")
        .env_remove("NO_COLOR")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Lockstep {
        command,
        home,
        input: Vec::new(),
    }
}

impl Lockstep {
    fn input(mut self, input: impl Into<Vec<u8>>) -> Lockstep {
        self.input = input.into();
        self
    }

    /// Runs it, and checks what holds for every call: it does not panic, it writes no colours to a pipe, and it explains
    /// a failure that is not the guest's own.
    fn done(mut self) -> Done {
        let mut child = self.command.stdin(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing may be gone before its input is written.
        let _ = child.stdin.take().unwrap().write_all(&self.input);
        let output = child.wait_with_output().unwrap();
        drop(self.home);
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let done = Done {
            code: output.status.code().expect("no signal ends the command"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert!(
            done.code != 101 && !done.stderr.contains("panicked"),
            "{done:?}"
        );
        assert!(
            !done.stdout.contains('\x1b') && !done.stderr.contains('\x1b'),
            "{done:?}"
        );
        if matches!(done.code, 2 | 120..=134) {
            assert!(done.stderr.contains("error: "), "{done:?}");
        }
        done
    }

    /// Runs it and expects this exit code.
    #[track_caller]
    fn ends_with(self, code: i32) -> Done {
        let done = self.done();
        assert_eq!(done.code, code, "{done:?}");
        done
    }
}

impl Done {
    /// Standard output as JSON.
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Expects all of these in the error's text.
    #[track_caller]
    fn explains(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {}", self.stderr);
        }
    }
}

/// The path of one of the guests beside this file.
fn guest(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
    folder.join(name).to_str().unwrap().to_owned()
}

/// A file with this content in a folder that goes with the returned guard.
fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

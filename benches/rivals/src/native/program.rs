//! The native program as a contestant: a process that answers lines of commands with lines of JSON.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{CONTEXT, Cells, Contestant, Sample};

/// A running program with a model. It ends when this is dropped.
pub(super) struct Program {
    child: Child,
    /// None once the end has begun.
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    threads: u32,
    /// What the library says it was compiled for.
    pub(super) system: String,
}

#[derive(Deserialize)]
struct Hello {
    system: String,
}

#[derive(Deserialize)]
struct Scored {
    surprises: Vec<f64>,
}

impl Program {
    pub(super) fn start(
        path: &Path,
        model: &Path,
        threads: u32,
        kv: Cells,
        all_logits: bool,
    ) -> Result<Program, Box<dyn Error>> {
        let mut command = Command::new(path);
        command.arg("serve").arg(model).arg(threads.to_string());
        command.arg(match kv {
            Cells::F16 => "f16",
            Cells::F32 => "f32",
        });
        command.arg(CONTEXT.to_string());
        command.arg(if all_logits { "all" } else { "last" });
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|e| format!("cannot run {}: {e}", path.display()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the native program has no pipes".into());
        };
        let mut program = Program {
            child,
            commands: Some(stdin),
            answers: BufReader::new(stdout),
            threads,
            system: String::new(),
        };
        program.system = program.answer::<Hello>()?.system;
        Ok(program)
    }

    fn ask<T: DeserializeOwned>(&mut self, command: &str) -> Result<T, Box<dyn Error>> {
        if let Some(commands) = &mut self.commands {
            writeln!(commands, "{command}")
                .and_then(|()| commands.flush())
                .map_err(|e| format!("the native program takes no commands: {e}"))?;
        }
        self.answer()
    }

    fn answer<T: DeserializeOwned>(&mut self) -> Result<T, Box<dyn Error>> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            // It has said on standard error why.
            return Err("the native program ended".into());
        }
        serde_json::from_str(&line)
            .map_err(|e| format!("the native program's answer is not understood: {e}").into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // The end of its input ends the program; there is nobody to tell if that fails.
        self.commands = None;
        let _ = self.child.wait();
    }
}

impl Contestant for Program {
    fn threads(&self) -> u32 {
        self.threads
    }

    fn run(&mut self, prompt: &[i32], count: u32) -> Result<Sample, Box<dyn Error>> {
        self.ask(&with_tokens(format!("run {count}"), prompt))
    }

    fn score(&mut self, tokens: &[i32]) -> Result<Vec<f64>, Box<dyn Error>> {
        let scored: Scored = self.ask(&with_tokens("score".into(), tokens))?;
        Ok(scored.surprises)
    }
}

fn with_tokens(mut command: String, tokens: &[i32]) -> String {
    for token in tokens {
        // Writing to a string does not fail.
        let _ = write!(command, " {token}");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_follow_the_command() {
        assert_eq!(with_tokens("run 2".into(), &[5, 70]), "run 2 5 70");
    }
}

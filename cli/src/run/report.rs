//! What is told after a run.

use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use lockstep_vm::{Instance, Module, Store, Val};
use lockstep_wasi::{Output, WasiCtx};
use serde_json::{Value, json};

use super::values;
use crate::error::Failure;
use crate::output::{self, Style, grouped, hex};

/// How a run ended.
pub(super) enum Ended {
    /// The function returned.
    Returned(Vec<Val>),
    /// The guest ended itself with a code.
    Exited(i32),
    /// Something else ended it.
    Failed(Failure),
}

/// A run that is over.
pub(super) struct Report {
    pub(super) ended: Ended,
    pub(super) module: Module,
    pub(super) fuel: u64,
    pub(super) memories: Vec<MemoryState>,
    pub(super) seconds: f64,
    /// Functions whose machine code came out of the cache, and went into it; none without a cache.
    pub(super) kept: Option<[usize; 2]>,
}

/// One memory at the end.
pub(super) struct MemoryState {
    bytes: u64,
    hash: [u8; 32],
}

/// The memories of an instance as the run left them.
pub(super) fn memories(store: &Store<WasiCtx>, instance: Instance) -> Vec<MemoryState> {
    let state = |memory: lockstep_vm::Memory| {
        let bytes = memory.data(store);
        MemoryState {
            bytes: bytes.len() as u64,
            hash: blake3::hash(bytes).into(),
        }
    };
    instance.memories(store).into_iter().map(state).collect()
}

/// What a guest wrote, for the JSON object.
#[derive(Default)]
pub(super) struct Captured {
    pub(super) stdout: Capture,
    pub(super) stderr: Capture,
}

#[derive(Clone, Default)]
pub(super) struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// A stream that keeps everything: it must never be full, which the guest would see.
    pub(super) fn output(&self) -> Output {
        let kept = Arc::clone(&self.0);
        Output::callback(move |bytes| {
            let mut kept = kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            kept.extend_from_slice(bytes);
        })
    }

    fn to_json(&self) -> Value {
        let bytes = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        json!({
            "bytes": bytes.len(),
            "blake3": blake3::hash(&bytes).to_hex().as_str(),
            "text": String::from_utf8_lossy(&bytes),
        })
    }
}

impl Report {
    /// Tells everything: JSON with the captured output if there is any, otherwise words.
    pub(super) fn tell(self, json: Option<&Captured>, stats: bool) -> Result<ExitCode, Failure> {
        if stats {
            output::write_stderr(&self.stats());
        }
        match json {
            Some(captured) => output::print_json(&self.to_json(captured))?,
            None => self.print_results()?,
        }
        match self.ended {
            Ended::Returned(_) => Ok(ExitCode::SUCCESS),
            Ended::Exited(code) => Ok(exit_code(code)),
            Ended::Failed(failure) if json.is_some() => {
                failure.report();
                Ok(failure.exit_code())
            }
            Ended::Failed(failure) => Err(failure),
        }
    }

    fn print_results(&self) -> Result<(), Failure> {
        let Ended::Returned(results) = &self.ended else {
            return Ok(());
        };
        let lines: String = results
            .iter()
            .map(|value| values::show(value) + "\n")
            .collect();
        output::print(&lines)
    }

    fn to_json(&self, captured: &Captured) -> Value {
        let mut value = match &self.ended {
            Ended::Returned(results) => json!({
                "outcome": "returned",
                "results": results.iter().map(values::to_json).collect::<Vec<_>>(),
            }),
            Ended::Exited(code) => json!({ "outcome": "exited", "exit_code": *code as u32 }),
            Ended::Failed(failure) => failure.to_json(),
        };
        let memory =
            |memory: &MemoryState| json!({ "bytes": memory.bytes, "blake3": hex(&memory.hash) });
        if let Some(object) = value.as_object_mut() {
            let members = [
                ("fuel", json!(self.fuel)),
                ("memories", self.memories.iter().map(memory).collect()),
                ("module", json!(hex(&self.module.hash()))),
                (
                    "profile",
                    json!(hex(&self.module.engine().profile().hash())),
                ),
                ("seconds", json!(self.seconds)),
                ("stdout", captured.stdout.to_json()),
                ("stderr", captured.stderr.to_json()),
            ];
            object.extend(members.map(|(name, value)| (name.to_owned(), value)));
        }
        value
    }

    fn stats(&self) -> String {
        let style = Style::stderr();
        let mut text = String::new();
        let mut line = |name: &str, value: String| {
            text += &format!("{} {value}\n", style.dim(format!("{name:<8}")))
        };
        line("fuel", grouped(self.fuel));
        for memory in &self.memories {
            line(
                "memory",
                format!(
                    "{} blake3 {}",
                    output::bytes(memory.bytes),
                    hex(&memory.hash)
                ),
            );
        }
        line(
            "module",
            format!(
                "{} blake3 {}",
                output::bytes(self.module.size()),
                hex(&self.module.hash())
            ),
        );
        line("profile", hex(&self.module.engine().profile().hash()));
        if let Some([loaded, stored]) = self.kept {
            let loaded = output::count(loaded, "function");
            line("cache", format!("{loaded} used, {stored} added"));
        }
        line("time", format!("{:.3} s", self.seconds));
        text
    }
}

/// The guest's code as far as the system can show it.
fn exit_code(code: i32) -> ExitCode {
    match u8::try_from(code) {
        Ok(code) => ExitCode::from(code),
        Err(_) => {
            let code = code as u32;
            output::write_stderr(&format!(
                "the guest exited with code {code}, which is shown as 255\n"
            ));
            ExitCode::from(255)
        }
    }
}

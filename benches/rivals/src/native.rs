//! llama.cpp as a native program: the same sources, compiled for this machine, as a rival for speed and quality.
//!
//! It computes other bits than the guest, so nothing here compares bits.

mod build;
pub(crate) mod dots;
mod guest;
mod plan;
mod program;
pub(crate) mod quality;
pub(crate) mod scaling;
pub(crate) mod speed;
mod text;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, ValueEnum};
use lockstep_llama::Cache;
use lockstep_vm::TwinMode;
use serde::Deserialize;

use crate::clock;
use crate::llama::{Narrator, Subject};
use build::{Built, Compiler};
use guest::Guest;
use program::Program;

/// What goes wrong while building, possibly on another thread.
type Failure = Box<dyn Error + Send + Sync>;

/// Tokens that both contestants have room for; as much as the guest's default.
const CONTEXT: u32 = 2048;

/// What is compared, on which models.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    #[command(flatten)]
    subject: Subject,
    /// Files whose text, one after another, is the prompt. Unless given, documents of this repository.
    #[arg(long)]
    text: Vec<PathBuf>,
    #[command(flatten)]
    rival: Rival,
    /// How the native build keeps keys and values. The guest keeps them as F32.
    #[arg(long, value_enum, default_value = "f16")]
    kv: Cells,
    /// Have the guest's kernels check their twins on every N-th call.
    #[arg(long, value_name = "N")]
    check: Option<u64>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Who compiles the native program.
#[derive(Debug, Args)]
pub(crate) struct Rival {
    /// Who compiles the native program.
    #[arg(long, value_enum, default_value = "zig")]
    compiler: Compiler,
}

/// A type of keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Cells {
    F16,
    F32,
}

/// What two clocks say about a piece of work, in seconds.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct Times {
    /// CPU time of all threads of the process.
    cpu: f64,
    /// Time on the wall.
    wall: f64,
}

impl Times {
    /// Runs `work`.
    fn of<T>(work: impl FnOnce() -> T) -> (T, Times) {
        let (cpu, wall) = (clock::of_process(), Instant::now());
        let result = work();
        let times = Times {
            wall: wall.elapsed().as_secs_f64(),
            cpu: clock::of_process().saturating_sub(cpu).as_secs_f64(),
        };
        (result, times)
    }
}

/// One prompt and its answer. Choosing tokens is in no time.
#[derive(Clone, Debug, Deserialize)]
struct Sample {
    prefill: Times,
    decode: Times,
    /// The answer.
    tokens: Vec<i32>,
}

/// Somebody who runs a model.
trait Contestant {
    /// On how many threads it computes.
    fn threads(&self) -> u32;

    /// Computes the prompt at once in an empty context, then chooses and computes so many tokens, the likeliest each time.
    fn run(&mut self, prompt: &[i32], count: u32) -> Result<Sample, Box<dyn Error>>;

    /// Computes these tokens in an empty context: the negative logarithm of the probability of each but the first.
    fn score(&mut self, tokens: &[i32]) -> Result<Vec<f64>, Box<dyn Error>>;
}

/// All that is the same for every model.
struct Arena {
    cache: Cache,
    program: Built,
    wasm: Vec<u8>,
    twins: TwinMode,
}

impl Arena {
    fn open(choice: &Choice) -> Result<Arena, Box<dyn Error>> {
        let cache = Cache::at_home()?;
        let program = program(&cache, &choice.rival)?;
        let wasm = choice.subject.guest(&cache)?;
        Ok(Arena {
            cache,
            program,
            wasm,
            twins: choice.check.map_or(TwinMode::On, TwinMode::Check),
        })
    }

    /// The guest with a model.
    fn ours(&self, model: &Path, threads: u32) -> Result<Guest, Box<dyn Error>> {
        Guest::open(&self.wasm, model, threads, self.twins)
    }

    /// The native program with a model. With `all_logits` it can score, and takes more memory.
    fn native(
        &self,
        model: &Path,
        threads: u32,
        kv: Cells,
        all_logits: bool,
    ) -> Result<Program, Box<dyn Error>> {
        Program::start(&self.program.path, model, threads, kv, all_logits)
    }
}

/// Whether all of these prompts with so many tokens of answer have room.
fn check_room(prompts: &[u32], tokens: u32) -> Result<(), Box<dyn Error>> {
    let fits = |prompt: &u32| *prompt > 0 && prompt.saturating_add(tokens) <= CONTEXT;
    match prompts.iter().find(|prompt| !fits(prompt)) {
        None => Ok(()),
        Some(prompt) => {
            Err(format!("a prompt of {prompt} tokens does not fit into {CONTEXT}").into())
        }
    }
}

fn program(cache: &Cache, rival: &Rival) -> Result<Built, Box<dyn Error>> {
    let built = build::ensure(cache, rival.compiler, &Narrator);
    built.map_err(|failure| failure as Box<dyn Error>)
}

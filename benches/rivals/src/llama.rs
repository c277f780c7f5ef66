//! One llama.cpp guest on Lockstep and on wasmtime: the same bits, and how fast each computes them.
//!
//! Both engines run the same module in equal worlds, whose functions are the same code, and answer the same prompt
//! greedily. Tokens, every logit and the whole memory at the end are then compared.

pub(crate) mod lockstep;
mod report;
pub(crate) mod same;
mod wasmtime;
mod witness;

use std::error::Error;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use lockstep_llama::compare::{Difference, Run};
use lockstep_llama::{
    Answer, Cache, Generate, Llama, LlamaOptions, Machine, Message, ModuleOptions, Progress, Stage,
    ensure_module, models,
};
use lockstep_wasi::{HostFolder, Output, WasiCtx};
use serde::Serialize;
use serde_json::json;

use crate::clock;
use report::{Report, Row};
use witness::{Log, Witness};

/// Where the guest sees the folder of the model's file.
const MOUNT: &str = "/model";
/// The export under which both engines find the guest's memory, as WASI has it.
const MEMORY: &str = "memory";

/// The guest and its models.
#[derive(Debug, Args)]
pub(crate) struct Subject {
    /// A known model's name or the path of a GGUF file; may be repeated. All known models unless given.
    #[arg(long)]
    model: Vec<String>,
    /// The guest. Unless given, it is taken from the cache, or built.
    #[arg(long)]
    module: Option<PathBuf>,
}

/// What `rivals llama` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    subject: Subject,
    /// How many tokens to generate.
    #[arg(long, default_value_t = 32)]
    tokens: u32,
    /// Let wasmtime run without fuel. Lockstep always counts.
    #[arg(long)]
    unmetered: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// An engine with the guest compiled.
pub(crate) trait Runner {
    /// What tables call it.
    fn name(&self) -> &'static str;

    /// A new instance in this world.
    fn start(&self, world: WasiCtx) -> Result<Box<dyn Machine>, lockstep_llama::Error>;
}

/// Runs every model on both engines and prints what came of it; false if anything differs.
pub(crate) fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let cache = Cache::at_home()?;
    let wasm = options.subject.guest(&cache)?;
    let names = options.subject.models();
    let runners: [Box<dyn Runner>; 2] = [
        Box::new(lockstep::Lockstep::new(&wasm)?),
        Box::new(wasmtime::Wasmtime::new(&wasm, !options.unmetered)?),
    ];
    let mut reports = Vec::new();
    for name in names {
        let report = duel(&runners, name, &model_path(&cache, name)?, options.tokens)?;
        if !options.json {
            report::print(&mut io::stdout().lock(), &report)?;
        }
        reports.push(report);
    }
    if options.json {
        writeln!(io::stdout(), "{:#}", json!(reports))?;
    }
    Ok(reports.iter().all(|report| report.difference.is_none()))
}

impl Subject {
    /// The bytes of the guest in the file that was given; or else of the one in the cache, which is built if it is
    /// missing.
    pub(crate) fn guest(&self, cache: &Cache) -> Result<Vec<u8>, Box<dyn Error>> {
        let path = match &self.module {
            Some(path) => path.clone(),
            None => ensure_module(cache, ModuleOptions::default(), &Narrator)?,
        };
        std::fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()).into())
    }

    /// The models that were asked for, or all known ones.
    pub(crate) fn models(&self) -> Vec<&str> {
        if self.model.is_empty() {
            models::KNOWN.iter().map(|model| model.name).collect()
        } else {
            self.model.iter().map(String::as_str).collect()
        }
    }
}

/// A name with a dot or a slash is a file's; all others must be known.
pub(crate) fn model_path(cache: &Cache, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let path = if name.contains(['.', '/']) {
        PathBuf::from(name)
    } else {
        models::find(name)?.ensure(cache, &Narrator)?
    };
    // The world follows no links out of a mounted folder, and models often are links.
    path.canonicalize()
        .map_err(|e| format!("cannot open {}: {e}", path.display()).into())
}

/// A model's answer on one engine, with the guest as it was left.
struct Finished {
    llama: Llama,
    answer: Answer,
    log: Log,
    load: Duration,
}

impl Finished {
    /// What is compared. The engines count fuel each in its own way.
    fn run(&self, with_fuel: bool) -> Run<'_> {
        let machine = self.llama.machine();
        Run {
            tokens: &self.answer.tokens,
            logits: &self.log.logits,
            fuel: with_fuel.then(|| machine.fuel_consumed()),
            machine,
        }
    }
}

/// How a prompt comes to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Feeding {
    /// All its tokens at once.
    Whole,
    /// Each of its tokens alone.
    ByToken,
}

/// Runs one model on both engines. Both guests stay alive, because their memories are compared.
fn duel(
    runners: &[Box<dyn Runner>; 2],
    model: &str,
    path: &Path,
    tokens: u32,
) -> Result<Report, Box<dyn Error>> {
    let finish = |runner: &dyn Runner| {
        answer(runner, path, tokens, Feeding::Whole)
            .map_err(|e| format!("{model} on {}: {e}", runner.name()))
    };
    let [ours, theirs] = runners;
    let (ours, theirs) = (finish(ours.as_ref())?, finish(theirs.as_ref())?);
    let rows = [(runners[0].name(), &ours), (runners[1].name(), &theirs)]
        .map(|(name, finished)| Row::new(name, finished));
    Ok(Report {
        model: model.to_owned(),
        description: ours.llama.facts().description.clone(),
        text: ours.answer.text.clone(),
        difference: Difference::find(&ours.run(false), &theirs.run(false))?,
        rows,
    })
}

fn answer(
    runner: &dyn Runner,
    model: &Path,
    tokens: u32,
    feeding: Feeding,
) -> Result<Finished, Box<dyn Error>> {
    let (world, name) = world(model)?;
    let (witness, log) = Witness::new(runner.start(world)?);
    let options = LlamaOptions::default();
    let (llama, load) = clock::time(|| Llama::load(Box::new(witness), &name, &options));
    let mut llama = llama?;
    let mut generate = Generate::default();
    generate.max_tokens = tokens;
    let prompt = if llama.facts().chat {
        llama.chat_prompt(&[Message::new("user", "Why is the sky blue?")])?
    } else {
        "The sky is blue because".to_owned()
    };
    if feeding == Feeding::ByToken {
        let tokens = llama.tokenize(&prompt)?;
        // The last token is computed with the answer, which needs its logits.
        for token in tokens.iter().take(tokens.len().saturating_sub(1)) {
            llama.feed(&[*token])?;
        }
    }
    let answer = llama.complete(&prompt, &generate, &mut |_| ControlFlow::Continue(()))?;
    Ok(Finished {
        llama,
        answer,
        log: log.take(),
        load,
    })
}

/// A world with the model's folder in it, and the model's path there. Its clock passes by being read alone, so it shows
/// the same on an engine that counts no fuel, or other fuel.
pub(crate) fn world(model: &Path) -> Result<(WasiCtx, String), Box<dyn Error>> {
    let folder = model.parent().unwrap_or(Path::new("/"));
    let name = model.file_name().unwrap_or_default();
    let mount =
        HostFolder::open(folder).map_err(|e| format!("cannot open {}: {e}", folder.display()))?;
    let world = WasiCtx::builder()
        .stderr(Output::stream(io::stderr()))
        .mount_folder(MOUNT, mount)
        .build()?;
    Ok((world, format!("{MOUNT}/{}", name.to_string_lossy())))
}

/// For `map_err`: an engine's own words.
fn failed(reason: impl std::fmt::Display) -> lockstep_llama::Error {
    lockstep_llama::Error::Guest {
        reason: format!("{reason:#}"),
        source: None,
    }
}

/// Tells on standard error what is being downloaded or built.
pub(crate) struct Narrator;

impl Progress for Narrator {
    fn update(&self, stage: Stage, what: &str, done: u64, total: u64) {
        // Downloads report several times a second; a line for the beginning of each thing is enough. Compiling takes
        // minutes.
        if done == 0 {
            eprintln!("{stage:?}: {what} ({total})");
        } else if stage == Stage::Compile && (done.is_multiple_of(10) || done == total) {
            eprintln!("{stage:?}: {done} of {total}");
        }
    }
}

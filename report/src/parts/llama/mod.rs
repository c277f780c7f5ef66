//! A language model: llama.cpp as a guest.

mod machine;

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use lockstep_llama::{
    Cache, Generate, Llama, LlamaOptions, Message, ModelSource, ModuleOptions, Silent,
    ensure_module, kernels, models, module_path,
};
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, CpuLevel, Engine, Module, Tier, TwinMode};

use super::{PartId, Work};
use crate::evidence::{Against, Check, Part, Print, Scale, Table};
use crate::facts;
use machine::Sliced;

const MODEL: &str = "smollm2";
const QUESTION: &str = "Why is the sky blue?";

/// Fuel of a slice: a number with nothing round about it, small enough for
/// thousands of rests in a run.
const SLICE: u64 = 1_000_003;

/// What a run gave, by name, in the order of the table.
type Given = Vec<(&'static str, String)>;

/// Runs once more, under this name, at a level, with slices of so much fuel,
/// and compares.
type Repeat<'a> = dyn FnMut(&str, Against, How) -> Result<Check, String> + 'a;

/// How the guest is run.
#[derive(Clone, Copy)]
struct How {
    level: CpuLevel,
    tier: Tier,
    slice: Option<u64>,
    /// None computes everything as WebAssembly.
    twins: Option<Twins>,
}

/// How native kernels stand in for functions.
#[derive(Clone, Copy)]
struct Twins {
    isa: Isa,
    threads: NonZeroUsize,
    mode: TwinMode,
}

/// The files a run needs.
struct Files {
    wasm: Vec<u8>,
    model: ModelSource,
}

pub(super) fn run(work: &Work) -> Result<Part, String> {
    let files = match files(work)? {
        Ok(files) => files,
        Err(why) => return Ok(Part::not_tried(PartId::Llama, why)),
    };
    let mut part = Part::new(PartId::Llama);
    let mut table = Table::new(
        format!("What the runs gave: {MODEL}, \u{201c}{QUESTION}\u{201d}"),
        &["run", "what", "value"],
    );
    // The short answer is what an emulated machine has the patience for.
    let answers: &[u32] = match (work.plan.emulator, work.plan.scale) {
        (Some(_), _) | (_, Scale::Quick) => &[2],
        _ => &[2, 8],
    };
    let usual = How {
        level: CpuLevel::best(),
        tier: Tier::Auto,
        slice: None,
        twins: None,
    };
    let mut straight = Vec::new();
    for &tokens in answers {
        let name = format!("{tokens} tokens");
        work.meter.wait(&format!("language model, {name}"));
        straight = files.answer(usual, tokens)?;
        note(&mut table, &name, &straight);
        for (what, value) in &straight {
            part.prints.push(Print {
                of: format!("{what}, {name}"),
                cases: 1,
                hash: value.clone(),
            });
        }
    }
    let tokens = answers.last().copied().unwrap_or_default();
    let mut other = |name: &str, against, how| -> Result<Check, String> {
        work.meter.wait(&format!("language model, {name}"));
        let given = files.answer(how, tokens)?;
        note(&mut table, &format!("{tokens} tokens, {name}"), &given);
        let mut check = Check::new(format!("{tokens} tokens, {name}"), against, "hashes");
        for ((what, a), (_, b)) in straight.iter().zip(&given) {
            match a == b {
                true => check.agrees(),
                false => check.differs(|| format!("{what}: {a} and {b}")),
            }
        }
        Ok(check)
    };
    part.checks = match work.plan.emulator {
        None => checks(usual, &mut other)?,
        Some(_) => vec![
            skipped(
                "fuel in slices",
                Against::Slices,
                "too slow in an emulator; done on a real machine",
            ),
            skipped(
                "other CPU levels",
                Against::Levels,
                "this CPU has one level",
            ),
            skipped(
                "native kernels",
                Against::Twins,
                "emulators stumble over threads; done on a real machine",
            ),
        ],
    };
    part.tables.push(table);
    Ok(match work.plan.emulator {
        // One run is compared with nothing here, and yet is tried: the other machine's is what it is for.
        Some(_) => part,
        None => part.judged(),
    })
}

fn checks(usual: How, other: &mut Repeat<'_>) -> Result<Vec<Check>, String> {
    let slices = How {
        slice: Some(SLICE),
        ..usual
    };
    let interpreted = How {
        tier: Tier::Interpreter,
        ..usual
    };
    let mut checks = vec![
        other(
            &format!("fuel in slices of {SLICE}"),
            Against::Slices,
            slices,
        )?,
        other("in the interpreter alone", Against::Tiers, interpreted)?,
    ];
    let own = checks.len();
    for &level in CpuLevel::ALL {
        if level != usual.level && level.is_supported() {
            let name = format!("CPU level {level}");
            checks.push(other(&name, Against::Levels, How { level, ..usual })?);
        }
    }
    if checks.len() == own {
        checks.push(skipped(
            "other CPU levels",
            Against::Levels,
            "this CPU has one level",
        ));
    }
    for (name, twins) in twins() {
        let how = How {
            twins: Some(twins),
            ..usual
        };
        checks.push(other(&name, Against::Twins, how)?);
    }
    Ok(checks)
}

/// Native kernels in every set of instructions, on two threads, and each call of them compared with the function.
fn twins() -> Vec<(String, Twins)> {
    const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);
    let twins = |isa, threads, mode| Twins { isa, threads, mode };
    let supported = Isa::ALL.iter().copied().filter(|isa| isa.is_supported());
    let mut all: Vec<(String, Twins)> = supported
        .map(|isa| {
            let name = format!("native kernels, {isa}");
            (name, twins(isa, NonZeroUsize::MIN, TwinMode::On))
        })
        .collect();
    all.push((
        "native kernels, two threads".to_owned(),
        twins(Isa::best(), TWO, TwinMode::On),
    ));
    all.push((
        "native kernels, each call compared".to_owned(),
        twins(Isa::best(), TWO, TwinMode::Check(1)),
    ));
    all
}

fn skipped(name: &str, against: Against, why: &str) -> Check {
    Check::not_tried(name, against, "hashes", why)
}

fn note(table: &mut Table, run: &str, given: &Given) {
    for (what, value) in given {
        table
            .rows
            .push(vec![run.to_owned(), (*what).to_owned(), value.clone()]);
    }
}

/// The module and the model; the inner error says why there are none.
fn files(work: &Work) -> Result<Result<Files, String>, String> {
    let text = |e: lockstep_llama::Error| e.to_string();
    let cache = Cache::at_home().map_err(text)?;
    let known = models::find(MODEL).map_err(text)?;
    let (module, model): (PathBuf, PathBuf) = match work.plan.may_fetch {
        true => {
            work.meter
                .wait("fetching and building what the language model needs");
            let module = ensure_module(&cache, ModuleOptions::default(), &Silent).map_err(text)?;
            (module, known.ensure(&cache, &Silent).map_err(text)?)
        }
        false => (
            module_path(&cache, ModuleOptions::default()),
            known.path(&cache),
        ),
    };
    for (what, path) in [("module", &module), ("model", &model)] {
        if !path.exists() {
            let why = format!(
                "the {what} is not in the cache; `lockstep llama \"Hello\"` fetches and builds what is missing"
            );
            return Ok(Err(why));
        }
    }
    let wasm = fs::read(&module).map_err(|e| format!("{}: {e}", module.display()))?;
    Ok(Ok(Files {
        wasm,
        model: ModelSource::File(model),
    }))
}

impl Files {
    /// Answers the question.
    fn answer(&self, how: How, tokens: u32) -> Result<Given, String> {
        let wrong = |e: lockstep_vm::Error| e.to_string();
        let failed = |e: lockstep_llama::Error| e.to_string();
        let mut config = Config::new().cpu_level(how.level).tier(how.tier);
        if let Some(Twins { isa, threads, mode }) = how.twins {
            let threads = Threads::new(threads).map_err(|e| format!("no threads: {e}"))?;
            let twins = kernels::twins(isa, &Arc::new(threads));
            config = config.twins(Arc::new(twins)).twin_mode(mode);
        }
        let engine = Engine::new(&config).map_err(wrong)?;
        let module = Module::new(&engine, &self.wasm).map_err(wrong)?;
        let (guest, path) = Sliced::start(&module, &self.model, how.slice).map_err(failed)?;
        let mut session =
            Llama::load(Box::new(guest), &path, &LlamaOptions::default()).map_err(failed)?;
        let messages = [Message::new("user", QUESTION)];
        let mut generate = Generate::default();
        generate.max_tokens = tokens;
        let mut on_text = |_: &str| ControlFlow::Continue(());
        let answer = session
            .chat(&messages, &generate, &mut on_text)
            .map_err(failed)?;
        let (memory_bytes, memory) = session.machine().memory_state();
        Ok(vec![
            ("module, BLAKE3", facts::hex(&module.hash())),
            ("text", answer.text.clone()),
            ("tokens, BLAKE3", facts::hex(&answer.stats.tokens_hash)),
            ("logits, BLAKE3", facts::hex(&answer.stats.logits_hash)),
            ("memory, BLAKE3", facts::hex(&memory)),
            ("memory, bytes", memory_bytes.to_string()),
            ("fuel", session.machine().fuel_consumed().to_string()),
        ])
    }
}

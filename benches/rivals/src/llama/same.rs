//! One answer of llama.cpp in every way that this engine can give it, and wasmtime's: all of them the same bits.

use std::error::Error;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use clap::Args;
use lockstep_llama::Cache;
use lockstep_llama::compare::Difference;
use lockstep_simd::kernels::Isa;
use lockstep_vm::{Config, Tier, TwinMode};
use serde::Serialize;
use serde_json::json;

use super::lockstep::{Lockstep, Twins};
use super::wasmtime::Wasmtime;
use super::{Feeding, Finished, Runner, Subject, answer, model_path};

/// What `rivals same` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    subject: Subject,
    /// How many tokens to generate.
    #[arg(long, default_value_t = 64)]
    tokens: u32,
    /// Numbers of threads that twins run on, separated by commas.
    #[arg(long, value_delimiter = ',', default_values = ["1", "2"])]
    threads: Vec<NonZeroUsize>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Who gives the answer.
struct Way {
    name: String,
    runner: Box<dyn Runner>,
    /// Whether its fuel is this engine's.
    counts_fuel: bool,
}

/// One way's answer, compared with the first one's.
#[derive(Debug, Serialize)]
struct Row {
    model: String,
    feeding: Feeding,
    way: String,
    /// Wall time of loading and answering.
    seconds: f64,
    fuel: Option<u64>,
    tokens_blake3: String,
    logits_blake3: String,
    memory_blake3: String,
    /// In words, part by part; empty if nothing differs.
    differences: Vec<String>,
}

/// Answers in every way and prints each; false if anything differs.
pub(crate) fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let cache = Cache::at_home()?;
    let wasm = options.subject.guest(&cache)?;
    let ways = ways(&wasm, &options.threads)?;
    let mut rows = Vec::new();
    for model in options.subject.models() {
        let path = model_path(&cache, model)?;
        compare(&ways, model, &path, options, &mut |row: Row| {
            if !options.json {
                print(&mut io::stdout().lock(), &row)?;
            }
            rows.push(row);
            Ok(())
        })?;
    }
    if options.json {
        writeln!(io::stdout(), "{:#}", json!(rows))?;
    }
    let different = rows.iter().filter(|row| !row.differences.is_empty());
    let different = different.count();
    writeln!(
        io::stderr(),
        "{} answers, {different} differ from the first of their model",
        rows.len()
    )?;
    Ok(different == 0)
}

/// Every way that this CPU has. The first one is what others are compared with: no twins, no machine code.
fn ways(wasm: &[u8], threads: &[NonZeroUsize]) -> Result<Vec<Way>, Box<dyn Error>> {
    let mut ways = Vec::new();
    for (tier, tier_name) in [(Tier::Interpreter, "interp"), (Tier::Jit, "jit")] {
        let config = Config::new().tier(tier);
        let mut add = |name: String, twins: Option<Twins>| -> Result<(), Box<dyn Error>> {
            let runner = Lockstep::with(wasm, config.clone(), twins)?;
            ways.push(Way {
                name: format!("{tier_name}, twins {name}"),
                runner: Box::new(runner),
                counts_fuel: true,
            });
            Ok(())
        };
        add("off".to_owned(), None)?;
        for (mode, mode_name) in [(TwinMode::On, "on"), (TwinMode::Check(1), "check=all")] {
            for isa in Isa::ALL.iter().copied().filter(|isa| isa.is_supported()) {
                for &threads in threads {
                    let name = format!("{mode_name}, {isa}, {threads} threads");
                    let twins = Twins { isa, threads, mode };
                    add(name, Some(twins))?;
                }
            }
        }
    }
    ways.push(Way {
        name: "wasmtime".to_owned(),
        runner: Box::new(Wasmtime::new(wasm, false)?),
        counts_fuel: false,
    });
    Ok(ways)
}

/// Answers with one model in every way, the prompt fed in both ways. The two ways of feeding leave other things in
/// memory and cost other fuel; tokens and logits must be the same.
fn compare(
    ways: &[Way],
    model: &str,
    path: &Path,
    options: &Options,
    tell: &mut dyn FnMut(Row) -> io::Result<()>,
) -> Result<(), Box<dyn Error>> {
    let mut whole: Option<Finished> = None;
    for feeding in [Feeding::Whole, Feeding::ByToken] {
        let mut first: Option<Finished> = None;
        for way in ways {
            let begin = Instant::now();
            let finished = answer(way.runner.as_ref(), path, options.tokens, feeding)
                .map_err(|e| format!("{model}, {}: {e}", way.name))?;
            let seconds = begin.elapsed().as_secs_f64();
            let mut differences = match &first {
                None => Vec::new(),
                Some(first) => parts(Difference::find(
                    &first.run(way.counts_fuel),
                    &finished.run(way.counts_fuel),
                )?),
            };
            if let (None, Some(whole)) = (&first, &whole) {
                let found = parts(Difference::find(&whole.run(false), &finished.run(false))?);
                let values = found.into_iter().filter(|part| !part.starts_with("memory"));
                differences.extend(values.map(|part| format!("other than fed whole: {part}")));
            }
            tell(row(model, feeding, way, seconds, &finished, differences))?;
            first.get_or_insert(finished);
        }
        whole = whole.or(first);
    }
    Ok(())
}

/// The parts that differ, in words.
fn parts(difference: Option<Difference>) -> Vec<String> {
    let parts = difference.map(|difference| difference.parts());
    let named = parts.into_iter().flatten();
    named
        .filter_map(|(part, words)| words.map(|words| format!("{part}: {words}")))
        .collect()
}

fn row(
    model: &str,
    feeding: Feeding,
    way: &Way,
    seconds: f64,
    finished: &Finished,
    differences: Vec<String>,
) -> Row {
    let hex = |hash: [u8; 32]| blake3::Hash::from_bytes(hash).to_hex().to_string();
    let machine = finished.llama.machine();
    Row {
        model: model.to_owned(),
        feeding,
        way: way.name.clone(),
        seconds,
        fuel: way.counts_fuel.then(|| machine.fuel_consumed()),
        tokens_blake3: hex(finished.answer.stats.tokens_hash),
        logits_blake3: hex(finished.answer.stats.logits_hash),
        memory_blake3: hex(machine.memory_state().1),
        differences,
    }
}

fn print(out: &mut dyn Write, row: &Row) -> io::Result<()> {
    let verdict = match row.differences.is_empty() {
        true => "equal",
        false => "DIFFERENT",
    };
    let fuel = row.fuel.map_or("-".to_owned(), |fuel| fuel.to_string());
    let feeding = match row.feeding {
        Feeding::Whole => "whole",
        Feeding::ByToken => "by token",
    };
    writeln!(
        out,
        "{:<14} {:<9} {:<42} {:>6.1} s  {verdict:<9}  tokens {:.8} logits {:.8} memory {:.8} fuel {fuel}",
        row.model,
        feeding,
        row.way,
        row.seconds,
        row.tokens_blake3,
        row.logits_blake3,
        row.memory_blake3,
    )?;
    for difference in &row.differences {
        writeln!(out, "    {difference}")?;
    }
    Ok(())
}

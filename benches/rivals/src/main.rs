//! Lockstep and its rivals on the same kernels, and on the same modules.

mod calibrate;
mod clock;
mod engines;
mod kernels;
mod llama;
mod native;
mod rounds;
mod stats;
mod table;
mod translate;

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use benches::kernels::{Builder, Kernel};
use benches::toolchain::Width;
use clap::{Args, Parser, Subcommand};
use serde_json::json;

use crate::engines::{Engine, Refusal};
use crate::rounds::Measured;

/// Compares engines on small programs with known answers.
#[derive(Debug, Parser)]
#[command(name = "rivals", version)]
struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run the kernels in interleaved rounds and compare CPU times.
    Run(Run),
    /// Compare how long modules take to validate and translate.
    Translate(Translate),
    /// Run llama.cpp on Lockstep and on wasmtime, compare every bit and the speed; fails if a bit differs.
    Llama(llama::Options),
    /// Give one answer of llama.cpp in every way there is: tiers, twins, instructions, threads, feeding; fails if a bit
    /// differs.
    Same(llama::same::Options),
    /// Compute llama.cpp's kernels in every way there is and compare every bit with the reference; fails if a bit differs.
    Kernels(kernels::Options),
    /// Compare the speed of llama.cpp on Lockstep with that of a native build of the same sources.
    Native(native::speed::Options),
    /// Compare llama.cpp's speed on several threads with that on one, on Lockstep and in a native build.
    Scaling(native::scaling::Options),
    /// Compare how well llama.cpp on Lockstep and a native build of it foretell a text.
    Quality(native::quality::Options),
    /// Measure the dot products of a native ggml, and the memory they read from.
    Dots(native::dots::Options),
    /// One kernel of a run, in a process of its own; prints JSON.
    #[command(hide = true)]
    Measure(Measure),
    /// Choose new sizes for the kernels by the first engine's speed and write
    /// them into the table; the answers must then be renewed.
    Calibrate(Choice),
}

#[derive(Debug, Args)]
struct Choice {
    /// Engines, separated by commas; the others are compared with the first.
    #[arg(long, value_delimiter = ',', default_values = engines::NAMES)]
    engines: Vec<String>,
    /// Only kernels whose name contains one of these, separated by commas.
    #[arg(long, value_delimiter = ',')]
    kernels: Vec<String>,
}

#[derive(Debug, Args)]
struct Run {
    #[command(flatten)]
    choice: Choice,
    /// Rounds per kernel.
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// Three rounds: a first look.
    #[arg(long, conflicts_with = "rounds")]
    quick: bool,
    /// Run the 32-bit modules instead of the 64-bit ones.
    #[arg(long)]
    wasm32: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Measure {
    kernel: String,
    #[arg(long, value_delimiter = ',')]
    engines: Vec<String>,
    #[arg(long)]
    rounds: u32,
    #[arg(long)]
    wasm32: bool,
}

#[derive(Debug, Args)]
struct Translate {
    /// Modules in the binary format.
    #[arg(required = true)]
    modules: Vec<PathBuf>,
    /// Engines, separated by commas.
    #[arg(long, value_delimiter = ',', default_values = engines::NAMES)]
    engines: Vec<String>,
    /// Rounds per module.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let done = match Options::parse().action {
        Action::Run(options) => run(&options),
        Action::Llama(options) => match llama::run(&options) {
            Ok(false) => return ExitCode::FAILURE,
            other => other.map(drop),
        },
        Action::Same(options) => match llama::same::run(&options) {
            Ok(false) => return ExitCode::FAILURE,
            other => other.map(drop),
        },
        Action::Kernels(options) => match kernels::run(&options) {
            Ok(false) => return ExitCode::FAILURE,
            other => other.map(drop),
        },
        Action::Native(options) => native::speed::run(&options),
        Action::Scaling(options) => native::scaling::run(&options),
        Action::Quality(options) => native::quality::run(&options),
        Action::Dots(options) => native::dots::run(&options),
        Action::Measure(options) => measure(&options),
        Action::Translate(options) => translate(&options),
        Action::Calibrate(options) => calibrate(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("rivals: {e}");
            ExitCode::FAILURE
        }
    }
}

fn open_engines(names: &[String]) -> Result<Vec<Box<dyn Engine>>, Refusal> {
    names.iter().map(|name| engines::by_name(name)).collect()
}

fn chosen(kernels: Vec<Kernel>, parts: &[String]) -> Result<Vec<Kernel>, Box<dyn Error>> {
    let is_chosen = |k: &Kernel| parts.is_empty() || parts.iter().any(|p| k.name.contains(p));
    let chosen: Vec<Kernel> = kernels.into_iter().filter(is_chosen).collect();
    if chosen.is_empty() {
        return Err(format!("no kernel's name contains {}", parts.join(" or ")).into());
    }
    Ok(chosen)
}

fn width(is_32: bool) -> Width {
    if is_32 { Width::Wasm32 } else { Width::Wasm64 }
}

fn run(options: &Run) -> Result<(), Box<dyn Error>> {
    // Unknown engines are refused before anything is built.
    open_engines(&options.choice.engines)?;
    let builder = Builder::new(benches::kernels::target_folder());
    let width = width(options.wasm32);
    let rounds = if options.quick { 3 } else { options.rounds };
    let mut measured = Vec::new();
    for kernel in chosen(benches::kernels::all()?, &options.choice.kernels)? {
        builder.module(&kernel, width)?;
        let row = measure_apart(options, &kernel, rounds)?;
        table::print_row(&mut io::stderr(), &row)?;
        measured.push(row);
    }
    let mut out = io::stdout().lock();
    if options.json {
        let groups = table::group_ratios(&measured);
        let report = json!({ "width": width.name(), "rounds": rounds, "kernels": measured, "groups": groups });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(out, "{} kernels, {} rounds, CPU time", width.name(), rounds)?;
        table::print(&mut out, &measured)?;
    }
    Ok(())
}

/// Measures a kernel in a new process, whose heap does not depend on the
/// kernels before it.
fn measure_apart(options: &Run, kernel: &Kernel, rounds: u32) -> Result<Measured, Box<dyn Error>> {
    let mut child = Command::new(std::env::current_exe()?);
    child.args(["measure", &kernel.name]);
    child.args(["--engines", &options.choice.engines.join(",")]);
    child.args(["--rounds", &rounds.to_string()]);
    if options.wasm32 {
        child.arg("--wasm32");
    }
    let output = child.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{} was not measured ({})", kernel.name, output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn measure(options: &Measure) -> Result<(), Box<dyn Error>> {
    let kernel = benches::kernels::all()?
        .into_iter()
        .find(|k| k.name == options.kernel)
        .ok_or_else(|| format!("no kernel `{}`", options.kernel))?;
    let wasm =
        Builder::new(benches::kernels::target_folder()).module(&kernel, width(options.wasm32))?;
    let measured = rounds::measure(&options.engines, &kernel, &wasm, options.rounds)?;
    serde_json::to_writer(io::stdout(), &measured)?;
    Ok(())
}

fn translate(options: &Translate) -> Result<(), Box<dyn Error>> {
    let engines = open_engines(&options.engines)?;
    let mut all = Vec::new();
    for module in &options.modules {
        let rows = translate::translate(&engines, module, options.rounds)
            .map_err(|e| format!("{}: {e}", module.display()))?;
        if !options.json {
            translate::print(&mut io::stdout(), &rows)?;
        }
        all.extend(rows);
    }
    if options.json {
        println!("{:#}", json!(all));
    }
    Ok(())
}

fn calibrate(options: &Choice) -> Result<(), Box<dyn Error>> {
    let engines = open_engines(&options.engines)?;
    let engine = engines.first().ok_or("no engine to calibrate with")?;
    let builder = Builder::new(benches::kernels::target_folder());
    let wanted = chosen(benches::kernels::all()?, &options.kernels)?;
    let mut renewed = Vec::new();
    for kernel in benches::kernels::all()? {
        if !wanted.contains(&kernel) {
            renewed.push(kernel);
            continue;
        }
        let wasm = builder.module(&kernel, Width::Wasm64)?;
        let sized = calibrate::calibrate(engine.as_ref(), &kernel, &wasm)
            .map_err(|e| format!("{} does not run {}: {e}", engine.name(), kernel.name))?;
        println!(
            "{}: test {}, bench {}",
            sized.name, sized.test_n, sized.bench_n
        );
        renewed.push(sized);
    }
    benches::kernels::write_table(&renewed)?;
    Ok(())
}

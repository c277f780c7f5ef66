//! The command line.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::check::{Finding, Oracle, Oracles, Verdict};
use crate::corpus::{self, Entry};
use crate::generate::{self, Generator};
use crate::program::Program;
use crate::runner::{self, Found, Outcome, Plan};
use crate::tally::Tally;

/// A difference was found.
const FOUND: u8 = 1;

/// The command was used wrongly, or a file is missing.
const USAGE: u8 = 2;

const EXAMPLES: &str = "\
Targets:
  corpus       every kept program, the modules of the official suite, the kernels of the benches
  FILE         a program in a .wasm or .wat file, as a finding leaves it
  NAME         a generator; `fuzz list` names them

Examples:
  fuzz smith --runs 10000               ten thousand programs, seeds from 0
  fuzz float --seed 17 --runs 1         one seed again
  fuzz control --time 600               for ten minutes
  fuzz corpus --oracles slices,count    without other engines
  fuzz smith --seed 17 --print          a seed's program as text
  fuzz target/fuzz/smith-17.small.wat   a finding again

Exit codes: 0 no difference, 1 a difference, 2 wrong usage.";

/// Runs programs on Lockstep in every way there is, and on other engines, and
/// compares everything.
#[derive(Parser)]
#[command(name = "fuzz", after_help = EXAMPLES)]
struct Args {
    /// What to run: a generator, `corpus`, `list`, or a file
    target: String,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many seeds [default: 1000, or no limit with --time]
    #[arg(long)]
    runs: Option<u64>,
    /// Stop after so many seconds
    #[arg(long, value_name = "SECONDS")]
    time: Option<u64>,
    /// Threads [default: one for each CPU]
    #[arg(long)]
    jobs: Option<usize>,
    /// What to compare with, by commas [default: all]
    #[arg(long, value_delimiter = ',', value_parser = oracle)]
    oracles: Vec<Oracle>,
    /// Stop after so many findings
    #[arg(long, default_value_t = 1)]
    findings: usize,
    /// Where findings are written
    #[arg(long, default_value = "target/fuzz", value_name = "FOLDER")]
    save: PathBuf,
    /// Do not make findings smaller
    #[arg(long)]
    raw: bool,
    /// Print the program of the seed as text and do nothing with it
    #[arg(long, conflicts_with_all = ["runs", "time", "json"])]
    print: bool,
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
}

fn oracle(name: &str) -> Result<Oracle, String> {
    let names: Vec<&str> = Oracle::ALL.iter().map(|oracle| oracle.name()).collect();
    let found = Oracle::ALL.iter().find(|oracle| oracle.name() == name);
    found
        .copied()
        .ok_or_else(|| format!("there are {}", names.join(", ")))
}

/// Runs the command.
pub fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("fuzz: {message}");
            ExitCode::from(USAGE)
        }
    }
}

fn run(args: &Args) -> Result<u8, String> {
    if args.target == "list" {
        for generator in generate::ALL {
            say(&format!("{:12} {}", generator.name, generator.about))?;
        }
        return Ok(0);
    }
    if args.print {
        return print(args);
    }
    let wanted = if args.oracles.is_empty() {
        Oracle::ALL
    } else {
        &args.oracles
    };
    let oracles = Oracles::new(wanted).map_err(|e| e.to_string())?;
    // A panic is a finding; its message is in the report.
    std::panic::set_hook(Box::new(|_| {}));
    if args.target == "corpus" {
        let mut entries = corpus::files().map_err(|e| e.to_string())?;
        entries.extend(corpus::suite().map_err(|e| e.to_string())?);
        entries.extend(corpus::kernels().map_err(|e| e.to_string())?);
        return replay(args, &oracles, entries, &|program| oracles.check(program));
    }
    if let Some(generator) = generate::ALL.iter().find(|g| g.name == args.target) {
        return search(args, &oracles, generator);
    }
    let path = PathBuf::from(&args.target);
    if !path.exists() {
        return Err(format!(
            "no target and no file `{}`; `fuzz list` names the generators",
            args.target
        ));
    }
    let program = Program::read(&path).map_err(|e| e.to_string())?;
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let check = |program: &Program| oracles.check_thoroughly(program);
    replay(args, &oracles, vec![Entry { name, program }], &check)
}

/// Prints the program of one seed, as the corpus keeps programs.
fn print(args: &Args) -> Result<u8, String> {
    let generator = generate::ALL.iter().find(|g| g.name == args.target);
    let generator = generator.ok_or_else(|| format!("no generator `{}`", args.target))?;
    let program = runner::program(generator, args.seed);
    let program = program.ok_or_else(|| format!("seed {} gives no program", args.seed))?;
    say(&program.to_wat()?)?;
    Ok(0)
}

fn search(args: &Args, oracles: &Oracles, generator: &Generator) -> Result<u8, String> {
    let unlimited = if args.time.is_some() { u64::MAX } else { 1000 };
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan {
        seed: args.seed,
        runs: args.runs.unwrap_or(unlimited),
        time: args.time.map(Duration::from_secs),
        jobs: args.jobs.unwrap_or(cpus),
        findings: args.findings,
    };
    let bar = bar(args.runs.or(args.time.is_none().then_some(plan.runs)));
    let outcome = runner::run(generator, oracles, &plan, &|done| bar.set_position(done));
    bar.finish_and_clear();
    for found in &outcome.found {
        tell(args, oracles, generator.name, found)?;
    }
    sum(args, generator.name, &outcome)?;
    Ok(if outcome.found.is_empty() { 0 } else { FOUND })
}

/// Checks each entry and goes on behind findings.
fn replay(
    args: &Args,
    oracles: &Oracles,
    entries: Vec<Entry>,
    check: &dyn Fn(&Program) -> Result<Verdict, Finding>,
) -> Result<u8, String> {
    let begun = std::time::Instant::now();
    let bar = bar(Some(entries.len() as u64));
    let mut tally = Tally::default();
    let mut found = Vec::new();
    for entry in entries {
        bar.inc(1);
        match check(&entry.program) {
            Ok(verdict) => tally.note(&verdict),
            Err(finding) => {
                let words = finding.describe(&entry.program);
                bar.suspend(|| say(&format!("{}: {words}\n", entry.name)))?;
                found.push(Found {
                    seed: found.len() as u64,
                    program: entry.program,
                    finding,
                });
            }
        }
    }
    bar.finish_and_clear();
    let count = found.len();
    if let (1, Some(one)) = (count, found.first())
        && !args.raw
    {
        tell(args, oracles, "replay", one)?;
    }
    let time = begun.elapsed();
    sum(args, &args.target, &Outcome { tally, found, time })?;
    Ok(if count == 0 { 0 } else { FOUND })
}

/// Prints a finding: made smaller, located, and saved.
fn tell(args: &Args, oracles: &Oracles, name: &str, found: &Found) -> Result<(), String> {
    if args.raw {
        let words = found.finding.describe(&found.program);
        return say(&format!("{name}, seed {}: {words}\n", found.seed));
    }
    eprintln!("seed {} shows something; making it smaller", found.seed);
    let report = runner::report(name, oracles, found, &args.save);
    let report = report.map_err(|e| format!("{}: {e}", args.save.display()))?;
    let files: Vec<String> = report
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    say(&format!(
        "{name}, seed {}: {}written: {}\n",
        found.seed,
        report.text,
        files.join(" ")
    ))
}

fn sum(args: &Args, name: &str, outcome: &Outcome) -> Result<(), String> {
    let seconds = outcome.time.as_secs_f64();
    let tally = &outcome.tally;
    let panics = outcome
        .found
        .iter()
        .filter(|f| matches!(f.finding, Finding::Panic(_)))
        .count();
    if args.json {
        let sum = json!({
            "target": name,
            "seconds": seconds,
            "findings": outcome.found.len(),
            "panics": panics,
            "tally": tally,
        });
        return say(&sum.to_string());
    }
    let mut text = format!(
        "{name}: {} programs in {seconds:.1} s ({:.0}/s), {} calls, {} units of fuel; {} findings\n",
        tally.programs,
        tally.programs as f64 / seconds.max(0.001),
        tally.calls,
        tally.fuel,
        outcome.found.len(),
    );
    if tally.discarded + tally.refused > 0 {
        text += &format!(
            "  {} seeds gave no program, {} programs were refused\n",
            tally.discarded, tally.refused
        );
    }
    for (outcome, count) in &tally.outcomes {
        text += &format!("  {count:>10}  {outcome}\n");
    }
    text += &format!(
        "  {:>10}  programs counted their own fuel, {} were stopped on the way\n",
        tally.counted, tally.rested
    );
    for (tier, told) in &tally.tiers {
        let masked = told.masked;
        text += &format!("  {:>10}  compared with {tier}", told.compared);
        let masks = [
            (masked.stack_depth, "stack depth"),
            (masked.fuel_unit, "fuel unit"),
            (masked.trap_site, "trap site"),
            (masked.trap_offset, "trap offset"),
            (masked.table_traps, "table traps"),
            (masked.spelled, "spelled out"),
        ];
        for (count, mask) in masks.iter().filter(|(count, _)| *count > 0) {
            text += &format!(", {mask} {count}");
        }
        text += &format!("; {} refused\n", told.refused);
        for (reason, count) in &told.reasons {
            text += &format!("              {count} x {reason}\n");
        }
    }
    say(text.trim_end())
}

/// Prints to standard output; a closed pipe is not worth a message.
fn say(text: &str) -> Result<(), String> {
    match writeln!(io::stdout(), "{text}") {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(e.to_string()),
        _ => Ok(()),
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = match length {
        Some(length) => ProgressBar::new(length),
        None => ProgressBar::no_length(),
    };
    let style =
        ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {per_sec} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(4));
    bar
}

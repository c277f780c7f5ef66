//! The command: runs the attempts and prints what came of them.

use std::io::IsTerminal;
use std::process::ExitCode;

use attack::{Attempt, attempts, child, parent, report};
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

const EXAMPLES: &str = "\
Examples:
  cargo run --release -p attack                      all attempts, as a table
  cargo run --release -p attack -- --only br-table   those whose name has `br-table`
  cargo run --release -p attack -- --json            for programs
  cargo run --release -p attack -- --markdown        for docs/limits-under-attack.md
  cargo run --release -p attack -- --list            what there is, with its bounds

Exit codes: 0 if every attempt does what it must (or is known to miss), 1 if not, 2 for wrong use.";

/// Hostile guests must meet bounded time and memory, and clear errors.
#[derive(Parser)]
#[command(name = "attack", version, after_help = EXAMPLES)]
struct Args {
    /// Only attempts whose name has this in it. Can be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Print JSON.
    #[arg(long, conflicts_with_all = ["markdown", "list"])]
    json: bool,
    /// Print Markdown.
    #[arg(long, conflicts_with = "list")]
    markdown: bool,
    /// Print the attempts and their bounds, and run none.
    #[arg(long)]
    list: bool,
    /// Attempts at a time.
    #[arg(long, default_value_t = 1, value_name = "COUNT")]
    jobs: usize,
    #[command(subcommand)]
    command: Option<Inner>,
}

#[derive(Subcommand)]
enum Inner {
    /// Run one attempt in this process and print its outcome as JSON.
    #[command(name = "run-one", hide = true)]
    RunOne { name: String },
}

fn wrong_use(message: &str) -> ExitCode {
    eprintln!("attack: {message}");
    ExitCode::from(2)
}

fn main() -> ExitCode {
    let args = Args::parse();
    if let Some(Inner::RunOne { name }) = &args.command {
        return run_one(name);
    }
    let is_wanted = |attempt: &&Attempt| {
        args.only.is_empty() || args.only.iter().any(|part| attempt.name.contains(part))
    };
    let chosen: Vec<&'static Attempt> = attempts::all().filter(is_wanted).collect();
    if chosen.is_empty() {
        return wrong_use("no attempt has such a name; --list shows all");
    }
    if args.list {
        print!("{}", report::list(&chosen));
        return ExitCode::SUCCESS;
    }
    let rows = match run(&chosen, args.jobs) {
        Ok(rows) => rows,
        Err(message) => return wrong_use(&message),
    };
    match (args.json, args.markdown) {
        (true, _) => println!("{}", report::json(&rows)),
        (_, true) => print!("{}", report::markdown(&rows)),
        _ => println!("{}\n{}", report::table(&rows), report::summary(&rows)),
    }
    match rows.iter().all(|row| row.2.is_good()) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn run(chosen: &[&'static Attempt], jobs: usize) -> Result<Vec<report::Row>, String> {
    let program = std::env::current_exe().map_err(|e| format!("cannot find itself: {e}"))?;
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(chosen.len() as u64),
        false => ProgressBar::hidden(),
    };
    let style = ProgressStyle::with_template("{pos}/{len} {elapsed} {msg}");
    bar.set_style(style.map_err(|e| e.to_string())?);
    let rows = parent::run_all(&program, chosen, jobs, |attempt| {
        bar.set_message(attempt.name);
        bar.inc(1);
    });
    bar.finish_and_clear();
    rows.map_err(|e| e.to_string())
}

fn run_one(name: &str) -> ExitCode {
    let Some(attempt) = attempts::all().find(|attempt| attempt.name == name) else {
        return wrong_use(&format!("there is no attempt {name:?}; --list shows all"));
    };
    match serde_json::to_string(&child::run(attempt)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => wrong_use(&error.to_string()),
    }
}

//! The command line.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::compare::{Report, Second};
use crate::evidence::{Evidence, Scale, Status, worst};
use crate::meter::Meter;
use crate::parts::{self, PartId, Plan};
use crate::{facts, html, second};

const EXAMPLES: &str = "\
Examples:
  report                                  everything here, a second instruction set if it can be emulated
  report --quick --second none            a couple of minutes, this machine alone
  report collect --json arm.json          on another machine: evidence for
  report --second arm.json                a comparison of the two
  report --parts spec,mirror --out page   some parts, into another folder
  report render page/report.json          the page again, from the file

Exit code: 0 if everything that was tried holds, 1 if something does not, 2 if there is no report.";

/// Gathers the evidence for this engine's determinism, and shows it as one page.
#[derive(Debug, Parser)]
#[command(name = "report", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    all: All,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Gather evidence on this machine and compare it with a second one (what happens without a command).
    All(All),
    /// Gather evidence on this machine, as JSON for a comparison.
    Collect(Collect),
    /// Make the page again from a report's JSON file.
    Render(Render),
    /// Let one hostile guest try its luck in this process.
    #[command(name = "run-one", hide = true)]
    RunOne { name: String },
}

#[derive(Debug, Args)]
struct All {
    #[command(flatten)]
    work: Work,
    /// Write index.html and report.json into this folder.
    #[arg(long, value_name = "DIR", default_value = "target/report")]
    out: PathBuf,
    /// The second machine: `auto` emulates one if that needs no installing, `emulate` installs what is missing (as
    /// root), `none` goes without, and a file is what `report collect` wrote elsewhere.
    #[arg(long, value_name = "WHAT", default_value = "auto")]
    second: String,
}

#[derive(Debug, Args)]
struct Collect {
    #[command(flatten)]
    work: Work,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What emulates this machine, which a program can not find out itself.
    #[arg(long, value_name = "NAME")]
    emulator: Option<String>,
}

#[derive(Debug, Args)]
struct Render {
    /// A report.json.
    file: PathBuf,
    /// Write index.html into this folder.
    #[arg(long, value_name = "DIR", default_value = "target/report")]
    out: PathBuf,
}

#[derive(Debug, Args)]
struct Work {
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART,...")]
    parts: Vec<PartId>,
    /// A little of everything, in a couple of minutes.
    #[arg(long, group = "scale")]
    quick: bool,
    /// A good deal of everything (the default).
    #[arg(long, group = "scale")]
    normal: bool,
    /// Everything there is.
    #[arg(long, group = "scale")]
    full: bool,
    /// Fetch and build nothing; what is missing is not tried. --quick does not fetch either.
    #[arg(long)]
    offline: bool,
    /// Say nothing about progress.
    #[arg(long, short)]
    quiet: bool,
}

impl Work {
    fn scale(&self) -> Scale {
        match (self.quick, self.full) {
            (true, _) => Scale::Quick,
            (_, true) => Scale::Full,
            _ => Scale::Normal,
        }
    }

    fn parts(&self) -> Vec<PartId> {
        match self.parts.is_empty() {
            true => PartId::ALL.to_vec(),
            false => self.parts.clone(),
        }
    }

    fn collect(&self, emulator: Option<&str>) -> Result<Evidence, String> {
        Plan {
            parts: self.parts(),
            scale: self.scale(),
            emulator,
            may_fetch: !self.offline && !self.quick && emulator.is_none(),
            quiet: self.quiet,
        }
        .run()
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.command {
        None => options.all.run(),
        Some(Command::All(all)) => all.run(),
        Some(Command::Collect(collect)) => collect.run(),
        Some(Command::Render(render)) => render.run(),
        Some(Command::RunOne { name }) => run_one(&name),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("report: {why}");
            ExitCode::from(2)
        }
    }
}

impl All {
    fn run(&self) -> Result<bool, String> {
        // What can not work is said before the work, and not after an hour of it.
        let is_file = !["auto", "emulate", "none"].contains(&self.second.as_str());
        let file = match is_file {
            true => Some(second::read(Path::new(&self.second))?),
            false => None,
        };
        make_folder(&self.out)?;
        let first = self.work.collect(None)?;
        let second = match file {
            Some(evidence) => Second::Found(Box::new(evidence)),
            None => self.second(),
        };
        let report = Report::new(facts::today(), facts::source(), first, second);
        write(&self.out.join("report.json"), &json(&report)?)?;
        finish(&report, &self.out)
    }

    fn second(&self) -> Second {
        let meter = Meter::new(self.work.quiet);
        let emulate = || {
            second::emulate(
                &self.work.parts(),
                self.work.scale(),
                &meter,
                self.work.quiet,
            )
        };
        match (self.second.as_str(), second::can_emulate()) {
            ("none", _) => Second::NotTried("a second machine was not asked for".to_owned()),
            ("auto", Err(why)) => Second::NotTried(why),
            _ => emulate(),
        }
    }
}

impl Collect {
    fn run(&self) -> Result<bool, String> {
        let evidence = self.work.collect(self.emulator.as_deref())?;
        let text = json(&evidence)?;
        match &self.json {
            Some(path) => write(path, &text)?,
            None => io::stdout()
                .write_all(text.as_bytes())
                .map_err(|e| format!("standard output: {e}"))?,
        }
        let status = worst(evidence.parts.iter().map(|part| &part.status));
        Ok(!matches!(status, Status::Differs | Status::Failed { .. }))
    }
}

impl Render {
    fn run(&self) -> Result<bool, String> {
        let name = self.file.display();
        let text = fs::read_to_string(&self.file).map_err(|e| format!("{name}: {e}"))?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| format!("{name}: not JSON: {e}"))?;
        second::check_schema(&value).map_err(|why| format!("{name}: {why}"))?;
        let report: Report = serde_json::from_value(value)
            .map_err(|e| format!("{name}: not a report as this version writes it: {e}"))?;
        make_folder(&self.out)?;
        finish(&report.judged(), &self.out)
    }
}

/// The child's side of the attempts: a process for each.
fn run_one(name: &str) -> Result<bool, String> {
    let outcome = parts::attempt(name).ok_or_else(|| format!("there is no attempt {name:?}"))?;
    print!("{}", json(&outcome)?);
    Ok(true)
}

/// Writes the page, says where it is and what is in it.
fn finish(report: &Report, out: &Path) -> Result<bool, String> {
    let page = out.join("index.html");
    write(&page, &html::page(report))?;
    let verdict = html::verdict(report);
    // Nobody may be reading any more, and the page is written.
    let _ = writeln!(io::stdout(), "{verdict}\n{}", page.display());
    Ok(report.is_good())
}

fn json(value: &impl serde::Serialize) -> Result<String, String> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n").map_err(|e| e.to_string())
}

fn make_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

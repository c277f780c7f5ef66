//! The command line: run what the filter leaves, then print one report.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::lists::Lists;
use crate::report::{Report, Style};
use crate::script;
use crate::suite;
use crate::tier::Tier;

/// Runs the WebAssembly conformance suite on this engine and prints a report.
#[derive(Debug, Parser)]
#[command(name = "spec-tests", version)]
struct Options {
    /// Run only scripts whose trial name (`interp/v3/address`) contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Print the report as JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// How many failures to show per script.
    #[arg(long, value_name = "N", default_value_t = 5)]
    failures: usize,
}

/// Runs the command line on the given tiers.
///
/// The exit code is 0 when everything happened as the scripts and the list of
/// expected failures say, 1 when something did not, 2 when the run could not
/// start.
pub fn main(tiers: &[Box<dyn Tier>]) -> ExitCode {
    let options = Options::parse();
    let report = match run(&options, tiers) {
        Ok(report) => report,
        Err(e) => {
            eprintln!("spec-tests: {e}");
            return ExitCode::from(2);
        }
    };
    let mut out = io::stdout().lock();
    let written = if options.json {
        serde_json::to_writer_pretty(&mut out, &report)
            .map_err(io::Error::from)
            .and_then(|()| writeln!(out))
    } else {
        let style = Style {
            is_coloured: io::stdout().is_terminal(),
            failures_per_script: options.failures,
        };
        report.print(&mut out, style)
    };
    match (written, report.is_good()) {
        (Err(e), _) if e.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("spec-tests: cannot write the report: {e}");
            ExitCode::from(2)
        }
        (_, true) => ExitCode::SUCCESS,
        (_, false) => ExitCode::FAILURE,
    }
}

fn run(options: &Options, tiers: &[Box<dyn Tier>]) -> Result<Report, Box<dyn std::error::Error>> {
    let lists = Lists::read()?;
    let scripts = suite::scripts()?;
    let mut report = Report::default();
    for tier in tiers {
        for script in &scripts {
            let trial = format!("{}/{}", tier.name(), script.name);
            if !trial.contains(&options.filter) {
                continue;
            }
            match lists.skip_reason(&script.name) {
                Some(reason) => {
                    report.skip(tier.name(), &script.name, &script.source, reason);
                }
                None => {
                    let outcome = script::run_guarded(tier.as_ref(), &script.source);
                    let verdict = lists.judge(&script.name, &outcome);
                    report.add(tier.name(), &script.name, &outcome, &verdict);
                }
            }
        }
    }
    if report.is_empty() {
        return Err(format!("no trial's name contains `{}`", options.filter).into());
    }
    Ok(report)
}

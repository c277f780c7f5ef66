//! `lockstep wast`: conformance scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use spec_tests::lockstep::tiers;
use spec_tests::script::{self, Outcome};
use spec_tests::tier::Tier;

use crate::error::{Failure, Kind, on_file};
use crate::output::{self, Style};

const EXAMPLES: &str = "\
Examples:
  lockstep wast memory_copy64.wast
  lockstep wast tests/*.wast --failures 100
  lockstep wast tests/*.wast --json";

/// Run scripts of the WebAssembly test suite (.wast).
///
/// Every script runs on every tier of the engine. The exit code is 0 if every directive did what the script says.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Wast {
    /// The scripts.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How many failures to show per script.
    #[arg(long, value_name = "N", default_value_t = 10)]
    failures: usize,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A script on a tier.
struct Ran<'a> {
    file: &'a Path,
    tier: String,
    outcome: Outcome,
}

impl Wast {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let tiers = tiers();
        let mut ran = Vec::new();
        let mut unread = Vec::new();
        for file in &self.files {
            match fs::read_to_string(file).map_err(on_file("read", file)) {
                Ok(source) => ran.extend(tiers.iter().map(|tier| on(tier.as_ref(), file, &source))),
                Err(failure) => unread.push(failure),
            }
        }
        if self.json {
            let failures = unread.iter().map(Failure::to_json);
            output::print_json(&json!({
                "scripts": ran.iter().map(Ran::to_json).collect::<Vec<_>>(),
                "errors": failures.collect::<Vec<_>>(),
            }))?;
        } else {
            output::print(&table(&ran))?;
            let problems: String = ran.iter().map(|ran| ran.problems(self.failures)).collect();
            output::print(&problems)?;
        }
        unread.iter().for_each(Failure::report);
        let good = unread.is_empty() && ran.iter().all(|ran| ran.outcome.failures.is_empty());
        Ok(ExitCode::from(if good { 0 } else { Kind::Failed.code() }))
    }
}

fn on<'a>(tier: &'a dyn Tier, file: &'a Path, source: &str) -> Ran<'a> {
    Ran {
        file,
        tier: tier.name().to_owned(),
        outcome: script::run_guarded(tier, source),
    }
}

impl Ran<'_> {
    fn to_json(&self) -> Value {
        let failure = |failure: &script::DirectiveFailure| json!({ "line": failure.line, "assertion": failure.is_assertion, "why": failure.why });
        json!({
            "file": self.file.display().to_string(),
            "tier": self.tier,
            "assertions": self.outcome.assertions,
            "commands": self.outcome.commands,
            "passed": self.outcome.passed(),
            "failures": self.outcome.failures.iter().map(failure).collect::<Vec<_>>(),
        })
    }

    fn problems(&self, shown: usize) -> String {
        let failures = &self.outcome.failures;
        let mut text = String::new();
        for failure in failures.iter().take(shown) {
            let place = format!("{}:{} ({})", self.file.display(), failure.line, self.tier);
            text += &format!(
                "\n{}\n  {}\n",
                Style::stdout().bold(place),
                output::visible(&failure.why)
            );
        }
        match failures.len().saturating_sub(shown) {
            0 => text,
            more => {
                text + &format!(
                    "\nand {more} more in {} (--failures N shows N)\n",
                    self.file.display()
                )
            }
        }
    }
}

fn table(ran: &[Ran<'_>]) -> String {
    let style = Style::stdout();
    let row = |name: String, tier: &str, counts: [usize; 4]| {
        let mut cells = vec![name, tier.to_owned()];
        cells.extend(counts.map(|count| count.to_string()));
        cells
    };
    let counts = |outcome: &Outcome| {
        [
            outcome.assertions,
            outcome.commands,
            outcome.passed(),
            outcome.failures.len(),
        ]
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut total = [0; 4];
    for ran in ran {
        let counts = counts(&ran.outcome);
        for (sum, count) in total.iter_mut().zip(counts) {
            *sum += count;
        }
        rows.push(row(ran.file.display().to_string(), &ran.tier, counts));
    }
    if rows.len() > 1 {
        rows.push(row("total".to_owned(), "", total));
    }
    let headings = [
        "script",
        "tier",
        ">assertions",
        ">commands",
        ">passed",
        ">failed",
    ];
    let verdict = match total[3] {
        0 => style.green("everything passed"),
        failed => style.red(output::count(failed, "failure")),
    };
    format!("{}{verdict}\n", output::table(&headings, &rows, style))
}

//! The sum of a run, as a table for people and as JSON for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::lists::Verdict;
use crate::script::{self, Outcome};

/// What happened to every script that the filter let through.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    scripts: Vec<ScriptReport>,
}

#[derive(Debug, Serialize)]
struct ScriptReport {
    tier: String,
    script: String,
    #[serde(flatten)]
    counts: Counts,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped_because: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    why: String,
}

/// Files are scripts; the other numbers are directives of those that ran,
/// but for `skipped_assertions`.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    files: usize,
    skipped_files: usize,
    skipped_assertions: usize,
    assertions: usize,
    assertions_passed: usize,
    commands: usize,
    expected_failures: usize,
    unexpected_failures: usize,
    unexpected_passes: usize,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.files += other.files;
        self.skipped_files += other.skipped_files;
        self.skipped_assertions += other.skipped_assertions;
        self.assertions += other.assertions;
        self.assertions_passed += other.assertions_passed;
        self.commands += other.commands;
        self.expected_failures += other.expected_failures;
        self.unexpected_failures += other.unexpected_failures;
        self.unexpected_passes += other.unexpected_passes;
    }
}

/// How a report is printed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use terminal colours.
    pub is_coloured: bool,
    /// How many problems to show of each script.
    pub failures_per_script: usize,
}

impl Report {
    /// Adds a script that ran.
    pub fn add(&mut self, tier: &str, script: &str, outcome: &Outcome, verdict: &Verdict) {
        let failed = outcome.failures.iter().filter(|f| f.is_assertion).count();
        let surprises = verdict.surprises.iter().map(|&index| {
            let failure = &outcome.failures[index];
            Problem {
                line: Some(failure.line),
                why: failure.why.clone(),
            }
        });
        let stale = verdict.stale.iter().map(|why| Problem {
            line: None,
            why: why.clone(),
        });
        self.scripts.push(ScriptReport {
            tier: tier.to_owned(),
            script: script.to_owned(),
            counts: Counts {
                files: 1,
                assertions: outcome.assertions,
                assertions_passed: outcome.assertions - failed,
                commands: outcome.commands,
                expected_failures: verdict.expected,
                unexpected_failures: verdict.surprises.len(),
                unexpected_passes: verdict.stale.len(),
                ..Counts::default()
            },
            skipped_because: None,
            problems: surprises.chain(stale).collect(),
        });
    }

    /// Adds a script that did not run, with its reason.
    pub fn skip(&mut self, tier: &str, script: &str, source: &str, reason: &str) {
        self.scripts.push(ScriptReport {
            tier: tier.to_owned(),
            script: script.to_owned(),
            counts: Counts {
                files: 1,
                skipped_files: 1,
                skipped_assertions: script::count_assertions(source),
                ..Counts::default()
            },
            skipped_because: Some(reason.to_owned()),
            problems: Vec::new(),
        });
    }

    /// Whether no script is in the report at all.
    pub fn is_empty(&self) -> bool {
        self.scripts.is_empty()
    }

    /// Whether everything happened as the scripts and the lists say.
    pub fn is_good(&self) -> bool {
        self.scripts.iter().all(|s| s.problems.is_empty())
    }

    /// Prints the table, the reasons for skipping, and the problems.
    ///
    /// # Errors
    /// What writing to `out` reports.
    pub fn print(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        self.print_table(out, style)?;
        self.print_skipped(out)?;
        self.print_problems(out, style)
    }

    fn print_table(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        let mut groups: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
        let mut total = Counts::default();
        for script in &self.scripts {
            let key = (script.tier.as_str(), folder(&script.script));
            groups.entry(key).or_default().add(&script.counts);
            total.add(&script.counts);
        }
        writeln!(
            out,
            "{:<52} {:>6} {:>8} {:>11} {:>8} {:>9} {:>7}",
            "scripts", "files", "skipped", "assertions", "passed", "expected", "wrong"
        )?;
        for ((tier, folder), counts) in &groups {
            print_row(out, &format!("{tier}/{folder}"), counts, style)?;
        }
        print_row(out, "total", &total, style)?;
        writeln!(
            out,
            "\nskipped: files not run; expected: failures that expected-failures.txt lists;\n\
             wrong: other failures, failing commands, and listed failures that passed."
        )
    }

    fn print_skipped(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut reasons: BTreeMap<&str, (Counts, Vec<&str>)> = BTreeMap::new();
        for script in &self.scripts {
            if let Some(reason) = &script.skipped_because {
                let (counts, names) = reasons.entry(reason).or_default();
                counts.add(&script.counts);
                if !names.contains(&script.script.as_str()) {
                    names.push(&script.script);
                }
            }
        }
        if !reasons.is_empty() {
            writeln!(out, "\nnot run, and why:")?;
        }
        for (reason, (counts, names)) in reasons {
            writeln!(
                out,
                "  {reason}\n    {} files, {} assertions: {}",
                counts.skipped_files,
                counts.skipped_assertions,
                names.join(" ")
            )?;
        }
        Ok(())
    }

    fn print_problems(&self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        for script in self.scripts.iter().filter(|s| !s.problems.is_empty()) {
            writeln!(out, "\n{}/{}", script.tier, script.script)?;
            for problem in script.problems.iter().take(style.failures_per_script) {
                match problem.line {
                    Some(line) => writeln!(out, "  line {line}: {}", problem.why)?,
                    None => writeln!(out, "  {}", problem.why)?,
                }
            }
            let hidden = script
                .problems
                .len()
                .saturating_sub(style.failures_per_script);
            if hidden > 0 {
                writeln!(out, "  and {hidden} more (--failures N shows N)")?;
            }
        }
        Ok(())
    }
}

/// Everything before the last slash of a script's name.
fn folder(script: &str) -> &str {
    script.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn print_row(out: &mut dyn Write, name: &str, counts: &Counts, style: Style) -> io::Result<()> {
    let wrong = counts.unexpected_failures + counts.unexpected_passes;
    let (start, end) = match (style.is_coloured, wrong) {
        (false, _) => ("", ""),
        (true, 0) => ("\x1b[32m", "\x1b[0m"),
        (true, _) => ("\x1b[31m", "\x1b[0m"),
    };
    writeln!(
        out,
        "{name:<52} {:>6} {:>8} {:>11} {:>8} {:>9} {start}{wrong:>7}{end}",
        counts.files,
        counts.skipped_files,
        counts.assertions,
        counts.assertions_passed,
        counts.expected_failures,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::DirectiveFailure;

    fn report() -> Report {
        let mut report = Report::default();
        let outcome = Outcome {
            assertions: 3,
            commands: 1,
            failures: vec![DirectiveFailure {
                line: 9,
                is_assertion: true,
                why: "wanted 1, got 2".to_owned(),
            }],
        };
        let verdict = Verdict {
            surprises: vec![0],
            ..Verdict::default()
        };
        report.add("interp", "v3/a", &outcome, &verdict);
        report.skip("interp", "gc/b", "(assert_return (invoke \"f\"))", "no GC");
        report
    }

    #[test]
    fn the_table_shows_failures_and_reasons() {
        let mut out = Vec::new();
        let style = Style {
            is_coloured: false,
            failures_per_script: 1,
        };
        report().print(&mut out, style).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("line 9: wanted 1, got 2"), "{text}");
        assert!(
            text.contains("no GC\n    1 files, 1 assertions: gc/b"),
            "{text}"
        );
        assert!(!text.contains('\x1b'), "{text}");
    }

    #[test]
    fn one_surprise_makes_the_report_bad() {
        assert!(!report().is_good());
        assert!(Report::default().is_good());
    }

    #[test]
    fn json_has_the_same_numbers() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["scripts"][0]["assertions_passed"], 2);
        assert_eq!(json["scripts"][1]["skipped_because"], "no GC");
    }
}

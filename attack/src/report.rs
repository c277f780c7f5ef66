//! Results as a table, as Markdown and as JSON.

use std::fmt::Write;
use std::fs;

use serde::Serialize;

use crate::attempt::{Attempt, Must};
use crate::outcome::{Outcome, Verdict};

/// An attempt with what came of it.
pub type Row = (&'static Attempt, Outcome, Verdict);

#[derive(Serialize)]
struct JsonRow<'a> {
    name: &'a str,
    tries: &'a str,
    seconds_at_most: f64,
    mebibytes_at_most: u64,
    known_to_miss: Option<&'a str>,
    #[serde(flatten)]
    outcome: &'a Outcome,
    verdict: &'a Verdict,
}

/// Longest part of a message in a table.
const SHOWN: usize = 90;

fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line.to_string(),
    }
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Holds => "holds".into(),
        Verdict::Misses(why) => format!("MISSES: {}", why.join(", ")),
        Verdict::Open(why) => format!("open: {}", why.join(", ")),
        Verdict::Unexpected => "HOLDS, but is listed as open".into(),
    }
}

fn wanted(attempt: &Attempt) -> &'static str {
    match attempt.must {
        Must::Succeed => "success",
        Must::Fail(kind, _) => kind.name(),
    }
}

/// How many rows of each verdict there are, as a sentence.
pub fn summary(rows: &[Row]) -> String {
    let count = |test: fn(&Verdict) -> bool| rows.iter().filter(|row| test(&row.2)).count();
    format!(
        "{} attempts: {} hold, {} are open, {} miss; {:.0} s of processor time",
        rows.len(),
        count(|verdict| matches!(verdict, Verdict::Holds)),
        count(|verdict| matches!(verdict, Verdict::Open(_))),
        count(|verdict| !verdict.is_good()),
        rows.iter().map(|row| row.1.cpu).sum::<f64>(),
    )
}

/// A table for a terminal.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "{:<28} {:<14} {:>9} {:>7} {:>8} {:>9}  verdict\n",
        "attempt", "outcome", "module KB", "CPU s", "MiB", "fuel"
    );
    for (attempt, outcome, judged) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<28} {:<14} {:>9} {:>7.2} {:>8} {:>9}  {}",
            attempt.name,
            outcome.kind,
            outcome.module_bytes >> 10,
            outcome.cpu,
            outcome.mebibytes,
            outcome.fuel,
            verdict(judged)
        );
        if !matches!(judged, Verdict::Holds) {
            let _ = writeln!(text, "    {}", first_line(&outcome.message));
        }
    }
    text
}

/// A table for the documentation, with the processor's model.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = format!(
        "{}, on {}.\n\n| attempt | what it tries | outcome | module, KB | CPU, s (at most) | memory, MiB (at most) | verdict |\n|---|---|---|---:|---:|---:|---|\n",
        summary(rows),
        processor()
    );
    for (attempt, outcome, judged) in rows {
        let shown = match judged {
            Verdict::Holds => "holds".to_string(),
            _ => format!("**{}**", verdict(judged)),
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {:.2} ({}) | {} ({}) | {shown} |",
            attempt.name,
            attempt.tries,
            outcome.kind,
            outcome.module_bytes >> 10,
            outcome.cpu,
            attempt.seconds,
            outcome.mebibytes,
            attempt.mebibytes,
        );
    }
    let open = rows.iter().filter_map(|row| Some((row.0, row.0.open?)));
    let open: String = open
        .map(|(attempt, why)| format!("- `{}`: {why}\n", attempt.name))
        .collect();
    if !open.is_empty() {
        let _ = write!(text, "\nOpen, and why:\n\n{open}");
    }
    text
}

/// The table as JSON.
///
/// # Panics
/// Never: rows are numbers and strings.
pub fn json(rows: &[Row]) -> String {
    let rows: Vec<JsonRow<'_>> = rows
        .iter()
        .map(|(attempt, outcome, verdict)| JsonRow {
            name: attempt.name,
            tries: attempt.tries,
            seconds_at_most: attempt.seconds,
            mebibytes_at_most: attempt.mebibytes,
            known_to_miss: attempt.open,
            outcome,
            verdict,
        })
        .collect();
    serde_json::to_string_pretty(&rows).expect("numbers and strings can be written")
}

/// The list of attempts with their bounds, without running any.
pub fn list(attempts: &[&'static Attempt]) -> String {
    let row = |attempt: &&'static Attempt| {
        format!(
            "{:<28} {:<14} {:>5} s {:>6} MiB  {}\n",
            attempt.name,
            wanted(attempt),
            attempt.seconds,
            attempt.mebibytes,
            attempt.tries
        )
    };
    attempts.iter().map(row).collect()
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    model.map_or("an unknown processor".into(), |rest| {
        rest.trim_start_matches([' ', '\t', ':']).to_string()
    })
}

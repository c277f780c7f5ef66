//! What came of the kernels, as a table or as JSON.

use std::io::{self, Write};

use lockstep_llama::kernels::cases::Call;
use serde::Serialize;
use serde_json::json;

/// All kernels that were run.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) seed: u64,
    /// Everybody who was held to the reference.
    pub(super) engines: Vec<String>,
    pub(super) kernels: Vec<Row>,
}

/// One kernel.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    kernel: &'static str,
    /// Results that the reference computed too: products, quants, floats.
    pub(super) results: usize,
    /// Calls that they come from.
    pub(super) cases: usize,
    /// Calls that only the body gives a meaning, in which the engines are compared with each other.
    pub(super) twisted: usize,
    /// Those of them that trap.
    traps: usize,
    /// Who was the first to differ, and where; nothing behind it was run. None if all are equal.
    pub(super) difference: Option<String>,
}

impl Row {
    pub(super) fn new(kernel: &'static str) -> Row {
        Row {
            kernel,
            results: 0,
            cases: 0,
            twisted: 0,
            traps: 0,
            difference: None,
        }
    }

    /// Counts a call in which all were equal.
    pub(super) fn count(&mut self, call: &Call, is_twisted: bool, is_trap: bool) {
        self.traps += usize::from(is_trap);
        if is_twisted {
            self.twisted += 1;
        } else {
            self.cases += 1;
            self.results += call.results();
        }
    }

    pub(super) fn is_equal(&self) -> bool {
        self.difference.is_none()
    }
}

/// Prints who is compared, and the table's head.
pub(super) fn print_head(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "seed {}; held to the reference:", report.seed)?;
    for engine in &report.engines {
        writeln!(out, "  {engine}")?;
    }
    writeln!(
        out,
        "{:<16} {:>10} {:>7} {:>8} {:>6} {:>8}  equal",
        "kernel", "results", "cases", "twisted", "traps", "engines"
    )
    .and_then(|()| out.flush())
}

/// Prints one kernel's line.
pub(super) fn print_row(out: &mut dyn Write, row: &Row, engines: usize) -> io::Result<()> {
    let Row {
        kernel,
        results,
        cases,
        twisted,
        traps,
        difference,
    } = row;
    let equal = match difference {
        None => "yes".to_owned(),
        Some(difference) => format!("NO: {difference}"),
    };
    writeln!(
        out,
        "{kernel:<16} {results:>10} {cases:>7} {twisted:>8} {traps:>6} {engines:>8}  {equal}"
    )
    .and_then(|()| out.flush())
}

pub(super) fn print_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "{:#}", json!(report))
}

//! The measurements as a table: kernels, then groups.

use std::io::{self, Write};

use serde::Serialize;

use crate::rounds::Measured;
use crate::stats::geomean;

/// The groups a reader asks for: a title and the kernels' groups in it.
const GROUPS: [(&str, &[&str]); 7] = [
    ("integer", &["int"]),
    ("float", &["float"]),
    ("memory", &["mem"]),
    ("calls", &["call"]),
    (
        "scalar (all of the above)",
        &["int", "float", "mem", "call"],
    ),
    ("SIMD", &["simd"]),
    ("all", &["int", "float", "mem", "call", "simd"]),
];

/// The geometric mean of a group's ratios.
#[derive(Debug, Serialize)]
pub(crate) struct GroupRatio {
    group: &'static str,
    kernels: usize,
    engine: String,
    /// The first engine's time over this one's.
    first_over_this: f64,
}

/// The geometric means of every group that has kernels, for every engine but
/// the first.
pub(crate) fn group_ratios(measured: &[Measured]) -> Vec<GroupRatio> {
    let mut ratios = Vec::new();
    let Some(first) = measured.first() else {
        return ratios;
    };
    for (title, groups) in GROUPS {
        let members: Vec<&Measured> = measured
            .iter()
            .filter(|m| groups.contains(&m.group.as_str()))
            .collect();
        for (index, times) in first.engines.iter().enumerate().skip(1) {
            let medians = members
                .iter()
                .map(|m| m.engines[index].first_over_this.median);
            if let Some(mean) = geomean(medians) {
                ratios.push(GroupRatio {
                    group: title,
                    kernels: members.len(),
                    engine: times.engine.clone(),
                    first_over_this: mean,
                });
            }
        }
    }
    ratios
}

/// Prints both tables.
pub(crate) fn print(out: &mut dyn Write, measured: &[Measured]) -> io::Result<()> {
    let Some(first) = measured.first() else {
        return Ok(());
    };
    write!(out, "{:<18} {:>9}", "kernel", "n")?;
    for times in &first.engines {
        write!(out, " {:>14}", format!("{} ms", times.engine))?;
    }
    let subject = first.engines.first().map_or("", |t| t.engine.as_str());
    for times in first.engines.iter().skip(1) {
        write!(
            out,
            " {:>28}",
            format!("{subject}/{} (quartiles)", times.engine)
        )?;
    }
    writeln!(out)?;
    for row in measured {
        print_row(out, row)?;
    }
    writeln!(out, "\ngeometric means of the ratios")?;
    for ratio in group_ratios(measured) {
        writeln!(
            out,
            "  {:<26} {:>2} kernels  {subject}/{:<10} {:>7.2}",
            ratio.group, ratio.kernels, ratio.engine, ratio.first_over_this
        )?;
    }
    Ok(())
}

/// Prints one kernel's line; also while the others still run.
pub(crate) fn print_row(out: &mut dyn Write, row: &Measured) -> io::Result<()> {
    write!(out, "{:<18} {:>9}", row.kernel, row.n)?;
    for times in &row.engines {
        let spread = format!("±{:.0}%", times.seconds.spread() * 50.0);
        write!(out, " {:>8.2} {spread:>5}", times.seconds.median * 1e3)?;
    }
    for times in row.engines.iter().skip(1) {
        let ratio = &times.first_over_this;
        let quartiles = format!("({:.2} to {:.2})", ratio.lower, ratio.upper);
        write!(out, " {:>11.2} {quartiles:>16}", ratio.median)?;
    }
    writeln!(out)
}

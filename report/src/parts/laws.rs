//! Every instruction by itself, against independent definitions.

use std::num::NonZeroUsize;

use ::laws::{GridOptions, Report, TruthOptions};

use super::{PartId, Work};
use crate::evidence::{Against, Check, Part, Print, Table};

/// Of the grid's cases, an emulated machine takes every n-th.
const SAMPLE: usize = 50;

/// Float operations that an emulated machine does.
const FEW: u64 = 1_000_000;

pub(super) fn run(work: &Work) -> Result<Part, String> {
    let mut part = Part::new(PartId::Laws);
    // Small runs are on every machine, so that all can be compared; large ones where there is time.
    let (steps, operations): (&[usize], &[u64]) = match work.plan.emulator {
        Some(_) => (&[SAMPLE], &[FEW]),
        None => work.plan.scale.pick(
            (&[SAMPLE][..], &[FEW][..]),
            (&[SAMPLE, 1], &[FEW, 10_000_000]),
            (&[SAMPLE, 1], &[FEW, 100_000_000]),
        ),
    };
    for &step in steps {
        let name = match step {
            1 => "every instruction at its corner values".to_owned(),
            _ => format!("every instruction, each {step}th of its corner values"),
        };
        work.meter.wait(&name);
        let report = laws::grid(&GridOptions {
            step: NonZeroUsize::new(step).ok_or("a step of 0")?,
            threads: threads(work),
            progress: None,
        });
        note(&mut part, &name, &report, "cases", report.cases);
    }
    for &ops in operations {
        let name = format!("float operations at random operands, {ops}");
        work.meter.wait(&name);
        let report = laws::truth(&TruthOptions {
            ops,
            threads: threads(work),
            ..TruthOptions::default()
        });
        note(&mut part, &name, &report, "operations", report.operations);
    }
    Ok(part.judged())
}

/// An emulator stumbles over threads.
fn threads(work: &Work) -> Option<NonZeroUsize> {
    work.plan.emulator.and(NonZeroUsize::new(1))
}

/// Adds a run to the part.
fn note(part: &mut Part, name: &str, report: &Report, unit: &str, cases: u64) {
    let mut check = Check::new(name, Against::Answers, unit);
    for mnemonic in &report.lawless {
        check.differs(|| format!("{mnemonic} has no law to be held to"));
    }
    for row in &report.rows {
        for difference in &row.first {
            check.differs(|| format!("{} {difference}", row.mnemonic));
        }
    }
    check.cases = cases;
    check.differing = report.differences + report.lawless.len() as u64;
    part.checks.push(check);
    part.prints.push(Print {
        of: name.to_owned(),
        cases,
        hash: report.blake3.clone(),
    });
    let witnesses = report.witnesses.join(", ");
    let fast = match report.fast_forms {
        true => "the fast forms are held to the meanings too",
        false => "the fast forms are not checked: this CPU lacks what they are written for",
    };
    part.notes = vec![format!(
        "Floats are computed independently by {witnesses}; {fast}."
    )];
    let columns = [
        "instruction",
        "cases",
        "float operations",
        "differences",
        "BLAKE3",
    ];
    let mut table = Table::new(format!("By instruction: {name}"), &columns);
    for row in &report.rows {
        table.rows.push(vec![
            row.mnemonic.to_owned(),
            row.cases.to_string(),
            row.operations.to_string(),
            row.differences.to_string(),
            row.blake3.clone(),
        ]);
    }
    part.tables.push(table);
}

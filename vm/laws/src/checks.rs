//! The three checks: which cases of which rows.

use crate::cases::{anything, cases};
use crate::check::{Row, Tally};
use crate::law::Law;
use crate::operands::Operands;
use crate::random::Random;
use crate::report::{Report, RowReport};
use crate::work::{self, Progress};
use std::num::NonZeroUsize;

/// How many cases a part of the work has: enough to be worth its start, few
/// enough to share evenly. Part of the hash's definition.
const PART: u64 = 8192;

/// Options of [`grid`].
#[derive(Clone, Copy)]
pub struct GridOptions<'a> {
    /// Takes only every so many-th case of each row.
    pub step: NonZeroUsize,
    /// How many threads work; all cores by default.
    pub threads: Option<NonZeroUsize>,
    /// Told how many rows are done.
    pub progress: Progress<'a>,
}

impl Default for GridOptions<'_> {
    fn default() -> Self {
        GridOptions {
            step: NonZeroUsize::MIN,
            threads: None,
            progress: None,
        }
    }
}

/// Checks every row at its corners and some 2000 random cases.
pub fn grid(options: &GridOptions<'_>) -> Report {
    let rows = Row::all();
    let check = |row: &Row| Tally::of(row, cases(row.op).into_iter().step_by(options.step.get()));
    let tallies = work::each(&rows, options.threads, options.progress, |_| 1, check);
    let reports = rows
        .iter()
        .zip(tallies)
        .map(|(row, tally)| RowReport::new(row, [tally]))
        .collect();
    Report::new("grid", lawless(&rows), reports)
}

/// Options of [`truth`].
#[derive(Clone, Copy)]
pub struct TruthOptions<'a> {
    /// How many float operations to check at least, counting every lane. They
    /// are shared evenly among the rows that compute with floats.
    pub ops: u64,
    /// Other seeds draw other operands.
    pub seed: u64,
    /// How many threads work; all cores by default. Changes nothing else.
    pub threads: Option<NonZeroUsize>,
    /// Told how many operations are done.
    pub progress: Progress<'a>,
}

impl Default for TruthOptions<'_> {
    /// A hundred million operations, seed 0.
    fn default() -> Self {
        TruthOptions {
            ops: 100_000_000,
            seed: 0,
            threads: None,
            progress: None,
        }
    }
}

/// Checks random float operations against every witness.
pub fn truth(options: &TruthOptions<'_>) -> Report {
    let mut rows = Row::all();
    let lawless = lawless(&rows);
    rows.retain(|row| row.operations() > 0);
    let share = options.ops.div_ceil(rows.len() as u64);
    let parts: Vec<Part<'_>> = rows
        .iter()
        .flat_map(|row| Part::all(row, share.div_ceil(row.operations())))
        .collect();
    let weight = |part: &Part<'_>| part.cases * part.row.operations();
    let check = |part: &Part<'_>| part.check(options.seed);
    let tallies = work::each(&parts, options.threads, options.progress, weight, check);
    let mut tallies = parts.iter().zip(tallies).peekable();
    let reports = rows
        .iter()
        .map(|row| {
            let own = std::iter::from_fn(|| tallies.next_if(|(part, _)| part.row.op == row.op));
            RowReport::new(row, own.map(|(_, tally)| tally))
        })
        .collect();
    Report::new("truth", lawless, reports)
}

/// The rows that no check can judge.
fn lawless(rows: &[Row]) -> Vec<&'static str> {
    let lawless = rows.iter().filter(|row| row.law.is_none());
    lawless.map(|row| row.op.mnemonic()).collect()
}

/// Some of the random cases of a row.
struct Part<'a> {
    row: &'a Row,
    number: u64,
    cases: u64,
}

impl<'a> Part<'a> {
    fn all(row: &'a Row, cases: u64) -> impl Iterator<Item = Part<'a>> {
        (0..cases.div_ceil(PART)).map(move |number| Part {
            row,
            number,
            cases: PART.min(cases - number * PART),
        })
    }

    fn check(&self, seed: u64) -> Tally {
        let floats = self.row.law.as_ref().and_then(Law::floats);
        let (shape, _) = floats.expect("a row that counts operations computes with floats");
        let operands = Operands::of(shape);
        let mut random = Random::of(seed, self.row.op.mnemonic(), self.number);
        Tally::of(
            self.row,
            (0..self.cases).map(|_| operands.draw(&mut random)),
        )
    }
}

/// Options of [`lanes`].
#[derive(Clone, Copy)]
pub struct LanesOptions {
    /// How many random cases each row gets beside the corners.
    pub noise: usize,
    /// How many threads work; all cores by default.
    pub threads: Option<NonZeroUsize>,
}

/// Holds fast forms to the meanings, and nothing to the laws, so that it has
/// time for many cases. Checks nothing on a CPU without the features.
pub fn lanes(options: &LanesOptions) -> Report {
    let mut rows = Row::all();
    rows.retain(|row| row.fast.is_some());
    for row in &mut rows {
        row.law = None;
    }
    let cases = anything(&mut Random::of(0, "lanes", 0), options.noise);
    let check = |row: &Row| Tally::of(row, cases.iter().copied());
    let tallies = work::each(&rows, options.threads, None, |_| 1, check);
    let reports = rows
        .iter()
        .zip(tallies)
        .map(|(row, tally)| RowReport::new(row, [tally]))
        .collect();
    Report::new("lanes", Vec::new(), reports)
}

#[cfg(test)]
mod tests {
    use super::*;
    use isa::Op;

    /// Bits that every machine must get: they change with the operands drawn
    /// and the definition of the hash, and never with the CPU or the compiler.
    #[test]
    fn hashes_are_the_same_everywhere() {
        let rows = Row::all();
        let hash = |op| {
            let row = rows.iter().find(|row| row.op == op).unwrap();
            let parts = Part::all(row, PART + 100).map(|part| part.check(7));
            let report = RowReport::new(row, parts);
            assert_eq!(report.cases, PART + 100);
            report.blake3
        };
        let hashes = [Op::F64Div, Op::F32x4RelaxedMadd, Op::I64TruncF64S].map(hash);
        assert_eq!(
            hashes,
            [
                "56d06dea7ae70dc94c2841866af835f0c586f0bec9ac355cabbde427bd4a643e",
                "8b5b0b0099557d082a9354af6da144dfad3bcf4be2149be97235ffa3aa89679e",
                "e04daf719732d02b4c1b5bb9ee2a4d527ce9882aa413c8526edfb3e7a099dbdf",
            ]
        );
    }

    #[test]
    fn a_row_without_a_law_does_not_hold() {
        let mut rows = Row::all();
        rows.truncate(1);
        assert!(Report::new("grid", lawless(&rows), Vec::new()).holds());
        rows[0].law = None;
        assert!(!Report::new("grid", lawless(&rows), Vec::new()).holds());
    }
}

//! What a check found.

use crate::case::{Case, Outcome};
use crate::check::{Row, Tally};
use crate::meaning::arguments;
use crate::witness;
use isa::{Class, Op};
use serde::Serialize;
use std::fmt;

/// What a check found. The same options give the same hashes on every CPU that
/// computes as the law says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Which check it was: `grid`, `truth` or `lanes`.
    pub check: &'static str,
    /// Who computed floats independently.
    pub witnesses: Vec<&'static str>,
    /// Whether fast forms were held to the meanings: they need CPU features.
    pub fast_forms: bool,
    /// How many cases there were.
    pub cases: u64,
    /// How many float operations that were, counting every lane.
    pub operations: u64,
    /// How often somebody gave other bits than the meaning.
    pub differences: u64,
    /// Rows that have a meaning and no law, by mnemonic.
    pub lawless: Vec<&'static str>,
    /// A BLAKE3 hash over every row's, in hexadecimal.
    pub blake3: String,
    /// Every row that was checked, in the order of the table.
    pub rows: Vec<RowReport>,
}

/// What a check found about one instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowReport {
    /// The instruction.
    pub mnemonic: &'static str,
    /// How many cases there were.
    pub cases: u64,
    /// How many float operations that were, counting every lane.
    pub operations: u64,
    /// How often somebody gave other bits than the meaning.
    pub differences: u64,
    /// The first of them.
    pub first: Vec<Difference>,
    /// A BLAKE3 hash over the mnemonic and every case's operands and result,
    /// in hexadecimal.
    pub blake3: String,
}

/// Somebody gave other bits than the meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The operands that the row takes, in hexadecimal.
    pub operands: Vec<String>,
    /// The bytes of the immediate, the first one first, in hexadecimal; a lane
    /// number is the first byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immediate: Option<String>,
    /// What the meaning gives: bits in hexadecimal, or a trap.
    pub meaning: String,
    /// Who gives something else: a witness, the law, or the fast form.
    pub against: &'static str,
    /// What that is.
    pub gives: String,
}

impl Difference {
    pub(crate) fn new(
        op: Op,
        case: &Case,
        meaning: &Outcome,
        against: &'static str,
        gives: &Outcome,
    ) -> Difference {
        let has_immediate = matches!(
            op.class(),
            Class::ExtractLane
                | Class::ReplaceLane
                | Class::Shuffle
                | Class::LoadLane
                | Class::StoreLane
        );
        let taken = arguments(op).len() - usize::from(has_immediate);
        let operands = case.operands.iter().take(taken);
        let immediate = || case.immediate.map(|byte| format!("{byte:02x}")).concat();
        Difference {
            operands: operands.map(|operand| format!("{operand:#x}")).collect(),
            immediate: has_immediate.then(immediate),
            meaning: text(meaning),
            against,
            gives: text(gives),
        }
    }
}

fn text(outcome: &Outcome) -> String {
    match outcome {
        Ok(bits) => format!("{bits:#x}"),
        Err(trap) => format!("trap: {trap}"),
    }
}

impl RowReport {
    /// Puts together the parts of a row's work, in their order.
    pub(crate) fn new(row: &Row, parts: impl IntoIterator<Item = Tally>) -> RowReport {
        let mnemonic = row.op.mnemonic();
        let mut hasher = blake3::Hasher::new();
        hasher.update(mnemonic.as_bytes());
        let mut report = RowReport {
            mnemonic,
            cases: 0,
            operations: 0,
            differences: 0,
            first: Vec::new(),
            blake3: String::new(),
        };
        for part in parts {
            hasher.update(part.blake3().as_bytes());
            report.cases += part.cases;
            report.differences += part.differences;
            if report.first.is_empty() {
                report.first = part.first;
            }
        }
        report.operations = report.cases * row.operations();
        report.blake3 = hasher.finalize().to_hex().to_string();
        report
    }
}

impl Report {
    pub(crate) fn new(
        check: &'static str,
        lawless: Vec<&'static str>,
        rows: Vec<RowReport>,
    ) -> Report {
        let mut hasher = blake3::Hasher::new();
        for row in &rows {
            hasher.update(row.mnemonic.as_bytes());
            hasher.update(row.blake3.as_bytes());
        }
        let total = |count: fn(&RowReport) -> u64| rows.iter().map(count).sum();
        Report {
            check,
            witnesses: witness::all()
                .iter()
                .map(|witness| witness.name())
                .collect(),
            fast_forms: simd::lanes::supported(),
            cases: total(|row| row.cases),
            operations: total(|row| row.operations),
            differences: total(|row| row.differences),
            lawless,
            blake3: hasher.finalize().to_hex().to_string(),
            rows,
        }
    }

    /// Whether everything is as it must be.
    pub fn holds(&self) -> bool {
        self.differences == 0 && self.lawless.is_empty()
    }
}

/// For people: totals, and the rows that are wrong.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows.len();
        let Report {
            check,
            cases,
            operations,
            ..
        } = self;
        writeln!(
            f,
            "{check}: {rows} rows, {cases} cases, {operations} float operations"
        )?;
        writeln!(f, "witnesses: {}", self.witnesses.join(", "))?;
        let fast_forms = if self.fast_forms {
            "held to the meanings too"
        } else {
            "not checked, this CPU lacks the features they are written for"
        };
        writeln!(f, "fast forms: {fast_forms}")?;
        writeln!(f, "blake3: {}", self.blake3)?;
        for mnemonic in &self.lawless {
            writeln!(f, "{mnemonic}: no law is known for this instruction")?;
        }
        for row in self.rows.iter().filter(|row| row.differences > 0) {
            writeln!(
                f,
                "{}: {} differences in {} cases",
                row.mnemonic, row.differences, row.cases
            )?;
            for difference in &row.first {
                writeln!(f, "  {difference}")?;
            }
        }
        match self.differences {
            0 => write!(f, "no differences"),
            1 => write!(f, "1 difference"),
            many => write!(f, "{many} differences"),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            operands,
            immediate,
            meaning,
            against,
            gives,
        } = self;
        let operands = operands.join(", ");
        write!(f, "of {operands}")?;
        if let Some(immediate) = immediate {
            write!(f, ", immediate {immediate}")?;
        }
        write!(f, ": the meaning is {meaning}, {against} gives {gives}")
    }
}

//! One row, case by case: its meaning against everyone else's opinion.

use crate::case::{Case, Outcome};
use crate::fast::{self, Fast};
use crate::law::Law;
use crate::meaning::{Meaning, meaning};
use crate::report::Difference;
use crate::witness;
use isa::Op;

/// How many differences of a row a report shows.
const SHOWN: usize = 5;

/// A row of the table, and what its results are held to.
pub(crate) struct Row {
    pub(crate) op: Op,
    pub(crate) meaning: Meaning,
    pub(crate) law: Option<Law>,
    pub(crate) fast: Option<Fast>,
}

impl Row {
    /// Every row that is a function of its operands, with its law and its fast
    /// form.
    pub(crate) fn all() -> Vec<Row> {
        let row = |&op: &Op| {
            Some(Row {
                op,
                meaning: meaning(op)?,
                law: Law::of(op.mnemonic()),
                fast: fast::form(op),
            })
        };
        Op::ALL.iter().filter_map(row).collect()
    }

    /// How many float operations a case of the row is.
    pub(crate) fn operations(&self) -> u64 {
        let floats = self.law.as_ref().and_then(Law::floats);
        floats.map_or(0, |(_, lanes)| lanes.into())
    }

    /// Who gives something else than `meaning`, and what.
    fn objections(&self, case: &Case, meaning: &Outcome) -> Vec<(&'static str, Outcome)> {
        let mut objections = Vec::new();
        let mut hear = |name, outcome: Outcome| {
            if outcome != *meaning {
                objections.push((name, outcome));
            }
        };
        if let Some(law) = &self.law {
            let witnesses = witness::all();
            if law.floats().is_some() {
                for witness in witnesses {
                    hear(witness.name(), law.outcome(case, *witness));
                }
            } else {
                hear("law", law.outcome(case, witnesses[0]));
            }
        }
        if let Some(fast) = self.fast {
            hear("fast form", Ok(fast(case)));
        }
        objections
    }
}

/// What came of some cases of a row.
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) differences: u64,
    pub(crate) first: Vec<Difference>,
    hasher: blake3::Hasher,
}

impl Tally {
    /// Checks every case.
    pub(crate) fn of(row: &Row, cases: impl IntoIterator<Item = Case>) -> Tally {
        let mut tally = Tally {
            cases: 0,
            differences: 0,
            first: Vec::new(),
            hasher: blake3::Hasher::new(),
        };
        for case in cases {
            tally.check(row, &case);
        }
        tally
    }

    fn check(&mut self, row: &Row, case: &Case) {
        let meaning = (row.meaning)(case);
        self.cases += 1;
        self.hash(case, &meaning);
        for (name, outcome) in row.objections(case, &meaning) {
            self.differences += 1;
            if self.first.len() < SHOWN {
                self.first
                    .push(Difference::new(row.op, case, &meaning, name, &outcome));
            }
        }
    }

    /// The operands, the immediate, whether there is a result, and the result
    /// or the trap's number: 81 bytes, numbers little-endian.
    fn hash(&mut self, case: &Case, meaning: &Outcome) {
        let mut record = [0; 81];
        for (at, operand) in case.operands.iter().enumerate() {
            record[16 * at..][..16].copy_from_slice(&operand.to_le_bytes());
        }
        record[48..64].copy_from_slice(&case.immediate);
        let (trapped, result) = match meaning {
            Ok(result) => (0, *result),
            Err(trap) => (1, *trap as u128),
        };
        record[64] = trapped;
        record[65..].copy_from_slice(&result.to_le_bytes());
        self.hasher.update(&record);
    }

    /// The hash of every case so far, in order.
    pub(crate) fn blake3(&self) -> blake3::Hash {
        self.hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RowReport;

    fn row(op: Op) -> Row {
        Row::all().into_iter().find(|row| row.op == op).unwrap()
    }

    const ONE_AND_TWO: [u128; 3] = [0x3f80_0000, 0x4000_0000, 0];

    #[test]
    fn a_flipped_bit_is_reported() {
        let mut row = row(Op::F32Add);
        let right = Tally::of(&row, [Case::new(ONE_AND_TWO)]);
        assert_eq!(right.differences, 0);
        row.meaning = |case| Ok(meaning(Op::F32Add).unwrap()(case)? ^ 1);
        let wrong = Tally::of(&row, [Case::new(ONE_AND_TWO)]);
        let opinions = witness::all().len() + usize::from(row.fast.is_some());
        assert_eq!(wrong.differences, opinions as u64);
        assert_ne!(wrong.blake3(), right.blake3());
        let difference = &wrong.first[0];
        assert_eq!(difference.operands, ["0x3f800000", "0x40000000"]);
        assert_eq!(difference.immediate, None);
        assert_eq!(difference.meaning, "0x40400001");
        assert_eq!(difference.against, "apfloat");
        assert_eq!(difference.gives, "0x40400000");
        let report = RowReport::new(&row, [right, wrong]);
        assert_eq!((report.cases, report.operations), (2, 2));
        assert_eq!(report.differences, opinions as u64);
        assert_eq!(
            report.first[0].to_string(),
            "of 0x3f800000, 0x40000000: the meaning is 0x40400001, apfloat gives 0x40400000"
        );
    }

    #[test]
    fn a_wrong_fast_form_is_reported() {
        let mut row = row(Op::I8x16Add);
        row.fast = Some(|_| 0);
        let wrong = Tally::of(&row, [Case::new([1, 1, 0])]);
        assert_eq!(wrong.differences, 1);
        assert_eq!(wrong.first[0].against, "fast form");
    }

    #[test]
    fn a_lane_number_is_shown() {
        let mut row = row(Op::I8x16ExtractLaneU);
        row.meaning = |_| Ok(9);
        let case = Case {
            operands: [0x0700, 0, 0],
            immediate: [1; 16],
        };
        let wrong = Tally::of(&row, [case]);
        let difference = &wrong.first[0];
        assert_eq!(difference.operands, ["0x700"]);
        assert_eq!(difference.immediate.as_deref(), Some(&*"01".repeat(16)));
        assert_eq!(difference.gives, "0x7");
    }

    #[test]
    fn a_trap_is_not_a_result() {
        let mut row = row(Op::I32DivU);
        row.meaning = |_| Ok(0);
        let wrong = Tally::of(&row, [Case::new([1, 0, 0])]);
        assert_eq!(wrong.first[0].gives, "trap: integer divide by zero");
    }

    #[test]
    fn few_of_many_differences_are_kept() {
        let mut row = row(Op::I32Add);
        row.meaning = |_| Ok(7);
        let wrong = Tally::of(&row, vec![Case::default(); 100]);
        assert!(wrong.differences >= 100);
        assert_eq!(wrong.first.len(), SHOWN);
    }
}

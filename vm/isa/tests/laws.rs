//! The law tests: every row of the table against an independent definition,
//! at the values where instructions go wrong and at random ones.
//!
//! The definitions and the cases are in `lockstep-laws`. Run them in release
//! mode too: what an optimiser does to a NaN shows there.
//! `LOCKSTEP_LAW_STEP=n` takes only every n-th case, for CPUs under emulation.

use laws::{Case, Outcome, cases};
use lockstep_isa::{Class, Op, for_each_op};
use std::num::NonZeroUsize;

fn step() -> NonZeroUsize {
    std::env::var("LOCKSTEP_LAW_STEP").map_or(NonZeroUsize::MIN, |step| {
        step.parse()
            .expect("LOCKSTEP_LAW_STEP is a whole number above 0")
    })
}

fn some_cases(op: Op) -> impl Iterator<Item = Case> {
    cases(op).into_iter().step_by(step().get())
}

fn run(op: Op, case: &Case) -> Outcome {
    let meaning = laws::meaning(op).unwrap_or_else(|| panic!("{op} has no meaning"));
    meaning(case)
}

#[test]
fn every_meaning_keeps_its_law() {
    let report = laws::grid(&laws::GridOptions {
        step: step(),
        // Emulators of user programs are not at ease with threads.
        threads: Some(NonZeroUsize::MIN),
        progress: None,
    });
    assert!(report.holds(), "{report}");
    let rows = Op::ALL
        .iter()
        .filter(|op| !matches!(op.class(), Class::Control | Class::Machine));
    assert_eq!(report.rows.len(), rows.count());
    assert!(report.rows.iter().all(|row| row.cases > 0), "{report:?}");
}

#[test]
fn operands_that_commute_can_be_exchanged() {
    for &op in Op::ALL.iter().filter(|op| op.class() == Class::Commute) {
        for case in some_cases(op) {
            let [a, b, _] = case.operands;
            let exchanged = Case {
                operands: [b, a, 0],
                ..case
            };
            assert_eq!(run(op, &case), run(op, &exchanged), "{op} of {case:x?}");
        }
    }
}

#[test]
fn comparisons_have_the_partners_they_name() {
    for &op in Op::ALL.iter().filter(|op| op.class() == Class::Compare) {
        let swapped = op
            .swapped()
            .unwrap_or_else(|| panic!("{op} names no swapped row"));
        assert_eq!(swapped.swapped(), Some(op), "swapping {op} twice");
        let is_int = op.mnemonic().starts_with('i');
        assert!(
            !is_int || op.negated().is_some(),
            "{op} names no negated row"
        );
        for case in some_cases(op) {
            let answer = run(op, &case).unwrap();
            assert!(answer <= 1, "{op} gives {answer}");
            let [a, b, _] = case.operands;
            let exchanged = Case {
                operands: [b, a, 0],
                ..case
            };
            assert_eq!(
                run(swapped, &exchanged),
                Ok(answer),
                "{op} swapped, {case:x?}"
            );
            if let Some(negated) = op.negated() {
                assert_eq!(
                    run(negated, &case),
                    Ok(1 - answer),
                    "{op} negated, {case:x?}"
                );
            }
        }
    }
}

/// The table's classes give types; this holds them to the traits' promises.
#[test]
fn the_traits_agree_with_the_table() {
    use lockstep_isa::*;
    fn instruction<O: Instruction>(op: Op) {
        assert_eq!(O::OP, op);
    }
    fn compare<O: Compare>() {
        assert_eq!(O::OP.swapped(), Some(<O::Swapped as Instruction>::OP));
        assert_eq!(O::OP.negated(), O::NEGATED);
    }
    fn unfused<O: Unfused>() {
        assert_eq!(O::OP.fused(), Some(<O::Fused as Instruction>::OP));
        assert_eq!(<O::Fused as Instruction>::OP.unfused(), Some(O::OP));
    }
    fn commute<O: Commute>() {}
    macro_rules! check {
        (compare $Name:ident) => {
            compare::<op::$Name>()
        };
        (ternary_unfused $Name:ident) => {
            unfused::<op::$Name>()
        };
        (commute $Name:ident) => {
            commute::<op::$Name>()
        };
        ($class:ident $Name:ident) => {};
    }
    macro_rules! all {
        ($($class:ident { $(
            $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
            fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
        )* })*) => { $($( instruction::<op::$Name>(Op::$Name); check!($class $Name); )*)* };
    }
    for_each_op!(all);
}

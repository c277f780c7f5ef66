//! The law tests: every row of the table against an independent definition,
//! at the values where instructions go wrong and at random ones.
//!
//! Run them in release mode too: what an optimiser does to a NaN shows there.
//! `LOCKSTEP_LAW_STEP=n` takes only every n-th case, for CPUs under emulation.

mod corners;
mod float;
mod int;
mod law;
mod run;

use corners::Random;
use lockstep_isa::{Class, Op, for_each_op};
use run::{Case, arguments, run};

/// The cases of one row, by the types of its arguments. Immediates run through
/// every lane, and past the last one.
fn cases(op: Op) -> Vec<Case> {
    let mut random = Random(op as u64);
    let mut cases = match *arguments(op) {
        [] => Vec::new(),
        ["V128"] => vector_cases(1, &mut random),
        ["V128", "V128"] | ["V128", "V128", "[u8; 16]"] => vector_cases(2, &mut random),
        ["V128", "V128", "V128"] => vector_cases(3, &mut random),
        ["V128", "u8"] => with_lanes(vector_cases(1, &mut random)),
        ["V128", scalar] => vectors_with(scalar, &mut random),
        ["V128", scalar, "u8"] => with_lanes(vectors_with(scalar, &mut random)),
        [bytes, "V128", "u8"] if bytes.starts_with('[') => with_lanes(vector_cases(2, &mut random))
            .into_iter()
            .map(|c| trim(bytes, c))
            .collect(),
        [bytes] if bytes.starts_with('[') => vector_cases(1, &mut random)
            .into_iter()
            .map(|c| trim(bytes, c))
            .collect(),
        [a] => scalar_cases(a, None, &mut random),
        [a, b] => scalar_cases(a, Some(b), &mut random),
        ref other => panic!("{op}: no cases for arguments {other:?}"),
    };
    let step = std::env::var("LOCKSTEP_LAW_STEP").map_or(1, |step| {
        step.parse()
            .expect("LOCKSTEP_LAW_STEP is a whole number above 0")
    });
    cases = cases.into_iter().step_by(step).collect();
    if op.class() == Class::Shuffle {
        for case in &mut cases {
            case.immediate = random.next128().to_le_bytes();
        }
    }
    cases
}

fn case(operands: [u128; 3]) -> Case {
    Case {
        operands,
        immediate: [0; 16],
    }
}

/// Cuts the first operand down to the bytes of the access.
fn trim(bytes: &str, mut case: Case) -> Case {
    let length: u32 = bytes
        .trim_matches(['[', ']'])
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    case.operands[0] &= u128::MAX >> (128 - 8 * length);
    case
}

fn scalar_cases(a: &str, b: Option<&str>, random: &mut Random) -> Vec<Case> {
    let first = corners::scalars(a);
    let second = b.map_or(vec![0], corners::scalars);
    let mut cases: Vec<Case> = first
        .iter()
        .flat_map(|&a| second.iter().map(move |&b| case([a, b, 0])))
        .collect();
    let bits: u32 = a[1..].parse().unwrap();
    for _ in 0..2000 {
        let [x, y] = [(); 2].map(|()| random.next128() >> (128 - bits));
        // Half of the cases near one another, where comparisons change.
        let near = x.wrapping_add(y % 3).wrapping_sub(1) & (u128::MAX >> (128 - bits));
        cases.push(case([x, y, 0]));
        cases.push(case([x, near, 0]));
    }
    cases
}

/// Every pair of corners of a shape in some lane, then triples and noise.
fn vector_cases(operands: usize, random: &mut Random) -> Vec<Case> {
    let mut cases = Vec::new();
    for (bits, values) in corners::shapes() {
        let first = corners::vectors(&values, bits, 0);
        let shifts = if operands == 1 { 1 } else { values.len() };
        for shift in 0..shifts {
            let second = corners::vectors(&values, bits, shift);
            // For three operands, a different partner on every round.
            let third = corners::vectors(&values, bits, (7 * shift + 3) % values.len());
            cases.extend((0..first.len()).map(|i| case([first[i], second[i], third[i]])));
        }
        let lanes = 128 / bits;
        for _ in 0..500 {
            let operands = [(); 3]
                .map(|()| (0..lanes).fold(0, |vector, _| vector << bits | random.pick(&values)));
            cases.push(case(operands));
        }
    }
    cases.extend((0..1000).map(|_| case([(); 3].map(|()| random.next128()))));
    cases
}

fn vectors_with(scalar: &str, random: &mut Random) -> Vec<Case> {
    let scalars = corners::scalars(scalar);
    vector_cases(1, random)
        .into_iter()
        .flat_map(
            |Case {
                 operands: [a, ..], ..
             }| {
                let start = (a % 5) as usize;
                let scalars: Vec<u128> = scalars.iter().skip(start).step_by(5).copied().collect();
                scalars.into_iter().map(move |b| case([a, b, 0]))
            },
        )
        .collect()
}

fn with_lanes(cases: Vec<Case>) -> Vec<Case> {
    let with = |lane: u8| {
        cases.iter().map(move |&case| Case {
            immediate: [lane; 16],
            ..case
        })
    };
    (0..16).chain([16, 255]).flat_map(with).collect()
}

#[test]
fn every_meaning_keeps_its_law() {
    for &op in Op::ALL {
        if op.class() == Class::Control {
            continue;
        }
        for case in cases(op) {
            let law = law::law(op.mnemonic(), &case)
                .unwrap_or_else(|| panic!("{op}: the law tests do not know this instruction"));
            let meaning = run(op, &case).unwrap();
            assert_eq!(meaning, law, "{op} of {:x?}, left is the meaning", case);
        }
    }
}

#[test]
fn operands_that_commute_can_be_exchanged() {
    for &op in Op::ALL.iter().filter(|op| op.class() == Class::Commute) {
        for case in cases(op) {
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
        for case in cases(op) {
            let answer = run(op, &case).unwrap().unwrap();
            assert!(answer <= 1, "{op} gives {answer}");
            let [a, b, _] = case.operands;
            let exchanged = Case {
                operands: [b, a, 0],
                ..case
            };
            assert_eq!(
                run(swapped, &exchanged),
                Some(Ok(answer)),
                "{op} swapped, {case:x?}"
            );
            if let Some(negated) = op.negated() {
                assert_eq!(
                    run(negated, &case),
                    Some(Ok(1 - answer)),
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

//! The cases that rows are run at: corners, mixes of corners, and noise.

use crate::case::Case;
use crate::corners;
use crate::meaning::arguments;
use crate::random::Random;
use isa::{Class, Op};

/// The cases of one row, by the types of its arguments: every pair of corners,
/// then some 2000 at random. Immediates run through every lane, and past the
/// last one. Rows that are not a function of their operands have none.
pub fn cases(op: Op) -> Vec<Case> {
    let mut random = Random::of(0, op.mnemonic(), 0);
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
    if op.class() == Class::Shuffle {
        for case in &mut cases {
            case.immediate = random.next128().to_le_bytes();
        }
    }
    cases
}

/// Cuts the first operand down to the bytes of the access.
fn trim(bytes: &str, mut case: Case) -> Case {
    let length: u32 = bytes
        .trim_matches(['[', ']'])
        .rsplit(' ')
        .next()
        .and_then(|length| length.parse().ok())
        .expect("an array's type ends with its length");
    case.operands[0] &= u128::MAX >> (128 - 8 * length);
    case
}

fn scalar_cases(a: &str, b: Option<&str>, random: &mut Random) -> Vec<Case> {
    let first = corners::scalars(a);
    let second = b.map_or(vec![0], corners::scalars);
    let mut cases: Vec<Case> = first
        .iter()
        .flat_map(|&a| second.iter().map(move |&b| Case::new([a, b, 0])))
        .collect();
    let bits: u32 = a[1..].parse().expect("a scalar's type ends with its width");
    for _ in 0..2000 {
        let [x, y] = [(); 2].map(|()| random.next128() >> (128 - bits));
        // Half of the cases near one another, where comparisons change.
        let near = x.wrapping_add(y % 3).wrapping_sub(1) & (u128::MAX >> (128 - bits));
        cases.push(Case::new([x, y, 0]));
        cases.push(Case::new([x, near, 0]));
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
            cases.extend((0..first.len()).map(|i| Case::new([first[i], second[i], third[i]])));
        }
        let lanes = 128 / bits;
        for _ in 0..500 {
            let operands = [(); 3]
                .map(|()| (0..lanes).fold(0, |vector, _| vector << bits | random.pick(&values)));
            cases.push(Case::new(operands));
        }
    }
    cases.extend((0..1000).map(|_| Case::new([(); 3].map(|()| random.next128()))));
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
                scalars.into_iter().map(move |b| Case::new([a, b, 0]))
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

/// Cases for any row, of which it takes what it has arguments for: every pair
/// of corners of every shape in some lane, mixes of corners, and noise. The
/// third operand also serves as the immediate, so any byte is a lane number.
pub(crate) fn anything(random: &mut Random, noise: usize) -> Vec<Case> {
    let mut operands: Vec<[u128; 3]> = Vec::new();
    let shapes = corners::shapes();
    for (bits, values) in &shapes {
        let first = corners::vectors(values, *bits, 0);
        for shift in 0..values.len() {
            let second = corners::vectors(values, *bits, shift);
            let third = corners::vectors(values, *bits, (7 * shift + 3) % values.len());
            operands.extend((0..first.len()).map(|i| [first[i], second[i], third[i]]));
        }
    }
    for _ in 0..noise / 2 {
        operands.push([(); 3].map(|()| random.next128()));
        let (bits, values) = &shapes[random.below(shapes.len() as u64) as usize];
        let mut mix = || (0..128 / bits).fold(0, |vector, _| vector << bits | random.pick(values));
        operands.push([mix(), mix(), mix()]);
    }
    // Scalar operands come from the low bits, where chunks of corners repeat.
    for ty in ["i32", "i64", "f32", "f64"] {
        let values = corners::scalars(ty);
        operands.extend(
            values
                .iter()
                .map(|&a| [a, random.pick(&values), random.next128()]),
        );
    }
    let with_immediate = |operands: [u128; 3]| Case {
        operands,
        immediate: operands[2].to_le_bytes(),
    };
    operands.into_iter().map(with_immediate).collect()
}

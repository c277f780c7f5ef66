//! Every fast form gives the bits of its meaning.
//!
//! The meaning is compiled for the target's baseline and the fast form for the
//! CPU features it is written for, so this also compares what the compiler
//! makes of the same expression on two kinds of CPU. Run it in release mode
//! too: only there does the optimiser rewrite the expressions.

#![allow(unsafe_code, reason = "calling the fast forms is unsafe")]

#[path = "../../vm/isa/tests/laws/corners.rs"]
mod corners;

use corners::Random;
use lockstep_isa::{Bytes, Instruction, V128, Value, for_each_op, op};
use lockstep_simd::lanes::*;

/// Random cases for each row, beside the corners. Fewer in unoptimised code,
/// and where no row has a version of its own.
const RANDOM: usize = match (cfg!(target_arch = "x86_64"), cfg!(debug_assertions)) {
    (true, false) => 100_000,
    (true, true) => 10_000,
    (false, _) => 1_000,
};

/// Bits to draw operands from. The third also serves as the immediate: any
/// byte is a lane number.
type Case = [u128; 3];

/// Every pair of corners of every shape in some lane, mixes of corners, and
/// noise.
fn cases() -> Vec<Case> {
    let mut random = Random(1);
    let mut cases = Vec::new();
    let shapes = corners::shapes();
    for (bits, values) in &shapes {
        let first = corners::vectors(values, *bits, 0);
        for shift in 0..values.len() {
            let second = corners::vectors(values, *bits, shift);
            let third = corners::vectors(values, *bits, (7 * shift + 3) % values.len());
            cases.extend((0..first.len()).map(|i| [first[i], second[i], third[i]]));
        }
    }
    for _ in 0..RANDOM / 2 {
        cases.push([(); 3].map(|()| random.next128()));
        let (bits, values) = &shapes[(random.next() % shapes.len() as u64) as usize];
        cases.push(
            [(); 3].map(|()| {
                (0..128 / bits).fold(0, |vector, _| vector << bits | random.pick(values))
            }),
        );
    }
    // Scalar operands come from the low bits, where chunks of corners repeat.
    for ty in ["i32", "i64", "f32", "f64"] {
        let values = corners::scalars(ty);
        cases.extend(
            values
                .iter()
                .map(|&a| [a, random.pick(&values), random.next128()]),
        );
    }
    cases
}

fn value<T: Value>(bits: u128) -> T {
    T::from_bits(bits)
}

fn raw<T: Machine>(bits: u128) -> T::Raw {
    T::from_bits(bits).into_raw()
}

fn bits<T: Machine>(raw: T::Raw) -> u128 {
    Value::to_bits(T::from_raw(raw))
}

fn bytes<B: Bytes>(bits: u128) -> B {
    let mut bytes = B::default();
    bytes
        .as_mut()
        .copy_from_slice(&bits.to_le_bytes()[..B::LEN]);
    bytes
}

fn bits_of<B: Bytes>(bytes: B) -> u128 {
    bytes
        .as_ref()
        .iter()
        .rev()
        .fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

fn compare<O: Instruction>(
    cases: &[Case],
    fast: impl Fn(Case) -> u128,
    meaning: impl Fn(Case) -> u128,
) {
    for &case in cases {
        let (fast, meaning) = (fast(case), meaning(case));
        assert!(
            fast == meaning,
            "{} of {case:x?}: the fast form gives {fast:x}, the meaning is {meaning:x}",
            O::OP
        );
    }
}

/// One function per class: the fast form in a closure that is compiled with
/// the features, the meaning in one that is not.
macro_rules! checks {
    ($($name:ident: $Fast:ident($($bound:ident),*) |$case:ident| $fast:expr, $meaning:expr;)*) => {$(
        fn $name<O: $Fast<$($bound: Machine),*>>(cases: &[Case]) {
            #[cfg_attr(
                target_arch = "x86_64",
                target_feature(enable = "avx2,bmi1,bmi2,fma,lzcnt,popcnt")
            )]
            fn fast<O: $Fast<$($bound: Machine),*>>($case: Case) -> u128 {
                // SAFETY: the test asks `supported` first.
                unsafe { $fast }
            }
            #[cfg_attr(
                not(target_arch = "x86_64"),
                allow(unused_unsafe, reason = "only the features make the call unsafe")
            )]
            // SAFETY: the test asks `supported` first.
            let fast = |case| unsafe { fast::<O>(case) };
            compare::<O>(cases, fast, |$case| $meaning);
        }
    )*};
}

checks! {
    unary: FastUnary(A, R) |c|
        bits::<O::R>(O::fast(raw::<O::A>(c[0]))),
        Value::to_bits(O::eval(value(c[0])));
    binary: FastBinary(A, B, R) |c|
        bits::<O::R>(O::fast(raw::<O::A>(c[0]), raw::<O::B>(c[1]))),
        Value::to_bits(O::eval(value(c[0]), value(c[1])));
    ternary: FastTernary() |c|
        bits::<V128>(O::fast(raw::<V128>(c[0]), raw::<V128>(c[1]), raw::<V128>(c[2]))),
        Value::to_bits(O::eval(value(c[0]), value(c[1]), value(c[2])));
    extract_lane: FastExtractLane(R) |c|
        bits::<O::R>(O::fast(raw::<V128>(c[0]), c[2] as u8)),
        Value::to_bits(O::eval(value(c[0]), c[2] as u8));
    replace_lane: FastReplaceLane(B) |c|
        bits::<V128>(O::fast(raw::<V128>(c[0]), raw::<O::B>(c[1]), c[2] as u8)),
        Value::to_bits(O::eval(value(c[0]), value(c[1]), c[2] as u8));
    shuffle: FastShuffle() |c|
        bits::<V128>(O::fast(raw::<V128>(c[0]), raw::<V128>(c[1]), c[2].to_le_bytes())),
        Value::to_bits(O::eval(value(c[0]), value(c[1]), c[2].to_le_bytes()));
    load: FastLoad(R) |c|
        bits::<O::R>(O::fast(bytes(c[0]))),
        Value::to_bits(O::eval(bytes(c[0])));
    store: FastStore(A) |c|
        bits_of(O::fast(raw::<O::A>(c[0]))),
        bits_of(O::eval(value(c[0])));
    load_lane: FastLoadLane() |c|
        bits::<V128>(O::fast(bytes(c[0]), raw::<V128>(c[1]), c[2] as u8)),
        Value::to_bits(O::eval(bytes(c[0]), value(c[1]), c[2] as u8));
    store_lane: FastStoreLane() |c|
        bits_of(O::fast(raw::<V128>(c[0]), c[2] as u8)),
        bits_of(O::eval(value(c[0]), c[2] as u8));
}

#[test]
fn every_fast_form_gives_the_bits_of_its_meaning() {
    if !supported() {
        eprintln!("skipped: this CPU lacks the features the fast forms are written for");
        return;
    }
    let cases = cases();
    macro_rules! run {
        (try_unary $Name:ident) => {};
        (try_binary $Name:ident) => {};
        (control $Name:ident) => {};
        (machine $Name:ident) => {};
        (commute $Name:ident) => {
            binary::<op::$Name>(&cases)
        };
        (compare $Name:ident) => {
            binary::<op::$Name>(&cases)
        };
        (ternary_unfused $Name:ident) => {
            ternary::<op::$Name>(&cases)
        };
        ($class:ident $Name:ident) => {
            $class::<op::$Name>(&cases)
        };
    }
    macro_rules! all {
        ($($class:ident { $(
            $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
            fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
        )* })*) => { $($( run!($class $Name); )*)* };
    }
    for_each_op!(all);
}

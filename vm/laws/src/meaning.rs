//! The meaning of any row of the table, on raw bits.

use crate::case::{Case, Outcome, bits_of, bytes, value};
use isa::*;

/// A row's meaning as a function of raw bits.
pub type Meaning = fn(&Case) -> Outcome;

/// Chooses the meaning of one row, by class.
macro_rules! eval {
    (unary $Name:ident) => {
        Some(|c| Ok(Value::to_bits(<op::$Name as Unary>::eval(value(c.operands[0])))))
    };
    (try_unary $Name:ident) => {
        Some(|c| <op::$Name as TryUnary>::eval(value(c.operands[0])).map(Value::to_bits))
    };
    (binary $Name:ident) => {
        Some(|c| {
            let [a, b, _] = c.operands;
            Ok(Value::to_bits(<op::$Name as Binary>::eval(value(a), value(b))))
        })
    };
    (commute $Name:ident) => { eval!(binary $Name) };
    (compare $Name:ident) => { eval!(binary $Name) };
    (try_binary $Name:ident) => {
        Some(|c| {
            let [a, b, _] = c.operands;
            <op::$Name as TryBinary>::eval(value(a), value(b)).map(Value::to_bits)
        })
    };
    (ternary $Name:ident) => {
        Some(|c| {
            let [a, b, c] = c.operands.map(value);
            Ok(Value::to_bits(<op::$Name as Ternary>::eval(a, b, c)))
        })
    };
    (ternary_unfused $Name:ident) => { eval!(ternary $Name) };
    (extract_lane $Name:ident) => {
        Some(|c| {
            let lane = c.immediate[0];
            Ok(Value::to_bits(<op::$Name as ExtractLane>::eval(value(c.operands[0]), lane)))
        })
    };
    (replace_lane $Name:ident) => {
        Some(|c| {
            let [a, b, _] = c.operands;
            Ok(Value::to_bits(<op::$Name as ReplaceLane>::eval(value(a), value(b), c.immediate[0])))
        })
    };
    (shuffle $Name:ident) => {
        Some(|c| {
            let [a, b, _] = c.operands;
            Ok(Value::to_bits(<op::$Name as Shuffle>::eval(value(a), value(b), c.immediate)))
        })
    };
    (load $Name:ident) => {
        Some(|c| Ok(Value::to_bits(<op::$Name as Load>::eval(bytes(c.operands[0])))))
    };
    (store $Name:ident) => {
        Some(|c| Ok(bits_of(<op::$Name as Store>::eval(value(c.operands[0])))))
    };
    (load_lane $Name:ident) => {
        Some(|c| {
            let [a, b, _] = c.operands;
            Ok(Value::to_bits(<op::$Name as LoadLane>::eval(bytes(a), value(b), c.immediate[0])))
        })
    };
    (store_lane $Name:ident) => {
        Some(|c| {
            let lane = c.immediate[0];
            Ok(bits_of(<op::$Name as StoreLane>::eval(value(c.operands[0]), lane)))
        })
    };
    (control $Name:ident) => { None };
    (machine $Name:ident) => { None };
}

macro_rules! define {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The meaning of a row, or `None` for a row that is not a function of
        /// its operands.
        pub fn meaning(op: Op) -> Option<Meaning> {
            match op { $($(Op::$Name => eval!($class $Name),)*)* }
        }

        /// The types of the row's arguments, as written in the table.
        pub fn arguments(op: Op) -> &'static [&'static str] {
            match op { $($(Op::$Name => &[$(stringify!($arg)),*],)*)* }
        }
    };
}

for_each_op!(define);

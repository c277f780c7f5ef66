//! Constant folding, by the same functions the machine runs.

use isa::{Binary, Op, TryBinary, TryUnary, Unary, Value, op};

fn pack<T: Value>(value: T) -> Option<u64> {
    Some(value.to_bits() as u64)
}

fn take<T: Value>(bits: u64) -> T {
    T::from_bits(u128::from(bits))
}

/// One arm for each scalar row of a class; vectors are never known.
macro_rules! arm {
    (unary $Name:ident (V128) -> $r:tt; $a:ident) => { None };
    (unary $Name:ident ($t:ty) -> (V128); $a:ident) => { None };
    (unary $Name:ident ($t:ty) -> $r:tt; $a:ident) => {
        pack(<op::$Name as Unary>::eval(take($a)))
    };
    (try_unary $Name:ident ($t:ty) -> $r:tt; $a:ident) => {
        <op::$Name as TryUnary>::eval(take($a)).ok().and_then(pack)
    };
    (binary $Name:ident (V128, $t:ty) -> $r:tt; $a:ident $b:ident) => { None };
    (binary $Name:ident ($s:ty, $t:ty) -> $r:tt; $a:ident $b:ident) => {
        pack(<op::$Name as Binary>::eval(take($a), take($b)))
    };
    (commute $($row:tt)*) => { arm!(binary $($row)*) };
    (compare $($row:tt)*) => { arm!(binary $($row)*) };
    (try_binary $Name:ident ($s:ty, $t:ty) -> $r:tt; $a:ident $b:ident) => {
        <op::$Name as TryBinary>::eval(take($a), take($b)).ok().and_then(pack)
    };
    ($class:ident $Name:ident $args:tt -> $r:tt; $($operand:ident)*) => { None };
}

macro_rules! folders {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal $args:tt -> $results:tt
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The result of a scalar operation on a constant, if it has one and
        /// does not trap.
        pub(crate) fn unary(op: Op, a: u64) -> Option<u64> {
            match op {
                $($(Op::$Name => arm_of_one!($class $Name $args -> $results; a),)*)*
            }
        }

        /// The result of a scalar operation on two constants, if it has one
        /// and does not trap.
        pub(crate) fn binary(op: Op, a: u64, b: u64) -> Option<u64> {
            match op {
                $($(Op::$Name => arm_of_two!($class $Name $args -> $results; a b),)*)*
            }
        }
    };
}

macro_rules! arm_of_one {
    (unary $($row:tt)*) => { arm!(unary $($row)*) };
    (try_unary $($row:tt)*) => { arm!(try_unary $($row)*) };
    ($($row:tt)*) => { None };
}

macro_rules! arm_of_two {
    (unary $($row:tt)*) => { None };
    (try_unary $($row:tt)*) => { None };
    ($($row:tt)*) => { arm!($($row)*) };
}

isa::for_each_op!(folders);

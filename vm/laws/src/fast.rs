//! The fast form of any row of the table, on raw bits: the one place of this
//! crate where code is called that the compiler cannot check.
//!
//! A meaning is compiled for the target's baseline and a fast form for the CPU
//! features it is written for, so comparing the two also compares what the
//! compiler makes of the same expression on two kinds of CPU.

#![allow(unsafe_code, reason = "calling the fast forms is unsafe")]

use crate::case::{Case, bits_of, bytes};
use isa::{Op, V128, Value, for_each_op, op};
use simd::lanes::*;

/// A row's fast form as a function of raw bits.
pub(crate) type Fast = fn(&Case) -> u128;

#[inline(always)]
fn raw<T: Machine>(bits: u128) -> T::Raw {
    T::from_bits(bits).into_raw()
}

#[inline(always)]
fn bits<T: Machine>(raw: T::Raw) -> u128 {
    Value::to_bits(T::from_raw(raw))
}

/// One function per class, around the fast form compiled with the features.
macro_rules! forms {
    ($($name:ident: $Fast:ident($($bound:ident),*) |$a:ident, $b:ident, $c:ident, $lanes:ident| $fast:expr;)*) => {$(
        fn $name<O: $Fast<$($bound: Machine),*>>(case: &Case) -> u128 {
            #[cfg_attr(
                target_arch = "x86_64",
                target_feature(enable = "avx2,bmi1,bmi2,fma,lzcnt,popcnt")
            )]
            fn compiled<O: $Fast<$($bound: Machine),*>>(case: &Case) -> u128 {
                let Case { operands: [$a, $b, $c], immediate: $lanes } = *case;
                let _ = ($a, $b, $c, $lanes);
                // SAFETY: `form` hands this out only where the CPU is supported.
                unsafe { $fast }
            }
            #[cfg_attr(
                not(target_arch = "x86_64"),
                allow(unused_unsafe, reason = "only the features make the call unsafe")
            )]
            // SAFETY: as above.
            unsafe {
                compiled::<O>(case)
            }
        }
    )*};
}

forms! {
    unary: FastUnary(A, R) |a, b, c, lanes| bits::<O::R>(O::fast(raw::<O::A>(a)));
    binary: FastBinary(A, B, R) |a, b, c, lanes|
        bits::<O::R>(O::fast(raw::<O::A>(a), raw::<O::B>(b)));
    ternary: FastTernary() |a, b, c, lanes|
        bits::<V128>(O::fast(raw::<V128>(a), raw::<V128>(b), raw::<V128>(c)));
    extract_lane: FastExtractLane(R) |a, b, c, lanes|
        bits::<O::R>(O::fast(raw::<V128>(a), lanes[0]));
    replace_lane: FastReplaceLane(B) |a, b, c, lanes|
        bits::<V128>(O::fast(raw::<V128>(a), raw::<O::B>(b), lanes[0]));
    shuffle: FastShuffle() |a, b, c, lanes|
        bits::<V128>(O::fast(raw::<V128>(a), raw::<V128>(b), lanes));
    load: FastLoad(R) |a, b, c, lanes| bits::<O::R>(O::fast(bytes(a)));
    store: FastStore(A) |a, b, c, lanes| bits_of(O::fast(raw::<O::A>(a)));
    load_lane: FastLoadLane() |a, b, c, lanes|
        bits::<V128>(O::fast(bytes(a), raw::<V128>(b), lanes[0]));
    store_lane: FastStoreLane() |a, b, c, lanes|
        bits_of(O::fast(raw::<V128>(a), lanes[0]));
}

/// Chooses the function of a row's class.
macro_rules! choose {
    (control $Name:ident) => {
        None
    };
    (machine $Name:ident) => {
        None
    };
    (try_unary $Name:ident) => {
        None
    };
    (try_binary $Name:ident) => {
        None
    };
    (commute $Name:ident) => {
        Some(binary::<op::$Name>)
    };
    (compare $Name:ident) => {
        Some(binary::<op::$Name>)
    };
    (ternary_unfused $Name:ident) => {
        Some(ternary::<op::$Name>)
    };
    ($class:ident $Name:ident) => {
        Some($class::<op::$Name>)
    };
}

macro_rules! define {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The fast form of a row, or `None` for a row without one and on a
        /// CPU that lacks the features.
        pub(crate) fn form(op: Op) -> Option<Fast> {
            if !supported() {
                return None;
            }
            match op { $($(Op::$Name => choose!($class $Name),)*)* }
        }
    };
}

for_each_op!(define);

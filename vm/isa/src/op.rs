//! One type per instruction, carrying its meaning through generic code.
//!
//! A handler written once over [`Unary`] or [`Load`] serves every row of that
//! class: `fn run<O: Binary>(..)`, instantiated with `op::I32Add`. Every
//! `eval` is inlined into its caller, so it is compiled for the caller's CPU
//! features.

use crate::{Bytes, Op, Trap, V128, Value};

/// A type that stands for one row of the table.
pub trait Instruction: Copy + Default + Send + Sync + 'static {
    /// The row.
    const OP: Op;
}

/// One value to one value.
pub trait Unary: Instruction {
    /// The operand.
    type A: Value;
    /// The result.
    type R: Value;
    /// The instruction's meaning.
    fn eval(a: Self::A) -> Self::R;
}

/// One value to one value, may trap.
pub trait TryUnary: Instruction {
    /// The operand.
    type A: Value;
    /// The result.
    type R: Value;
    /// The instruction's meaning.
    ///
    /// # Errors
    /// The trap the instruction raises for this operand.
    fn eval(a: Self::A) -> Result<Self::R, Trap>;
}

/// Two values to one value.
pub trait Binary: Instruction {
    /// The first operand (below the second on the stack).
    type A: Value;
    /// The second operand.
    type B: Value;
    /// The result.
    type R: Value;
    /// The instruction's meaning.
    fn eval(a: Self::A, b: Self::B) -> Self::R;
}

/// A [`Binary`] whose operands can be exchanged without changing a bit.
pub trait Commute: Binary<B = <Self as Binary>::A> {}

/// Two scalars to 0 or 1.
pub trait Compare: Binary<B = <Self as Binary>::A, R = i32> {
    /// The comparison that gives the same answer with its operands exchanged.
    type Swapped: Compare<A = <Self as Binary>::A>;
    /// The comparison that gives the opposite answer, if there is one.
    const NEGATED: Option<Op>;
    /// The instruction's meaning as a truth value.
    #[inline(always)]
    fn holds(a: <Self as Binary>::A, b: <Self as Binary>::A) -> bool {
        Self::eval(a, b) != 0
    }
}

/// Two values to one value, may trap.
pub trait TryBinary: Instruction {
    /// The first operand (below the second on the stack).
    type A: Value;
    /// The second operand.
    type B: Value;
    /// The result.
    type R: Value;
    /// The instruction's meaning.
    ///
    /// # Errors
    /// The trap the instruction raises for these operands.
    fn eval(a: Self::A, b: Self::B) -> Result<Self::R, Trap>;
}

/// Three vectors to one vector.
pub trait Ternary: Instruction {
    /// The instruction's meaning.
    fn eval(a: V128, b: V128, c: V128) -> V128;
}

/// A multiply-add that rounds the product before it adds.
pub trait Unfused: Ternary {
    /// The relaxed Wasm instruction this is the other meaning of.
    type Fused: Ternary;
}

/// Vector and lane to scalar. A lane number counts modulo the number of lanes.
pub trait ExtractLane: Instruction {
    /// The result.
    type R: Value;
    /// The instruction's meaning.
    fn eval(a: V128, lane: u8) -> Self::R;
}

/// Vector, scalar and lane to vector. A lane number counts modulo the number
/// of lanes.
pub trait ReplaceLane: Instruction {
    /// The new value of the lane.
    type B: Value;
    /// The instruction's meaning.
    fn eval(a: V128, b: Self::B, lane: u8) -> V128;
}

/// Two vectors and sixteen lane numbers, each counted modulo 32, to a vector.
pub trait Shuffle: Instruction {
    /// The instruction's meaning.
    fn eval(a: V128, b: V128, lanes: [u8; 16]) -> V128;
}

/// Bytes of memory, lowest address first, to a value.
pub trait Load: Instruction {
    /// The bytes read.
    type Bytes: Bytes;
    /// The result.
    type R: Value;
    /// The instruction's meaning, given that the access is in bounds.
    fn eval(bytes: Self::Bytes) -> Self::R;
}

/// A value to bytes of memory, lowest address first.
pub trait Store: Instruction {
    /// The value stored.
    type A: Value;
    /// The bytes written.
    type Bytes: Bytes;
    /// The instruction's meaning, given that the access is in bounds.
    fn eval(a: Self::A) -> Self::Bytes;
}

/// Bytes of memory into one lane of a vector. A lane number counts modulo the
/// number of lanes.
pub trait LoadLane: Instruction {
    /// The bytes read.
    type Bytes: Bytes;
    /// The instruction's meaning, given that the access is in bounds.
    fn eval(bytes: Self::Bytes, a: V128, lane: u8) -> V128;
}

/// One lane of a vector to bytes of memory. A lane number counts modulo the
/// number of lanes.
pub trait StoreLane: Instruction {
    /// The bytes written.
    type Bytes: Bytes;
    /// The instruction's meaning, given that the access is in bounds.
    fn eval(a: V128, lane: u8) -> Self::Bytes;
}

/// Writes the one trait impl a row's class asks for.
macro_rules! meaning {
    (unary $Name:ident ($a:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl Unary for $Name {
            type A = $a;
            type R = $r;
            #[inline(always)]
            fn eval(a: $a) -> $r {
                crate::sem::$($f)::+(a)
            }
        }
    };
    (try_unary $Name:ident ($a:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl TryUnary for $Name {
            type A = $a;
            type R = $r;
            #[inline(always)]
            fn eval(a: $a) -> Result<$r, Trap> {
                crate::sem::$($f)::+(a)
            }
        }
    };
    (binary $Name:ident ($a:ty, $b:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl Binary for $Name {
            type A = $a;
            type B = $b;
            type R = $r;
            #[inline(always)]
            fn eval(a: $a, b: $b) -> $r {
                crate::sem::$($f)::+(a, b)
            }
        }
    };
    (commute $Name:ident $($row:tt)*) => {
        meaning! { binary $Name $($row)* }
        impl Commute for $Name {}
    };
    (try_binary $Name:ident ($a:ty, $b:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl TryBinary for $Name {
            type A = $a;
            type B = $b;
            type R = $r;
            #[inline(always)]
            fn eval(a: $a, b: $b) -> Result<$r, Trap> {
                crate::sem::$($f)::+(a, b)
            }
        }
    };
    (compare $Name:ident ($a:ty, $b:ty) -> ($r:ty), sem $($f:ident)::+, swapped $Swapped:ident $($negated:tt)*) => {
        meaning! { binary $Name ($a, $b) -> ($r), sem $($f)::+ }
        impl Compare for $Name {
            type Swapped = $Swapped;
            const NEGATED: Option<Op> = Op::$Name.negated();
        }
    };
    (ternary $Name:ident ($a:ty, $b:ty, $c:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl Ternary for $Name {
            #[inline(always)]
            fn eval(a: $a, b: $b, c: $c) -> $r {
                crate::sem::$($f)::+(a, b, c)
            }
        }
    };
    (ternary_unfused $Name:ident $args:tt -> $r:tt, sem $($f:ident)::+, fused $Fused:ident) => {
        meaning! { ternary $Name $args -> $r, sem $($f)::+ }
        impl Unfused for $Name {
            type Fused = $Fused;
        }
    };
    (extract_lane $Name:ident ($a:ty, $lane:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl ExtractLane for $Name {
            type R = $r;
            #[inline(always)]
            fn eval(a: $a, lane: $lane) -> $r {
                crate::sem::$($f)::+(a, lane)
            }
        }
    };
    (replace_lane $Name:ident ($a:ty, $b:ty, $lane:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl ReplaceLane for $Name {
            type B = $b;
            #[inline(always)]
            fn eval(a: $a, b: $b, lane: $lane) -> $r {
                crate::sem::$($f)::+(a, b, lane)
            }
        }
    };
    (shuffle $Name:ident ($a:ty, $b:ty, $lanes:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl Shuffle for $Name {
            #[inline(always)]
            fn eval(a: $a, b: $b, lanes: $lanes) -> $r {
                crate::sem::$($f)::+(a, b, lanes)
            }
        }
    };
    (load $Name:ident ($bytes:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl Load for $Name {
            type Bytes = $bytes;
            type R = $r;
            #[inline(always)]
            fn eval(bytes: $bytes) -> $r {
                crate::sem::$($f)::+(bytes)
            }
        }
    };
    (store $Name:ident ($a:ty) -> ($bytes:ty), sem $($f:ident)::+) => {
        impl Store for $Name {
            type A = $a;
            type Bytes = $bytes;
            #[inline(always)]
            fn eval(a: $a) -> $bytes {
                crate::sem::$($f)::+(a)
            }
        }
    };
    (load_lane $Name:ident ($bytes:ty, $a:ty, $lane:ty) -> ($r:ty), sem $($f:ident)::+) => {
        impl LoadLane for $Name {
            type Bytes = $bytes;
            #[inline(always)]
            fn eval(bytes: $bytes, a: $a, lane: $lane) -> $r {
                crate::sem::$($f)::+(bytes, a, lane)
            }
        }
    };
    (store_lane $Name:ident ($a:ty, $lane:ty) -> ($bytes:ty), sem $($f:ident)::+) => {
        impl StoreLane for $Name {
            type Bytes = $bytes;
            #[inline(always)]
            fn eval(a: $a, lane: $lane) -> $bytes {
                crate::sem::$($f)::+(a, lane)
            }
        }
    };
    (control $Name:ident () -> ()) => {};
    (machine $Name:ident () -> ()) => {};
}

macro_rules! define_types {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => { $($(
        #[doc = concat!("`", $mnemonic, "`")]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $Name;

        impl Instruction for $Name {
            const OP: Op = Op::$Name;
        }

        meaning! { $class $Name ($($arg),*) -> ($($result),*) $(, $key $($path)::+)* }
    )*)* };
}

crate::for_each_op!(define_types);

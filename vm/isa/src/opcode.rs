//! The opcode table as an enum.

use core::fmt;

/// How an instruction's operands are shaped; see [`ops`](crate::ops).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// One value to one value.
    Unary,
    /// One value to one value, may trap.
    TryUnary,
    /// Two values to one value.
    Binary,
    /// Two values to one value; exchanging them changes no bit.
    Commute,
    /// Two values to one value, may trap.
    TryBinary,
    /// Two scalars to 0 or 1.
    Compare,
    /// Three vectors to one vector.
    Ternary,
    /// Multiply-add that rounds twice: the other meaning of a relaxed one.
    TernaryUnfused,
    /// Vector and lane to scalar.
    ExtractLane,
    /// Vector, scalar and lane to vector.
    ReplaceLane,
    /// Two vectors and sixteen lane numbers to vector.
    Shuffle,
    /// Bytes of memory to value.
    Load,
    /// Value to bytes of memory.
    Store,
    /// Bytes of memory, vector and lane to vector.
    LoadLane,
    /// Vector and lane to bytes of memory.
    StoreLane,
    /// Not a pure function of its operands.
    Control,
    /// Part of register code alone.
    Machine,
}

macro_rules! class {
    (unary) => {
        Class::Unary
    };
    (try_unary) => {
        Class::TryUnary
    };
    (binary) => {
        Class::Binary
    };
    (commute) => {
        Class::Commute
    };
    (try_binary) => {
        Class::TryBinary
    };
    (compare) => {
        Class::Compare
    };
    (ternary) => {
        Class::Ternary
    };
    (ternary_unfused) => {
        Class::TernaryUnfused
    };
    (extract_lane) => {
        Class::ExtractLane
    };
    (replace_lane) => {
        Class::ReplaceLane
    };
    (shuffle) => {
        Class::Shuffle
    };
    (load) => {
        Class::Load
    };
    (store) => {
        Class::Store
    };
    (load_lane) => {
        Class::LoadLane
    };
    (store_lane) => {
        Class::StoreLane
    };
    (control) => {
        Class::Control
    };
    (machine) => {
        Class::Machine
    };
}

/// Finds one key among a row's `, key path` pairs and gives the row it names.
macro_rules! link {
    (swapped [swapped $Name:ident] $($rest:tt)*) => { Some(Op::$Name) };
    (negated [negated $Name:ident] $($rest:tt)*) => { Some(Op::$Name) };
    (fused [fused $Name:ident] $($rest:tt)*) => { Some(Op::$Name) };
    ($want:ident $other:tt $($rest:tt)*) => { link!($want $($rest)*) };
    ($want:ident) => { None };
}

macro_rules! define_op {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// An instruction of the machine, without its immediates.
        ///
        /// The numbers are dense, start at 0 and follow the table; they are not
        /// Wasm's encoding and may change between versions of this crate.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u16)]
        pub enum Op {
            $($(
                #[doc = concat!("`", $mnemonic, "`")]
                $Name,
            )*)*
        }

        impl Op {
            /// Every instruction, in the order of the table.
            pub const ALL: &'static [Op] = &[$($(Op::$Name,)*)*];

            /// The instruction's name in Wasm's text format.
            pub const fn mnemonic(self) -> &'static str {
                match self { $($(Op::$Name => $mnemonic,)*)* }
            }

            /// The instruction called `mnemonic`, if there is one.
            pub fn from_mnemonic(mnemonic: &str) -> Option<Op> {
                match mnemonic { $($($mnemonic => Some(Op::$Name),)*)* _ => None }
            }

            /// What the instruction costs, by the table of
            /// [`COST_TABLE_VERSION`](crate::COST_TABLE_VERSION).
            pub const fn fuel(self) -> u32 {
                match self { $($(Op::$Name => $fuel,)*)* }
            }

            /// How the instruction's operands are shaped.
            pub const fn class(self) -> Class {
                match self { $($(Op::$Name => class!($class),)*)* }
            }

            /// For a comparison, the one that gives the same answer with its
            /// operands exchanged.
            pub const fn swapped(self) -> Option<Op> {
                match self { $($(Op::$Name => link!(swapped $([$key $($path)::+])*),)*)* }
            }

            /// For a comparison, the one that gives the opposite answer. Float
            /// orderings have none: NaN makes both of a pair false.
            pub const fn negated(self) -> Option<Op> {
                match self { $($(Op::$Name => link!(negated $([$key $($path)::+])*),)*)* }
            }

            /// For an unfused multiply-add, the Wasm instruction it stands for.
            pub const fn fused(self) -> Option<Op> {
                match self { $($(Op::$Name => link!(fused $([$key $($path)::+])*),)*)* }
            }
        }
    };
}

crate::for_each_op!(define_op);

impl Op {
    /// The instruction whose number is `number`, if there is one.
    pub fn from_number(number: u16) -> Option<Op> {
        Op::ALL.get(usize::from(number)).copied()
    }

    /// For a relaxed multiply-add, the row that rounds after the product too.
    pub fn unfused(self) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| op.fused() == Some(self))
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mnemonic())
    }
}

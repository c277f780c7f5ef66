//! The table of vector instructions.
//!
//! One row each. Columns: name; the prefix that belongs to the opcode; page
//! of opcodes; opcode; shape; lengths; what the legacy, VEX and EVEX forms
//! need (or `NO`), with a `W` or a digit for the bit W; how EVEX counts
//! displacements. Behind a slash a row has its second form: prefix, page,
//! opcode, digit and displacement of the store, of the shift by a constant,
//! of the broadcast from a general register, or of the VEX form of a blend.
//!
//! An instruction is named as in its legacy form, or with a `v` if it has
//! none. Where EVEX has a mnemonic of its own for what does the same without
//! a mask, it is in the row of the older one: `vpandd` is the EVEX form of
//! `Pand`, `vrndscaleps` that of `Roundps`, `vmovdqu32` that of `Movdqu`.

use crate::encode::{Code, Map, Prefix, Tuple};
use crate::reg::L;

#[macro_use]
mod float;
#[macro_use]
mod int;
#[macro_use]
mod moves;
#[macro_use]
mod avx512;

/// A set of instructions that a processor has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the processor's")]
pub enum Feature {
    Sse2,
    Sse3,
    Ssse3,
    Sse41,
    Sse42,
    Avx,
    Avx2,
    Fma,
    Gfni,
    AvxVnni,
    Avx512F,
    Avx512Bw,
    Avx512Dq,
    Avx512Cd,
    Avx512Vbmi,
    Avx512Bitalg,
    Avx512Vpopcntdq,
    Avx512Vnni,
}

/// Which operands an instruction has, and so which methods take it.
///
/// Methods are named here by what follows `sse`, `vex` and `evex`. Legacy
/// forms with two sources take the first from their destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Destination and two sources: `sse`, `vex3`, `evex3`.
    Three,
    /// The same where the second source is in memory; with a store.
    ThreeMem,
    /// The same where the second source is a register.
    ThreeReg,
    /// Destination, two sources, constant: `sse_i`, `vex3_i`, `evex3_i`.
    ThreeImm,
    /// Destination and source, or two sources that are compared: `sse`,
    /// `vex2`, `evex2`.
    Two,
    /// The same where the source is in memory.
    TwoMem,
    /// Destination, source, constant: `sse_i`, `vex2_i`, `evex2_i`.
    TwoImm,
    /// As [`Two`](Self::Two), with a store: `sse_store`, `vex_store`,
    /// `evex_store`.
    Move,
    /// The same where the source is in memory.
    MoveMem,
    /// One lane from memory with zeros above ([`Two`](Self::Two)), or from a
    /// register into another ([`Three`](Self::Three)); with a store.
    MoveScalar,
    /// As [`Three`](Self::Three), the second source being a count; and a
    /// shift by a constant: `sse_shift_i`, `vex_shift_i`, `evex_shift_i`.
    Shift,
    /// A shift by a constant alone.
    ShiftImm,
    /// A lane from a general register or memory: `sse_insert`, `vex_insert`,
    /// `evex_insert`.
    Insert,
    /// A lane to a general register or memory: `sse_extract`, `vex_extract`,
    /// `evex_extract`.
    Extract,
    /// Half of a vector to a register or memory: `vex_extract_half`,
    /// `evex_extract_half`.
    ExtractHalf,
    /// Narrower lanes to a register or memory: `evex_narrow`.
    Narrow,
    /// An integer in a general register or memory to a float: `sse_from_gpr`,
    /// `vex_from_gpr`, `evex_from_gpr`.
    FromGpr,
    /// A float to an integer in a general register: `sse_to_gpr`,
    /// `vex_to_gpr`, `evex_to_gpr`.
    ToGpr,
    /// The signs of lanes to a general register: `sse_signs_to_gpr`,
    /// `vex_signs_to_gpr`.
    SignsToGpr,
    /// As [`Two`](Self::Two), and from a general register:
    /// `evex_broadcast_gpr`.
    Broadcast,
    /// A choice by the signs of lanes in a register: `sse` (which register is
    /// fixed: `xmm0`), `vex_blendv`.
    Blendv,
    /// A comparison by a predicate, to a mask: `evex_cmp`.
    CmpMask,
    /// Another comparison to a mask: `evex_test`.
    TestMask,
    /// The class of floats, to a mask: `evex_class`.
    ClassMask,
    /// Lanes of ones and zeros from a mask: `evex_from_mask`.
    FromMask,
    /// The signs of lanes to a mask: `evex_to_mask`.
    ToMask,
}

/// Lengths in which an instruction exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lengths {
    Any,
    Xmm,
    Ymm,
    Scalar,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct SseForm {
    feature: Feature,
    pub(crate) w: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct VexForm {
    short: Feature,
    long: Feature,
    pub(crate) w: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct EvexForm {
    feature: Feature,
    pub(crate) w: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Second {
    pub(crate) code: Code,
    pub(crate) digit: u8,
    pub(crate) tuple: Tuple,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) code: Code,
    pub(crate) shape: Shape,
    pub(crate) lengths: Lengths,
    pub(crate) sse: Option<SseForm>,
    pub(crate) vex: Option<VexForm>,
    pub(crate) evex: Option<EvexForm>,
    pub(crate) tuple: Tuple,
    pub(crate) second: Option<Second>,
}

/// What stands in the column of legacy forms.
mod sse {
    use super::{Feature, SseForm};

    const fn form(feature: Feature, w: bool) -> Option<SseForm> {
        Some(SseForm { feature, w })
    }

    pub(super) const NO: Option<SseForm> = None;
    pub(super) const SSE2: Option<SseForm> = form(Feature::Sse2, false);
    pub(super) const SSE3: Option<SseForm> = form(Feature::Sse3, false);
    pub(super) const SSSE3: Option<SseForm> = form(Feature::Ssse3, false);
    pub(super) const SSE41: Option<SseForm> = form(Feature::Sse41, false);
    pub(super) const SSE41W: Option<SseForm> = form(Feature::Sse41, true);
    pub(super) const SSE42: Option<SseForm> = form(Feature::Sse42, false);
    pub(super) const GFNI: Option<SseForm> = form(Feature::Gfni, false);
}

/// What stands in the column of VEX forms.
mod vex {
    use super::{Feature, VexForm};

    const fn form(short: Feature, long: Feature, w: bool) -> Option<VexForm> {
        Some(VexForm { short, long, w })
    }

    pub(super) const NO: Option<VexForm> = None;
    pub(super) const AVX: Option<VexForm> = form(Feature::Avx, Feature::Avx, false);
    pub(super) const AVXW: Option<VexForm> = form(Feature::Avx, Feature::Avx, true);
    /// Lanes of integers: the long form came a generation later.
    pub(super) const INT: Option<VexForm> = form(Feature::Avx, Feature::Avx2, false);
    pub(super) const AVX2: Option<VexForm> = form(Feature::Avx2, Feature::Avx2, false);
    pub(super) const AVX2W: Option<VexForm> = form(Feature::Avx2, Feature::Avx2, true);
    pub(super) const FMA: Option<VexForm> = form(Feature::Fma, Feature::Fma, false);
    pub(super) const FMAW: Option<VexForm> = form(Feature::Fma, Feature::Fma, true);
    pub(super) const GFNI: Option<VexForm> = form(Feature::Gfni, Feature::Gfni, false);
    pub(super) const GFNIW: Option<VexForm> = form(Feature::Gfni, Feature::Gfni, true);
    pub(super) const VNNI: Option<VexForm> = form(Feature::AvxVnni, Feature::AvxVnni, false);
}

/// What stands in the column of EVEX forms.
mod evex {
    use super::{EvexForm, Feature};

    const fn form(feature: Feature, w: bool) -> Option<EvexForm> {
        Some(EvexForm { feature, w })
    }

    pub(super) const NO: Option<EvexForm> = None;
    pub(super) const F0: Option<EvexForm> = form(Feature::Avx512F, false);
    pub(super) const F1: Option<EvexForm> = form(Feature::Avx512F, true);
    pub(super) const BW0: Option<EvexForm> = form(Feature::Avx512Bw, false);
    pub(super) const BW1: Option<EvexForm> = form(Feature::Avx512Bw, true);
    pub(super) const DQ0: Option<EvexForm> = form(Feature::Avx512Dq, false);
    pub(super) const DQ1: Option<EvexForm> = form(Feature::Avx512Dq, true);
    pub(super) const CD0: Option<EvexForm> = form(Feature::Avx512Cd, false);
    pub(super) const CD1: Option<EvexForm> = form(Feature::Avx512Cd, true);
    pub(super) const VBMI0: Option<EvexForm> = form(Feature::Avx512Vbmi, false);
    pub(super) const VBMI1: Option<EvexForm> = form(Feature::Avx512Vbmi, true);
    pub(super) const BITALG0: Option<EvexForm> = form(Feature::Avx512Bitalg, false);
    pub(super) const BITALG1: Option<EvexForm> = form(Feature::Avx512Bitalg, true);
    pub(super) const POPCNT0: Option<EvexForm> = form(Feature::Avx512Vpopcntdq, false);
    pub(super) const POPCNT1: Option<EvexForm> = form(Feature::Avx512Vpopcntdq, true);
    pub(super) const VNNI0: Option<EvexForm> = form(Feature::Avx512Vnni, false);
    pub(super) const GFNI0: Option<EvexForm> = form(Feature::Gfni, false);
    pub(super) const GFNI1: Option<EvexForm> = form(Feature::Gfni, true);
}

macro_rules! second {
    () => {
        None
    };
    ($prefix:ident $map:ident $opcode:literal $digit:literal $tuple:ident) => {
        Some(Second {
            code: Code::new(Prefix::$prefix, Map::$map, $opcode),
            digit: $digit,
            tuple: Tuple::$tuple,
        })
    };
}

macro_rules! make_table {
    ($(
        $name:ident $prefix:ident $map:ident $opcode:literal $shape:ident $lengths:ident
        $sse:ident $vex:ident $evex:ident $tuple:ident
        $(/ $prefix2:ident $map2:ident $opcode2:literal $digit2:literal $tuple2:ident)?;
    )*) => {
        /// A vector instruction: a row of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        pub enum VecOp {
            $(
                #[doc = concat!("The instruction `", stringify!($name), "`.")]
                $name,
            )*
        }

        impl VecOp {
            /// All rows, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }

        static ROWS: [Row; VecOp::ALL.len()] = [
            $(Row {
                code: Code::new(Prefix::$prefix, Map::$map, $opcode),
                shape: Shape::$shape,
                lengths: Lengths::$lengths,
                sse: sse::$sse,
                vex: vex::$vex,
                evex: evex::$evex,
                tuple: Tuple::$tuple,
                second: second!($($prefix2 $map2 $opcode2 $digit2 $tuple2)?),
            },)*
        ];
    };
}

float_rows! { make_table! }

impl VecOp {
    #[inline]
    pub(crate) const fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// Which methods take the instruction.
    #[inline]
    #[must_use]
    pub const fn shape(self) -> Shape {
        self.row().shape
    }

    /// Whether there is a legacy form.
    #[inline]
    #[must_use]
    pub const fn has_sse(self) -> bool {
        self.row().sse.is_some()
    }

    /// Whether there is a VEX form.
    #[inline]
    #[must_use]
    pub const fn has_vex(self) -> bool {
        self.row().vex.is_some()
    }

    /// Whether there is an EVEX form.
    #[inline]
    #[must_use]
    pub const fn has_evex(self) -> bool {
        self.row().evex.is_some()
    }

    /// Whether there is a form with a store.
    #[inline]
    #[must_use]
    pub const fn has_store(self) -> bool {
        self.row().shape.has_store()
    }

    /// Whether the instruction exists in this length. One that ignores the
    /// length exists in both.
    #[must_use]
    pub const fn has_length(self, l: L) -> bool {
        match self.row().lengths {
            Lengths::Any | Lengths::Scalar => true,
            Lengths::Xmm => matches!(l, L::L128),
            Lengths::Ymm => matches!(l, L::L256),
        }
    }

    /// Whether the instruction works on one lane, and so ignores the length.
    #[inline]
    #[must_use]
    pub const fn is_scalar(self) -> bool {
        matches!(self.row().lengths, Lengths::Scalar)
    }

    /// Whether the second source of the EVEX form may be a lane in memory
    /// that is broadcast.
    #[must_use]
    pub const fn has_broadcast(self) -> bool {
        self.has_evex() && self.row().tuple.can_broadcast()
    }

    /// What the legacy form needs.
    #[must_use]
    pub const fn sse_feature(self) -> Option<Feature> {
        match self.row().sse {
            Some(form) => Some(form.feature),
            None => None,
        }
    }

    /// What the VEX form of this length needs.
    #[must_use]
    pub const fn vex_feature(self, l: L) -> Option<Feature> {
        match (self.row().vex, l) {
            (Some(form), L::L128) => Some(form.short),
            (Some(form), L::L256) => Some(form.long),
            (None, _) => None,
        }
    }

    /// What the EVEX form needs, besides AVX512VL where
    /// [`evex_needs_vl`](Self::evex_needs_vl) says so.
    #[must_use]
    pub const fn evex_feature(self) -> Option<Feature> {
        match self.row().evex {
            Some(form) => Some(form.feature),
            None => None,
        }
    }

    /// Whether the EVEX form needs AVX512VL too.
    #[must_use]
    pub const fn evex_needs_vl(self) -> bool {
        matches!(self.row().lengths, Lengths::Any | Lengths::Ymm)
    }
}

impl Shape {
    const fn has_store(self) -> bool {
        matches!(
            self,
            Self::Move | Self::MoveMem | Self::MoveScalar | Self::ThreeMem
        )
    }
}

impl Row {
    /// The second form of a shape that has one.
    #[inline]
    pub(crate) fn second(&self) -> Second {
        self.second.expect("the shape has a second form")
    }

    /// Whether the long form is meant.
    #[inline]
    pub(crate) fn is_long(&self, l: L) -> bool {
        match self.lengths {
            Lengths::Any => l == L::L256,
            Lengths::Scalar => false,
            Lengths::Xmm => {
                debug_assert!(l == L::L128, "the instruction has 128 bits");
                false
            }
            Lengths::Ymm => {
                debug_assert!(l == L::L256, "the instruction has 256 bits");
                true
            }
        }
    }
}

//! What the compiler makes, and what the rest of the engine must know of it.

use std::ops::Range;

use super::view::View;

/// Machine code of one function.
///
/// It can lie at any address: it names no place outside itself but through the
/// run's [`Context`](crate::machine::context::Context).
#[derive(Clone, Debug, Default)]
pub(crate) struct Native {
    pub(crate) bytes: Vec<u8>,
    /// Offset at which it is entered.
    pub(crate) entry: u32,
    /// For each call, sorted: the offset it returns to, and the word position
    /// in register code behind the call instruction.
    pub(crate) returns: Vec<(u32, u32)>,
    /// For each access to memory that may fault, sorted: its offset, and the
    /// word position of its instruction.
    pub(crate) faults: Vec<(u32, u32)>,
    /// Blocks by the numbers that fuel stops name.
    pub(crate) blocks: Vec<StopBlock>,
    /// Where values are that the interpreter would find elsewhere.
    pub(crate) states: Vec<(u16, Home)>,
    /// For a person who wants to read it.
    pub(crate) view: Option<Box<View>>,
}

/// A block at whose head machine code can stop.
#[derive(Clone, Debug)]
pub(crate) struct StopBlock {
    /// Word position of its `charge`.
    pub(crate) pos: u32,
    pub(crate) cost: u32,
    /// Offset of the subtraction of its fuel.
    pub(crate) resume: u32,
    /// Its part of [`Native::states`].
    pub(crate) state: Range<u32>,
}

/// In a state, in place of a slot: the integer accumulator.
pub(crate) const ACC: u16 = u16::MAX;
/// In a state, in place of a slot: the vector accumulator.
pub(crate) const VEC: u16 = u16::MAX - 1;

/// Where a value is while machine code is stopped. One that is wide belongs
/// into two slots.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "which of them there are is the compiler's choice")]
pub(crate) enum Home {
    /// A general register.
    Gpr(u8),
    /// A vector register.
    Vec {
        register: u8,
        wide: bool,
        nan: NanFix,
    },
    /// Nowhere: it is known.
    Constant(u64),
    /// As [`Home::Constant`], for two slots or the vector accumulator.
    WideConstant([u64; 2]),
    /// A slot of the frame, or behind it.
    Slot(u32),
    /// Two slots.
    WideSlot(u32, NanFix),
    /// A slot with a float.
    FloatSlot(u32, NanFix),
}

/// In which lanes a value may hold a NaN with any bits, where Wasm has the
/// positive canonical one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "which of them there are is the compiler's choice")]
pub(crate) enum NanFix {
    None,
    F32,
    F64,
    F32x4,
    F64x2,
}

/// How machine code is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// At [`Context::native`](crate::machine::context::Context::native), in a
    /// frame whose values are all in slots.
    Enter,
    /// Behind a call, as the top record has it.
    Return,
    /// At `Context::native`, with the registers of the last stop.
    Resume,
    /// With the instruction that the last helper did not finish, then behind
    /// it.
    Again,
}

impl NanFix {
    /// The value as Wasm has it.
    pub(crate) fn apply(self, bits: [u64; 2]) -> [u64; 2] {
        const SINGLE: u64 = 0x7fc0_0000;
        const DOUBLE: u64 = 0x7ff8_0000_0000_0000;
        let single = |bits: u64| match f32::from_bits(bits as u32).is_nan() {
            true => SINGLE,
            false => bits & 0xffff_ffff,
        };
        let double = |bits: u64| match f64::from_bits(bits).is_nan() {
            true => DOUBLE,
            false => bits,
        };
        let singles = |bits: u64| single(bits) | single(bits >> 32) << 32;
        match self {
            NanFix::None => bits,
            NanFix::F32 => [single(bits[0]), bits[1]],
            NanFix::F64 => [double(bits[0]), bits[1]],
            NanFix::F32x4 => bits.map(singles),
            NanFix::F64x2 => bits.map(double),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NanFix;

    #[test]
    fn nans_become_canonical_lane_by_lane_and_nothing_else_changes() {
        let single = [0xffc0_0001_7f80_0001, 0x0000_0001_ff80_0000];
        let double = [0xfff8_0000_0000_0000, 0xfff0_0000_0000_0000];
        let fixed = |fix: NanFix, bits| fix.apply(bits);
        assert_eq!(fixed(NanFix::None, single), single);
        assert_eq!(
            fixed(NanFix::F32x4, single),
            [0x7fc0_0000_7fc0_0000, 0x0000_0001_ff80_0000]
        );
        assert_eq!(fixed(NanFix::F32, [0xffff_ffff, 7]), [0x7fc0_0000, 7]);
        assert_eq!(fixed(NanFix::F32, [0xff80_0000, 7]), [0xff80_0000, 7]);
        assert_eq!(
            fixed(NanFix::F64x2, double),
            [0x7ff8_0000_0000_0000, 0xfff0_0000_0000_0000]
        );
        assert_eq!(
            fixed(NanFix::F64, [double[0], 9]),
            [0x7ff8_0000_0000_0000, 9]
        );
    }
}

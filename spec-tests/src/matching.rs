//! Whether a result is what an assertion asks for, to the bit.
//!
//! The standard lets a NaN result have several bit patterns; the
//! deterministic profile leaves one. So `nan:canonical` and `nan:arithmetic`
//! both ask for the positive canonical NaN here.

use crate::tier::{RefKind, Value};
use wast::core::{HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

/// The one NaN an arithmetic `f32` instruction may produce.
const CANONICAL_F32: u32 = 0x7fc0_0000;
/// The one NaN an arithmetic `f64` instruction may produce.
const CANONICAL_F64: u64 = 0x7ff8_0000_0000_0000;

/// Turns an argument of a script into a value.
///
/// # Errors
/// A sentence naming the argument when it is of a kind no engine adapter can
/// hold (component values, references of the GC proposal).
pub fn argument(arg: &WastArg<'_>) -> Result<Value, String> {
    let WastArg::Core(core) = arg else {
        return Err(format!("component argument {arg:?} is not of core Wasm"));
    };
    Ok(match core {
        WastArgCore::I32(v) => Value::I32(*v),
        WastArgCore::I64(v) => Value::I64(*v),
        WastArgCore::F32(v) => Value::F32(v.bits),
        WastArgCore::F64(v) => Value::F64(v.bits),
        WastArgCore::V128(v) => Value::V128(u128::from_le_bytes(v.to_le_bytes())),
        WastArgCore::RefNull(heap) => Value::Null(
            kind_of(heap).ok_or_else(|| format!("a null of type {heap:?} has no value here"))?,
        ),
        WastArgCore::RefExtern(n) => Value::Extern(*n),
        other => return Err(format!("argument {other:?} belongs to the GC proposal")),
    })
}

/// Whether `got` is what `wanted` describes.
pub fn matches(wanted: &WastRet<'_>, got: Value) -> bool {
    match wanted {
        WastRet::Core(core) => matches_core(core, got),
        _ => false,
    }
}

fn matches_core(wanted: &WastRetCore<'_>, got: Value) -> bool {
    match (wanted, got) {
        (WastRetCore::I32(want), Value::I32(got)) => *want == got,
        (WastRetCore::I64(want), Value::I64(got)) => *want == got,
        (WastRetCore::F32(want), Value::F32(got)) => f32_bits(want) == got,
        (WastRetCore::F64(want), Value::F64(got)) => f64_bits(want) == got,
        (WastRetCore::V128(want), Value::V128(got)) => v128_bits(want) == got,
        (WastRetCore::RefNull(None), Value::Null(_)) => true,
        (WastRetCore::RefNull(Some(heap)), Value::Null(kind)) => kind_of(heap) == Some(kind),
        (WastRetCore::RefExtern(None), Value::Extern(_)) => true,
        (WastRetCore::RefExtern(Some(want)), Value::Extern(got)) => *want == got,
        (WastRetCore::RefFunc(_), Value::Func) => true,
        (WastRetCore::Either(cases), got) => cases.iter().any(|case| matches_core(case, got)),
        _ => false,
    }
}

/// The kind of reference a heap type in a script stands for, its bottom types
/// included; `None` for types of the GC proposal.
fn kind_of(heap: &HeapType<'_>) -> Option<RefKind> {
    use wast::core::AbstractHeapType as H;
    match heap {
        HeapType::Abstract { ty, .. } => match ty {
            H::Func | H::NoFunc => Some(RefKind::Func),
            H::Extern | H::NoExtern => Some(RefKind::Extern),
            H::Exn | H::NoExn => Some(RefKind::Exn),
            _ => None,
        },
        // A named type in a script is a function type: the others are GC's.
        _ => Some(RefKind::Func),
    }
}

fn f32_bits(pattern: &NanPattern<F32>) -> u32 {
    match pattern {
        NanPattern::CanonicalNan | NanPattern::ArithmeticNan => CANONICAL_F32,
        NanPattern::Value(v) => v.bits,
    }
}

fn f64_bits(pattern: &NanPattern<F64>) -> u64 {
    match pattern {
        NanPattern::CanonicalNan | NanPattern::ArithmeticNan => CANONICAL_F64,
        NanPattern::Value(v) => v.bits,
    }
}

/// Packs lanes of `width` bits, the first lane lowest.
fn pack(lanes: impl DoubleEndedIterator<Item = u64>, width: u32) -> u128 {
    lanes
        .rev()
        .fold(0, |bits, lane| (bits << width) | u128::from(lane))
}

fn v128_bits(pattern: &V128Pattern) -> u128 {
    match pattern {
        V128Pattern::I8x16(lanes) => pack(lanes.iter().map(|&l| u64::from(l as u8)), 8),
        V128Pattern::I16x8(lanes) => pack(lanes.iter().map(|&l| u64::from(l as u16)), 16),
        V128Pattern::I32x4(lanes) => pack(lanes.iter().map(|&l| u64::from(l as u32)), 32),
        V128Pattern::I64x2(lanes) => pack(lanes.iter().map(|&l| l as u64), 64),
        V128Pattern::F32x4(lanes) => pack(lanes.iter().map(|l| u64::from(f32_bits(l))), 32),
        V128Pattern::F64x2(lanes) => pack(lanes.iter().map(f64_bits), 64),
    }
}

/// Whether a trap of the text `got` is the one a script names `wanted`.
///
/// Scripts of different ages name one trap by longer and shorter texts
/// ("undefined", "undefined element", "uninitialized element 2"), so either
/// text may be the beginning of the other; and the kind of a null reference
/// may be named or left out.
pub fn same_trap(wanted: &str, got: &str) -> bool {
    let is_null = |text: &str| text.starts_with("null") && text.ends_with("reference");
    !got.is_empty()
        && (wanted.starts_with(got) || got.starts_with(wanted) || (is_null(wanted) && is_null(got)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_patterns_accept_only_the_positive_canonical_nan() {
        for pattern in [NanPattern::CanonicalNan, NanPattern::ArithmeticNan] {
            let wanted = WastRetCore::F32(pattern);
            assert!(matches_core(&wanted, Value::F32(0x7fc0_0000)));
            assert!(!matches_core(&wanted, Value::F32(0xffc0_0000)));
            assert!(!matches_core(&wanted, Value::F32(0x7fc0_0001)));
        }
    }

    #[test]
    fn zeros_of_different_sign_differ() {
        let wanted = WastRetCore::F64(NanPattern::Value(F64 { bits: 0 }));
        assert!(matches_core(&wanted, Value::F64(0)));
        assert!(!matches_core(&wanted, Value::F64(1 << 63)));
    }

    #[test]
    fn lanes_are_packed_lowest_first() {
        let lanes = V128Pattern::I32x4([1, 2, 3, -1]);
        assert_eq!(v128_bits(&lanes), 0xffff_ffff_0000_0003_0000_0002_0000_0001);
    }

    #[test]
    fn traps_match_by_beginning() {
        assert!(same_trap(
            "uninitialized element 2",
            "uninitialized element"
        ));
        assert!(same_trap("undefined", "undefined element"));
        assert!(same_trap("null function reference", "null reference"));
        assert!(!same_trap("integer overflow", "integer divide by zero"));
        assert!(!same_trap("unreachable", ""));
    }
}

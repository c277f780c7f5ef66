//! Wasm values as words on the command line.

use lockstep_vm::{ExternRef, HeapType, RefType, V128, Val, ValType};

use serde_json::{Value, json};

use crate::output::hex;

/// Reads an argument of the type `ty`.
///
/// # Errors
/// A sentence that says what the type takes.
pub(crate) fn parse(text: &str, ty: ValType) -> Result<Val, String> {
    let wrong = || format!("{text:?} is not a value of type {ty}; {}", takes(ty));
    let value = match ty {
        ValType::I32 => integer(text, 32).map(|value| Val::I32(value as i32)),
        ValType::I64 => integer(text, 64).map(|value| Val::I64(value as i64)),
        ValType::F32 => match text.strip_prefix("bits:") {
            Some(bits) => hexadecimal(bits, 8).map(|bits| Val::F32(bits as u32)),
            None => text
                .parse()
                .ok()
                .map(|value: f32| Val::F32(value.to_bits())),
        },
        ValType::F64 => match text.strip_prefix("bits:") {
            Some(bits) => hexadecimal(bits, 16).map(|bits| Val::F64(bits as u64)),
            None => text
                .parse()
                .ok()
                .map(|value: f64| Val::F64(value.to_bits())),
        },
        ValType::V128 => hexadecimal(text.strip_prefix("0x").unwrap_or(text), 32)
            .map(|bits| Val::V128(V128::from_bytes(bits.to_le_bytes()))),
        ValType::Ref(ty) => reference(text, ty),
    };
    value.ok_or_else(wrong)
}

fn takes(ty: ValType) -> &'static str {
    match ty {
        ValType::I32 => "it takes an integer from -2^31 to 2^32-1, decimal or hexadecimal (0x...)",
        ValType::I64 => "it takes an integer from -2^63 to 2^64-1, decimal or hexadecimal (0x...)",
        ValType::F32 => {
            "it takes a number such as 1.5, 2e-3, inf or nan, or its bits such as bits:7fc00000"
        }
        ValType::F64 => {
            "it takes a number such as 1.5, 2e-3, inf or nan, or its bits such as bits:7ff8000000000000"
        }
        ValType::V128 => "it takes 32 hexadecimal digits, the highest byte first",
        ValType::Ref(RefType {
            heap: HeapType::Extern,
            ..
        }) => "it takes `null` or a number that stands for a host value",
        ValType::Ref(_) => "from the command line it takes `null` only",
    }
}

/// An integer of `bits` bits, signed or not, as its bits.
fn integer(text: &str, bits: u32) -> Option<u64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) = match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // A second sign would be accepted by the standard library.
    let digits = digits.replace('_', "");
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) {
        return None;
    }
    let magnitude = u128::from_str_radix(&digits, radix).ok()?;
    let most = if negative {
        1 << (bits - 1)
    } else {
        (1 << bits) - 1
    };
    let value = magnitude as u64;
    (magnitude <= most).then(|| {
        if negative {
            value.wrapping_neg()
        } else {
            value
        }
    })
}

/// Exactly `digits` hexadecimal digits.
fn hexadecimal(text: &str, digits: usize) -> Option<u128> {
    let text = text.replace('_', "");
    let right = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    right
        .then(|| u128::from_str_radix(&text, 16).ok())
        .flatten()
}

fn reference(text: &str, ty: RefType) -> Option<Val> {
    match text {
        "null" => Val::default_for(ValType::Ref(ty)),
        _ if ty.heap == HeapType::Extern => {
            Some(Val::ExternRef(Some(ExternRef(text.parse().ok()?))))
        }
        _ => None,
    }
}

/// Writes a value so that its bits can be read off: NaNs and vectors in hexadecimal, numbers in the fewest digits that
/// give the same number again.
pub(crate) fn show(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(bits) => match f32::from_bits(*bits) {
            value if value.is_nan() => format!("nan (bits:{bits:08x})"),
            value => value.to_string(),
        },
        Val::F64(bits) => match f64::from_bits(*bits) {
            value if value.is_nan() => format!("nan (bits:{bits:016x})"),
            value => value.to_string(),
        },
        Val::V128(value) => {
            let mut bytes = value.to_bytes();
            bytes.reverse();
            format!("0x{}", hex(&bytes))
        }
        Val::FuncRef(None) | Val::ExternRef(None) | Val::ExnRef(None) => "null".to_owned(),
        Val::FuncRef(Some(_)) => "a function".to_owned(),
        Val::ExternRef(Some(ExternRef(number))) => format!("host value {number}"),
        Val::ExnRef(Some(_)) => "an exception".to_owned(),
    }
}

/// A value as JSON: its type, itself as text (JSON numbers are too short for 64 bits), and the bits of a float.
pub(crate) fn to_json(value: &Val) -> Value {
    let (ty, bits) = match value {
        Val::I32(_) => ("i32", None),
        Val::I64(_) => ("i64", None),
        Val::F32(bits) => ("f32", Some(format!("{bits:08x}"))),
        Val::F64(bits) => ("f64", Some(format!("{bits:016x}"))),
        Val::V128(_) => ("v128", None),
        Val::FuncRef(_) => ("funcref", None),
        Val::ExternRef(_) => ("externref", None),
        Val::ExnRef(_) => ("exnref", None),
    };
    match bits {
        Some(bits) => json!({ "type": ty, "value": show(value), "bits": bits }),
        None => json!({ "type": ty, "value": show(value) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_the_range_of_both_signs() {
        assert_eq!(parse("-1", ValType::I32), Ok(Val::I32(-1)));
        assert_eq!(parse("4294967295", ValType::I32), Ok(Val::I32(-1)));
        assert_eq!(parse("0xffff_ffff", ValType::I32), Ok(Val::I32(-1)));
        assert_eq!(parse("-0x80000000", ValType::I32), Ok(Val::I32(i32::MIN)));
        assert_eq!(
            parse("18446744073709551615", ValType::I64),
            Ok(Val::I64(-1))
        );
        for bad in [
            "4294967296",
            "-2147483649",
            "",
            "-",
            "0x",
            "--1",
            "+-1",
            "1.0",
            "ten",
            "_",
        ] {
            assert!(parse(bad, ValType::I32).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn floats_are_numbers_or_bits() {
        assert_eq!(parse("0.1", ValType::F32), Ok(Val::F32(0.1f32.to_bits())));
        assert_eq!(
            parse("-inf", ValType::F64),
            Ok(Val::F64(f64::NEG_INFINITY.to_bits()))
        );
        assert_eq!(
            parse("bits:7fc00001", ValType::F32),
            Ok(Val::F32(0x7fc0_0001))
        );
        assert!(parse("bits:7fc0001", ValType::F32).is_err());
        assert_eq!(show(&Val::F32(0x7fc0_0001)), "nan (bits:7fc00001)");
        assert_eq!(show(&Val::F64(0.1f64.to_bits())), "0.1");
    }

    #[test]
    fn vectors_are_read_as_they_are_written() {
        let text = "0x000102030405060708090a0b0c0d0e0f";
        let value = parse(text, ValType::V128).unwrap();
        assert_eq!(show(&value), text);
        let Val::V128(bits) = value else {
            panic!("{value:?}")
        };
        assert_eq!(bits.to_bytes()[0], 0x0f);
        assert!(parse("0x00", ValType::V128).is_err());
    }

    #[test]
    fn references_are_null_or_a_host_number() {
        assert_eq!(parse("null", ValType::FUNCREF), Ok(Val::FuncRef(None)));
        assert_eq!(
            parse("7", ValType::EXTERNREF),
            Ok(Val::ExternRef(Some(ExternRef(7))))
        );
        assert!(parse("7", ValType::FUNCREF).is_err());
    }
}

//! Floats, by a witness.

use crate::witness::{Binary, Format, Unary, Witness};
use std::cmp::Ordering;

/// The result, with the one NaN that arithmetic gives.
fn canonical(format: Format, a: u128) -> u128 {
    if format.is_nan(a) { format.nan() } else { a }
}

pub(crate) fn unary(name: &str, format: Format, a: u128, by: &dyn Witness) -> Option<u128> {
    let operation = match name {
        // Operations on bits: a NaN keeps its payload.
        "neg" => return Some(a ^ format.sign()),
        "abs" => return Some(a & !format.sign()),
        "sqrt" => Unary::Sqrt,
        "ceil" => Unary::Ceil,
        "floor" => Unary::Floor,
        "trunc" => Unary::Trunc,
        "nearest" => Unary::Nearest,
        _ => return None,
    };
    Some(canonical(format, by.unary(operation, format, a)))
}

pub(crate) fn binary(
    name: &str,
    format: Format,
    a: u128,
    b: u128,
    by: &dyn Witness,
) -> Option<u128> {
    let order = || by.order(format, a, b);
    let operation = match name {
        "add" => Binary::Add,
        "sub" => Binary::Sub,
        "mul" => Binary::Mul,
        "div" => Binary::Div,
        "min" | "relaxed_min" => Binary::Min,
        "max" | "relaxed_max" => Binary::Max,
        // These choose one of their operands, and keep its bits.
        "copysign" => return Some(a & !format.sign() | b & format.sign()),
        "pmin" if order() == Some(Ordering::Greater) => return Some(b),
        "pmax" if order() == Some(Ordering::Less) => return Some(b),
        "pmin" | "pmax" => return Some(a),
        _ => return None,
    };
    Some(canonical(format, by.binary(operation, format, a, b)))
}

pub(crate) fn ternary(
    name: &str,
    format: Format,
    [a, b, c]: [u128; 3],
    by: &dyn Witness,
) -> Option<u128> {
    let minus_a = a ^ format.sign();
    let unfused = |a| {
        let product = by.binary(Binary::Mul, format, a, b);
        by.binary(Binary::Add, format, product, c)
    };
    let result = match name {
        "relaxed_madd" => by.fused(format, a, b, c),
        "relaxed_nmadd" => by.fused(format, minus_a, b, c),
        "relaxed_madd_unfused" => unfused(a),
        "relaxed_nmadd_unfused" => unfused(minus_a),
        _ => return None,
    };
    Some(canonical(format, result))
}

pub(crate) fn compare(
    name: &str,
    format: Format,
    a: u128,
    b: u128,
    by: &dyn Witness,
) -> Option<bool> {
    let order = by.order(format, a, b);
    Some(match name {
        "eq" => order == Some(Ordering::Equal),
        "ne" => order != Some(Ordering::Equal),
        "lt" => order == Some(Ordering::Less),
        "gt" => order == Some(Ordering::Greater),
        "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        "ge" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        _ => return None,
    })
}

pub(crate) fn demote(a: u128, by: &dyn Witness) -> u128 {
    canonical(Format::Single, by.demote(a))
}

pub(crate) fn promote(a: u128, by: &dyn Witness) -> u128 {
    canonical(Format::Double, by.promote(a))
}

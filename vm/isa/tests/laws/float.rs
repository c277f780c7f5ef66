//! Floats by software, as an independent opinion.

use rustc_apfloat::ieee::{Double, Single};
use rustc_apfloat::{Float, FloatConvert, Round};
use std::cmp::Ordering;

fn canonical<F: Float>(value: F) -> u128 {
    if !value.is_nan() {
        return value.to_bits();
    }
    if F::BITS == 32 {
        0x7fc0_0000
    } else {
        0x7ff8_0000_0000_0000
    }
}

/// Runs a generic function for the float of `$bits` bits.
macro_rules! by_width {
    ($bits:expr, $function:ident($($arg:expr),*)) => {
        if $bits == 32 { $function::<Single>($($arg),*) } else { $function::<Double>($($arg),*) }
    };
}

pub(crate) fn unary(name: &str, bits: u32, a: u128) -> Option<u128> {
    let sign = 1 << (bits - 1);
    match name {
        "neg" => Some(a ^ sign),
        "abs" => Some(a & !sign),
        "sqrt" => Some(sqrt(bits, a)),
        _ => by_width!(bits, rounded(name, a)),
    }
}

fn rounded<F: Float>(name: &str, a: u128) -> Option<u128> {
    let round = match name {
        "ceil" => Round::TowardPositive,
        "floor" => Round::TowardNegative,
        "trunc" => Round::TowardZero,
        "nearest" => Round::NearestTiesToEven,
        _ => return None,
    };
    Some(canonical(F::from_bits(a).round_to_integral(round).value))
}

/// The square root by integer arithmetic: an exact root of the significand,
/// widened until its bits decide the rounding.
fn sqrt(bits: u32, a: u128) -> u128 {
    let (fraction, bias) = if bits == 32 { (23, 127) } else { (52, 1023) };
    let nan = if bits == 32 {
        0x7fc0_0000
    } else {
        0x7ff8_0000_0000_0000
    };
    let sign = a >> (bits - 1) == 1;
    let field = a >> fraction & ((1 << (bits - 1 - fraction)) - 1);
    let mut significand = a & ((1 << fraction) - 1);
    if field == (1 << (bits - 1 - fraction)) - 1 {
        return if significand == 0 && !sign { a } else { nan };
    }
    if field == 0 && significand == 0 {
        return a;
    }
    if sign {
        return nan;
    }
    // The value is significand * 2^exponent.
    let mut exponent = field.max(1) as i32 - bias - fraction as i32;
    if field != 0 {
        significand |= 1 << fraction;
    }
    // Widen to an even exponent and a significand of 2 * fraction + 4 bits or
    // one more, so that the root has fraction + 2 bits or one more.
    while significand >> (2 * fraction + 4) == 0 || exponent % 2 != 0 {
        significand <<= 1;
        exponent -= 1;
    }
    let mut root = significand.isqrt();
    let inexact = root * root != significand;
    exponent /= 2;
    // Two extra bits and a sticky one are enough to round a root to nearest.
    root = root << 1 | u128::from(inexact);
    exponent -= 1;
    let extra = 127 - root.leading_zeros() - fraction;
    let (kept, lost) = (root >> extra, root & ((1 << extra) - 1));
    let half = 1u128 << (extra - 1);
    let up = lost > half || (lost == half && kept & 1 == 1);
    let kept = kept + u128::from(up);
    let field = (exponent + extra as i32 + fraction as i32 + bias) as u128;
    // A carry out of the significand moves into the exponent field by itself.
    (field << fraction) + (kept - (1 << fraction))
}

pub(crate) fn binary(name: &str, bits: u32, a: u128, b: u128) -> Option<u128> {
    let sign = 1 << (bits - 1);
    match name {
        "copysign" => Some(a & !sign | b & sign),
        _ => by_width!(bits, arithmetic(name, a, b)),
    }
}

fn arithmetic<F: Float>(name: &str, a: u128, b: u128) -> Option<u128> {
    let (x, y) = (F::from_bits(a), F::from_bits(b));
    let order = x.partial_cmp(&y);
    Some(match name {
        "add" => canonical((x + y).value),
        "sub" => canonical((x - y).value),
        "mul" => canonical((x * y).value),
        "div" => canonical((x / y).value),
        // Equal numbers of different sign are zeros, and the sign decides.
        "min" | "relaxed_min" => match order {
            None => canonical(F::NAN),
            Some(Ordering::Equal) => {
                if x.is_negative() {
                    a
                } else {
                    b
                }
            }
            Some(order) => {
                if order == Ordering::Less {
                    a
                } else {
                    b
                }
            }
        },
        "max" | "relaxed_max" => match order {
            None => canonical(F::NAN),
            Some(Ordering::Equal) => {
                if x.is_negative() {
                    b
                } else {
                    a
                }
            }
            Some(order) => {
                if order == Ordering::Greater {
                    a
                } else {
                    b
                }
            }
        },
        "pmin" => {
            if order == Some(Ordering::Greater) {
                b
            } else {
                a
            }
        }
        "pmax" => {
            if order == Some(Ordering::Less) {
                b
            } else {
                a
            }
        }
        _ => return None,
    })
}

pub(crate) fn compare(name: &str, bits: u32, a: u128, b: u128) -> Option<bool> {
    fn order<F: Float>(a: u128, b: u128) -> Option<Ordering> {
        F::from_bits(a).partial_cmp(&F::from_bits(b))
    }
    let order = by_width!(bits, order(a, b));
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

pub(crate) fn ternary(name: &str, bits: u32, a: u128, b: u128, c: u128) -> Option<u128> {
    fn fused<F: Float>(a: u128, b: u128, c: u128) -> u128 {
        canonical(
            F::from_bits(a)
                .mul_add(F::from_bits(b), F::from_bits(c))
                .value,
        )
    }
    fn unfused<F: Float>(a: u128, b: u128, c: u128) -> u128 {
        let product = (F::from_bits(a) * F::from_bits(b)).value;
        canonical((product + F::from_bits(c)).value)
    }
    let minus_a = a ^ 1 << (bits - 1);
    Some(match name {
        "relaxed_madd" => by_width!(bits, fused(a, b, c)),
        "relaxed_nmadd" => by_width!(bits, fused(minus_a, b, c)),
        "relaxed_madd_unfused" => by_width!(bits, unfused(a, b, c)),
        "relaxed_nmadd_unfused" => by_width!(bits, unfused(minus_a, b, c)),
        _ => return None,
    })
}

/// The value rounded towards zero, far enough for every Wasm integer; `None`
/// for NaN.
pub(crate) fn to_int(bits: u32, a: u128) -> Option<i128> {
    fn convert<F: Float>(a: u128) -> Option<i128> {
        let value = F::from_bits(a);
        (!value.is_nan()).then(|| value.to_i128(128).value)
    }
    by_width!(bits, convert(a))
}

pub(crate) fn from_int(bits: u32, a: i128) -> u128 {
    fn convert<F: Float>(a: i128) -> u128 {
        F::from_i128(a).value.to_bits()
    }
    by_width!(bits, convert(a))
}

pub(crate) fn demote(a: u128) -> u128 {
    let value: Single = Double::from_bits(a).convert(&mut false).value;
    canonical(value)
}

pub(crate) fn promote(a: u128) -> u128 {
    let value: Double = Single::from_bits(a).convert(&mut false).value;
    canonical(value)
}

//! LLVM's APFloat.

use super::{Binary, Format, Unary, Witness};
use rustc_apfloat::ieee::{Double, Quad, Single};
use rustc_apfloat::{Float, FloatConvert, Round};
use std::cmp::Ordering;

/// The witness.
pub(super) struct ApFloat;

/// Runs a generic function for the type of a format.
macro_rules! by_format {
    ($format:expr, $function:ident($($arg:expr),*)) => {
        match $format {
            Format::Single => $function::<Single>($($arg),*),
            Format::Double => $function::<Double>($($arg),*),
        }
    };
}

impl Witness for ApFloat {
    fn name(&self) -> &'static str {
        "apfloat"
    }

    fn unary(&self, operation: Unary, format: Format, a: u128) -> u128 {
        let round = match operation {
            Unary::Sqrt => return by_format!(format, sqrt(format, a)),
            Unary::Ceil => Round::TowardPositive,
            Unary::Floor => Round::TowardNegative,
            Unary::Trunc => Round::TowardZero,
            Unary::Nearest => Round::NearestTiesToEven,
        };
        by_format!(format, integral(a, round))
    }

    fn binary(&self, operation: Binary, format: Format, a: u128, b: u128) -> u128 {
        by_format!(format, binary(operation, a, b))
    }

    fn fused(&self, format: Format, a: u128, b: u128, c: u128) -> u128 {
        by_format!(format, fused(a, b, c))
    }

    fn order(&self, format: Format, a: u128, b: u128) -> Option<Ordering> {
        by_format!(format, order(a, b))
    }

    fn demote(&self, a: u128) -> u128 {
        convert::<Double, Single>(Double::from_bits(a)).to_bits()
    }

    fn promote(&self, a: u128) -> u128 {
        convert::<Single, Double>(Single::from_bits(a)).to_bits()
    }

    fn of_int(&self, format: Format, a: i128) -> u128 {
        by_format!(format, of_int(a))
    }

    fn to_int(&self, format: Format, a: u128) -> Option<i128> {
        by_format!(format, to_int(a))
    }
}

fn integral<F: Float>(a: u128, round: Round) -> u128 {
    F::from_bits(a).round_to_integral(round).value.to_bits()
}

fn binary<F: Float>(operation: Binary, a: u128, b: u128) -> u128 {
    let (a, b) = (F::from_bits(a), F::from_bits(b));
    let result = match operation {
        Binary::Add => (a + b).value,
        Binary::Sub => (a - b).value,
        Binary::Mul => (a * b).value,
        Binary::Div => (a / b).value,
        Binary::Min => a.minimum(b),
        Binary::Max => a.maximum(b),
    };
    result.to_bits()
}

fn fused<F: Float>(a: u128, b: u128, c: u128) -> u128 {
    let [a, b, c] = [a, b, c].map(F::from_bits);
    a.mul_add(b, c).value.to_bits()
}

fn order<F: Float>(a: u128, b: u128) -> Option<Ordering> {
    F::from_bits(a).partial_cmp(&F::from_bits(b))
}

fn convert<A: FloatConvert<B>, B: Float>(a: A) -> B {
    a.convert(&mut false).value
}

fn of_int<F: Float>(a: i128) -> u128 {
    F::from_i128(a).value.to_bits()
}

fn to_int<F: Float>(a: u128) -> Option<i128> {
    let value = F::from_bits(a);
    (!value.is_nan()).then(|| value.to_i128(128).value)
}

/// APFloat has no square root, but it can prove one: a root is the nearest
/// float exactly if the number lies between the squares of the two midpoints
/// beside it. A midpoint has one bit more than a float, its square at most 108,
/// and a `Quad` holds 113: the squares are exact. No number is such a square
/// itself, so there is no tie.
///
/// The host's processor proposes a root, and no claim of its is believed.
fn sqrt<F: FloatConvert<Quad>>(format: Format, a: u128) -> u128 {
    let value = F::from_bits(a);
    if value.is_nan() || value.is_negative() && !value.is_zero() {
        return format.nan();
    }
    if value.is_zero() || value.is_infinite() {
        return a;
    }
    let proposed = match format {
        Format::Single => u128::from(f32::from_bits(a as u32).sqrt().to_bits()),
        Format::Double => u128::from(f64::from_bits(a as u64).sqrt().to_bits()),
    };
    [proposed, proposed + 1, proposed - 1]
        .into_iter()
        .find(|&root| is_root(value, F::from_bits(root)))
        .unwrap_or_else(|| panic!("the processor's root of {a:#x}, {proposed:#x}, is not close"))
}

/// Whether `root` is the float next to the square root of `value`.
fn is_root<F: FloatConvert<Quad>>(value: F, root: F) -> bool {
    let wide: Quad = convert(value);
    let square_of_midpoint = |other: F| {
        let sum = (convert::<F, Quad>(root) + convert::<F, Quad>(other)).value;
        let midpoint = sum.scalbn(-1);
        (midpoint * midpoint).value
    };
    square_of_midpoint(root.next_down().value) < wide
        && wide < square_of_midpoint(root.next_up().value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_nearest_root_is_proved() {
        let two = Double::from_bits(0x4000_0000_0000_0000);
        let root = 0x3ff6_a09e_667f_3bcd;
        assert!(is_root(two, Double::from_bits(root)));
        assert!(!is_root(two, Double::from_bits(root + 1)));
        assert!(!is_root(two, Double::from_bits(root - 1)));
        let four = Single::from_bits(0x4080_0000);
        assert!(is_root(four, Single::from_bits(0x4000_0000)));
        assert!(!is_root(four, Single::from_bits(0x4000_0001)));
        assert!(!is_root(four, Single::from_bits(0x3fff_ffff)));
    }
}

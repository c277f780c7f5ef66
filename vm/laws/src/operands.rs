//! Operands at which float arithmetic goes wrong, drawn at random.
//!
//! Uniform bits hardly ever meet: two exponents of an `f64` are near enough to
//! matter in one pair of twenty, and a tie comes once in a lifetime. So most
//! operands here are made for one another. Only integers are computed with:
//! the same seed draws the same operands on every machine.

use crate::case::Case;
use crate::corners;
use crate::law::Shape;
use crate::random::Random;
use crate::witness::Format;

/// Draws the operands of one row.
pub(crate) struct Operands {
    shape: Shape,
    corners: Vec<u128>,
}

impl Operands {
    /// For a row whose operands have this shape.
    pub(crate) fn of(shape: Shape) -> Operands {
        let corners = match shape.format() {
            Some(format) => corners::floats(format.bits()),
            None => corners::ints(shape.bits),
        };
        Operands { shape, corners }
    }

    /// Three operands, made for one another lane by lane.
    pub(crate) fn draw(&self, random: &mut Random) -> Case {
        let mut operands = [0; 3];
        for lane in 0..self.shape.lanes {
            let values = match self.shape.format() {
                Some(format) => self.floats(format, random),
                None => [(); 3].map(|()| self.int(random)),
            };
            for (operand, value) in operands.iter_mut().zip(values) {
                *operand |= value << (self.shape.bits * lane);
            }
        }
        Case::new(operands)
    }

    fn int(&self, random: &mut Random) -> u128 {
        let bits = self.shape.bits;
        let value = match random.below(4) {
            0 => random.next(),
            1 => random.pick(&self.corners) as u64,
            // Every magnitude is as likely as every other.
            2 => random.next() >> random.below(64),
            // Near the middle between two floats: the bits of a significand,
            // then a one and zeros, or almost.
            _ => {
                let digits = random.pick(&[24, 53]);
                let kept = random.next() | 1 << 63;
                let tie = kept >> (64 - digits) << (64 - digits) | 1 << (63 - digits);
                let near = tie.wrapping_add(random.below(3)).wrapping_sub(1);
                near >> random.below(64 - digits)
            }
        };
        let signed = if random.below(2) == 0 {
            value
        } else {
            value.wrapping_neg()
        };
        u128::from(signed) & (u128::MAX >> (128 - bits))
    }

    fn floats(&self, format: Format, random: &mut Random) -> [u128; 3] {
        match random.below(16) {
            0 | 1 => [(); 3].map(|()| random.next128() & mask(format)),
            2 => [(); 3].map(|()| random.pick(&self.corners)),
            3 => [(); 3].map(|()| {
                let near = random.below(9) as u128;
                (random.pick(&self.corners) + near).wrapping_sub(4) & mask(format)
            }),
            4 | 5 => near_exponents(format, random),
            6 | 7 => ties_of_sums(format, random),
            8 => short(format, random),
            9 | 10 => cancelling(format, random),
            11 => squares(format, random),
            12 => at_the_edge(format, 0, random),
            13 => at_the_edge(format, 2 * bias(format), random),
            14 => [(); 3].map(|()| near_integer(format, random)),
            _ => self.not_numbers(format, random),
        }
    }

    /// At least one NaN or infinity, quiet or not, with any payload.
    fn not_numbers(&self, format: Format, random: &mut Random) -> [u128; 3] {
        let mut operands = [(); 3].map(|()| random.pick(&self.corners));
        let chosen = random.below(3) as usize;
        let sign = random.next128() & format.sign();
        let payload = random.next128() & (mask(format) >> random.below(format.bits().into()));
        operands[chosen] = sign | format.infinity() | payload & fraction_mask(format);
        operands
    }
}

fn mask(format: Format) -> u128 {
    u128::MAX >> (128 - format.bits())
}

fn fraction_mask(format: Format) -> u128 {
    (1 << format.fraction()) - 1
}

fn bias(format: Format) -> i64 {
    (1 << (format.bits() - format.fraction() - 2)) - 1
}

/// A float from its fields; an exponent that there is not becomes the nearest
/// finite one.
fn float(format: Format, sign: bool, exponent: i64, fraction: u128) -> u128 {
    let exponent = exponent.clamp(0, 2 * bias(format)) as u128;
    let sign = if sign { format.sign() } else { 0 };
    sign | exponent << format.fraction() | fraction & fraction_mask(format)
}

/// `value * 2^exponent` without the bits that do not fit.
fn scaled(format: Format, sign: bool, value: u128, exponent: i64) -> u128 {
    if value == 0 {
        return float(format, sign, 0, 0);
    }
    let top = 127 - value.leading_zeros();
    let fraction = if top <= format.fraction() {
        value << (format.fraction() - top)
    } else {
        value >> (top - format.fraction())
    };
    let field = exponent + i64::from(top) + bias(format);
    float(format, sign, field, fraction)
}

fn coin(random: &mut Random) -> bool {
    random.below(2) == 0
}

/// A number from `-reach` to `reach`.
fn around(reach: i64, random: &mut Random) -> i64 {
    random.below(2 * reach as u64 + 1) as i64 - reach
}

/// Moves a float by a few units in the last place.
fn nudged(a: u128, random: &mut Random) -> u128 {
    match random.below(4) {
        0 => a + 1,
        1 => a.saturating_sub(1),
        _ => a,
    }
}

/// A fraction with long runs of equal bits, or any.
fn fraction(format: Format, random: &mut Random) -> u128 {
    let all = fraction_mask(format);
    let cut = random.below(format.fraction().into()) as u32;
    match random.below(6) {
        0 => 0,
        1 => all << cut & all,
        2 => all >> cut,
        3 => 1 << cut,
        4 => random.next128() & all << cut & all,
        _ => random.next128() & all,
    }
}

fn any_exponent(format: Format, random: &mut Random) -> i64 {
    random.below(2 * bias(format) as u64 + 1) as i64
}

/// Exponents so near that every bit of one may matter to the other.
fn near_exponents(format: Format, random: &mut Random) -> [u128; 3] {
    let exponent = any_exponent(format, random);
    let reach = i64::from(format.fraction()) + 3;
    [0, reach, reach].map(|reach| {
        let exponent = exponent + around(reach, random);
        float(format, coin(random), exponent, random.next128())
    })
}

/// Addends of half a unit in the last place of the first, more or less.
fn ties_of_sums(format: Format, random: &mut Random) -> [u128; 3] {
    let exponent = any_exponent(format, random);
    let first = float(format, coin(random), exponent, fraction(format, random));
    let half = exponent - i64::from(format.fraction()) - 1;
    let mut addend = || {
        let exponent = half + around(1, random);
        let fraction = random.pick(&[0, 0, 1, fraction_mask(format), 1 << (format.fraction() - 1)]);
        float(format, coin(random), exponent, fraction)
    };
    [first, addend(), addend()]
}

/// Few bits in each: products and quotients come out even, or halfway.
fn short(format: Format, random: &mut Random) -> [u128; 3] {
    let digits = random.below(u64::from(format.fraction()) / 2 + 3);
    let mut operand = |exponent| {
        let value = random.next128() & ((2 << digits) - 1) | 1;
        scaled(format, coin(random), value, exponent)
    };
    let (a, b) = (operand(0), operand(0));
    let c = operand(-i64::from(format.fraction()));
    [a, b, c]
}

/// A third operand that takes away almost all of the product of the others,
/// and a second that is almost the first.
fn cancelling(format: Format, random: &mut Random) -> [u128; 3] {
    let hidden = 1 << format.fraction();
    let unit = bias(format) + i64::from(format.fraction());
    let (first, second) = (
        any_exponent(format, random),
        bias(format) + around(40, random),
    );
    let [x, y] = [(); 2].map(|()| fraction(format, random));
    let (sign, other) = (coin(random), coin(random));
    let a = float(format, sign, first.max(1), x);
    let b = float(format, other, second, y);
    let product = (hidden | x) * (hidden | y);
    let exponent = first.max(1) - unit + second - unit;
    let c = scaled(format, sign == other, product, exponent);
    if coin(random) {
        [a, b, nudged(c, random)]
    } else {
        let near = nudged(a, random) ^ if coin(random) { format.sign() } else { 0 };
        [a, near, c]
    }
}

/// Squares, of floats with half the digits or of the middle between two.
fn squares(format: Format, random: &mut Random) -> [u128; 3] {
    [(); 3].map(|()| {
        let digits = if coin(random) {
            format.fraction() / 2
        } else {
            format.fraction() + 1
        };
        let root = 1 << digits | random.next128() & ((1 << digits) - 1) | 1;
        let exponent = around(bias(format) / 2, random);
        let square = scaled(
            format,
            false,
            root * root,
            2 * exponent - 2 * i64::from(digits),
        );
        nudged(square, random)
    })
}

/// Operands, and pairs whose product or quotient has an exponent near `edge`.
fn at_the_edge(format: Format, edge: i64, random: &mut Random) -> [u128; 3] {
    let reach = if coin(random) {
        2
    } else {
        i64::from(format.fraction()) + 2
    };
    let at_edge = edge + around(reach, random);
    let first = if coin(random) {
        at_edge
    } else {
        any_exponent(format, random)
    };
    let second = if coin(random) {
        at_edge - first + bias(format)
    } else {
        first - at_edge + bias(format)
    };
    [first, second, at_edge].map(|exponent| {
        let fraction = fraction(format, random);
        float(format, coin(random), exponent, fraction)
    })
}

/// Whole numbers, halves and quarters, and the ends of the integer types.
fn near_integer(format: Format, random: &mut Random) -> u128 {
    let sign = coin(random);
    let power = random.below(67) as u32;
    if coin(random) {
        let end = scaled(format, false, 1, power.into());
        let near = (end + random.below(7) as u128).saturating_sub(3);
        return if sign { near | format.sign() } else { near };
    }
    let value = random.next128() & ((1 << power) - 1);
    scaled(format, sign, value, -random.pick(&[0, 1, 1, 2]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Law;

    /// The share of drawn pairs for which a property holds.
    fn share(mnemonic: &'static str, property: impl Fn([u128; 3]) -> bool) -> f64 {
        let law = Law::of(mnemonic).unwrap();
        let operands = Operands::of(law.floats().unwrap().0);
        let mut random = Random::of(1, mnemonic, 0);
        let drawn = 20_000;
        let hits = (0..drawn)
            .filter(|_| property(operands.draw(&mut random).operands))
            .count();
        hits as f64 / f64::from(drawn)
    }

    #[test]
    fn rare_events_are_frequent() {
        let format = Format::Double;
        let number = |a: u128| f64::from_bits(a as u64);
        let is_subnormal = |a: u128| number(a).is_subnormal();
        assert!(share("f64.mul", |[a, ..]| format.is_nan(a)) > 0.02);
        assert!(share("f64.mul", |[a, ..]| is_subnormal(a)) > 0.02);
        assert!(
            share("f64.mul", |[a, b, _]| (number(a) * number(b))
                .is_subnormal())
                > 0.02
        );
        // A sum in double-double: the exact rest is half a unit, a tie.
        let tie = |[a, b, _]: [u128; 3]| {
            let (a, b) = (number(a), number(b));
            let sum = a + b;
            let rest = b - (sum - a);
            let ulp = f64::from_bits(sum.abs().to_bits() + 1) - sum.abs();
            sum.is_finite() && rest != 0.0 && rest.abs() * 2.0 == ulp
        };
        assert!(share("f64.add", tie) > 0.01);
        let cancels = |[a, b, c]: [u128; 3]| {
            let (a, b, c) = (number(a), number(b), number(c));
            let product = a * b;
            product.is_normal() && (product + c).abs() < product.abs() / 1e9
        };
        assert!(
            share("f64x2.relaxed_madd", |lanes| {
                cancels(lanes.map(|vector| vector & u128::from(u64::MAX)))
            }) > 0.02
        );
        let whole = |[a, ..]: [u128; 3]| number(a).abs() > 1.0 && number(a).fract() == 0.5;
        assert!(share("i64.trunc_f64_s", whole) > 0.01);
    }
}

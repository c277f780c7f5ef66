//! Float arithmetic by programs that nobody here wrote.
//!
//! * `apfloat`: LLVM's APFloat, in the Rust compiler's own port. Everywhere.
//! * `softfloat`: Berkeley SoftFloat 3, in C. On x86-64 Linux, and where the
//!   feature of that name asks for it.
//!
//! A witness computes with integers alone, so it says the same on every CPU.
//! What Wasm does on top (the one NaN, saturation, traps) is the law's matter.

mod apfloat;
#[cfg(any(
    all(target_os = "linux", target_arch = "x86_64"),
    feature = "softfloat"
))]
mod softfloat;

use std::cmp::Ordering;

/// The two formats of floats, whose bits stand in the low bits of a `u128`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `f32`.
    Single,
    /// `f64`.
    Double,
}

impl Format {
    /// The format of floats of 32 or 64 bits.
    pub(crate) fn of(bits: u32) -> Option<Format> {
        match bits {
            32 => Some(Format::Single),
            64 => Some(Format::Double),
            _ => None,
        }
    }

    /// How wide a float is.
    pub(crate) const fn bits(self) -> u32 {
        match self {
            Format::Single => 32,
            Format::Double => 64,
        }
    }

    /// How many bits of the significand are written.
    pub(crate) const fn fraction(self) -> u32 {
        match self {
            Format::Single => 23,
            Format::Double => 52,
        }
    }

    /// The bit of the sign.
    pub(crate) const fn sign(self) -> u128 {
        1 << (self.bits() - 1)
    }

    /// Positive infinity: every bit of the exponent.
    pub(crate) const fn infinity(self) -> u128 {
        self.sign() - (1 << self.fraction())
    }

    /// Whether the bits are those of a NaN.
    pub(crate) const fn is_nan(self, a: u128) -> bool {
        a & (self.sign() - 1) > self.infinity()
    }

    /// The positive canonical NaN.
    pub(crate) const fn nan(self) -> u128 {
        self.infinity() | 1 << (self.fraction() - 1)
    }
}

/// Operations on one float. The last four round to an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    /// The square root.
    Sqrt,
    /// Upwards.
    Ceil,
    /// Downwards.
    Floor,
    /// Towards zero.
    Trunc,
    /// To the nearest, ties to the even one.
    Nearest,
}

/// Operations on two floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    /// The sum.
    Add,
    /// The difference.
    Sub,
    /// The product.
    Mul,
    /// The quotient.
    Div,
    /// The smaller one; -0 is smaller than +0, and any NaN gives one.
    Min,
    /// The larger one, likewise.
    Max,
}

/// A float implementation in software. Everything is rounded to the nearest,
/// ties to even, except where the operation says otherwise. A NaN among the
/// results may have any bits.
pub(crate) trait Witness: Sync {
    /// What a report calls it.
    fn name(&self) -> &'static str;

    /// An operation on one float.
    fn unary(&self, operation: Unary, format: Format, a: u128) -> u128;

    /// An operation on two floats.
    fn binary(&self, operation: Binary, format: Format, a: u128, b: u128) -> u128;

    /// `a * b + c`, rounded once.
    fn fused(&self, format: Format, a: u128, b: u128, c: u128) -> u128;

    /// How two floats compare; `None` if either is a NaN.
    fn order(&self, format: Format, a: u128, b: u128) -> Option<Ordering>;

    /// An `f64` as an `f32`.
    fn demote(&self, a: u128) -> u128;

    /// An `f32` as an `f64`.
    fn promote(&self, a: u128) -> u128;

    /// An integer as a float; it fits an `i64` or a `u64`.
    fn of_int(&self, format: Format, a: i128) -> u128;

    /// A float rounded towards zero; `None` for NaN. Numbers that fit neither
    /// an `i64` nor a `u64` become some number that does not either, on the
    /// same side.
    fn to_int(&self, format: Format, a: u128) -> Option<i128>;
}

/// Every witness of this build. Never empty.
pub(crate) fn all() -> &'static [&'static dyn Witness] {
    &[
        &apfloat::ApFloat,
        #[cfg(any(
            all(target_os = "linux", target_arch = "x86_64"),
            feature = "softfloat"
        ))]
        &softfloat::SoftFloat,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits from the published examples of the formats, so that a witness that
    /// is wired wrongly does not pass by agreeing with another one.
    #[test]
    fn witnesses_know_what_is_known() {
        use Format::{Double, Single};
        for witness in all() {
            let name = witness.name();
            let root = |format, a| witness.unary(Unary::Sqrt, format, a);
            assert_eq!(
                root(Double, 0x4000_0000_0000_0000),
                0x3ff6_a09e_667f_3bcd,
                "{name}"
            );
            assert_eq!(root(Single, 0x4000_0000), 0x3fb5_04f3, "{name}");
            assert_eq!(root(Single, 0x8000_0000), 0x8000_0000, "{name}");
            assert_eq!(root(Double, 1), 0x1e60_0000_0000_0000, "{name}");
            assert!(Single.is_nan(root(Single, 0xbf80_0000)), "{name}");
            let two = |operation, a, b| witness.binary(operation, Double, a, b);
            let [one, three] = [0x3ff0_0000_0000_0000, 0x4008_0000_0000_0000];
            assert_eq!(
                two(Binary::Div, one, three),
                0x3fd5_5555_5555_5555,
                "{name}"
            );
            assert_eq!(
                two(Binary::Sub, one, three),
                0xc000_0000_0000_0000,
                "{name}"
            );
            assert_eq!(two(Binary::Min, 0, Double.sign()), Double.sign(), "{name}");
            assert_eq!(two(Binary::Max, Double.sign(), 0), 0, "{name}");
            // (1 + 2^-23)^2 - (1 + 2^-22) is 2^-46, and 0 if rounded twice.
            let fused = witness.fused(Single, 0x3f80_0001, 0x3f80_0001, 0xbf80_0002);
            assert_eq!(fused, 0x2880_0000, "{name}");
            let nearest = witness.unary(Unary::Nearest, Single, 0x4020_0000);
            assert_eq!(nearest, 0x4000_0000, "{name}: 2.5 to 2");
            assert_eq!(witness.to_int(Single, 0xbf7f_ffff), Some(0), "{name}");
            assert_eq!(witness.to_int(Double, Double.nan()), None, "{name}");
            assert!(
                witness.to_int(Single, Single.infinity()) > Some(1 << 64),
                "{name}"
            );
            assert_eq!(
                witness.to_int(Double, 0xc3e0_0000_0000_0000),
                Some(-1 << 63),
                "{name}"
            );
            assert_eq!(witness.of_int(Single, 0x0100_0001), 0x4b80_0000, "{name}");
            assert_eq!(witness.demote(0x36a0_0000_0000_0000), 1, "{name}");
            assert_eq!(witness.promote(1), 0x36a0_0000_0000_0000, "{name}");
            assert_eq!(
                witness.order(Single, 0, 0x8000_0000),
                Some(Ordering::Equal),
                "{name}"
            );
        }
    }
}

//! Berkeley SoftFloat 3.

use super::{Binary, Format, Unary, Witness};
use softfloat_wrapper::{ExceptionFlags, F32, F64, Float, RoundingMode};
use std::cmp::Ordering;

/// The witness. SoftFloat keeps its rounding mode and its flags per thread.
pub(super) struct SoftFloat;

const NEAREST: RoundingMode = RoundingMode::TiesToEven;

/// Runs an expression with the type of a format, which gives a float.
macro_rules! by_format {
    ($format:expr, $F:ident => $result:expr) => {
        match $format {
            Format::Single => {
                type $F = F32;
                $result
            }
            Format::Double => {
                type $F = F64;
                $result
            }
        }
    };
}

/// A float of a format by its bits.
trait Raw: Float {
    fn of(bits: u128) -> Self;
    fn raw(self) -> u128;
}

impl Raw for F32 {
    fn of(bits: u128) -> F32 {
        F32::from_bits(bits as u32)
    }
    fn raw(self) -> u128 {
        self.to_bits().into()
    }
}

impl Raw for F64 {
    fn of(bits: u128) -> F64 {
        F64::from_bits(bits as u64)
    }
    fn raw(self) -> u128 {
        self.to_bits().into()
    }
}

impl Witness for SoftFloat {
    fn name(&self) -> &'static str {
        "softfloat"
    }

    fn unary(&self, operation: Unary, format: Format, a: u128) -> u128 {
        by_format!(format, F => unary(operation, F::of(a)).raw())
    }

    fn binary(&self, operation: Binary, format: Format, a: u128, b: u128) -> u128 {
        by_format!(format, F => binary(operation, F::of(a), F::of(b)).raw())
    }

    fn fused(&self, format: Format, a: u128, b: u128, c: u128) -> u128 {
        by_format!(format, F => F::of(a).fused_mul_add(F::of(b), F::of(c), NEAREST).raw())
    }

    fn order(&self, format: Format, a: u128, b: u128) -> Option<Ordering> {
        by_format!(format, F => order(&F::of(a), &F::of(b)))
    }

    fn demote(&self, a: u128) -> u128 {
        F64::of(a).to_f32(NEAREST).raw()
    }

    fn promote(&self, a: u128) -> u128 {
        F32::of(a).to_f64(NEAREST).raw()
    }

    fn of_int(&self, format: Format, a: i128) -> u128 {
        by_format!(format, F => of_int::<F>(a).raw())
    }

    fn to_int(&self, format: Format, a: u128) -> Option<i128> {
        if format.is_nan(a) {
            return None;
        }
        by_format!(format, F => Some(to_int(F::of(a))))
    }
}

fn unary<F: Raw>(operation: Unary, a: F) -> F {
    match operation {
        Unary::Sqrt => a.sqrt(NEAREST),
        Unary::Ceil => a.round_to_integral(RoundingMode::TowardPositive),
        Unary::Floor => a.round_to_integral(RoundingMode::TowardNegative),
        Unary::Trunc => a.round_to_integral(RoundingMode::TowardZero),
        Unary::Nearest => a.round_to_integral(NEAREST),
    }
}

fn binary<F: Raw>(operation: Binary, a: F, b: F) -> F {
    match operation {
        Binary::Add => a.add(b, NEAREST),
        Binary::Sub => a.sub(b, NEAREST),
        Binary::Mul => a.mul(b, NEAREST),
        Binary::Div => a.div(b, NEAREST),
        // SoftFloat compares, but has neither of these. Equal numbers differ
        // in the sign of a zero at most: either bit makes the smaller one.
        Binary::Min => match order(&a, &b) {
            None => F::quiet_nan(),
            Some(Ordering::Less) => a,
            Some(Ordering::Greater) => b,
            Some(Ordering::Equal) => F::of(a.raw() | b.raw()),
        },
        Binary::Max => match order(&a, &b) {
            None => F::quiet_nan(),
            Some(Ordering::Less) => b,
            Some(Ordering::Greater) => a,
            Some(Ordering::Equal) => F::of(a.raw() & b.raw()),
        },
    }
}

fn order<F: Raw>(a: &F, b: &F) -> Option<Ordering> {
    if a.eq(b) {
        Some(Ordering::Equal)
    } else if a.lt_quiet(b) {
        Some(Ordering::Less)
    } else if b.lt_quiet(a) {
        Some(Ordering::Greater)
    } else {
        None
    }
}

fn of_int<F: Raw>(a: i128) -> F {
    match (i64::try_from(a), u64::try_from(a)) {
        (Ok(a), _) => F::from_i64(a, NEAREST),
        (_, Ok(a)) => F::from_u64(a, NEAREST),
        _ => panic!("{a} is no operand of a conversion"),
    }
}

/// Reads the flag that says whether a conversion fitted.
fn to_int<F: Raw>(a: F) -> i128 {
    let mut flags = ExceptionFlags::default();
    flags.set();
    let signed = a.to_i64(RoundingMode::TowardZero, false);
    flags.get();
    if !flags.is_invalid() {
        return signed.into();
    }
    ExceptionFlags::default().set();
    let unsigned = a.to_u64(RoundingMode::TowardZero, false);
    flags.get();
    match (flags.is_invalid(), a.is_negative()) {
        (false, _) => unsigned.into(),
        (true, true) => i128::MIN,
        (true, false) => i128::MAX,
    }
}

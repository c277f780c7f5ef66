//! The mirror's operations in the host's own code: what a program that is not
//! in a sandbox gets on this CPU.

use std::hint::black_box;

use super::cases::{Case, Ty};

/// The result of a case; None where Rust has no operation of this meaning.
pub(super) fn result(case: &Case) -> Option<u128> {
    let mut operands = case.operands.iter().map(|&bits| black_box(bits));
    let a = operands.next()?;
    let b = operands.next().unwrap_or_default();
    let (_, name) = case.op.split_once('.')?;
    match (case.op, case.operand) {
        ("f64.promote_f32", _) => {
            let wide = f64::from(black_box(f32::from_bits(a as u32)));
            Some(wide.to_bits().into())
        }
        ("f32.demote_f64", _) => {
            let narrow = black_box(f64::from_bits(a as u64)) as f32;
            Some(narrow.to_bits().into())
        }
        (_, Ty::F32) => narrow(name, a as u32, b as u32).map(u128::from),
        (_, Ty::F64) => wide(name, a as u64, b as u64).map(u128::from),
        (op, Ty::V128) if op.starts_with("f32x4.") => lanes(32, |shift| {
            narrow(name, (a >> shift) as u32, (b >> shift) as u32).map(u128::from)
        }),
        (op, Ty::V128) if op.starts_with("f64x2.") => lanes(64, |shift| {
            wide(name, (a >> shift) as u64, (b >> shift) as u64).map(u128::from)
        }),
        _ => None,
    }
}

fn lanes(bits: usize, lane: impl Fn(usize) -> Option<u128>) -> Option<u128> {
    (0..128)
        .step_by(bits)
        .try_fold(0, |vector, shift| Some(vector | lane(shift)? << shift))
}

macro_rules! arithmetic {
    ($name:ident, $float:ty, $bits:ty) => {
        /// Arithmetic that the compiler can not do beforehand.
        #[inline(never)]
        fn $name(name: &str, a: $bits, b: $bits) -> Option<$bits> {
            let (a, b) = (
                black_box(<$float>::from_bits(a)),
                black_box(<$float>::from_bits(b)),
            );
            let result = match name {
                "add" => a + b,
                "sub" => a - b,
                "mul" => a * b,
                "div" => a / b,
                "sqrt" => a.sqrt(),
                "ceil" => a.ceil(),
                "nearest" => a.round_ties_even(),
                _ => return None,
            };
            Some(black_box(result).to_bits())
        }
    };
}

arithmetic!(narrow, f32, u32);
arithmetic!(wide, f64, u64);

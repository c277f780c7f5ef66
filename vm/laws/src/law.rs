//! What every instruction must give, read off its mnemonic.
//!
//! The definitions know nothing of `sem`: a mnemonic is taken apart into the
//! shape of its lanes and the name of its operation (a scalar is one lane),
//! integers are computed in 128 bits, and floats by a [`Witness`].

mod float;
mod int;
mod shape;

pub(crate) use shape::Shape;

use crate::case::{Case, Outcome};
use crate::witness::{self, Witness};
use isa::Trap;

/// The law of one instruction.
pub(crate) struct Law {
    prefix: &'static str,
    name: &'static str,
    shape: Option<Shape>,
    conversion: Option<Conversion>,
    kind: Kind,
}

/// The kinds of instructions, those with the plainest names first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Memory,
    WholeVector,
    LaneAccess,
    Reduce,
    Compare,
    Convert,
    Lanewise,
}

const KINDS: [Kind; 7] = [
    Kind::Memory,
    Kind::WholeVector,
    Kind::LaneAccess,
    Kind::Reduce,
    Kind::Compare,
    Kind::Convert,
    Kind::Lanewise,
];

impl Law {
    /// The law of the instruction called `mnemonic`, if there is one.
    pub(crate) fn of(mnemonic: &'static str) -> Option<Law> {
        let (prefix, name) = mnemonic.split_once('.')?;
        let shape = Shape::parse(prefix);
        let law = |kind| Law {
            prefix,
            name,
            shape,
            conversion: shape.and_then(|to| Conversion::parse(to, name)),
            kind,
        };
        let any_witness = witness::all()[0];
        KINDS
            .into_iter()
            .map(law)
            .find(|law| law.given(&Case::default(), any_witness).is_some())
    }

    /// What the instruction must give.
    pub(crate) fn outcome(&self, case: &Case, witness: &dyn Witness) -> Outcome {
        self.given(case, witness)
            .expect("which laws there are does not depend on the operands")
    }

    /// The outcome, or `None` if the instruction is of another kind.
    fn given(&self, case: &Case, witness: &dyn Witness) -> Option<Outcome> {
        match self.kind {
            Kind::Memory => memory(self, case).map(Ok),
            Kind::WholeVector => whole_vector(self, case).map(Ok),
            Kind::LaneAccess => lane_access(self, case).map(Ok),
            Kind::Reduce => reduce(self, case).map(Ok),
            Kind::Compare => compare(self, case, witness).map(Ok),
            Kind::Convert => convert(self, case, witness),
            Kind::Lanewise => lanewise(self, case, witness),
        }
    }

    /// For an instruction that computes with floats, the shape of its operands
    /// and how many of their lanes it computes with.
    pub(crate) fn floats(&self) -> Option<(Shape, u32)> {
        let shape = self.shape?;
        match (self.kind, &self.conversion) {
            (Kind::Convert, Some(conversion)) => {
                let from = conversion.from;
                let computes = conversion.operation != "reinterpret" && (from.float || shape.float);
                computes.then_some((from, from.lanes.min(shape.lanes)))
            }
            (Kind::Compare | Kind::Lanewise, _) if shape.float => Some((shape, shape.lanes)),
            _ => None,
        }
    }
}

/// Loads and stores of every kind. The bytes of an access are a little-endian
/// number already.
fn memory(law: &Law, case: &Case) -> Option<u128> {
    let [a, b, _] = case.operands;
    let own_bits = if law.prefix == "v128" {
        128
    } else {
        law.shape?.bits
    };
    if let Some(rest) = law.name.strip_prefix("store") {
        let (digits, lane) = match rest.strip_suffix("_lane") {
            Some(digits) => (digits, u32::from(case.immediate[0])),
            None => (rest, 0),
        };
        let bits = digits.parse().unwrap_or(own_bits);
        let lane = a >> (bits * (lane % (128 / bits)));
        return Some(int::wrap(lane as i128, bits));
    }
    let rest = law.name.strip_prefix("load")?;
    if rest.is_empty() {
        return Some(a);
    }
    let (size, how) = rest.split_once('_')?;
    if let Some((bits, lanes)) = size.split_once('x') {
        let (bits, lanes): (u32, u32) = (bits.parse().ok()?, lanes.parse().ok()?);
        let narrow = Shape::ints(bits, lanes);
        let wide = Shape::ints(2 * bits, lanes);
        return Some(wide.build(|i| int::wrap(narrow.number(a, i, how == "s"), 2 * bits)));
    }
    let bits: u32 = size.parse().ok()?;
    let shape = Shape::ints(bits, 128 / bits);
    Some(match how {
        "u" | "zero" => a,
        "s" => int::wrap(int::signed(a, bits), own_bits),
        "splat" => shape.build(|_| a),
        "lane" => shape.replace(b, u32::from(case.immediate[0]) % shape.lanes, a),
        _ => return None,
    })
}

fn whole_vector(law: &Law, case: &Case) -> Option<u128> {
    if law.prefix != "v128" {
        return None;
    }
    let [a, b, c] = case.operands;
    Some(match law.name {
        "not" => !a,
        "and" => a & b,
        "andnot" => a & !b,
        "or" => a | b,
        "xor" => a ^ b,
        "bitselect" => a & c | b & !c,
        "any_true" => u128::from(a != 0),
        _ => return None,
    })
}

fn lane_access(law: &Law, case: &Case) -> Option<u128> {
    let shape = law.shape?;
    let [a, b, c] = case.operands;
    let at = u32::from(case.immediate[0]) % shape.lanes;
    Some(match law.name {
        "splat" => shape.build(|_| int::wrap(a as i128, shape.bits)),
        "extract_lane" | "extract_lane_u" => shape.lane(a, at),
        "extract_lane_s" => int::wrap(shape.signed_lane(a, at), 32),
        "replace_lane" => shape.replace(a, at, int::wrap(b as i128, shape.bits)),
        "shuffle" => shape.build(|i| {
            let from = u32::from(case.immediate[i as usize]) % 32;
            if from < 16 {
                shape.lane(a, from)
            } else {
                shape.lane(b, from - 16)
            }
        }),
        "swizzle" | "relaxed_swizzle" => shape.build(|i| match shape.lane(b, i) {
            from @ 0..16 => shape.lane(a, from as u32),
            _ => 0,
        }),
        "relaxed_laneselect" => a & c | b & !c,
        _ => return None,
    })
}

fn reduce(law: &Law, case: &Case) -> Option<u128> {
    let (shape, a) = (law.shape?, case.operands[0]);
    Some(match law.name {
        "eqz" => u128::from(a == 0),
        "all_true" => u128::from((0..shape.lanes).all(|i| shape.lane(a, i) != 0)),
        "bitmask" => (0..shape.lanes)
            .filter(|&i| shape.signed_lane(a, i) < 0)
            .map(|i| 1 << i)
            .sum(),
        _ => return None,
    })
}

fn compare(law: &Law, case: &Case, witness: &dyn Witness) -> Option<u128> {
    let shape = law.shape?;
    let [a, b, _] = case.operands;
    let holds = |i| {
        let (x, y) = (shape.lane(a, i), shape.lane(b, i));
        match shape.format() {
            Some(format) => float::compare(law.name, format, x, y, witness),
            None => int::compare(law.name, shape.bits, x, y),
        }
    };
    let first = holds(0)?;
    if shape.lanes == 1 {
        return Some(first.into());
    }
    let ones = u128::MAX >> (128 - shape.bits);
    Some(shape.build(|i| if holds(i) == Some(true) { ones } else { 0 }))
}

/// What the name of an instruction says that names the shape it comes from, as
/// in `i32x4.trunc_sat_f64x2_s_zero`: operation, source shape, suffix.
struct Conversion {
    operation: String,
    from: Shape,
    signed: bool,
    /// The first source lane, which is in the middle for operations on the
    /// upper half.
    first: u32,
}

impl Conversion {
    fn parse(to: Shape, name: &str) -> Option<Conversion> {
        let words: Vec<&str> = name.split('_').collect();
        let at = words.iter().position(|word| Shape::parse(word).is_some())?;
        let operation = words[..at].join("_");
        let upper = operation.ends_with("high");
        Some(Conversion {
            operation,
            from: Shape::parse(words[at])?,
            signed: words[at + 1..].contains(&"s"),
            first: if upper { to.lanes } else { 0 },
        })
    }
}

fn convert(law: &Law, case: &Case, witness: &dyn Witness) -> Option<Outcome> {
    let to = law.shape?;
    let conversion = law.conversion.as_ref()?;
    let (from, signed, first) = (conversion.from, conversion.signed, conversion.first);
    let [a, b, c] = case.operands;
    let number = |vector, lane| from.number(vector, lane, signed);
    // Lanes without a source are zero.
    let has_source = |i| i < from.lanes;
    let pairs = |combine: &dyn Fn(u32) -> i128| {
        to.build(|i| int::wrap(combine(2 * i) + combine(2 * i + 1), to.bits))
    };
    Some(Ok(match conversion.operation.as_str() {
        "wrap" | "extend" | "extend_low" | "extend_high" => {
            to.build(|i| int::wrap(number(a, i + first), to.bits))
        }
        "reinterpret" => a,
        "extmul_low" | "extmul_high" => {
            to.build(|i| int::wrap(number(a, i + first) * number(b, i + first), to.bits))
        }
        "extadd_pairwise" => pairs(&|i| number(a, i)),
        "dot" => pairs(&|i| number(a, i) * number(b, i)),
        "relaxed_dot" => {
            let middle = Shape::ints(16, 8);
            let product = |i| number(a, i) * number(b, i);
            let dot = middle.build(|i| int::wrap(product(2 * i) + product(2 * i + 1), 16));
            if to == middle {
                return Some(Ok(dot));
            }
            to.build(|i| {
                let sum = middle.signed_lane(dot, 2 * i) + middle.signed_lane(dot, 2 * i + 1);
                int::wrap(sum + to.signed_lane(c, i), to.bits)
            })
        }
        "narrow" => to.build(|i| {
            let source = if i < from.lanes { a } else { b };
            int::saturate(from.signed_lane(source, i % from.lanes), to.bits, signed)
        }),
        "trunc_sat" | "relaxed_trunc" => {
            let format = from.format()?;
            to.build(|i| match has_source(i) {
                true => witness
                    .to_int(format, from.lane(a, i))
                    .map_or(0, |value| int::saturate(value, to.bits, signed)),
                false => 0,
            })
        }
        "trunc" => {
            let Some(value) = witness.to_int(from.format()?, a) else {
                return Some(Err(Trap::InvalidConversionToInteger));
            };
            let result = int::saturate(value, to.bits, signed);
            if Shape::ints(to.bits, 1).number(result, 0, signed) != value {
                return Some(Err(Trap::IntegerOverflow));
            }
            result
        }
        "convert" | "convert_low" => {
            let format = to.format()?;
            to.build(|i| witness.of_int(format, number(a, i)))
        }
        "demote" => to.build(|i| {
            if has_source(i) {
                float::demote(from.lane(a, i), witness)
            } else {
                0
            }
        }),
        "promote" | "promote_low" => to.build(|i| float::promote(from.lane(a, i), witness)),
        _ => return None,
    }))
}

/// The same operation on every lane; in scalars it may trap.
fn lanewise(law: &Law, case: &Case, witness: &dyn Witness) -> Option<Outcome> {
    let (shape, name) = (law.shape?, law.name);
    let [a, b, c] = case.operands;
    let mut missing = false;
    let mut trap = None;
    let result = shape.build(|i| {
        let [x, y, z] = [a, b, c].map(|vector| shape.lane(vector, i));
        let lane = match shape.format() {
            Some(format) => float::unary(name, format, x, witness)
                .or_else(|| float::binary(name, format, x, y, witness))
                .or_else(|| float::ternary(name, format, [x, y, z], witness))
                .map(Ok),
            None => int::unary(name, shape.bits, x)
                // A vector's shift count is a scalar, the same for every lane.
                .or_else(|| int::shift(name, shape.bits, x, b as u32))
                .map(Ok)
                .or_else(|| int::binary(name, shape.bits, x, y)),
        };
        match lane {
            Some(Ok(lane)) => lane,
            Some(Err(reason)) => {
                trap = Some(reason);
                0
            }
            None => {
                missing = true;
                0
            }
        }
    });
    if missing {
        return None;
    }
    Some(trap.map_or(Ok(result), Err))
}

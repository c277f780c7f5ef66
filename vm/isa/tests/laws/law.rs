//! What every instruction must give, read off its mnemonic.
//!
//! The definitions know nothing of `sem`: a mnemonic is taken apart into the
//! shape of its lanes and the name of its operation (a scalar is one lane),
//! integers are computed in 128 bits, and floats by `rustc_apfloat`.

use crate::run::Case;
use crate::{float, int};
use lockstep_isa::Trap;

/// How 128 bits, or a scalar, divide into lanes.
#[derive(Clone, Copy, PartialEq)]
struct Shape {
    bits: u32,
    lanes: u32,
    float: bool,
}

impl Shape {
    fn parse(name: &str) -> Option<Shape> {
        let (float, rest) = match name.strip_prefix('f') {
            Some(rest) => (true, rest),
            None => (false, name.strip_prefix('i')?),
        };
        let (bits, lanes) = rest.split_once('x').unwrap_or((rest, "1"));
        Some(Shape {
            bits: bits.parse().ok()?,
            lanes: lanes.parse().ok()?,
            float,
        })
    }

    fn lane(self, vector: u128, lane: u32) -> u128 {
        vector >> (self.bits * lane) & (u128::MAX >> (128 - self.bits))
    }

    fn signed_lane(self, vector: u128, lane: u32) -> i128 {
        int::signed(self.lane(vector, lane), self.bits)
    }

    /// The lane as the number it stands for under `_s` or `_u`.
    fn number(self, vector: u128, lane: u32, signed: bool) -> i128 {
        if signed {
            self.signed_lane(vector, lane)
        } else {
            self.lane(vector, lane) as i128
        }
    }

    /// The vector of `f` of every lane number.
    fn build(self, mut f: impl FnMut(u32) -> u128) -> u128 {
        (0..self.lanes).fold(0, |vector, lane| vector | f(lane) << (self.bits * lane))
    }

    fn replace(self, vector: u128, at: u32, value: u128) -> u128 {
        self.build(|lane| {
            if lane == at {
                value
            } else {
                self.lane(vector, lane)
            }
        })
    }
}

/// What the instruction called `mnemonic` gives, or `None` if there is no law.
pub(crate) fn law(mnemonic: &str, case: &Case) -> Option<Result<u128, Trap>> {
    let (prefix, name) = mnemonic.split_once('.')?;
    memory(prefix, name, case)
        .or_else(|| whole_vector(name, case).filter(|_| prefix == "v128"))
        .map(Ok)
        .or_else(|| {
            let shape = Shape::parse(prefix)?;
            lane_access(shape, name, case)
                .or_else(|| reduce(shape, name, case.operands[0]))
                .or_else(|| compare(shape, name, case))
                .map(Ok)
                .or_else(|| convert(shape, name, case))
                .or_else(|| lanewise(shape, name, case))
        })
}

/// Loads and stores of every kind. The bytes of an access are a little-endian
/// number already.
fn memory(prefix: &str, name: &str, case: &Case) -> Option<u128> {
    let [a, b, _] = case.operands;
    let own_bits = if prefix == "v128" {
        128
    } else {
        Shape::parse(prefix)?.bits
    };
    if let Some(rest) = name.strip_prefix("store") {
        let (digits, lane) = match rest.strip_suffix("_lane") {
            Some(digits) => (digits, u32::from(case.immediate[0])),
            None => (rest, 0),
        };
        let bits = digits.parse().unwrap_or(own_bits);
        return Some(int::wrap(
            (a >> (bits * (lane % (128 / bits)))) as i128,
            bits,
        ));
    }
    let rest = name.strip_prefix("load")?;
    if rest.is_empty() {
        return Some(a);
    }
    let (size, how) = rest.split_once('_')?;
    if let Some((bits, lanes)) = size.split_once('x') {
        let (bits, lanes): (u32, u32) = (bits.parse().ok()?, lanes.parse().ok()?);
        let (narrow, wide) = (
            Shape {
                bits,
                lanes,
                float: false,
            },
            Shape {
                bits: 2 * bits,
                lanes,
                float: false,
            },
        );
        return Some(wide.build(|i| int::wrap(narrow.number(a, i, how == "s"), 2 * bits)));
    }
    let bits: u32 = size.parse().ok()?;
    let shape = Shape {
        bits,
        lanes: 128 / bits,
        float: false,
    };
    Some(match how {
        "u" | "zero" => a,
        "s" => int::wrap(int::signed(a, bits), own_bits),
        "splat" => shape.build(|_| a),
        "lane" => shape.replace(b, u32::from(case.immediate[0]) % shape.lanes, a),
        _ => return None,
    })
}

fn whole_vector(name: &str, case: &Case) -> Option<u128> {
    let [a, b, c] = case.operands;
    Some(match name {
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

fn lane_access(shape: Shape, name: &str, case: &Case) -> Option<u128> {
    let [a, b, c] = case.operands;
    let at = u32::from(case.immediate[0]) % shape.lanes;
    Some(match name {
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

fn reduce(shape: Shape, name: &str, a: u128) -> Option<u128> {
    Some(match name {
        "eqz" => u128::from(a == 0),
        "all_true" => u128::from((0..shape.lanes).all(|i| shape.lane(a, i) != 0)),
        "bitmask" => (0..shape.lanes)
            .filter(|&i| shape.signed_lane(a, i) < 0)
            .map(|i| 1 << i)
            .sum(),
        _ => return None,
    })
}

fn compare(shape: Shape, name: &str, case: &Case) -> Option<u128> {
    let compare = if shape.float {
        float::compare
    } else {
        int::compare
    };
    let [a, b, _] = case.operands;
    let holds = |i| compare(name, shape.bits, shape.lane(a, i), shape.lane(b, i));
    holds(0)?;
    if shape.lanes == 1 {
        return holds(0).map(u128::from);
    }
    let ones = u128::MAX >> (128 - shape.bits);
    Some(shape.build(|i| if holds(i) == Some(true) { ones } else { 0 }))
}

/// Instructions that name the shape they come from, as in
/// `i32x4.trunc_sat_f64x2_s_zero`: operation, source shape, suffix.
fn convert(to: Shape, name: &str, case: &Case) -> Option<Result<u128, Trap>> {
    let words: Vec<&str> = name.split('_').collect();
    let at = words.iter().position(|word| Shape::parse(word).is_some())?;
    let from = Shape::parse(words[at])?;
    let signed = words[at + 1..].contains(&"s");
    let [a, b, c] = case.operands;
    let operation = words[..at].join("_");
    // The upper half of the source lanes, for the operations that name a half.
    let half = if operation.ends_with("high") {
        to.lanes
    } else {
        0
    };
    let number = |vector, lane| from.number(vector, lane, signed);
    // Lanes without a source are zero.
    let has_source = |i| i < from.lanes;
    let pairs = |combine: &dyn Fn(u32) -> i128| {
        to.build(|i| int::wrap(combine(2 * i) + combine(2 * i + 1), to.bits))
    };
    Some(Ok(match operation.as_str() {
        "wrap" | "extend" | "extend_low" | "extend_high" => {
            to.build(|i| int::wrap(number(a, i + half), to.bits))
        }
        "reinterpret" => a,
        "extmul_low" | "extmul_high" => {
            to.build(|i| int::wrap(number(a, i + half) * number(b, i + half), to.bits))
        }
        "extadd_pairwise" => pairs(&|i| number(a, i)),
        "dot" => pairs(&|i| number(a, i) * number(b, i)),
        "relaxed_dot" => {
            let middle = Shape {
                bits: 16,
                lanes: 8,
                float: false,
            };
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
        "trunc_sat" | "relaxed_trunc" => to.build(|i| match has_source(i) {
            true => float::to_int(from.bits, from.lane(a, i))
                .map_or(0, |value| int::saturate(value, to.bits, signed)),
            false => 0,
        }),
        "trunc" => {
            let Some(value) = float::to_int(from.bits, a) else {
                return Some(Err(Trap::InvalidConversionToInteger));
            };
            let result = int::saturate(value, to.bits, signed);
            let whole = Shape { lanes: 1, ..to };
            if whole.number(result, 0, signed) != value {
                return Some(Err(Trap::IntegerOverflow));
            }
            result
        }
        "convert" | "convert_low" => to.build(|i| float::from_int(to.bits, number(a, i))),
        "demote" => to.build(|i| {
            if has_source(i) {
                float::demote(from.lane(a, i))
            } else {
                0
            }
        }),
        "promote" | "promote_low" => to.build(|i| float::promote(from.lane(a, i))),
        _ => return None,
    }))
}

/// The same operation on every lane; in scalars it may trap.
fn lanewise(shape: Shape, name: &str, case: &Case) -> Option<Result<u128, Trap>> {
    let [a, b, c] = case.operands;
    let mut missing = false;
    let mut trap = None;
    let result = shape.build(|i| {
        let [x, y, z] = [a, b, c].map(|vector| shape.lane(vector, i));
        let lane = if shape.float {
            float::unary(name, shape.bits, x)
                .or_else(|| float::binary(name, shape.bits, x, y))
                .or_else(|| float::ternary(name, shape.bits, x, y, z))
                .map(Ok)
        } else {
            int::unary(name, shape.bits, x)
                // A vector's shift count is a scalar, the same for every lane.
                .or_else(|| int::shift(name, shape.bits, x, b as u32))
                .map(Ok)
                .or_else(|| int::binary(name, shape.bits, x, y))
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

//! The mirror's program: operations whose result bits the standard leaves
//! open, at operands that make them show.

use std::fmt::Write as _;

/// Where results are written, in bytes from the memory's beginning.
pub(super) const RESULTS: usize = 0x8000;

/// Room of an operand and of a result, in bytes.
pub(super) const SLOT: usize = 16;

/// A type of operands or results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ty {
    F32,
    F64,
    V128,
}

impl Ty {
    fn name(self) -> &'static str {
        match self {
            Ty::F32 => "f32",
            Ty::F64 => "f64",
            Ty::V128 => "v128",
        }
    }

    /// How many bytes a value has.
    pub(super) fn bytes(self) -> usize {
        match self {
            Ty::F32 => 4,
            Ty::F64 => 8,
            Ty::V128 => 16,
        }
    }
}

/// An operation with its operands.
pub(super) struct Case {
    /// What it is, for people.
    pub(super) name: String,
    /// The instruction.
    pub(super) op: &'static str,
    pub(super) operand: Ty,
    pub(super) result: Ty,
    /// Bits of the operands.
    pub(super) operands: Vec<u128>,
}

// Quiet NaNs with two payloads, and a signalling one.
const A32: u32 = 0x7fc0_0aaa;
const B32: u32 = 0xffc0_0bbb;
const S32: u32 = 0x7f80_0ccc;
const A64: u64 = 0x7ff8_0000_0000_0aaa;
const B64: u64 = 0xfff8_0000_0000_0bbb;
const S64: u64 = 0x7ff0_0000_0000_0ccc;

/// Operands of both widths, by one name.
const VALUES: [(&str, u32, u64); 8] = [
    ("0", 0, 0),
    ("1", 0x3f80_0000, 0x3ff0_0000_0000_0000),
    ("-1", 0xbf80_0000, 0xbff0_0000_0000_0000),
    ("inf", 0x7f80_0000, 0x7ff0_0000_0000_0000),
    ("-inf", 0xff80_0000, 0xfff0_0000_0000_0000),
    ("nan A", A32, A64),
    ("nan B", B32, B64),
    ("snan", S32, S64),
];

/// Operations in both widths.
const FLOAT: [(&str, &str, &[&str]); 17] = [
    ("f32.div", "f64.div", &["0", "0"]),
    ("f32.sub", "f64.sub", &["inf", "inf"]),
    ("f32.add", "f64.add", &["inf", "-inf"]),
    ("f32.mul", "f64.mul", &["inf", "0"]),
    ("f32.sqrt", "f64.sqrt", &["-1"]),
    ("f32.add", "f64.add", &["nan A", "nan B"]),
    ("f32.add", "f64.add", &["nan B", "nan A"]),
    ("f32.mul", "f64.mul", &["nan B", "1"]),
    ("f32.sub", "f64.sub", &["1", "nan B"]),
    ("f32.add", "f64.add", &["snan", "1"]),
    ("f32.add", "f64.add", &["nan A", "snan"]),
    ("f32.min", "f64.min", &["nan A", "1"]),
    ("f32.max", "f64.max", &["1", "nan B"]),
    ("f32.min", "f64.min", &["nan A", "nan B"]),
    ("f32.max", "f64.max", &["nan B", "nan A"]),
    ("f32.ceil", "f64.ceil", &["snan"]),
    ("f32.nearest", "f64.nearest", &["nan B"]),
];

/// Operations on lanes whose operands are those of [`FLOAT`], in turn.
const LANES: [(&str, u32, [&str; 4], [&str; 4]); 8] = [
    (
        "f32x4.add",
        32,
        ["inf", "nan A", "nan B", "snan"],
        ["-inf", "nan B", "nan A", "1"],
    ),
    (
        "f32x4.div",
        32,
        ["0", "inf", "nan B", "snan"],
        ["0", "-inf", "1", "nan A"],
    ),
    (
        "f32x4.mul",
        32,
        ["inf", "0", "nan B", "1"],
        ["0", "-inf", "nan A", "snan"],
    ),
    (
        "f32x4.min",
        32,
        ["nan A", "1", "nan B", "snan"],
        ["1", "nan B", "nan A", "1"],
    ),
    (
        "f32x4.max",
        32,
        ["nan A", "1", "nan B", "snan"],
        ["1", "nan B", "nan A", "1"],
    ),
    (
        "f64x2.sub",
        64,
        ["inf", "nan B", "0", "0"],
        ["inf", "nan A", "0", "0"],
    ),
    (
        "f64x2.div",
        64,
        ["0", "snan", "0", "0"],
        ["0", "1", "0", "0"],
    ),
    (
        "f64x2.max",
        64,
        ["nan B", "1", "0", "0"],
        ["nan A", "snan", "0", "0"],
    ),
];

/// Relaxed instructions, with operands at which CPUs do different things.
const RELAXED: [(&str, &str, &[u128]); 8] = [
    (
        "i32x4.relaxed_trunc_f32x4_s",
        "nan, 3e9, -3e9, inf",
        &[0x7f80_0000_cf32_d05e_4f32_d05e_7fc0_0000],
    ),
    (
        "i32x4.relaxed_trunc_f32x4_u",
        "nan, -1, 5e9, inf",
        &[0x7f80_0000_4f95_02f9_bf80_0000_7fc0_0000],
    ),
    (
        "f32x4.relaxed_madd",
        "(1 + e) * (1 - e) - 1",
        &[
            0x3f80_0001_3f80_0001_3f80_0001_3f80_0001,
            0x3f7f_fffe_3f7f_fffe_3f7f_fffe_3f7f_fffe,
            0xbf80_0000_bf80_0000_bf80_0000_bf80_0000,
        ],
    ),
    (
        "f32x4.relaxed_min",
        "nan and 1, 0 and -0",
        &[
            0x8000_0000_0000_0000_3f80_0000_7fc0_0aaa,
            0x0000_0000_8000_0000_7fc0_0aaa_3f80_0000,
        ],
    ),
    (
        "i8x16.relaxed_swizzle",
        "indices 16 to 31",
        &[
            0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100,
            0x1f1e_1d1c_1b1a_1918_1716_1514_1312_1110,
        ],
    ),
    (
        "i8x16.relaxed_laneselect",
        "masks of one bit",
        &[u128::MAX, 0, 0x0101_0101_0101_0101_8080_8080_8080_8080],
    ),
    (
        "i16x8.relaxed_q15mulr_s",
        "-1 * -1",
        &[
            0x8000_8000_8000_8000_8000_8000_8000_8000,
            0x8000_8000_8000_8000_8000_8000_8000_8000,
        ],
    ),
    (
        "i16x8.relaxed_dot_i8x16_i7x16_s",
        "second operands over 127",
        &[
            0x0101_0101_0101_0101_8080_8080_8080_8080,
            0x8181_8181_8181_8181_ffff_ffff_ffff_ffff,
        ],
    ),
];

/// Operations that give NaN.
pub(super) fn nan() -> Vec<Case> {
    let mut cases = Vec::new();
    for width in [Ty::F32, Ty::F64] {
        for (narrow, wide, operands) in FLOAT {
            let op = if width == Ty::F32 { narrow } else { wide };
            cases.push(Case {
                name: format!("{op} {}", operands.join(", ")),
                op,
                operand: width,
                result: width,
                operands: operands.iter().map(|name| scalar(width, name)).collect(),
            });
        }
    }
    for name in ["snan", "nan B"] {
        cases.push(conversion("f64.promote_f32", Ty::F32, Ty::F64, name));
        cases.push(conversion("f32.demote_f64", Ty::F64, Ty::F32, name));
    }
    for (op, bits, a, b) in LANES {
        cases.push(Case {
            name: op.to_owned(),
            op,
            operand: Ty::V128,
            result: Ty::V128,
            operands: vec![vector(bits, &a), vector(bits, &b)],
        });
    }
    cases
}

/// Relaxed operations.
pub(super) fn relaxed() -> Vec<Case> {
    let case = |(op, what, operands): (&'static str, &str, &[u128])| Case {
        name: format!("{op} {what}"),
        op,
        operand: Ty::V128,
        result: Ty::V128,
        operands: operands.to_vec(),
    };
    RELAXED.map(case).into()
}

fn conversion(op: &'static str, operand: Ty, result: Ty, name: &str) -> Case {
    Case {
        name: format!("{op} {name}"),
        op,
        operand,
        result,
        operands: vec![scalar(operand, name)],
    }
}

fn scalar(ty: Ty, name: &str) -> u128 {
    let (_, narrow, wide) = VALUES
        .into_iter()
        .find(|(known, ..)| *known == name)
        .expect("the tables here name values of this table");
    match ty {
        Ty::F32 => narrow.into(),
        _ => wide.into(),
    }
}

fn vector(bits: u32, lanes: &[&str; 4]) -> u128 {
    let ty = if bits == 32 { Ty::F32 } else { Ty::F64 };
    let lanes = lanes.iter().take(128 / bits as usize).enumerate();
    lanes.fold(0, |vector, (i, name)| {
        vector | scalar(ty, name) << (bits as usize * i)
    })
}

/// The module: `run` computes every case from operands in memory, which no
/// compiler can know beforehand, and writes the result's bits to memory.
pub(super) fn module(cases: &[Case]) -> Vec<u8> {
    let (mut body, mut data) = (String::new(), String::new());
    let mut at = 0;
    for (i, case) in cases.iter().enumerate() {
        let (operand, result) = (case.operand.name(), case.result.name());
        let to = RESULTS + i * SLOT;
        write!(body, "({result}.store (i32.const {to}) ({}", case.op).expect("text has room");
        for bits in &case.operands {
            write!(body, " ({operand}.load (i32.const {at}))").expect("text has room");
            data += &format!("(data (i32.const {at}) \"");
            for byte in bits.to_le_bytes() {
                data += &format!("\\{byte:02x}");
            }
            data += "\")\n";
            at += SLOT;
        }
        body += "))\n";
    }
    let text =
        format!("(module (memory (export \"memory\") 1)\n{data}(func (export \"run\")\n{body}))");
    wat::parse_str(&text).expect("the tables here make a module")
}

/// The results in the bytes that begin at [`RESULTS`], in hexadecimal with
/// the highest digit first.
pub(super) fn results(cases: &[Case], memory: &[u8]) -> Vec<Option<String>> {
    let result = |(i, case): (usize, &Case)| {
        let bytes = memory.get(i * SLOT..)?.get(..case.result.bytes())?;
        Some(
            bytes
                .iter()
                .rev()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    };
    cases.iter().enumerate().map(result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_and_results_do_not_touch() {
        for cases in [nan(), relaxed()] {
            let operands: usize = cases.iter().map(|case| case.operands.len()).sum();
            assert!(operands * SLOT <= RESULTS);
            assert!(RESULTS + cases.len() * SLOT <= 65_536);
            assert!(!module(&cases).is_empty());
        }
    }

    #[test]
    fn every_case_has_a_name_of_its_own() {
        let mut names: Vec<String> = nan()
            .into_iter()
            .chain(relaxed())
            .map(|case| case.name)
            .collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}

//! The instructions that programs are made of: the rows of the one opcode
//! table, with their types and their bytes.
//!
//! The table knows names and types but no encoding, so the text format's
//! assembler gives the bytes: one function per row, once per process.

use std::sync::OnceLock;

use lockstep_isa::{Class, Op};
use wasm_encoder::ValType;
use wasmparser::{Parser, Payload};

use crate::entropy::Entropy;

/// A row that computes something: not control flow, not register code.
pub(super) struct Row {
    pub(super) op: Op,
    /// The bytes in front of any immediate.
    pub(super) prefix: Vec<u8>,
    /// Operands on the stack, an access's address not counted.
    pub(super) params: Vec<ValType>,
    /// None for stores.
    pub(super) result: Option<ValType>,
    /// Bytes of memory that it touches, if any.
    pub(super) access: Option<u64>,
    /// Lanes among which an immediate chooses, if any.
    pub(super) lanes: Option<u8>,
}

impl Row {
    /// Whether it can trap whatever the address.
    pub(super) fn is_partial(&self) -> bool {
        matches!(self.op.class(), Class::TryUnary | Class::TryBinary)
    }

    pub(super) fn is_shuffle(&self) -> bool {
        self.op.class() == Class::Shuffle
    }
}

/// Types as the table writes them; `u8` is an immediate and `[u8; N]` memory.
fn value_type(word: &str) -> Option<ValType> {
    Some(match word {
        "i32" => ValType::I32,
        "i64" => ValType::I64,
        "f32" => ValType::F32,
        "f64" => ValType::F64,
        "V128" => ValType::V128,
        _ => return None,
    })
}

/// N of `[u8; N]`.
fn byte_count(word: &str) -> Option<u64> {
    word.strip_prefix("[u8; ")?.strip_suffix(']')?.parse().ok()
}

macro_rules! signatures {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// Arguments and results of a row, as the table writes them.
        fn words(op: Op) -> (&'static [&'static str], &'static [&'static str]) {
            match op {
                $($(Op::$Name => (&[$(stringify!($arg)),*], &[$(stringify!($result)),*]),)*)*
            }
        }
    };
}

lockstep_isa::for_each_op!(signatures);

/// Whether a Wasm program can name the row, and it means something by itself.
pub(super) fn is_plain(op: Op) -> bool {
    !matches!(
        op.class(),
        Class::Control | Class::Machine | Class::TernaryUnfused
    )
}

fn row(op: Op) -> Row {
    let (arguments, results) = words(op);
    let touched = match op.class() {
        Class::Load | Class::LoadLane => arguments.first(),
        Class::Store | Class::StoreLane => results.first(),
        _ => None,
    };
    let access = touched.and_then(|word| byte_count(word));
    let lanes = match (arguments.contains(&"u8"), access) {
        (false, _) => None,
        (true, Some(bytes)) => Some((16 / bytes) as u8),
        // The shape is the mnemonic's first word, such as `i16x8`.
        (true, None) => op
            .mnemonic()
            .split_once('.')
            .and_then(|(shape, _)| shape.split_once('x')?.1.parse().ok()),
    };
    Row {
        op,
        prefix: Vec::new(),
        params: arguments
            .iter()
            .filter_map(|word| value_type(word))
            .collect(),
        result: results.first().and_then(|word| value_type(word)),
        access,
        lanes,
    }
}

/// Every plain row, with its bytes.
pub(super) fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let plain = Op::ALL.iter().copied().filter(|&op| is_plain(op));
        let mut rows: Vec<Row> = plain.map(row).collect();
        assemble(&mut rows);
        rows
    })
}

/// Fills in the prefixes.
fn assemble(rows: &mut [Row]) {
    let mut text = String::from("(module (memory 1)");
    for row in &*rows {
        let immediates = match row.lanes {
            _ if row.is_shuffle() => " 0".repeat(16),
            Some(_) => " 0".to_owned(),
            None => String::new(),
        };
        text.push_str(&format!("(func {}{immediates})", row.op.mnemonic()));
    }
    text.push(')');
    let wasm = wat::parse_str(&text).expect("the table has the text format's names");
    let bodies = Parser::new(0)
        .parse_all(&wasm)
        .filter_map(|payload| match payload {
            Ok(Payload::CodeSectionEntry(body)) => Some(body),
            _ => None,
        });
    for (row, body) in rows.iter_mut().zip(bodies) {
        let mut operators = body.get_operators_reader().expect("it was just assembled");
        let start = operators.original_position() as usize;
        operators.read().expect("it was just assembled");
        let end = operators.original_position() as usize;
        let immediates = match row.lanes {
            _ if row.is_shuffle() => 16,
            lanes => usize::from(lanes.is_some()) + 2 * usize::from(row.access.is_some()),
        };
        row.prefix = wasm[start..end - immediates].to_vec();
    }
}

/// Rows to choose from, by what they give and by what they take.
pub(super) struct Menu {
    /// By result type: rows that can not trap.
    total: [Vec<&'static Row>; 5],
    /// By result type: rows that trap for some operands.
    partial: [Vec<&'static Row>; 5],
    /// By result type: loads of one value.
    loads: [Vec<&'static Row>; 5],
    /// By type of the last operand: stores.
    stores: [Vec<&'static Row>; 5],
    /// By type of the first operand: rows that can not trap.
    takers: [Vec<&'static Row>; 5],
    /// Those among them that give an `i32`.
    tests: [Vec<&'static Row>; 5],
}

fn place(ty: ValType) -> usize {
    match ty {
        ValType::I32 => 0,
        ValType::I64 => 1,
        ValType::F32 => 2,
        ValType::F64 => 3,
        ValType::V128 => 4,
        ValType::Ref(_) => unreachable!("no row takes or gives references"),
    }
}

impl Menu {
    fn new(wanted: fn(&Row) -> bool) -> Menu {
        let mut menu = Menu {
            total: Default::default(),
            partial: Default::default(),
            loads: Default::default(),
            stores: Default::default(),
            takers: Default::default(),
            tests: Default::default(),
        };
        for row in rows() {
            match (row.access, row.result) {
                (Some(_), Some(result)) if row.params.is_empty() => {
                    menu.loads[place(result)].push(row);
                }
                (Some(_), None) => menu.stores[place(row.params[0])].push(row),
                (None, Some(result)) if wanted(row) => {
                    if row.is_partial() {
                        menu.partial[place(result)].push(row);
                    } else {
                        menu.total[place(result)].push(row);
                        menu.takers[place(row.params[0])].push(row);
                        if result == ValType::I32 {
                            menu.tests[place(row.params[0])].push(row);
                        }
                    }
                }
                _ => {}
            }
        }
        menu
    }

    /// Every row.
    pub(super) fn any() -> &'static Menu {
        static MENU: OnceLock<Menu> = OnceLock::new();
        MENU.get_or_init(|| Menu::new(|_| true))
    }

    /// Rows that read, make or move floats.
    pub(super) fn floats() -> &'static Menu {
        static MENU: OnceLock<Menu> = OnceLock::new();
        MENU.get_or_init(|| {
            Menu::new(|row| {
                let name = row.op.mnemonic();
                let is_float = |ty: &ValType| matches!(ty, ValType::F32 | ValType::F64);
                // Float lanes in any part of the name, and what moves bits.
                name.contains("f32")
                    || name.contains("f64")
                    || name.starts_with("v128.")
                    || name.contains("laneselect")
                    || row.params.iter().chain(&row.result).any(is_float)
            })
        })
    }

    /// A row with this result that can not trap, or, rarely, one that can.
    pub(super) fn giver(&self, ty: ValType, entropy: &mut Entropy<'_>) -> Option<&'static Row> {
        let rare = entropy.chance(1, 24) && !self.partial[place(ty)].is_empty();
        let rows = if rare { &self.partial } else { &self.total };
        choose(&rows[place(ty)], entropy)
    }

    /// A row whose first operand has this type.
    pub(super) fn taker(&self, ty: ValType, entropy: &mut Entropy<'_>) -> Option<&'static Row> {
        choose(&self.takers[place(ty)], entropy)
    }

    /// A row that makes an `i32` of a value of this type and whatever else it
    /// takes.
    pub(super) fn test(&self, ty: ValType, entropy: &mut Entropy<'_>) -> Option<&'static Row> {
        choose(&self.tests[place(ty)], entropy)
    }

    pub(super) fn load(&self, ty: ValType, entropy: &mut Entropy<'_>) -> &'static Row {
        choose(&self.loads[place(ty)], entropy).expect("every type can be loaded")
    }

    pub(super) fn store(&self, ty: ValType, entropy: &mut Entropy<'_>) -> &'static Row {
        choose(&self.stores[place(ty)], entropy).expect("every type can be stored")
    }
}

fn choose(rows: &[&'static Row], entropy: &mut Entropy<'_>) -> Option<&'static Row> {
    match rows {
        [] => None,
        rows => Some(*entropy.pick(rows)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_bytes_types_and_lanes() {
        for row in rows() {
            let name = row.op.mnemonic();
            assert!(!row.prefix.is_empty(), "{name}");
            assert!(row.result.is_some() || row.access.is_some(), "{name}");
            let one_lane = name.ends_with("_lane") || name.contains("_lane_");
            assert_eq!(row.lanes.is_some(), one_lane, "{name}");
            assert!(row.lanes.is_none_or(|n| n.is_power_of_two()), "{name}");
        }
        let bytes = |name: &str| {
            let row = rows().iter().find(|row| row.op.mnemonic() == name).unwrap();
            row.prefix.clone()
        };
        assert_eq!(bytes("i32.add"), [0x6a]);
        assert_eq!(bytes("v128.load8_lane"), [0xfd, 0x54]);
        assert_eq!(bytes("i8x16.shuffle"), [0xfd, 0x0d]);
        assert_eq!(bytes("i32x4.extract_lane"), [0xfd, 0x1b]);
        assert_eq!(bytes("f64x2.relaxed_nmadd"), [0xfd, 0x88, 0x02]);
    }
}

//! Rows, and functions in text that use them.

use std::fmt::Write;

use crate::{AFTERWARDS, ARRAY, RESULTS};

/// What the opcode table says of a row.
pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) mnemonic: &'static str,
    args: Vec<&'static str>,
    result: &'static str,
}

macro_rules! rows {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        vec![$($(Row {
            class: stringify!($class),
            mnemonic: $mnemonic,
            args: vec![$(stringify!($arg)),*],
            result: concat!($(stringify!($result)),*),
        }),*),*]
    };
}

/// The rows over vectors that are functions of their operands or reach memory.
pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = isa::for_each_op!(rows);
    rows.retain(|row| {
        let vector = row.args.contains(&"V128") || row.result == "V128";
        vector && !["control", "machine"].contains(&row.class)
    });
    rows
}

fn wasm_type(name: &str) -> &'static str {
    match name {
        "i32" => "i32",
        "i64" => "i64",
        "f32" => "f32",
        "f64" => "f64",
        _ => "v128",
    }
}

impl Row {
    /// Types of the operands that are values; the others are immediates.
    pub(super) fn operands(&self) -> Vec<&'static str> {
        let is_value = |arg: &&&'static str| !arg.starts_with('[') && **arg != "u8";
        let values = self.args.iter().filter(is_value);
        values.map(|arg| wasm_type(arg)).collect()
    }

    /// How Wasm calls it.
    pub(super) fn instruction(&self) -> &'static str {
        self.mnemonic.trim_end_matches("_unfused")
    }

    /// The instruction, and what stores its result.
    pub(super) fn stored(&self, immediates: &str, operands: &[String]) -> String {
        let instruction = self.instruction();
        let operands = operands.join(" ");
        let result = wasm_type(self.result);
        let here = format!("offset={RESULTS} (local.get $i)");
        match self.class {
            "load" => {
                let loaded = format!("({instruction} offset=1 (local.get $i))");
                format!("(v128.store {here} {loaded})")
            }
            "load_lane" => {
                let loaded = format!("({instruction} {immediates} (local.get $i) {operands})");
                format!("(v128.store {here} {loaded})")
            }
            "store" => format!("({instruction} {here} {operands})"),
            "store_lane" => {
                let place = format!("offset={RESULTS} {immediates} (local.get $i)");
                format!("({instruction} {place} {operands})")
            }
            _ => format!("({result}.store {here} ({instruction} {immediates} {operands}))"),
        }
    }
}

/// A function: for each case it loads operands, runs `body`, and uses the
/// operands again that `again` has bits for.
pub(super) fn function(name: usize, types: &[&str], body: &str, again: u8) -> String {
    let mut out = format!("(func (export \"{name}\") (local $i i32)");
    for (n, ty) in types.iter().enumerate() {
        let _ = write!(out, " (local ${n} {ty})");
    }
    out.push_str("\n (loop $again\n");
    for (n, ty) in types.iter().enumerate() {
        let at = n as u32 * ARRAY;
        let load = format!("({ty}.load offset={at} (local.get $i))");
        let _ = writeln!(out, "  (local.set ${n} {load})");
    }
    let _ = writeln!(out, "  {body}");
    if again != 0 {
        let used = used_again(types, again);
        let store = format!("v128.store offset={AFTERWARDS} (local.get $i)");
        let _ = writeln!(out, "  ({store} {used})");
    }
    let next = "(local.tee $i (i32.add (local.get $i) (i32.const 16)))";
    let more = format!("(i32.lt_u {next} (i32.const {ARRAY}))");
    let _ = writeln!(out, "  (br_if $again {more})))");
    out
}

/// Something that depends on operands.
fn used_again(types: &[&str], again: u8) -> String {
    let mut all = "(v128.const i64x2 0 0)".to_string();
    for (n, ty) in types.iter().enumerate() {
        let operand = match *ty {
            _ if again >> n & 1 == 0 => continue,
            "v128" => format!("(local.get ${n})"),
            "i32" => format!("(i32x4.splat (local.get ${n}))"),
            "i64" => format!("(i64x2.splat (local.get ${n}))"),
            "f32" => format!("(f32x4.splat (local.get ${n}))"),
            _ => format!("(f64x2.splat (local.get ${n}))"),
        };
        all = format!("(i8x16.sub {all} {operand})");
    }
    all
}

pub(super) fn constant(ty: &str, bits: u128) -> String {
    let (low, high) = (bits as u64 as i64, (bits >> 64) as u64 as i64);
    match ty {
        "i32" => format!("(i32.const {})", low as i32),
        "i64" => format!("(i64.const {low})"),
        "f32" => format!("(f32.reinterpret_i32 (i32.const {}))", low as i32),
        "f64" => format!("(f64.reinterpret_i64 (i64.const {low}))"),
        _ => format!("(v128.const i64x2 {low} {high})"),
    }
}

pub(super) fn local(n: usize) -> String {
    format!("(local.get ${n})")
}

//! No instruction takes native stack and keeps it.
//!
//! An interpreter whose instructions call one another in tail position is one
//! missed tail call away from a native stack that grows with the guest's run.
//! So every instruction that is a pure function of its operands, a load or a
//! store runs in a long loop on a thread with a small stack. The thread has
//! the instruction's name, which is the last thing an overflow prints.

use std::iter;
use std::thread;

use lockstep_isa::{Class, Op};
use spec_tests::tier::{Tier, Value, World};

/// Small, and still room for the engine to start up in.
const STACK_BYTES: usize = 128 << 10;
/// So many that even 16 bytes kept per instruction would overflow.
const ROUNDS: i32 = 10_000;

const TYPES: [&str; 5] = ["v128", "i32", "i64", "f32", "f64"];

#[test]
fn every_instruction_leaves_the_native_stack_alone() {
    let mut tried = 0;
    for tier in spec_tests::lockstep::tiers() {
        let tier: &dyn Tier = tier.as_ref();
        for &op in Op::ALL {
            let modules = modules(tier, op);
            tried += usize::from(!modules.is_empty());
            let run = || modules.iter().for_each(|wasm| run(tier, op, wasm));
            thread::scope(|scope| {
                let builder = thread::Builder::new()
                    .name(op.mnemonic().to_owned())
                    .stack_size(STACK_BYTES);
                builder.spawn_scoped(scope, run).unwrap();
            });
        }
    }
    // The pure instructions of Wasm 3.0 without GC, and its loads and stores.
    assert!(tried > 400, "only {tried} instructions were found");
}

fn run(tier: &dyn Tier, op: Op, wasm: &[u8]) {
    let mut world = tier.open().unwrap();
    let module = world.compile(wasm).unwrap();
    let instance = world.instantiate(module).unwrap();
    if let Err(failure) = world.invoke(instance, "run", &[Value::I32(ROUNDS)]) {
        panic!("{}: {failure}", op.mnemonic());
    }
}

/// Loops around the instruction, one per shape of its operands; none for
/// what is not an instruction of Wasm. Operand types are found by trying.
fn modules(tier: &dyn Tier, op: Op) -> Vec<Vec<u8>> {
    let (operands, immediate) = match op.class() {
        Class::Unary | Class::TryUnary => (1, ""),
        Class::Binary | Class::Commute | Class::TryBinary | Class::Compare => (2, ""),
        Class::Ternary => (3, ""),
        Class::ExtractLane => (1, "1"),
        Class::ReplaceLane => (2, "1"),
        Class::Shuffle => (2, "0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31"),
        Class::Load => (1, "offset=8"),
        Class::Store => (2, "offset=8"),
        Class::LoadLane | Class::StoreLane => (2, "offset=8 1"),
        Class::TernaryUnfused | Class::Control | Class::Machine => return Vec::new(),
    };
    let has_result = !matches!(op.class(), Class::Store | Class::StoreLane);
    let has_address = immediate.starts_with("offset");
    let likely = likely_types(op);
    let mut world = tier.open().unwrap();
    for types in signatures(operands, has_address, &likely) {
        let results = if has_result { &likely[..] } else { &[""] };
        for result in results {
            let text = |shape| text(op, immediate, &types, result, shape);
            if let Some(first) = valid(world.as_mut(), &text(0)) {
                let others = (1..1 << operands).filter_map(|s| valid(world.as_mut(), &text(s)));
                return iter::once(first).chain(others).collect();
            }
        }
    }
    Vec::new()
}

fn valid(world: &mut dyn World, text: &str) -> Option<Vec<u8>> {
    let wasm = wat::parse_str(text).ok()?;
    world.compile(&wasm).is_ok().then_some(wasm)
}

/// All types, those first that the instruction's name speaks of.
fn likely_types(op: Op) -> Vec<&'static str> {
    let mut types = TYPES.to_vec();
    let is_vector = op.mnemonic().contains('x') || op.mnemonic().starts_with("v128");
    types.sort_by_key(|ty| match *ty {
        "v128" => !is_vector,
        ty => !op.mnemonic().contains(ty),
    });
    types
}

/// All lists of operand types of that length.
fn signatures<'a>(operands: u32, has_address: bool, types: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut lists: Vec<Vec<&str>> = vec![Vec::new()];
    for index in 0..operands {
        let choice: &[&str] = match has_address && index == 0 {
            true => &["i64"],
            false => types,
        };
        lists = lists
            .iter()
            .flat_map(|list| choice.iter().map(move |ty| [&list[..], &[*ty]].concat()))
            .collect();
    }
    lists
}

/// A loop around the instruction, as if these were its types. Bits of `shape`
/// choose constants for operands, which engines like to fold in.
fn text(op: Op, immediate: &str, types: &[&str], result: &str, shape: u32) -> String {
    let operand = |(index, ty): (usize, &&str)| match (shape >> index & 1 == 1, *ty) {
        (true, "v128") => "(v128.const i32x4 1 2 3 4)".to_owned(),
        (true, ty) => format!("({ty}.const 3)"),
        (false, ty) => format!("(local.get ${ty})"),
    };
    let operands: Vec<String> = types.iter().enumerate().map(operand).collect();
    let call = format!("({} {immediate} {})", op.mnemonic(), operands.join(" "));
    // Two in a row, so that the instruction also follows itself.
    let body = match result {
        "" => format!("{call} {call}"),
        ty => format!("(local.set ${ty}-out {call}) (local.set ${ty}-out {call})"),
    };
    format!(
        r#"(module (memory i64 1)
          (func (export "run") (param $n i32)
            (local $v128-out v128) (local $i32-out i32) (local $i64-out i64)
            (local $f32-out f32) (local $f64-out f64)
            (local $v128 v128) (local $i32 i32) (local $i64 i64) (local $f32 f32) (local $f64 f64)
            (loop $again
              (local.set $i32 (i32.const 5)) (local.set $i64 (i64.const 7))
              (local.set $f32 (f32.const 2)) (local.set $f64 (f64.const 2.5))
              {body}
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#
    )
}

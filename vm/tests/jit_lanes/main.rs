//! Every row over vectors, as machine code of each level against the
//! interpreter: with operands that are used again and that are not, with one
//! operand twice, and with constants.

mod operands;
mod rows;

use std::fmt::Write;

use lockstep_vm::{
    Config, CpuLevel, Engine, Linker, Module, Profile, RelaxedMadd, Store, Tier, Val,
};

use operands::{Numbers, constants, immediates, operands};
use rows::{Row, constant, function, local, rows};

/// How many operands of each kind a function goes through.
const CASES: u32 = 64;
/// Bytes of the operands in one position.
const ARRAY: u32 = 16 * CASES;
/// Where results are, and what is made of operands behind the instruction.
const RESULTS: u32 = 3 * ARRAY;
const AFTERWARDS: u32 = 4 * ARRAY;

/// Operands of an instruction, as expressions, and which of them are used
/// again.
type Use = (Vec<String>, u8);

/// All functions for a row.
fn functions(row: &Row) -> Vec<String> {
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    let types = row.operands();
    let mut functions = Vec::new();
    for immediates in immediates(row) {
        let mut uses = with_registers(&types);
        for n in 0..types.len() {
            uses.extend(with_constant(row, &types, n, &mut numbers));
        }
        uses.extend(with_constants(&types, &mut numbers));
        for (operands, again) in uses {
            let body = row.stored(&immediates, &operands);
            functions.push(function(functions.len(), &types, &body, again));
        }
    }
    functions
}

fn locals(types: &[&str]) -> Vec<String> {
    (0..types.len()).map(local).collect()
}

/// Operands in registers, all different, exchanged, and one in two places.
fn with_registers(types: &[&str]) -> Vec<Use> {
    let locals = locals(types);
    let each = (0..1 << types.len()).map(|again| (locals.clone(), again));
    let mut uses: Vec<Use> = each.collect();
    for n in 0..types.len() {
        for other in n + 1..types.len() {
            if types[n] == types[other] {
                let mut operands = locals.clone();
                operands.swap(n, other);
                uses.push((operands.clone(), 0));
                operands[n] = operands[other].clone();
                uses.push((operands.clone(), 0));
                uses.push((operands, 0b111));
            }
        }
    }
    uses
}

/// One operand is a constant.
fn with_constant(row: &Row, types: &[&str], n: usize, numbers: &mut Numbers) -> Vec<Use> {
    let mut uses = Vec::new();
    for bits in constants(row, types[n], numbers) {
        let mut operands = locals(types);
        operands[n] = constant(types[n], bits);
        uses.push((operands.clone(), 0));
        uses.push((operands, 0b111));
    }
    uses
}

/// All operands are constants, or all but one.
fn with_constants(types: &[&str], numbers: &mut Numbers) -> Vec<Use> {
    let mut constant_of = |ty: &&str| constant(ty, numbers.vector());
    let all: Vec<String> = types.iter().map(&mut constant_of).collect();
    let mut uses = vec![(all.clone(), 0)];
    for n in 0..types.len() {
        let mut operands = all.clone();
        operands[n] = local(n);
        uses.push((operands, 0));
    }
    uses
}

fn module_text(functions: &[String]) -> String {
    let data = operands().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    });
    let functions = functions.concat();
    format!("(module (memory (export \"memory\") 1) (data (i32.const 0) \"{data}\")\n{functions})")
}

/// What each function leaves in memory.
fn results(config: &Config, wasm: &[u8], functions: usize) -> Vec<Vec<u8>> {
    let engine = Engine::new(config).expect("a configuration for this CPU");
    let module = Module::new(&engine, wasm).expect("valid");
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX);
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .expect("no imports");
    let memory = instance.get_memory(&store, "memory").expect("an export");
    let call = |n: usize| {
        let function = instance.get_func(&store, &n.to_string());
        let function = function.expect("an export");
        let mut nothing: [Val; 0] = [];
        let called = function.call(&mut store, &[], &mut nothing);
        called.expect("no trap");
        let end = (AFTERWARDS + ARRAY) as usize;
        memory.data(&store)[RESULTS as usize..end].to_vec()
    };
    (0..functions).map(call).collect()
}

/// Compares what the functions do in the interpreter and as machine code.
fn same(what: &str, functions: &[String], relaxed_madd: RelaxedMadd) {
    let profile = Profile {
        relaxed_madd,
        ..Profile::default()
    };
    let config = |tier, level| {
        let config = Config::new().profile(profile);
        config.tier(tier).cpu_level(level)
    };
    let wasm = wat::parse_str(module_text(functions));
    let wasm = wasm.unwrap_or_else(|error| panic!("{error}"));
    let interpreter = config(Tier::Interpreter, CpuLevel::Portable);
    let plain = results(&interpreter, &wasm, functions.len());
    for &level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
        let machine = results(&config(Tier::Jit, level), &wasm, functions.len());
        for ((text, plain), machine) in functions.iter().zip(&plain).zip(&machine) {
            let vectors = plain.chunks(16).zip(machine.chunks(16));
            for (case, (plain, machine)) in vectors.enumerate() {
                assert_eq!(machine, plain, "{what} at {level}, {case}:\n{text}");
            }
        }
    }
}

fn all_of(classes: &[&str]) {
    let rows = rows();
    for class in classes {
        assert!(rows.iter().any(|row| row.class == *class), "no {class}");
    }
    for row in rows.iter().filter(|row| classes.contains(&row.class)) {
        let madd = match row.class {
            "ternary_unfused" => RelaxedMadd::Unfused,
            _ => RelaxedMadd::Fused,
        };
        same(row.mnemonic, &functions(row), madd);
    }
}

#[test]
fn of_one_operand() {
    all_of(&["unary"]);
}

#[test]
fn of_two_operands() {
    all_of(&["binary", "commute"]);
}

#[test]
fn of_three_operands() {
    all_of(&["ternary", "ternary_unfused"]);
}

#[test]
fn of_single_lanes() {
    all_of(&["extract_lane", "replace_lane"]);
}

#[test]
fn shuffles_of_bytes() {
    all_of(&["shuffle"]);
}

#[test]
fn of_memory() {
    all_of(&["load", "store", "load_lane", "store_lane"]);
}

/// Branches and choices ask about lanes themselves.
#[test]
fn questions_in_branches() {
    let store = |value: i32| {
        let place = format!("offset={RESULTS} (local.get $i)");
        format!("(i32.store {place} (i32.const {value}))")
    };
    let rows = rows();
    let is_question = |row: &&Row| row.mnemonic.ends_with("_true");
    for row in rows.iter().filter(is_question) {
        let mut functions = Vec::new();
        for operand in [local(0), constant("v128", 0), constant("v128", !0)] {
            let asked = format!("({} {operand})", row.instruction());
            let (yes, no) = (store(1), store(2));
            let either = format!("(select (local.get $0) (local.get $1) {asked})");
            for body in [
                format!("(if {asked} (then {yes}) (else {no}))"),
                format!("(if (i32.eqz {asked}) (then {yes}) (else {no}))"),
                format!("(v128.store offset={RESULTS} (local.get $i) {either})"),
            ] {
                functions.push(function(functions.len(), &["v128"; 2], &body, 0));
            }
        }
        same(row.mnemonic, &functions, RelaxedMadd::Fused);
    }
}

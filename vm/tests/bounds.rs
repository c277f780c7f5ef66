//! Functions that the compiler to machine code refuses, for they would take it
//! out of proportion, and such that look strange and are compiled.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::fmt::Write;

use lockstep_vm::{Config, Engine, Linker, Module, Store, Tier, Val};

/// What `run` gives and what it leaves of the fuel, and how many functions
/// have machine code.
fn run(text: &str, tier: Tier) -> (i64, u64, u32) {
    let engine = Engine::new(&Config::new().tier(tier)).expect("a tier of this machine");
    let wasm = wat::parse_str(text).expect("text of a module");
    let module = Module::new(&engine, &wasm).expect("valid");
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX);
    let instance = Linker::new(&engine).instantiate(&mut store, &module);
    let instance = instance.expect("no imports");
    let function = instance.get_func(&store, "run").expect("an export");
    let mut result = [Val::I64(0)];
    let called = function.call(&mut store, &[Val::I64(3)], &mut result);
    called.expect("no trap");
    let Val::I64(result) = result[0] else {
        panic!("{result:?} is no i64");
    };
    (result, store.fuel(), module.compiled_functions())
}

#[track_caller]
fn same_in_both(text: &str, compiled: u32) {
    let (plain, plain_fuel, none) = run(text, Tier::Interpreter);
    assert_eq!(none, 0);
    let (result, fuel, count) = run(text, Tier::Jit);
    assert_eq!((result, fuel), (plain, plain_fuel));
    assert_eq!(count, compiled, "functions with machine code");
}

/// Loops one after another, with all `locals` alive in each.
fn crowded(locals: u32, loops: u32) -> String {
    let mut text = String::from("(module (func (export \"run\") (param i64) (result i64)\n (local");
    for _ in 0..locals {
        text.push_str(" i64");
    }
    text.push_str(")\n");
    for number in 0..loops {
        let (from, to) = (1 + number * 7 % locals, 1 + number * 11 % locals);
        let _ = writeln!(
            text,
            "(local.set 0 (i64.const 3)) (loop \
             (local.set {to} (i64.add (local.get {to}) (i64.add (local.get {from}) (local.get 0))))
             (br_if 0 (i64.ne (i64.const 0) \
             (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))"
        );
    }
    text.push_str("(local.get 1)");
    for local in 2..=locals {
        let _ = write!(text, "(i64.xor (local.get {local}))");
    }
    text.push_str("))");
    text
}

#[test]
fn a_function_with_too_much_alive_at_once_is_interpreted() {
    same_in_both(&crowded(3000, 1000), 0);
}

#[test]
fn a_function_with_much_alive_at_once_is_compiled() {
    same_in_both(&crowded(300, 100), 1);
}

#[test]
fn a_function_with_much_on_the_stack_is_compiled() {
    let mut text = String::from("(module (func (export \"run\") (param i64) (result i64)\n");
    for number in 0..9000 {
        let _ = writeln!(text, "(i64.mul (local.get 0) (i64.const {number}))");
    }
    for _ in 1..9000 {
        text.push_str("i64.add\n");
    }
    text.push_str("))");
    same_in_both(&text, 1);
}

#[test]
fn a_long_function_is_compiled() {
    let mut text = String::from("(module (func (export \"run\") (param i64) (result i64)\n");
    for number in 0..20_000 {
        let _ = writeln!(
            text,
            "(if (i64.ne (local.get 0) (i64.const {number})) \
             (then (local.set 0 (i64.add (local.get 0) (i64.const {number})))))"
        );
    }
    text.push_str("(local.get 0)))");
    same_in_both(&text, 1);
}

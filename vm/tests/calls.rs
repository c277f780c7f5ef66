//! Calls: arguments and results reach their places whatever lies around them.

use lockstep_vm::{Engine, Linker, Module, Store};

fn run(wat: &str) -> i64 {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    instance
        .get_typed_func::<(), i64>(&store, "run")
        .unwrap()
        .call(&mut store, ())
        .unwrap()
}

/// A call's result lies at an even slot, so arguments behind it lie one slot
/// too high, while those before it may lie one too low.
#[test]
fn arguments_around_the_result_of_a_call() {
    let wat = r#"(module
      (func $id (param i64) (result i64) (local.get 0))
      (func $weigh (param i64 i64 i64 i64 i64) (result i64)
        (i64.add (local.get 0) (i64.add (i64.mul (local.get 1) (i64.const 10))
          (i64.add (i64.mul (local.get 2) (i64.const 100)) (i64.add
            (i64.mul (local.get 3) (i64.const 1000)) (i64.mul (local.get 4) (i64.const 10000)))))))
      (func (export "run") (result i64) (local $x i64)
        (local.set $x (i64.const 1))
        (i64.extend_i32_u (i32.const 7))
        (call $weigh
          (i64.add (local.get $x) (i64.const 0)) (i64.const 2) (call $id (i64.const 3))
          (i64.add (local.get $x) (i64.const 3)) (i64.add (local.get $x) (i64.const 4)))
        (i64.add)))"#;
    assert_eq!(run(wat), 54_321 + 7);
}

#[test]
fn vectors_are_moved_up_and_down() {
    let wat = r#"(module
      (func $id (param i64) (result i64) (local.get 0))
      (func $mix (param i64 v128 i64 v128 i64) (result i64)
        (i64.add (local.get 0) (i64.add
          (i64x2.extract_lane 1 (local.get 1)) (i64.add (i64.mul (local.get 2) (i64.const 100))
          (i64.add (i64x2.extract_lane 0 (local.get 3)) (i64.mul (local.get 4) (i64.const 10000)))))))
      (func (export "run") (result i64) (local $x i64)
        (local.set $x (i64.const 1))
        (call $mix (call $id (local.get $x)) (i64x2.splat (call $id (i64.const 20)))
          (call $id (i64.const 3)) (v128.const i64x2 4000 9) (call $id (i64.const 5)))))"#;
    assert_eq!(run(wat), 1 + 20 + 300 + 4000 + 50_000);
}

#[test]
fn several_results_of_mixed_width() {
    let wat = r#"(module
      (func $many (param i64 v128 i32) (result i32 v128 i64)
        (local.get 2) (local.get 1) (local.get 0))
      (func (export "run") (result i64) (local $v v128) (local $n i64)
        (call $many (i64.const 5) (i64x2.splat (i64.const 70)) (i32.const 600))
        (local.set $n) (local.set $v)
        (i64.extend_i32_u)
        (i64.add (i64.add (local.get $n) (i64x2.extract_lane 1 (local.get $v))))))"#;
    assert_eq!(run(wat), 675);
}

#[test]
fn a_local_behind_the_result_of_a_call() {
    let wat = r#"(module
      (func $f (param i64 i64 i64 i64 i64) (result i64)
        (i64.add (local.get 0) (i64.add (i64.mul (local.get 1) (i64.const 10))
          (i64.add (i64.mul (local.get 2) (i64.const 100)) (i64.add
            (i64.mul (local.get 3) (i64.const 1000)) (i64.mul (local.get 4) (i64.const 10000)))))))
      (func $inc (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
      (func $go (param i64 i64 i64 i64) (result i64)
        (call $f (local.get 0) (local.get 1) (local.get 2) (call $inc (local.get 2)) (local.get 3)))
      (func (export "run") (result i64)
        (call $go (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 5))))"#;
    assert_eq!(run(wat), 54_321);
}

#[test]
fn a_constant_between_the_result_of_a_call_and_a_local() {
    let wat = r#"(module
      (func $f (param i64 i64 i64 i64) (result i64)
        (i64.add (local.get 0) (i64.add (i64.mul (local.get 1) (i64.const 10))
          (i64.add (i64.mul (local.get 2) (i64.const 100)) (i64.mul (local.get 3) (i64.const 1000))))))
      (func $inc (param i64) (result i64) (i64.add (local.get 0) (i64.const 1)))
      (func $go (param i64 i64) (result i64)
        (i64.add (i64.const 9) (local.get 0))
        (call $f (local.get 0) (call $inc (local.get 0)) (i64.const 3) (local.get 1))
        (i64.add))
      (func (export "run") (result i64) (call $go (i64.const 1) (i64.const 4))))"#;
    assert_eq!(run(wat), 4_321 + 10);
}

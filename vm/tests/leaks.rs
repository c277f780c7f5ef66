//! What is dropped is gone: memory, address space, files.
//!
//! One test only: it measures the whole process.

use std::fs;

use lockstep_vm::{Caller, Engine, Error, Linker, Memory, Module, Outcome, Store, Val};

/// A guest that makes one of everything: memories, tables, passive segments,
/// exceptions that are caught and that are not, calls of the host, traps.
const WAT: &str = r#"(module
  (import "host" "wait" (func $wait (result i64)))
  (memory (export "memory") 2 90) (memory i64 1)
  (table 100 funcref) (table 100 99000 externref) (elem $e func $deep)
  (global (mut i64) (i64.const 0)) (data $d "some bytes")
  (tag $t (param i64 v128))
  (func $deep (export "deep") (param i64)
    (memory.init $d (i32.const 70000) (i32.const 0) (i32.const 10))
    (drop (memory.grow (i32.const 3)))
    (drop (table.grow 1 (ref.null extern) (i32.const 1000)))
    (if (i64.eqz (local.get 0)) (then (throw $t (i64.const 7) (v128.const i64x2 1 2))))
    (call $deep (i64.sub (local.get 0) (i64.const 1))))
  (func (export "catch") (result i64)
    (block $b (result i64 v128) (try_table (catch $t $b) (call $deep (i64.const 30))) (unreachable))
    (drop))
  (func (export "trap") (unreachable))
  (func (export "wait") (result i64) (call $wait))
  (func (export "spin") (loop (br 0))))"#;

/// Kilobytes resident, mappings, and open files of this process.
fn footprint() -> [u64; 3] {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let resident = line.unwrap().split_whitespace().nth(1).unwrap();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let files = fs::read_dir("/proc/self/fd").unwrap().count();
    [
        resident.parse().unwrap(),
        maps.lines().count() as u64,
        files as u64,
    ]
}

/// One life: a module, a store, runs that end in every way, and some that do
/// not end.
fn live(engine: &Engine, wasm: &[u8], file: &fs::File) {
    let module = Module::new(engine, wasm).unwrap();
    assert!(Module::new(engine, &wasm[..wasm.len() - 1]).is_err());
    let mut linker = Linker::new(engine);
    let wait = |_: Caller<'_, Vec<u8>>| -> Result<i64, Error> { Err(Error::Suspended) };
    linker.func_wrap("host", "wait", wait).unwrap();
    let mut store = Store::new(engine, vec![1; 1000]);
    for _ in 0..2 {
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let func = |name| instance.get_func(&store, name).unwrap();
        let [deep, catch, trap, wait, spin] = ["deep", "catch", "trap", "wait", "spin"].map(func);
        let memory = instance.get_memory(&store, "memory").unwrap();
        memory
            .map_file(&mut store, 0, file, 0, 4 * Memory::MAP_PAGE)
            .unwrap();
        memory.data_mut(&mut store)[..20000].fill(1);
        store.set_fuel(100_000);
        let mut result = [Val::I64(0)];
        catch.call(&mut store, &[], &mut result).unwrap();
        assert_eq!(result, [Val::I64(7)]);
        let thrown = deep.call(&mut store, &[Val::I64(50)], &mut []);
        assert!(matches!(thrown, Err(Error::Exception { .. })));
        assert!(trap.call(&mut store, &[], &mut []).is_err());
        // Runs at rest: one goes before its store, one after it is resumed,
        // one is forgotten by its caller.
        let Outcome::Suspended(mut waiting) = wait.start(&mut store, &[]).unwrap() else {
            panic!("the host function suspends")
        };
        drop(wait.start(&mut store, &[]).unwrap());
        waiting.answer(&mut store, &[Val::I64(3)]).unwrap();
        waiting.resume(&mut store).unwrap();
        let Outcome::OutOfFuel(spinning) = spin.start(&mut store, &[]).unwrap() else {
            panic!("the loop has no end")
        };
        store.set_fuel(500);
        spinning.resume(&mut store).unwrap();
        store.set_fuel(500);
        assert!(matches!(
            wait.call(&mut store, &[], &mut result),
            Err(Error::Suspended)
        ));
    }
}

fn many_lives_leave_nothing() {
    let wasm = wat::parse_str(WAT).unwrap();
    let file = tempfile::tempfile().unwrap();
    file.set_len(4 * Memory::MAP_PAGE).unwrap();
    let engine = Engine::default();
    let lives = |count: usize| {
        for _ in 0..count {
            live(&engine, &wasm, &file);
            // Engines come and go as well.
            live(&Engine::default(), &wasm, &file);
        }
        footprint()
    };
    // The allocator and lazy statics have what they want after the first.
    let before = lives(20);
    let after = lives(150);
    println!("KiB, mappings, files: {before:?}, then {after:?}");
    assert!(after[0] < before[0] + 1024, "memory: {before:?} {after:?}");
    assert!(after[1] < before[1] + 10, "mappings: {before:?} {after:?}");
    assert_eq!(after[2], before[2], "open files");
}

fn one_store_can_run_for_ever() {
    let wasm = wat::parse_str(WAT).unwrap();
    let engine = Engine::default();
    let module = Module::new(&engine, &wasm).unwrap();
    let mut linker = Linker::new(&engine);
    let wait = |_: Caller<'_, ()>| -> Result<i64, Error> { Err(Error::Suspended) };
    linker.func_wrap("host", "wait", wait).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let func = |name| instance.get_func(&store, name).unwrap();
    let [deep, catch, trap, wait, spin] = ["deep", "catch", "trap", "wait", "spin"].map(func);
    let mut run = |count: usize| {
        for _ in 0..count {
            store.set_fuel(20_000);
            let mut result = [Val::I64(0)];
            catch.call(&mut store, &[], &mut result).unwrap();
            match deep.call(&mut store, &[Val::I64(1)], &mut []) {
                Err(Error::Exception { exn, .. }) => store.release_exception(exn),
                other => panic!("{other:?}"),
            }
            assert!(trap.call(&mut store, &[], &mut []).is_err());
            drop(wait.start(&mut store, &[]).unwrap());
            drop(spin.start(&mut store, &[]).unwrap());
            assert!(spin.call(&mut store, &[], &mut []).is_err());
        }
        footprint()
    };
    // By then exceptions have been swept.
    let before = run(1100);
    let after = run(1100);
    println!("KiB, mappings, files: {before:?}, then {after:?}");
    assert!(after[0] < before[0] + 1024, "memory: {before:?} {after:?}");
    assert!(after[1] < before[1] + 10, "mappings: {before:?} {after:?}");
}

#[test]
fn what_is_dropped_is_gone() {
    many_lives_leave_nothing();
    one_store_can_run_for_ever();
}

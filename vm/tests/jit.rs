//! Machine code against the interpreter: results, traps, fuel and memory.

use lockstep_vm::{Config, CpuLevel, Engine, Error, Linker, Module, Store, Tier, Val};

/// What a run shows.
#[derive(Debug, PartialEq)]
struct Shown {
    result: Result<Vec<String>, String>,
    fuel: u64,
    memory: Option<Vec<u8>>,
}

fn run(config: Config, wat: &str, args: &[Val], fuel: u64) -> Shown {
    let engine = Engine::new(&config).expect("a configuration for this CPU");
    let module = Module::new(&engine, &wat::parse_str(wat).expect("valid text")).expect("valid");
    let mut store = Store::new(&engine, ());
    store.set_fuel(fuel);
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .expect("no imports");
    let run = instance.get_func(&store, "run").expect("an export");
    let mut values = vec![Val::I32(0); run.ty(&store).results().len()];
    let result = match run.call(&mut store, args, &mut values) {
        Ok(()) => Ok(values.iter().map(|value| format!("{value:?}")).collect()),
        Err(Error::Trap(info)) => Err(format!("{} {:?}", info.trap, info.frames)),
        Err(error) => Err(error.to_string()),
    };
    let memory = instance
        .get_memory(&store, "memory")
        .map(|memory| memory.data(&store).to_vec());
    Shown {
        result,
        fuel: store.fuel(),
        memory,
    }
}

/// Every way in which machine code can be made to run.
fn ways() -> Vec<(String, Config)> {
    let mut ways = Vec::new();
    for &level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
        let jit = || Config::new().cpu_level(level).tier(Tier::Jit);
        ways.push((format!("{level}"), jit()));
        ways.push((format!("{level}, left everywhere"), jit().force_deopt(true)));
        ways.push((
            format!("{level}, stopped everywhere"),
            jit().force_stops(true),
        ));
        ways.push((
            format!("{level}, entered everywhere"),
            jit().force_osr(true),
        ));
        let auto = Config::new()
            .cpu_level(level)
            .tier(Tier::Auto)
            .tier_up_after(10);
        ways.push((format!("{level}, when hot"), auto.clone().background(false)));
        ways.push((format!("{level}, when made meanwhile"), auto));
        let free = jit().guard_pages(false);
        ways.push((format!("{level}, without signals"), free));
    }
    ways
}

fn interpreter() -> Config {
    Config::new().tier(Tier::Interpreter)
}

#[track_caller]
fn same(wat: &str, args: &[Val]) {
    let plain = run(interpreter(), wat, args, 1_000_000);
    for (way, config) in ways() {
        let other = run(config.clone(), wat, args, 1_000_000);
        assert_eq!(other, plain, "{way}");
    }
}

#[test]
fn sums() {
    let wat = r#"(module (func (export "run") (param i64 i64) (result i64)
        (i64.add (local.get 0) (i64.mul (local.get 1) (i64.const 3)))))"#;
    same(wat, &[Val::I64(40), Val::I64(-2)]);
}

#[test]
fn loops() {
    let wat = r#"(module (func (export "run") (param i32) (result i64) (local i64 i64)
        (local.set 1 (i64.const 1))
        (loop $again
          (local.set 2 (i64.add (local.get 2) (local.get 1)))
          (local.set 1 (i64.xor (i64.mul (local.get 1) (i64.const 31)) (local.get 2)))
          (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
          (br_if $again (local.get 0)))
        (local.get 2)))"#;
    same(wat, &[Val::I32(1000)]);
}

#[test]
fn memories_and_traps() {
    let wat = r#"(module (memory (export "memory") i64 1) (func (export "run") (param i64 i32) (result i32)
        (local i64)
        (loop $again
          (i32.store8 offset=3 (local.get 2) (local.get 1))
          (local.set 1 (i32.add (local.get 1) (i32.load8_u (local.get 2))))
          (local.set 2 (i64.add (local.get 2) (i64.const 1)))
          (br_if $again (i64.lt_u (local.get 2) (local.get 0))))
        (local.get 1)))"#;
    same(wat, &[Val::I64(5000), Val::I32(7)]);
    same(wat, &[Val::I64(70_000), Val::I32(7)]);
}

#[test]
fn calls() {
    let wat = r#"(module (func $fib (export "run") (param i32) (result i32)
        (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
          (then (local.get 0))
          (else (i32.add
            (call $fib (i32.sub (local.get 0) (i32.const 1)))
            (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;
    same(wat, &[Val::I32(15)]);
}

#[test]
fn floats_and_nans() {
    let wat = r#"(module (memory (export "memory") 1) (func (export "run") (param f64 f64) (result f64)
        (local f64 i32)
        (loop $again
          (local.set 2 (f64.add (local.get 2) (f64.mul (local.get 0) (local.get 1))))
          (f64.store (i32.shl (local.get 3) (i32.const 3)) (f64.div (local.get 0) (local.get 2)))
          (local.set 0 (f64.sub (local.get 0) (local.get 1)))
          (local.set 3 (i32.add (local.get 3) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get 3) (i32.const 100))))
        (local.get 2)))"#;
    let nan = f64::from_bits(0xfff8_0000_0000_1234);
    for (a, b) in [
        (1.5, 0.25),
        (0.0, 1.0),
        (f64::INFINITY, f64::INFINITY),
        (nan, 1.0),
    ] {
        same(wat, &[Val::F64(f64::to_bits(a)), Val::F64(f64::to_bits(b))]);
    }
}

#[test]
fn fuel_ends_where_it_should() {
    let wat = r#"(module (memory (export "memory") 1) (func $f (param i32) (result i32)
          (i32.add (local.get 0) (i32.const 1)))
        (func (export "run") (param i32) (result i32) (local i32)
        (loop $again
          (i32.store (i32.const 8) (local.get 1))
          (local.set 1 (call $f (local.get 1)))
          (i32.store (i32.const 12) (local.get 1))
          (br_if $again (i32.lt_u (local.get 1) (local.get 0))))
        (local.get 1)))"#;
    for fuel in 0..200 {
        let plain = run(interpreter(), wat, &[Val::I32(10)], fuel);
        for (way, config) in ways() {
            let other = run(config, wat, &[Val::I32(10)], fuel);
            assert_eq!(other, plain, "{way} with {fuel} units");
        }
    }
}

#[test]
fn a_table_with_one_target_moves_what_its_block_gets() {
    let wat = r#"(module (func (export "run") (param i32 i64) (result i64)
        (block $out (result i64)
          (if (i32.eqz (local.get 0)) (then (br $out (i64.const 5))))
          (local.set 1 (i64.mul (local.get 1) (i64.const 3)))
          (br_table $out $out (i64.add (local.get 1) (i64.const 1)) (local.get 0)))))"#;
    for n in 0..3 {
        same(wat, &[Val::I32(n), Val::I64(7)]);
    }
}

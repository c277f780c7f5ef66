//! A first look at everything: arithmetic, loops, calls, memory, traps, fuel.
use lockstep_vm::*;

fn run(wat: &str, name: &str, args: &[Val]) -> (Result<Vec<Val>, Error>, u64) {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    store.set_fuel(10_000_000_000);
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    let func = instance.get_func(&store, name).unwrap();
    let ty = func.ty(&store);
    let mut results = vec![Val::I32(0); ty.results().len()];
    let r = func.call(&mut store, args, &mut results).map(|()| results);
    (r, store.fuel_consumed())
}

#[test]
fn fib() {
    let wat = r#"(module (func $fib (export "fib") (param i32) (result i32)
        (if (result i32) (i32.lt_s (local.get 0) (i32.const 2)) (then (local.get 0))
          (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#;
    let t = std::time::Instant::now();
    let (r, fuel) = run(wat, "fib", &[Val::I32(32)]);
    println!("{r:?} fuel {fuel} in {:?}", t.elapsed());
    assert_eq!(r.unwrap(), [Val::I32(2178309)]);
}

#[test]
fn sum_loop() {
    let wat = r#"(module (memory 1) (func (export "f") (param i64) (result i64) (local i64 i64)
        (loop
          (local.set 1 (i64.add (local.get 1) (local.get 2)))
          (i64.store (i32.wrap_i64 (i64.and (local.get 2) (i64.const 0xff8))) (local.get 1))
          (br_if 0 (i64.lt_u (local.tee 2 (i64.add (local.get 2) (i64.const 1))) (local.get 0))))
        (local.get 1)))"#;
    let t = std::time::Instant::now();
    let (r, fuel) = run(wat, "f", &[Val::I64(100_000_000)]);
    println!("{r:?} fuel {fuel} in {:?}", t.elapsed());
    assert_eq!(r.unwrap(), [Val::I64(4999999950000000)]);
}

#[test]
fn traps() {
    let wat = r#"(module (func (export "f") (param i32) (result i32) (local.get 0) (i32.const 7) (local.get 0) i32.div_u drop (i32.const 1) (i32.const 1) i32.add drop))"#;
    let (r, fuel) = run(wat, "f", &[Val::I32(0)]);
    println!("{r:?} {fuel}");
    assert_eq!(r.unwrap_err().as_trap(), Some(Trap::IntegerDivideByZero));
    assert_eq!(fuel, 4);
}

//! Faults that were found and must not come back.
use lockstep_vm::*;

fn setup(wat: &str, fuel: u64) -> (Store<()>, Instance) {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    store.set_fuel(fuel);
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    (store, instance)
}

fn stepped(wat: &str, args: &[Val]) -> (Vec<Val>, u64) {
    let (mut store, instance) = setup(wat, 0);
    let f = instance.get_func(&store, "f").unwrap();
    let mut outcome = f.start(&mut store, args).unwrap();
    let mut n = 0;
    loop {
        match outcome {
            Outcome::Done(v) => return (v, store.fuel_consumed()),
            Outcome::OutOfFuel(p) => {
                n += 1;
                assert!(
                    n < 100000,
                    "no progress: consumed {}",
                    store.fuel_consumed()
                );
                store.set_fuel(store.fuel() + 1);
                outcome = p.resume(&mut store).unwrap();
            }
            Outcome::Suspended(_) => panic!(),
        }
    }
}

fn whole(wat: &str, args: &[Val]) -> (Vec<Val>, u64) {
    let (mut store, instance) = setup(wat, 1_000_000);
    let f = instance.get_func(&store, "f").unwrap();
    match f.start(&mut store, args).unwrap() {
        Outcome::Done(v) => (v, store.fuel_consumed()),
        o => panic!("{o:?}"),
    }
}

fn both(wat: &str, args: &[Val]) {
    let w = whole(wat, args);
    let s = stepped(wat, args);
    assert_eq!(w, s);
}

// 1: a block whose code is all folded away, then a loop
#[test]
fn step_empty_block() {
    both(
        r#"(module (func (export "f") (result i32)
      i32.const 1 drop i32.const 2 drop
      (loop) i32.const 3))"#,
        &[],
    );
}
#[test]
fn step_empty_block2() {
    both(
        r#"(module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
      i32.const 1 drop i32.const 2 drop i32.const 1 drop i32.const 2 drop
      (loop (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 1) (local.get 0)))) local.get 1))"#,
        &[Val::I32(3)],
    );
}
#[test]
fn step_trailing() {
    both(
        r#"(module (memory 1) (func (export "f") (param i32) (result i32) (local i32)
      (i32.store (i32.const 0) (local.get 0))
      i32.const 1 drop i32.const 2 drop i32.const 1 drop i32.const 2 drop
      (loop (i32.store (i32.const 4) (i32.const 9)) (local.set 1 (i32.add (local.get 1) (i32.const 1))) (br_if 0 (i32.lt_u (local.get 1) (local.get 0)))) local.get 1))"#,
        &[Val::I32(3)],
    );
}
// 2: legacy catch, body ends unreachable
#[test]
fn legacy_catch_hidden() {
    let w = whole(
        r#"(module (tag $e) (func (export "f") (result i32)
      i32.const 5
      try (result i32) throw $e catch $e i32.const 7 end
      i32.add))"#,
        &[],
    );
    assert_eq!(w.0, [Val::I32(12)]);
}
// 3: payload layout
#[test]
fn payload_layout() {
    for (lt, lc) in [
        ("", ""),
        ("(local i32)", ""),
        ("", "(local i32)"),
        ("(local i32)", "(local i32)"),
    ] {
        let wat = format!(
            r#"(module (tag $e (param i32 v128))
          (func $t {lt} (throw $e (i32.const 7) (v128.const i64x2 11 22)))
          (func (export "f") (result i32 i64 i64) {lc} (local $v v128)
            (block $b (result i32 v128) (try_table (catch $e $b) (call $t)) unreachable)
            local.set $v
            (i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v))))"#
        );
        let w = whole(&wat, &[]);
        assert_eq!(
            w.0,
            [Val::I32(7), Val::I64(11), Val::I64(22)],
            "{lt:?} {lc:?}"
        );
    }
}
// 4: host function tail-called in a try_table that rethrows
#[test]
fn tail_host_not_caught() {
    let wat = r#"(module (tag $e) (import "h" "again" (func $again))
       (func (export "thrower") (throw $e))
       (func $t (block $b (try_table (catch_all $b) (return_call $again))) )
       (func (export "f") (result i32)
         (block $b (try_table (catch_all $b) (call $t) (return (i32.const 1)))) (i32.const 2)))"#;
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("h", "again", |mut c: Caller<'_, ()>| -> Result<(), Error> {
            let f = c.get_export("thrower").unwrap().into_func().unwrap();
            f.call(&mut c, &[], &mut [])
        })
        .unwrap();
    let i = linker.instantiate(&mut store, &module).unwrap();
    let mut r = [Val::I32(0)];
    i.get_func(&store, "f")
        .unwrap()
        .call(&mut store, &[], &mut r)
        .unwrap();
    assert_eq!(r, [Val::I32(2)]);
}
// 5: small frame_slots and the sweep
#[test]
fn sweep_small_limits() {
    let mut profile = Profile::default();
    profile.limits.frame_slots = 32;
    profile.limits.stack_units = 200;
    let engine = Engine::new(&Config::new().profile(profile)).unwrap();
    let wat = r#"(module (tag $e) (func (export "f") (param i32)
       (loop $l (block $b (try_table (catch $e $b) (throw $e)))
         (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let i = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    i.get_func(&store, "f")
        .unwrap()
        .call(&mut store, &[Val::I32(5000)], &mut [])
        .unwrap();
}
// 6: exnref held by a paused run / the host
#[test]
fn exn_held_by_host() {
    let wat = r#"(module (tag $e (param i32))
       (func (export "t") (param i32) (throw $e (local.get 0)))
       (func (export "many") (param i32)
         (loop $l (block $b (result i32) (try_table (result i32) (catch $e $b) (throw $e (local.get 0)))) drop
         (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
       (func (export "look") (param exnref) (result i32)
         (block $b (result i32) (try_table (result i32) (catch $e $b) (throw_ref (local.get 0))))))"#;
    let (mut store, i) = setup(wat, u64::MAX);
    let t = i.get_func(&store, "t").unwrap();
    let Err(Error::Exception { exn, .. }) = t.call(&mut store, &[Val::I32(77)], &mut []) else {
        panic!()
    };
    i.get_func(&store, "many")
        .unwrap()
        .call(&mut store, &[Val::I32(3000)], &mut [])
        .unwrap();
    let mut r = [Val::I32(0)];
    i.get_func(&store, "look")
        .unwrap()
        .call(&mut store, &[Val::ExnRef(Some(exn))], &mut r)
        .unwrap();
    assert_eq!(r, [Val::I32(77)]);
}
// 7: a paused table.grow, and the embedder grows the table
#[test]
fn paused_grow_progress() {
    let wat = r#"(module (memory 1) (table (export "t") 1 3000 funcref)
       (func (export "f") (result i32)
         (drop (table.grow (ref.null func) (i32.const 2500)))
         (memory.fill (i32.const 65000) (i32.const 7) (i32.const 6000))
         (i32.const 1)))"#;
    let (mut store, i) = setup(wat, 100);
    let f = i.get_func(&store, "f").unwrap();
    let Outcome::OutOfFuel(p) = f.start(&mut store, &[]).unwrap() else {
        panic!()
    };
    let t = i.get_table(&store, "t").unwrap();
    t.grow(&mut store, 1000, Val::FuncRef(None)).unwrap();
    store.set_fuel(1_000_000);
    let r = p.resume(&mut store);
    assert_eq!(r.unwrap_err().as_trap(), Some(Trap::MemoryOutOfBounds));
}
// 8: elem.drop while a table.init is paused
#[test]
fn paused_init_dropped() {
    let wat = r#"(module (memory 1) (data $d "%") (func (export "drop") (data.drop $d))
       (func (export "f") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 9000))))"#
        .replace('%', &"x".repeat(9000));
    let (mut store, i) = setup(&wat, 100);
    let f = i.get_func(&store, "f").unwrap();
    let Outcome::OutOfFuel(p) = f.start(&mut store, &[]).unwrap() else {
        panic!()
    };
    store.set_fuel(1_000_000);
    i.get_func(&store, "drop")
        .unwrap()
        .call(&mut store, &[], &mut [])
        .unwrap();
    println!("{:?}", p.resume(&mut store));
}

// A range that begins and ends with the unit of mapping, but on hosts with
// larger pages with none of theirs.
#[test]
fn files_are_mapped_whatever_the_hosts_page() {
    let unit = Memory::MAP_PAGE;
    let bytes: Vec<u8> = (0..3 * unit + 100).map(|i| (i % 251) as u8).collect();
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, &bytes).unwrap();
    let (mut store, instance) = setup(r#"(module (memory (export "m") 4))"#, 0);
    let memory = instance.get_memory(&store, "m").unwrap();
    for addr in [unit, 65536, 65536 - unit] {
        memory.data_mut(&mut store).fill(7);
        memory
            .map_file(&mut store, addr, &file, unit, 3 * unit)
            .unwrap();
        let at = addr as usize;
        let (len, unit) = (3 * unit as usize, unit as usize);
        let data = memory.data(&store);
        assert!(data[..at].iter().all(|&byte| byte == 7), "before {addr}");
        assert_eq!(data[at..][..2 * unit + 100], bytes[unit..]);
        assert!(
            data[at + 2 * unit + 100..at + len]
                .iter()
                .all(|&byte| byte == 0)
        );
        assert!(
            data[at + len..].iter().all(|&byte| byte == 7),
            "behind {addr}"
        );
    }
}
// 9: an encoding of imports that is only a proposal was taken
#[test]
fn compact_imports_are_refused() {
    // (import "m" "f" (func)) with the module's name written once for a group.
    let wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x0a\x01\x01m\0\x7f\x01\x01f\0\0";
    assert!(matches!(
        Module::new(&Engine::default(), wasm),
        Err(Error::Invalid { .. })
    ));
}
// 10: a slice of fuel that ended behind a call into another instance went on
// with that instance's memory
#[test]
fn a_new_slice_goes_on_with_the_memory_of_the_running_instance() {
    let auto = Config::new().tier(Tier::Auto).background(false);
    let config = auto.tier_up_after(10);
    let engine = Engine::new(&config).unwrap();
    let module = |wat| Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let other = module(r#"(module (memory (export "m") 1) (func (export "f")))"#);
    let main = module(
        r#"(module (import "other" "f" (func $f)) (memory 1)
          (func (export "run") (result i32) (local $i i32)
            (loop $again
              (call $f)
              (loop $inner
                (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $inner (i32.and (local.get $i) (i32.const 7))))
              (br_if $again (i32.lt_u (local.get $i) (i32.const 800))))
            (i32.load (i32.const 8))))"#,
    );
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    let other = linker.instantiate(&mut store, &other).unwrap();
    linker.instance(&mut store, "other", other).unwrap();
    let main = linker.instantiate(&mut store, &main).unwrap();
    let run = main.get_typed_func::<(), i32>(&store, "run").unwrap();
    assert_eq!(run.call(&mut store, ()).unwrap(), 800);
    let theirs = other.get_memory(&store, "m").unwrap();
    assert_eq!(theirs.data(&store)[8..12], [0; 4]);
}

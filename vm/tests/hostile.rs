//! What hostile modules may not do: make messages endless, write to a
//! terminal, or make a module that is only odd fail.

use lockstep_vm::*;

fn module(engine: &Engine, wat: &str) -> Module {
    Module::new(engine, &wat::parse_str(wat).expect("the text is right")).expect("valid")
}

fn run(wat: &str, args: &[Val]) -> Result<Vec<Val>, Error> {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module(&engine, wat))?;
    let f = instance.get_func(&store, "f").expect("exported");
    match f.start(&mut store, args)? {
        Outcome::Done(values) => Ok(values),
        other => panic!("{other:?}"),
    }
}

#[test]
fn returns_share_their_scratch_slots() {
    let branches = "(br_if 0 (local.get 0))".repeat(40_000);
    let wat = format!(
        "(module (func (export \"f\") (param i32) (result i32 i64 i32)
           (i32.const 1) (i64.const 2) (i32.const 3) {branches}))"
    );
    for condition in [0, 1] {
        let values = run(&wat, &[Val::I32(condition)]).expect("its frame is small");
        assert_eq!(values, [Val::I32(1), Val::I64(2), Val::I32(3)]);
    }
}

#[test]
fn parameters_of_an_if_are_where_its_else_looks() {
    // The vector begins at an even slot, so there is one between it and the
    // number below.
    let wat = "(module (func (export \"f\") (param i32) (result i64) (local v128 i64)
        (i32.const 5) (local.get 1) (i64.const 7) (local.get 0)
        (if (param v128 i64) (result i64)
          (then (drop) (drop) (i64.const 1))
          (else (local.set 2) (drop) (i64.add (local.get 2) (i64.const 10))))
        (local.set 2) (drop) (local.get 2)))";
    assert_eq!(run(wat, &[Val::I32(1)]).unwrap(), [Val::I64(1)]);
    assert_eq!(run(wat, &[Val::I32(0)]).unwrap(), [Val::I64(17)]);
}

#[test]
fn missing_imports_are_not_all_spelled_out() {
    let imports: String = (0..1000)
        .map(|i| format!("(import \"env\" \"{}{i}\" (func))", "n".repeat(1000)))
        .collect();
    let engine = Engine::default();
    let module = module(&engine, &format!("(module {imports})"));
    let error = Linker::new(&engine)
        .instantiate(Store::new(&engine, ()), &module)
        .expect_err("nothing is defined");
    let Error::Link(missing) = &error else {
        panic!("{error}")
    };
    assert_eq!(missing.len(), 1000);
    let message = error.to_string();
    assert!(message.starts_with("1000 import(s) cannot be linked:\n"));
    assert!(message.ends_with("\n  ... and 975 more"), "{message}");
    assert!(message.len() < 10_000, "{} bytes", message.len());
}

#[test]
fn names_cannot_talk_to_a_terminal() {
    let wat = "(module (func $x (@name \"\\1b[2Jred\\07\") (export \"f\") unreachable))";
    let error = run(wat, &[]).expect_err("it traps").to_string();
    assert!(error.contains("\\u{1b}[2Jred\\u{7} at 0x"), "{error}");
    let twice = "(module (func) (export \"\\1b[2J\" (func 0)))";
    let mut bytes = wat::parse_str(twice).expect("the text is right");
    // The same export once more: two entries in the export section.
    let at = bytes
        .windows(2)
        .position(|w| w == [7, 8])
        .expect("a section");
    bytes.splice(
        at..at + 10,
        [
            7, 15, 2, 4, 27, b'[', b'2', b'J', 0, 0, 4, 27, b'[', b'2', b'J', 0, 0,
        ],
    );
    let error = Module::new(&Engine::default(), &bytes)
        .expect_err("twice")
        .to_string();
    assert!(error.contains("duplicate export"), "{error}");
    assert!(!error.chars().any(char::is_control), "{error:?}");
}

#[test]
fn exported_globals_are_the_right_ones() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let globals: String = (0..50)
        .map(|i| format!("(global (export \"g{i}\") i32 (i32.const {i}))"))
        .collect();
    let module = module(&engine, &format!("(module {globals})"));
    for _ in 0..2 {
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module)
            .unwrap();
        for i in 0..50 {
            let global = instance
                .get_global(&store, &format!("g{i}"))
                .expect("exported");
            assert_eq!(global.get(&store), Val::I32(i));
        }
        assert!(instance.get_global(&store, "g50").is_none());
    }
}

#[test]
fn kept_exceptions_survive_a_sweep_and_others_do_not_stay() {
    // 300,000 exceptions of eight words and more are several sweeps' worth.
    let wat = "(module (tag $e (param i64 exnref)) (table $t 3 exnref)
       (global $g (mut exnref) (ref.null exn))
       (func $make (param i64 exnref) (result exnref)
         (block $b (result i64 exnref exnref)
           (try_table (catch_ref $e $b) (throw $e (local.get 0) (local.get 1))) unreachable)
         (local.set 1) (drop) (drop) (local.get 1))
       (func $look (param exnref) (result i64 exnref)
         (block $b (result i64 exnref) (try_table (catch $e $b) (throw_ref (local.get 0))) unreachable))
       (func (export \"f\") (result i64 i64 i64) (local i32 i64 exnref)
         (table.set $t (i32.const 2) (call $make (i64.const 11) (call $make (i64.const 22) (ref.null exn))))
         (global.set $g (call $make (i64.const 33) (ref.null exn)))
         (loop $l
           (drop (call $make (i64.const 99) (ref.null exn)))
           (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 300000))))
         (call $look (table.get $t (i32.const 2))) (local.set 2)
         (call $look (local.get 2)) drop
         (call $look (global.get $g)) drop))";
    let values = run(wat, &[]).expect("all are caught");
    assert_eq!(values, [Val::I64(11), Val::I64(22), Val::I64(33)]);
}

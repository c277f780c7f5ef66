//! Host functions that suspend the run, fail, end it, or call back.

use lockstep_vm::{Caller, Engine, Error, Instance, Linker, Module, Outcome, Store, Val};

const WAT: &str = r#"(module
  (import "host" "ask" (func $ask (param i64) (result i64)))
  (memory (export "memory") 1)
  (func (export "run") (param i64) (result i64)
    (i64.store (i32.const 0) (i64.const 41))
    (i64.add (call $ask (local.get 0)) (i64.load (i32.const 0)))))"#;

fn world(
    answer: impl Fn(Caller<'_, u32>, i64) -> Result<i64, Error> + Send + Sync + 'static,
) -> (Store<u32>, Instance) {
    let engine = Engine::default();
    let module = Module::new(&engine, &wat::parse_str(WAT).unwrap()).unwrap();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "ask", answer).unwrap();
    let mut store = Store::new(&engine, 0);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    (store, instance)
}

#[test]
fn a_suspended_run_moves_to_another_thread_and_goes_on() {
    let (mut store, instance) = world(|mut caller, _| {
        *caller.data_mut() += 1;
        Err(Error::Suspended)
    });
    let run = instance.get_func(&store, "run").unwrap();
    let Outcome::Suspended(paused) = run.start(&mut store, &[Val::I64(5)]).unwrap() else {
        panic!("the host function suspends")
    };
    let values = std::thread::spawn(move || {
        // Not answered yet: it still waits.
        let Outcome::Suspended(mut paused) = paused.resume(&mut store).unwrap() else {
            panic!("it was not answered")
        };
        assert!(matches!(
            paused.answer(&mut store, &[Val::I32(1)]),
            Err(Error::Usage(_))
        ));
        paused.answer(&mut store, &[Val::I64(1)]).unwrap();
        assert_eq!(*store.data(), 1);
        match paused.resume(&mut store).unwrap() {
            Outcome::Done(values) => values,
            other => panic!("{other:?}"),
        }
    });
    assert_eq!(values.join().unwrap(), [Val::I64(42)]);
}

#[test]
fn failures_and_exits_of_host_functions_come_through() {
    let (mut store, instance) = world(|_, argument| match argument {
        0 => Err(Error::exit(7)),
        1 => Err(Error::host("no such thing")),
        2 => Err(Error::trap(lockstep_vm::Trap::Unreachable)),
        other => Ok(other),
    });
    let run = instance.get_typed_func::<i64, i64>(&store, "run").unwrap();
    assert!(matches!(run.call(&mut store, 0), Err(Error::Exit(7))));
    assert!(matches!(run.call(&mut store, 1), Err(Error::Host(_))));
    match run.call(&mut store, 2) {
        Err(Error::Trap(info)) => assert_eq!(info.frames.len(), 1, "{info}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(run.call(&mut store, 3).unwrap(), 44);
}

#[test]
fn a_host_function_calls_back_as_deep_as_the_profile_says() {
    let (mut store, instance) = world(|mut caller, depth| {
        let run = caller
            .get_export("run")
            .and_then(|e| e.into_func())
            .unwrap();
        let mut results = [Val::I64(0)];
        run.call(&mut caller, &[Val::I64(depth + 1)], &mut results)?;
        Ok(results[0].i64().unwrap_or_default())
    });
    let run = instance.get_typed_func::<i64, i64>(&store, "run").unwrap();
    let error = run.call(&mut store, 0).unwrap_err();
    assert_eq!(
        error.as_trap(),
        Some(lockstep_vm::Trap::StackExhausted),
        "{error}"
    );
}

#[test]
fn an_interrupted_run_ends_and_the_store_lives_on() {
    let engine = Engine::default();
    let wat = r#"(module (func (export "spin") (loop (br 0))) (func (export "one") (result i32) (i32.const 1)))"#;
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .unwrap();
    let handle = store.interrupt_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        handle.interrupt();
    });
    let spin = instance.get_typed_func::<(), ()>(&store, "spin").unwrap();
    assert!(matches!(spin.call(&mut store, ()), Err(Error::Interrupted)));
    stopper.join().unwrap();
    let one = instance.get_typed_func::<(), i32>(&store, "one").unwrap();
    assert_eq!(one.call(&mut store, ()).unwrap(), 1);
}

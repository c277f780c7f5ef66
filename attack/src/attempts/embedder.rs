//! What an embedder may do with hostile modules: many instances, many stores,
//! many engines, runs inside runs, interrupts.

use std::thread;
use std::time::{Duration, Instant};

use lockstep_vm::{Caller, Config, Engine, Error, Extern, Linker, Module, Profile, Store};

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, text};
use crate::child::call_f;
use crate::outcome::Kind;

pub(super) const ALL: &[Attempt] = &[
    Attempt::new("instances-10k", "10,000 instances with a memory and a table each, in one store", How::Script(many_instances), || {
        text("(module (memory 1 1) (table 10 funcref) (global (mut i32) (i32.const 0)) (func (export \"f\")))")
    })
    .within(3.0, 200),
    Attempt::new("instances-address-space", "instances with memories of 64 GiB until the host has no more room", How::Script(until_full), || {
        text("(module (memory i64 1) (memory i64 1) (memory i64 1) (memory i64 1))")
    })
    .fails(Kind::HostResource, "address space")
    .within(2.0, 200),
    Attempt::new("stores-10k", "10,000 stores, each used once", How::Script(many_stores), || {
        text("(module (memory 1) (func (export \"f\") (i32.store (i32.const 0) (i32.const 1))))")
    })
    .within(5.0, 64),
    Attempt::new("engines-100", "a hundred engines, each with 10,000 types of its own", How::Script(many_engines), types_of_10k)
        .within(4.0, 100),
    Attempt::new("types-for-ever", "a hundred modules, each with 10,000 types that no other has, in one engine", How::Script(types_for_ever), Vec::new)
        .within(5.0, 64)
        .open("an engine numbers function types for its whole life: modules that were dropped, and modules that turned out not to be valid, leave theirs behind"),
    Attempt::new("host-recursion", "a guest and a host function that call each other without end", How::Script(host_recursion), || {
        text("(module (import \"h\" \"again\" (func $again)) (func (export \"f\") (call $again)))")
    })
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new("host-tail-calls", "tail calls of a host function for ever", How::Script(host_tail), || {
        text(
            "(module (import \"h\" \"nop\" (func $nop))
               (func $t (return_call $nop)) (func (export \"f\") (loop (call $t) (br 0))))",
        )
    })
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new("interrupt-loop", "an endless loop with endless fuel, interrupted after 0.1 s", How::Script(interrupt), || {
        text("(module (func (export \"f\") (loop (br 0))))")
    })
    .fails(Kind::Interrupted, "interrupted")
    .within(0.6, 64),
    Attempt::new("small-fuel-steps", "a straight line of 20,000 instructions, paid one unit at a time", How::Script(small_steps), || {
        let code = "(global.set 0 (i32.const 1))".repeat(10_000);
        text(&format!("(module (global (mut i32) (i32.const 0)) (func (export \"f\") {code}))"))
    })
    .within(20.0, 64),
    Attempt::new("module-limit-small", "a module over the limit that an embedder chose", How::Script(small_limit), || vec![0; 2000])
        .fails(Kind::Limit, "the module has 2000 bytes, more than 1000"),
];

fn many_instances(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let linker = Linker::new(&engine);
    for _ in 0..10_000 {
        let instance = linker.instantiate(&mut store, &module)?;
        call_f(&mut store, instance)?;
    }
    Ok(String::new())
}

fn until_full(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let linker = Linker::new(&engine);
    for _ in 0..5_000 {
        linker.instantiate(&mut store, &module)?;
    }
    Ok("there was room for all".into())
}

fn many_stores(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let linker = Linker::new(&engine);
    for _ in 0..10_000 {
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module)?;
        call_f(&mut store, instance)?;
    }
    Ok(String::new())
}

fn types_of_10k() -> Vec<u8> {
    module_of_types(0)
}

/// 10,000 types that no module of another number has.
fn module_of_types(number: u32) -> Vec<u8> {
    let mut parts = Parts::default();
    for i in 0..10_000 {
        let code = number * 10_000 + i;
        let params: Vec<_> = (0..24)
            .map(|bit| if code >> bit & 1 == 0 { I32 } else { I64 })
            .collect();
        parts.ty(&params, &[]);
    }
    parts.finish()
}

fn many_engines(bytes: &[u8]) -> Result<String, Error> {
    for _ in 0..100 {
        Module::new(&Engine::default(), bytes)?;
    }
    Ok(String::new())
}

fn types_for_ever(_: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    for number in 0..100 {
        Module::new(&engine, &module_of_types(number))?;
    }
    Ok(String::new())
}

fn host_recursion(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "h",
        "again",
        |mut caller: Caller<'_, ()>| -> Result<(), Error> {
            let f = caller.get_export("f").and_then(Extern::into_func);
            let f = f.ok_or_else(|| Error::Usage("there is no export `f`".into()))?;
            f.call(&mut caller, &[], &mut [])
        },
    )?;
    let instance = linker.instantiate(&mut store, &module)?;
    call_f(&mut store, instance)
}

fn host_tail(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(1_000_000);
    let mut linker = Linker::new(&engine);
    linker.func_wrap("h", "nop", |_: Caller<'_, ()>| {})?;
    let instance = linker.instantiate(&mut store, &module)?;
    call_f(&mut store, instance)
}

fn interrupt(bytes: &[u8]) -> Result<String, Error> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let handle = store.interrupt_handle();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        handle.interrupt();
    });
    call_f(&mut store, instance)
}

fn small_steps(bytes: &[u8]) -> Result<String, Error> {
    use lockstep_vm::Outcome;
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(1);
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let f = instance
        .get_func(&store, "f")
        .ok_or_else(|| Error::Usage("there is no export `f`".into()))?;
    let begun = Instant::now();
    let mut outcome = f.start(&mut store, &[])?;
    let mut steps = 0;
    while let Outcome::OutOfFuel(paused) = outcome {
        store.set_fuel(store.fuel() + 1);
        outcome = paused.resume(&mut store)?;
        steps += 1;
    }
    Ok(format!("{steps} steps in {:?}", begun.elapsed()))
}

fn small_limit(bytes: &[u8]) -> Result<String, Error> {
    let mut profile = Profile::default();
    profile.limits.module_bytes = 1000;
    let engine = Engine::new(&Config::new().profile(profile))?;
    Module::new(&engine, bytes).map(|_| String::new())
}

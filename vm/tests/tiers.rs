//! How code gets from the interpreter to machine code. What the tiers give is
//! compared elsewhere; here is whether they are used, and used once.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::thread;
use std::time::{Duration, Instant};

use lockstep_vm::{Config, Engine, Instance, Linker, Module, Store, Tier, TypedFunc};

/// How long a test waits for the engine's thread.
const PATIENCE: Duration = Duration::from_secs(60);

/// Loops of every kind: `spin` is one long call, `step` a short one, `outer`
/// has a loop that calls, `again` has no loop but itself, `catch` throws in each
/// round, `fill` uses nearly all its fuel in one instruction.
const WAT: &str = r#"(module (memory 1) (tag $t)
    (func $spin (export "spin") (param $n i64) (result i64) (local $i i64) (local $x i64)
      (loop $more
        (local.set $x (i64.add (i64.mul (local.get $x) (i64.const 31)) (local.get $i)))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $more (i64.lt_u (local.get $i) (local.get $n))))
      (local.get $x))
    (func $step (export "step") (param $n i64) (result i64)
      (i64.add (i64.mul (local.get $n) (i64.const 31)) (i64.const 7)))
    (func $outer (export "outer") (param $n i64) (result i64) (local $i i64) (local $x i64)
      (loop $more
        (local.set $x (call $step (i64.xor (local.get $x) (local.get $i))))
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (br_if $more (i64.lt_u (local.get $i) (local.get $n))))
      (local.get $x))
    (func $again (export "again") (param $n i64) (result i64)
      (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
        (then (local.get $n))
        (else (i64.add (call $again (i64.sub (local.get $n) (i64.const 1)))
                       (call $again (i64.sub (local.get $n) (i64.const 2)))))))
    (func $catch (export "catch") (param $n i64) (result i64) (local $i i64)
      (loop $more
        (block $caught (try_table (catch $t $caught) (throw $t)))
        (local.set $i (i64.add (local.get $i) (call $spin (i64.const 20))))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br_if $more (i64.ne (local.get $n) (i64.const 0))))
      (local.get $i))
    (func $fill (export "fill") (param $n i64) (result i64)
      (loop $more
        (memory.fill (i32.const 0) (i32.wrap_i64 (local.get $n)) (i32.const 65536))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br_if $more (i64.ne (local.get $n) (i64.const 0))))
      (i64.load (i32.const 100))))"#;

struct World {
    store: Store<()>,
    instance: Instance,
}

impl World {
    fn of(module: &Module) -> World {
        let engine = module.engine();
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, module);
        let instance = instance.expect("no imports");
        World { store, instance }
    }

    fn func(&self, name: &str) -> TypedFunc<i64, i64> {
        let func = self.instance.get_typed_func(&self.store, name);
        func.expect("an export")
    }

    fn call(&mut self, name: &str, argument: i64) -> i64 {
        let func = self.func(name);
        func.call(&mut self.store, argument).expect("no trap")
    }

    /// The share of fuel that machine code used while `work` was done.
    fn share(&mut self, work: impl FnOnce(&mut World)) -> f64 {
        let seen = |world: &World| (world.store.machine_fuel(), world.store.fuel_consumed());
        let before = seen(self);
        work(self);
        let after = seen(self);
        (after.0 - before.0) as f64 / (after.1 - before.1) as f64
    }
}

fn module(config: &Config) -> Module {
    let engine = Engine::new(config).expect("this CPU has it");
    let wasm = wat::parse_str(WAT).expect("valid text");
    Module::new(&engine, &wasm).expect("valid")
}

/// On the running thread, and on the engine's own.
fn both() -> [Config; 2] {
    [false, true].map(|background| Config::new().background(background))
}

/// Does `work` until it is machine code that does nearly all of it.
#[track_caller]
fn until_hot(world: &mut World, mut work: impl FnMut(&mut World)) {
    let begun = Instant::now();
    while world.share(&mut work) < 0.9 {
        assert!(begun.elapsed() < PATIENCE, "it stays in the interpreter");
    }
}

#[test]
fn hot_code_reaches_machine_code_in_every_shape() {
    for config in both() {
        for (name, argument, times) in [
            ("spin", 1_000_000, 1),
            ("step", 1, 1000),
            ("outer", 100_000, 1),
            ("again", 20, 1),
            ("catch", 1000, 1),
        ] {
            let mut world = World::of(&module(&config));
            until_hot(&mut world, |world| {
                for _ in 0..times {
                    world.call(name, argument);
                }
            });
        }
    }
}

#[test]
fn a_loop_is_taken_over_while_it_runs() {
    let both = both();
    let loops = [("spin", 2_000_000), ("fill", 5_000)];
    for (config, (name, rounds)) in both.iter().flat_map(|config| loops.map(|of| (config, of))) {
        // One call of a new module, as long as it takes.
        let hot = (0..6).any(|times| {
            let mut world = World::of(&module(config));
            let share = world.share(|world| {
                world.call(name, rounds << times);
            });
            share > 0.5
        });
        assert!(hot, "{name} stays in the interpreter with {config:?}");
    }
}

#[test]
fn machine_code_goes_on_when_a_slice_ends_within_an_instruction() {
    let mut world = World::of(&module(&Config::new().tier(Tier::Jit)));
    // Some slices long; nearly all of their fuel is for the fills.
    assert_eq!(world.call("fill", 60_000) & 0xff, 1);
    assert_eq!(world.store.machine_fuel(), world.store.fuel_consumed());
    let mut plain = World::of(&module(&Config::new().tier(Tier::Interpreter)));
    assert_eq!(plain.call("fill", 60_000) & 0xff, 1);
    assert_eq!(plain.store.fuel_consumed(), world.store.fuel_consumed());
    assert_eq!(plain.store.machine_fuel(), 0);
}

#[test]
fn little_code_stays_in_the_interpreter() {
    let module = module(&Config::new());
    let mut world = World::of(&module);
    world.call("spin", 1000);
    assert_eq!(module.compiled_functions(), 0);
    assert_eq!(world.store.machine_fuel(), 0);
}

#[test]
fn stores_on_many_threads_share_machine_code() {
    let module = module(&Config::new());
    let expected = World::of(&module).call("spin", 3_000_000);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let module = module.clone();
            thread::spawn(move || {
                let mut world = World::of(&module);
                until_hot(&mut world, |world| {
                    assert_eq!(world.call("spin", 3_000_000), expected);
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no thread fails");
    }
    assert_eq!(module.compiled_functions(), 1);
}

#[test]
fn engines_end_with_their_threads() {
    let threads = || {
        let tasks = std::fs::read_dir("/proc/self/task").expect("Linux lists threads");
        let names =
            tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.starts_with("lockstep")).count()
    };
    // Other tests have engines too; this one's alone would be many.
    for _ in 0..100 {
        let mut world = World::of(&module(&Config::new().tier_up_after(1)));
        for name in ["spin", "outer", "again", "step"] {
            world.call(name, 10);
        }
        drop(world);
    }
    assert!(threads() < 50, "threads are left");
}

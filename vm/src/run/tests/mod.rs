//! Runs through machine code and the interpreter by turns, against runs in the
//! interpreter alone: results, fuel, traps with their frames.

mod code;

use crate::caller::Caller;
use crate::code::{Code, MAX_WORDS};
use crate::compiled::Compiled;
use crate::engine::{Config, Engine, Tier};
use crate::error::{Error, TrapInfo};
use crate::externs::Extern;
use crate::func::Outcome;
use crate::instance::Instance;
use crate::jit::native::Native;
use crate::linker::Linker;
use crate::store::Store;
use crate::val::{ExnRef, Val};
use crate::{CpuLevel, Module, lower};

/// What the caller sees of a run: how it ended, and what it cost.
type Seen = (String, u64);

/// How much fuel there is.
#[derive(Clone, Copy, Debug)]
enum Fuel {
    Whole,
    /// So much more at every stop.
    Steps(u64),
}

/// A function of a chain, and how to make its machine code.
type Maker = (&'static str, &'static str, fn(&Code) -> Native);

/// `run` calls `a`, that `b`, that `f` of another instance, that `k`, that the
/// host. `watch` calls `a` too and catches what comes.
const MAIN: &str = r#"(module
    (import "host" "g" (func $g (param i64) (result i64)))
    (import "other" "f" (func $f (param i64) (result i64)))
    (tag $t (export "t") (param i64))
    (func $run (export "run") (param i64) (result i64)
      (i64.add (call $a (local.get 0)) (i64.const 1)))
    (func $a (param i64) (result i64) (i64.add (call $b (local.get 0)) (i64.const 1)))
    (func $b (param i64) (result i64) (i64.add (call $f (local.get 0)) (i64.const 1)))
    (func $watch (export "watch") (param i64) (result i64)
      (block $caught (result i64)
        (try_table (result i64) (catch $t $caught) (call $a (local.get 0)))))
    (func $throw (export "throw") (param i64) (throw $t (local.get 0)))
    (func $direct (export "direct") (param i64) (result i64)
      (block $caught (result i64)
        (try_table (catch $t $caught) (call $throw (local.get 0)))
        (i64.const -1)))
    (func $divide (export "divide") (param i64) (result i64)
      (i64.div_u (i64.const 7) (local.get 0)))
    (func $over (export "over") (param i64) (result i64)
      (i64.add (call $divide (local.get 0)) (i64.const 1)))
    (func $deep (export "deep") (param i64) (result i64)
      (i64.add (call $deep (local.get 0)) (i64.const 1)))
    (func $tail (export "tail") (param i64) (result i64) (return_call $b (local.get 0)))
    (func $to_host (export "to_host") (param i64) (result i64) (return_call $g (local.get 0)))
    (func $to_other (param i64) (result i64) (return_call $f (local.get 0)))
    (func $tails (export "tails") (param i64) (result i64)
      (i64.add (call $to_other (local.get 0)) (i64.const 1)))
    (func $hosts (export "hosts") (param i64) (result i64)
      (i64.add (call $to_host (local.get 0)) (i64.const 1)))
    (func $count (export "count") (param i64) (result i64) (i64.popcnt (local.get 0)))
    (memory (export "m") 1 100)
    (func $grow (export "grow") (param i64) (result i64)
      (i32.store (i32.const 0) (memory.grow (i32.wrap_i64 (local.get 0))))
      (memory.fill (i32.const 3) (i32.const 0x5a)
        (i32.sub (i32.shl (i32.wrap_i64 (local.get 0)) (i32.const 16)) (i32.const 5)))
      (i64.load32_u (i32.const 0)))
    (func $sum (export "sum") (param i64) (result i64) (local $i i64) (local $s i64)
      (loop $again
        (local.set $i (i64.add (local.get $i) (i64.const 1)))
        (local.set $s (i64.add (local.get $s) (local.get $i)))
        (br_if $again (i64.lt_u (local.get $i) (local.get 0))))
      (local.get $s)))"#;

const OTHER: &str = r#"(module
    (import "host" "g" (func $g (param i64) (result i64)))
    (memory 2)
    (func $f (export "f") (param i64) (result i64)
      (i64.add (call $k (local.get 0)) (i64.const 1)))
    (func $k (param i64) (result i64) (i64.add (call $g (local.get 0)) (i64.const 1))))"#;

const MAKERS: &[Maker] = &[
    ("main", "run", |code| code::calling(code, 3)),
    ("main", "a", |code| code::calling(code, 4)),
    ("main", "b", |code| code::calling(code, 1)),
    ("other", "f", |code| code::calling(code, 2)),
    ("other", "k", |code| code::calling(code, 0)),
    ("main", "throw", code::throwing),
    ("main", "divide", code::dividing),
    ("main", "over", |code| code::calling(code, 8)),
    ("main", "deep", |code| code::calling(code, 10)),
    ("main", "tail", |code| code::tail_calling(code, 4)),
    ("main", "to_host", |code| code::tail_calling(code, 0)),
    ("main", "to_other", |code| code::tail_calling(code, 1)),
    ("main", "tails", |code| code::calling(code, 13)),
    ("main", "hosts", |code| code::calling(code, 12)),
    ("main", "count", code::counting),
    ("main", "grow", code::growing),
    ("main", "sum", |code| code::summing(code, false).1),
];

/// An exception that the host throws.
type Exn = Option<ExnRef>;

/// A store with both modules, where these functions have machine code.
struct World {
    store: Store<Exn>,
    instance: Instance,
}

fn lowered(module: &Compiled, function: u32) -> Code {
    let profile = module.engine().profile();
    lower::lower(module.data(), profile, function, MAX_WORDS).unwrap()
}

fn module(engine: &Engine, name: &str, wat: &str, native: &[&str], version: bool) -> Module {
    let module = Module::new(engine, &wat::parse_str(wat).unwrap()).unwrap();
    let function = |name: &str| module.find_function(name).unwrap();
    for (_, name, maker) in MAKERS.iter().filter(|maker| maker.0 == name) {
        if native.contains(name) {
            let code = lowered(module.compiled(), function(name));
            let made = maker(&code);
            let compiled = module.compiled();
            compiled.prepare_native(function(name), code.entry, made);
        }
    }
    if version {
        let code = lowered(module.compiled(), function("sum"));
        let (entry, made) = code::summing(&code, true);
        let compiled = module.compiled();
        compiled.prepare_native(function("sum"), entry, made);
    }
    module
}

impl World {
    fn new(config: Config, native: &[&str], version: bool) -> World {
        let engine = Engine::new(&config).unwrap();
        let other = module(&engine, "other", OTHER, native, false);
        let main = module(&engine, "main", MAIN, native, version);
        World::of(&main, &other)
    }

    fn of(main: &Module, other: &Module) -> World {
        let mut store = Store::new(main.engine(), None);
        let mut linker = Linker::new(main.engine());
        let host = |caller: Caller<'_, Exn>, argument: i64| match argument {
            1 => Err(Error::trap(crate::Trap::Unreachable)),
            2 => Err(Error::Suspended),
            3 => Err(Error::exit(3)),
            4 => {
                let exn = caller.data().expect("one was thrown before");
                let info = TrapInfo {
                    trap: crate::Trap::UncaughtException,
                    frames: Vec::new(),
                    more_frames: 0,
                };
                let info = Box::new(info);
                Err(Error::Exception { exn, info })
            }
            other => Ok(other),
        };
        linker.func_wrap("host", "g", host).unwrap();
        let other = linker.instantiate(&mut store, other).unwrap();
        linker.instance(&mut store, "other", other).unwrap();
        let instance = linker.instantiate(&mut store, main).unwrap();
        let throw = instance.get_func(&store, "throw").unwrap();
        match throw.call(&mut store, &[Val::I64(44)], &mut []) {
            Err(Error::Exception { exn, .. }) => *store.data_mut() = Some(exn),
            other => panic!("{other:?}"),
        }
        World { store, instance }
    }

    fn run(&mut self, name: &str, argument: i64, fuel: Fuel) -> Seen {
        let (first, more) = match fuel {
            Fuel::Whole => (1_000_000_000, 0),
            Fuel::Steps(step) => (step, step),
        };
        let before = self.store.fuel_consumed();
        self.store.set_fuel(first);
        let run = self.instance.get_func(&self.store, name).unwrap();
        let mut outcome = run.start(&mut self.store, &[Val::I64(argument)]);
        let result = loop {
            match outcome {
                Ok(Outcome::Done(values)) => break Ok(values),
                Ok(Outcome::OutOfFuel(paused)) => {
                    assert!(more > 0, "there was enough fuel");
                    let left = self.store.fuel();
                    self.store.set_fuel(left + more);
                    outcome = paused.resume(&mut self.store);
                }
                Ok(Outcome::Suspended(mut paused)) => {
                    paused.answer(&mut self.store, &[Val::I64(70)]).unwrap();
                    outcome = paused.resume(&mut self.store);
                }
                Err(error) => break Err(error),
            }
        };
        let said = match result {
            Ok(values) => format!("{values:?}"),
            Err(error) => error.to_string(),
        };
        (said, self.store.fuel_consumed() - before)
    }

    /// Everything a guest can have changed.
    fn memory(&self) -> Vec<u8> {
        let memory = self.instance.get_export(&self.store, "m");
        let memory = memory.and_then(Extern::into_memory).unwrap();
        memory.data(&self.store).to_vec()
    }
}

fn plain() -> Config {
    Config::new().tier(Tier::Interpreter)
}

/// Machine code for what runs often, made where it is found out.
fn auto() -> Config {
    Config::new().tier(Tier::Auto).background(false)
}

fn jit() -> Config {
    Config::new().tier(Tier::Jit)
}

/// Compares a run in which these functions have machine code with one in which
/// none has, with different amounts of fuel.
#[track_caller]
fn same(config: Config, native: &[&str], version: bool, name: &str, argument: i64) {
    let mut plain = World::new(plain(), &[], false);
    let expected = plain.run(name, argument, Fuel::Whole);
    let steps = [1, 2, 3, 5, 8, 11, 12, 13, 29, 100].map(Fuel::Steps);
    for fuel in std::iter::once(Fuel::Whole).chain(steps) {
        let mut world = World::new(config.clone(), native, version);
        for time in ["once", "again"] {
            let seen = world.run(name, argument, fuel);
            assert_eq!(
                seen, expected,
                "{name}({argument}) {time} with {native:?}, {fuel:?}"
            );
            if name == "grow" {
                break;
            }
        }
        assert!(
            world.memory() == plain.memory(),
            "memory of {name}({argument}), {fuel:?}"
        );
    }
}

#[test]
fn calls_between_tiers_instances_and_the_host_are_all_the_same() {
    let all = ["run", "a", "b", "f", "k"];
    for set in 0..1 << all.len() {
        let chosen = all
            .iter()
            .enumerate()
            .filter(|(bit, _)| set >> bit & 1 != 0);
        let native: Vec<&str> = chosen.map(|(_, &name)| name).collect();
        for argument in 0..5 {
            same(jit(), &native, false, "run", argument);
            same(jit(), &native, false, "watch", argument);
        }
    }
}

#[test]
fn machine_code_is_what_runs() {
    // It calls another function than the register code does.
    let wat = r#"(module
        (func $run (export "run") (param i64) (result i64)
          (i64.add (call $a (local.get 0)) (i64.const 1)))
        (func $a (param i64) (result i64) (i64.mul (local.get 0) (i64.const 10)))
        (func $b (param i64) (result i64) (i64.mul (local.get 0) (i64.const 100))))"#;
    for (config, expected) in [(jit(), 701), (plain(), 71)] {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
        let code = lowered(module.compiled(), 0);
        let compiled = module.compiled();
        compiled.prepare_native(0, code.entry, code::calling(&code, 2));
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let run = instance.get_typed_func::<i64, i64>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, 7).unwrap(), expected);
    }
}

#[test]
fn traps_and_exceptions_in_machine_code_are_those_of_the_interpreter() {
    for native in [&["divide"][..], &["over"], &["divide", "over"]] {
        for argument in [0, 1, 3] {
            same(jit(), native, false, "over", argument);
        }
    }
    same(jit(), &["throw"], false, "direct", 9);
    same(
        jit(),
        &["throw", "run", "a", "b", "f", "k"],
        false,
        "watch",
        4,
    );
}

#[test]
fn the_stack_ends_at_the_same_depth() {
    let mut plain = World::new(plain(), &[], false);
    let mut native = World::new(jit(), &["deep"], false);
    let expected = plain.run("deep", 1, Fuel::Whole);
    assert_eq!(native.run("deep", 1, Fuel::Whole), expected);
    assert!(expected.0.contains("more frames"), "{}", expected.0);
}

#[test]
fn tail_calls_leave_machine_code_for_anything() {
    let sets = [
        &["tail"][..],
        &["tail", "b"],
        &["to_host"],
        &["to_other"],
        &["tails"],
        &["hosts", "to_host"],
        &["tails", "to_other", "f", "k"],
    ];
    for native in sets {
        for name in ["tail", "to_host", "tails", "hosts"] {
            for argument in 0..5 {
                same(jit(), native, false, name, argument);
            }
        }
    }
}

#[test]
fn helpers_and_rows_by_meaning_find_everything_in_place() {
    for argument in [0, -1, 0x00f0_0000_0000_0001, i64::MIN] {
        same(jit(), &["count"], false, "count", argument);
    }
    for argument in [1, 2, 99, 100, 1000] {
        same(jit(), &["grow"], false, "grow", argument);
    }
}

#[test]
fn a_loop_stops_and_goes_on_with_all_registers() {
    for level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
        let config = jit().cpu_level(*level);
        for argument in [0, 1, 2, 40] {
            same(config.clone(), &["sum"], false, "sum", argument);
        }
        // Several slices long.
        let mut plain = World::new(plain(), &[], false);
        let mut native = World::new(config, &["sum"], false);
        let seen = native.run("sum", 10_000_000, Fuel::Whole);
        assert_eq!(seen.0, "[I64(50000005000000)]");
        let mut fuel = |count| plain.run("sum", count, Fuel::Whole).1;
        let (one, two) = (fuel(1), fuel(2));
        assert_eq!(seen.1, one + (two - one) * 9_999_999);
    }
}

#[test]
fn a_running_loop_is_taken_over() {
    for up_after in [1, 10, 100, 1_000_000] {
        let config = auto().tier_up_after(up_after);
        for argument in [0, 1, 2, 40, 400] {
            same(config.clone(), &["sum"], true, "sum", argument);
            same(config.clone().force_osr(true), &[], true, "sum", argument);
        }
    }
}

#[test]
fn the_interpreter_gives_a_loop_up_for_machine_code() {
    let configs = [auto().tier_up_after(10), auto().force_osr(true)];
    for config in configs {
        let engine = Engine::new(&config).unwrap();
        let main = module(&engine, "main", MAIN, &["sum"], true);
        // What is entered in the loop gives something else.
        let compiled = main.compiled();
        let function = |name| main.find_function(name).unwrap();
        let (head, _) = code::summing(&lowered(compiled, function("sum")), true);
        let divide = code::dividing(&lowered(compiled, function("divide")));
        compiled.prepare_native(function("sum"), head, divide);
        let other = module(&engine, "other", OTHER, &[], false);
        let mut world = World::of(&main, &other);
        assert_eq!(world.run("sum", 7, Fuel::Whole).0, "[I64(1)]");
    }
}

#[test]
fn leaving_machine_code_at_every_block_changes_nothing() {
    let config = jit().force_deopt(true);
    let all: Vec<&str> = MAKERS.iter().map(|maker| maker.1).collect();
    for name in ["run", "watch", "over", "tails", "hosts", "tail"] {
        for argument in 0..5 {
            same(config.clone(), &all, false, name, argument);
        }
    }
    for config in [config.clone(), config.force_osr(true)] {
        for argument in [0, 1, 2, 9, 40] {
            same(config.clone(), &all, true, "sum", argument);
            same(config.clone(), &all, true, "count", argument);
        }
        same(config.clone(), &all, true, "grow", 2);
    }
}

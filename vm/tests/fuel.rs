//! Fuel is exact, and a run can stop anywhere and go on.

use std::iter;

use lockstep_vm::{
    Config, Engine, Error, Instance, Linker, Module, Outcome, Store, Tier, Trap, Val,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Programs with loops, calls, memory, bulk instructions, exceptions, traps.
const PROGRAMS: &[(&str, &str, i64)] = &[
    (
        "loop and memory",
        r#"(module (memory 1)
          (func (export "run") (param i64) (result i64) (local $i i64) (local $sum i64)
            (loop $again
              (i64.store offset=8 (i32.wrap_i64 (i64.and (local.get $i) (i64.const 0xff8)))
                (i64.mul (local.get $i) (i64.const 0x9e3779b97f4a7c15)))
              (local.set $sum (i64.add (local.get $sum)
                (i64.load offset=8 (i32.wrap_i64 (i64.and (local.get $i) (i64.const 0xff8))))))
              (br_if $again (i64.lt_u (local.tee $i (i64.add (local.get $i) (i64.const 1)))
                (local.get 0))))
            (local.get $sum)))"#,
        7,
    ),
    (
        "calls",
        r#"(module
          (func $fib (export "run") (param i64) (result i64)
            (if (result i64) (i64.lt_s (local.get 0) (i64.const 2))
              (then (local.get 0))
              (else (i64.add (call $fib (i64.sub (local.get 0) (i64.const 1)))
                             (call $fib (i64.sub (local.get 0) (i64.const 2))))))))"#,
        8,
    ),
    (
        "bulk",
        r#"(module (memory 2) (data $d "0123456789abcdef")
          (func (export "run") (param i64) (result i64)
            (memory.init $d (i32.const 100) (i32.const 2) (i32.const 9))
            (memory.fill (i32.const 3000) (i32.const 0x5a) (i32.const 9000))
            (memory.copy (i32.const 3500) (i32.const 90) (i32.const 9000))
            (memory.copy (i32.const 80) (i32.const 3400) (i32.const 9000))
            (i64.add (local.get 0) (i64.load (i32.const 4090)))))"#,
        5,
    ),
    (
        "exceptions",
        r#"(module (tag $t (param i64))
          (func $thrower (param i64) (if (i64.gt_s (local.get 0) (i64.const 3))
            (then (throw $t (i64.mul (local.get 0) (i64.const 3))))))
          (func (export "run") (param i64) (result i64) (local $n i64)
            (block $caught (result i64)
              (loop $again
                (try_table (catch $t $caught) (call $thrower (local.get $n)))
                (local.set $n (i64.add (local.get $n) (i64.const 1)))
                (br $again))
              (unreachable))))"#,
        0,
    ),
    (
        "trap in mid-block",
        r#"(module (memory 1) (global $g (mut i64) (i64.const 0))
          (func (export "run") (param i64) (result i64)
            (global.set $g (i64.const 1))
            (i64.store (i32.const 8) (i64.const 7))
            (global.set $g (i64.div_u (i64.const 5) (local.get 0)))
            (i64.store (i32.const 16) (i64.const 7))
            (global.get $g)))"#,
        0,
    ),
    (
        "tables and values on branches",
        r#"(module (table 4 funcref) (elem (i32.const 0) $a $b $a $b)
          (type $f (func (param i64) (result i64)))
          (func $a (type $f) (i64.add (local.get 0) (i64.const 10)))
          (func $b (type $f) (i64.mul (local.get 0) (i64.const 3)))
          (func (export "run") (param i64) (result i64) (local $i i32)
            (loop $again (result i64)
              (local.set 0 (call_indirect (type $f) (local.get 0) (i32.and (local.get $i) (i32.const 3))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (block $out (result i64)
                (br_table $out $out $out 0 (local.get 0) (i32.and (local.get $i) (i32.const 3))))
              (drop) (br_if $again (i32.lt_s (local.get $i) (i32.const 9)))
              (select (local.get 0) (i64.const -1) (i32.eqz (i32.const 0))))))"#,
        1,
    ),
];

struct World {
    store: Store<()>,
    instance: Instance,
}

impl World {
    fn new(wat: &str) -> World {
        World::on(&Config::new(), wat)
    }

    fn on(config: &Config, wat: &str) -> World {
        let engine = Engine::new(config).unwrap();
        let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module)
            .unwrap();
        World { store, instance }
    }

    /// Everything a guest can have changed.
    fn state(&self) -> Vec<u8> {
        let mut state = Vec::new();
        for memory in self.instance.memories(&self.store) {
            state.extend_from_slice(memory.data(&self.store));
        }
        state
    }
}

fn describe(result: &Result<Vec<Val>, Error>) -> String {
    match result {
        Ok(values) => format!("{values:?}"),
        Err(error) => error.to_string(),
    }
}

/// Runs with all the fuel it wants.
fn straight(wat: &str, argument: i64) -> (String, u64, Vec<u8>) {
    let mut world = World::new(wat);
    world.store.set_fuel(1_000_000);
    let run = world.instance.get_func(&world.store, "run").unwrap();
    let mut results = [Val::I64(0)];
    let result = run
        .call(&mut world.store, &[Val::I64(argument)], &mut results)
        .map(|()| results.to_vec());
    (
        describe(&result),
        world.store.fuel_consumed(),
        world.state(),
    )
}

/// Runs with `step` more fuel at every stop.
fn in_steps(wat: &str, argument: i64, step: u64) -> (String, u64, Vec<u8>) {
    in_parts(&Config::new(), wat, argument, iter::repeat(step))
}

/// Runs with the next of `amounts` more fuel at every stop.
fn in_parts(
    config: &Config,
    wat: &str,
    argument: i64,
    mut amounts: impl Iterator<Item = u64>,
) -> (String, u64, Vec<u8>) {
    let mut more = || amounts.next().expect("there is no end of fuel");
    let mut world = World::on(config, wat);
    world.store.set_fuel(more());
    let run = world.instance.get_func(&world.store, "run").unwrap();
    let mut outcome = run.start(&mut world.store, &[Val::I64(argument)]);
    let mut stops = 0;
    let result = loop {
        match outcome {
            Ok(Outcome::Done(values)) => break Ok(values),
            Ok(Outcome::OutOfFuel(paused)) => {
                stops += 1;
                assert!(stops < 1_000_000, "the run does not come forward");
                let left = world.store.fuel();
                world.store.set_fuel(left + more());
                outcome = paused.resume(&mut world.store);
            }
            Ok(Outcome::Suspended(_)) => unreachable!("no host functions here"),
            Err(error) => break Err(error),
        }
    };
    (
        describe(&result),
        world.store.fuel_consumed(),
        world.state(),
    )
}

#[test]
fn stopping_at_any_step_changes_nothing() {
    for &(name, wat, argument) in PROGRAMS {
        let whole = straight(wat, argument);
        for step in (1..40).chain([63, 64, 65, 127, 1000]) {
            let parts = in_steps(wat, argument, step);
            assert_eq!(whole.0, parts.0, "{name}, result in steps of {step}");
            assert_eq!(whole.1, parts.1, "{name}, fuel in steps of {step}");
            assert!(whole.2 == parts.2, "{name}, memory in steps of {step}");
        }
    }
}

/// Tiers that change as often as they can.
fn restless() -> Vec<Config> {
    let mut configs = Vec::new();
    let auto = Config::new().tier(Tier::Auto);
    configs.push(auto.clone().tier_up_after(1));
    // What follows compiles at once, so that all of it runs.
    let auto = auto.background(false);
    for fuel in [1, 5, 60] {
        configs.push(auto.clone().tier_up_after(fuel));
    }
    let forced = auto.force_osr(true);
    configs.push(forced.clone());
    configs.push(forced.force_deopt(true));
    // Elsewhere there is no machine code.
    if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        let at_once = Config::new().tier(Tier::Jit).tier_up_after(20);
        configs.push(at_once.clone());
        configs.push(at_once.clone().force_deopt(true));
        configs.push(at_once.force_deopt(true).force_osr(true));
    }
    configs
}

#[test]
fn tiers_that_change_all_the_time_change_nothing() {
    for &(name, wat, argument) in PROGRAMS {
        let whole = straight(wat, argument);
        for config in restless() {
            for step in [1, 2, 7, 29, 64, 1000, 1_000_000] {
                let parts = in_parts(&config, wat, argument, iter::repeat(step));
                assert!(whole == parts, "{name}, in steps of {step} with {config:?}");
            }
        }
    }
}

#[test]
fn effects_happen_exactly_when_they_are_paid() {
    let wat = r#"(module (memory (export "m") 1)
        (func (export "run")
          (i32.store8 (i32.const 0) (i32.const 1))
          (nop)
          (i32.store8 (i32.const 1) (i32.const 1))
          (block (i32.store8 (i32.const 2) (i32.const 1)))))"#;
    for fuel in 0..12 {
        let mut world = World::new(wat);
        world.store.set_fuel(fuel);
        let run = world.instance.get_func(&world.store, "run").unwrap();
        let _ = run.call(&mut world.store, &[], &mut []);
        let memory = world.instance.get_memory(&world.store, "m").unwrap();
        let written = memory.data(&world.store)[..3]
            .iter()
            .filter(|&&byte| byte == 1)
            .count();
        assert_eq!(
            written as u64,
            (fuel / 3).min(3),
            "with {fuel} units of fuel"
        );
        assert_eq!(world.store.fuel_consumed(), fuel.min(9));
    }
}

#[test]
fn a_trap_costs_what_ran_before_it() {
    let cases = [
        (
            "(i32.div_s (i32.const 1) (i32.const 0)) (drop (i32.const 1))",
            3,
            Trap::IntegerDivideByZero,
        ),
        (
            "(drop (i32.load (i32.const -1))) (i32.const 5)",
            2,
            Trap::MemoryOutOfBounds,
        ),
        ("(nop) (unreachable)", 1, Trap::Unreachable),
        (
            "(i32.trunc_f32_s (f32.const nan))",
            2,
            Trap::InvalidConversionToInteger,
        ),
        (
            "(call_indirect (type $t) (i32.const 3)) (i32.const 1)",
            2,
            Trap::UndefinedElement,
        ),
        (
            "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1)) (i32.const 1)",
            4,
            Trap::MemoryOutOfBounds,
        ),
    ];
    for (body, fuel, trap) in cases {
        let wat = format!(
            r#"(module (type $t (func)) (table 1 funcref) (memory 1) (func (export "run") (result i32) {body}))"#
        );
        let mut world = World::new(&wat);
        world.store.set_fuel(100);
        let run = world.instance.get_func(&world.store, "run").unwrap();
        let error = run
            .call(&mut world.store, &[], &mut [Val::I32(0)])
            .unwrap_err();
        assert_eq!(error.as_trap(), Some(trap), "{body}");
        assert_eq!(world.store.fuel_consumed(), fuel, "{body}");
    }
}

/// The same cases every time, unless the environment asks for others.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    ProptestConfig {
        failure_persistence: None,
        rng_seed,
        ..usual
    }
}

proptest! {
    #![proptest_config(config())]

    /// Fuel that is handed out unevenly, in amounts of every size, gives what
    /// one hand-out gives.
    #[test]
    fn uneven_hand_outs_change_nothing(
        program in 0..PROGRAMS.len(), argument in 0i64..12,
        amounts in prop::collection::vec(prop_oneof![4 => 0u64..9, 2 => 0u64..200, 1 => 0u64..5000], 1..40),
    ) {
        let (name, wat, _) = PROGRAMS[program];
        let whole = straight(wat, argument);
        // The last amount is no zero, so that the run comes to its end.
        let amounts = amounts.into_iter().chain([1]).cycle();
        let parts = in_parts(&Config::new(), wat, argument, amounts);
        prop_assert!(whole == parts, "{name}: {:?} and {:?}", (&whole.0, whole.1), (&parts.0, parts.1));
    }
}

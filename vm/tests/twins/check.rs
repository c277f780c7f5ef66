//! Checks find twins that are wrong, and say how.

use std::sync::atomic::{AtomicU64, Ordering};

use lockstep_vm::{
    Config, Engine, Error, Outcome, Trap, TwinDifference, TwinMemory, TwinMismatch, TwinMode,
    TwinRanges, Val,
};

use crate::kernels::{Cost, Kernel, Part, Width, Work, World, kernels, tiers, with};

const WIDTH: Width = Width::W64;

/// A call of a function that has a wrong twin, and what the check says.
fn mismatch(config: &Config, wrong: Kernel, name: &str, args: &[Val], fuel: u64) -> TwinMismatch {
    let config = with(config, &[wrong], TwinMode::Check(1));
    let mut world = World::new(&config, WIDTH);
    world.store.set_fuel(fuel);
    match world.start(name, args) {
        Err(Error::TwinMismatch(mismatch)) => *mismatch,
        other => panic!("{other:?}"),
    }
}

/// What is wrong in each tier, which is the same.
fn differs(wrong: &Kernel, args: &[Val]) -> TwinDifference {
    let mut found = None;
    for (way, tier) in tiers() {
        let now = mismatch(&tier, wrong.clone(), wrong.name, args, 100_000);
        assert_eq!((&*now.twin, &*now.args), (wrong.name, args), "{way}");
        assert_eq!(
            *found.get_or_insert(now.difference.clone()),
            now.difference,
            "{way}"
        );
    }
    found.expect("there are tiers")
}

const FILL: [Val; 3] = [Val::I64(64), Val::I64(0x1111_1111_1111_1111), Val::I64(4)];

#[test]
fn a_wrong_byte() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.work = |_, memory, _| {
        let [out, ..] = memory.writes;
        out.fill(0x11);
        out[21] = 0x12;
        out[22] = 0x13;
    };
    let difference = TwinDifference::Memory {
        address: 64 + 21,
        body: 0x11,
        twin: 0x12,
    };
    assert_eq!(differs(&fill, &FILL), difference);
}

#[test]
fn a_byte_that_stays_as_it_was() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.work = |_, _, _| {};
    assert!(matches!(
        differs(&fill, &FILL),
        TwinDifference::Memory {
            address: 64,
            body: 0x11,
            ..
        }
    ));
}

#[test]
fn the_first_byte_is_the_one_with_the_least_address() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.ranges = |args| Some(TwinRanges::new(&[], &[(args[0] + 16, 16), (args[0], 16)]));
    fill.work = |_, _, _| {};
    assert!(matches!(
        differs(&fill, &FILL),
        TwinDifference::Memory { address: 64, .. }
    ));
}

#[test]
fn a_wrong_result() {
    let [.., mut sum] = kernels(WIDTH);
    sum.work = |_, _, results| results.copy_from_slice(&[0, 1]);
    let args = [Val::I64(0), Val::I64(0)];
    let difference = TwinDifference::Result {
        index: 1,
        body: Val::I64(0),
        twin: Val::I64(1),
    };
    assert_eq!(differs(&sum, &args), difference);
}

#[test]
fn a_wrong_formula() {
    let less: Cost = |_| Some(62);
    let more: Cost = |_| Some(64);
    for (fuel, twin) in [(less, 62), (more, 64)] {
        let [mut fill, ..] = kernels(WIDTH);
        fill.fuel = fuel;
        assert_eq!(
            differs(&fill, &FILL),
            TwinDifference::Fuel { body: 63, twin }
        );
    }
}

#[test]
fn a_formula_that_says_there_is_fuel_enough() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.fuel = |_| Some(20);
    for (_, tier) in tiers() {
        let found = mismatch(&tier, fill.clone(), "fill direct", &FILL, 40);
        assert_eq!(found.difference, TwinDifference::OutOfFuel { twin: 20 });
    }
}

#[test]
fn a_body_that_traps() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.ranges = |args| Some(TwinRanges::new(&[], &[(args[0], 8)]));
    let args = [Val::I64((2 << 16) - 8), Val::I64(1), Val::I64(2)];
    match differs(&fill, &args) {
        TwinDifference::Trap(info) => assert_eq!(info.trap, Trap::MemoryOutOfBounds),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_report_names_everything() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.work = |args, memory, _| {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let [out, ..] = memory.writes;
        out.fill(args[1] as u8);
        if CALLS.fetch_add(1, Ordering::Relaxed) == 2 {
            out[1] ^= 1;
        }
    };
    let config = with(&Config::new(), &[fill], TwinMode::Check(1));
    let mut world = World::new(&config, WIDTH);
    for _ in 0..2 {
        assert!(matches!(world.start("fill", &FILL), Ok(Outcome::Done(_))));
    }
    let before = world.store.fuel_consumed();
    let error = world.start("fill", &FILL).expect_err("it is wrong");
    assert_eq!(
        error.to_string(),
        "the twin \"fill\" of function 0 is wrong: at address 0x41 it leaves 0x10, the body 0x11; \
         it was call 3, with (64, 1229782938247303441, 4)"
    );
    // The store has what the body did, and goes on.
    assert_eq!(world.store.fuel_consumed() - before, 63);
    let memory = world
        .kernels
        .get_memory(&world.store, "memory")
        .expect("it is exported");
    assert_eq!(memory.data(&world.store)[64..96], [0x11; 32]);
    assert!(matches!(world.start("fill", &FILL), Ok(Outcome::Done(_))));
}

#[test]
fn every_so_many_calls_are_checked() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.work = |_, _, _| {};
    for every in [1, 2, 7] {
        let config = with(&Config::new(), &[fill.clone()], TwinMode::Check(every));
        let mut world = World::new(&config, WIDTH);
        let bad = (1..).find(|_| world.start("fill", &FILL).is_err());
        assert_eq!(bad, Some(every));
        // What a twin cannot carry out is not counted.
        let outside = [Val::I64(-8), Val::I64(0), Val::I64(1)];
        let mut world = World::new(&config, WIDTH);
        for call in 1..=every {
            assert!(matches!(world.start("fill", &outside), Err(Error::Trap(_))));
            let ended = world.start("fill", &FILL);
            assert_eq!(ended.is_err(), call == every);
        }
    }
    assert!(Engine::new(&Config::new().twin_mode(TwinMode::Check(0))).is_err());
}

/// What `fill` does, but for one byte.
fn fill_but(byte: usize, args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
    let [out, ..] = memory.writes;
    out.fill(args[1] as u8);
    out[byte] = 0;
}

/// Calls `fill`, of which every second call is checked in one half, until that
/// is no success; gives how many calls there were before.
fn until_it_is_wrong(wrong: Kernel) -> (World, u64, Error) {
    let mut world = World::new(&with(&Config::new(), &[wrong], TwinMode::Check(2)), WIDTH);
    let mut calls = 0;
    loop {
        match world.start("fill", &FILL) {
            Ok(_) => calls += 1,
            Err(error) => return (world, calls, error),
        }
        assert!(calls < 100, "a check finds it");
    }
}

/// The memory that the calls fill, and the fuel of them all.
fn left_by_fill(world: &World) -> (Vec<u8>, u64) {
    let memory = world.kernels.get_memory(&world.store, "memory");
    let memory = memory.expect("it is exported");
    let bytes = memory.data(&world.store)[64..96].to_vec();
    (bytes, world.store.fuel_consumed())
}

#[test]
fn a_wrong_part_is_reported_as_the_whole_call() {
    // In the first half, and in the second one.
    let [early, late]: [Work; 2] = [
        |args, memory, results| fill_but(3, args, memory, results),
        |args, memory, results| fill_but(31, args, memory, results),
    ];
    for (work, address) in [(early, 64 + 3), (late, 64 + 31)] {
        let [mut fill, ..] = kernels(WIDTH);
        fill.work = work;
        let (world, calls, error) = until_it_is_wrong(fill);
        let Error::TwinMismatch(mismatch) = error else {
            panic!("{error}");
        };
        let difference = TwinDifference::Memory {
            address,
            body: 0x11,
            twin: 0,
        };
        assert_eq!((mismatch.call, &*mismatch.args), (calls + 1, &FILL[..]));
        assert_eq!(mismatch.difference, difference);
        // The store has what the body did.
        let (bytes, fuel) = left_by_fill(&world);
        assert_eq!((bytes, fuel), (vec![0x11; 32], 63 * (calls + 1)));
    }
}

#[test]
fn a_part_that_costs_something_else_is_found() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.fuel = |args| Some(3 + 15 * args[2] + u64::from(args[2] < 4));
    let (world, calls, error) = until_it_is_wrong(fill);
    let Error::TwinMismatch(mismatch) = error else {
        panic!("{error}");
    };
    // The whole is right, and so the report is of the part.
    assert_eq!(mismatch.args[2], Val::I64(2));
    let difference = TwinDifference::Fuel { body: 33, twin: 34 };
    assert_eq!(mismatch.difference, difference);
    let (bytes, fuel) = left_by_fill(&world);
    assert_eq!((bytes, fuel), (vec![0x11; 32], 63 * (calls + 1)));
}

#[test]
fn what_is_no_part_is_an_error() {
    let parts: [Part; 5] = [
        |args, _| Some(vec![args[0], args[1], args[2] + 1]),
        |args, _| Some(vec![args[0] + 8, args[1], args[2]]),
        |args, _| Some(vec![args[0] - 8, args[1], 2]),
        |args, _| Some(vec![u64::MAX, args[1], 2]),
        |args, _| Some(args[..2].to_vec()),
    ];
    for part in parts {
        let [mut fill, ..] = kernels(WIDTH);
        fill.part = part;
        let (_, calls, error) = until_it_is_wrong(fill);
        assert_eq!(calls, 1);
        assert!(matches!(error, Error::Usage(_)), "{error}");
        assert!(error.to_string().contains("part of its call"), "{error}");
    }
}

#[test]
fn where_all_calls_are_checked_they_are_checked_whole() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.part = |_, _| panic!("it is not asked for");
    let config = with(&Config::new(), &[fill], TwinMode::Check(1));
    let mut world = World::new(&config, WIDTH);
    assert!(matches!(world.start("fill", &FILL), Ok(Outcome::Done(_))));
}

#[test]
fn without_checks_a_wrong_twin_is_believed() {
    let [mut fill, ..] = kernels(WIDTH);
    fill.fuel = |_| Some(1000);
    let mut world = World::new(&with(&Config::new(), &[fill], TwinMode::On), WIDTH);
    let shown = world.call("fill", &FILL, 1000);
    assert_eq!((shown.result, shown.fuel), (Ok(Vec::new()), 0));
}

//! Calls that twins carry out, and calls that they leave to the body: nobody
//! can tell.

use lockstep_vm::{
    Caller, Config, Engine, Error, Func, Linker, Module, Outcome, Store, TwinMode, Val,
};

use crate::kernels::{Kernel, Shown, WIDTHS, Width, World, kernels, shallow, tiers, with};

const MODES: [TwinMode; 3] = [TwinMode::On, TwinMode::Check(1), TwinMode::Check(3)];

const PLENTY: u64 = 1_000_000;

/// Runs a call in every way with and without twins, and wants the same of all.
/// Gives how many calls twins carried out, which must be the same too.
#[track_caller]
fn same_everywhere(width: Width, name: &str, args: &[Val], fuel: u64) -> u64 {
    same_with(&Config::new(), width, name, args, fuel)
}

#[track_caller]
fn same_with(base: &Config, width: Width, name: &str, args: &[Val], fuel: u64) -> u64 {
    let kernels = kernels(width);
    let mut first: Option<Shown> = None;
    let mut native = None;
    for (way, tier) in tiers() {
        let tier = tier.profile(*Engine::new(base).expect("a profile").profile());
        for mode in [TwinMode::Off].into_iter().chain(MODES) {
            let mut world = World::new(&with(&tier, &kernels, mode), width);
            let shown = world.call(name, args, fuel);
            match &first {
                None => first = Some(shown),
                Some(first) => assert_eq!(*first, shown, "{name} {args:?}, {way}, {mode:?}"),
            }
            let calls = world.store.twin_calls();
            match mode {
                TwinMode::Off => assert_eq!(calls, 0, "{name}, {way}"),
                _ => assert_eq!(
                    *native.get_or_insert(calls),
                    calls,
                    "{name}, {way}, {mode:?}"
                ),
            }
        }
    }
    native.expect("twins ran in some way")
}

fn fill_args(width: Width, address: u64, count: u64) -> [Val; 3] {
    [
        width.val(address),
        Val::I64(0x0123_4567_89ab_cdef),
        width.val(count),
    ]
}

#[test]
fn every_kind_of_call_finds_the_twin() {
    let fills = [
        "fill",
        "fill direct",
        "fill tail",
        "fill indirect",
        "fill tail indirect",
        "fill ref",
        "fill tail ref",
        "fill after a tail",
        "fill import",
        "fill import tail",
        "fill import tail indirect",
        "fill import after a tail",
    ];
    let sums = [
        "sum",
        "sum direct",
        "sum tail",
        "sum indirect",
        "sum tail ref",
        "sum again",
        "sum import tail",
    ];
    for width in WIDTHS {
        for name in fills {
            let args = fill_args(width, 4096, 10);
            assert_eq!(same_everywhere(width, name, &args, PLENTY), 1, "{name}");
        }
        for name in sums {
            let args = [width.val(4000), width.val(33)];
            assert_eq!(same_everywhere(width, name, &args, PLENTY), 1, "{name}");
        }
        assert_eq!(same_everywhere(width, "mixed", &[width.val(9)], PLENTY), 29);
    }
}

#[test]
fn a_twin_runs_in_place_of_the_body() {
    let kernels = kernels(Width::W64);
    let config = with(&Config::new(), &kernels, TwinMode::On);
    let mut world = World::new(&config, Width::W64);
    world.call("fill", &fill_args(Width::W64, 64, 1000), PLENTY);
    assert_eq!(kernels.each_ref().map(Kernel::runs), [1, 0, 0]);
    assert_eq!(
        (world.store.twin_calls(), world.store.twin_fuel()),
        (1, 15_003)
    );
    assert_eq!(world.store.fuel_consumed(), 15_003);
    let config = with(&Config::new(), &kernels, TwinMode::Off);
    let mut world = World::new(&config, Width::W64);
    world.call("fill", &fill_args(Width::W64, 64, 1000), PLENTY);
    assert_eq!(kernels.each_ref().map(Kernel::runs), [1, 0, 0]);
    assert_eq!((world.store.twin_calls(), world.store.twin_fuel()), (0, 0));
}

#[test]
fn what_lies_outside_is_left_to_the_body() {
    const END: u64 = 2 << 16;
    for width in WIDTHS {
        let top = match width {
            Width::W32 => u64::from(u32::MAX),
            Width::W64 => u64::MAX,
        };
        for (address, count, native) in [
            (END - 80, 10, 1),
            (END - 79, 10, 0),
            (END - 80, 11, 0),
            (END, 0, 1),
            (top, 0, 1),
            (END, 1, 0),
            (top - 6, 1, 0),
            (top - 7, 2, 0),
            (0, top, 0),
            (8, top / 8 + 1, 0),
        ] {
            let args = fill_args(width, address, count);
            for name in ["fill direct", "fill import tail"] {
                let calls = same_everywhere(width, name, &args, 20_000);
                assert_eq!(calls, native, "{name} {address:#x} {count:#x}");
            }
        }
    }
}

#[test]
fn overlaps_are_left_to_the_body() {
    for width in WIDTHS {
        for (y, x, count, native) in [
            (1000, 2000, 250, 1),
            (1000, 1999, 250, 0),
            (1000, 1000, 5, 0),
            (1004, 1000, 5, 0),
            (1000, 1004, 5, 0),
            (1020, 1000, 5, 1),
            (1019, 1000, 5, 0),
            (1000, 1000, 0, 1),
        ] {
            let args = [
                width.val(y),
                width.val(x),
                width.val(count),
                Val::F32(0x3fc0_0001),
            ];
            let calls = same_everywhere(width, "axpy", &args, PLENTY);
            assert_eq!(calls, native, "{y} {x} {count}");
        }
    }
}

#[test]
fn a_nan_is_the_same() {
    let width = Width::W64;
    for factor in [0x7fa0_1234, 0xffc0_0000, 0x7f80_0000, 0x0000_0001] {
        let args = [
            width.val(0),
            width.val(4096),
            width.val(900),
            Val::F32(factor),
        ];
        assert_eq!(same_everywhere(width, "axpy", &args, PLENTY), 1);
    }
}

#[test]
fn every_amount_of_fuel_stops_in_the_same_place() {
    for width in WIDTHS {
        let kernels = kernels(width);
        let whole = {
            let mut world = World::new(&Config::new(), width);
            PLENTY - world.call("mixed", &[width.val(3)], PLENTY).fuel
        };
        for (way, tier) in tiers() {
            let mut calls = 0;
            for fuel in (0..=whole).step_by(7).chain(whole - 4..=whole + 1) {
                let run = |mode| {
                    let mut world = World::new(&with(&tier, &kernels, mode), width);
                    let shown = world.call("mixed", &[width.val(3)], fuel);
                    (shown, world.store.twin_calls())
                };
                let (shown, now) = run(TwinMode::On);
                assert_eq!(run(TwinMode::Off).0, shown, "{fuel} units, {way}");
                assert!(now >= calls, "{fuel} units, {way}");
                calls = now;
            }
            assert_eq!(calls, 11);
        }
    }
}

/// What a run in slices shows: its results, and all fuel and the memory at each
/// rest.
type Sliced = (Vec<Val>, Vec<(u64, [u8; 32])>);

/// Runs `mixed` with its fuel in slices; how many calls twins carried out comes
/// second.
fn in_slices(config: &Config, width: Width, slice: u64) -> (Sliced, u64) {
    let mut world = World::new(config, width);
    world.store.set_fuel(slice);
    let mut rests = Vec::new();
    let mut outcome = world.start("mixed", &[width.val(3)]);
    loop {
        match outcome.expect("no trap") {
            Outcome::Done(values) => {
                rests.push((world.store.fuel_consumed(), world.memory()));
                return ((values, rests), world.store.twin_calls());
            }
            Outcome::OutOfFuel(paused) => {
                rests.push((world.store.fuel_consumed(), world.memory()));
                let left = world.store.fuel();
                world.store.set_fuel(left + slice);
                outcome = paused.resume(&mut world.store);
            }
            Outcome::Suspended(_) => panic!("there is no host function"),
        }
    }
}

#[test]
fn fuel_in_slices_changes_nothing() {
    let width = Width::W64;
    let kernels = kernels(width);
    for slice in [1, 2, 3, 5, 17, 100, 101, 613, 1000, 5000] {
        let (plain, _) = in_slices(&Config::new(), width, slice);
        let mut native = None;
        for (way, tier) in tiers() {
            for mode in MODES {
                let (sliced, calls) = in_slices(&with(&tier, &kernels, mode), width, slice);
                assert_eq!(plain, sliced, "{slice}, {way}, {mode:?}");
                let expected = *native.get_or_insert(calls);
                assert_eq!(expected, calls, "{slice}, {way}, {mode:?}");
            }
        }
        // Enough for some calls, but not for all of them.
        if slice == 613 {
            assert!(native.is_some_and(|calls| (1..11).contains(&calls)));
        }
    }
}

#[test]
fn the_stack_ends_in_the_same_place() {
    for width in WIDTHS {
        let base = Config::new().profile(shallow(150));
        let mut native = Vec::new();
        for name in ["deep", "deep tail"] {
            let run = |depth| same_with(&base, width, name, &[width.val(depth)], PLENTY);
            native.extend((0..22).step_by(3).map(run));
            native.extend((11..20).map(run));
        }
        assert!(native.contains(&0) && native.contains(&1), "{native:?}");
        // A twin that the host calls needs room for its frame as well.
        let base = Config::new().profile(shallow(9));
        let sum = [width.val(0), width.val(1)];
        assert_eq!(same_with(&base, width, "sum", &sum, PLENTY), 0);
        assert_eq!(
            same_with(&base, width, "fill", &fill_args(width, 0, 1), PLENTY),
            1
        );
    }
}

#[test]
fn a_call_larger_than_any_slice_is_native() {
    // More fuel than the driver hands out at once, of which none is left.
    let width = Width::W64;
    let text = r#"(module (memory (export "memory") i64 512)
      (func $fill (export "fill") (param $p i64) (param $v i64) (param $n i64)
        (block $out
          (br_if $out (i64.eqz (local.get $n)))
          (loop $again
            (i64.store (local.get $p) (local.get $v))
            (local.set $p (i64.add (local.get $p) (i64.const 8)))
            (local.set $n (i64.sub (local.get $n) (i64.const 1)))
            (br_if $again (i32.eqz (i64.eqz (local.get $n)))))))
      (func (export "run") (param i64) (call $fill (i64.const 0) (i64.const 7) (local.get 0))))"#;
    const COUNT: u64 = 2_000_000;
    const COST: u64 = 3 + 15 * COUNT;
    let kernels = kernels(width);
    let engine = Engine::new(&with(&Config::new(), &kernels, TwinMode::On)).unwrap();
    let module = Module::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
    // The same body in another module is the same kernel.
    assert!(module.twins().eq([(0, "fill")]));
    for (spare, native) in [(4, 1), (3, 0)] {
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module)
            .unwrap();
        let run = instance.get_func(&store, "run").unwrap();
        store.set_fuel(COST + spare);
        let done = run.call(&mut store, &[Val::I64(COUNT as i64)], &mut []);
        assert_eq!(store.twin_calls(), native);
        assert_eq!(store.fuel(), 0);
        assert_eq!(done.is_ok(), native == 1, "{done:?}");
    }
}

#[test]
fn a_host_function_calls_a_twin() {
    let width = Width::W64;
    let kernels = kernels(width);
    for mode in MODES {
        let mut world = World::new(&with(&Config::new(), &kernels, mode), width);
        let fill = world.func("fill");
        let host = Func::wrap(
            &mut world.store,
            move |mut caller: Caller<'_, ()>| -> Result<(), Error> {
                let args = fill_args(Width::W64, 800, 3);
                fill.call(&mut caller, &args, &mut [])
            },
        );
        world.store.set_fuel(100);
        host.call(&mut world.store, &[], &mut []).unwrap();
        assert_eq!((world.store.fuel(), world.store.twin_calls()), (52, 1));
    }
}

#[test]
fn an_interrupt_stops_a_guest_that_calls_nothing_but_twins() {
    let width = Width::W64;
    let kernels = kernels(width);
    let mut world = World::new(&with(&Config::new(), &kernels, TwinMode::On), width);
    world.store.interrupt_handle().interrupt();
    let ended = world.start("mixed", &[width.val(1_000_000_000)]);
    assert!(matches!(ended, Err(Error::Interrupted)), "{ended:?}");
    assert_eq!(world.store.twin_calls(), 1);
}

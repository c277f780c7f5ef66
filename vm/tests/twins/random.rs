//! Random calls, with twins and without.

use std::cell::Cell;

use lockstep_vm::{Config, Tier, TwinMode, Val};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::kernels::{Shown, WIDTHS, Width, World, kernels, with};

/// A call: whom, numbers from which its arguments are made, and its fuel.
#[derive(Clone, Debug)]
struct Step {
    name: &'static str,
    numbers: [u64; 3],
    factor: u32,
    fuel: u64,
}

/// Addresses and counts: most fit, some lie at an end or far outside.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => 0u64..3000,
        2 => 0u64..40,
        1 => (2u64 << 16) - 400..(2 << 16) + 40,
        1 => any::<u64>(),
        1 => u64::MAX - 64..=u64::MAX,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let names = prop::sample::select(vec![
        "fill",
        "fill direct",
        "fill tail",
        "fill import after a tail",
        "axpy",
        "sum",
        "sum direct",
        "sum import tail",
        "mixed",
    ]);
    let fuel = prop_oneof![1 => 0u64..500, 1 => 0u64..20_000, 3 => Just(60_000u64)];
    (names, [number(), number(), number()], any::<u32>(), fuel).prop_map(
        |(name, numbers, factor, fuel)| Step {
            name,
            numbers,
            factor,
            fuel,
        },
    )
}

impl Step {
    fn args(&self, width: Width) -> Vec<Val> {
        let [a, b, c] = self.numbers.map(|number| width.val(number));
        match self.name {
            "axpy" => vec![a, b, c, Val::F32(self.factor)],
            "mixed" => vec![a],
            sum if sum.starts_with("sum") => vec![a, b],
            _ => vec![a, Val::I64(i64::from(self.factor) << 7), b],
        }
    }
}

fn run(config: &Config, width: Width, steps: &[Step]) -> (Vec<Shown>, u64) {
    let mut world = World::new(config, width);
    let shown = steps
        .iter()
        .map(|step| world.call(step.name, &step.args(width), step.fuel))
        .collect();
    (shown, world.store.twin_calls())
}

#[test]
fn nobody_can_tell() {
    let settings = ProptestConfig {
        cases: 60,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x7715),
        ..ProptestConfig::default()
    };
    let sets = WIDTHS.map(kernels);
    let native = Cell::new(0);
    proptest!(settings, |(steps in prop::collection::vec(step(), 1..12))| {
        for (width, kernels) in WIDTHS.into_iter().zip(&sets) {
            let tier = Config::new().tier(Tier::Interpreter);
            let plain = run(&tier, width, &steps).0;
            let hot = Config::new().tier_up_after(10).background(false);
            for config in [tier, hot] {
                for mode in [TwinMode::On, TwinMode::Check(1)] {
                    let (shown, calls) = run(&with(&config, kernels, mode), width, &steps);
                    prop_assert_eq!(&plain, &shown, "{:?} {:?}", width, mode);
                    native.set(native.get() + calls);
                }
            }
        }
    });
    assert!(native.get() > 1000, "{} calls", native.get());
}

//! What the kernels compute and what that costs.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lockstep_llama::kernels::cases::Call;
use lockstep_llama::kernels::{KERNELS, Kernel, twins};
use lockstep_simd::kernels::cases::{By, Numbers};
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, Tier, TwinMode};

use crate::machine::Machine;
use crate::table::arguments;

/// How large memories are: most cases fit.
const PAGES: u64 = 4;

const TWO: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

/// Calls a kernel, and compares the whole memory, and the fuel.
fn check(machine: &mut Machine, kernel: &Kernel, call: &Call) {
    machine.memory().copy_from_slice(&call.before);
    let fuel = machine.call(kernel, &call.args);
    compare_memory(machine, kernel, call);
    assert_eq!(
        Some(fuel),
        kernel.fuel(&call.args),
        "fuel of {} with {:?}",
        kernel.name,
        call.args
    );
}

fn compare_memory(machine: &mut Machine, kernel: &Kernel, call: &Call) {
    let expected = call.after(By::Reference).expect("the reference knows");
    let found = machine.memory();
    if let Some(byte) = (0..expected.len()).find(|at| found[*at] != expected[*at]) {
        panic!(
            "{} with {:?}: byte {byte} is {:#x} and not {:#x}: {}",
            kernel.name,
            call.args,
            found[byte],
            expected[byte],
            call.describe(byte),
        );
    }
}

/// How many cases there are of each kernel at least; those of some have thousands of results each.
const LEAST_CASES: usize = 60;

/// Runs random cases of each kernel until there are so many results.
fn cases(tier: Tier, count: usize, seed: u64) {
    run_cases(&mut Machine::new(tier, PAGES), count, seed);
}

fn run_cases(machine: &mut Machine, count: usize, seed: u64) {
    let memory = machine.memory().len();
    for (index, kernel) in KERNELS.iter().enumerate() {
        let mut numbers = Numbers(seed + index as u64);
        let (mut done, mut cases) = (0, 0);
        while done < count || cases < LEAST_CASES {
            let most = numbers.one_of(&[2, 5, 20, 40]);
            let call = Call::new(&mut numbers, kernel.work, most, memory);
            check(machine, kernel, &call);
            done += call.results();
            cases += 1;
        }
    }
}

#[test]
fn interpreted_bodies_have_the_bits_of_the_reference() {
    cases(Tier::Interpreter, 1_000, 1);
}

#[test]
fn compiled_bodies_have_the_bits_of_the_reference() {
    cases(Tier::Jit, 1_000, 2);
}

/// The twins of kernels in all of their instruction sets, on one thread and on two.
#[test]
fn twins_have_the_bits_of_the_reference() {
    for isa in Isa::ALL.iter().copied().filter(|isa| isa.is_supported()) {
        for threads in [
            Threads::one(),
            Threads::new(TWO).expect("there are threads"),
        ] {
            let config = Config::new()
                .tier(Tier::Interpreter)
                .twins(Arc::new(twins(isa, &Arc::new(threads))));
            let mut machine = Machine::configured(&config, PAGES);
            run_cases(&mut machine, 500, 4);
            assert!(
                machine.twin_calls() > 100,
                "{isa}: they stood in for bodies"
            );
        }
    }
}

/// Both, in every call and in parts of every second one: the engine itself compares them, fuel included.
#[test]
fn twins_agree_with_bodies() {
    for every in [1, 2] {
        let config = Config::new()
            .tier(Tier::Jit)
            .twins(Arc::new(twins(Isa::best(), &Arc::new(Threads::one()))))
            .twin_mode(TwinMode::Check(every));
        let mut machine = Machine::configured(&config, PAGES);
        run_cases(&mut machine, 500, 5);
        assert!(machine.twin_calls() > 100);
    }
}

/// There is nothing to cut where nothing is computed, or where rows lie on each other, however many they are.
#[test]
fn calls_of_nothing_have_no_parts() {
    let twins = twins(Isa::best(), &Arc::new(Threads::one()));
    for kernel in &KERNELS {
        let twin = twins.iter().find(|twin| twin.name() == kernel.name);
        let twin = twin.expect("every kernel has one");
        for (rows, cols) in [(0, u64::MAX), (u64::MAX, 0)] {
            let args = arguments(kernel.work, rows, cols, 256);
            assert_eq!(twin.part(&args, u64::MAX), None, "{} {args:?}", kernel.name);
        }
    }
}

/// What a check compares in parts: the body does all of a call if it does all of its parts.
#[test]
fn parts_make_a_whole() {
    let twins = twins(Isa::best(), &Arc::new(Threads::one()));
    let mut machine = Machine::new(Tier::Jit, PAGES);
    for (seed, kernel) in KERNELS.iter().enumerate() {
        let twin = twins.iter().find(|twin| twin.name() == kernel.name);
        let twin = twin.expect("every kernel has one");
        let mut numbers = Numbers(seed as u64);
        let mut cut = 0;
        while cut < 10 {
            let call = Call::new(&mut numbers, kernel.work, 60, machine.memory().len());
            let parts = (0..8).map(|part| twin.part(&call.args, part << 61));
            let Some(mut parts) = parts.collect::<Option<Vec<_>>>() else {
                continue;
            };
            // There are fewer of a few rows.
            parts.dedup();
            machine.memory().copy_from_slice(&call.before);
            for args in parts {
                machine.call(kernel, &args);
            }
            compare_memory(&mut machine, kernel, &call);
            cut += 1;
        }
    }
}

#[test]
#[ignore = "takes minutes: a million products of each format, in each tier"]
fn a_million_products_have_the_bits_of_the_reference() {
    cases(Tier::Interpreter, 1_000_000, 1_000);
    cases(Tier::Jit, 1_000_000, 2_000);
}

/// Sizes of zero, and a `k` that is no whole number of blocks: the cost is still by the formula.
#[test]
fn odd_sizes_cost_what_the_formula_says() {
    let mut machine = Machine::new(Tier::Interpreter, PAGES);
    let mut numbers = Numbers(3);
    for kernel in &KERNELS {
        for _ in 0..200 {
            let (rows, cols, k) = (numbers.below(4), numbers.below(4), numbers.below(1_100));
            let args = arguments(kernel.work, rows as u64, cols as u64, k as u64);
            let fuel = machine.call(kernel, &args);
            assert_eq!(Some(fuel), kernel.fuel(&args), "{} {args:?}", kernel.name);
        }
    }
}

#[test]
fn costs_that_fit_no_number_are_told() {
    let huge = u64::MAX / 2;
    for kernel in &KERNELS {
        let args = arguments(kernel.work, huge, huge, huge);
        assert_eq!(kernel.fuel(&args), None, "{}", kernel.name);
    }
}

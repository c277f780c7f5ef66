//! What the targets have in common.

use std::sync::LazyLock;

use fuzz::entropy::Entropy;
use fuzz::generate;
use fuzz::lockstep::{Lockstep, Slices};
use fuzz::program::Program;
use fuzz::tier::Tier;
use lockstep_vm::CpuLevel;

pub mod proof;

/// Most fuel of a call: a fuzzer wants thousands of programs a second more
/// than it wants long ones.
const FUEL: u64 = 20_000;

/// Lockstep's ways of running; the first is what the others must equal.
static TIERS: LazyLock<[Lockstep; 3]> = LazyLock::new(|| {
    [
        Lockstep::straight(),
        Lockstep::new(CpuLevel::best(), Slices::Every(1)),
        Lockstep::new(CpuLevel::Portable, Slices::Uneven(1)),
    ]
});

/// Runs a program on every tier.
///
/// # Panics
/// If two of them differ in anything.
pub fn check(program: Program) {
    let fuel = program.fuel.min(FUEL);
    let program = Program { fuel, ..program };
    let [first, others @ ..] = &*TIERS;
    let wanted = first.run(&program);
    for other in others {
        let found = other.run(&program);
        assert_eq!(wanted, found, "{} and {}", first.name(), other.name());
    }
}

/// Makes a program of bytes with the generator of this name and checks it.
///
/// # Panics
/// If there is no such generator, or the tiers differ.
pub fn check_generated(name: &str, bytes: &[u8]) {
    let generator = generate::ALL
        .iter()
        .find(|generator| generator.name == name)
        .unwrap_or_else(|| panic!("there is no generator {name:?}"));
    if let Some(program) = (generator.make)(&mut Entropy::new(bytes)) {
        check(program);
    }
}

/// The whole of a target for the generator of this name.
#[macro_export]
macro_rules! generator_target {
    ($name:literal) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::check_generated($name, bytes));
    };
}

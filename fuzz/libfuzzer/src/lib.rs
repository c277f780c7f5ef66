//! What the targets have in common.

use std::sync::LazyLock;

use fuzz::check::{Oracle, Oracles};
use fuzz::entropy::Entropy;
use fuzz::generate;
use fuzz::program::Program;

pub mod proof;

/// Most fuel of a call: a fuzzer wants many programs more than it wants long
/// ones.
const FUEL: u64 = 5_000;

/// Lockstep in all its ways. Other engines are not built here: they are not
/// what is instrumented, and they are slow under it.
static ORACLES: LazyLock<Oracles> =
    LazyLock::new(|| Oracles::new(Oracle::ALL).expect("every oracle here is our own"));

/// Runs a program in every way.
///
/// # Panics
/// If two of them differ in anything.
pub fn check(program: Program) {
    let fuel = program.fuel.min(FUEL);
    let program = Program { fuel, ..program };
    if let Err(finding) = ORACLES.check(&program) {
        panic!("{}", finding.describe(&program));
    }
}

/// Makes a program of bytes with the generator of this name and checks it.
///
/// # Panics
/// If there is no such generator, or something differs.
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

//! Planted faults are found: the test of the tests.
//!
//! `cargo test --release -p fuzz --features planted-faults --test planted`
//! plants each fault of [`lockstep_isa::planted`] in turn and lets generators
//! look for it, a minute each. Without a fault the same search finds nothing.
#![cfg(feature = "planted-faults")]

use std::sync::Mutex;
use std::time::Duration;

use fuzz::check::{Oracle, Oracles};
use fuzz::generate;
use fuzz::runner::{self, Outcome, Plan};
use lockstep_isa::planted::{Fault, plant};

/// One fault at a time: what is planted is the whole process's.
static FIELD: Mutex<()> = Mutex::new(());

/// How long a generator may look for a fault.
const PATIENCE: Duration = Duration::from_secs(60);

fn search(fault: Option<Fault>, generator: &str, oracles: &[Oracle], runs: u64) -> Outcome {
    let _field = FIELD.lock().unwrap_or_else(|e| e.into_inner());
    let generator = generate::ALL.iter().find(|g| g.name == generator);
    let generator = generator.expect("the tests name generators that there are");
    let oracles = Oracles::new(oracles).expect("rivals start on this host");
    let plan = Plan {
        seed: 1,
        runs,
        time: Some(PATIENCE),
        jobs: 1,
        findings: 1,
    };
    plant(fault);
    let outcome = runner::run(generator, &oracles, &plan, &|_| {});
    plant(None);
    outcome
}

/// Looks for a fault in each of these ways; each must find it.
fn found_by(fault: Fault, ways: &[(&str, &[Oracle])]) {
    for (generator, oracles) in ways {
        let outcome = search(Some(fault), generator, oracles, u64::MAX);
        let names: Vec<&str> = oracles.iter().map(|oracle| oracle.name()).collect();
        let Some(found) = outcome.found.first() else {
            let count = outcome.tally.programs;
            panic!("{fault:?} escaped {generator} with {names:?} in {count} programs");
        };
        let words = found.finding.describe(&found.program);
        println!(
            "{fault:?} found by {generator} with {names:?} after {} programs, {:.1} s: {words}",
            outcome.tally.programs + 1,
            outcome.time.as_secs_f64(),
        );
    }
}

#[test]
fn without_a_fault_nothing_is_found() {
    for generator in ["instruction", "float", "control"] {
        let outcome = search(None, generator, Oracle::ALL, 300);
        let found = outcome.found.first();
        let words = found.map(|found| found.finding.describe(&found.program));
        assert_eq!(words, None, "{generator}");
    }
}

#[test]
fn a_flipped_bit_in_a_meaning_is_found() {
    found_by(
        Fault::Meaning,
        &[
            ("instruction", &[Oracle::Wasmi]),
            ("instruction", &[Oracle::Wasmtime]),
            ("smith", &[Oracle::Wasmi]),
        ],
    );
}

#[test]
fn a_nan_that_keeps_its_bits_is_found() {
    found_by(
        Fault::Nan,
        &[
            ("float", &[Oracle::Wasmi]),
            ("float", &[Oracle::Wasmtime]),
            ("instruction", &[Oracle::Wasmi]),
        ],
    );
}

#[test]
fn a_wrong_lane_in_one_set_of_handlers_is_found() {
    found_by(
        Fault::Lane,
        &[
            ("instruction", &[Oracle::Levels]),
            ("instruction", &[Oracle::Wasmi]),
        ],
    );
}

#[test]
fn a_block_that_costs_too_little_is_found() {
    found_by(
        Fault::Cost,
        &[("control", &[Oracle::Count]), ("smith", &[Oracle::Count])],
    );
}

#[test]
fn a_wrong_refund_at_a_trap_is_found() {
    found_by(
        Fault::Refund,
        &[
            ("control", &[Oracle::Slices]),
            ("control", &[Oracle::Count]),
        ],
    );
}

//! Planted faults are found: the test of the tests.
//!
//! `cargo test --release -p fuzz --features planted-faults --test planted`
//! plants each fault of [`lockstep_isa::planted`] in turn and lets generators
//! look for it, a minute each. Without a fault the same search finds nothing.
#![cfg(feature = "planted-faults")]

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use fuzz::check::{Oracle, Oracles};
use fuzz::generate;
use fuzz::lockstep::{Code, Lockstep, Slices};
use fuzz::runner::{self, Outcome, Plan};
use lockstep_isa::planted::{Fault, plant};
use lockstep_vm::CpuLevel;

/// One fault at a time: what is planted is the whole process's.
static FIELD: Mutex<()> = Mutex::new(());

/// How long a generator may look for a fault.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is compared with these oracles.
enum Base {
    Interpreter,
    MachineCode,
}

fn search(
    fault: Option<Fault>,
    generator: &str,
    base: &Base,
    oracles: &[Oracle],
    runs: u64,
) -> Outcome {
    let _field = FIELD.lock().unwrap_or_else(|e| e.into_inner());
    let generator = generate::ALL.iter().find(|g| g.name == generator);
    let generator = generator.expect("the tests name generators that there are");
    let oracles = Oracles::new(oracles).expect("rivals start on this host");
    let oracles = match base {
        Base::Interpreter => oracles,
        Base::MachineCode => {
            let compiled = Lockstep::new(CpuLevel::best(), Code::Compiled, Slices::Whole);
            oracles.with_base(compiled)
        }
    };
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
    found_from(&Base::Interpreter, fault, ways);
}

/// Looks for a fault of the compiler: machine code against the interpreter.
fn found_in_machine_code(fault: Fault, generators: &[&str]) {
    let ways: Vec<(&str, &[Oracle])> = generators
        .iter()
        .map(|&generator| (generator, &[Oracle::Jit][..]))
        .collect();
    found_from(&Base::Interpreter, fault, &ways);
}

/// Looks for a fault of the compiler: machine code against other engines.
fn found_by_rivals(fault: Fault, generator: &str) {
    let rivals: [(&str, &[Oracle]); 2] = [
        (generator, &[Oracle::Wasmi]),
        (generator, &[Oracle::Wasmtime]),
    ];
    found_from(&Base::MachineCode, fault, &rivals);
}

fn found_from(base: &Base, fault: Fault, ways: &[(&str, &[Oracle])]) {
    for (generator, oracles) in ways {
        let outcome = search(Some(fault), generator, base, oracles, u64::MAX);
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
        let outcome = search(None, generator, &Base::Interpreter, Oracle::ALL, 300);
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

#[test]
fn a_nan_that_is_stored_as_the_cpu_made_it_is_found() {
    found_in_machine_code(Fault::StoredNan, &["float", "instruction"]);
    found_by_rivals(Fault::StoredNan, "float");
}

#[test]
fn a_nan_that_joins_others_as_the_cpu_made_it_is_found() {
    found_in_machine_code(Fault::JoinedNan, &["float"]);
}

#[test]
fn a_nan_that_is_left_as_the_cpu_made_it_is_found() {
    found_in_machine_code(Fault::LeftNan, &["float"]);
}

#[test]
fn a_bound_that_is_a_byte_too_narrow_is_found() {
    found_in_machine_code(Fault::Bound, &["instruction"]);
    found_in_machine_code(Fault::ConstantBound, &["instruction"]);
}

/// The fault lets machine code touch what is behind a memory, and nobody takes
/// that for a trap where there are no guards.
#[test]
fn a_bounds_check_that_is_used_again_for_more_is_found() {
    let _field = FIELD.lock().unwrap_or_else(|e| e.into_inner());
    let test = std::env::current_exe().expect("tests are files");
    let child = Command::new(test)
        .args(["--exact", "a_search_that_ends_the_process", "--ignored"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let ended = child.expect("a test can be run again");
    assert_eq!(ended.signal(), Some(SIGSEGV), "{ended}");
}

/// What a process gets for touching what is not there.
const SIGSEGV: i32 = 11;

#[test]
#[ignore = "another test runs it in a process of its own"]
fn a_search_that_ends_the_process() {
    let base = Base::Interpreter;
    let only = &[Oracle::Jit];
    search(
        Some(Fault::ReusedBound),
        "instruction",
        &base,
        only,
        u64::MAX,
    );
}

#[test]
fn a_sum_that_should_wrap_is_found() {
    found_in_machine_code(Fault::Wrap, &["instruction"]);
}

#[test]
fn a_trap_that_is_wrong_in_machine_code_is_found() {
    found_in_machine_code(Fault::MachineRefund, &["instruction", "control"]);
    found_in_machine_code(Fault::TrapPlace, &["instruction"]);
}

#[test]
fn machine_code_that_costs_too_little_is_found() {
    found_in_machine_code(Fault::MachineCost, &["control", "smith"]);
    found_in_machine_code(Fault::StopCost, &["control", "float"]);
}

#[test]
fn values_that_are_lost_where_machine_code_is_left_are_found() {
    found_in_machine_code(Fault::LostSlot, &["float", "control"]);
    found_in_machine_code(Fault::LostAccumulator, &["float"]);
}

#[test]
fn a_register_that_is_lost_at_a_stop_is_found() {
    found_in_machine_code(Fault::LostRegister, &["float"]);
}

#[test]
fn a_wrong_comparison_is_found() {
    found_in_machine_code(Fault::Strictness, &["instruction", "control"]);
    found_by_rivals(Fault::Strictness, "instruction");
    found_in_machine_code(Fault::Unordered, &["float"]);
}

#[test]
fn a_wrong_move_is_found() {
    found_in_machine_code(Fault::MoveOrder, &["float"]);
    found_in_machine_code(Fault::HalfSpill, &["float"]);
}

#[test]
fn a_load_that_is_not_repeated_is_found() {
    found_in_machine_code(Fault::StaleLoad, &["instruction"]);
}

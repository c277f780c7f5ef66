//! Every mask is still needed: a rival that has learned better makes its mask
//! fail here, and the mask goes.
#![cfg(feature = "rivals")]

use fuzz::compare::{Difference, compare};
use fuzz::corpus;
use fuzz::lockstep::Lockstep;
use fuzz::program::Program;
use fuzz::rivals::{Wasmi, Wasmtime};
use fuzz::tier::{Known, Tier};

fn kept(name: &str) -> Program {
    let entries = corpus::files().expect("the corpus is readable");
    let entry = entries.into_iter().find(|entry| entry.name == name);
    entry.unwrap_or_else(|| panic!("no program {name}")).program
}

/// The difference that shows when nothing is spelled out and `known` is all
/// that is masked.
fn difference(rival: &dyn Tier, name: &str, known: Known) -> Option<Box<Difference>> {
    let program = kept(name);
    let ours = Lockstep::straight().run(&program).expect("it is ours");
    let theirs = rival.run(&program).expect("the rival takes it");
    compare(&ours, &theirs, known).err()
}

#[test]
fn wasmi_turns_the_condition_of_a_select_of_vectors_round() {
    let rival = Wasmi::new();
    let name = "regressions/select-of-vectors-on-a-condition";
    assert!(difference(&rival, name, rival.known()).is_some());
}

#[test]
fn wasmtime_keeps_a_pairs_sum_of_17_bits() {
    let rival = Wasmtime::new().expect("it starts on this host");
    let name = "regressions/relaxed-dot-sum";
    assert!(difference(&rival, name, rival.known()).is_some());
}

#[test]
fn wasmtime_tells_a_fused_loads_trap_of_the_next_instruction() {
    let rival = Wasmtime::new().expect("it starts on this host");
    let name = "regressions/trap-of-a-fused-load";
    let known = rival.known();
    assert_eq!(difference(&rival, name, known), None);
    let strict = Known {
        trap_offset: false,
        ..known
    };
    assert!(difference(&rival, name, strict).is_some());
}

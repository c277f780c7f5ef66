//! Every attempt must come to what its table says.

use std::collections::BTreeSet;
use std::path::Path;

use attack::{Attempt, attempts, parent, report};

#[test]
fn every_attempt_does_what_it_must() {
    let all: Vec<&'static Attempt> = attempts::all().collect();
    let program = Path::new(env!("CARGO_BIN_EXE_attack"));
    let rows = parent::run_all(program, &all, 2, |_| {}).expect("processes can be started");
    let good = rows.iter().all(|row| row.2.is_good());
    assert!(good, "{}\n{}", report::table(&rows), report::summary(&rows));
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeSet::new();
    for attempt in attempts::all() {
        assert!(seen.insert(attempt.name), "{} stands twice", attempt.name);
    }
}

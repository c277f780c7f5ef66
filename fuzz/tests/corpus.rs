//! Every kept program, every module of the official suite and every kernel of
//! the benches, in every way there is: no difference.

use fuzz::check::{Oracle, Oracles};
use fuzz::corpus::{self, Entry};
use fuzz::program::Program;
use fuzz::tally::Tally;

/// Checks all entries, in every way or in those whose turn it is, and says
/// everything that differs.
fn replay(entries: Vec<Entry>, thoroughly: bool) -> Tally {
    let oracles = Oracles::new(Oracle::ALL).expect("rivals start on this host");
    let check = |program: &Program| match thoroughly {
        true => oracles.check_thoroughly(program),
        false => oracles.check(program),
    };
    let mut tally = Tally::default();
    let mut findings = Vec::new();
    for entry in entries {
        match check(&entry.program) {
            Ok(verdict) => tally.note(&verdict),
            Err(finding) => findings.push(format!(
                "{}: {}",
                entry.name,
                finding.describe(&entry.program)
            )),
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    tally
}

#[test]
fn kept_programs() {
    let entries = corpus::files().expect("the corpus is readable");
    let count = entries.len() as u64;
    assert!(count > 10, "the corpus has only {count} programs");
    let tally = replay(entries, true);
    assert_eq!(tally.programs, count);
    assert_eq!(tally.refused, 0, "a kept program must run");
}

#[test]
fn modules_of_the_suite() {
    let entries = corpus::suite().expect("the suite is readable");
    let tally = replay(entries, false);
    assert!(tally.programs > 1_000, "only {} modules", tally.programs);
    assert!(tally.calls > 10_000, "only {} calls", tally.calls);
}

#[test]
fn kernels_of_the_benches() {
    let entries = corpus::kernels().expect("the kernels can be built");
    let tally = replay(entries, false);
    assert_eq!(tally.programs, 2 * 36);
    assert_eq!(tally.refused, 0);
    let returned = tally.outcomes.get("returned").copied().unwrap_or(0);
    assert_eq!(returned, 2 * 36, "{:?}", tally.outcomes);
}

//! Every fast form gives the bits of its meaning.
//!
//! Run it in release mode too: only there does the optimiser rewrite the
//! expressions.

/// Random cases for each row, beside the corners. Fewer in unoptimised code,
/// and where no row has a version of its own.
const RANDOM: usize = match (cfg!(target_arch = "x86_64"), cfg!(debug_assertions)) {
    (true, false) => 100_000,
    (true, true) => 10_000,
    (false, _) => 1_000,
};

#[test]
fn every_fast_form_gives_the_bits_of_its_meaning() {
    let report = laws::lanes(&laws::LanesOptions {
        noise: RANDOM,
        // Emulators of user programs are not at ease with threads.
        threads: Some(std::num::NonZeroUsize::MIN),
    });
    if !report.fast_forms {
        eprintln!("skipped: this CPU lacks the features the fast forms are written for");
        return;
    }
    assert!(report.holds(), "{report}");
    assert!(report.cases > RANDOM as u64 * 300, "{report}");
}

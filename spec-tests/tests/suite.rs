//! One named trial per script and tier: `interp/proposals/simd/simd_lane`.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use spec_tests::lists::Lists;
use spec_tests::script;
use spec_tests::suite::{self, Script};
use spec_tests::tier::Tier;

/// Shown per trial; the rest are counted.
const FAILURES_SHOWN: usize = 20;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match trials() {
        Ok(trials) => trials,
        Err(e) => {
            eprintln!("the suite cannot be listed: {e}");
            return ExitCode::FAILURE;
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials() -> Result<Vec<Trial>, Box<dyn std::error::Error>> {
    let lists = Arc::new(Lists::read()?);
    let scripts: Vec<Arc<Script>> = suite::scripts()?.into_iter().map(Arc::new).collect();
    let mut trials = Vec::new();
    for tier in spec_tests::lockstep::tiers() {
        let tier: Arc<dyn Tier> = Arc::from(tier);
        for script in &scripts {
            let name = format!("{}/{}", tier.name(), script.name);
            let is_skipped = lists.skip_reason(&script.name).is_some();
            let (tier, script, lists) = (tier.clone(), script.clone(), lists.clone());
            let trial = Trial::test(name, move || check(tier.as_ref(), &script, &lists));
            trials.push(trial.with_ignored_flag(is_skipped));
        }
    }
    Ok(trials)
}

fn check(tier: &dyn Tier, script: &Script, lists: &Lists) -> Result<(), Failed> {
    let outcome = script::run_guarded(tier, &script.source);
    let verdict = lists.judge(&script.name, &outcome);
    if verdict.is_good() {
        return Ok(());
    }
    let mut text = String::new();
    for &index in verdict.surprises.iter().take(FAILURES_SHOWN) {
        let failure = &outcome.failures[index];
        text += &format!("{}:{}: {}\n", script.name, failure.line, failure.why);
    }
    let hidden = verdict.surprises.len().saturating_sub(FAILURES_SHOWN);
    if hidden > 0 {
        text += &format!("and {hidden} more failures\n");
    }
    for stale in &verdict.stale {
        text += &format!("{stale}\n");
    }
    Err(text.into())
}

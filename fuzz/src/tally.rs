//! What a fuzz run did, in numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::Verdict;
use crate::compare::Masked;
use crate::tier::Outcome;

/// Most different reasons that are kept for a tier's refusals.
const REASONS: usize = 8;

/// Longest reason that is kept, in characters.
const REASON: usize = 100;

/// Counts over many programs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Programs that were checked.
    pub programs: u64,
    /// Seeds of which no program came.
    pub discarded: u64,
    /// Programs that Lockstep refused.
    pub refused: u64,
    /// Calls made in plain runs.
    pub calls: u64,
    /// Fuel used in plain runs.
    pub fuel: u64,
    /// How calls ended, by name.
    pub outcomes: BTreeMap<String, u64>,
    /// Programs whose own count of fuel was compared.
    pub counted: u64,
    /// Programs of which a state in the middle was compared.
    pub rested: u64,
    /// What each tier did.
    pub tiers: BTreeMap<String, TierTally>,
}

/// What one tier did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TierTally {
    /// Programs compared with the plain run.
    pub compared: u64,
    /// Programs it did not take.
    pub refused: u64,
    /// Why, with how often; the most frequent reasons.
    pub reasons: BTreeMap<String, u64>,
    /// What was masked.
    pub masked: Masked,
}

impl Tally {
    /// Notes what the oracles said of one program.
    pub fn note(&mut self, verdict: &Verdict) {
        self.programs += 1;
        self.refused += u64::from(verdict.refused.is_some());
        self.counted += u64::from(verdict.counted);
        self.rested += u64::from(verdict.rested);
        if let Some(run) = &verdict.run {
            self.calls += run.calls.len() as u64;
            for call in std::iter::once(&run.start).chain(&run.calls) {
                self.fuel += call.fuel.unwrap_or(0);
            }
            for call in &run.calls {
                *self.outcomes.entry(name(&call.outcome)).or_default() += 1;
            }
        }
        for (tier, told) in &verdict.tiers {
            let tally = self.tiers.entry(tier.clone()).or_default();
            match told {
                Ok(masked) => {
                    tally.compared += 1;
                    tally.masked.add(*masked);
                }
                Err(refusal) => tally.refuse(&refusal.to_string(), 1),
            }
        }
    }

    /// Adds the numbers of another.
    pub fn add(&mut self, other: &Tally) {
        self.programs += other.programs;
        self.discarded += other.discarded;
        self.refused += other.refused;
        self.calls += other.calls;
        self.fuel += other.fuel;
        self.counted += other.counted;
        self.rested += other.rested;
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(outcome.clone()).or_default() += count;
        }
        for (tier, theirs) in &other.tiers {
            let ours = self.tiers.entry(tier.clone()).or_default();
            ours.compared += theirs.compared;
            ours.masked.add(theirs.masked);
            ours.refused += theirs.refused - theirs.reasons.values().sum::<u64>();
            for (reason, count) in &theirs.reasons {
                ours.refuse(reason, *count);
            }
        }
    }
}

impl TierTally {
    fn refuse(&mut self, reason: &str, count: u64) {
        self.refused += count;
        let reason: String = reason
            .lines()
            .next()
            .unwrap_or("")
            .chars()
            .take(REASON)
            .collect();
        // Places would make every reason another.
        let place = [" (at offset", " at offset"];
        let end = place.iter().filter_map(|place| reason.find(place)).min();
        let reason = reason[..end.unwrap_or(reason.len())].to_owned();
        if self.reasons.len() < REASONS || self.reasons.contains_key(&reason) {
            *self.reasons.entry(reason).or_default() += count;
        }
    }
}

fn name(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Returned(_) => "returned".to_owned(),
        Outcome::Trapped(trap) => format!("trap: {}", trap.message()),
        Outcome::Threw => "threw".to_owned(),
        Outcome::OutOfFuel => "out of fuel".to_owned(),
        Outcome::Limit(_) => "over a limit".to_owned(),
    }
}

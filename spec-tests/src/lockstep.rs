//! Lockstep's tiers: the only file here that touches the engine.

use crate::tier::Tier;

/// Every tier the suite runs on.
pub fn tiers() -> Vec<Box<dyn Tier>> {
    Vec::new()
}

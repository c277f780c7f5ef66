//! Hostile guests: what they try, what must come of it, and what it may cost.
//!
//! Each [`Attempt`] runs in a process of its own, under a watchdog, so that a
//! crash, an abort or a hang is an outcome like any other. What an attempt
//! must come to, and its bounds on processor time and memory, stand in the
//! tables under [`attempts`]; nothing here knows how the engine works inside.

pub mod attempt;
pub mod attempts;
pub mod build;
pub mod child;
pub mod outcome;
pub mod parent;
pub mod report;

pub use attempt::{Attempt, How, Must};
pub use outcome::{Kind, Outcome, Verdict};

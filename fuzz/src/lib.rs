//! Program generators, differential oracles, and the search for the first
//! difference.
//!
//! A [`program::Program`] is a module with calls. A [`tier::Tier`] runs it and
//! gives a [`tier::Run`]: results, traps and where they happened, fuel, and
//! what memories, globals and tables hold. Tiers are Lockstep in several ways
//! ([`lockstep`]) and other engines. What two of them give is compared whole,
//! but for differences that have a name ([`tier::Known`]).

pub mod check;
pub mod compare;
pub mod corners;
pub mod corpus;
pub mod entropy;
pub mod generate;
pub mod host;
pub mod locate;
pub mod lockstep;
pub mod minimize;
pub mod program;
pub mod rewrite;
#[cfg(feature = "rivals")]
pub mod rivals;
pub mod runner;
pub mod tally;
pub mod tier;

mod cli;

pub use cli::main;

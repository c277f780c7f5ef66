//! Program generators, differential oracles, and the search for the first
//! difference.
//!
//! A [`program::Program`] is a module with calls. A [`tier::Tier`] runs it and
//! gives a [`tier::Run`]: results, traps and where they happened, fuel, and
//! what memories, globals and tables hold. Tiers are Lockstep in several ways
//! ([`lockstep`]) and other engines. What two of them give is compared whole,
//! but for differences that have a name ([`tier::Known`]).

pub mod corners;
pub mod decode;
pub mod entropy;
pub mod generate;
pub mod host;
pub mod lockstep;
pub mod program;
pub mod rewrite;
pub mod tier;

//! The conformance runner and its report.
//!
//! The official suite comes from a package and is text; [`suite`] lists its
//! scripts together with this package's own (`local/*.wast`). [`script`] runs
//! one script on one [`tier::Tier`], [`lists`] knows which scripts are not
//! run and which failures are expected, and [`report`] shows the sum.
//! [`lockstep`] is the only file that touches the engine.
//!
//! [`wasi`] holds small WASI guests (`wasi/*.wat`) and what they should do.
//!
//! `cargo test -p spec-tests` runs one named trial per script and tier;
//! `cargo run --release -p spec-tests` prints a table.

pub mod cli;
pub mod lists;
pub mod lockstep;
pub mod matching;
pub mod report;
pub mod script;
pub mod suite;
pub mod tier;
pub mod wasi;

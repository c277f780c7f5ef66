//! The tables of attempts, by what they aim at.

mod bodies;
mod calls;
mod constants;
mod control;
mod embedder;
mod exceptions;
mod memories;
mod sections;
mod storms;
mod tables;
mod world;

use crate::attempt::Attempt;

const TABLES: [&[Attempt]; 12] = [
    memories::ALL,
    tables::ALL,
    calls::ALL,
    bodies::ALL,
    control::ALL,
    storms::ALL,
    constants::ALL,
    sections::ALL,
    sections::LIES,
    exceptions::ALL,
    world::ALL,
    embedder::ALL,
];

/// Every attempt there is.
pub fn all() -> impl Iterator<Item = &'static Attempt> {
    TABLES.into_iter().flatten()
}

//! The guest's kernels, built anew: their table, their bits in both tiers against the reference, their fuel, and what
//! they leave alone.

#[path = "../../../simd/tests/kernels/cases.rs"]
mod cases;
mod machine;
mod products;
mod rows;
mod table;

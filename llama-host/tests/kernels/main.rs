//! The guest's kernels, built anew: their table, their bits in both tiers against the reference, their fuel, and what
//! they leave alone.

mod machine;
mod products;
mod table;

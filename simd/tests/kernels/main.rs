//! The kernels: the reference against known answers, and everything fast
//! against the reference, bit by bit.

mod fast;
mod meaning;
mod rows;

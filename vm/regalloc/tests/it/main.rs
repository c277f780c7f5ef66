//! Tests of the register allocator.

mod build;
mod planted;
mod program;
mod quality;
mod random;
mod shapes;

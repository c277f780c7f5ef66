//! 128-bit lanes and bulk kernels at machine speed.

pub mod kernels;
pub mod lanes;
mod level;

pub use level::CpuLevel;

//! 128-bit lanes and bulk kernels at machine speed.

pub mod lanes;
mod level;

pub use level::CpuLevel;

//! 128-bit lanes and bulk kernels at machine speed.

mod float_mode;
pub mod kernels;
pub mod lanes;
mod level;

pub use float_mode::FloatMode;
pub use level::CpuLevel;

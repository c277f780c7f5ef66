//! Native twins: functions that are recognised, run natively, and checked.

mod calls;
mod check;
mod kernels;
mod random;
mod recognition;

//! 128-bit lane arithmetic.
//!
//! Every meaning is spelled lane by lane. Loops run over arrays of fixed
//! length so that a compiler with vector registers can turn them into single
//! instructions; where it does not, the engine's fast versions are checked
//! against these.

pub mod bits;
pub mod compare;
pub mod convert;
pub mod float;
pub mod int;
pub mod permute;
pub mod reduce;
pub(super) mod shape;
pub mod widen;

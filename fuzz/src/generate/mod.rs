//! Programs out of choices.
//!
//! A generator is a function from bytes to a program, so a seed or a fuzzer
//! can drive it, and equal bytes give equal programs.

use crate::entropy::Entropy;
use crate::program::Program;

/// A way of making programs.
#[derive(Clone, Copy)]
pub struct Generator {
    /// Its name on the command line.
    pub name: &'static str,
    /// What its programs are like, in one line.
    pub about: &'static str,
    /// How many bytes of choices to give it.
    pub bytes: usize,
    /// Makes a program; None if nothing sensible came of the bytes.
    pub make: fn(&mut Entropy<'_>) -> Option<Program>,
}

/// All of them.
pub const ALL: &[Generator] = &[];

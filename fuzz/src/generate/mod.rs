//! Programs out of choices.
//!
//! A generator is a function from bytes to a program, so a seed or a fuzzer
//! can drive it, and equal bytes give equal programs.

mod access;
mod code;
mod consume;
mod control;
mod crowd;
mod damage;
mod float;
mod instruction;
mod mutate;
mod pool;
mod reference;
mod rows;
mod sections;
mod shape;
mod smith;
mod value;

pub use damage::damaged;
pub use pool::Pool;

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
pub const ALL: &[Generator] = &[
    Generator {
        name: "instruction",
        about: "one instruction on corner values, operands and uses in every form",
        bytes: 4096,
        make: instruction::make,
    },
    Generator {
        name: "float",
        about: "floats and NaNs of all bits, through everything that moves or changes them",
        bytes: 4096,
        make: float::make,
    },
    Generator {
        name: "control",
        about: "control flow, calls, exceptions, tables and bulk memory, always coming to an end",
        bytes: 8192,
        make: control::make,
    },
    Generator {
        name: "smith",
        about: "modules from wasm-smith with the engine's features, some left out",
        bytes: 8192,
        make: smith::make,
    },
    Generator {
        name: "mutate",
        about: "modules of the suite, of compilers and of the generators above, mutated",
        bytes: 2048,
        make: mutate::make,
    },
];

//! What the machine means: the opcode table and one pure function per meaning.
#![no_std]
#![forbid(unsafe_code)]

pub mod trap;

pub use trap::Trap;

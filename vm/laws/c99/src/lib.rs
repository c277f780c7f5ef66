//! The integer types of C that the bindings of SoftFloat name.
//!
//! The registry's package of this name runs CMake to ask the compiler of the
//! building machine how wide they are. Here their widths are written down, for
//! the target: no tool is needed, and building for another machine is right.

#![no_std]
#![allow(non_camel_case_types, reason = "the names are C's")]

/// At least 8 bits wide.
pub type uint_fast8_t = u8;

/// At least 32 bits wide: GNU's library takes a register, others 32 bits.
#[cfg(all(target_env = "gnu", target_pointer_width = "64"))]
pub type int_fast32_t = i64;

/// At least 32 bits wide: GNU's library takes a register, others 32 bits.
#[cfg(not(all(target_env = "gnu", target_pointer_width = "64")))]
pub type int_fast32_t = i32;

/// At least 32 bits wide: GNU's library takes a register, others 32 bits.
#[cfg(all(target_env = "gnu", target_pointer_width = "64"))]
pub type uint_fast32_t = u64;

/// At least 32 bits wide: GNU's library takes a register, others 32 bits.
#[cfg(not(all(target_env = "gnu", target_pointer_width = "64")))]
pub type uint_fast32_t = u32;

/// At least 64 bits wide.
pub type int_fast64_t = i64;

/// At least 64 bits wide.
pub type uint_fast64_t = u64;

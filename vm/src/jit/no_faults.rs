//! Guards, on systems where faults are not known to become traps: there are
//! none, and machine code checks every address.

use crate::machine::context::Context;

/// Notes nothing.
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, reason = "without machine code nothing enters it")
)]
pub(super) fn enter(_: *mut Context) {}

/// Notes nothing.
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, reason = "without machine code nothing leaves it")
)]
pub(super) fn leave() {}

/// Installs nothing, and says so.
pub(crate) fn install() -> bool {
    false
}

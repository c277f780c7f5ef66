//! Who runs this.

/// The user whose rights this process has.
pub(super) fn current() -> u32 {
    // SAFETY: asks for a number, and cannot fail.
    unsafe { libc::geteuid() }
}

//! The host's floating-point control state: guests run with the default one
//! (round to nearest, no flushing of subnormals, no exceptions), whatever the
//! embedder's thread has set.
#![allow(unsafe_code, reason = "the control register is reached by assembler")]

use std::arch::asm;

/// The control state to go back to; restored when dropped.
pub struct FloatMode {
    saved: u64,
}

#[cfg(target_arch = "x86_64")]
mod control {
    use super::asm;

    /// MXCSR after reset, all exceptions masked.
    pub(super) const DEFAULT: u64 = 0x1f80;
    /// The sticky flags of exceptions that happened, which change no result.
    pub(super) const STICKY: u64 = 0x3f;

    pub(super) fn read() -> u64 {
        let mut value: u32 = 0;
        // SAFETY: stores MXCSR in `value`; SSE is part of x86-64.
        unsafe { asm!("stmxcsr [{}]", in(reg) &mut value, options(nostack, preserves_flags)) };
        u64::from(value)
    }

    pub(super) fn write(value: u64) {
        let value = value as u32;
        // SAFETY: loads MXCSR; the value was read from it or is the default,
        // so no reserved bit is set.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &value, options(nostack, preserves_flags)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod control {
    use super::asm;

    pub(super) const DEFAULT: u64 = 0;
    pub(super) const STICKY: u64 = 0;

    pub(super) fn read() -> u64 {
        let value: u64;
        // SAFETY: reads FPCR.
        unsafe { asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack, preserves_flags)) };
        value
    }

    pub(super) fn write(value: u64) {
        // SAFETY: writes FPCR with a value read from it, or its default.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nomem, nostack, preserves_flags)) };
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("this CPU's floating-point control register is not known");

impl FloatMode {
    /// Sets the default state.
    pub fn enter() -> FloatMode {
        let saved = control::read();
        if saved & !control::STICKY != control::DEFAULT {
            control::write(control::DEFAULT);
        }
        FloatMode { saved }
    }
}

impl Drop for FloatMode {
    fn drop(&mut self) {
        if self.saved & !control::STICKY != control::DEFAULT {
            control::write(self.saved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FloatMode, control};
    use std::hint::black_box;

    /// A state that an embedder's thread may be in, and that changes results:
    /// subnormals flushed, rounding upwards.
    #[cfg(target_arch = "x86_64")]
    const UNLIKE_DEFAULT: u64 = control::DEFAULT | 0x8040 | 0x4000;
    #[cfg(target_arch = "aarch64")]
    const UNLIKE_DEFAULT: u64 = 1 << 24 | 0b01 << 22;

    fn results() -> [u32; 2] {
        let half = black_box(f32::MIN_POSITIVE) * black_box(0.5);
        let thirds = black_box(5.0_f32) / black_box(3.0);
        [half, thirds].map(|value| black_box(value).to_bits())
    }

    #[test]
    fn the_default_state_is_set_and_the_former_one_comes_back() {
        let by_default = [0x0040_0000, 0x3fd5_5555];
        let before = control::read();
        control::write(UNLIKE_DEFAULT);
        let outside = results();
        let mode = FloatMode::enter();
        let inside = results();
        drop(mode);
        let back = control::read() & !control::STICKY;
        // Before anything can fail: the harness is not to run in this state.
        control::write(before);
        assert_eq!(inside, by_default);
        // The state did change results, or the test would say nothing.
        assert_eq!(outside, [0, 0x3fd5_5556]);
        assert_eq!(back, UNLIKE_DEFAULT);
    }
}

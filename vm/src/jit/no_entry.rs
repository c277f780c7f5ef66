//! The doors to machine code, on CPUs that have none: nothing comes here.

use simd::CpuLevel;

use super::native::Way;
use crate::machine::context::{Context, Stubs};

/// Addresses that nothing ever uses.
pub(crate) fn stubs(_: CpuLevel) -> Stubs {
    let nowhere = std::ptr::NonNull::<u8>::dangling().addr().get();
    Stubs {
        exit: nowhere,
        fuel: nowhere,
        helper: nowhere,
        pure: nowhere,
        to_interp: nowhere,
        call_driver: nowhere,
        resume: nowhere,
    }
}

/// Runs machine code, of which there is none.
///
/// # Safety
/// None is needed; other CPUs have a contract.
pub(crate) unsafe fn run(_: &mut Context, way: Way) -> u64 {
    unreachable!("no machine code was made that could run by way of {way:?}")
}

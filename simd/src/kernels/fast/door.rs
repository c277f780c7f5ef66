//! The door through which kernels are compiled for this or that CPU.
#![allow(
    unsafe_code,
    reason = "calls of functions that are compiled with instructions a CPU may lack"
)]

#[cfg(target_arch = "x86_64")]
use super::avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use super::avx512::Avx512;
use super::lanes::Lanes;
use super::portable::Portable;
use crate::kernels::Isa;

/// A piece of work. `run` is always inlined, and so compiled with the
/// instructions that `lanes` proves.
pub(super) trait Kernel {
    fn run<L: Lanes>(self, lanes: L);
}

/// Instructions that this CPU has.
#[derive(Clone, Copy)]
pub(super) struct Door(Isa);

impl Door {
    /// # Panics
    ///
    /// If the CPU lacks the instructions.
    pub(super) fn new(isa: Isa) -> Door {
        assert!(isa.is_supported(), "this CPU lacks {isa}");
        Door(isa)
    }

    pub(super) fn enter<K: Kernel>(self, kernel: K) {
        match self.0 {
            Isa::Portable => kernel.run(Portable),
            // SAFETY: `new` has found that the CPU has the instructions.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { avx512(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => unsafe { avx512_vnni(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,f16c")]
fn avx2<K: Kernel>(kernel: K) {
    // SAFETY: this function has the features.
    kernel.run(unsafe { Avx2::new() });
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,f16c,avx512f,avx512bw,avx512dq,avx512vl")]
fn avx512<K: Kernel>(kernel: K) {
    // SAFETY: this function has the features.
    kernel.run(unsafe { Avx512::<false>::new() });
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
fn avx512_vnni<K: Kernel>(kernel: K) {
    // SAFETY: this function has the features.
    kernel.run(unsafe { Avx512::<true>::new() });
}

//! Which instructions a kernel is compiled for.

use std::fmt;

use crate::CpuLevel;

/// The instructions that a kernel uses. They change time and nothing else.
/// Ordered, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// Those of any CPU of the target.
    Portable,
    /// AVX2 and F16C.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512: F, BW, DQ and VL.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// The same with VNNI.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
}

impl Isa {
    /// Every one of this target, lowest first.
    pub const ALL: &[Isa] = &[
        Isa::Portable,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Vnni,
    ];

    /// The highest that this CPU supports.
    pub fn best() -> Isa {
        Isa::highest(|_| true)
    }

    /// The highest that this CPU supports and that belongs to `level`.
    pub fn best_at(level: CpuLevel) -> Isa {
        Isa::highest(|isa| isa.level() <= level)
    }

    fn highest(suits: impl Fn(Isa) -> bool) -> Isa {
        let mut found = Isa::ALL.iter().copied().rev();
        found
            .find(|isa| suits(*isa) && isa.is_supported())
            .expect("every CPU supports the lowest one, and every level has it")
    }

    /// The level of CPU that it belongs to.
    pub fn level(self) -> CpuLevel {
        match self {
            Isa::Portable => CpuLevel::Portable,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => CpuLevel::X86V3,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Avx512Vnni => CpuLevel::X86V4,
        }
    }

    /// Whether this CPU has the instructions.
    pub fn is_supported(self) -> bool {
        match self {
            Isa::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => {
                Isa::Avx2.is_supported()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => Isa::Avx512.is_supported() && is_x86_feature_detected!("avx512vnni"),
        }
    }

    /// Its name, as commands and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512Vnni => "avx512-vnni",
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

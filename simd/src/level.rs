//! The one door at which code for this or that CPU is chosen.

use std::fmt;

/// A level of CPU that code is compiled for. Which one runs changes time and
/// nothing else. Levels are ordered, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CpuLevel {
    /// Any CPU of the target.
    Portable,
    /// x86-64 with AVX2, BMI, FMA, LZCNT and POPCNT.
    #[cfg(target_arch = "x86_64")]
    X86V3,
    /// The same with AVX-512: F, BW, CD, DQ and VL.
    #[cfg(target_arch = "x86_64")]
    X86V4,
}

impl CpuLevel {
    /// Every level of this target, lowest first.
    pub const ALL: &[CpuLevel] = &[
        CpuLevel::Portable,
        #[cfg(target_arch = "x86_64")]
        CpuLevel::X86V3,
        #[cfg(target_arch = "x86_64")]
        CpuLevel::X86V4,
    ];

    /// The highest level that this CPU supports.
    pub fn best() -> CpuLevel {
        let supported = CpuLevel::ALL
            .iter()
            .rev()
            .find(|level| level.is_supported());
        *supported.expect("every CPU supports the lowest level")
    }

    /// Whether this CPU can run code of this level.
    pub fn is_supported(self) -> bool {
        match self {
            CpuLevel::Portable => true,
            #[cfg(target_arch = "x86_64")]
            CpuLevel::X86V3 => crate::lanes::supported(),
            #[cfg(target_arch = "x86_64")]
            CpuLevel::X86V4 => {
                CpuLevel::X86V3.is_supported()
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512cd")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
            }
        }
    }

    /// Its name, as commands and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            CpuLevel::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            CpuLevel::X86V3 => "x86-64-v3",
            #[cfg(target_arch = "x86_64")]
            CpuLevel::X86V4 => "x86-64-v4",
        }
    }
}

impl fmt::Display for CpuLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

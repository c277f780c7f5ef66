//! Registers and the widths in which they are used.

/// A general register. Its number is its number in machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names are the processor's")]
pub enum Gpr {
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
}

impl Gpr {
    /// All general registers, by number.
    pub const ALL: [Self; 16] = [
        Self::Rax,
        Self::Rcx,
        Self::Rdx,
        Self::Rbx,
        Self::Rsp,
        Self::Rbp,
        Self::Rsi,
        Self::Rdi,
        Self::R8,
        Self::R9,
        Self::R10,
        Self::R11,
        Self::R12,
        Self::R13,
        Self::R14,
        Self::R15,
    ];

    /// The register with this number.
    ///
    /// # Panics
    ///
    /// If there is none: numbers end at 15.
    #[inline]
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        Self::ALL[number as usize]
    }

    /// The register's number in machine code.
    #[inline]
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Whether the low byte of this register can be named only with a REX
    /// prefix: without one the same number means `ah`, `ch`, `dh` or `bh`.
    pub(crate) const fn low_byte_needs_rex(self) -> bool {
        matches!(self, Self::Rsp | Self::Rbp | Self::Rsi | Self::Rdi)
    }
}

/// A vector register, 0 to 31. Numbers from 16 on exist in EVEX forms only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Xmm(pub u8);

/// A mask register, `k0` to `k7`. As the mask of an instruction `k0` means
/// none, so it can be written and computed with, but not applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mask(pub u8);

/// Width of an operation on general registers. What is 32 bits wide clears
/// the upper half of its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Width {
    /// 32 bits.
    W32,
    /// 64 bits.
    W64,
}

impl Width {
    pub(crate) const fn is_wide(self) -> bool {
        matches!(self, Self::W64)
    }

    /// The REX prefix that the width asks for, or 0.
    pub(crate) const fn rex(self) -> u8 {
        match self {
            Self::W32 => 0,
            Self::W64 => 0x48,
        }
    }
}

/// Length of a vector operation. Operations on a single lane ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum L {
    /// 128 bits.
    L128,
    /// 256 bits.
    L256,
}

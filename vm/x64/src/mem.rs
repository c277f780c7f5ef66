//! Operands in memory, and operands that may be there.

use crate::label::Label;
use crate::reg::{Gpr, Xmm};

/// What an index register is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Scale {
    /// Times 1.
    One,
    /// Times 2.
    Two,
    /// Times 4.
    Four,
    /// Times 8.
    Eight,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Base register, perhaps with an index.
    Base,
    /// Index and displacement alone.
    Scaled,
    /// Relative to the next instruction; `disp` is the label's number.
    Label,
}

/// The index number that stands for none in machine code, as `rsp` can not
/// be an index.
pub(crate) const NO_INDEX: u8 = 4;

/// An address: base register, index register times a scale, displacement; or
/// a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mem {
    pub(crate) kind: Kind,
    pub(crate) base: u8,
    pub(crate) index: u8,
    pub(crate) scale: Scale,
    pub(crate) is_broadcast: bool,
    pub(crate) disp: i32,
}

impl Mem {
    /// `[base + disp]`.
    #[inline]
    #[must_use]
    pub const fn base(base: Gpr, disp: i32) -> Self {
        Self {
            kind: Kind::Base,
            base: base.number(),
            index: NO_INDEX,
            scale: Scale::One,
            is_broadcast: false,
            disp,
        }
    }

    /// `[base + index * scale + disp]`.
    ///
    /// # Panics
    ///
    /// If the index is `rsp`, which machine code can not say.
    #[inline]
    #[must_use]
    pub const fn index(base: Gpr, index: Gpr, scale: Scale, disp: i32) -> Self {
        assert!(!matches!(index, Gpr::Rsp), "rsp can not be an index");
        Self {
            index: index.number(),
            scale,
            ..Self::base(base, disp)
        }
    }

    /// `[index * scale + disp]`.
    ///
    /// # Panics
    ///
    /// If the index is `rsp`, which machine code can not say.
    #[inline]
    #[must_use]
    pub const fn scaled(index: Gpr, scale: Scale, disp: i32) -> Self {
        Self {
            kind: Kind::Scaled,
            // Machine code says "no base" with the number of rbp.
            ..Self::index(Gpr::Rbp, index, scale, disp)
        }
    }

    /// What lies at a label, addressed relative to the instruction.
    #[inline]
    #[must_use]
    pub const fn label(label: Label) -> Self {
        Self {
            kind: Kind::Label,
            ..Self::base(Gpr::Rbp, label.0.cast_signed())
        }
    }

    /// One lane at this address, taken for all lanes of the operand. Only
    /// EVEX forms with lanes of 32 or 64 bits can do so.
    #[inline]
    #[must_use]
    pub const fn broadcast(self) -> Self {
        Self {
            is_broadcast: true,
            ..self
        }
    }
}

/// A general register or an operand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rm {
    /// A register.
    Reg(Gpr),
    /// Memory.
    Mem(Mem),
}

impl From<Gpr> for Rm {
    #[inline]
    fn from(reg: Gpr) -> Self {
        Self::Reg(reg)
    }
}

impl From<Mem> for Rm {
    #[inline]
    fn from(mem: Mem) -> Self {
        Self::Mem(mem)
    }
}

/// A vector register or an operand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Xm {
    /// A register.
    Reg(Xmm),
    /// Memory.
    Mem(Mem),
}

impl From<Xmm> for Xm {
    #[inline]
    fn from(reg: Xmm) -> Self {
        Self::Reg(reg)
    }
}

impl From<Mem> for Xm {
    #[inline]
    fn from(mem: Mem) -> Self {
        Self::Mem(mem)
    }
}

/// Either of the two, with registers as numbers: machine code does not tell
/// them apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operand {
    Reg(u8),
    Mem(Mem),
}

impl From<Rm> for Operand {
    #[inline]
    fn from(rm: Rm) -> Self {
        match rm {
            Rm::Reg(reg) => Self::Reg(reg.number()),
            Rm::Mem(mem) => Self::Mem(mem),
        }
    }
}

impl From<Xm> for Operand {
    #[inline]
    fn from(xm: Xm) -> Self {
        match xm {
            Xm::Reg(reg) => Self::Reg(reg.0),
            Xm::Mem(mem) => Self::Mem(mem),
        }
    }
}

impl From<Gpr> for Operand {
    #[inline]
    fn from(reg: Gpr) -> Self {
        Self::Reg(reg.number())
    }
}

impl From<Xmm> for Operand {
    #[inline]
    fn from(reg: Xmm) -> Self {
        Self::Reg(reg.0)
    }
}

impl From<Mem> for Operand {
    #[inline]
    fn from(mem: Mem) -> Self {
        Self::Mem(mem)
    }
}

impl Operand {
    /// The bits X and B of a prefix: bit 3 of the index and of the base or
    /// register.
    #[inline]
    pub(crate) const fn extension(self) -> u8 {
        match self {
            Self::Reg(reg) => reg >> 3 & 1,
            Self::Mem(mem) => (mem.index >> 3) << 1 | mem.base >> 3,
        }
    }

    /// Whether the operand can be named without EVEX.
    #[inline]
    pub(crate) const fn is_plain(self) -> bool {
        match self {
            Self::Reg(reg) => reg < 16,
            Self::Mem(mem) => !mem.is_broadcast,
        }
    }
}

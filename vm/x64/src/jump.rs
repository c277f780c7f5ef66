//! Jumps, calls, and the stack.

use crate::asm::Asm;
use crate::encode::{Code, Tail};
use crate::gpr::fits_byte;
use crate::label::Label;
use crate::mem::{Mem, Rm};
use crate::reg::Gpr;

/// A condition on the flags. Its number is its number in machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Cond {
    /// Overflow.
    O,
    /// No overflow.
    No,
    /// Below, unsigned; carry.
    B,
    /// Above or equal, unsigned; no carry.
    Ae,
    /// Equal; zero.
    E,
    /// Not equal; not zero.
    Ne,
    /// Below or equal, unsigned.
    Be,
    /// Above, unsigned.
    A,
    /// Sign.
    S,
    /// No sign.
    Ns,
    /// Parity even; a comparison of floats was unordered.
    P,
    /// Parity odd.
    Np,
    /// Less, signed.
    L,
    /// Greater or equal, signed.
    Ge,
    /// Less or equal, signed.
    Le,
    /// Greater, signed.
    G,
}

impl Cond {
    /// All conditions, by number.
    pub const ALL: [Self; 16] = [
        Self::O,
        Self::No,
        Self::B,
        Self::Ae,
        Self::E,
        Self::Ne,
        Self::Be,
        Self::A,
        Self::S,
        Self::Ns,
        Self::P,
        Self::Np,
        Self::L,
        Self::Ge,
        Self::Le,
        Self::G,
    ];

    /// The condition that holds when this one does not.
    #[inline]
    #[must_use]
    pub const fn negate(self) -> Self {
        Self::ALL[self as usize ^ 1]
    }
}

impl Asm {
    /// Jumps to the label: in two bytes if it is near behind us.
    pub fn jmp(&mut self, to: Label) {
        match self.backward(to, 2) {
            Some(distance) if fits_byte(distance) => self.raw(0xEB | byte(distance) << 8, 2),
            _ => self.jump_far(0xE9, 1, to),
        }
    }

    /// Jumps to the label if the condition holds: in two bytes if it is near
    /// behind us.
    pub fn jcc(&mut self, cond: Cond, to: Label) {
        let cond = cond as u64;
        match self.backward(to, 2) {
            Some(distance) if fits_byte(distance) => self.raw(0x70 | cond | byte(distance) << 8, 2),
            _ => self.jump_far(0x0F | (0x80 | cond) << 8, 2, to),
        }
    }

    /// Calls what is at the label.
    pub fn call(&mut self, to: Label) {
        self.jump_far(0xE8, 1, to);
    }

    /// The distance of a label that is bound, from behind an instruction of
    /// `length` bytes.
    #[inline]
    fn backward(&self, to: Label, length: usize) -> Option<i32> {
        let target = self.bound(to)?;
        // Bound labels are below 2 GiB, and so is what follows them unless
        // the next one to be bound fails.
        i32::try_from(target as i64 - (self.at + length) as i64).ok()
    }

    /// A jump with a distance of 32 bits behind `length` bytes of opcode.
    fn jump_far(&mut self, opcode: u64, length: u8, to: Label) {
        self.begin();
        self.write(opcode, length);
        let distance = match self.backward(to, 4) {
            Some(distance) => distance,
            None => {
                self.wait_for(to, self.at);
                -4
            }
        };
        self.write(u64::from(distance.cast_unsigned()), 4);
    }

    /// Jumps to the address in a register or in memory.
    #[inline]
    pub fn jmp_rm(&mut self, to: impl Into<Rm>) {
        self.legacy(Code::one(0xFF), 0, 4, to.into().into(), Tail::NONE);
    }

    /// Calls the address in a register or in memory.
    #[inline]
    pub fn call_rm(&mut self, to: impl Into<Rm>) {
        self.legacy(Code::one(0xFF), 0, 2, to.into().into(), Tail::NONE);
    }

    /// Returns to the address on the stack.
    #[inline]
    pub fn ret(&mut self) {
        self.raw(0xC3, 1);
    }

    /// Pushes a register.
    #[inline]
    pub fn push(&mut self, reg: Gpr) {
        self.push_or_pop(0x50, reg);
    }

    /// Pushes 64 bits from memory.
    #[inline]
    pub fn push_rm(&mut self, mem: Mem) {
        self.legacy(Code::one(0xFF), 0, 6, mem.into(), Tail::NONE);
    }

    /// Pops into a register.
    #[inline]
    pub fn pop(&mut self, reg: Gpr) {
        self.push_or_pop(0x58, reg);
    }

    fn push_or_pop(&mut self, opcode: u64, reg: Gpr) {
        let number = u64::from(reg.number());
        if number < 8 {
            self.raw(opcode | number, 1);
        } else {
            self.raw(0x41 | (opcode | number & 7) << 8, 2);
        }
    }

    /// An instruction that no processor knows, and that traps.
    #[inline]
    pub fn ud2(&mut self) {
        self.raw(0x0B0F, 2);
    }
}

/// The low byte of a number that fits into it.
fn byte(value: i32) -> u64 {
    u64::from(value as u8)
}

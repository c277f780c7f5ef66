//! Instructions on general registers.

use crate::asm::Asm;
use crate::encode::{Code, Form, Map, Places, Prefix, Tail};
use crate::jump::Cond;
use crate::mem::{Mem, Rm};
use crate::reg::{Gpr, Width};

/// Operations of two operands that set flags. The number is the one that
/// machine code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Alu {
    /// Sum.
    Add,
    /// Bits of either.
    Or,
    /// Sum with carry.
    Adc,
    /// Difference with borrow.
    Sbb,
    /// Bits of both.
    And,
    /// Difference.
    Sub,
    /// Bits that differ.
    Xor,
    /// Flags of the difference alone.
    Cmp,
}

/// Shifts and rotations. The number is the one that machine code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Shift {
    /// Rotate left.
    Rol = 0,
    /// Rotate right.
    Ror = 1,
    /// Shift left.
    Shl = 4,
    /// Shift right, zeros come in.
    Shr = 5,
    /// Shift right, the sign comes in.
    Sar = 7,
}

#[inline]
pub(crate) fn fits_byte(value: i32) -> bool {
    i8::try_from(value).is_ok()
}

/// An immediate in one byte if it fits, and whether it does.
#[inline]
fn immediate(value: i32) -> (Tail, bool) {
    if fits_byte(value) {
        (Tail::byte(value as u8), true)
    } else {
        (Tail::long(value), false)
    }
}

/// The REX prefix without bits, where a byte of the register needs it.
#[inline]
fn byte_rex(rm: Rm) -> u8 {
    match rm {
        Rm::Reg(reg) if reg.low_byte_needs_rex() => 0x40,
        _ => 0,
    }
}

/// Moves.
impl Asm {
    /// `dst = src`.
    #[inline]
    pub fn mov_rr(&mut self, width: Width, dst: Gpr, src: Gpr) {
        self.reg_rm(Code::one(0x8B), width, dst, src);
    }

    /// `dst = value`, in as few bytes as can be without touching the flags.
    pub fn mov_ri(&mut self, dst: Gpr, value: u64) {
        let number = dst.number();
        if u32::try_from(value).is_ok() {
            self.begin();
            if number >= 8 {
                self.write(0x41, 1);
            }
            self.write(u64::from(0xB8 | number & 7) | value << 8, 5);
        } else if let Ok(value) = i32::try_from(value.cast_signed()) {
            self.legacy(Code::one(0xC7), 0x48, 0, dst.into(), Tail::long(value));
        } else {
            self.begin();
            let opcode = u64::from(0xB8 | number & 7);
            self.write(0x48 | u64::from(number >> 3) | opcode << 8, 2);
            self.write(value, 8);
        }
    }

    /// `dst = [src]`.
    #[inline]
    pub fn load(&mut self, width: Width, dst: Gpr, src: Mem) {
        self.reg_rm(Code::one(0x8B), width, dst, src);
    }

    /// `[dst] = src`.
    #[inline]
    pub fn store(&mut self, width: Width, dst: Mem, src: Gpr) {
        self.reg_rm(Code::one(0x89), width, src, dst);
    }

    /// `[dst] = src`, the low byte.
    #[inline]
    pub fn store8(&mut self, dst: Mem, src: Gpr) {
        let rex = byte_rex(src.into());
        self.legacy(Code::one(0x88), rex, src.number(), dst.into(), Tail::NONE);
    }

    /// `[dst] = src`, the low two bytes.
    #[inline]
    pub fn store16(&mut self, dst: Mem, src: Gpr) {
        let code = Code::new(Prefix::P66, Map::M00, 0x89);
        self.legacy(code, 0, src.number(), dst.into(), Tail::NONE);
    }

    /// `[dst] = value` in 1, 2, 4 or 8 bytes; eight are the value with its
    /// sign extended.
    ///
    /// # Panics
    ///
    /// If `bytes` is another number.
    pub fn store_imm(&mut self, bytes: u8, dst: Mem, value: i32) {
        let wide = Code::one(0xC7);
        let (code, rex, tail) = match bytes {
            1 => (Code::one(0xC6), 0, Tail::byte(value as u8)),
            2 => (Code::new(Prefix::P66, Map::M00, 0xC7), 0, Tail::word(value)),
            4 => (wide, 0, Tail::long(value)),
            8 => (wide, 0x48, Tail::long(value)),
            _ => panic!("stores have 1, 2, 4 or 8 bytes, not {bytes}"),
        };
        self.legacy(code, rex, 0, dst.into(), tail);
    }

    /// The low byte of `src`, with zeros above.
    #[inline]
    pub fn movzx8(&mut self, dst: Gpr, src: impl Into<Rm>) {
        self.extend(0xB6, 0, dst, src.into());
    }

    /// The low two bytes of `src`, with zeros above.
    #[inline]
    pub fn movzx16(&mut self, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0xB7), Width::W32, dst, src);
    }

    /// The low byte of `src` with its sign extended.
    #[inline]
    pub fn movsx8(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.extend(0xBE, width.rex(), dst, src.into());
    }

    /// The low two bytes of `src` with their sign extended.
    #[inline]
    pub fn movsx16(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0xBF), width, dst, src);
    }

    /// The low four bytes of `src` with their sign extended to 64 bits.
    #[inline]
    pub fn movsxd(&mut self, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::one(0x63), Width::W64, dst, src);
    }

    fn extend(&mut self, opcode: u8, rex: u8, dst: Gpr, src: Rm) {
        let rex = rex | byte_rex(src);
        self.legacy(Code::two(opcode), rex, dst.number(), src.into(), Tail::NONE);
    }

    /// The address itself.
    #[inline]
    pub fn lea(&mut self, width: Width, dst: Gpr, src: Mem) {
        self.reg_rm(Code::one(0x8D), width, dst, src);
    }

    /// Exchanges two registers.
    #[inline]
    pub fn xchg(&mut self, width: Width, a: Gpr, b: Gpr) {
        self.reg_rm(Code::one(0x87), width, b, a);
    }

    /// `dst = src` if the condition holds. Memory is read either way, and the
    /// upper half of a 32-bit result is cleared either way.
    #[inline]
    pub fn cmov(&mut self, cond: Cond, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0x40 | cond as u8), width, dst, src);
    }

    /// The low byte of `dst` becomes 1 if the condition holds, else 0; the
    /// others stay.
    #[inline]
    pub fn setcc(&mut self, cond: Cond, dst: Gpr) {
        let code = Code::two(0x90 | cond as u8);
        self.legacy(code, byte_rex(dst.into()), 0, dst.into(), Tail::NONE);
    }

    /// What has a register, and a register or memory.
    #[inline]
    fn reg_rm(&mut self, code: Code, width: Width, reg: Gpr, rm: impl Into<Rm>) {
        let rm = rm.into().into();
        self.legacy(code, width.rex(), reg.number(), rm, Tail::NONE);
    }

    /// What has one operand and a digit that belongs to the opcode.
    #[inline]
    fn digit_rm(&mut self, opcode: u8, width: Width, digit: u8, rm: impl Into<Rm>, tail: Tail) {
        let rm = rm.into().into();
        self.legacy(Code::one(opcode), width.rex(), digit, rm, tail);
    }
}

/// Arithmetic.
impl Asm {
    /// `dst = dst op src`.
    #[inline]
    pub fn alu(&mut self, op: Alu, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::one((op as u8) << 3 | 3), width, dst, src);
    }

    /// `[dst] = [dst] op src`.
    #[inline]
    pub fn alu_mr(&mut self, op: Alu, width: Width, dst: Mem, src: Gpr) {
        self.reg_rm(Code::one((op as u8) << 3 | 1), width, src, dst);
    }

    /// `dst = dst op value`, the value with its sign extended.
    pub fn alu_ri(&mut self, op: Alu, width: Width, dst: impl Into<Rm>, value: i32) {
        let dst = dst.into();
        let (tail, is_byte) = immediate(value);
        if !is_byte && dst == Rm::Reg(Gpr::Rax) {
            self.rax_long((op as u8) << 3 | 5, width, value);
            return;
        }
        let opcode = if is_byte { 0x83 } else { 0x81 };
        self.digit_rm(opcode, width, op as u8, dst, tail);
    }

    /// The shorter form that only `rax` has.
    fn rax_long(&mut self, opcode: u8, width: Width, value: i32) {
        self.begin();
        if width.is_wide() {
            self.write(0x48, 1);
        }
        self.write(u64::from(opcode) | u64::from(value.cast_unsigned()) << 8, 5);
    }

    /// Flags of `a & b`.
    #[inline]
    pub fn test(&mut self, width: Width, a: Gpr, b: Gpr) {
        self.reg_rm(Code::one(0x85), width, b, a);
    }

    /// Flags of `a & value`, the value with its sign extended.
    pub fn test_ri(&mut self, width: Width, a: Gpr, value: i32) {
        if a == Gpr::Rax {
            self.rax_long(0xA9, width, value);
        } else {
            self.digit_rm(0xF7, width, 0, a, Tail::long(value));
        }
    }

    /// `dst = dst * src`, the low half.
    #[inline]
    pub fn imul(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0xAF), width, dst, src);
    }

    /// `dst = src * value`, the low half, the value with its sign extended.
    pub fn imul_ri(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, value: i32) {
        let (tail, is_byte) = immediate(value);
        let code = Code::one(if is_byte { 0x6B } else { 0x69 });
        let src = src.into().into();
        self.legacy(code, width.rex(), dst.number(), src, tail);
    }

    /// `rdx:rax = rax * src`, unsigned.
    #[inline]
    pub fn mul(&mut self, width: Width, src: impl Into<Rm>) {
        self.digit_rm(0xF7, width, 4, src, Tail::NONE);
    }

    /// `rdx:rax = rax * src`, signed.
    #[inline]
    pub fn imul_wide(&mut self, width: Width, src: impl Into<Rm>) {
        self.digit_rm(0xF7, width, 5, src, Tail::NONE);
    }

    /// `rax, rdx = rdx:rax / src, rdx:rax % src`, unsigned.
    #[inline]
    pub fn div(&mut self, width: Width, src: impl Into<Rm>) {
        self.digit_rm(0xF7, width, 6, src, Tail::NONE);
    }

    /// `rax, rdx = rdx:rax / src, rdx:rax % src`, signed.
    #[inline]
    pub fn idiv(&mut self, width: Width, src: impl Into<Rm>) {
        self.digit_rm(0xF7, width, 7, src, Tail::NONE);
    }

    /// The sign of `eax` in all bits of `edx`.
    #[inline]
    pub fn cdq(&mut self) {
        self.raw(0x99, 1);
    }

    /// The sign of `rax` in all bits of `rdx`.
    #[inline]
    pub fn cqo(&mut self) {
        self.raw(0x9948, 2);
    }

    /// `dst = -dst`.
    #[inline]
    pub fn neg(&mut self, width: Width, dst: Gpr) {
        self.digit_rm(0xF7, width, 3, dst, Tail::NONE);
    }

    /// `dst = !dst`, without a change of flags.
    #[inline]
    pub fn not(&mut self, width: Width, dst: Gpr) {
        self.digit_rm(0xF7, width, 2, dst, Tail::NONE);
    }
}

/// Bits.
impl Asm {
    /// Shifts by a constant.
    pub fn shift_ri(&mut self, shift: Shift, width: Width, dst: Gpr, count: u8) {
        let (opcode, tail) = match count {
            1 => (0xD1, Tail::NONE),
            _ => (0xC1, Tail::byte(count)),
        };
        self.digit_rm(opcode, width, shift as u8, dst, tail);
    }

    /// Shifts by `cl`.
    #[inline]
    pub fn shift_cl(&mut self, shift: Shift, width: Width, dst: Gpr) {
        self.digit_rm(0xD3, width, shift as u8, dst, Tail::NONE);
    }

    /// `dst = src << count`, without a change of flags (BMI2).
    #[inline]
    pub fn shlx(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, count: Gpr) {
        self.shift_x(Prefix::P66, width, dst, src, count);
    }

    /// `dst = src >> count`, zeros come in, without a change of flags (BMI2).
    #[inline]
    pub fn shrx(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, count: Gpr) {
        self.shift_x(Prefix::F2, width, dst, src, count);
    }

    /// `dst = src >> count`, the sign comes in, without a change of flags
    /// (BMI2).
    #[inline]
    pub fn sarx(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, count: Gpr) {
        self.shift_x(Prefix::F3, width, dst, src, count);
    }

    #[inline]
    fn shift_x(&mut self, prefix: Prefix, width: Width, dst: Gpr, src: impl Into<Rm>, count: Gpr) {
        let code = Code::new(prefix, Map::M38, 0xF7);
        self.vex_gpr(code, width, (dst, count.number()), src.into(), Tail::NONE);
    }

    /// `dst = src` rotated right by a constant, without a change of flags
    /// (BMI2).
    #[inline]
    pub fn rorx(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>, count: u8) {
        let code = Code::new(Prefix::F2, Map::M3A, 0xF0);
        self.vex_gpr(code, width, (dst, 0), src.into(), Tail::byte(count));
    }

    /// `dst = !a & b` (BMI1).
    #[inline]
    pub fn andn(&mut self, width: Width, dst: Gpr, a: Gpr, b: impl Into<Rm>) {
        let code = Code::new(Prefix::Np, Map::M38, 0xF2);
        self.vex_gpr(code, width, (dst, a.number()), b.into(), Tail::NONE);
    }

    /// `regs` are the destination and the register in the prefix.
    fn vex_gpr(&mut self, code: Code, width: Width, regs: (Gpr, u8), rm: Rm, tail: Tail) {
        let form = Form {
            code,
            w: width.is_wide(),
            is_long: false,
        };
        let places = Places {
            reg: regs.0.number(),
            vvvv: regs.1,
            rm: rm.into(),
            tail,
        };
        self.vex(form, places);
    }

    /// Number of the highest bit that is set; of none, `dst` stays.
    #[inline]
    pub fn bsr(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0xBD), width, dst, src);
    }

    /// Number of the lowest bit that is set; of none, `dst` stays.
    #[inline]
    pub fn bsf(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::two(0xBC), width, dst, src);
    }

    /// How many bits are clear above the highest that is set (LZCNT).
    #[inline]
    pub fn lzcnt(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::new(Prefix::F3, Map::M0F, 0xBD), width, dst, src);
    }

    /// How many bits are clear below the lowest that is set (BMI1).
    #[inline]
    pub fn tzcnt(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::new(Prefix::F3, Map::M0F, 0xBC), width, dst, src);
    }

    /// How many bits are set (POPCNT).
    #[inline]
    pub fn popcnt(&mut self, width: Width, dst: Gpr, src: impl Into<Rm>) {
        self.reg_rm(Code::new(Prefix::F3, Map::M0F, 0xB8), width, dst, src);
    }

    /// The bit with this number becomes the carry flag.
    #[inline]
    pub fn bt_ri(&mut self, width: Width, src: Gpr, bit: u8) {
        let tail = Tail::byte(bit);
        self.legacy(Code::two(0xBA), width.rex(), 4, src.into(), tail);
    }
}

//! The three encodings, from operands to bytes.
//!
//! All end alike: a byte that names registers, perhaps one for an index, a
//! displacement, immediate bytes. What comes before differs.

use crate::asm::Asm;
use crate::label::Label;
use crate::mem::{Kind, Mem, NO_INDEX, Operand};
use crate::reg::Mask;

/// The prefix that is a part of the opcode. The number is the one that VEX
/// and EVEX have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Prefix {
    Np,
    P66,
    F3,
    F2,
}

/// The page of opcodes. The number is the one that VEX and EVEX have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Map {
    M00,
    M0F,
    M38,
    M3A,
}

/// What is called the opcode in the wider sense.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    pub(crate) prefix: Prefix,
    pub(crate) map: Map,
    pub(crate) opcode: u8,
}

impl Code {
    /// An opcode of one byte.
    pub(crate) const fn one(opcode: u8) -> Self {
        Self::new(Prefix::Np, Map::M00, opcode)
    }

    /// An opcode behind 0F.
    pub(crate) const fn two(opcode: u8) -> Self {
        Self::new(Prefix::Np, Map::M0F, opcode)
    }

    pub(crate) const fn new(prefix: Prefix, map: Map, opcode: u8) -> Self {
        Self {
            prefix,
            map,
            opcode,
        }
    }
}

/// How far a displacement of one byte reaches in EVEX: it counts in units of
/// what the instruction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tuple {
    /// The whole vector; or one lane of 32 or 64 bits, broadcast.
    Full,
    /// The whole vector.
    FullMem,
    /// Half a vector; or one lane of 32 bits, broadcast.
    Half,
    /// Half a vector.
    HalfMem,
    /// A quarter of a vector.
    Quarter,
    /// An eighth of a vector.
    Eighth,
    /// 32 or 64 bits, as W says.
    Scalar,
    /// One byte.
    Byte,
    /// Two bytes.
    Word,
    /// Four bytes whatever W says.
    Fixed4,
    /// Eight bytes whatever W says.
    Fixed8,
    /// Sixteen bytes whatever the length.
    M128,
    /// Eight bytes of a short vector, all 32 of a long one.
    Dup,
}

impl Tuple {
    /// The unit, as a power of two.
    #[inline]
    const fn shift(self, is_long: bool, w: bool, is_broadcast: bool) -> u8 {
        if is_broadcast {
            return 2 + w as u8;
        }
        let long = is_long as u8;
        match self {
            Self::Full | Self::FullMem => 4 + long,
            Self::Half | Self::HalfMem => 3 + long,
            Self::Quarter => 2 + long,
            Self::Eighth => 1 + long,
            Self::Scalar => 2 + w as u8,
            Self::Byte => 0,
            Self::Word => 1,
            Self::Fixed4 => 2,
            Self::Fixed8 => 3,
            Self::M128 => 4,
            Self::Dup => 3 + 2 * long,
        }
    }

    pub(crate) const fn can_broadcast(self) -> bool {
        matches!(self, Self::Full | Self::Half)
    }
}

/// Immediate bytes behind the displacement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tail {
    bits: u64,
    length: u8,
}

impl Tail {
    pub(crate) const NONE: Self = Self { bits: 0, length: 0 };

    #[inline]
    pub(crate) const fn byte(value: u8) -> Self {
        Self {
            bits: value as u64,
            length: 1,
        }
    }

    #[inline]
    pub(crate) const fn word(value: i32) -> Self {
        Self {
            bits: (value as u64) & 0xFFFF,
            length: 2,
        }
    }

    #[inline]
    pub(crate) const fn long(value: i32) -> Self {
        Self {
            bits: value.cast_unsigned() as u64,
            length: 4,
        }
    }
}

/// The operands of an instruction by their places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// The field `reg`: a register, or a digit that belongs to the opcode.
    pub(crate) reg: u8,
    /// The register in a VEX or EVEX prefix; 0 where there is none.
    pub(crate) vvvv: u8,
    pub(crate) rm: Operand,
    pub(crate) tail: Tail,
}

/// An opcode with what VEX and EVEX say beside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) code: Code,
    pub(crate) w: bool,
    pub(crate) is_long: bool,
}

/// Which lanes an EVEX instruction writes, and what becomes of the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lanes {
    pub(crate) mask: Option<Mask>,
    pub(crate) zeroing: bool,
}

impl Lanes {
    pub(crate) const ALL: Self = Self {
        mask: None,
        zeroing: false,
    };
}

/// The first bytes of an instruction, up to eight, while they are found.
#[derive(Clone, Copy)]
struct Head {
    bits: u64,
    length: u8,
}

impl Head {
    #[inline]
    const fn push(&mut self, byte: u8) {
        self.bits |= (byte as u64) << (8 * self.length);
        self.length += 1;
    }
}

impl Asm {
    /// `[prefix] [REX] [0F [38 | 3A]] opcode operands`. `rex` is the prefix
    /// that must be there whatever the operands are, or 0.
    pub(crate) fn legacy(&mut self, code: Code, rex: u8, reg: u8, rm: Operand, tail: Tail) {
        debug_assert!(reg < 16 && rm.is_plain(), "an operand needs EVEX");
        let mut head = Head { bits: 0, length: 0 };
        match code.prefix {
            Prefix::Np => {}
            Prefix::P66 => head.push(0x66),
            Prefix::F3 => head.push(0xF3),
            Prefix::F2 => head.push(0xF2),
        }
        let rex = rex | (reg >> 3) << 2 | rm.extension();
        if rex != 0 {
            head.push(rex | 0x40);
        }
        match code.map {
            Map::M00 => {}
            Map::M0F => head.push(0x0F),
            Map::M38 => {
                head.push(0x0F);
                head.push(0x38);
            }
            Map::M3A => {
                head.push(0x0F);
                head.push(0x3A);
            }
        }
        head.push(code.opcode);
        self.operands(head, reg, rm, 0, tail);
    }

    /// The same with a VEX prefix, of two bytes where that can say it.
    pub(crate) fn vex(&mut self, form: Form, places: Places) {
        let Places {
            reg,
            vvvv,
            rm,
            tail,
        } = places;
        debug_assert!(
            reg < 16 && vvvv < 16 && rm.is_plain(),
            "an operand needs EVEX"
        );
        let Code {
            prefix,
            map,
            opcode,
        } = form.code;
        let mut head = Head { bits: 0, length: 0 };
        let not_r = (!reg & 8) << 4;
        let last = (!vvvv & 15) << 3 | u8::from(form.is_long) << 2 | prefix as u8;
        let extension = rm.extension();
        if extension == 0 && !form.w && map == Map::M0F {
            head.push(0xC5);
            head.push(not_r | last);
        } else {
            head.push(0xC4);
            head.push(not_r | (!extension & 3) << 5 | map as u8);
            head.push(u8::from(form.w) << 7 | last);
        }
        head.push(opcode);
        self.operands(head, reg, rm, 0, tail);
    }

    /// The same with an EVEX prefix.
    pub(crate) fn evex(&mut self, form: Form, tuple: Tuple, places: Places, lanes: Lanes) {
        let Places {
            reg,
            vvvv,
            rm,
            tail,
        } = places;
        debug_assert!(reg < 32 && vvvv < 32, "registers end at 31");
        debug_assert!(
            lanes.mask.is_none_or(|mask| (1..8).contains(&mask.0)),
            "a mask is one of k1 to k7"
        );
        let (not_xb, is_broadcast) = match rm {
            // Bit 4 of a register stands where an index has its bit 3.
            Operand::Reg(number) => (!(number >> 3) & 3, false),
            Operand::Mem(mem) => (!rm.extension() & 3, mem.is_broadcast),
        };
        debug_assert!(
            !is_broadcast || tuple.can_broadcast(),
            "this instruction can not broadcast"
        );
        let mut head = Head { bits: 0, length: 0 };
        head.push(0x62);
        head.push((!reg & 8) << 4 | not_xb << 5 | (!reg & 16) | form.code.map as u8);
        head.push(u8::from(form.w) << 7 | (!vvvv & 15) << 3 | 4 | form.code.prefix as u8);
        head.push(
            u8::from(lanes.zeroing) << 7
                | u8::from(form.is_long) << 5
                | u8::from(is_broadcast) << 4
                | (!vvvv & 16) >> 1
                | lanes.mask.map_or(0, |mask| mask.0),
        );
        head.push(form.code.opcode);
        let shift = tuple.shift(form.is_long, form.w, is_broadcast);
        self.operands(head, reg, rm, shift, tail);
    }

    /// The byte that names the operands, and what follows it.
    #[inline]
    fn operands(&mut self, mut head: Head, reg: u8, rm: Operand, shift: u8, tail: Tail) {
        self.begin();
        let reg = (reg & 7) << 3;
        match rm {
            Operand::Reg(rm) => {
                head.push(0xC0 | reg | rm & 7);
                self.write(head.bits, head.length);
                self.write(tail.bits, tail.length);
            }
            Operand::Mem(mem) => self.memory(head, reg, mem, shift, tail),
        }
    }

    fn memory(&mut self, mut head: Head, reg: u8, mem: Mem, shift: u8, tail: Tail) {
        let (mode, disp_length, disp) = match mem.kind {
            Kind::Label => {
                head.push(reg | 5);
                self.write(head.bits, head.length);
                return self.label_operand(mem, tail);
            }
            Kind::Scaled => (0, 4, mem.disp),
            // A base with the low bits of rbp and no displacement would mean
            // no base, so it has one of zero.
            Kind::Base if mem.disp == 0 && mem.base & 7 != 5 => (0, 0, 0),
            Kind::Base => match short_displacement(mem.disp, shift) {
                Some(disp) => (0x40, 1, disp),
                None => (0x80, 4, mem.disp),
            },
        };
        let base = mem.base & 7;
        // The low bits of rsp in place of a base say that an index follows.
        if mem.index != NO_INDEX || base == 4 {
            head.push(mode | reg | 4);
            head.push((mem.scale as u8) << 6 | (mem.index & 7) << 3 | base);
        } else {
            head.push(mode | reg | base);
        }
        self.write(head.bits, head.length);
        // At most four bytes each: so displacement and immediate are one
        // store.
        let disp = u64::from(disp.cast_unsigned());
        let disp = if disp_length == 1 { disp & 0xFF } else { disp };
        self.write(
            disp | tail.bits << (8 * disp_length),
            disp_length + tail.length,
        );
    }

    fn label_operand(&mut self, mem: Mem, tail: Tail) {
        self.wait_for(Label(mem.disp.cast_unsigned()), self.at);
        // Distances count from the end of the instruction.
        let addend = -4 - i32::from(tail.length);
        let addend = u64::from(addend.cast_unsigned());
        self.write(addend | tail.bits << 32, 4 + tail.length);
    }
}

/// The displacement in units of `1 << shift` if one byte can hold that.
#[inline]
fn short_displacement(disp: i32, shift: u8) -> Option<i32> {
    let units = disp >> shift;
    let fits = units << shift == disp && i8::try_from(units).is_ok();
    fits.then_some(units)
}

//! Vectors of 128 bits.
//!
//! Every row has a [`Form`], which says how it is done; what a form asks of
//! the allocator stands here, its code in the files below. The CPU has three
//! kinds of forms itself: legacy ones overwrite their first operand, VEX ones
//! do not, and EVEX ones are used for instructions that only AVX-512 has.
//!
//! Where a comment counts registers: `to` is the result's, and may be that of
//! an operand unless the form reads it late; the free one is `VEC_SCRATCH`.

mod bits;
mod compare;
mod convert;
mod float;
mod form;
mod int;
mod lane;
mod shift;
mod shuffle;

use isa::{Class, Op};
use regalloc::Role;
use simd::CpuLevel;
use x64::{L, Mem, Shift, VecOp, Xm, Xmm};

use self::form::{Form, Lane, form};
use super::super::ir::{Function, Inst, Kind, Val};
use super::{Emitter, VEC_SCRATCH};

/// What a form asks of the allocator.
#[derive(Clone, Copy, Default)]
struct Needs {
    /// Operands that are read after the result's register is written.
    late: [bool; 3],
    /// Operands that must be in registers, also if they are constants.
    held: [bool; 3],
    /// Registers besides.
    temps: u8,
}

impl Needs {
    const FIRST: [bool; 3] = [true, false, false];
    const BOTH: [bool; 3] = [true, true, false];

    fn held(held: [bool; 3]) -> Needs {
        Needs {
            held,
            ..Needs::default()
        }
    }

    /// Operands that are held and read late.
    fn late(late: [bool; 3]) -> Needs {
        Needs {
            late,
            held: late,
            temps: 0,
        }
    }

    fn with_temp(self) -> Needs {
        Needs { temps: 1, ..self }
    }
}

fn needs(form: Form, level: CpuLevel) -> Needs {
    let legacy = level == CpuLevel::Portable;
    match form {
        Form::One(_) | Form::OneImm(..) | Form::Two(_) | Form::Swapped(_) => Needs::default(),
        Form::Masked(..) | Form::Not | Form::AndNot | Form::Pairs8S => Needs::default(),
        Form::ExtendHigh(_) | Form::Q15 | Form::NotEqual(_) | Form::Floats { .. } => {
            Needs::default()
        }
        Form::ExtMul8 { .. } | Form::ExtMul32 { .. } | Form::Shuffle => Needs::default(),
        Form::Unfused { .. } | Form::DoublesOfU32 | Form::Swizzle => Needs::default(),
        Form::Splat(_) | Form::SplatFloat(_) | Form::Replace(_) | Form::ReplaceFloat(_) => {
            Needs::default()
        }
        Form::Select => Needs::held([true; 3]),
        Form::Greater64 { .. } if legacy => Needs::held(Needs::BOTH).with_temp(),
        Form::Greater64 { .. } => Needs::default(),
        Form::Min(_) => Needs::held(Needs::BOTH),
        Form::Max(_) => Needs::late(Needs::BOTH),
        Form::Mul64 if level >= CpuLevel::X86V4 => Needs::default(),
        Form::Mul64 => Needs::late(Needs::BOTH),
        Form::Dot8 { .. } => Needs {
            late: [false, true, true],
            held: Needs::BOTH,
            temps: 1,
        },
        Form::IntsOfFloats { signed: true } => Needs::late(Needs::FIRST),
        Form::IntsOfFloats { signed: false } if level < CpuLevel::X86V4 => {
            Needs::late(Needs::FIRST).with_temp()
        }
        Form::Shift(Lane::I64, Shift::Sar) => Needs::held(Needs::FIRST).with_temp(),
        Form::Shift(Lane::I8, _) | Form::Popcnt => Needs::held(Needs::FIRST).with_temp(),
        Form::IntsOfFloats { .. } | Form::Shift(..) | Form::AtLimit { .. } => {
            Needs::held(Needs::FIRST)
        }
        Form::Abs64 | Form::Negate(_) | Form::Pairs16U | Form::ExtMul16 { .. } => {
            Needs::held(Needs::FIRST)
        }
        Form::ExtendHighZero(_) | Form::GreaterU { .. } | Form::Fused { .. } => {
            Needs::held(Needs::FIRST)
        }
        Form::FloatsOfU32 | Form::IntsOfDoubles { .. } => Needs::held(Needs::FIRST),
        Form::AnyTrue | Form::AllTrue(_) => Needs::default(),
        Form::Bitmask(_) | Form::Extract { .. } | Form::ExtractFloat(_) => {
            Needs::held(Needs::FIRST)
        }
    }
}

/// How a row reads its operands. Legacy forms overwrite their first operand;
/// `vector` says whether the result is in a vector register.
pub(in crate::jit) fn roles(op: Op, vector: bool, level: CpuLevel) -> [Role; 3] {
    let legacy = vector && level == CpuLevel::Portable;
    let late = form(op).map_or([false; 3], |form| needs(form, level).late);
    let role = |n: usize| match late[n] || legacy && n > 0 {
        true => Role::UseLate,
        false => Role::Use,
    };
    [role(0), role(1), role(2)]
}

/// The operand whose register a row's result is best put into, if it is one:
/// VEX forms leave their operands alone, and the allocator knows better.
pub(in crate::jit) fn reused(op: Op, vector: bool, level: CpuLevel) -> Option<usize> {
    if !vector || level == CpuLevel::Portable {
        return Some(0);
    }
    match form(op)? {
        // Sums of products are mostly added up in a loop.
        Form::Fused { .. } => Some(2),
        Form::Select | Form::Not if level >= CpuLevel::X86V4 => Some(0),
        Form::ExtractFloat(true) => Some(0),
        _ => None,
    }
}

/// Whether a row asks a question about lanes, so that a branch or a choice can
/// ask it itself.
pub(in crate::jit) fn is_question(op: Op) -> bool {
    matches!(form(op), Some(Form::AnyTrue | Form::AllTrue(_)))
}

/// How many vector registers a row needs besides the free one.
pub(in crate::jit) fn temps(f: &Function, inst: &Inst, op: Op, level: CpuLevel) -> u8 {
    let Some(form) = form(op) else {
        return 0;
    };
    let needs = needs(form, level);
    needs.temps + held_constants(f, inst, needs, 3)
}

/// How many of the first `count` operands are constants that the form wants
/// in registers.
fn held_constants(f: &Function, inst: &Inst, needs: Needs, count: usize) -> u8 {
    let is_held =
        |&n: &usize| needs.held[n] && !inst.args[n].is_none() && is_constant(f, inst.args[n]);
    (0..count).filter(is_held).count() as u8
}

fn is_constant(f: &Function, val: Val) -> bool {
    matches!(f.inst(val).kind, Kind::Const | Kind::ConstWide)
}

/// An instruction whose form is known.
struct Row<'i> {
    op: Op,
    inst: &'i Inst,
    form: Form,
}

impl Emitter<'_> {
    /// A row over vectors; whether it was one that has code of its own.
    pub(super) fn vector(&mut self, op: Op, inst: &Inst) -> bool {
        let Some(form) = form(op) else {
            return false;
        };
        let row = &Row { op, inst, form };
        match form {
            Form::One(one) => self.one(one, row),
            Form::OneImm(one, imm) => self.one_imm(one, imm, row),
            Form::Two(two) => self.two(two, row),
            Form::Swapped(two) => self.two_swapped(two, row),
            Form::Masked(two, mask) => self.masked(two, mask, row),
            Form::Not => self.not(row),
            Form::AndNot => self.and_not(row),
            Form::Select => self.bit_select(row),
            Form::NotEqual(equal) => self.not_equal(equal, row),
            Form::Greater64 { swapped, negated } => self.greater64(swapped, negated, row),
            Form::AtLimit { limit, equal } => self.at_limit(limit, equal, row),
            Form::GreaterU {
                greater,
                signs,
                swapped,
            } => self.greater_u(greater, signs, swapped, row),
            Form::Floats {
                compare,
                predicate,
                swapped,
            } => self.float_lanes(compare, predicate, swapped, row),
            Form::Shift(lane, shift) => self.shift_lanes(lane, shift, row),
            Form::Shuffle => self.shuffle(row),
            Form::Swizzle => self.swizzle(row),
            _ => return self.arithmetic(row) || self.lanes(row),
        }
        true
    }

    /// Rows that compute with lanes of one shape or change it.
    fn arithmetic(&mut self, row: &Row<'_>) -> bool {
        match row.form {
            Form::Abs64 => self.abs64(row),
            Form::Negate(sub) => self.negate(sub, row),
            Form::Popcnt => self.popcnt(row),
            Form::Mul64 => self.mul64(row),
            Form::Q15 => self.q15(row),
            Form::Pairs8S => self.pairs8_s(row),
            Form::Pairs16U => self.pairs16_u(row),
            Form::ExtendHigh(extend) => self.extend_high(extend, row),
            Form::ExtendHighZero(unpack) => self.extend_high_zero(unpack, row),
            Form::ExtMul8 { extend, high } => self.ext_mul8(extend, high, row),
            Form::ExtMul16 { multiply, unpack } => self.ext_mul16(multiply, unpack, row),
            Form::ExtMul32 { multiply, high } => self.ext_mul32(multiply, high, row),
            Form::Dot8 { add } => self.dot8(add, row),
            Form::Min(double) => self.min_lanes(double, row),
            Form::Max(double) => self.max_lanes(double, row),
            Form::Fused { double, negated } => return self.fused(double, negated, row),
            Form::Unfused { double, negated } => self.unfused(double, negated, row),
            Form::FloatsOfU32 => self.floats_of_u32(row),
            Form::DoublesOfU32 => self.doubles_of_u32(row),
            Form::IntsOfFloats { signed: true } => self.i32_of_floats(row),
            Form::IntsOfFloats { signed: false } => self.u32_of_floats(row),
            Form::IntsOfDoubles { signed: true } => self.i32_of_doubles(row),
            Form::IntsOfDoubles { signed: false } => self.u32_of_doubles(row),
            _ => return false,
        }
        true
    }

    /// Rows between vectors and scalars.
    fn lanes(&mut self, row: &Row<'_>) -> bool {
        match row.form {
            Form::Splat(lane) => self.splat(lane, row),
            Form::SplatFloat(double) => self.splat_float(double, row),
            Form::Extract { lane, signed } => self.extract(lane, signed, row),
            Form::ExtractFloat(double) => self.extract_float(double, row),
            Form::Replace(lane) => self.replace(lane, row),
            Form::ReplaceFloat(double) => self.replace_float(double, row),
            Form::AnyTrue | Form::AllTrue(_) => {
                let flags = self.test_lanes(row.op, row.inst.args[0]);
                self.set(flags.expect("the form is a question"));
            }
            Form::Bitmask(lane) => self.bitmask(lane, row),
            _ => return false,
        }
        true
    }

    fn one(&mut self, op: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec(row.inst.args[0]);
        self.v2(op, to, a);
    }

    fn one_imm(&mut self, op: VecOp, imm: u8, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec(row.inst.args[0]);
        self.v2_i(op, to, a, imm);
    }

    fn two(&mut self, op: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let (a, b) = self.in_order(row);
        let a = self.vec_reg(a, VEC_SCRATCH);
        let b = self.vec(b);
        self.v3(op, to, a, b);
    }

    fn two_swapped(&mut self, op: VecOp, row: &Row<'_>) {
        let to = self.def_xmm();
        let [a, b, _] = row.inst.args;
        let b = self.vec_reg(b, VEC_SCRATCH);
        let a = self.vec(a);
        self.v3(op, to, b, a);
    }

    /// An operation with a constant in both halves.
    fn masked(&mut self, op: VecOp, mask: u64, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.vec_reg(row.inst.args[0], VEC_SCRATCH);
        let mask = self.pool64(mask);
        self.v3(op, to, a, mask);
    }

    /// The two operands; a constant comes second where that is possible.
    fn in_order(&self, row: &Row<'_>) -> (Val, Val) {
        let [a, b, _] = row.inst.args;
        let swap = row.op.class() == Class::Commute && self.is_known(a) && !self.is_known(b);
        if swap { (b, a) } else { (a, b) }
    }

    fn is_known(&self, val: Val) -> bool {
        is_constant(self.f, val)
    }

    /// The bits of a constant operand.
    fn bits(&self, val: Val) -> Option<u128> {
        self.constant_bytes(val).map(u128::from_le_bytes)
    }

    fn pool_bits(&mut self, bits: u128) -> Mem {
        self.pool(&bits.to_le_bytes())
    }

    /// The register of an operand that the form wants held.
    fn held(&mut self, row: &Row<'_>, n: usize) -> Xmm {
        let val = row.inst.args[n];
        let Some(bytes) = self.constant_bytes(val) else {
            return self.xmm(val);
        };
        let needs = needs(row.form, self.level);
        let temp = needs.temps + held_constants(self.f, row.inst, needs, n);
        let temp = self.assigned.temp_xmm(self.at, usize::from(temp));
        self.load_constant(temp, &bytes);
        temp
    }

    /// The register that a form has besides.
    fn own_temp(&self) -> Xmm {
        self.assigned.temp_xmm(self.at, 0)
    }

    fn clear(&mut self, to: Xmm) {
        self.v3(VecOp::Pxor, to, to, to);
    }

    /// `to = op(a)`, where only AVX-512 has the instruction.
    fn evex2(&mut self, op: VecOp, to: Xmm, a: impl Into<Xm>) {
        self.asm.evex2(op, L::L128, to, a.into(), None, false);
    }

    /// `to = op(a, b)`, where only AVX-512 has the instruction.
    fn evex3(&mut self, op: VecOp, to: Xmm, a: Xmm, b: impl Into<Xm>) {
        self.asm.evex3(op, L::L128, to, a, b.into(), None, false);
    }
}

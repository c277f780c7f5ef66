//! Integer arithmetic.

use isa::{Class, Op, Trap};
use simd::CpuLevel;
use x64::{Alu, Cond, Gpr, Mem, Scale, Shift, Width, Xmm};

use super::super::ir::{Inst, Kind, Val};
use super::control::Flags;
use super::{Emitter, SCRATCH, VEC_SCRATCH};

/// What kind of integer operation a row is, and how wide.
enum Int {
    /// Exchangeable operands, as an instruction of two.
    Alu(Alu, Width),
    Sub(Width),
    Mul(Width),
    Shift(Shift, Width),
    Div {
        signed: bool,
        rest: bool,
        width: Width,
    },
    Count(Count, Width),
    Extend(u8, Width),
    Other,
}

#[derive(Clone, Copy)]
enum Count {
    Leading,
    Trailing,
    Ones,
}

fn int(op: Op) -> Int {
    use Op as O;
    use Width::{W32, W64};
    let div = |signed, rest, width| Int::Div {
        signed,
        rest,
        width,
    };
    match op {
        O::I32Add => Int::Alu(Alu::Add, W32),
        O::I64Add => Int::Alu(Alu::Add, W64),
        O::I32And => Int::Alu(Alu::And, W32),
        O::I64And => Int::Alu(Alu::And, W64),
        O::I32Or => Int::Alu(Alu::Or, W32),
        O::I64Or => Int::Alu(Alu::Or, W64),
        O::I32Xor => Int::Alu(Alu::Xor, W32),
        O::I64Xor => Int::Alu(Alu::Xor, W64),
        O::I32Sub => Int::Sub(W32),
        O::I64Sub => Int::Sub(W64),
        O::I32Mul => Int::Mul(W32),
        O::I64Mul => Int::Mul(W64),
        O::I32Shl => Int::Shift(Shift::Shl, W32),
        O::I64Shl => Int::Shift(Shift::Shl, W64),
        O::I32ShrS => Int::Shift(Shift::Sar, W32),
        O::I64ShrS => Int::Shift(Shift::Sar, W64),
        O::I32ShrU => Int::Shift(Shift::Shr, W32),
        O::I64ShrU => Int::Shift(Shift::Shr, W64),
        O::I32Rotl => Int::Shift(Shift::Rol, W32),
        O::I64Rotl => Int::Shift(Shift::Rol, W64),
        O::I32Rotr => Int::Shift(Shift::Ror, W32),
        O::I64Rotr => Int::Shift(Shift::Ror, W64),
        O::I32DivS => div(true, false, W32),
        O::I32DivU => div(false, false, W32),
        O::I32RemS => div(true, true, W32),
        O::I32RemU => div(false, true, W32),
        O::I64DivS => div(true, false, W64),
        O::I64DivU => div(false, false, W64),
        O::I64RemS => div(true, true, W64),
        O::I64RemU => div(false, true, W64),
        O::I32Clz => Int::Count(Count::Leading, W32),
        O::I64Clz => Int::Count(Count::Leading, W64),
        O::I32Ctz => Int::Count(Count::Trailing, W32),
        O::I64Ctz => Int::Count(Count::Trailing, W64),
        O::I32Popcnt => Int::Count(Count::Ones, W32),
        O::I64Popcnt => Int::Count(Count::Ones, W64),
        O::I32Extend8S => Int::Extend(1, W32),
        O::I64Extend8S => Int::Extend(1, W64),
        O::I32Extend16S => Int::Extend(2, W32),
        O::I64Extend16S => Int::Extend(2, W64),
        O::I64Extend32S | O::I64ExtendI32S => Int::Extend(4, W64),
        _ => Int::Other,
    }
}

impl Emitter<'_> {
    /// A row of the table.
    pub(super) fn row(&mut self, op: Op, inst: &Inst) {
        if op.class() == Class::Compare || matches!(op, Op::I32Eqz | Op::I64Eqz) {
            let flags = self.compare(op, inst.args[0], inst.args[1]);
            return self.set(flags);
        }
        match int(op) {
            Int::Alu(alu, width) => self.commute(alu, width, inst),
            Int::Sub(width) => self.subtract(width, inst),
            Int::Mul(width) => self.multiply(width, inst),
            Int::Shift(shift, width) => self.shift(shift, width, inst),
            Int::Div {
                signed,
                rest,
                width,
            } => self.divide(signed, rest, width, inst),
            Int::Count(count, width) => self.count(count, width, op, inst),
            Int::Extend(bytes, width) => self.extend(bytes, width, inst),
            Int::Other => self.wrap_or_float(op, inst),
        }
    }

    fn wrap_or_float(&mut self, op: Op, inst: &Inst) {
        match op {
            Op::I32WrapI64 | Op::I64ExtendI32U => {
                let from = self.int(inst.args[0]);
                let to = self.def_gpr();
                self.asm.mov_rr(Width::W32, to, from);
            }
            _ => {
                let done = self.float(op, inst) || self.convert(op, inst) || self.vector(op, inst);
                if !done {
                    self.by_meaning(op, inst);
                }
            }
        }
    }

    /// A comparison's result as a number.
    pub(super) fn set(&mut self, flags: Flags) {
        let to = self.def_gpr();
        match flags {
            Flags::One(cond) => {
                self.asm.setcc(cond, SCRATCH);
                self.asm.movzx8(to, SCRATCH);
            }
            // Unordered operands set both flags; moves leave them alone.
            Flags::Equal => {
                self.asm.setcc(Cond::Np, SCRATCH);
                self.asm.movzx8(SCRATCH, SCRATCH);
                self.asm.mov_ri(to, 0);
                self.asm.cmov(Cond::E, Width::W32, to, SCRATCH);
            }
            Flags::NotEqual => {
                self.asm.setcc(Cond::P, SCRATCH);
                self.asm.movzx8(SCRATCH, SCRATCH);
                self.asm.mov_ri(to, 1);
                self.asm.cmov(Cond::E, Width::W32, to, SCRATCH);
            }
        }
    }

    /// A constant operand that fits an immediate of 32 bits.
    fn immediate(&self, width: Width, val: Val) -> Option<i32> {
        let bits = self.f.constant(val)?;
        match width {
            Width::W32 => Some(bits as u32 as i32),
            Width::W64 => i32::try_from(bits as i64).ok(),
        }
    }

    fn commute(&mut self, alu: Alu, width: Width, inst: &Inst) {
        let to = self.def_gpr();
        let [a, b, _] = inst.args;
        if let Some(value) = self.immediate(width, b) {
            let a = self.int(a);
            if alu == Alu::Add && to != a {
                return self.asm.lea(width, to, Mem::base(a, value));
            }
            self.copy_gpr(to, a);
            return self.asm.alu_ri(alu, width, to, value);
        }
        let (a, b) = (self.int(a), self.int(b));
        if to == a {
            self.asm.alu(alu, width, to, b);
        } else if to == b {
            self.asm.alu(alu, width, to, a);
        } else if alu == Alu::Add && a != SCRATCH && b != SCRATCH {
            self.asm.lea(width, to, Mem::index(a, b, Scale::One, 0));
        } else {
            self.copy_gpr(to, a);
            self.asm.alu(alu, width, to, b);
        }
    }

    fn subtract(&mut self, width: Width, inst: &Inst) {
        let to = self.def_gpr();
        let [a, b, _] = inst.args;
        if self.f.constant(a) == Some(0) && self.f.constant(b).is_none() {
            let b = self.gpr(b);
            self.copy_gpr(to, b);
            return self.asm.neg(width, to);
        }
        if let Some(value) = self.immediate(width, b)
            && value != i32::MIN
        {
            let a = self.int(a);
            if to != a {
                return self.asm.lea(width, to, Mem::base(a, -value));
            }
            return self.asm.alu_ri(Alu::Sub, width, to, value);
        }
        if self.f.constant(a).is_some() {
            let a = self.int(a);
            let b = self.gpr(b);
            self.asm.alu(Alu::Sub, width, a, b);
            return self.asm.mov_rr(width, to, a);
        }
        let a = self.gpr(a);
        let b = self.int(b);
        if to == b && to != a {
            self.asm.neg(width, to);
            return self.asm.alu(Alu::Add, width, to, a);
        }
        self.copy_gpr(to, a);
        self.asm.alu(Alu::Sub, width, to, b);
    }

    fn multiply(&mut self, width: Width, inst: &Inst) {
        let to = self.def_gpr();
        let [a, b, _] = inst.args;
        if let Some(value) = self.immediate(width, b) {
            let a = self.int(a);
            return self.asm.imul_ri(width, to, a, value);
        }
        let (a, b) = (self.int(a), self.int(b));
        if to == a {
            self.asm.imul(width, to, b);
        } else if to == b {
            self.asm.imul(width, to, a);
        } else {
            self.copy_gpr(to, a);
            self.asm.imul(width, to, b);
        }
    }

    fn shift(&mut self, shift: Shift, width: Width, inst: &Inst) {
        let to = self.def_gpr();
        let [a, b, _] = inst.args;
        if let Some(bits) = self.f.constant(b) {
            let count = bits as u8 & if width == Width::W64 { 63 } else { 31 };
            let a = self.int(a);
            return self.shift_by(shift, width, to, a, count);
        }
        if self.avx() && !matches!(shift, Shift::Rol | Shift::Ror) {
            let count = self.gpr(b);
            let a = self.int(a);
            return match shift {
                Shift::Shl => self.asm.shlx(width, to, a, count),
                Shift::Shr => self.asm.shrx(width, to, a, count),
                _ => self.asm.sarx(width, to, a, count),
            };
        }
        let count = self.gpr(b);
        let a = self.int(a);
        self.copy_gpr(SCRATCH, a);
        self.with_count(count, |emitter| emitter.asm.shift_cl(shift, width, SCRATCH));
        self.asm.mov_rr(width, to, SCRATCH);
    }

    fn shift_by(&mut self, shift: Shift, width: Width, to: Gpr, a: Gpr, count: u8) {
        let bits = if width == Width::W64 { 64 } else { 32 };
        match shift {
            _ if count == 0 => self.asm.mov_rr(width, to, a),
            Shift::Rol if self.avx() => self.asm.rorx(width, to, a, bits - count),
            Shift::Ror if self.avx() => self.asm.rorx(width, to, a, count),
            Shift::Shl if to != a && count <= 3 => {
                let scale = [Scale::Two, Scale::Four, Scale::Eight][usize::from(count) - 1];
                self.asm.lea(width, to, Mem::scaled(a, scale, 0));
            }
            _ => {
                self.copy_gpr(to, a);
                self.asm.shift_ri(shift, width, to, count);
            }
        }
    }

    /// Does something with `count` in `cl`. Legacy shifts ask for it.
    fn with_count(&mut self, count: Gpr, work: impl FnOnce(&mut Self)) {
        if count == Gpr::Rcx {
            return work(self);
        }
        self.save_gpr(Gpr::Rcx);
        self.asm.mov_rr(Width::W32, Gpr::Rcx, count);
        work(self);
        self.restore_gpr(Gpr::Rcx);
    }

    /// Keeps a general register in the free vector register for a moment.
    fn save_gpr(&mut self, reg: Gpr) {
        self.gpr_to_xmm(Width::W64, VEC_SCRATCH, reg);
    }

    fn restore_gpr(&mut self, reg: Gpr) {
        self.xmm_to_gpr(Width::W64, reg, VEC_SCRATCH);
    }

    /// Division: the dividend in `rax` and `rdx`, which take the results.
    fn divide(&mut self, signed: bool, rest: bool, width: Width, inst: &Inst) {
        let to = self.def_gpr();
        let [a, b, _] = inst.args;
        let divisor = self.f.constant(b);
        let known = |value: u64| divisor.is_some_and(|bits| low(width, bits) == value);
        let minus_one = low(width, u64::MAX);
        if known(0) {
            let label = self.trap_label(Trap::IntegerDivideByZero, inst.pos);
            return self.asm.jmp(label);
        }
        if divisor.is_none() {
            let b = self.gpr(b);
            self.asm.test(width, b, b);
            self.trap_if(Cond::E, Trap::IntegerDivideByZero, inst.pos);
        }
        let done = self.asm.label();
        if signed && (divisor.is_none() || known(minus_one)) {
            self.divide_by_minus_one(rest, width, inst, done);
        }
        // `rdx` is kept unless it gets the result; a divisor in it, or a
        // constant one, is read from memory.
        let keep = to != Gpr::Rdx;
        if keep {
            self.save_gpr(Gpr::Rdx);
        }
        let b = match divisor {
            Some(bits) => {
                self.asm.mov_ri(SCRATCH, bits);
                SCRATCH
            }
            None => self.gpr(b),
        };
        let in_memory = matches!(b, Gpr::Rdx | SCRATCH);
        if in_memory {
            self.asm.push(b);
        }
        let a = self.int(a);
        self.copy_gpr(SCRATCH, a);
        match (signed, width) {
            (false, _) => self.asm.mov_ri(Gpr::Rdx, 0),
            (true, Width::W32) => self.asm.cdq(),
            (true, Width::W64) => self.asm.cqo(),
        }
        let divisor = match in_memory {
            true => x64::Rm::from(Mem::base(Gpr::Rsp, 0)),
            false => x64::Rm::from(b),
        };
        match signed {
            true => self.asm.idiv(width, divisor),
            false => self.asm.div(width, divisor),
        }
        if in_memory {
            self.asm.lea(Width::W64, Gpr::Rsp, Mem::base(Gpr::Rsp, 8));
        }
        let result = if rest { Gpr::Rdx } else { SCRATCH };
        if keep || result != to {
            self.asm.mov_rr(width, to, result);
        }
        if keep {
            self.restore_gpr(Gpr::Rdx);
        }
        self.asm.bind(done);
    }

    /// Division by -1 overflows for the least number; else it negates.
    fn divide_by_minus_one(&mut self, rest: bool, width: Width, inst: &Inst, done: x64::Label) {
        let [a, b, _] = inst.args;
        let to = self.def_gpr();
        let other = self.asm.label();
        if self.f.constant(b).is_none() {
            let b = self.gpr(b);
            self.asm.alu_ri(Alu::Cmp, width, b, -1);
            self.asm.jcc(Cond::Ne, other);
        }
        if rest {
            self.asm.mov_ri(to, 0);
        } else {
            let a = self.int(a);
            self.copy_gpr(SCRATCH, a);
            self.asm.neg(width, SCRATCH);
            self.trap_if(Cond::O, Trap::IntegerOverflow, inst.pos);
            self.asm.mov_rr(width, to, SCRATCH);
        }
        self.asm.jmp(done);
        self.asm.bind(other);
    }

    fn count(&mut self, count: Count, width: Width, op: Op, inst: &Inst) {
        if self.level < CpuLevel::X86V3 {
            return self.by_meaning(op, inst);
        }
        let (to, from) = (self.def_gpr(), self.int(inst.args[0]));
        match count {
            Count::Leading => self.asm.lzcnt(width, to, from),
            Count::Trailing => self.asm.tzcnt(width, to, from),
            Count::Ones => self.asm.popcnt(width, to, from),
        }
    }

    fn extend(&mut self, bytes: u8, width: Width, inst: &Inst) {
        let (to, from) = (self.def_gpr(), self.int(inst.args[0]));
        match bytes {
            1 => self.asm.movsx8(width, to, from),
            2 => self.asm.movsx16(width, to, from),
            _ => self.asm.movsxd(to, from),
        }
    }

    /// A choice between two values.
    pub(super) fn select(&mut self, _val: Val, inst: &Inst) {
        let [a, b, condition] = inst.args;
        let cond = self.condition(condition);
        match self.def() {
            super::Loc::Gpr(to) => {
                // Loading constants leaves the flags alone.
                let a = self.int(a);
                match self.f.constant(b) {
                    Some(bits) => {
                        let reg = if to == a { None } else { Some(to) };
                        match reg {
                            Some(to) => {
                                self.asm.mov_ri(to, bits);
                                self.select_ints(cond, to, a);
                            }
                            None => {
                                self.asm.mov_ri(SCRATCH, bits);
                                self.select_ints(cond.negate(), to, SCRATCH);
                            }
                        }
                    }
                    None => {
                        let b = self.gpr(b);
                        if to == a {
                            self.select_ints(cond.negate(), to, b);
                        } else {
                            self.copy_gpr(to, b);
                            self.select_ints(cond, to, a);
                        }
                    }
                }
            }
            super::Loc::Xmm(to) => self.select_vectors(cond, to, a, b),
            super::Loc::Slot(_) => unreachable!("results are in registers"),
        }
    }

    /// The flags of a choice's condition: of the comparison it is, if that
    /// was left for it.
    fn condition(&mut self, condition: Val) -> Flags {
        let inst = *self.f.inst(condition);
        if self.assigned.is_folded(condition)
            && let Kind::Row(op) = inst.kind
        {
            return self.compare(op, inst.args[0], inst.args[1]);
        }
        let reg = self.int(condition);
        self.asm.test(Width::W32, reg, reg);
        Flags::One(Cond::Ne)
    }

    fn select_ints(&mut self, flags: Flags, to: Gpr, from: Gpr) {
        match flags {
            Flags::One(cond) => self.asm.cmov(cond, Width::W64, to, from),
            Flags::NotEqual => {
                self.asm.cmov(Cond::Ne, Width::W64, to, from);
                self.asm.cmov(Cond::P, Width::W64, to, from);
            }
            Flags::Equal => {
                let over = self.asm.label();
                self.asm.jcc(Cond::Ne, over);
                self.asm.jcc(Cond::P, over);
                self.asm.mov_rr(Width::W64, to, from);
                self.asm.bind(over);
            }
        }
    }

    fn select_vectors(&mut self, flags: Flags, to: Xmm, a: Val, b: Val) {
        let over = self.asm.label();
        let holds_b = self.f.constant(b).is_none()
            && !matches!(self.f.inst(b).kind, Kind::ConstWide)
            && self.xmm(b) == to;
        let (first, second, flags) = if holds_b {
            (b, a, flags.negate())
        } else {
            (a, b, flags)
        };
        let reg = self.vec_reg(first, to);
        self.copy_xmm(to, reg);
        self.jump_if(flags, over);
        let reg = self.vec_reg(second, to);
        self.copy_xmm(to, reg);
        self.asm.bind(over);
    }
}

/// The bits of a value of this width.
fn low(width: Width, bits: u64) -> u64 {
    match width {
        Width::W32 => u64::from(bits as u32),
        Width::W64 => bits,
    }
}

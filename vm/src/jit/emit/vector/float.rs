//! Float arithmetic that takes more than one instruction. Results may be any
//! NaN where they are one.

use x64::{L, VecOp, Xm};

use super::super::super::ir::Val;
use super::super::{Emitter, VEC_SCRATCH};
use super::Row;

/// The predicate of `cmpps` that holds where an operand is a NaN.
const UNORDERED: u8 = 3;

/// The forms of one sum of products: which operand, if it is the result's
/// register, is multiplied with the third (132), is multiplied with the
/// second (213), or is added (231).
struct Forms {
    with_third: VecOp,
    with_second: VecOp,
    added: VecOp,
}

fn forms(double: bool, negated: bool) -> Forms {
    use VecOp as V;
    let [with_third, with_second, added] = match (double, negated) {
        (false, false) => [V::Vfmadd132ps, V::Vfmadd213ps, V::Vfmadd231ps],
        (false, true) => [V::Vfnmadd132ps, V::Vfnmadd213ps, V::Vfnmadd231ps],
        (true, false) => [V::Vfmadd132pd, V::Vfmadd213pd, V::Vfmadd231pd],
        (true, true) => [V::Vfnmadd132pd, V::Vfnmadd213pd, V::Vfnmadd231pd],
    };
    Forms {
        with_third,
        with_second,
        added,
    }
}

/// The bits of lanes, as those of 64 bits.
fn lanes(double: bool, bits: u128) -> impl Iterator<Item = u64> {
    let width = if double { 64 } else { 32 };
    (0..128 / width).map(move |n| {
        let lane = bits >> (n * width);
        if double {
            lane as u64
        } else {
            // The sign stays on top, the rest where it is in an `f64`.
            f64::from(f32::from_bits(lane as u32)).to_bits()
        }
    })
}

/// Whether a lane is anything but this zero.
fn is_not(zero: f64) -> impl Fn(f64) -> bool {
    move |lane| lane.to_bits() != zero.to_bits()
}

impl Emitter<'_> {
    /// A constant operand none of whose lanes is a NaN and all of which are
    /// `easy`, and the other operand. For a NaN there and for two zeros the CPU
    /// gives its second operand, so that one instruction is enough where that
    /// is right.
    fn easy_constant(
        &self,
        double: bool,
        row: &Row<'_>,
        easy: impl Fn(f64) -> bool,
    ) -> Option<(Val, Val)> {
        let (other, constant) = self.in_order(row);
        let bits = self.bits(constant)?;
        let mut lanes = lanes(double, bits).map(f64::from_bits);
        let all_easy = lanes.all(|lane| !lane.is_nan() && easy(lane));
        (!self.is_known(other) && all_easy).then_some((constant, other))
    }

    fn with_easy_constant(&mut self, op: VecOp, constant: Val, other: Val) {
        let to = self.def_xmm();
        let constant = self.vec_reg(constant, VEC_SCRATCH);
        let other = self.xmm(other);
        self.v3(op, to, constant, other);
    }

    /// The minimum both ways round: together they have all bits of a NaN, or
    /// the sign of a negative zero.
    pub(super) fn min_lanes(&mut self, double: bool, row: &Row<'_>) {
        let op = if double { VecOp::Minpd } else { VecOp::Minps };
        if let Some((constant, other)) = self.easy_constant(double, row, is_not(-0.0)) {
            return self.with_easy_constant(op, constant, other);
        }
        let to = self.def_xmm();
        let (a, b) = (self.held(row, 0), self.held(row, 1));
        self.v3(op, VEC_SCRATCH, b, a);
        self.v3(op, to, a, b);
        self.v3(VecOp::Orps, to, to, VEC_SCRATCH);
    }

    /// The maximum both ways round: what both have is a negative zero only if
    /// both operands are. Where one is a NaN all bits are set, which is one.
    pub(super) fn max_lanes(&mut self, double: bool, row: &Row<'_>) {
        let (op, compare, add) = match double {
            true => (VecOp::Maxpd, VecOp::Cmppd, VecOp::Addpd),
            false => (VecOp::Maxps, VecOp::Cmpps, VecOp::Addps),
        };
        if let Some((constant, other)) = self.easy_constant(double, row, is_not(0.0)) {
            return self.with_easy_constant(op, constant, other);
        }
        let to = self.def_xmm();
        if let Some((constant, other)) = self.easy_constant(double, row, f64::is_sign_positive) {
            // No maximum is below zero. A negative zero is the other operand's,
            // and is positive when zero has been added.
            self.with_easy_constant(op, constant, other);
            self.clear(VEC_SCRATCH);
            return self.v3(add, to, to, VEC_SCRATCH);
        }
        let (a, b) = (self.held(row, 0), self.held(row, 1));
        self.v3(op, VEC_SCRATCH, b, a);
        self.v3(op, to, a, b);
        self.v3(VecOp::Andps, to, to, VEC_SCRATCH);
        self.v3_i(compare, VEC_SCRATCH, a, b, UNORDERED);
        self.v3(VecOp::Orps, to, to, VEC_SCRATCH);
    }

    /// A product and a sum, rounded once. A CPU without the instruction has
    /// no code of its own for it.
    pub(super) fn fused(&mut self, double: bool, negated: bool, row: &Row<'_>) -> bool {
        if !self.avx() {
            return false;
        }
        let forms = forms(double, negated);
        let to = self.def_xmm();
        let a = self.held(row, 0);
        let b = self.vec(row.inst.args[1]);
        let c = self.vec(row.inst.args[2]);
        let is_to = |operand: Xm| matches!(operand, Xm::Reg(reg) if reg == to);
        let (op, second, third) = match (b, c) {
            (_, c) if is_to(c) => (forms.added, a, b),
            (Xm::Reg(b), c) if a == to => (forms.with_second, b, c),
            (Xm::Reg(b), c) if b == to => (forms.with_second, a, c),
            (b, Xm::Reg(c)) if a == to => (forms.with_third, c, b),
            (b, Xm::Reg(c)) => {
                self.copy_xmm(to, c);
                (forms.added, a, b)
            }
            (b, c) => {
                self.copy_xmm(to, a);
                let b = self.in_register(b);
                (forms.with_second, b, c)
            }
        };
        self.asm.vex3(op, L::L128, to, second, third);
        true
    }

    /// An operand in a register: its own, or else the free one.
    fn in_register(&mut self, operand: Xm) -> x64::Xmm {
        match operand {
            Xm::Reg(reg) => reg,
            Xm::Mem(_) => {
                self.v2(VecOp::Movups, VEC_SCRATCH, operand);
                VEC_SCRATCH
            }
        }
    }

    /// A product and a sum, each rounded.
    pub(super) fn unfused(&mut self, double: bool, negated: bool, row: &Row<'_>) {
        use VecOp as V;
        let (mul, add, sub) = match double {
            true => (V::Mulpd, V::Addpd, V::Subpd),
            false => (V::Mulps, V::Addps, V::Subps),
        };
        let to = self.def_xmm();
        let [a, b, c] = row.inst.args;
        let a = self.vec_reg(a, VEC_SCRATCH);
        let b = self.vec(b);
        self.v3(mul, VEC_SCRATCH, a, b);
        if negated {
            let c = self.vec_reg(c, to);
            self.v3(sub, to, c, VEC_SCRATCH);
        } else {
            let c = self.vec(c);
            self.v3(add, to, VEC_SCRATCH, c);
        }
    }
}

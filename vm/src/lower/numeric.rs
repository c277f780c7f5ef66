//! Arithmetic: one row, one instruction.

use isa::{Class, Op};

use super::Lowering;
use super::stack::{Entry, Loc, Operand, val_type};
use crate::code::fold;
use crate::code::{Form, Kind, fields};
use crate::module::types::ValType;
use crate::profile::RelaxedMadd;

/// Operand and result types of the rows of the table.
macro_rules! signatures {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The type of a row's result; its bytes for a store.
        pub(super) fn result_of(op: Op) -> Option<ValType> {
            match op {
                $($(Op::$Name => result_type!($($result)?),)*)*
            }
        }
    };
}

macro_rules! result_type {
    () => {
        None
    };
    (i32) => {
        Some(ValType::I32)
    };
    (i64) => {
        Some(ValType::I64)
    };
    (f32) => {
        Some(ValType::F32)
    };
    (f64) => {
        Some(ValType::F64)
    };
    (V128) => {
        Some(val_type(isa::NumType::V128))
    };
    ($bytes:tt) => {
        None
    };
}

isa::for_each_op!(signatures);

fn result(op: Op) -> ValType {
    result_of(op).expect("rows of this class have a result")
}

impl Lowering<'_> {
    pub(super) fn plain(&mut self, op: Op) {
        match op.class() {
            Class::Unary | Class::TryUnary => self.unary(op),
            Class::Compare => self.compare(op),
            Class::Commute => self.commute(op),
            Class::Binary | Class::TryBinary => self.binary(op),
            Class::Ternary => self.ternary(op),
            class => unreachable!("{op} of class {class:?} has immediates"),
        }
    }

    fn unary(&mut self, op: Op) {
        self.force(1);
        let a = self.pop();
        if op == Op::I64ExtendI32U {
            // Slots and accumulators hold 32-bit integers zero-extended.
            return match a.loc {
                Loc::Acc(_) | Loc::Local(_) | Loc::Const(_) => self.push(ValType::I64, a.loc),
                _ => self.push_at(ValType::I64, a.slot, a.loc),
            };
        }
        if let Loc::Const(bits) = a.loc
            && let Some(bits) = fold::unary(op, bits)
        {
            return self.push(result(op), Loc::Const(bits));
        }
        if op == Op::I32Eqz && self.negate_last(a.loc) {
            return self.push(ValType::I32, a.loc);
        }
        let a = self.operand(a, false);
        self.produce(
            result(op),
            op,
            Form::of1(a.kind),
            0,
            &[fields(0, a.slot, 0, 0)],
        );
    }

    /// Turns a comparison just made into its opposite.
    fn negate_last(&mut self, loc: Loc) -> bool {
        let Loc::Acc(pos) = loc else { return false };
        let head = self.out.head_at(pos);
        if !self.out.is_last(pos) || head.op().class() != Class::Compare {
            return false;
        }
        let Some(negated) = head.op().negated() else {
            return false;
        };
        self.out.words[pos] = head.0 & !0xffff | negated as u64;
        true
    }

    fn binary(&mut self, op: Op) {
        self.force(2);
        let b = self.pop();
        let a = self.pop();
        if let (Loc::Const(x), Loc::Const(y)) = (a.loc, b.loc) {
            if let Some(bits) = fold::binary(op, x, y) {
                return self.push(result(op), Loc::Const(bits));
            }
            let a = self.in_slot(a);
            let b = self.operand(b, true);
            return self.two(result(op), op, a, b);
        }
        let (a, b) = self.operands(a, b, true);
        self.two(result(op), op, a, b);
    }

    fn commute(&mut self, op: Op) {
        if op == Op::I64Add && self.lazy_sum() {
            return;
        }
        self.force(2);
        let b = self.pop();
        let a = self.pop();
        if let (Loc::Const(x), Loc::Const(y)) = (a.loc, b.loc)
            && let Some(bits) = fold::binary(op, x, y)
        {
            return self.push(result(op), Loc::Const(bits));
        }
        let (a, b) = self.operands(a, b, true);
        let (a, b) = ordered(a, b);
        self.two(result(op), op, a, b);
    }

    /// A 64-bit local plus a constant is left for its user to compute.
    fn lazy_sum(&mut self) -> bool {
        let [.., a, b] = self.stack[..] else {
            return false;
        };
        let (local, addend) = match (a.loc, b.loc) {
            (Loc::Local(local), Loc::Const(addend)) | (Loc::Const(addend), Loc::Local(local)) => {
                (local, addend)
            }
            (Loc::Sum(local, first), Loc::Const(second))
            | (Loc::Const(second), Loc::Sum(local, first)) => (local, first.wrapping_add(second)),
            _ => return false,
        };
        self.pop_lazy();
        self.pop_lazy();
        self.push(ValType::I64, Loc::Sum(local, addend));
        true
    }

    fn compare(&mut self, op: Op) {
        self.force(2);
        let b = self.pop();
        let a = self.pop();
        if let (Loc::Const(x), Loc::Const(y)) = (a.loc, b.loc)
            && let Some(bits) = fold::binary(op, x, y)
        {
            return self.push(ValType::I32, Loc::Const(bits));
        }
        let (a, b) = self.operands(a, b, true);
        let swapped = op.swapped().expect("every comparison has a swapped row");
        match (a.kind, b.kind) {
            (Kind::Const, _) | (Kind::Slot, Kind::Acc) => self.two(ValType::I32, swapped, b, a),
            _ => self.two(ValType::I32, op, a, b),
        }
    }

    fn two(&mut self, ty: ValType, op: Op, a: Operand, b: Operand) {
        let form = Form::of2(a.kind, b.kind);
        let word = fields(0, a.slot, b.slot, 0);
        match (a.kind, b.kind) {
            (Kind::Const, _) => self.produce(ty, op, form, 0, &[word, a.value]),
            (_, Kind::Const) => self.produce(ty, op, form, 0, &[word, b.value]),
            _ => self.produce(ty, op, form, 0, &[word]),
        }
    }

    fn ternary(&mut self, op: Op) {
        let c = self.pop();
        let b = self.pop();
        let a = self.pop();
        let op = match self.profile.relaxed_madd {
            RelaxedMadd::Fused => op,
            RelaxedMadd::Unfused => op.unfused().unwrap_or(op),
        };
        // At most one of the three is in the accumulator: the one made last.
        let mut operand = |entry: Entry| match entry.loc {
            Loc::Local(_) => self.in_slot(entry),
            _ => self.operand(entry, false),
        };
        let (a, b, c) = (operand(a), operand(b), operand(c));
        let form = Form::of3(a.kind, b.kind, c.kind);
        self.produce(
            ValType::V128,
            op,
            form,
            0,
            &[fields(0, a.slot, b.slot, c.slot)],
        );
    }
}

/// Operands of an exchangeable operation: the accumulator first, a constant
/// last.
fn ordered(a: Operand, b: Operand) -> (Operand, Operand) {
    if b.kind == Kind::Acc || a.kind == Kind::Const {
        (b, a)
    } else {
        (a, b)
    }
}

//! Arithmetic: rows over values, and branches on comparisons.

use isa::{Class, NumType, Op};

use super::Refused;
use super::build::Builder;
use super::effects::signature;
use super::ir::{Inst, Kind, Term, Ty, Val};
use crate::code::Head;
use crate::code::fold;

impl Builder<'_> {
    /// A row over values in places, at `pos`.
    pub(super) fn numeric(&mut self, pos: usize) {
        let head = Head(self.words[pos]);
        let op = head.op();
        let signature = signature(op);
        let branch = head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0;
        let mut word = if branch { 3 } else { 2 };
        let mut args = [Val::NONE; 3];
        for (index, ty) in signature.args.into_iter().flatten().enumerate() {
            args[index] = self.operand(pos, index as u8, word, ty);
            word += usize::from(head.form().kind(index as u8) == crate::code::Kind::Const);
        }
        let op = self.in_order(op, &mut args);
        if branch {
            self.pending = Some((op, args[0], args[1], head.has(Head::IF_TRUE)));
            return;
        }
        let result = signature.result.expect("rows of arithmetic have results");
        let val = match op.class() {
            Class::TryUnary | Class::TryBinary => self.trapping(pos, args, result),
            _ => self.arithmetic(op, args, result),
        };
        self.put(pos, val);
    }

    /// A row that cannot trap: folded if its operands are known.
    fn arithmetic(&mut self, op: Op, args: [Val; 3], result: NumType) -> Val {
        let known = args.map(|arg| self.f.constant(arg));
        let folded = match known {
            [Some(a), None, _] if args[1].is_none() => fold::unary(op, a),
            [Some(a), Some(b), _] => fold::binary(op, a, b),
            _ => None,
        };
        match folded {
            Some(bits) if result != NumType::V128 => self.constant(Ty::of(result), bits),
            _ => self.row(op, args, 0, result),
        }
    }

    /// Puts a constant behind the other operand where that is possible.
    fn in_order(&self, op: Op, args: &mut [Val; 3]) -> Op {
        let [a, b, _] = *args;
        let known = |val| self.f.constant(val).is_some();
        if b.is_none() || !known(a) || known(b) {
            return op;
        }
        match op.class() {
            Class::Commute => args.swap(0, 1),
            Class::Compare => {
                if let Some(swapped) = op.swapped() {
                    args.swap(0, 1);
                    return swapped;
                }
            }
            _ => {}
        }
        op
    }

    /// A row that may trap: it stays where it is.
    fn trapping(&mut self, pos: usize, args: [Val; 3], result: NumType) -> Val {
        let op = Head(self.words[pos]).op();
        self.anchored(Inst {
            kind: Kind::Row(op),
            ty: Ty::of(result),
            args,
            imm: 0,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        })
    }

    /// The branch on a comparison that ends the present block.
    pub(super) fn branch(&mut self) -> Result<(), Refused> {
        let Some((op, a, b, holds)) = self.pending.take() else {
            return Ok(());
        };
        // A block's first successor is the branch's target, the next falls
        // through.
        let succs = self.flow.succs(self.block);
        let (then, other) = (succs[0], succs[1]);
        let known = match (self.f.constant(a), self.f.constant(b)) {
            (Some(a), None) if b.is_none() => fold::unary(op, a),
            (Some(a), Some(b)) => fold::binary(op, a, b),
            _ => None,
        };
        let only = match known {
            Some(bits) if (bits != 0) == holds => Some(then),
            Some(_) => Some(other),
            None => (then == other).then_some(then),
        };
        if let Some(to) = only {
            let edge = self.edge(to)?;
            self.end(Term::Jump(edge));
            return Ok(());
        }
        let then = self.edge(then)?;
        let other = self.edge(other)?;
        self.end(Term::If {
            op,
            a,
            b,
            holds,
            then,
            other,
        });
        Ok(())
    }
}

//! Vector rows with lane immediates.

use isa::Class;

use super::build::Builder;
use super::effects::signature;
use super::ir::{Kind, Ty, Val};
use crate::code::{Head, field};

impl Builder<'_> {
    /// A row that names lanes, at `pos`.
    pub(super) fn lanes(&mut self, pos: usize) {
        let op = Head(self.words[pos]).op();
        let signature = signature(op);
        let mut args = [Val::NONE; 3];
        for (index, ty) in signature.args.into_iter().flatten().enumerate() {
            args[index] = self.operand(pos, index as u8, 2, ty);
        }
        let imm = match op.class() {
            Class::Shuffle => {
                let lanes = [self.words[pos + 2], self.words[pos + 3]];
                let lanes = self.wide_constant(lanes);
                self.f.inst(lanes).imm
            }
            _ => u64::from(field(self.words[pos + 1], 3)),
        };
        let ty = Ty::of(signature.result.expect("lanes have results"));
        let val = self.pure(Kind::Row(op), ty, args, imm);
        self.put(pos, val);
    }
}

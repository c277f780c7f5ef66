//! Vector instructions with immediates.

use isa::{Class, Op};

use super::Lowering;
use super::numeric::result_of;
use super::stack::{Entry, Loc, Operand};
use crate::code::{Form, fields};
use crate::module::types::ValType;

impl Lowering<'_> {
    pub(super) fn vector_constant(&mut self, bits: u128) {
        let words = [0, bits as u64, (bits >> 64) as u64];
        self.produce(ValType::V128, Op::V128Const, Form::default(), 0, &words);
    }

    /// A vector operand beside another one: the accumulator only if it was
    /// made there.
    fn vector(&mut self, entry: Entry) -> Operand {
        match entry.loc {
            Loc::Local(_) => self.in_slot(entry),
            _ => self.operand(entry, false),
        }
    }

    pub(super) fn shuffle(&mut self, lanes: [u8; 16]) {
        let b = self.pop();
        let a = self.pop();
        let (a, b) = (self.vector(a), self.vector(b));
        let low = u64::from_le_bytes(std::array::from_fn(|i| lanes[i]));
        let high = u64::from_le_bytes(std::array::from_fn(|i| lanes[8 + i]));
        let words = [fields(0, a.slot, b.slot, 0), low, high];
        self.produce(
            ValType::V128,
            Op::I8x16Shuffle,
            Form::of2(a.kind, b.kind),
            0,
            &words,
        );
    }

    pub(super) fn lane(&mut self, op: Op, lane: u8) {
        let ty = result_of(op).expect("lane instructions have a result");
        if op.class() == Class::ExtractLane {
            let a = self.pop();
            let a = self.operand(a, false);
            let words = [fields(0, a.slot, 0, u16::from(lane))];
            return self.produce(ty, op, Form::of1(a.kind), 0, &words);
        }
        let b = self.pop();
        let a = self.pop();
        let (a, b) = self.operands(a, b, false);
        let words = [fields(0, a.slot, b.slot, u16::from(lane))];
        self.produce(ty, op, Form::of2(a.kind, b.kind), 0, &words);
    }
}

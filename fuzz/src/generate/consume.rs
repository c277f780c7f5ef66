//! What becomes of a result.

use wasm_encoder::{BlockType, ValType};

use super::code::Code;
use super::shape::{NUMBERS, Signature};

impl Code<'_, '_> {
    /// Puts the value on the stack somewhere, by at most `depth` more
    /// instructions.
    pub(super) fn consume(&mut self, ty: ValType, depth: u32) {
        let ways = if depth == 0 { 4 } else { 8 };
        match self.entropy.below(ways) {
            0 | 1 => match self.free_of(ty) {
                Some(local) => drop(self.put().local_set(local)),
                None => drop(self.put().drop()),
            },
            2 => match self.global_of(ty, true) {
                Some(global) => drop(self.put().global_set(global)),
                None => drop(self.put().drop()),
            },
            3 if !matches!(ty, ValType::Ref(_)) => self.store(ty),
            4 if !matches!(ty, ValType::Ref(_)) => {
                self.test(ty, depth - 1);
                self.branch_on(depth - 1);
            }
            5.. if !matches!(ty, ValType::Ref(_)) => match self.menu.taker(ty, self.entropy) {
                Some(row) => {
                    self.values(&row.params[1..], depth - 1);
                    self.op(row);
                    let result = row.result.expect("takers give something");
                    self.consume(result, depth - 1);
                }
                None => drop(self.put().drop()),
            },
            _ => drop(self.put().drop()),
        }
    }

    /// Uses the condition on the stack.
    fn branch_on(&mut self, depth: u32) {
        let ty = *self.entropy.pick(&NUMBERS);
        match self.entropy.below(3) {
            0 => {
                self.put().if_(BlockType::Empty);
                self.set_something(ty, depth);
                if self.entropy.chance(1, 2) {
                    self.put().else_();
                    self.set_something(ty, depth);
                }
                self.put().end();
            }
            1 => {
                // The condition crosses into a block as its parameter.
                let signature = Signature {
                    params: vec![ValType::I32],
                    results: Vec::new(),
                };
                let enter = self.shape.type_of(signature);
                self.put().block(BlockType::FunctionType(enter)).br_if(0);
                self.set_something(ty, depth);
                self.put().end();
            }
            _ => {
                let condition = self.local(ValType::I32);
                self.put().local_set(condition);
                self.value(ty, depth);
                self.value(ty, depth);
                self.put().local_get(condition).select();
                self.consume(ty, 0);
            }
        }
    }

    /// Gives a local a new value.
    pub(super) fn set_something(&mut self, ty: ValType, depth: u32) {
        self.value(ty, depth);
        self.consume(ty, 0);
    }
}

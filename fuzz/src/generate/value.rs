//! Values of any type, made in every way in which the engine tells operands
//! apart.

use wasm_encoder::{BlockType, Ieee32, Ieee64, ValType};

use super::code::Code;
use super::rows::Menu;
use super::shape::{Global, NUMBERS, number};

impl Code<'_, '_> {
    /// Pushes a local of this type, or a constant.
    pub(super) fn local_get(&mut self, ty: ValType) {
        match self.free_of(ty) {
            Some(local) => drop(self.put().local_get(local)),
            None => self.constant(ty),
        }
    }

    /// Pushes a constant of this type.
    pub(super) fn constant(&mut self, ty: ValType) {
        let bits = number(ty, self.entropy);
        match ty {
            ValType::I32 => self.put().i32_const(bits as i32),
            ValType::I64 => self.put().i64_const(bits as i64),
            ValType::F32 => self.put().f32_const(Ieee32::new(bits as u32)),
            ValType::F64 => self.put().f64_const(Ieee64::new(bits as u64)),
            ValType::V128 => self.put().v128_const(bits as i128),
            ValType::Ref(ty) => self.put().ref_null(ty.heap_type),
        };
    }

    /// Pushes a value of this type, made in one of many ways of at most
    /// `depth` steps.
    pub(super) fn value(&mut self, ty: ValType, depth: u32) {
        if let ValType::Ref(ty) = ty {
            return self.reference(ty);
        }
        let ways = if depth == 0 { 4 } else { 16 };
        match self.entropy.below(ways) {
            0 | 1 => self.local_get(ty),
            2 => self.constant(ty),
            3 => match self.global_of(ty, false) {
                Some(global) => drop(self.put().global_get(global)),
                None => self.constant(ty),
            },
            4 => {
                self.value(ty, depth - 1);
                if let Some(local) = self.free_of(ty) {
                    self.put().local_tee(local);
                }
            }
            5 | 6 if !self.shape.memories.is_empty() => {
                let row = self.menu.load(ty, self.entropy);
                self.row(row, depth - 1, false);
            }
            7 => self.select(ty, depth - 1),
            8 => self.branch_value(ty, depth - 1),
            9 => self.call_value(ty, depth - 1),
            _ => match self.menu.giver(ty, self.entropy) {
                Some(row) => self.row(row, depth - 1, false),
                None => self.local_get(ty),
            },
        }
    }

    /// Pushes values of these types.
    pub(super) fn values(&mut self, types: &[ValType], depth: u32) {
        for &ty in types {
            self.value(ty, depth);
        }
    }

    /// A global of this type.
    pub(super) fn global_of(&mut self, ty: ValType, to_set: bool) -> Option<u32> {
        let globals = self.shape.globals.iter().enumerate();
        // The first is no one's to read or write by chance if it is a budget.
        let fits = |(i, global): (usize, &Global)| {
            let fits = global.ty == ty && (!to_set || global.is_mutable);
            (fits && Some(i as u32) != self.shape.budget).then_some(i as u32)
        };
        let fitting: Vec<u32> = globals.filter_map(fits).collect();
        match &fitting[..] {
            [] => None,
            fitting => Some(*self.entropy.pick(fitting)),
        }
    }

    fn select(&mut self, ty: ValType, depth: u32) {
        self.value(ty, depth);
        self.value(ty, depth);
        self.condition(depth);
        if self.entropy.chance(1, 2) {
            self.put().typed_select(ty);
        } else {
            self.put().select();
        }
    }

    /// A value that comes out of a block or of one of two arms.
    fn branch_value(&mut self, ty: ValType, depth: u32) {
        let result = BlockType::Result(ty);
        match self.entropy.below(3) {
            0 => {
                self.condition(depth);
                self.put().if_(result);
                self.value(ty, depth);
                self.put().else_();
                self.value(ty, depth);
                self.put().end();
            }
            1 => {
                self.put().block(result);
                self.value(ty, depth);
                self.condition(depth);
                self.put().br_if(0);
                self.consume(ty, 0);
                self.value(ty, depth);
                self.put().end();
            }
            _ => {
                self.put().block(result);
                self.value(ty, depth);
                self.put().end();
            }
        }
    }

    /// The result of a call that can not come back here.
    fn call_value(&mut self, ty: ValType, depth: u32) {
        let fits = |&function: &u32| self.shape.signature(function).results == [ty];
        let fitting: Vec<u32> = (0..self.callable).filter(fits).collect();
        if fitting.is_empty() {
            return self.local_get(ty);
        }
        let function = *self.entropy.pick(&fitting);
        let params = self.shape.signature(function).params.clone();
        self.values(&params, depth);
        self.put().call(function);
    }

    /// Pushes an `i32` to branch on.
    pub(super) fn condition(&mut self, depth: u32) {
        let ty = *self.entropy.pick(&NUMBERS);
        self.value(ty, depth);
        self.test(ty, depth);
    }

    /// Turns the value on the stack into an `i32` to branch on.
    pub(super) fn test(&mut self, ty: ValType, depth: u32) {
        let is_number = ty == ValType::I32;
        match self.entropy.below(3) {
            0 if is_number => {}
            1 if is_number => {
                for _ in 0..1 + self.entropy.below(3) {
                    self.put().i32_eqz();
                }
            }
            _ => {
                let Some(row) = Menu::any().test(ty, self.entropy) else {
                    unreachable!("every number type has a test");
                };
                self.values(&row.params[1..], depth);
                self.op(row);
            }
        }
    }
}

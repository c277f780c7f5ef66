//! References as operands.

use wasm_encoder::{HeapType, RefType, ValType};

use super::code::Code;

impl Code<'_, '_> {
    /// Pushes a reference of this type.
    pub(super) fn reference(&mut self, ty: RefType) {
        let as_value = ValType::Ref(ty);
        match self.entropy.below(4) {
            0 if ty.nullable => drop(self.put().ref_null(ty.heap_type)),
            1 if ty.nullable => self.local_get(as_value),
            2 if self.table_get(ty) => {}
            _ => self.function_reference(ty),
        }
    }

    /// Pushes an element of a table whose elements have this type.
    fn table_get(&mut self, ty: RefType) -> bool {
        let tables = self.shape.tables.iter().enumerate();
        let fits = |(i, table): (usize, &super::shape::Table)| {
            (table.element == ty && table.size > 0).then_some((i as u32, *table))
        };
        let fitting: Vec<_> = tables.filter_map(fits).collect();
        if fitting.is_empty() {
            return false;
        }
        let (i, table) = *self.entropy.pick(&fitting);
        let at = self.entropy.below(table.size as usize) as u64;
        self.index(table.is_64, at);
        self.put().table_get(i);
        true
    }

    /// Pushes a reference to a function of a fitting type, or null.
    fn function_reference(&mut self, ty: RefType) {
        let fits = |&function: &u32| match ty.heap_type {
            HeapType::Concrete(index) => self.shape.functions[function as usize] == index,
            heap => heap == HeapType::FUNC,
        };
        let fitting: Vec<u32> = (0..self.shape.named).filter(fits).collect();
        match &fitting[..] {
            [] => {
                self.put().ref_null(ty.heap_type);
                if !ty.nullable {
                    self.put().ref_as_non_null();
                }
            }
            fitting => {
                let function = *self.entropy.pick(fitting);
                self.put().ref_func(function);
            }
        }
    }
}

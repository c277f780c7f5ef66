//! Calls: direct, through tables, through references, and in tail position.

use wasm_encoder::{RefType, ValType};

use super::{Flow, world};
use crate::generate::shape::Signature;

/// How a function is reached.
#[derive(Clone, Copy)]
enum Way {
    Direct,
    Table,
    Reference,
}

impl Flow<'_, '_> {
    pub(super) fn call_statement(&mut self) {
        let way = *self
            .code
            .entropy
            .pick(&[Way::Direct, Way::Table, Way::Reference]);
        if self.code.entropy.chance(1, 4) {
            return self.perhaps(|flow| flow.tail_call(way));
        }
        let function = self.any_function();
        let signature = self.code.shape.signature(function).clone();
        self.code.values(&signature.params, 1);
        self.reach(way, function, false);
        self.bind(&signature.results);
    }

    /// Any function of the world, this one too: the budget ends recursion.
    fn any_function(&mut self) -> u32 {
        let count = self.code.shape.named;
        self.code.entropy.below(count as usize) as u32
    }

    /// A call in place of a return.
    fn tail_call(&mut self, way: Way) {
        let results = self.results();
        let shape = &*self.code.shape;
        let fits = |&function: &u32| shape.signature(function).results == results;
        let fitting: Vec<u32> = (0..shape.named).filter(fits).collect();
        let function = match &fitting[..] {
            [] => {
                self.code.values(&results, 1);
                self.code.put().return_();
                return self.dead();
            }
            fitting => *self.code.entropy.pick(fitting),
        };
        let Signature { params, .. } = self.code.shape.signature(function).clone();
        self.code.values(&params, 1);
        self.reach(way, function, true);
        self.dead();
    }

    /// The call itself; its arguments are on the stack.
    fn reach(&mut self, way: Way, function: u32, is_tail: bool) {
        let ty = self.code.shape.functions[function as usize];
        match (way, is_tail) {
            (Way::Direct, false) => drop(self.code.put().call(function)),
            (Way::Direct, true) => drop(self.code.put().return_call(function)),
            (Way::Table, _) => {
                let table = self.element_of(function);
                match is_tail {
                    false => drop(self.code.put().call_indirect(table, ty)),
                    true => drop(self.code.put().return_call_indirect(table, ty)),
                }
            }
            (Way::Reference, _) => {
                let nullable = self.code.entropy.chance(1, 2);
                self.code.reference(world::typed(ty, nullable));
                match is_tail {
                    false => drop(self.code.put().call_ref(ty)),
                    true => drop(self.code.put().return_call_ref(ty)),
                }
            }
        }
    }

    /// Pushes the index at which some table holds `function` to begin with,
    /// or any other, and gives the table.
    fn element_of(&mut self, function: u32) -> u32 {
        let shape = &*self.code.shape;
        let mut places = Vec::new();
        for element in &shape.elements {
            if let Some((table, at)) = element.active {
                let held = (at..).zip(&element.functions);
                let there = held.filter(|(_, held)| **held == Some(function));
                places.extend(there.map(|(at, _)| (table, at)));
            }
        }
        let is_wild = self.code.entropy.chance(1, 10);
        if places.is_empty() || is_wild {
            let tables = &self.code.shape.tables;
            let of_functions = |&i: &u32| tables[i as usize].element != RefType::EXTERNREF;
            let fitting: Vec<u32> = (0..tables.len() as u32).filter(of_functions).collect();
            let table = *self.code.entropy.pick(&fitting);
            let (is_64, size) = {
                let of = self.code.shape.tables[table as usize];
                (of.is_64, of.size)
            };
            let ty = if is_64 { ValType::I64 } else { ValType::I32 };
            if self.code.entropy.chance(1, 4) {
                self.code.value(ty, 1);
            } else {
                let at = self.code.entropy.below(size as usize + 2) as u64;
                self.code.index(is_64, at);
            }
            return table;
        }
        let (table, at) = *self.code.entropy.pick(&places);
        let is_64 = self.code.shape.tables[table as usize].is_64;
        self.code.index(is_64, at);
        table
    }
}

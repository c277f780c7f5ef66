//! Blocks, loops and branches.

use wasm_encoder::{BlockType, HeapType, RefType, ValType};

use super::{Flow, world};

impl Flow<'_, '_> {
    pub(super) fn branch_statement(&mut self) {
        match self.code.entropy.below(10) {
            0 | 1 => self.block(),
            2 | 3 => self.if_else(),
            4 => self.perhaps(|flow| {
                let depth = flow.any_label();
                flow.branch(depth);
                flow.dead();
            }),
            5 => self.branch_if(),
            6 => self.branch_table(),
            7 => self.perhaps(|flow| {
                let results = flow.results();
                flow.code.values(&results, 1);
                flow.code.put().return_();
                flow.dead();
            }),
            8 => self.branch_on_null(),
            _ => self.branch_on_non_null(),
        }
    }

    fn block(&mut self) {
        let (params, results) = (self.some_types(2), self.some_types(3));
        self.code.values(&params, 1);
        let ty = self.block_type(&params, &results);
        self.code.put().block(ty);
        self.arm(&params, &results);
        self.code.put().end();
        self.bind(&results);
    }

    fn if_else(&mut self) {
        let (params, results) = (self.some_types(2), self.some_types(2));
        self.code.values(&params, 1);
        self.code.condition(2);
        let ty = self.block_type(&params, &results);
        self.code.put().if_(ty);
        self.arm(&params, &results);
        // Without results an arm can be missing, but not its parameters.
        if params != results || self.code.entropy.chance(1, 2) {
            self.code.put().else_();
            self.arm(&params, &results);
        }
        self.code.put().end();
        self.bind(&results);
    }

    /// The inside of a block: takes the parameters, gives the results, or
    /// branches away before.
    fn arm(&mut self, params: &[ValType], results: &[ValType]) {
        self.inside(results, |flow| {
            flow.bind(params);
            let count = flow.code.entropy.below(4);
            flow.statements(count);
            if flow.code.entropy.chance(1, 5) {
                let depth = flow.any_label();
                flow.branch(depth);
                flow.dead();
            }
            flow.code.values(results, 1);
        });
    }

    /// A loop that ends by its counter, or by the budget alone.
    pub(super) fn loop_statement(&mut self) {
        let (params, results) = (self.some_types(2), self.some_types(2));
        let counter = self.code.local(ValType::I32);
        let rounds = 1 + self.code.entropy.below(6) as i32;
        self.code.put().i32_const(rounds).local_set(counter);
        let outer = self.block_type(&[], &results);
        let inner = self.block_type(&params, &results);
        self.code.put().block(outer);
        self.inside(&results, |flow| {
            flow.code.values(&params, 1);
            flow.code.put().loop_(inner);
            flow.inside(&params, |flow| {
                flow.bind(&params);
                flow.pay();
                let count = 1 + flow.code.entropy.below(3);
                flow.statements(count);
                flow.code.values(&params, 1);
                flow.code
                    .put()
                    .local_get(counter)
                    .i32_const(1)
                    .i32_sub()
                    .local_tee(counter)
                    .i32_const(0)
                    .i32_gt_s()
                    .br_if(0);
                flow.bind(&params);
                flow.code.values(&results, 1);
            });
            flow.code.put().end();
        });
        self.code.put().end();
        self.bind(&results);
    }

    /// Depth of a label that is open.
    fn any_label(&mut self) -> u32 {
        self.code.entropy.below(self.labels.len()) as u32
    }

    fn label_types(&self, depth: u32) -> Vec<ValType> {
        self.labels[self.labels.len() - 1 - depth as usize]
            .types
            .clone()
    }

    /// A branch with what it carries.
    fn branch(&mut self, depth: u32) {
        let types = self.label_types(depth);
        self.code.values(&types, 1);
        self.code.put().br(depth);
    }

    fn branch_if(&mut self) {
        let depth = self.any_label();
        let types = self.label_types(depth);
        self.code.values(&types, 1);
        self.code.condition(1);
        self.code.put().br_if(depth);
        self.bind(&types);
    }

    /// A `br_table` among all labels that carry the same.
    fn branch_table(&mut self) {
        let depth = self.any_label();
        let types = self.label_types(depth);
        let ty = self.block_type(&[], &types);
        self.code.put().block(ty);
        self.inside(&types, |flow| {
            let mut targets = Vec::new();
            for depth in 0..flow.labels.len() as u32 {
                if flow.label_types(depth) == types {
                    targets.push(depth);
                }
            }
            let count = flow.code.entropy.below(9);
            let mut chosen = Vec::new();
            for _ in 0..count {
                chosen.push(*flow.code.entropy.pick(&targets));
            }
            flow.code.values(&types, 1);
            flow.code.value(ValType::I32, 1);
            if flow.code.entropy.chance(3, 4) {
                flow.code.put().i32_const(7).i32_and();
            }
            let default = *flow.code.entropy.pick(&targets);
            flow.code.put().br_table(chosen, default);
            flow.dead();
        });
        // What is dead gives the block's results out of nowhere.
        self.code.put().end();
        self.bind(&types);
    }

    /// A reference type of functions, of one type or of all.
    fn some_reference(&mut self) -> RefType {
        let functions = &self.code.shape.functions;
        let ty = *self.code.entropy.pick(functions);
        match self.code.entropy.below(3) {
            0 => RefType::FUNCREF,
            1 => RefType::EXTERNREF,
            _ => world::typed(ty, true),
        }
    }

    fn branch_on_null(&mut self) {
        let depth = self.any_label();
        let types = self.label_types(depth);
        let reference = self.some_reference();
        self.code.values(&types, 1);
        self.code.reference(reference);
        self.code.put().br_on_null(depth);
        let there = RefType {
            nullable: false,
            ..reference
        };
        self.use_reference(there);
        self.bind(&types);
    }

    fn branch_on_non_null(&mut self) {
        let reference = self.some_reference();
        let there = RefType {
            nullable: false,
            ..reference
        };
        if there.heap_type == HeapType::EXTERN {
            // Nobody but the host makes one, so only null is at hand.
            self.code
                .put()
                .block(BlockType::Result(ValType::Ref(there)));
            self.code.reference(reference);
            self.code.put().br_on_non_null(0);
            let results = self.results();
            self.code.values(&results, 0);
            self.code.put().return_().end();
        } else {
            self.code
                .put()
                .block(BlockType::Result(ValType::Ref(there)));
            self.code.reference(reference);
            self.code.put().br_on_non_null(0);
            self.code.reference(there);
            self.code.put().end();
        }
        self.use_reference(there);
    }

    /// Takes a reference from the stack.
    pub(super) fn use_reference(&mut self, ty: RefType) {
        let fitting = self.code.free_of(ValType::Ref(RefType {
            nullable: true,
            ..ty
        }));
        match (fitting, self.code.entropy.below(3)) {
            (Some(local), 0) => drop(self.code.put().local_set(local)),
            (_, 1) => {
                self.code.put().ref_is_null();
                self.code.consume(ValType::I32, 1);
            }
            _ => drop(self.code.put().drop()),
        }
    }
}

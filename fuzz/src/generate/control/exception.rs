//! Exceptions, by the standard's instructions or by the legacy ones.

use wasm_encoder::{BlockType, Catch, RefType, ValType};

use super::{Flow, world};

/// A clause, and what its label carries.
type Clause = (fn(u32, u32) -> Catch, u32, Vec<ValType>);

impl Flow<'_, '_> {
    pub(super) fn exception_statement(&mut self) {
        match self.code.entropy.below(8) {
            0 => self.rarely(Flow::throw),
            1 if !self.is_legacy => self.rarely(|flow| {
                flow.code.reference(world::EXN);
                flow.code.put().throw_ref();
                flow.dead();
            }),
            2 if self.is_legacy => self.delegate(),
            _ if self.is_legacy => self.legacy_try(),
            _ => self.try_table(),
        }
    }

    fn any_tag(&mut self) -> u32 {
        let count = self.code.shape.tags.len();
        self.code.entropy.below(count) as u32
    }

    fn tag_types(&self, tag: u32) -> Vec<ValType> {
        let ty = self.code.shape.tags[tag as usize];
        self.code.shape.types[ty as usize].params.clone()
    }

    fn throw(&mut self) {
        let tag = self.any_tag();
        let types = self.tag_types(tag);
        self.code.values(&types, 1);
        self.code.put().throw(tag);
        self.dead();
    }

    /// What is tried: statements, most of the time with a throw.
    fn tried(&mut self) {
        let count = self.code.entropy.below(3);
        self.statements(count);
        match self.code.entropy.below(4) {
            0 => {}
            1 => self.throw(),
            _ => self.perhaps(Flow::throw),
        }
    }

    fn clause(&mut self) -> Clause {
        let tag = self.any_tag();
        let mut types = self.tag_types(tag);
        let caught = ValType::Ref(RefType {
            nullable: false,
            ..world::EXN
        });
        match self.code.entropy.below(4) {
            0 => (|tag, label| Catch::One { tag, label }, tag, types),
            1 => {
                types.push(caught);
                (|tag, label| Catch::OneRef { tag, label }, tag, types)
            }
            2 => (|_, label| Catch::All { label }, tag, Vec::new()),
            _ => (|_, label| Catch::AllRef { label }, tag, vec![caught]),
        }
    }

    /// A `try_table` inside a block for each of its clauses.
    fn try_table(&mut self) {
        let count = self.code.entropy.below(4);
        let mut clauses: Vec<Clause> = Vec::new();
        for _ in 0..count {
            clauses.push(self.clause());
        }
        self.code.put().block(BlockType::Empty);
        self.inside(&[], |flow| flow.try_in(&clauses, clauses.len()));
        self.code.put().end();
    }

    /// The blocks of the first `open` clauses, the first one's innermost, and
    /// the `try_table` in the middle.
    fn try_in(&mut self, clauses: &[Clause], open: usize) {
        let Some((_, _, types)) = open.checked_sub(1).map(|last| &clauses[last]) else {
            let catches = clauses.iter().zip(0..);
            let catches: Vec<Catch> = catches
                .map(|((make, tag, _), label)| make(*tag, label))
                .collect();
            self.code.put().try_table(BlockType::Empty, catches);
            self.inside(&[], Flow::tried);
            self.code.put().end();
            return;
        };
        let ty = self.block_type(&[], types);
        self.code.put().block(ty);
        self.inside(types, |flow| {
            flow.try_in(clauses, open - 1);
            // Nothing was thrown: past all handlers.
            let past = clauses.len() - (open - 1);
            flow.code.put().br(past as u32);
        });
        self.code.put().end();
        self.handle(types);
    }

    /// The handler of a clause, with what was caught on the stack.
    fn handle(&mut self, types: &[ValType]) {
        let mut types = types.to_vec();
        let is_exception =
            |ty: &ValType| matches!(ty, ValType::Ref(ty) if ty.heap_type == world::EXN.heap_type);
        if types.last().is_some_and(is_exception) {
            types.pop();
            match self.code.entropy.below(3) {
                0 => {
                    // Thrown again under some condition.
                    let kept = self.code.local(ValType::Ref(world::EXN));
                    self.code.put().local_set(kept);
                    self.rarely(|flow| {
                        flow.code.put().local_get(kept).throw_ref();
                        flow.dead();
                    });
                }
                _ => self.use_reference(RefType {
                    nullable: false,
                    ..world::EXN
                }),
            }
        }
        self.bind(&types);
        if self.code.entropy.chance(1, 2) {
            self.statement();
        }
    }

    /// A legacy `try` with handlers.
    fn legacy_try(&mut self) {
        let results = self.some_types(2);
        let ty = self.block_type(&[], &results);
        self.code.put().try_(ty);
        self.inside(&results, |flow| {
            flow.tried();
            flow.code.values(&results, 1);
        });
        for _ in 0..self.code.entropy.below(3) {
            let tag = self.any_tag();
            let caught = self.tag_types(tag);
            self.code.put().catch(tag);
            self.handler(&caught, &results);
        }
        if self.code.entropy.chance(2, 3) {
            self.code.put().catch_all();
            self.handler(&[], &results);
        }
        self.code.put().end();
        self.bind(&results);
    }

    fn handler(&mut self, caught: &[ValType], results: &[ValType]) {
        self.inside(results, |flow| {
            flow.bind(caught);
            let count = flow.code.entropy.below(2);
            flow.statements(count);
            if flow.code.entropy.chance(1, 3) {
                // From inside the `if`, the handler is one further out.
                flow.rarely(|flow| {
                    flow.code.put().rethrow(1);
                    flow.dead();
                });
            }
            flow.code.values(results, 1);
        });
    }

    /// A legacy `try` that leaves its exceptions to an outer one.
    fn delegate(&mut self) {
        self.code.put().try_(BlockType::Empty);
        self.inside(&[], Flow::tried);
        let depth = self.code.entropy.below(self.labels.len()) as u32;
        self.code.put().delegate(depth);
    }
}

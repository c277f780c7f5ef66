//! Control flow of every kind, which comes to an end: each call and each
//! round of a loop takes one from a global budget, and who finds it used up
//! returns.

mod branch;
mod bulk;
mod call;
mod exception;
mod world;

use wasm_encoder::{BlockType, Function, ValType};

use super::code::Code;
use super::rows::{Menu, rows};
use super::shape::{Shape, Signature};
use crate::entropy::Entropy;
use crate::program::{Call, Program};

use spec_tests::tier::Value;

/// Statements open inside one another.
const DEEPEST: usize = 6;

/// A place to branch to.
struct Label {
    /// What a branch to it carries.
    types: Vec<ValType>,
}

/// A body with its open blocks.
struct Flow<'c, 'a> {
    code: Code<'c, 'a>,
    /// Outermost first; the first is the function.
    labels: Vec<Label>,
    /// Statements that may still be written.
    left: usize,
    /// Whether exceptions are caught by the legacy instructions.
    is_legacy: bool,
}

/// Functions that call one another, and calls that set the budget first.
pub(super) fn make(entropy: &mut Entropy<'_>) -> Option<Program> {
    let is_legacy = entropy.chance(1, 5);
    let mut shape = world::shape(entropy);
    let (first, count) = (shape.imported, shape.functions.len() as u32);
    let mut bodies = Vec::new();
    for function in first..count {
        bodies.push(body(entropy, &mut shape, function, is_legacy));
    }
    let mut calls = Vec::new();
    // These two come last, so that no guest sets its own budget.
    bodies.push(setter(entropy, &mut shape));
    let setter = count;
    for _ in 0..2 {
        for function in first..count {
            let budget = *entropy.pick(&[30, 1, 5, 100, 300]);
            calls.push(Call {
                export: format!("f{setter}"),
                arguments: vec![Value::I32(budget)],
            });
            calls.push(shape.call(function, entropy));
        }
    }
    if entropy.chance(1, 6) {
        bodies.push(deep(entropy, &mut shape, is_legacy));
        for depth in [3, *entropy.pick(&[1_000_000, 10, 100])] {
            calls.push(shape.call(setter + 1, entropy));
            let call = calls.last_mut().expect("it was just pushed");
            call.arguments[0] = Value::I32(depth);
        }
    }
    Some(shape.program(&bodies, calls))
}

/// The function that sets the budget.
fn setter(entropy: &mut Entropy<'_>, shape: &mut Shape) -> Function {
    let function = shape.function(Signature {
        params: vec![ValType::I32],
        results: Vec::new(),
    });
    let budget = shape.budget.expect("this world has a budget");
    let mut code = Code::new(entropy, shape, Menu::any(), function);
    code.put().local_get(0).global_set(budget);
    code.finish()
}

fn body(entropy: &mut Entropy<'_>, shape: &mut Shape, function: u32, is_legacy: bool) -> Function {
    let mut flow = Flow::new(entropy, shape, function, is_legacy);
    flow.pay();
    let count = 1 + flow.code.entropy.below(6);
    flow.statements(count);
    flow.finish()
}

/// A function that calls itself as often as its first parameter says, then
/// works on the way back. Large frames exhaust the stack sooner.
fn deep(entropy: &mut Entropy<'_>, shape: &mut Shape, is_legacy: bool) -> Function {
    let mut signature = world::signature(entropy);
    signature.params.insert(0, ValType::I32);
    let (params, results) = (signature.params.clone(), signature.results.clone());
    let function = shape.function(signature);
    let mut flow = Flow::new(entropy, shape, function, is_legacy);
    flow.left = 4;
    let depth = flow.code.local(ValType::I32);
    flow.code
        .put()
        .local_get(0)
        .local_tee(depth)
        .i32_eqz()
        .if_(BlockType::Empty);
    flow.code.values(&results, 1);
    flow.code.put().return_().end();
    if flow.code.entropy.chance(1, 2) {
        flow.statement();
    }
    flow.code.put().local_get(depth).i32_const(1).i32_sub();
    flow.code.values(&params[1..], 0);
    flow.code.put().call(function);
    flow.bind(&results);
    flow.finish()
}

impl<'c, 'a> Flow<'c, 'a> {
    fn new(
        entropy: &'c mut Entropy<'a>,
        shape: &'c mut Shape,
        function: u32,
        is_legacy: bool,
    ) -> Flow<'c, 'a> {
        let results = shape.signature(function).results.clone();
        let left = 3 + entropy.below(30);
        let mut code = Code::new(entropy, shape, Menu::any(), function);
        world::add_locals(&mut code);
        Flow {
            code,
            labels: vec![Label { types: results }],
            left,
            is_legacy,
        }
    }

    /// The function's results, and its end.
    fn finish(mut self) -> Function {
        let results = self.results();
        self.code.values(&results, 1);
        self.code.finish()
    }

    /// What the function returns.
    fn results(&self) -> Vec<ValType> {
        self.labels[0].types.clone()
    }

    /// Takes one from the budget and returns if it is used up.
    fn pay(&mut self) {
        let budget = self.code.shape.budget.expect("this world has a budget");
        self.code
            .put()
            .global_get(budget)
            .i32_const(1)
            .i32_sub()
            .global_set(budget)
            .global_get(budget)
            .i32_const(0)
            .i32_lt_s()
            .if_(BlockType::Empty);
        let results = self.results();
        self.code.values(&results, 0);
        self.code.put().return_().end();
    }

    fn statements(&mut self, count: usize) {
        for _ in 0..count {
            self.statement();
        }
    }

    /// One statement, which leaves the stack as it was.
    fn statement(&mut self) {
        if self.left == 0 || self.labels.len() > DEEPEST {
            return self.assign();
        }
        self.left -= 1;
        match self.code.entropy.below(32) {
            0 => self.assign(),
            1 => match self.code.entropy.below(3) {
                0 => self.assign(),
                1 => self.code.neighbours(),
                _ => self.code.crowd(),
            },
            2..=8 => self.branch_statement(),
            9..=11 => self.loop_statement(),
            12..=18 => self.call_statement(),
            19..=24 => self.exception_statement(),
            25..=30 => self.bulk_statement(),
            _ => self.rarely(|flow| {
                flow.code.put().nop().unreachable();
                flow.dead();
            }),
        }
    }

    /// A value of any kind goes anywhere.
    fn assign(&mut self) {
        let ty = world::any_type(&mut self.code);
        self.code.value(ty, 2);
        self.code.consume(ty, 2);
    }

    /// Takes values of these types from the stack.
    fn bind(&mut self, types: &[ValType]) {
        for &ty in types.iter().rev() {
            let depth = self.code.entropy.below(2) as u32;
            self.code.consume(ty, depth);
        }
    }

    /// A few types for a block or a branch to carry.
    fn some_types(&mut self, most: usize) -> Vec<ValType> {
        let count = self.code.entropy.below(most + 1);
        let mut types = Vec::new();
        for _ in 0..count {
            types.push(world::any_type(&mut self.code));
        }
        types
    }

    /// A block's type.
    fn block_type(&mut self, params: &[ValType], results: &[ValType]) -> BlockType {
        match (params, results) {
            ([], []) => BlockType::Empty,
            ([], &[result]) => BlockType::Result(result),
            _ => BlockType::FunctionType(self.code.shape.type_of(Signature {
                params: params.to_vec(),
                results: results.to_vec(),
            })),
        }
    }

    /// Statements inside a label that carries these types.
    fn inside(&mut self, types: &[ValType], inner: impl FnOnce(&mut Self)) {
        self.labels.push(Label {
            types: types.to_vec(),
        });
        inner(self);
        self.labels.pop();
    }

    /// `inner` in an `if` whose condition seldom holds.
    fn rarely(&mut self, inner: impl FnOnce(&mut Self)) {
        let value = self.code.entropy.below(16) as i32;
        self.code.local_get(ValType::I32);
        self.code
            .put()
            .i32_const(15)
            .i32_and()
            .i32_const(value)
            .i32_eq();
        self.conditionally(inner);
    }

    /// `inner` in an `if` that may or may not be taken.
    fn perhaps(&mut self, inner: impl FnOnce(&mut Self)) {
        self.code.condition(1);
        self.conditionally(inner);
    }

    fn conditionally(&mut self, inner: impl FnOnce(&mut Self)) {
        self.code.put().if_(BlockType::Empty);
        self.inside(&[], inner);
        self.code.put().end();
    }

    /// Code that nothing reaches, after a branch that is always taken: its
    /// operands come from nowhere, or it is like any other.
    fn dead(&mut self) {
        match self.code.entropy.below(4) {
            0 => {
                let row = self.code.entropy.pick(rows());
                if row.access.is_none() {
                    self.code.op(row);
                    self.code.put().drop();
                }
            }
            1 => self.statement(),
            2 => drop(self.code.put().select().drop()),
            _ => {}
        }
    }
}

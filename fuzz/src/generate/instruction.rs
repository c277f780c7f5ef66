//! Single instructions on corner values, with operands and uses in every form
//! that lowering tells apart.

use wasm_encoder::{BlockType, Function, ValType};

use super::code::Code;
use super::rows::{Menu, Row, rows};
use super::shape::{NUMBERS, Shape, Signature};
use crate::entropy::Entropy;
use crate::program::Program;

/// A few functions, each around one row of the opcode table.
pub(super) fn make(entropy: &mut Entropy<'_>) -> Option<Program> {
    let mut shape = Shape::default();
    if entropy.chance(1, 4) {
        shape.function(signature(entropy, 2, 1));
        shape.imported = 1;
    }
    shape.add_globals(entropy);
    for _ in 0..1 + entropy.below(2) {
        shape.add_memory(entropy);
    }
    let count = 1 + entropy.below(3);
    let (mut bodies, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let row = entropy.pick(rows());
        let mut own = signature(entropy, 3, 2);
        // Operands of the row as parameters, so that calls choose them.
        own.params.splice(0..0, row.params.iter().copied());
        let function = shape.function(own);
        bodies.push(body(entropy, &mut shape, function, row));
        for _ in 0..3 + entropy.below(6) {
            calls.push(shape.call(function, entropy));
        }
    }
    Some(shape.program(&bodies, calls))
}

/// A type with up to this many parameters and results.
fn signature(entropy: &mut Entropy<'_>, params: usize, results: usize) -> Signature {
    let mut some = |most: usize| {
        let count = entropy.below(most + 1);
        (0..count).map(|_| *entropy.pick(&NUMBERS)).collect()
    };
    Signature {
        params: some(params),
        results: some(results),
    }
}

fn body(entropy: &mut Entropy<'_>, shape: &mut Shape, function: u32, row: &Row) -> Function {
    let results = shape.signature(function).results.clone();
    let mut code = Code::new(entropy, shape, Menu::any(), function);
    for _ in 0..1 + code.entropy.below(4) {
        statement(&mut code, row);
    }
    code.values(&results, 1);
    code.finish()
}

/// One or more instances of the row, and what becomes of their results.
fn statement(code: &mut Code<'_, '_>, row: &Row) {
    match code.entropy.below(16) {
        0 => return code.neighbours(),
        1 if code.entropy.chance(1, 2) => return code.crowd(),
        _ => {}
    }
    let wild = code.entropy.chance(1, 2);
    let Some(ty) = row.result else {
        return store(code, row, wild);
    };
    let depth = code.entropy.below(3) as u32;
    match code.entropy.below(10) {
        0 | 1 => code.row(row, depth, wild),
        2 => {
            // The result is stored at once.
            let store = code.menu.store(ty, code.entropy);
            return code.store_with(store, |code| code.row(row, depth, wild));
        }
        3 => {
            // The result waits on the stack while something else happens.
            code.row(row, depth, wild);
            let other = *code.entropy.pick(&NUMBERS);
            code.value(other, 2);
            code.consume(other, 1);
        }
        4 => {
            code.put().block(BlockType::Result(ty));
            code.row(row, depth, wild);
            code.condition(1);
            code.put().br_if(0).drop();
            code.row(row, depth, wild);
            code.put().end();
        }
        5 => {
            code.condition(1);
            code.put().if_(BlockType::Result(ty));
            code.row(row, depth, wild);
            code.put().else_();
            code.value(ty, 1);
            code.put().end();
        }
        6 => {
            code.row(row, depth, wild);
            code.row(row, depth, wild);
            code.condition(1);
            code.put().select();
        }
        7 => return repeated(code, row, ty, wild),
        8 => {
            // The result is an operand of the same instruction, if it fits.
            code.row(row, depth, wild);
            if row.access.is_none() && row.params[0] == ty {
                let rest = &row.params[1..];
                code.values(rest, depth);
                code.op(row);
            }
        }
        _ => {
            code.row(row, depth, wild);
            code.test(ty, 1);
            return code.consume(ValType::I32, 2);
        }
    }
    code.consume(ty, 2);
}

/// A row that gives nothing: its value comes in every form.
fn store(code: &mut Code<'_, '_>, row: &Row, wild: bool) {
    let depth = code.entropy.below(3) as u32;
    code.row(row, depth, wild);
    if code.entropy.chance(1, 3) {
        // Seen again by a load, perhaps of other bytes.
        let ty = *code.entropy.pick(&NUMBERS);
        let load = code.menu.load(ty, code.entropy);
        code.row(load, 0, false);
        code.consume(ty, 1);
    }
}

/// The row in a loop that runs a few times.
fn repeated(code: &mut Code<'_, '_>, row: &Row, ty: ValType, wild: bool) {
    let counter = code.local(ValType::I32);
    let rounds = 1 + code.entropy.below(5) as i32;
    code.put()
        .i32_const(rounds)
        .local_set(counter)
        .loop_(BlockType::Empty);
    code.row(row, 1, wild);
    code.consume(ty, 1);
    code.put()
        .local_get(counter)
        .i32_const(1)
        .i32_sub()
        .local_tee(counter)
        .br_if(0)
        .end();
}

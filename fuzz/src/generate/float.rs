//! Floats, NaNs above all: their bits go through everything that may or may
//! not change them, and every place where they can be seen is shown.

use wasm_encoder::{BlockType, Function, Ieee32, Ieee64, ValType};

use super::code::Code;
use super::rows::Menu;
use super::shape::{Shape, Signature};
use crate::corners;
use crate::entropy::Entropy;
use crate::program::Program;

const FLOATS: [ValType; 3] = [ValType::F32, ValType::F64, ValType::V128];

/// Functions over floats that call those before them.
pub(super) fn make(entropy: &mut Entropy<'_>) -> Option<Program> {
    let mut shape = Shape::default();
    if entropy.chance(1, 4) {
        shape.function(signature(entropy));
        shape.imported = 1;
    }
    shape.add_globals(entropy);
    shape.add_memory(entropy);
    let (mut bodies, mut calls) = (Vec::new(), Vec::new());
    for _ in 0..1 + entropy.below(4) {
        let signature = signature(entropy);
        let function = shape.function(signature);
        bodies.push(body(entropy, &mut shape, function));
        for _ in 0..2 + entropy.below(4) {
            calls.push(shape.call(function, entropy));
        }
    }
    Some(shape.program(&bodies, calls))
}

/// Float parameters; one result most of the time, so that calls are operands.
fn signature(entropy: &mut Entropy<'_>) -> Signature {
    let params = 1 + entropy.below(4);
    let results = *entropy.pick(&[1, 1, 1, 0, 2, 3]);
    let mut some = |count| (0..count).map(|_| *entropy.pick(&FLOATS)).collect();
    Signature {
        params: some(params),
        results: some(results),
    }
}

fn body(entropy: &mut Entropy<'_>, shape: &mut Shape, function: u32) -> Function {
    let results = shape.signature(function).results.clone();
    let mut code = Code::new(entropy, shape, Menu::floats(), function);
    for ty in FLOATS {
        code.free_local(ty);
    }
    for _ in 0..1 + code.entropy.below(3) {
        match code.entropy.below(12) {
            0..4 => repeated(&mut code),
            4 => code.crowd(),
            5 => code.neighbours(),
            _ => statements(&mut code),
        }
    }
    show(&mut code);
    code.values(&results, 1);
    code.finish()
}

fn statements(code: &mut Code<'_, '_>) {
    for _ in 0..1 + code.entropy.below(6) {
        let ty = match code.entropy.chance(1, 6) {
            true => *code.entropy.pick(&[ValType::I32, ValType::I64]),
            false => *code.entropy.pick(&FLOATS),
        };
        if code.entropy.chance(1, 4) {
            nan(code, ty);
        } else {
            code.value(ty, 3);
        }
        code.consume(ty, 2);
    }
}

/// The statements in a loop that runs a few times, values going round.
fn repeated(code: &mut Code<'_, '_>) {
    let counter = code.local(ValType::I32);
    let rounds = 1 + code.entropy.below(12) as i32;
    code.put()
        .i32_const(rounds)
        .local_set(counter)
        .loop_(BlockType::Empty);
    statements(code);
    code.put()
        .local_get(counter)
        .i32_const(1)
        .i32_sub()
        .local_tee(counter)
        .br_if(0)
        .end();
}

/// Pushes a NaN constant of any bits.
fn nan(code: &mut Code<'_, '_>, ty: ValType) {
    let entropy = &mut *code.entropy;
    match ty {
        ValType::F32 => {
            let bits = nan_32(entropy);
            code.put().f32_const(Ieee32::new(bits));
        }
        ValType::F64 => {
            let bits = nan_64(entropy);
            code.put().f64_const(Ieee64::new(bits));
        }
        ValType::V128 if entropy.chance(1, 2) => {
            let lanes = (0..4).fold(0, |v: u128, _| v << 32 | u128::from(nan_32(entropy)));
            code.put().v128_const(lanes as i128);
        }
        ValType::V128 => {
            let lanes = (0..2).fold(0, |v: u128, _| v << 64 | u128::from(nan_64(entropy)));
            code.put().v128_const(lanes as i128);
        }
        other => code.constant(other),
    }
}

/// Any 32-bit NaN, or at times a number beside which it stands.
fn nan_32(entropy: &mut Entropy<'_>) -> u32 {
    let payload = 1 + entropy.below(0x7f_ffff) as u32;
    match entropy.below(4) {
        0 => *entropy.pick(corners::F32),
        1 => 0x7f80_0000 | payload,
        2 => 0xff80_0000 | payload,
        _ => 0x7fc0_0000,
    }
}

/// Any 64-bit NaN, or at times a number beside which it stands.
fn nan_64(entropy: &mut Entropy<'_>) -> u64 {
    let payload = 1 + entropy.any::<u32>() as u64;
    match entropy.below(4) {
        0 => *entropy.pick(corners::F64),
        1 => 0x7ff0_0000_0000_0000 | payload << 19,
        2 => 0xfff0_0000_0000_0000 | payload,
        _ => 0x7ff8_0000_0000_0000,
    }
}

/// Writes what float locals hold to memory, where bits can be seen.
fn show(code: &mut Code<'_, '_>) {
    for (local, ty) in code.free_locals() {
        if FLOATS.contains(&ty) && code.entropy.chance(3, 4) {
            let row = code.menu.store(ty, code.entropy);
            code.store_with(row, |code| {
                code.put().local_get(local);
            });
        }
    }
}

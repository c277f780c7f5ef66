//! Modules that people or compilers made, mutated.

use std::mem::discriminant;
use std::panic::catch_unwind;

use spec_tests::tier::Value;
use wasm_mutate::WasmMutate;
use wasmparser::{ExternalKind, Operator, Parser, Payload};

use super::pool::Pool;
use super::{ALL, Generator};
use crate::entropy::{Entropy, bytes_of};
use crate::program::{Call, Program};

/// Work that wasm-mutate may do for one mutation.
const MUTATION_FUEL: u64 = 300;

/// Attempts at a mutation that yields something.
const ATTEMPTS: usize = 4;

/// Some mutations double a module again and again.
const MOST_BYTES: usize = 256 << 10;

/// Calls of one program, those of its script included.
const MOST_CALLS: usize = 40;

pub(super) fn make(entropy: &mut Entropy<'_>) -> Option<Program> {
    let original = original(entropy)?;
    let rounds = 1 + entropy.below(4);
    let keeps_meaning = entropy.chance(1, 3);
    let mut wasm = original.wasm.clone();
    for _ in 0..rounds {
        if let Some(mutated) = mutated(&wasm, keeps_meaning, entropy) {
            wasm = mutated;
        }
    }
    let mut program = Program::calling_all(wasm, 1, entropy).ok()?;
    keep_calls(&mut program.calls, &original.calls, entropy);
    program.calls.truncate(MOST_CALLS);
    Some(program)
}

/// Something to begin with: from the pool, or from another generator.
pub(super) fn original(entropy: &mut Entropy<'_>) -> Option<Program> {
    let pool = Pool::get().programs();
    if pool.is_empty() || entropy.chance(1, 3) {
        let others: Vec<&Generator> = ALL.iter().filter(|g| g.name != "mutate").collect();
        let generator = *entropy.pick(&others);
        let seed = entropy.any();
        let bytes = bytes_of("original", seed, generator.bytes);
        return (generator.make)(&mut Entropy::new(&bytes));
    }
    Some(entropy.pick(pool).clone())
}

/// A mutation of a module that the engine takes, or None if none was found.
fn mutated(wasm: &[u8], keeps_meaning: bool, entropy: &mut Entropy<'_>) -> Option<Vec<u8>> {
    if !suits_mutation(wasm)? {
        return None;
    }
    let engine = lockstep_vm::Engine::default();
    (0..ATTEMPTS).find_map(|_| {
        let seed = entropy.any();
        // What else wasm-mutate falls over is no concern of the engine's.
        let found = catch_unwind(|| mutation(wasm, keeps_meaning, seed)).ok()??;
        lockstep_vm::Module::new(&engine, &found).ok()?;
        Some(found)
    })
}

fn mutation(wasm: &[u8], keeps_meaning: bool, seed: u64) -> Option<Vec<u8>> {
    let mut mutate = WasmMutate::default();
    mutate
        .seed(seed)
        .preserve_semantics(keeps_meaning)
        .fuel(MUTATION_FUEL);
    let found = mutate.run(wasm).ok()?.next()?.ok()?;
    (found.len() <= MOST_BYTES).then_some(found)
}

/// Whether wasm-mutate knows everything in a module: it panics at exported
/// tags and at the legacy `try`.
fn suits_mutation(wasm: &[u8]) -> Option<bool> {
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::ExportSection(reader) => {
                for export in reader {
                    if export.ok()?.kind == ExternalKind::Tag {
                        return Some(false);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                for operator in body.get_operators_reader().ok()? {
                    if let Operator::Try { .. } = operator.ok()? {
                        return Some(false);
                    }
                }
            }
            _ => {}
        }
    }
    Some(true)
}

/// Puts the calls that came with the original in front of `calls`, those that
/// still fit: all their arguments are of the types the function takes now.
fn keep_calls(calls: &mut Vec<Call>, original: &[Call], entropy: &mut Entropy<'_>) {
    let fits = |call: &&Call| {
        calls.iter().any(|now| {
            let same = |(a, b): (&Value, &Value)| discriminant(a) == discriminant(b);
            now.export == call.export
                && now.arguments.len() == call.arguments.len()
                && now.arguments.iter().zip(&call.arguments).all(same)
        })
    };
    let mut kept: Vec<Call> = original.iter().filter(fits).cloned().collect();
    // Scripts call one function many times in a row.
    while kept.len() > MOST_CALLS / 2 {
        let drop = entropy.below(kept.len());
        kept.remove(drop);
    }
    calls.splice(0..0, kept);
}

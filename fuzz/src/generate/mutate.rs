//! Modules that people or compilers made, mutated.

use std::mem::discriminant;

use spec_tests::tier::Value;
use wasm_mutate::WasmMutate;

use super::pool::Pool;
use super::{ALL, Generator};
use crate::entropy::{Entropy, bytes_of};
use crate::program::{Call, Program};

/// Work that wasm-mutate may do for one mutation.
const MUTATION_FUEL: u64 = 300;

/// Attempts at a mutation that yields something.
const ATTEMPTS: usize = 4;

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
    let engine = lockstep_vm::Engine::default();
    (0..ATTEMPTS).find_map(|_| {
        let mut mutate = WasmMutate::default();
        mutate
            .seed(entropy.any())
            .preserve_semantics(keeps_meaning)
            .fuel(MUTATION_FUEL);
        let found = mutate.run(wasm).ok()?.next()?.ok()?;
        lockstep_vm::Module::new(&engine, &found).ok()?;
        Some(found)
    })
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

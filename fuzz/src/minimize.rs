//! Smaller programs with the same finding.

use lockstep_vm::{Engine, ExternType, Module};
use spec_tests::tier::Value;
use wasm_shrink::{IsInteresting, WasmShrink};

use crate::check::{Finding, Oracles};
use crate::program::{Call, Program};

/// Shrinking steps that are tried on the module.
const ATTEMPTS: u32 = 2_000;

/// The answer to whether a smaller module still shows the finding.
struct Interesting(bool);

impl std::fmt::Display for Interesting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0 {
            "shows the finding"
        } else {
            "does not show it"
        })
    }
}

impl IsInteresting for Interesting {
    fn is_interesting(&self) -> bool {
        self.0
    }
}

/// Makes a program smaller while it keeps showing a finding like this one:
/// first fewer calls, then a smaller module, then simpler arguments.
pub fn minimize(oracles: &Oracles, program: &Program, finding: &Finding) -> Program {
    let shows = |program: &Program| oracles.shown(program, finding).is_some();
    let mut best = fewer_calls(program.clone(), &shows);
    if let Some(smaller) = smaller_module(&best, &shows) {
        best = fewer_calls(smaller, &shows);
    }
    simpler_arguments(best, &shows)
}

/// Drops halves, quarters, ... and at last single calls.
fn fewer_calls(mut program: Program, shows: &dyn Fn(&Program) -> bool) -> Program {
    let mut size = program.calls.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < program.calls.len() {
            let mut candidate = program.clone();
            let end = (at + size).min(candidate.calls.len());
            candidate.calls.drain(at..end);
            if shows(&candidate) {
                program = candidate;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    program
}

fn smaller_module(program: &Program, shows: &dyn Fn(&Program) -> bool) -> Option<Program> {
    let with = |wasm: &[u8]| {
        let calls = still_possible(&program.calls, wasm)?;
        Some(Program {
            wasm: wasm.to_vec(),
            calls,
            fuel: program.fuel,
        })
    };
    let mut predicate = |wasm: &[u8]| Ok(Interesting(with(wasm).is_some_and(|p| shows(&p))));
    let shrink = WasmShrink::default().attempts(ATTEMPTS).seed(1);
    let info = shrink.run(program.wasm.clone(), &mut predicate).ok()?;
    with(&info.output)
}

/// The calls whose exports are still there with the same parameters. None if
/// the engine refuses the module.
fn still_possible(calls: &[Call], wasm: &[u8]) -> Option<Vec<Call>> {
    let module = Module::new(&Engine::default(), wasm).ok()?;
    let possible = |call: &&Call| {
        module.exports().any(|export| {
            matches!(export.ty(), ExternType::Func(ty) if ty.params().len() == call.arguments.len())
                && export.name() == call.export
        })
    };
    Some(calls.iter().filter(possible).cloned().collect())
}

fn simpler_arguments(mut program: Program, shows: &dyn Fn(&Program) -> bool) -> Program {
    for call in 0..program.calls.len() {
        for argument in 0..program.calls[call].arguments.len() {
            for simple in [0, 1] {
                let mut candidate = program.clone();
                let value = &mut candidate.calls[call].arguments[argument];
                *value = match *value {
                    Value::I32(_) => Value::I32(simple),
                    Value::I64(_) => Value::I64(simple.into()),
                    Value::F32(_) => Value::F32((simple as f32).to_bits()),
                    Value::F64(_) => Value::F64(f64::from(simple).to_bits()),
                    Value::V128(_) => Value::V128(simple as u128),
                    other => other,
                };
                if candidate != program && shows(&candidate) {
                    program = candidate;
                    break;
                }
            }
        }
    }
    program
}

//! Whatever is lowered, the code is well-formed and its fuel is the table's.

mod text;

use arbitrary::Unstructured;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use wasm_smith::Config;

use super::{lower, map, op_of};
use crate::code::verify::verify;
use crate::error::Error;
use crate::module::ModuleData;
use crate::module::decode::Body;
use crate::module::instr::Instr;
use crate::module::types::TypeRegistry;
use crate::profile::{Profile, RelaxedMadd};

/// Fuel of all instructions of a body that can be reached, counted without
/// lowering it.
struct Reach {
    fuel: u64,
    is_live: bool,
    /// Structured instructions opened in dead code.
    dead: u32,
    open: Vec<Open>,
}

/// An open structured instruction.
#[derive(Default)]
struct Open {
    is_loop: bool,
    /// An `if` without an `else` so far: control can pass it by.
    is_if: bool,
    /// Something branches to its label.
    is_target: bool,
}

impl Reach {
    fn fuel_of(module: &ModuleData, defined: usize) -> u64 {
        let mut reach = Reach {
            fuel: 0,
            is_live: true,
            dead: 0,
            open: vec![Open::default()],
        };
        let (mut body, _) = Body::new(module, defined).unwrap();
        while let Some((_, instr)) = body.next().unwrap() {
            reach.instruction(&instr);
        }
        assert!(reach.open.is_empty(), "the body is not closed");
        reach.fuel
    }

    fn target(&mut self, depth: u32) {
        let index = self.open.len() - 1 - depth as usize;
        self.open[index].is_target = true;
    }

    fn instruction(&mut self, instr: &Instr) {
        use Instr as I;
        let opens = matches!(
            instr,
            I::Block(_) | I::Loop(_) | I::If(_) | I::TryTable(..) | I::Try(_)
        );
        if self.is_live {
            self.fuel += u64::from(op_of(instr).fuel());
        } else if opens {
            self.dead += 1;
            return;
        } else if self.dead > 0 {
            self.dead -= u32::from(matches!(instr, I::End | I::Delegate(_)));
            return;
        }
        match instr {
            I::End | I::Delegate(_) => {
                let open = self.open.pop().expect("an open structure");
                self.is_live |= open.is_if || open.is_target && !open.is_loop;
            }
            I::Else | I::Catch(_) | I::CatchAll => {
                let open = self.open.last_mut().expect("an open structure");
                open.is_target |= self.is_live;
                open.is_if = false;
                self.is_live = true;
            }
            other if self.is_live => self.live(other, opens),
            _ => {}
        }
    }

    fn live(&mut self, instr: &Instr, opens: bool) {
        use Instr as I;
        match instr {
            I::Br(depth) | I::BrIf(depth) | I::BrOnNull(depth) | I::BrOnNonNull(depth) => {
                self.target(*depth);
            }
            I::BrTable(labels) => labels.iter().for_each(|&depth| self.target(depth)),
            I::TryTable(_, clauses) => {
                clauses.iter().for_each(|clause| self.target(clause.label));
            }
            _ => {}
        }
        if opens {
            self.open.push(Open {
                is_loop: matches!(instr, I::Loop(_)),
                is_if: matches!(instr, I::If(_)),
                is_target: false,
            });
        }
        self.is_live = !matches!(
            instr,
            I::Br(_)
                | I::BrTable(_)
                | I::Return
                | I::Unreachable
                | I::ReturnCall(_)
                | I::ReturnCallIndirect { .. }
                | I::ReturnCallRef(_)
                | I::Throw(_)
                | I::ThrowRef
                | I::Rethrow(_)
        );
    }
}

/// Lowers every function of a module and looks it over.
fn check(wasm: &[u8], profile: &Profile) {
    let types = TypeRegistry::default();
    let module = match ModuleData::parse(wasm, &types, &profile.limits) {
        Ok(module) => module,
        Err(error) => panic!("the generator's module: {error}"),
    };
    for defined in 0..module.bodies.len() {
        let index = module.imported.funcs + defined as u32;
        let code = match lower(&module, profile, index, usize::MAX) {
            Ok(code) => code,
            Err(Error::Limit(_)) => continue,
            Err(error) => panic!("function {index}: {error}"),
        };
        let fuel = verify(&code, &map(&module, profile, index).unwrap());
        assert_eq!(fuel, Reach::fuel_of(&module, defined), "function {index}");
        let lines = code.listing().lines().count();
        assert!(lines > 1, "function {index} has no text");
    }
}

fn profiles() -> impl Strategy<Value = Profile> {
    any::<bool>().prop_map(|unfused| Profile {
        relaxed_madd: match unfused {
            true => RelaxedMadd::Unfused,
            false => RelaxedMadd::Fused,
        },
        ..Profile::default()
    })
}

fn smith(bytes: &[u8]) -> Option<Vec<u8>> {
    let config = Config {
        gc_enabled: false,
        custom_page_sizes_enabled: false,
        compact_imports_enabled: false,
        threads_enabled: false,
        shared_everything_threads_enabled: false,
        wide_arithmetic_enabled: false,
        exceptions_enabled: true,
        memory64_enabled: true,
        relaxed_simd_enabled: true,
        tail_call_enabled: true,
        max_memories: 3,
        max_instructions: 400,
        allow_start_export: true,
        ..Config::default()
    };
    let module = wasm_smith::Module::new(config, &mut Unstructured::new(bytes));
    Some(module.ok()?.to_bytes())
}

/// The same cases every time, unless the environment asks for others.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn stack_programs_become_well_formed_code(
        bytes in prop::collection::vec(any::<u8>(), 16..1200), profile in profiles(),
    ) {
        let text = text::module(&bytes);
        let wasm = wat::parse_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        check(&wasm, &profile);
    }

    #[test]
    fn any_module_becomes_well_formed_code(
        bytes in prop::collection::vec(any::<u8>(), 256..4096), profile in profiles(),
    ) {
        if let Some(wasm) = smith(&bytes) {
            check(&wasm, &profile);
        }
    }
}

//! Modules from wasm-smith, with the engine's features, each of them left out
//! of some modules: what is absent makes room for more of the rest.

use wasm_smith::{Config, InstructionKind, InstructionKinds, Module};

use super::sections::{REFUEL, with_distinct_imports, with_refuel};
use crate::entropy::Entropy;
use crate::program::{Call, FUEL, Program};

pub(super) fn make(entropy: &mut Entropy<'_>) -> Option<Program> {
    let config = config(entropy);
    let terminates = entropy.chance(7, 8);
    let rounds = 10 + entropy.below(1000) as u32;
    let mut module = Module::new(config, entropy.unstructured()).ok()?;
    if !terminates {
        let wasm = with_distinct_imports(&module.to_bytes())?;
        let mut program = Program::calling_all(wasm, 2, entropy).ok()?;
        // Most of these end by fuel or by themselves soon.
        program.fuel = FUEL / 20;
        return Some(program);
    }
    let budget = module.ensure_termination(rounds).ok()?;
    let wasm = with_distinct_imports(&module.to_bytes())?;
    let wasm = with_refuel(&wasm, budget, rounds as i32)?;
    let mut program = Program::calling_all(wasm, 2, entropy).ok()?;
    // A budget for each call, or the first long one would be the last.
    program.calls.retain(|call| call.export != REFUEL);
    let refuelled = program.calls.into_iter().flat_map(|call| {
        let refuel = Call {
            export: REFUEL.to_owned(),
            arguments: Vec::new(),
        };
        [refuel, call]
    });
    program.calls = refuelled.collect();
    Some(program)
}

/// Features and sizes. What the engine refuses is off in all of them.
fn config(entropy: &mut Entropy<'_>) -> Config {
    let mut on = || entropy.chance(3, 4);
    let mut config = Config {
        simd_enabled: on(),
        exceptions_enabled: on(),
        tail_call_enabled: on(),
        reference_types_enabled: on(),
        memory64_enabled: on(),
        multi_value_enabled: on(),
        bulk_memory_enabled: on(),
        extended_const_enabled: on(),
        saturating_float_to_int_enabled: on(),
        sign_extension_ops_enabled: on(),
        allow_floats: on(),
        allow_start_export: on(),
        relaxed_simd_enabled: on(),
        disallow_traps: entropy.chance(1, 2),
        gc_enabled: false,
        threads_enabled: false,
        shared_everything_threads_enabled: false,
        acquire_release_atomics_enabled: false,
        custom_page_sizes_enabled: false,
        custom_descriptors_enabled: false,
        compact_imports_enabled: false,
        wide_arithmetic_enabled: false,
        allow_invalid_funcs: false,
        canonicalize_nans: false,
        export_everything: true,
        generate_custom_sections: false,
        memory_max_size_required: true,
        table_max_size_required: true,
        max_memory32_bytes: 4 << 16,
        max_memory64_bytes: 4 << 16,
        max_table_elements: 1000,
        ..Config::default()
    };
    config.relaxed_simd_enabled &= config.simd_enabled;
    // Passive segments, several tables and null references need these.
    config.bulk_memory_enabled |= config.reference_types_enabled;
    sizes(&mut config, entropy);
    if entropy.chance(1, 4) {
        config.allowed_instructions = some_kinds(entropy);
    }
    config
}

fn sizes(config: &mut Config, entropy: &mut Entropy<'_>) {
    let is_large = entropy.chance(1, 8);
    let scale = if is_large { 8 } else { 1 };
    config.min_funcs = 1 + entropy.below(4);
    config.max_funcs = config.min_funcs + scale * entropy.below(4);
    config.max_instructions = scale * (10 + entropy.below(150));
    // Without a type there is no function.
    config.min_types = 1 + entropy.below(4);
    config.max_types = 4 + entropy.below(12);
    config.max_type_size = 100_000;
    config.max_values = 1 + entropy.below(8);
    config.min_globals = entropy.below(4);
    config.max_globals = config.min_globals + entropy.below(4);
    config.min_memories = entropy.below(3) as u32;
    // Room for imported ones, or the least can not be had.
    config.max_memories = config.min_memories as usize + 4;
    config.min_tables = entropy.below(3) as u32;
    if !config.reference_types_enabled {
        config.min_tables = config.min_tables.min(1);
    }
    config.max_tables = config.min_tables as usize + 4;
    config.max_tags = 4;
    config.max_data_segments = entropy.below(6);
    config.max_element_segments = entropy.below(6);
    config.max_elements = 1 + entropy.below(16);
    config.max_imports = match entropy.chance(1, 4) {
        true => 1 + entropy.below(6),
        false => 0,
    };
}

/// Some kinds of instructions only.
fn some_kinds(entropy: &mut Entropy<'_>) -> InstructionKinds {
    let all = [
        InstructionKind::Numeric,
        InstructionKind::Vector,
        InstructionKind::Reference,
        InstructionKind::Parametric,
        InstructionKind::Variable,
        InstructionKind::Table,
        InstructionKind::Memory,
        InstructionKind::Control,
    ];
    let some = all.into_iter().filter(|_| entropy.chance(1, 2));
    InstructionKinds::new(&some.collect::<Vec<_>>())
}

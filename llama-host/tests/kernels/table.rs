//! The table of hashes and costs.

use std::fmt::Write;
use std::sync::Arc;

use lockstep_llama::kernels::{Fuel, KERNELS, Kernel, Loop, Work, twins};
use lockstep_llama::{Cache, ModuleOptions, module_path};
use lockstep_simd::kernels::{Activations, Isa, Threads};
use lockstep_vm::{Config, Engine, Module, Tier};

use crate::machine::{Machine, module};

/// How many elements make one run of each loop of a row, and none of the others.
fn elements_of_loops(work: Work) -> Vec<u64> {
    match work {
        Work::Quantize(kind) => vec![kind.block_elements() as u64],
        Work::Matmul(format) => match format.activations() {
            Activations::F32 => vec![16, 4, 1],
            Activations::Q8x32 => vec![128, 32],
            Activations::Q8x256 => vec![256],
        },
        Work::Softmax | Work::Pointwise(_) | Work::RmsNormMul => vec![16, 4, 1],
    }
}

/// The arguments of a call with all addresses and floats 0.
pub(crate) fn arguments(work: Work, rows: u64, cols: u64, elements: u64) -> Vec<u64> {
    let [integers, floats] = work.params();
    let mut args = vec![0; integers];
    match work {
        Work::Matmul(_) => args[integers - 3..].copy_from_slice(&[rows, cols, elements]),
        _ => args[integers - 2..].copy_from_slice(&[rows, elements]),
    }
    args.resize(integers + floats, 0);
    args
}

/// Measures what each part of a kernel costs.
fn measure(machine: &mut Machine, kernel: &Kernel) -> Fuel {
    let mut cost =
        |rows, cols, k| machine.call(kernel, &arguments(kernel.work, rows, cols, k)) as i64;
    let (one, two_rows, two_cols) = (cost(1, 1, 0), cost(2, 1, 0), cost(1, 2, 0));
    let row = two_rows - one;
    let col = match kernel.work {
        Work::Matmul(_) => two_cols - one - row,
        _ => 0,
    };
    let mut loops = [Loop::default(); 3];
    for (cost_of, elements) in loops.iter_mut().zip(elements_of_loops(kernel.work)) {
        let step = cost(1, 1, 2 * elements) - cost(1, 1, elements);
        cost_of.step = step as u64;
        cost_of.enter = cost(1, 1, elements) - one - step;
    }
    Fuel {
        no_rows: cost(0, 1, 256) as u64,
        no_cols: match kernel.work {
            Work::Matmul(_) => cost(1, 0, 256) as u64,
            _ => 0,
        },
        call: (one - row - col) as u64,
        col: col as u64,
        row: row as u64,
        loops,
    }
}

/// A kernel as the table has it.
fn line(kernel: &Kernel) -> String {
    let mut hash = String::new();
    for byte in kernel.hash {
        write!(hash, "{byte:02x}").expect("strings take all");
    }
    let Fuel {
        no_rows,
        no_cols,
        call,
        col,
        row,
        loops,
    } = kernel.fuel;
    let loops = loops.map(|cost| format!("({}, {})", cost.enter, cost.step));
    format!(
        "    kernel(\"{}\", Work::{:?}, \"{hash}\", [{no_rows}, {no_cols}, {call}, {col}, {row}], [{}]),\n",
        kernel.name,
        kernel.work,
        loops.join(", "),
    )
    .replace("(Q8x", "(Activations::Q8x")
    .replace("Matmul(", "Matmul(Format::")
    .replace("Pointwise(", "Pointwise(Pointwise::")
}

#[test]
fn the_table_is_that_of_the_kernels_as_they_are_built() {
    let module = module(&Engine::default());
    let mut machine = Machine::new(Tier::Interpreter, 4);
    let built = KERNELS.map(|kernel| {
        let index = module.find_function(kernel.name);
        let hash = index.and_then(|index| module.twin_hash(index));
        Kernel {
            hash: hash.unwrap_or_else(|| panic!("{} is not there", kernel.name)),
            fuel: measure(&mut machine, &kernel),
            ..kernel
        }
    });
    assert_eq!(module.exports().len(), KERNELS.len() + 1);
    let text: String = built.iter().map(line).collect();
    let known: String = KERNELS.iter().map(line).collect();
    assert!(text == known, "the table should have these lines:\n{text}");
}

/// A module whose recognised functions are not closed is refused.
#[test]
fn all_kernels_are_closed_and_recognised() {
    let twins = twins(Isa::Portable, &Arc::new(Threads::one()));
    let engine = Engine::new(&Config::new().twins(Arc::new(twins))).expect("valid");
    let names: Vec<_> = KERNELS.iter().map(|kernel| kernel.name).collect();
    let module = module(&engine);
    let found: Vec<_> = module.twins().map(|(_, name)| name).collect();
    assert_eq!(found, names);
}

/// Looks into the module of llama.cpp if this machine has one.
#[test]
fn the_module_of_llama_has_the_same_kernels() {
    let cache = Cache::at_home().expect("there is a home");
    let path = module_path(&cache, ModuleOptions::default());
    let Ok(wasm) = std::fs::read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return;
    };
    let module = Module::new(&Engine::default(), &wasm).expect("the module is valid");
    for kernel in &KERNELS {
        let index = module.find_function(kernel.name);
        let hash = index.and_then(|index| module.twin_hash(index));
        assert_eq!(hash, Some(kernel.hash), "{}", kernel.name);
    }
}

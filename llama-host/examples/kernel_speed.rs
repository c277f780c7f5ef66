//! Measures the kernels' bodies in the interpreter and as machine code.
//!
//! `cargo run --release -p lockstep-llama --example kernel_speed [MODULE]`: the module of the kernels alone is built
//! unless it is given. Each kernel computes one column of a matrix that fits the second cache, as decoding does.

use std::error::Error;
use std::time::Instant;

use lockstep_llama::kernels::{KERNELS, Kernel, Work};
use lockstep_llama::{Cache, Silent, ensure_kernels};
use lockstep_vm::{Config, Engine, Func, Linker, Module, Store, Tier, Val};

/// Rows and elements of a row.
const ROWS: u64 = 64;
const K: u64 = 2048;

/// Where outputs, weights and activations are.
const OUT: u64 = 0;
const WEIGHTS: u64 = 1 << 20;
const ACTIVATIONS: u64 = 3 << 20;
const PAGES: u64 = 64;

fn arguments(kernel: &Kernel) -> Vec<Val> {
    let args = match kernel.work {
        Work::Quantize(kind) => {
            let bytes = kind.row_bytes(K as usize) as u64;
            vec![OUT, bytes, ACTIVATIONS, 4 * K, ROWS, K]
        }
        Work::Matmul(format) => {
            let w_stride = format.row_bytes(K as usize) as u64;
            let x_stride = format.activations().row_bytes(K as usize) as u64;
            let (w, x) = (WEIGHTS, ACTIVATIONS);
            vec![OUT, 4 * ROWS, w, w_stride, x, x_stride, ROWS, 1, K]
        }
        Work::RmsNormMul => vec![OUT, 4 * K, ACTIVATIONS, 4 * K, WEIGHTS, ROWS, K],
        Work::Softmax | Work::Pointwise(_) => {
            vec![OUT, 4 * K, ACTIVATIONS, 4 * K, WEIGHTS, 4 * K, ROWS, K]
        }
    };
    let [_, floats] = kernel.work.params();
    args.into_iter()
        .map(|arg| Val::I64(arg.cast_signed()))
        .chain(std::iter::repeat_n(Val::F32(0), floats))
        .collect()
}

/// Elements per nanosecond: the best of several measurements of about 50 ms.
fn speed(store: &mut Store<()>, function: Func, args: &[Val]) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    function.call(&mut *store, args, &mut [])?;
    let start = Instant::now();
    while start.elapsed().as_millis() < 50 {
        let start = Instant::now();
        function.call(&mut *store, args, &mut [])?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok((ROWS * K) as f64 / best / 1e9)
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = match std::env::args_os().nth(1) {
        Some(path) => path.into(),
        None => ensure_kernels(&Cache::at_home()?, &Silent)?,
    };
    let wasm = std::fs::read(path)?;
    println!("elements per nanosecond       interpreter  machine code");
    for kernel in &KERNELS {
        let mut line = format!("{:28}", kernel.name);
        for tier in [Tier::Interpreter, Tier::Jit] {
            let engine = Engine::new(&Config::new().tier(tier))?;
            let module = Module::new(&engine, &wasm)?;
            let mut store = Store::new(&engine, ());
            store.set_fuel(u64::MAX);
            let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
            let memory = instance
                .get_memory(&store, "memory")
                .ok_or("there is no memory")?;
            memory.grow(&mut store, PAGES)?;
            let function = instance
                .get_func(&store, kernel.name)
                .ok_or("there is no such kernel")?;
            let speed = speed(&mut store, function, &arguments(kernel))?;
            line.push_str(&format!("{speed:13.3}"));
        }
        println!("{line}");
    }
    Ok(())
}

//! The engines, behind one small trait.
//!
//! All of them run in their deterministic mode: canonical NaNs, metered
//! fuel, relaxed SIMD pinned, one thread.

mod lockstep;
mod wasmi;
mod wasmtime;

use std::fmt;

use benches::lockstep::Tier;

pub(crate) use self::wasmtime::deterministic;

/// A way to run modules.
pub(crate) trait Engine {
    /// What tables call it.
    fn name(&self) -> &'static str;

    /// Validates a module and translates or compiles all of it.
    fn compile(&self, wasm: &[u8]) -> Result<(), Refusal>;

    /// An instance of a kernel, ready to run.
    fn open(&self, wasm: &[u8]) -> Result<Box<dyn Guest>, Refusal>;
}

/// An instance of a kernel.
pub(crate) trait Guest {
    /// Calls the kernel's `run(n)` with a full tank of fuel.
    fn run(&mut self, n: i32) -> Result<i64, Refusal>;
}

/// An engine did not do what was asked; its own words.
#[derive(Debug)]
pub(crate) struct Refusal(String);

impl Refusal {
    fn new(error: impl fmt::Display) -> Refusal {
        Refusal(error.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// Every engine there is, in the order of a table's columns: the first that
/// is asked for is the one the others are compared with.
pub(crate) const NAMES: [&str; 4] = ["lockstep", "interp", "wasmi", "wasmtime"];

/// The engine of that name, made anew.
pub(crate) fn by_name(name: &str) -> Result<Box<dyn Engine>, Refusal> {
    match name {
        "lockstep" => Ok(Box::new(lockstep::Lockstep {
            name: "lockstep",
            tier: Tier::Jit,
        })),
        "interp" => Ok(Box::new(lockstep::Lockstep {
            name: "interp",
            tier: Tier::Interpreter,
        })),
        "wasmi" => Ok(Box::new(wasmi::Wasmi::new())),
        "wasmtime" => Ok(Box::new(wasmtime::Wasmtime::new()?)),
        "winch" => Ok(Box::new(wasmtime::Wasmtime::winch()?)),
        _ => Err(Refusal::new(format!(
            "no engine `{name}`; there are {} and winch",
            NAMES.join(", ")
        ))),
    }
}

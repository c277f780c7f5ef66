//! wasmtime 48: with Cranelift and everything that makes it deterministic,
//! and with its quick compiler Winch, which has nothing of that.

use wasmtime::{Config, Engine, Linker, Module, Store, Strategy, TypedFunc};

use super::{Guest, Refusal};

pub(crate) struct Wasmtime {
    name: &'static str,
    engine: Engine,
}

/// Cranelift, as deterministic as it gets; with 64-bit memories, without fuel.
pub(crate) fn deterministic() -> Config {
    let mut config = Config::new();
    config
        .wasm_memory64(true)
        .wasm_simd(true)
        .wasm_relaxed_simd(true)
        .relaxed_simd_deterministic(true)
        .cranelift_nan_canonicalization(true);
    config
}

impl Wasmtime {
    pub(crate) fn new() -> Result<Wasmtime, Refusal> {
        let mut config = deterministic();
        config.wasm_multi_memory(true).consume_fuel(true);
        let engine = Engine::new(&config).map_err(Refusal::new)?;
        Ok(Wasmtime {
            name: "wasmtime",
            engine,
        })
    }

    /// The quick compiler without fuel or canonical NaNs. Compared for the
    /// time it takes to compile, and fast at that.
    pub(crate) fn winch() -> Result<Wasmtime, Refusal> {
        let mut config = Config::new();
        config
            .strategy(Strategy::Winch)
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_relaxed_simd(false)
            .consume_fuel(false);
        let engine = Engine::new(&config).map_err(Refusal::new)?;
        Ok(Wasmtime {
            name: "winch",
            engine,
        })
    }
}

impl super::Engine for Wasmtime {
    fn name(&self) -> &'static str {
        self.name
    }

    fn compile(&self, wasm: &[u8]) -> Result<(), Refusal> {
        Module::new(&self.engine, wasm)
            .map(drop)
            .map_err(|e| Refusal(format!("{e:#}")))
    }

    fn open(&self, wasm: &[u8]) -> Result<Box<dyn Guest>, Refusal> {
        let module = Module::new(&self.engine, wasm).map_err(|e| Refusal(format!("{e:#}")))?;
        let mut store = Store::new(&self.engine, ());
        fill(&mut store)?;
        let instance = Linker::new(&self.engine)
            .instantiate(&mut store, &module)
            .map_err(Refusal::new)?;
        let run = instance
            .get_typed_func::<i32, i64>(&mut store, "run")
            .map_err(Refusal::new)?;
        Ok(Box::new(Kernel { store, run }))
    }
}

/// A full tank, where fuel is counted.
fn fill(store: &mut Store<()>) -> Result<(), Refusal> {
    match store.get_fuel() {
        Ok(_) => store.set_fuel(u64::MAX).map_err(Refusal::new),
        Err(_) => Ok(()),
    }
}

struct Kernel {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Guest for Kernel {
    fn run(&mut self, n: i32) -> Result<i64, Refusal> {
        fill(&mut self.store)?;
        self.run
            .call(&mut self.store, n)
            .map_err(|e| Refusal(format!("{e:#}")))
    }
}

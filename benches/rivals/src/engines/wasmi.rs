//! wasmi 2.0, eager, with fuel; its `deterministic` feature makes NaNs canonical.

use wasmi::{CompilationMode, Config, Engine, Linker, Module, Store, TypedFunc};

use super::{Guest, Refusal};

pub(crate) struct Wasmi {
    engine: Engine,
}

impl Wasmi {
    pub(crate) fn new() -> Wasmi {
        let mut config = Config::default();
        config
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_simd(true)
            .wasm_relaxed_simd(true)
            .consume_fuel(true)
            .compilation_mode(CompilationMode::Eager);
        Wasmi {
            engine: Engine::new(&config),
        }
    }
}

impl super::Engine for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi"
    }

    fn compile(&self, wasm: &[u8]) -> Result<(), Refusal> {
        Module::new(&self.engine, wasm)
            .map(drop)
            .map_err(Refusal::new)
    }

    fn open(&self, wasm: &[u8]) -> Result<Box<dyn Guest>, Refusal> {
        let module = Module::new(&self.engine, wasm).map_err(Refusal::new)?;
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(u64::MAX).map_err(Refusal::new)?;
        let instance = Linker::new(&self.engine)
            .instantiate_and_start(&mut store, &module)
            .map_err(Refusal::new)?;
        let run = instance
            .get_typed_func::<i32, i64>(&store, "run")
            .map_err(Refusal::new)?;
        Ok(Box::new(Kernel { store, run }))
    }
}

struct Kernel {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Guest for Kernel {
    fn run(&mut self, n: i32) -> Result<i64, Refusal> {
        self.store.set_fuel(u64::MAX).map_err(Refusal::new)?;
        self.run.call(&mut self.store, n).map_err(Refusal::new)
    }
}

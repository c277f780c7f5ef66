//! The module of the kernels alone, ready to be called.

use std::fs;
use std::sync::OnceLock;

use lockstep_llama::kernels::Kernel;
use lockstep_llama::{Cache, Silent, ensure_kernels};
use lockstep_vm::{Config, Engine, Instance, Linker, Memory, Module, Store, Tier};

/// The module's bytes. It is built at most once, and kept in the usual cache.
pub(crate) fn wasm() -> &'static [u8] {
    static WASM: OnceLock<Vec<u8>> = OnceLock::new();
    WASM.get_or_init(|| {
        let cache = Cache::at_home().expect("there is a home");
        let path = ensure_kernels(&cache, &Silent).expect("the kernels can be built");
        fs::read(path).expect("the module is there")
    })
}

pub(crate) fn module(engine: &Engine) -> Module {
    Module::new(engine, wasm()).expect("the module is valid")
}

/// An instance with a memory of some size.
pub(crate) struct Machine {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Machine {
    pub(crate) fn new(tier: Tier, pages: u64) -> Machine {
        Machine::configured(&Config::new().tier(tier), pages)
    }

    pub(crate) fn configured(config: &Config, pages: u64) -> Machine {
        let engine = Engine::new(config).expect("the configuration is valid");
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX);
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module(&engine))
            .expect("the module imports nothing");
        let memory = instance
            .get_memory(&store, "memory")
            .expect("the memory is exported");
        let more = pages - memory.size(&store);
        let grown = memory.grow(&mut store, more);
        grown.expect("there is memory").expect("it may grow");
        Machine {
            store,
            instance,
            memory,
        }
    }

    /// How many calls twins carried out.
    pub(crate) fn twin_calls(&self) -> u64 {
        self.store.twin_calls()
    }

    pub(crate) fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    /// Calls a kernel, and returns the fuel that it used.
    pub(crate) fn call(&mut self, kernel: &Kernel, args: &[u64]) -> u64 {
        let function = self.instance.get_func(&self.store, kernel.name);
        let function = function.expect("every kernel is exported");
        let args = kernel.work.values(args);
        let before = self.store.fuel_consumed();
        let result = function.call(&mut self.store, &args, &mut []);
        result.unwrap_or_else(|error| panic!("{} with {args:?}: {error}", kernel.name));
        self.store.fuel_consumed() - before
    }
}

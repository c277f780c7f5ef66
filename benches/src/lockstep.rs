//! This engine: the only file here that touches it.

pub use lockstep_vm::Tier;
use lockstep_vm::{Config, Engine, Error, Linker, Module, Store, TypedFunc};

/// A kernel instantiated on this engine.
pub struct Guest {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Guest {
    /// Compiles and instantiates a kernel in the default profile, to run on
    /// this tier.
    ///
    /// # Errors
    /// When the module is not a kernel, or the engine refuses it.
    pub fn new(wasm: &[u8], tier: Tier) -> Result<Guest, Error> {
        let engine = Engine::new(&Config::new().tier(tier))?;
        let module = Module::new(&engine, wasm)?;
        module.compile_all()?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX);
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let run = instance.get_typed_func::<i32, i64>(&store, "run")?;
        Ok(Guest { store, run })
    }

    /// Calls `run(n)` with a full tank of fuel; also says how much it took.
    ///
    /// # Errors
    /// When the guest traps.
    pub fn run(&mut self, n: i32) -> Result<(i64, u64), Error> {
        self.store.set_fuel(u64::MAX);
        let answer = self.run.call(&mut self.store, n)?;
        Ok((answer, u64::MAX - self.store.fuel()))
    }
}

/// Validates a module and translates all of it for a tier. Gives how many
/// functions have no machine code.
///
/// # Errors
/// When the engine refuses the module.
pub fn compile(wasm: &[u8], tier: Tier) -> Result<u32, Error> {
    let engine = Engine::new(&Config::new().tier(tier))?;
    let module = Module::new(&engine, wasm)?;
    module.compile_all()?;
    Ok(module.function_count() - module.imported_function_count() - module.compiled_functions())
}

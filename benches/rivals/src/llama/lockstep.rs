//! The guest on this engine in its default profile.

use lockstep_llama::{Error, Guest, Machine};
use lockstep_vm::{Config, Engine, Module, Tier};
use lockstep_wasi::WasiCtx;

use super::{Runner, failed};

/// This engine with the guest.
pub(crate) struct Lockstep {
    engine: Engine,
    module: Module,
}

impl Lockstep {
    /// The guest, compiled to machine code.
    pub(crate) fn new(wasm: &[u8]) -> Result<Lockstep, Error> {
        let engine = Engine::new(&Config::new().tier(Tier::Jit)).map_err(failed)?;
        let module = Module::new(&engine, wasm).map_err(failed)?;
        module.compile_all().map_err(failed)?;
        Ok(Lockstep { engine, module })
    }
}

impl Runner for Lockstep {
    fn name(&self) -> &'static str {
        "lockstep"
    }

    fn start(&self, world: WasiCtx) -> Result<Box<dyn Machine>, Error> {
        let guest = Guest::new(&self.engine, &self.module, world, u64::MAX)?;
        Ok(Box::new(guest))
    }
}

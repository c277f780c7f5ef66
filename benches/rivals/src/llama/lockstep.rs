//! The guest on this engine in its default profile.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lockstep_llama::{Error, Guest, Machine, kernels};
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, Engine, Module, Tier, TwinMode};
use lockstep_wasi::WasiCtx;

use super::{Runner, failed};

/// This engine with the guest.
pub(crate) struct Lockstep {
    engine: Engine,
    module: Module,
}

impl Lockstep {
    /// The guest, compiled to machine code, its kernels too.
    pub(crate) fn new(wasm: &[u8]) -> Result<Lockstep, Error> {
        Lockstep::with(wasm, Config::new())
    }

    /// The guest, compiled to machine code, with native twins of its kernels on so many threads.
    pub(crate) fn with_twins(
        wasm: &[u8],
        threads: NonZeroUsize,
        mode: TwinMode,
    ) -> Result<Lockstep, Error> {
        let threads = Arc::new(Threads::new(threads).map_err(failed)?);
        let twins = kernels::twins(Isa::best(), &threads);
        Lockstep::with(wasm, Config::new().twins(Arc::new(twins)).twin_mode(mode))
    }

    fn with(wasm: &[u8], config: Config) -> Result<Lockstep, Error> {
        let engine = Engine::new(&config.tier(Tier::Jit)).map_err(failed)?;
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

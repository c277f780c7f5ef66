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

/// How the twins of the guest's kernels are used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Twins {
    pub(crate) isa: Isa,
    pub(crate) threads: NonZeroUsize,
    pub(crate) mode: TwinMode,
}

impl Lockstep {
    /// The guest, compiled to machine code, its kernels too.
    pub(crate) fn new(wasm: &[u8]) -> Result<Lockstep, Error> {
        Lockstep::with(wasm, Config::new().tier(Tier::Jit), None)
    }

    /// The guest, compiled to machine code, with native twins of its kernels on so many threads.
    pub(crate) fn with_twins(
        wasm: &[u8],
        threads: NonZeroUsize,
        mode: TwinMode,
    ) -> Result<Lockstep, Error> {
        let isa = Isa::best();
        let twins = Twins { isa, threads, mode };
        Lockstep::with(wasm, Config::new().tier(Tier::Jit), Some(twins))
    }

    /// The guest as these settings say. What the tier compiles is compiled at once.
    pub(crate) fn with(
        wasm: &[u8],
        config: Config,
        twins: Option<Twins>,
    ) -> Result<Lockstep, Error> {
        let config = match twins {
            None => config,
            Some(Twins { isa, threads, mode }) => {
                let threads = Arc::new(Threads::new(threads).map_err(failed)?);
                let twins = Arc::new(kernels::twins(isa, &threads));
                config.twins(twins).twin_mode(mode)
            }
        };
        let engine = Engine::new(&config).map_err(failed)?;
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

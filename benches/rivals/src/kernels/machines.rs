//! Everybody who runs the kernels' module: Lockstep in its tiers, with twins and without, and wasmtime.

mod lockstep;
mod wasmtime;

use std::error::Error;
use std::sync::Arc;

use lockstep_llama::kernels::{Kernel, twins};
use lockstep_simd::CpuLevel;
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, Tier, TwinMode};

use self::lockstep::{Lockstep, Way};
use self::wasmtime::Wasmtime;

/// The export that is the kernels' memory.
const EXPORT: &str = "memory";
/// Bytes of a page.
const PAGE: usize = 1 << 16;

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// With an access outside of the memory; otherwise it returned.
    pub(super) is_trap: bool,
    /// What it cost, from whoever counts as Lockstep does.
    pub(super) fuel: Option<u64>,
}

/// An instance of the kernels' module.
pub(super) trait Machine {
    /// What reports call it.
    fn name(&self) -> &str;

    /// All of its memory.
    fn memory(&mut self) -> &mut [u8];

    /// Calls a kernel.
    fn call(&mut self, kernel: &Kernel, args: &[u64]) -> Result<Ended, String>;

    /// How much has been done in the way that the name promises, in whatever unit.
    fn proof(&self) -> u64;
}

/// Everybody, with memories of so many bytes. The first one interprets. Twins share their work among these threads.
pub(super) fn all(
    wasm: &[u8],
    memory: usize,
    threads: Threads,
) -> Result<Vec<Box<dyn Machine>>, Box<dyn Error>> {
    let twins = Arc::new(twins(Isa::best(), &Arc::new(threads)));
    let jit = Config::new().tier(Tier::Jit);
    let with_twins = jit.clone().twins(twins);
    let mut ways = vec![(
        "lockstep, interpreter".to_owned(),
        Config::new().tier(Tier::Interpreter),
        Way::Interpreted,
    )];
    let levels = CpuLevel::ALL.iter().copied();
    for level in levels.filter(|level| level.is_supported()) {
        let config = jit.clone().cpu_level(level);
        ways.push((format!("lockstep, jit {level}"), config, Way::Compiled));
    }
    ways.push((
        "lockstep, twins on".to_owned(),
        with_twins.clone(),
        Way::Twins,
    ));
    ways.push((
        "lockstep, twins check=all".to_owned(),
        with_twins.twin_mode(TwinMode::Check(1)),
        Way::Twins,
    ));
    let mut machines: Vec<Box<dyn Machine>> = Vec::new();
    for (name, config, way) in ways {
        machines.push(Box::new(Lockstep::new(name, &config, way, wasm, memory)?));
    }
    machines.push(Box::new(Wasmtime::new(wasm, memory)?));
    Ok(machines)
}

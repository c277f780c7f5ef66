//! The kernels on wasmtime with Cranelift.

use lockstep_llama::kernels::Kernel;
use wasmtime::{Engine, Instance, Linker, Memory, Module, Store, Trap, Val};

use super::{EXPORT, Ended, Machine, PAGE};
use crate::engines::deterministic;

pub(super) struct Wasmtime {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
    calls: u64,
}

impl Wasmtime {
    pub(super) fn new(wasm: &[u8], bytes: usize) -> Result<Wasmtime, wasmtime::Error> {
        let engine = Engine::new(deterministic().consume_fuel(true))?;
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX)?;
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let memory = instance
            .get_memory(&mut store, EXPORT)
            .ok_or_else(|| wasmtime::Error::msg("the module exports no memory"))?;
        let more = (bytes / PAGE) as u64 - memory.size(&store);
        memory.grow(&mut store, more)?;
        Ok(Wasmtime {
            store,
            instance,
            memory,
            calls: 0,
        })
    }
}

impl Machine for Wasmtime {
    fn name(&self) -> &str {
        "wasmtime"
    }

    fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    fn call(&mut self, kernel: &Kernel, args: &[u64]) -> Result<Ended, String> {
        let function = self.instance.get_func(&mut self.store, kernel.name);
        let function = function.ok_or_else(|| format!("{} is not there", kernel.name))?;
        let args = kernel.work.values(args).into_iter();
        let args: Vec<Val> = args.map(value).collect();
        let filled = self.store.set_fuel(u64::MAX);
        filled.map_err(|e| format!("{e:#}"))?;
        self.calls += 1;
        let is_trap = match function.call(&mut self.store, &args, &mut []) {
            Ok(()) => false,
            Err(e) if e.downcast_ref() == Some(&Trap::MemoryOutOfBounds) => true,
            Err(e) => return Err(format!("{e:#}")),
        };
        Ok(Ended {
            is_trap,
            // Its units are others.
            fuel: None,
        })
    }

    fn proof(&self) -> u64 {
        self.calls
    }
}

/// The same value. Kernels take no others than these.
fn value(ours: lockstep_vm::Val) -> Val {
    match ours {
        lockstep_vm::Val::F32(bits) => Val::F32(bits),
        lockstep_vm::Val::I64(value) => Val::I64(value),
        other => unreachable!("no kernel takes {other:?}"),
    }
}

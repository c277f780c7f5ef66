//! The kernels on this engine.

use lockstep_llama::kernels::Kernel;
use lockstep_vm::{Config, Engine, Error, Instance, Linker, Memory, Module, Store, Trap};

use super::{EXPORT, Ended, Machine, PAGE};

/// Who does the work.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    Interpreted,
    Compiled,
    Twins,
}

pub(super) struct Lockstep {
    name: String,
    way: Way,
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Lockstep {
    pub(super) fn new(
        name: String,
        config: &Config,
        way: Way,
        wasm: &[u8],
        bytes: usize,
    ) -> Result<Lockstep, Error> {
        let engine = Engine::new(config)?;
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let memory = instance
            .get_memory(&store, EXPORT)
            .ok_or_else(|| Error::Usage("the module exports no memory".into()))?;
        let more = (bytes / PAGE) as u64 - memory.size(&store);
        memory
            .grow(&mut store, more)?
            .ok_or_else(|| Error::Usage("the memory does not grow".into()))?;
        Ok(Lockstep {
            name,
            way,
            store,
            instance,
            memory,
        })
    }
}

impl Machine for Lockstep {
    fn name(&self) -> &str {
        &self.name
    }

    fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    fn call(&mut self, kernel: &Kernel, args: &[u64]) -> Result<Ended, String> {
        let function = self.instance.get_func(&self.store, kernel.name);
        let function = function.ok_or_else(|| format!("{} is not there", kernel.name))?;
        let args = kernel.work.values(args);
        self.store.set_fuel(u64::MAX);
        let before = self.store.fuel_consumed();
        let is_trap = match function.call(&mut self.store, &args, &mut []) {
            Ok(()) => false,
            Err(Error::Trap(info)) if info.trap == Trap::MemoryOutOfBounds => true,
            Err(e) => return Err(e.to_string()),
        };
        Ok(Ended {
            is_trap,
            fuel: Some(self.store.fuel_consumed() - before),
        })
    }

    fn proof(&self) -> u64 {
        match self.way {
            Way::Interpreted => self.store.fuel_consumed() - self.store.machine_fuel(),
            Way::Compiled => self.store.machine_fuel(),
            Way::Twins => self.store.twin_calls(),
        }
    }
}

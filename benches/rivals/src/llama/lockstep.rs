//! The guest on this engine in its default profile.

use lockstep_llama::{Error, Machine, Value};
use lockstep_vm::{Engine, Instance, Linker, Memory, Module, Store, Val};
use lockstep_wasi::link::add_to_linker;
use lockstep_wasi::{PtrWidth, WasiCtx};

use super::{MEMORY, Runner, failed};

pub(super) struct Lockstep {
    engine: Engine,
    module: Module,
}

impl Lockstep {
    pub(super) fn new(wasm: &[u8]) -> Result<Lockstep, Error> {
        let engine = Engine::default();
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
        let mut linker = Linker::new(&self.engine);
        let width = PtrWidth::of(&self.module);
        add_to_linker(&mut linker, width, |world: &mut WasiCtx| world).map_err(failed)?;
        let mut store = Store::new(&self.engine, world);
        store.set_fuel(u64::MAX);
        let instance = linker
            .instantiate(&mut store, &self.module)
            .map_err(failed)?;
        let memory = instance
            .get_memory(&store, MEMORY)
            .ok_or_else(|| failed("the module exports no memory"))?;
        Ok(Box::new(Guest {
            store,
            instance,
            memory,
        }))
    }
}

struct Guest {
    store: Store<WasiCtx>,
    instance: Instance,
    memory: Memory,
}

impl Machine for Guest {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let function = self
            .instance
            .get_func(&self.store, export)
            .ok_or_else(|| failed(format!("there is no export {export}")))?;
        let args: Vec<Val> = args
            .iter()
            .map(|arg| match *arg {
                Value::I32(value) => Val::I32(value),
                Value::I64(value) => Val::I64(value),
            })
            .collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function
            .call(&mut self.store, &args, &mut results)
            .map_err(failed)?;
        match results.first() {
            None => Ok(None),
            Some(Val::I32(value)) => Ok(Some(Value::I32(*value))),
            Some(Val::I64(value)) => Ok(Some(Value::I64(*value))),
            Some(_) => Err(failed(format!("{export} returns neither i32 nor i64"))),
        }
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        self.memory
            .read(&self.store, address, bytes)
            .map_err(failed)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        self.memory
            .write(&mut self.store, address, bytes)
            .map_err(failed)
    }

    fn fuel_consumed(&self) -> u64 {
        self.store.fuel_consumed()
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        let bytes = self.memory.data(&self.store);
        (bytes.len() as u64, blake3::hash(bytes).into())
    }
}

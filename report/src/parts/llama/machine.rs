//! A guest that gets its fuel at once or in slices, on a CPU level of choice.

use lockstep_llama::{Error, Machine, ModelSource, Value};
use lockstep_vm::{Func, Instance, Linker, Memory, Module, Outcome, Store, Val};
use lockstep_wasi::link::add_to_linker;
use lockstep_wasi::{Output, PtrWidth, WasiCtx};

/// The guest.
pub(super) struct Sliced {
    store: Store<WasiCtx>,
    instance: Instance,
    memory: Memory,
    /// Fuel for each slice; None gives it all at once.
    slice: Option<u64>,
}

impl Sliced {
    /// Starts the module with the model in its world, and gives the model's
    /// path there.
    pub(super) fn start(
        module: &Module,
        model: &ModelSource,
        slice: Option<u64>,
    ) -> Result<(Sliced, String), Error> {
        let (world, path) = model.world(Output::discard())?;
        let engine = module.engine();
        let mut linker = Linker::new(engine);
        add_to_linker(&mut linker, PtrWidth::W64, |world: &mut WasiCtx| world).map_err(failed)?;
        let mut store = Store::new(engine, world);
        // Nobody can resume an instantiation, so it gets all it may want.
        store.set_fuel(u64::MAX);
        let instance = linker.instantiate(&mut store, module).map_err(failed)?;
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| wrong("the module exports no memory".to_owned()))?;
        let guest = Sliced {
            store,
            instance,
            memory,
            slice,
        };
        Ok((guest, path))
    }

    /// Calls a function and hands it fuel until it ends.
    fn drive(&mut self, function: Func, params: &[Val]) -> Result<Vec<Val>, lockstep_vm::Error> {
        let slice = self.slice.unwrap_or(u64::MAX);
        self.store.set_fuel(slice);
        let mut outcome = function.start(&mut self.store, params)?;
        loop {
            match outcome {
                Outcome::Done(values) => return Ok(values),
                Outcome::Suspended(_) => return Err(lockstep_vm::Error::Suspended),
                Outcome::OutOfFuel(paused) => {
                    // What a slice leaves over was too little for the next step, and is not lost.
                    let left = self.store.fuel();
                    self.store.set_fuel(left.saturating_add(slice));
                    outcome = paused.resume(&mut self.store)?;
                }
            }
        }
    }
}

impl Machine for Sliced {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let function = self
            .instance
            .get_func(&self.store, export)
            .ok_or_else(|| wrong(format!("there is no export {export}")))?;
        let param = |arg: &Value| match *arg {
            Value::I32(value) => Val::I32(value),
            Value::I64(value) => Val::I64(value),
        };
        let params: Vec<Val> = args.iter().map(param).collect();
        let results = self.drive(function, &params).map_err(failed)?;
        match results.first() {
            None => Ok(None),
            Some(Val::I32(value)) => Ok(Some(Value::I32(*value))),
            Some(Val::I64(value)) => Ok(Some(Value::I64(*value))),
            Some(_) => Err(wrong(format!("{export} returns neither i32 nor i64"))),
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

fn wrong(reason: String) -> Error {
    Error::Guest {
        reason,
        source: None,
    }
}

fn failed(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Guest {
        reason: source.to_string(),
        source: Some(Box::new(source)),
    }
}

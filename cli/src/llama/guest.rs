//! llama.cpp in an instance of this project's engine.

use std::fs;
use std::io;
use std::path::Path;

use lockstep_llama::{Error, Machine, Value};
use lockstep_vm::{Engine, Instance, Linker, Memory, Module, Store, Val};
use lockstep_wasi::{Output, PtrWidth, WasiCtx, link};

use super::Model;
use crate::error::{Failure, Kind, on_file};
use crate::interrupt;
use crate::load;

/// A machine that is ready, and what it is made of.
pub(super) struct Parts {
    pub(super) machine: Box<dyn Machine>,
    pub(super) module_hash: [u8; 32],
    pub(super) profile_hash: [u8; 32],
}

struct Guest {
    store: Store<WasiCtx>,
    instance: Instance,
    memory: Memory,
}

/// Makes an instance that sees the model and nothing else, and that Ctrl-C stops.
///
/// # Errors
/// If the module can not be read or is not one for llama.cpp.
pub(super) fn start(engine: &Engine, path: &Path, model: &Model) -> Result<Parts, Failure> {
    let bytes = fs::read(path).map_err(on_file("read the module", path))?;
    let explain = |error| load::failure(error).in_file(path);
    let module = Module::new(engine, &bytes).map_err(explain)?;
    let builder = WasiCtx::builder()
        .arg("llama")
        .stderr(Output::stream(io::stderr()));
    let world = model.mount(builder)?.build().map_err(Failure::host)?;
    let mut linker = Linker::new(engine);
    link::add_to_linker(&mut linker, PtrWidth::of(&module), |world: &mut WasiCtx| {
        world
    })
    .map_err(explain)?;
    let mut store = Store::new(engine, world);
    interrupt::watch(store.interrupt_handle());
    let instance = linker.instantiate(&mut store, &module).map_err(explain)?;
    let memory = instance.get_memory(&store, "memory").ok_or_else(|| {
        let what = "the module exports no memory, so it is not llama.cpp";
        Failure::new(Kind::Invalid, what).in_file(path)
    })?;
    Ok(Parts {
        machine: Box::new(Guest {
            store,
            instance,
            memory,
        }),
        module_hash: module.hash(),
        profile_hash: engine.profile().hash(),
    })
}

fn failed(error: lockstep_vm::Error) -> Error {
    Error::Guest {
        reason: error.to_string(),
        source: Some(Box::new(error)),
    }
}

impl Machine for Guest {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let func = self.instance.get_func(&self.store, export);
        let func = func.ok_or_else(|| Error::Guest {
            reason: format!("the module has no function {export:?}"),
            source: None,
        })?;
        let args: Vec<Val> = args
            .iter()
            .map(|arg| match *arg {
                Value::I32(value) => Val::I32(value),
                Value::I64(value) => Val::I64(value),
            })
            .collect();
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        func.call(&mut self.store, &args, &mut results)
            .map_err(failed)?;
        Ok(results.first().and_then(|result| match *result {
            Val::I32(value) => Some(Value::I32(value)),
            Val::I64(value) => Some(Value::I64(value)),
            _ => None,
        }))
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

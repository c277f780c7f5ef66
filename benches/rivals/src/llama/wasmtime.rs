//! The guest on wasmtime with Cranelift, as deterministic as it gets, in a world served by the same code as this
//! engine's.

use lockstep_llama::{Error, Machine, Value};
use lockstep_wasi::calls::{FILE_MAP, MODULE};
use lockstep_wasi::link::OWN_MODULE;
use lockstep_wasi::{CALLS, Call, Param, PtrWidth, WasiCtx};
use wasmtime::{Caller, Engine, FuncType, Instance, Linker, Memory, Module, Store, Val, ValType};

use super::{MEMORY, Runner, failed};
use crate::engines::deterministic;

/// Address space for the guest's memory, in bytes, so that growing does not move it.
const RESERVATION: u64 = 16 << 30;
/// The engine's own stack, in bytes; the default is small for C++.
const STACK: usize = 2 << 20;

pub(super) struct Wasmtime {
    engine: Engine,
    module: Module,
    metered: bool,
    width: PtrWidth,
}

impl Wasmtime {
    pub(super) fn new(wasm: &[u8], metered: bool) -> Result<Wasmtime, Error> {
        let mut config = deterministic();
        config
            .memory_reservation(RESERVATION)
            .max_wasm_stack(STACK)
            .consume_fuel(metered);
        let engine = Engine::new(&config).map_err(failed)?;
        let module = Module::new(&engine, wasm).map_err(failed)?;
        let is_64 = module
            .get_export(MEMORY)
            .and_then(|export| export.memory().map(|memory| memory.is_64()))
            .ok_or_else(|| failed("the module exports no memory"))?;
        let width = if is_64 { PtrWidth::W64 } else { PtrWidth::W32 };
        Ok(Wasmtime {
            engine,
            module,
            metered,
            width,
        })
    }

    /// Defines a function of the world.
    fn define(
        &self,
        linker: &mut Linker<WasiCtx>,
        module: &str,
        call: &'static Call,
    ) -> Result<(), wasmtime::Error> {
        let width = self.width;
        let params = call.params.iter().map(|param| match (param, width) {
            (Param::I64, _) | (Param::Ptr, PtrWidth::W64) => ValType::I64,
            (Param::I32, _) | (Param::Ptr, PtrWidth::W32) => ValType::I32,
        });
        let ty = FuncType::new(&self.engine, params, call.answers.then_some(ValType::I32));
        linker.func_new(module, call.name, ty, move |caller, args, results| {
            serve(caller, call, width, args, results)
        })?;
        Ok(())
    }
}

/// Runs a function of the world for the guest.
fn serve(
    mut caller: Caller<'_, WasiCtx>,
    call: &Call,
    width: PtrWidth,
    args: &[Val],
    results: &mut [Val],
) -> Result<(), wasmtime::Error> {
    let memory = caller
        .get_export(MEMORY)
        .and_then(|export| export.into_memory())
        .ok_or_else(|| wasmtime::Error::msg("the caller exports no memory"))?;
    let args: Vec<u64> = args.iter().map(number).collect();
    let (bytes, world) = memory.data_and_store_mut(&mut caller);
    let errno = call.run(world, &mut lockstep_wasi::Guest::new(bytes, width), &args)?;
    if let Some(result) = results.first_mut() {
        *result = Val::I32(i32::from(errno.number()));
    }
    Ok(())
}

/// An argument as a number, zero-extended. There are no others than `define` asked for.
fn number(val: &Val) -> u64 {
    match *val {
        Val::I32(value) => u64::from(value as u32),
        Val::I64(value) => value as u64,
        _ => 0,
    }
}

impl Runner for Wasmtime {
    fn name(&self) -> &'static str {
        "wasmtime"
    }

    fn start(&self, world: WasiCtx) -> Result<Box<dyn Machine>, Error> {
        let mut linker = Linker::new(&self.engine);
        for call in CALLS {
            self.define(&mut linker, MODULE, call).map_err(failed)?;
        }
        self.define(&mut linker, OWN_MODULE, &FILE_MAP)
            .map_err(failed)?;
        let mut store = Store::new(&self.engine, world);
        if self.metered {
            store.set_fuel(u64::MAX).map_err(failed)?;
        }
        let instance = linker
            .instantiate(&mut store, &self.module)
            .map_err(failed)?;
        let memory = instance
            .get_memory(&mut store, MEMORY)
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
            .get_func(&mut self.store, export)
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
        let address = usize::try_from(address).map_err(failed)?;
        self.memory
            .read(&self.store, address, bytes)
            .map_err(failed)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        let address = usize::try_from(address).map_err(failed)?;
        self.memory
            .write(&mut self.store, address, bytes)
            .map_err(failed)
    }

    /// The engines' units of fuel are not the same, and nothing compares them.
    fn fuel_consumed(&self) -> u64 {
        0
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        let bytes = self.memory.data(&self.store);
        (bytes.len() as u64, blake3::hash(bytes).into())
    }
}

//! The wiring to the engine: the only file that names it.

use crate::abi::{Guest, PtrWidth};
use crate::calls::{CALLS, Call, FILE_MAP, MODULE, MapSource, Param};
use crate::ctx::WasiCtx;
use crate::errno::{Errno, Stop};
use lockstep_vm::{
    AsContext, Caller, Error, Extern, FuncType, Linker, Memory, Module, Val, ValType,
};

/// The module under which [`FILE_MAP`] is imported.
pub const OWN_MODULE: &str = "lockstep";
/// The export under which a guest's memory is looked for, as preview 1 has it.
const MEMORY: &str = "memory";

impl PtrWidth {
    /// How wide a module's pointers are: as wide as the addresses of its first memory. A module without a memory can
    /// name no pointers, and counts as a 32-bit one.
    pub fn of(module: &Module) -> PtrWidth {
        match module.memories().first() {
            Some(memory) if memory.is_64 => PtrWidth::W64,
            _ => PtrWidth::W32,
        }
    }
}

/// Defines all functions of WASI preview 1, and `lockstep.file_map`, for guests of the given width. `get` finds the
/// guest's world in the store's data.
///
/// The functions work on the memory that the calling instance exports as `memory`. A guest that ends itself makes its
/// run fail with [`Error::Exit`]; every other [`Stop`] comes as [`Error::Host`] and can be taken out of it again with
/// `downcast_ref::<Stop>()`.
///
/// # Errors
/// [`Error::Usage`] if the linker has one of the names already.
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    width: PtrWidth,
    get: fn(&mut T) -> &mut WasiCtx,
) -> Result<(), Error> {
    for call in CALLS {
        linker.func_new(
            MODULE,
            call.name,
            func_type(call, width),
            move |mut caller, args, results| {
                let args: Vec<u64> = args.iter().map(number).collect();
                let errno = run(&mut caller, call, width, get, &args)?;
                answer(results, errno);
                Ok(())
            },
        )?;
    }
    linker.func_new(
        OWN_MODULE,
        FILE_MAP.name,
        func_type(&FILE_MAP, width),
        move |mut caller, args, results| {
            let mut numbers = [0; 4];
            for (slot, arg) in numbers.iter_mut().zip(args) {
                *slot = number(arg);
            }
            answer(results, map(&mut caller, width, get, numbers)?);
            Ok(())
        },
    )?;
    Ok(())
}

fn func_type(call: &Call, width: PtrWidth) -> FuncType {
    let params = call.params.iter().map(|param| match (param, width) {
        (Param::I64, _) | (Param::Ptr, PtrWidth::W64) => ValType::I64,
        (Param::I32, _) | (Param::Ptr, PtrWidth::W32) => ValType::I32,
    });
    FuncType::new(params, call.answers.then_some(ValType::I32))
}

/// An argument as a number, zero-extended. The engine gives no others than [`func_type`] has asked for.
fn number(val: &Val) -> u64 {
    match *val {
        Val::I32(value) => u64::from(value as u32),
        Val::I64(value) => value as u64,
        _ => 0,
    }
}

fn answer(results: &mut [Val], errno: Errno) {
    if let Some(result) = results.first_mut() {
        *result = Val::I32(i32::from(errno.number()));
    }
}

fn memory<T>(caller: &Caller<'_, T>) -> Result<Memory, Error> {
    caller
        .get_export(MEMORY)
        .and_then(Extern::into_memory)
        .ok_or_else(|| {
            Error::host(format!(
                "a function of WASI was called by a module that exports no {MEMORY:?}"
            ))
        })
}

fn run<T>(
    caller: &mut Caller<'_, T>,
    call: &Call,
    width: PtrWidth,
    get: fn(&mut T) -> &mut WasiCtx,
    args: &[u64],
) -> Result<Errno, Error> {
    let used = caller.store().fuel_consumed();
    let (bytes, data) = memory(caller)?.data_and_store_mut(caller);
    let ctx = get(data);
    ctx.clock.set_fuel(used);
    call.run(ctx, &mut Guest::new(bytes, width), args)
        .map_err(end)
}

/// Maps what can be mapped and copies the rest.
fn map<T>(
    caller: &mut Caller<'_, T>,
    width: PtrWidth,
    get: fn(&mut T) -> &mut WasiCtx,
    args: [u64; 4],
) -> Result<Errno, Error> {
    let memory = memory(caller)?;
    let size = memory.data_size(&*caller);
    let source =
        MapSource::find(get(caller.data_mut()), size, Memory::MAP_PAGE, args).map_err(end)?;
    let Some(source) = source else {
        return run(caller, &FILE_MAP, width, get, &args);
    };
    let length = source.memory.end - source.memory.start;
    memory.map_file(
        &mut *caller,
        source.memory.start,
        &source.file,
        source.file_offset,
        length,
    )?;
    run(caller, &FILE_MAP, width, get, &source.rest)
}

fn end(stop: Stop) -> Error {
    match stop {
        // The engine's codes are signed; the bits are the same.
        Stop::Exit(code) => Error::exit(code as i32),
        other => Error::host(other),
    }
}

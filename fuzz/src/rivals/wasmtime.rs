//! wasmtime: Cranelift with canonical NaNs and the deterministic choices of
//! relaxed SIMD.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use lockstep_vm::Trap;
use spec_tests::tier::{RefKind, Value};
use wasmtime as wt;

use super::{Guest, call_all, call_run, host};
use crate::host::{HostLog, Kind, global};
use crate::lockstep;
use crate::program::{Call, Program};
use crate::rewrite::Spelling;
use crate::tier::{CallRun, Known, Outcome, Refusal, Run, Site, State, Tier};

/// Native stack of a guest, in bytes: more than most guests can use before
/// Lockstep's limit on its units, and less than threads have.
const STACK: usize = 1 << 20;

/// The engine, configured.
pub struct Wasmtime {
    engine: wt::Engine,
}

/// What a store holds: the log, and limits like those of our profile.
struct Data {
    log: HostLog,
    limits: wt::StoreLimits,
}

type Store = wt::Store<Data>;

impl Wasmtime {
    /// With deterministic settings.
    ///
    /// # Errors
    /// When wasmtime does not take the settings on this host.
    pub fn new() -> Result<Wasmtime, Refusal> {
        let mut config = wt::Config::new();
        config
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true)
            .wasm_relaxed_simd(true)
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_tail_call(true)
            .wasm_extended_const(true)
            .wasm_function_references(true)
            .wasm_exceptions(true)
            .consume_fuel(true)
            .max_wasm_stack(STACK)
            .async_stack_size(2 * STACK)
            // Compile quickly: programs are small and run once.
            .cranelift_opt_level(wt::OptLevel::None)
            .memory_reservation(0)
            .memory_guard_size(0)
            .memory_init_cow(false)
            .collector(wt::Collector::Null);
        let engine = wt::Engine::new(&config).map_err(|e| Refusal::Host(format!("{e:#}")))?;
        Ok(Wasmtime { engine })
    }
}

impl Tier for Wasmtime {
    fn name(&self) -> String {
        "wasmtime".to_owned()
    }

    fn known(&self) -> Known {
        Known {
            fuel_unit: true,
            stack_depth: true,
            trap_site: true,
            trap_offset: true,
            table_traps: true,
            unsteady: false,
            spelling: Spelling {
                relaxed_dot_sum: true,
                select_condition: false,
            },
        }
    }

    fn run(&self, program: &Program) -> Result<Run, Refusal> {
        let refused = |e: wt::Error| Refusal::Module(e.root_cause().to_string());
        let module = wt::Module::new(&self.engine, &program.wasm).map_err(refused)?;
        let profile = lockstep::profile(lockstep_vm::RelaxedMadd::Fused);
        let limits = wt::StoreLimitsBuilder::new()
            .memory_size((profile.limits.memory_pages << 16) as usize)
            .table_elements(profile.limits.table_elements as usize)
            .build();
        let data = Data {
            log: HostLog::default(),
            limits,
        };
        let mut store = wt::Store::new(&self.engine, data);
        store.limiter(|data| &mut data.limits);
        // Who imports a thing twice gets it twice, and not two things.
        let mut offered = HashMap::new();
        let mut imports = Vec::new();
        for import in module.imports() {
            let name = (import.module(), import.name());
            let item = match offered.entry(name) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    entry.insert(offer(&mut store, name.0, name.1, &import.ty())?)
                }
            };
            imports.push(item.clone());
        }
        store.set_fuel(super::fuel(program)).map_err(host)?;
        let begun = wt::Instance::new(&mut store, &module, &imports);
        let (start, calls, state) = match begun {
            Ok(instance) => {
                let mut running = Running {
                    store: &mut store,
                    instance,
                };
                let (calls, state) = call_all(&mut running, program)?;
                let start = call_run(Outcome::Returned(Vec::new()), None);
                (start, calls, state)
            }
            Err(error) => (ended(&error)?, Vec::new(), State::default()),
        };
        Ok(Run {
            start,
            calls,
            state,
            host: std::mem::take(&mut store.data_mut().log),
        })
    }
}

/// A guest in its store.
struct Running<'a> {
    store: &'a mut Store,
    instance: wt::Instance,
}

impl Guest for Running<'_> {
    fn refuel(&mut self, fuel: u64) -> Result<(), Refusal> {
        self.store.set_fuel(fuel).map_err(host)
    }

    fn call(&mut self, call: &Call) -> Result<CallRun, Refusal> {
        let (store, instance) = (&mut *self.store, self.instance);
        let function = instance.get_func(&mut *store, &call.export);
        let function =
            function.ok_or_else(|| Refusal::Host(format!("no export {:?}", call.export)))?;
        let ty = function.ty(&*store);
        let arguments = call.arguments.iter().zip(ty.params());
        let arguments = arguments
            .map(|(value, ty)| to_engine(store, *value, &ty))
            .collect::<Result<Vec<_>, _>>()?;
        let mut results = vec![wt::Val::I32(0); ty.results().len()];
        match function.call(&mut *store, &arguments, &mut results) {
            Ok(()) => {
                let values = results.iter().map(|value| from_engine(store, value));
                Ok(call_run(
                    Outcome::Returned(values.collect::<Result<_, _>>()?),
                    None,
                ))
            }
            Err(error) => ended(&error),
        }
    }

    fn state(&mut self) -> Result<State, Refusal> {
        let (store, instance) = (&mut *self.store, self.instance);
        let exports: Vec<(String, wt::Extern)> = instance
            .exports(&mut *store)
            .map(|export| (export.name().to_owned(), export.into_extern()))
            .collect();
        let mut state = State::default();
        for (name, item) in exports {
            match item {
                wt::Extern::Memory(memory) => {
                    state.memories.push((name, memory.data(&*store).to_vec()))
                }
                wt::Extern::Global(global) => {
                    let value = global.get(&mut *store);
                    state.globals.push((name, from_engine(store, &value)?));
                }
                wt::Extern::Table(table) => {
                    let mut values = Vec::new();
                    for index in 0..table.size(&*store) {
                        let element = table.get(&mut *store, index);
                        let element =
                            element.ok_or_else(|| Refusal::Host("a table shrank".into()))?;
                        values.push(from_engine(store, &wt::Val::from(element))?);
                    }
                    state.tables.push((name, values));
                }
                _ => {}
            }
        }
        Ok(state)
    }
}

/// How a call ended that did not return.
fn ended(error: &wt::Error) -> Result<CallRun, Refusal> {
    let frame = error
        .downcast_ref::<wt::WasmBacktrace>()
        .and_then(|backtrace| backtrace.frames().first());
    let site = frame.and_then(|frame| {
        Some(Site {
            function: frame.func_index(),
            offset: frame.module_offset()? as u64,
        })
    });
    let outcome = match error.downcast_ref::<wt::Trap>() {
        Some(wt::Trap::OutOfFuel) => Outcome::OutOfFuel,
        Some(trap) => Outcome::Trapped(
            trap_of(*trap)
                .ok_or_else(|| Refusal::Host(format!("a trap that is not in Wasm: {trap}")))?,
        ),
        None if error.is::<wt::ThrownException>() => Outcome::Threw,
        None => return Err(Refusal::Host(format!("{error:#}"))),
    };
    Ok(call_run(outcome, site))
}

fn trap_of(trap: wt::Trap) -> Option<Trap> {
    Some(match trap {
        wt::Trap::StackOverflow => Trap::StackExhausted,
        wt::Trap::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        wt::Trap::TableOutOfBounds => Trap::TableOutOfBounds,
        wt::Trap::IndirectCallToNull => Trap::UninitializedElement,
        wt::Trap::BadSignature => Trap::IndirectCallTypeMismatch,
        wt::Trap::IntegerOverflow => Trap::IntegerOverflow,
        wt::Trap::IntegerDivisionByZero => Trap::IntegerDivideByZero,
        wt::Trap::BadConversionToInteger => Trap::InvalidConversionToInteger,
        wt::Trap::UnreachableCodeReached => Trap::Unreachable,
        wt::Trap::NullReference => Trap::NullReference,
        _ => return None,
    })
}

fn from_engine(store: &Store, value: &wt::Val) -> Result<Value, Refusal> {
    Ok(match value {
        wt::Val::I32(v) => Value::I32(*v),
        wt::Val::I64(v) => Value::I64(*v),
        wt::Val::F32(bits) => Value::F32(*bits),
        wt::Val::F64(bits) => Value::F64(*bits),
        wt::Val::V128(v) => Value::V128(v.as_u128()),
        wt::Val::FuncRef(None) => Value::Null(RefKind::Func),
        wt::Val::FuncRef(Some(_)) => Value::Func,
        wt::Val::ExternRef(None) => Value::Null(RefKind::Extern),
        wt::Val::ExternRef(Some(reference)) => {
            let data = reference
                .data(store)
                .map_err(|e| Refusal::Host(format!("{e:#}")))?;
            match data.and_then(|data| data.downcast_ref::<u32>()) {
                Some(&n) => Value::Extern(n),
                None => return Err(Refusal::Host("a reference of unknown origin".into())),
            }
        }
        wt::Val::ExnRef(None) => Value::Null(RefKind::Exn),
        wt::Val::ExnRef(Some(_)) => Value::Exn,
        other => {
            return Err(Refusal::Host(format!(
                "a value that nobody made: {other:?}"
            )));
        }
    })
}

fn to_engine(store: &mut Store, value: Value, ty: &wt::ValType) -> Result<wt::Val, Refusal> {
    Ok(match value {
        Value::I32(v) => wt::Val::I32(v),
        Value::I64(v) => wt::Val::I64(v),
        Value::F32(bits) => wt::Val::F32(bits),
        Value::F64(bits) => wt::Val::F64(bits),
        Value::V128(bits) => wt::Val::V128(bits.into()),
        Value::Extern(n) => {
            let reference = wt::ExternRef::new(store, n);
            wt::Val::ExternRef(Some(
                reference.map_err(|e| Refusal::Host(format!("{e:#}")))?,
            ))
        }
        Value::Null(_) | Value::Func | Value::Exn => match ty.as_ref() {
            Some(ty) => wt::Val::null_ref(ty.heap_type()),
            None => return Err(Refusal::Host(format!("{value:?} where {ty} is wanted"))),
        },
    })
}

fn kind(ty: &wt::ValType) -> Result<Kind, Refusal> {
    let strange = || Refusal::Import(format!("the host has no value of type {ty}"));
    Ok(match ty {
        wt::ValType::I32 => Kind::I32,
        wt::ValType::I64 => Kind::I64,
        wt::ValType::F32 => Kind::F32,
        wt::ValType::F64 => Kind::F64,
        wt::ValType::V128 => Kind::V128,
        wt::ValType::Ref(ty) if !ty.is_nullable() => return Err(strange()),
        wt::ValType::Ref(ty) => match ty.heap_type().top() {
            wt::HeapType::Func => Kind::Ref(RefKind::Func),
            wt::HeapType::Extern => Kind::Ref(RefKind::Extern),
            wt::HeapType::Exn => Kind::Ref(RefKind::Exn),
            _ => return Err(strange()),
        },
    })
}

/// What the host gives for an import.
fn offer(
    store: &mut Store,
    module: &str,
    name: &str,
    ty: &wt::ExternType,
) -> Result<wt::Extern, Refusal> {
    let failed = |e: wt::Error| Refusal::Import(format!("{e:#}"));
    Ok(match ty {
        wt::ExternType::Func(ty) => function(store, module, name, ty)?.into(),
        wt::ExternType::Global(ty) => {
            let value = global(module, name, kind(ty.content())?);
            let value = to_engine(store, value, ty.content())?;
            wt::Global::new(store, ty.clone(), value)
                .map_err(failed)?
                .into()
        }
        wt::ExternType::Memory(ty) => wt::Memory::new(store, ty.clone()).map_err(failed)?.into(),
        wt::ExternType::Table(ty) => {
            let null = wt::Ref::null(ty.element().heap_type());
            wt::Table::new(store, ty.clone(), null)
                .map_err(failed)?
                .into()
        }
        wt::ExternType::Tag(ty) => wt::Tag::new(store, ty).map_err(failed)?.into(),
    })
}

fn function(
    store: &mut Store,
    module: &str,
    name: &str,
    ty: &wt::FuncType,
) -> Result<wt::Func, Refusal> {
    let kinds = ty
        .results()
        .map(|ty| kind(&ty))
        .collect::<Result<Vec<Kind>, _>>()?;
    let types: Vec<wt::ValType> = ty.results().collect();
    let (module, name) = (module.to_owned(), name.to_owned());
    let answer =
        move |mut caller: wt::Caller<'_, Data>, arguments: &[wt::Val], results: &mut [wt::Val]| {
            let arguments = plain(&caller, arguments)?;
            let answers = caller
                .data_mut()
                .log
                .answer(&module, &name, &arguments, &kinds);
            for ((result, answer), ty) in results.iter_mut().zip(answers).zip(&types) {
                *result = match answer {
                    Value::I32(v) => wt::Val::I32(v),
                    Value::I64(v) => wt::Val::I64(v),
                    Value::F32(bits) => wt::Val::F32(bits),
                    Value::F64(bits) => wt::Val::F64(bits),
                    Value::V128(bits) => wt::Val::V128(bits.into()),
                    _ => wt::Val::default_for_ty(ty).ok_or_else(|| wt::Error::msg("no null"))?,
                };
            }
            Ok(())
        };
    Ok(wt::Func::new(store, ty.clone(), answer))
}

/// A host function's arguments.
fn plain(caller: &wt::Caller<'_, Data>, values: &[wt::Val]) -> wt::Result<Vec<Value>> {
    let value = |value: &wt::Val| {
        Ok(match value {
            wt::Val::I32(v) => Value::I32(*v),
            wt::Val::I64(v) => Value::I64(*v),
            wt::Val::F32(bits) => Value::F32(*bits),
            wt::Val::F64(bits) => Value::F64(*bits),
            wt::Val::V128(v) => Value::V128(v.as_u128()),
            wt::Val::ExternRef(Some(reference)) => {
                let data = reference.data(caller)?;
                let number = data.and_then(|data| data.downcast_ref::<u32>());
                Value::Extern(number.copied().unwrap_or(0))
            }
            wt::Val::FuncRef(Some(_)) => Value::Func,
            wt::Val::ExnRef(Some(_)) => Value::Exn,
            _ => Value::Null(RefKind::Func),
        })
    };
    values.iter().map(value).collect()
}

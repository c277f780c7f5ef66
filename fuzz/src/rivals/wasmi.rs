//! wasmi with its `deterministic` feature, which makes NaNs canonical.

use lockstep_vm::Trap;
use spec_tests::tier::{RefKind, Value};
use wasmi as wi;
use wasmi::AsContext;

use super::{Guest, call_all, call_run, host};
use crate::host::{HostLog, Kind, global};
use crate::lockstep;
use crate::program::{Call, Program};
use crate::rewrite::Spelling;
use crate::tier::{CallRun, Known, Outcome, Refusal, Run, State, Tier};

/// Depth and height of a guest's stack: more than a guest can use before
/// Lockstep's limit on its units.
const STACK: usize = 1 << 20;

/// The engine, configured.
pub struct Wasmi {
    engine: wi::Engine,
}

/// What a store holds: the log, and limits like those of our profile.
struct Data {
    log: HostLog,
    limits: wi::StoreLimits,
}

type Store = wi::Store<Data>;

impl Default for Wasmi {
    fn default() -> Wasmi {
        Wasmi::new()
    }
}

impl Wasmi {
    /// With everything on that Lockstep has and wasmi too.
    pub fn new() -> Wasmi {
        let mut config = wi::Config::default();
        config
            .wasm_memory64(true)
            .wasm_multi_memory(true)
            .wasm_tail_call(true)
            .wasm_extended_const(true)
            .wasm_simd(true)
            .wasm_relaxed_simd(true)
            .consume_fuel(true)
            .set_max_recursion_depth(STACK)
            .set_max_stack_height(64 * STACK);
        Wasmi {
            engine: wi::Engine::new(&config),
        }
    }
}

impl Tier for Wasmi {
    fn name(&self) -> String {
        "wasmi".to_owned()
    }

    fn known(&self) -> Known {
        Known {
            fuel_unit: true,
            stack_depth: true,
            trap_site: true,
            trap_offset: false,
            table_traps: true,
            unsteady: true,
            spelling: Spelling {
                relaxed_dot_sum: true,
                select_condition: true,
            },
        }
    }

    fn run(&self, program: &Program) -> Result<Run, Refusal> {
        let refused = |e: wi::Error| Refusal::Module(e.to_string());
        let module = wi::Module::new(&self.engine, &program.wasm).map_err(refused)?;
        let profile = lockstep::profile(lockstep_vm::RelaxedMadd::Fused);
        let limits = wi::StoreLimitsBuilder::new()
            .memory_size((profile.limits.memory_pages << 16) as usize)
            .table_elements(profile.limits.table_elements as usize)
            .build();
        let data = Data {
            log: HostLog::default(),
            limits,
        };
        let mut store = wi::Store::new(&self.engine, data);
        store.limiter(|data| &mut data.limits);
        let mut linker = wi::Linker::new(&self.engine);
        linker.allow_shadowing(true);
        for import in module.imports() {
            let item = offer(&mut store, import.module(), import.name(), import.ty())?;
            let defined = linker.define(import.module(), import.name(), item);
            defined.map_err(|e| Refusal::Import(e.to_string()))?;
        }
        store.set_fuel(super::fuel(program)).map_err(host)?;
        let begun = linker.instantiate_and_start(&mut store, &module);
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
    instance: wi::Instance,
}

impl Guest for Running<'_> {
    fn refuel(&mut self, fuel: u64) -> Result<(), Refusal> {
        self.store.set_fuel(fuel).map_err(host)
    }

    fn call(&mut self, call: &Call) -> Result<CallRun, Refusal> {
        let (store, instance) = (&mut *self.store, self.instance);
        let function = instance.get_func(&*store, &call.export);
        let function =
            function.ok_or_else(|| Refusal::Host(format!("no export {:?}", call.export)))?;
        let ty = function.ty(&*store);
        let arguments = call.arguments.iter().zip(ty.params());
        let arguments: Vec<wi::Val> = arguments
            .map(|(value, ty)| to_engine(&mut *store, *value, *ty))
            .collect();
        let mut results = vec![wi::Val::I32(0); ty.results().len()];
        match function.call(&mut *store, &arguments, &mut results) {
            Ok(()) => {
                let values = results
                    .iter()
                    .map(|value| from_engine(store.as_context(), value));
                Ok(call_run(Outcome::Returned(values.collect()), None))
            }
            Err(error) => ended(&error),
        }
    }

    fn state(&mut self) -> Result<State, Refusal> {
        let (store, instance) = (&*self.store, self.instance);
        let mut state = State::default();
        for export in instance.exports(store) {
            let name = export.name().to_owned();
            match export.into_extern() {
                wi::Extern::Memory(memory) => {
                    state.memories.push((name, memory.data(store).to_vec()))
                }
                wi::Extern::Global(global) => {
                    state
                        .globals
                        .push((name, from_engine(store.as_context(), &global.get(store))));
                }
                wi::Extern::Table(table) => {
                    let element = |index| {
                        let element = table.get(store, index);
                        let element =
                            element.ok_or_else(|| Refusal::Host("a table shrank".into()))?;
                        Ok(from_engine(store.as_context(), &wi::Val::from(element)))
                    };
                    let values = (0..table.size(store)).map(element);
                    state.tables.push((name, values.collect::<Result<_, _>>()?));
                }
                wi::Extern::Func(_) => {}
            }
        }
        Ok(state)
    }
}

/// How a call ended that did not return.
fn ended(error: &wi::Error) -> Result<CallRun, Refusal> {
    let outcome = match error.as_trap_code() {
        Some(wi::TrapCode::OutOfFuel) => Outcome::OutOfFuel,
        Some(code) => Outcome::Trapped(
            trap_of(code)
                .ok_or_else(|| Refusal::Host(format!("a trap that is not in Wasm: {code:?}")))?,
        ),
        None => return Err(Refusal::Host(error.to_string())),
    };
    Ok(call_run(outcome, None))
}

fn trap_of(code: wi::TrapCode) -> Option<Trap> {
    use wi::TrapCode as T;
    Some(match code {
        T::UnreachableCodeReached => Trap::Unreachable,
        T::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        T::TableOutOfBounds => Trap::TableOutOfBounds,
        T::IndirectCallToNull => Trap::UninitializedElement,
        T::IntegerDivisionByZero => Trap::IntegerDivideByZero,
        T::IntegerOverflow => Trap::IntegerOverflow,
        T::BadConversionToInteger => Trap::InvalidConversionToInteger,
        T::StackOverflow => Trap::StackExhausted,
        T::BadSignature => Trap::IndirectCallTypeMismatch,
        _ => return None,
    })
}

fn from_engine(store: wi::StoreContext<'_, Data>, value: &wi::Val) -> Value {
    match value {
        wi::Val::I32(v) => Value::I32(*v),
        wi::Val::I64(v) => Value::I64(*v),
        wi::Val::F32(v) => Value::F32(v.to_bits()),
        wi::Val::F64(v) => Value::F64(v.to_bits()),
        wi::Val::V128(v) => Value::V128(v.as_u128()),
        wi::Val::FuncRef(wi::Nullable::Null) => Value::Null(RefKind::Func),
        wi::Val::FuncRef(wi::Nullable::Val(_)) => Value::Func,
        wi::Val::ExternRef(wi::Nullable::Null) => Value::Null(RefKind::Extern),
        wi::Val::ExternRef(wi::Nullable::Val(reference)) => {
            let number = reference.data(store).downcast_ref::<u32>();
            Value::Extern(number.copied().unwrap_or(0))
        }
    }
}

fn to_engine(store: impl wi::AsContextMut, value: Value, ty: wi::ValType) -> wi::Val {
    match value {
        Value::I32(v) => wi::Val::I32(v),
        Value::I64(v) => wi::Val::I64(v),
        Value::F32(bits) => wi::Val::F32(wi::F32::from_bits(bits)),
        Value::F64(bits) => wi::Val::F64(wi::F64::from_bits(bits)),
        Value::V128(bits) => wi::Val::V128(bits.into()),
        Value::Extern(n) => wi::Val::ExternRef(wi::Nullable::Val(wi::ExternRef::new(store, n))),
        Value::Null(_) | Value::Func | Value::Exn => wi::Val::default_for_ty(ty),
    }
}

fn kind(ty: wi::ValType) -> Kind {
    match ty {
        wi::ValType::I32 => Kind::I32,
        wi::ValType::I64 => Kind::I64,
        wi::ValType::F32 => Kind::F32,
        wi::ValType::F64 => Kind::F64,
        wi::ValType::V128 => Kind::V128,
        wi::ValType::FuncRef => Kind::Ref(RefKind::Func),
        wi::ValType::ExternRef => Kind::Ref(RefKind::Extern),
    }
}

/// What the host gives for an import.
fn offer(
    store: &mut Store,
    module: &str,
    name: &str,
    ty: &wi::ExternType,
) -> Result<wi::Extern, Refusal> {
    let failed = |e: wi::Error| Refusal::Import(e.to_string());
    Ok(match ty {
        wi::ExternType::Func(ty) => function(store, module, name, ty).into(),
        wi::ExternType::Global(ty) => {
            let value = global(module, name, kind(ty.content()));
            let value = to_engine(&mut *store, value, ty.content());
            wi::Global::new(store, value, ty.mutability()).into()
        }
        wi::ExternType::Memory(ty) => wi::Memory::new(store, *ty).map_err(failed)?.into(),
        wi::ExternType::Table(ty) => {
            let null = wi::Ref::default_for_ty(ty.element());
            wi::Table::new(store, *ty, null).map_err(failed)?.into()
        }
    })
}

fn function(store: &mut Store, module: &str, name: &str, ty: &wi::FuncType) -> wi::Func {
    let types = ty.results().to_vec();
    let kinds: Vec<Kind> = types.iter().map(|&ty| kind(ty)).collect();
    let (module, name) = (module.to_owned(), name.to_owned());
    let answer =
        move |mut caller: wi::Caller<'_, Data>, arguments: &[wi::Val], results: &mut [wi::Val]| {
            let plain = |value| from_engine(caller.as_context(), value);
            let arguments: Vec<Value> = arguments.iter().map(plain).collect();
            let answers = caller
                .data_mut()
                .log
                .answer(&module, &name, &arguments, &kinds);
            for ((result, answer), ty) in results.iter_mut().zip(answers).zip(&types) {
                *result = to_engine(&mut caller, answer, *ty);
            }
            Ok(())
        };
    wi::Func::new(store, ty.clone(), answer)
}

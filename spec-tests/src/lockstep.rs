//! Lockstep's tiers: the only file here that touches the engine.

use lockstep_vm::{
    Caller, Config, CpuLevel, Engine, Error, ExternRef, Func, Instance, Linker, Module, Store,
    Tier as How, Trap, V128, Val,
};
use lockstep_wasi::{PtrWidth, WasiCtx};

use crate::tier::{Failure, InstanceId, ModuleId, RefKind, Tier, Value, World};

/// Fuel per call: far more than any script needs, and an end to one that
/// would never stop.
const FUEL: u64 = 20_000_000_000;

/// Every tier the suite runs on.
pub fn tiers() -> Vec<Box<dyn Tier>> {
    let plain = Way::new("interp".to_owned(), Config::new().tier(How::Interpreter));
    let mut tiers: Vec<Box<dyn Tier>> = vec![Box::new(plain)];
    if Engine::new(&Config::new().tier(How::Jit)).is_ok() {
        for &level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
            let config = Config::new().tier(How::Jit).cpu_level(level);
            tiers.push(Box::new(Way::new(format!("jit-{level}"), config.clone())));
            if level == CpuLevel::best() {
                let free = config.clone().guard_pages(false);
                tiers.push(Box::new(Way::new("jit-signal-free".to_owned(), free)));
                let forced = config.force_osr(true).force_deopt(true);
                tiers.push(Box::new(Way::new("jit-forced".to_owned(), forced)));
            }
        }
    }
    tiers
}

/// How a WASI guest ended, and the world it leaves.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code, 0 when `_start` returned; or why it ended otherwise.
    pub exit: Result<i32, Failure>,
    /// The world, with the guest's output in it.
    pub world: WasiCtx,
}

/// Runs a WASI guest's `_start` in `world`, on the interpreter.
///
/// # Errors
/// When the module does not load; how the guest itself ends is in [`Ended`].
pub fn run_wasi(wasm: &[u8], world: WasiCtx) -> Result<Ended, Failure> {
    let engine = Engine::default();
    let module = Module::new(&engine, wasm).map_err(failure)?;
    let mut linker = Linker::new(&engine);
    lockstep_wasi::link::add_to_linker(&mut linker, PtrWidth::of(&module), |world| world)
        .map_err(failure)?;
    let mut store = Store::new(&engine, world);
    store.set_fuel(FUEL);
    let instance = linker.instantiate(&mut store, &module).map_err(failure)?;
    let start = instance
        .get_typed_func::<(), ()>(&store, "_start")
        .map_err(failure)?;
    let exit = match start.call(&mut store, ()) {
        Ok(()) => Ok(0),
        Err(Error::Exit(code)) => Ok(code),
        Err(other) => Err(failure(other)),
    };
    Ok(Ended {
        exit,
        world: store.into_data(),
    })
}

/// The engine in the default profile, in one of the ways it can run code.
#[derive(Clone, Debug)]
struct Way {
    name: String,
    config: Config,
}

impl Way {
    fn new(name: String, config: Config) -> Way {
        Way { name, config }
    }
}

impl Tier for Way {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> Result<Box<dyn World>, Failure> {
        Ok(Box::new(Machine::open(&self.config)?))
    }
}

/// A store, and a linker that knows what was registered.
struct Machine {
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    modules: Vec<Module>,
    instances: Vec<Instance>,
}

impl Machine {
    fn open(config: &Config) -> Result<Machine, Failure> {
        let engine = Engine::new(config).map_err(failure)?;
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        define_host(&mut linker).map_err(failure)?;
        Ok(Machine {
            store: Store::new(&engine, ()),
            engine,
            linker,
            modules: Vec::new(),
            instances: Vec::new(),
        })
    }

    fn function(&self, instance: InstanceId, name: &str) -> Result<Func, Failure> {
        self.instances[instance.0]
            .get_func(&self.store, name)
            .ok_or_else(|| Failure::Other(format!("no function is exported as `{name}`")))
    }
}

/// The functions behind `spectest`: they take their arguments and do nothing.
fn define_host(linker: &mut Linker<()>) -> Result<(), Error> {
    linker.func_wrap("host", "print", |_: Caller<'_, ()>| {})?;
    linker.func_wrap("host", "print_i32", |_: Caller<'_, ()>, _: i32| {})?;
    linker.func_wrap("host", "print_i64", |_: Caller<'_, ()>, _: i64| {})?;
    linker.func_wrap("host", "print_f32", |_: Caller<'_, ()>, _: f32| {})?;
    linker.func_wrap("host", "print_f64", |_: Caller<'_, ()>, _: f64| {})?;
    linker.func_wrap(
        "host",
        "print_i32_f32",
        |_: Caller<'_, ()>, _: i32, _: f32| {},
    )?;
    linker.func_wrap(
        "host",
        "print_f64_f64",
        |_: Caller<'_, ()>, _: f64, _: f64| {},
    )?;
    Ok(())
}

impl World for Machine {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleId, Failure> {
        let module = Module::new(&self.engine, wasm).map_err(failure)?;
        self.modules.push(module);
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        self.store.set_fuel(FUEL);
        let instance = self
            .linker
            .instantiate(&mut self.store, &self.modules[module.0])
            .map_err(failure)?;
        self.instances.push(instance);
        Ok(InstanceId(self.instances.len() - 1))
    }

    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure> {
        let instance = self.instances[instance.0];
        self.linker
            .instance(&self.store, name, instance)
            .map(drop)
            .map_err(failure)
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let function = self.function(instance, function)?;
        let arguments = arguments
            .iter()
            .map(|&value| to_engine(value))
            .collect::<Result<Vec<Val>, Failure>>()?;
        let count = function.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        self.store.set_fuel(FUEL);
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(failure)?;
        Ok(results.into_iter().map(from_engine).collect())
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        self.instances[instance.0]
            .get_global(&self.store, name)
            .map(|global| from_engine(global.get(&self.store)))
            .ok_or_else(|| Failure::Other(format!("no global is exported as `{name}`")))
    }
}

/// The engine's form of a value.
///
/// # Errors
/// For functions and exceptions, which a script can not name.
pub fn to_engine(value: Value) -> Result<Val, Failure> {
    Ok(match value {
        Value::I32(v) => Val::I32(v),
        Value::I64(v) => Val::I64(v),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(bits) => Val::V128(V128::from_bytes(bits.to_le_bytes())),
        Value::Null(RefKind::Func) => Val::FuncRef(None),
        Value::Null(RefKind::Extern) => Val::ExternRef(None),
        Value::Null(RefKind::Exn) => Val::ExnRef(None),
        Value::Extern(n) => Val::ExternRef(Some(ExternRef(n))),
        Value::Func | Value::Exn => {
            return Err(Failure::Other(format!("{value:?} cannot be an argument")));
        }
    })
}

/// A value as scripts and reports have it.
pub fn from_engine(value: Val) -> Value {
    match value {
        Val::I32(v) => Value::I32(v),
        Val::I64(v) => Value::I64(v),
        Val::F32(bits) => Value::F32(bits),
        Val::F64(bits) => Value::F64(bits),
        Val::V128(v) => Value::V128(u128::from_le_bytes(v.to_bytes())),
        Val::FuncRef(None) => Value::Null(RefKind::Func),
        Val::FuncRef(Some(_)) => Value::Func,
        Val::ExternRef(None) => Value::Null(RefKind::Extern),
        Val::ExternRef(Some(ExternRef(n))) => Value::Extern(n),
        Val::ExnRef(None) => Value::Null(RefKind::Exn),
        Val::ExnRef(Some(_)) => Value::Exn,
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Trap(info) if info.trap == Trap::StackExhausted => Failure::Exhaustion,
        Error::Trap(info) => Failure::Trap(info.trap.message().to_owned()),
        Error::Exception { .. } => Failure::Exception,
        Error::Invalid { .. } => Failure::Invalid(error.to_string()),
        Error::Link(_) => Failure::Unlinkable(error.to_string()),
        other => Failure::Other(other.to_string()),
    }
}

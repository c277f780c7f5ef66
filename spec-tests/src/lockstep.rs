//! Lockstep's tiers: the only file here that touches the engine.

use lockstep_vm::{
    Caller, Engine, Error, Extern, ExternRef, Instance, Linker, Module, Store, Trap, V128, Val,
};

use crate::tier::{Failure, InstanceId, ModuleId, RefKind, SPECTEST, Tier, Value, World};

/// Every tier the suite runs on.
pub fn tiers() -> Vec<Box<dyn Tier>> {
    vec![Box::new(Interpreter)]
}

struct Interpreter;

impl Tier for Interpreter {
    fn name(&self) -> &'static str {
        "interp"
    }

    fn open(&self) -> Box<dyn World> {
        Box::new(LockstepWorld::new())
    }
}

struct LockstepWorld {
    store: Store<()>,
    linker: Linker<()>,
    modules: Vec<Module>,
    instances: Vec<Instance>,
}

/// The functions that `spectest` passes on; what they print is not looked at.
fn add_host(linker: &mut Linker<()>) -> Result<(), Error> {
    type C<'a> = Caller<'a, ()>;
    linker.func_wrap("host", "print", |_: C<'_>| {})?;
    linker.func_wrap("host", "print_i32", |_: C<'_>, _: i32| {})?;
    linker.func_wrap("host", "print_i64", |_: C<'_>, _: i64| {})?;
    linker.func_wrap("host", "print_f32", |_: C<'_>, _: f32| {})?;
    linker.func_wrap("host", "print_f64", |_: C<'_>, _: f64| {})?;
    linker.func_wrap("host", "print_i32_f32", |_: C<'_>, _: i32, _: f32| {})?;
    linker.func_wrap("host", "print_f64_f64", |_: C<'_>, _: f64, _: f64| {})?;
    Ok(())
}

impl LockstepWorld {
    fn new() -> LockstepWorld {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        linker.allow_shadowing(true);
        add_host(&mut linker).expect("the names differ");
        let store = Store::new(&engine, ());
        let mut world = LockstepWorld {
            store,
            linker,
            modules: Vec::new(),
            instances: Vec::new(),
        };
        let spectest = wat::parse_str(SPECTEST).expect("the module is well-formed");
        let module = world.compile(&spectest).expect("the module is valid");
        let instance = world.instantiate(module).expect("the module links");
        world.register("spectest", instance);
        world
    }

    fn export(&self, instance: InstanceId, name: &str) -> Result<Extern, Failure> {
        self.instances[instance.0]
            .get_export(&self.store, name)
            .ok_or_else(|| Failure::Other(format!("there is no export {name:?}")))
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Trap(info) if info.trap == Trap::StackExhausted => Failure::Exhaustion,
        Error::Trap(info) => Failure::Trap(info.trap.message().to_string()),
        Error::Exception { .. } => Failure::Exception,
        Error::Link(_) => Failure::Unlinkable(error.to_string()),
        Error::Invalid { .. } => Failure::Invalid(error.to_string()),
        other => Failure::Other(other.to_string()),
    }
}

fn to_val(value: Value) -> Result<Val, Failure> {
    Ok(match value {
        Value::I32(v) => Val::I32(v),
        Value::I64(v) => Val::I64(v),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(bits) => Val::V128(V128::from_bytes(bits.to_le_bytes())),
        Value::Null(RefKind::Func) => Val::FuncRef(None),
        Value::Null(RefKind::Extern) => Val::ExternRef(None),
        Value::Null(RefKind::Exn) => Val::ExnRef(None),
        Value::Extern(number) => Val::ExternRef(Some(ExternRef(number))),
        Value::Func | Value::Exn => {
            return Err(Failure::Other(
                "a script cannot name this reference".to_string(),
            ));
        }
    })
}

fn from_val(val: Val) -> Value {
    match val {
        Val::I32(v) => Value::I32(v),
        Val::I64(v) => Value::I64(v),
        Val::F32(bits) => Value::F32(bits),
        Val::F64(bits) => Value::F64(bits),
        Val::V128(v) => Value::V128(u128::from_le_bytes(v.to_bytes())),
        Val::FuncRef(None) => Value::Null(RefKind::Func),
        Val::FuncRef(Some(_)) => Value::Func,
        Val::ExternRef(None) => Value::Null(RefKind::Extern),
        Val::ExternRef(Some(ExternRef(number))) => Value::Extern(number),
        Val::ExnRef(None) => Value::Null(RefKind::Exn),
        Val::ExnRef(Some(_)) => Value::Exn,
    }
}

impl World for LockstepWorld {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleId, Failure> {
        let module = Module::new(self.store.engine(), wasm).map_err(failure)?;
        self.modules.push(module);
        Ok(ModuleId(self.modules.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        let module = &self.modules[module.0];
        let instance = self
            .linker
            .instantiate(&mut self.store, module)
            .map_err(failure)?;
        self.instances.push(instance);
        Ok(InstanceId(self.instances.len() - 1))
    }

    fn register(&mut self, name: &str, instance: InstanceId) {
        self.linker
            .instance(&self.store, name, self.instances[instance.0])
            .expect("names may be taken again");
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let func = self
            .export(instance, function)?
            .into_func()
            .ok_or_else(|| Failure::Other(format!("{function:?} is not a function")))?;
        let arguments: Vec<Val> = arguments
            .iter()
            .map(|&value| to_val(value))
            .collect::<Result<_, _>>()?;
        let mut results = vec![Val::I32(0); func.ty(&self.store).results().len()];
        func.call(&mut self.store, &arguments, &mut results)
            .map_err(failure)?;
        Ok(results.into_iter().map(from_val).collect())
    }

    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure> {
        let global = self
            .export(instance, name)?
            .into_global()
            .ok_or_else(|| Failure::Other(format!("{name:?} is not a global")))?;
        Ok(from_val(global.get(&self.store)))
    }
}

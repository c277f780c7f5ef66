//! Finding a module's imports by name.

use std::collections::HashMap;

use crate::caller::{AsContext, AsContextMut, Caller};
use crate::compiled::Module;
use crate::engine::Engine;
use crate::error::{Error, MissingImport};
use crate::externs::{Extern, Func};
use crate::func::{IntoHostFunc, host_from_vals};
use crate::instance::{Instance, satisfies};
use crate::module::Kind;
use crate::module::types::{ExternType, FuncType};
use crate::store::{HostFunc, Inner};
use crate::val::Val;

enum Definition<T> {
    Extern(Extern),
    Host(FuncType, HostFunc<T>),
}

impl<T> Clone for Definition<T> {
    fn clone(&self) -> Self {
        match self {
            Definition::Extern(item) => Definition::Extern(*item),
            Definition::Host(ty, func) => Definition::Host(ty.clone(), func.clone()),
        }
    }
}

impl<T> Definition<T> {
    fn ty(&self, inner: &Inner) -> ExternType {
        match self {
            Definition::Extern(item) => item.ty_in(inner),
            Definition::Host(ty, _) => ExternType::Func(ty.clone()),
        }
    }
}

/// A set of named definitions from which imports are taken.
///
/// ```
/// use lockstep_vm::{Caller, Engine, Linker, Module, Store};
///
/// let engine = Engine::default();
/// let wasm = wat::parse_str(
///     r#"(module
///          (import "host" "double" (func $double (param i32) (result i32)))
///          (func (export "run") (result i32) (call $double (i32.const 21))))"#,
/// )?;
/// let module = Module::new(&engine, &wasm)?;
/// let mut linker = Linker::new(&engine);
/// linker.func_wrap("host", "double", |_: Caller<'_, ()>, x: i32| 2 * x)?;
/// let mut store = Store::new(&engine, ());
/// let instance = linker.instantiate(&mut store, &module)?;
/// let run = instance.get_typed_func::<(), i32>(&store, "run")?;
/// assert_eq!(run.call(&mut store, ())?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Linker<T> {
    engine: Engine,
    definitions: HashMap<(String, String), Definition<T>>,
    shadowing: bool,
}

impl<T> Linker<T> {
    /// An empty set.
    pub fn new(engine: &Engine) -> Linker<T> {
        Linker {
            engine: engine.clone(),
            definitions: HashMap::new(),
            shadowing: false,
        }
    }

    /// The engine it belongs to.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a later definition may replace one of the same name.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Self {
        self.shadowing = allow;
        self
    }

    fn insert(
        &mut self,
        module: &str,
        name: &str,
        item: Definition<T>,
    ) -> Result<&mut Self, Error> {
        let key = (module.to_string(), name.to_string());
        if !self.shadowing && self.definitions.contains_key(&key) {
            return Err(Error::usage(format!(
                "{module:?} {name:?} is defined twice"
            )));
        }
        self.definitions.insert(key, item);
        Ok(self)
    }

    /// Defines something that exists in a store.
    ///
    /// # Errors
    /// [`Error::Usage`] if the name is taken.
    pub fn define(
        &mut self,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Self, Error> {
        self.insert(module, name, Definition::Extern(item.into()))
    }

    /// Defines a host function over Rust types.
    ///
    /// # Errors
    /// [`Error::Usage`] if the name is taken.
    pub fn func_wrap<P, R>(
        &mut self,
        module: &str,
        name: &str,
        func: impl IntoHostFunc<T, P, R>,
    ) -> Result<&mut Self, Error> {
        let (ty, host) = func.into_host();
        self.insert(module, name, Definition::Host(ty, host))
    }

    /// Defines a host function over values.
    ///
    /// # Errors
    /// [`Error::Usage`] if the name is taken.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<&mut Self, Error>
    where
        T: 'static,
    {
        let host = host_from_vals(ty.clone(), func);
        self.insert(module, name, Definition::Host(ty, host))
    }

    /// Defines every export of an instance under the module name `module`.
    ///
    /// # Errors
    /// [`Error::Usage`] if a name is taken.
    pub fn instance(
        &mut self,
        store: impl AsContext,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Self, Error> {
        for (name, item) in instance.exports(store) {
            self.define(module, &name, item)?;
        }
        Ok(self)
    }

    /// Whether something is defined under this name.
    pub fn is_defined(&self, module: &str, name: &str) -> bool {
        self.definitions
            .contains_key(&(module.to_string(), name.to_string()))
    }

    /// Brings a module to life with the definitions its imports name.
    ///
    /// # Errors
    /// [`Error::Link`] with every import that is missing or has another type;
    /// otherwise as [`Instance::new`].
    pub fn instantiate(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        let store = store.store_mut();
        let data = module.compiled().data();
        let mut found = Vec::new();
        let mut missing = Vec::new();
        for import in &data.imports {
            let key = (import.module.clone(), import.name.clone());
            let definition = self.definitions.get(&key);
            let fits = definition.is_some_and(|definition| match definition {
                Definition::Extern(item) => satisfies(&store.inner, item, data, import.entity),
                Definition::Host(ty, _) => {
                    import.entity.kind == Kind::Func
                        && self.engine.types().intern(ty) == data.func_type_id(import.entity.index)
                }
            });
            match definition {
                Some(definition) if fits => found.push(definition.clone()),
                other => {
                    let (module, name) = key.clone();
                    let found = other.map(|definition| definition.ty(&store.inner));
                    let wanted = data.entity_type(import.entity);
                    missing.push(MissingImport {
                        module,
                        name,
                        wanted,
                        found,
                    });
                }
            }
        }
        if !missing.is_empty() {
            return Err(Error::Link(missing));
        }
        let imports: Vec<Extern> = found
            .into_iter()
            .map(|definition| match definition {
                Definition::Extern(item) => item,
                Definition::Host(ty, func) => {
                    let index = store.add_host(ty, func);
                    Func {
                        store: store.inner.id,
                        index,
                    }
                    .into()
                }
            })
            .collect();
        Instance::new(store, module, &imports)
    }
}

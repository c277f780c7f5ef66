//! Bringing a module to life, and what it exports.

use std::sync::Arc;

use isa::Trap;

use crate::caller::{AsContext, AsContextMut};
use crate::compiled::{Compiled, Module};
use crate::error::{Error, TrapInfo};
use crate::externs::{Extern, Func, Global, Memory, Table, Tag, add_tag};
use crate::func::{Outcome, TypedFunc};
use crate::machine::function::Function;
use crate::machine::instance::{self as machine, GlobalInst};
use crate::machine::memory::MemoryInst;
use crate::machine::table::TableInst;
use crate::module::{ConstOp, ElementItems, Entity, Kind, ModuleData, SegmentMode};
use crate::store::{Inner, Store};
use crate::val::WasmTys;

/// A module brought to life in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    pub(crate) store: u32,
    pub(crate) index: u32,
}

/// The export `name` of instance `index`.
pub(crate) fn export_of(inner: &Inner, index: u32, name: &str) -> Option<Extern> {
    let instance = inner.instances.get(index);
    let export = instance.module.data().export(name)?;
    Some(entity_of(inner, instance, export.entity))
}

fn entity_of(inner: &Inner, instance: &machine::Instance, entity: Entity) -> Extern {
    let (store, index) = (inner.id, entity.index as usize);
    let lost = "an instance only names objects of its store";
    match entity.kind {
        Kind::Func => {
            // SAFETY: an instance's functions live as long as the store.
            let index = unsafe { (*instance.functions[index]).id };
            Func { store, index }.into()
        }
        Kind::Table => {
            let index = inner.tables.index_of(instance.tables[index]).expect(lost);
            Table { store, index }.into()
        }
        Kind::Memory => {
            let index = inner
                .memories
                .index_of(instance.memories[index])
                .expect(lost);
            Memory { store, index }.into()
        }
        Kind::Global => {
            // SAFETY: an instance's globals live as long as the store.
            let index = unsafe { (*instance.globals[index]).id };
            Global { store, index }.into()
        }
        Kind::Tag => Tag {
            store,
            index: instance.tags[index],
        }
        .into(),
    }
}

impl Instance {
    fn check(self, inner: &Inner) -> u32 {
        assert_eq!(
            self.store, inner.id,
            "an instance was used with another store"
        );
        self.index
    }

    /// Brings `module` to life with these imports, in the module's order,
    /// and runs its start function.
    ///
    /// # Errors
    /// [`Error::Usage`] if imports do not match, [`Error::Trap`] if a segment
    /// does not fit or the start function traps, [`Error::Limit`],
    /// [`Error::HostResource`], and whatever else ends the start function.
    pub fn new(
        mut store: impl AsContextMut,
        module: &Module,
        imports: &[Extern],
    ) -> Result<Instance, Error> {
        let store = store.store_mut();
        if !module.engine().same(store.engine()) {
            return Err(Error::usage(
                "the module belongs to another engine than the store",
            ));
        }
        let index = Builder::build(&mut store.inner, module.compiled(), imports)?;
        let instance = Instance {
            store: store.inner.id,
            index,
        };
        if let Some(start) = module.compiled().data().start {
            let compiled = store.inner.instances.get(index);
            let entity = Entity {
                kind: Kind::Func,
                index: start,
            };
            let Extern::Func(func) = entity_of(&store.inner, compiled, entity) else {
                unreachable!("a start function is a function")
            };
            instance.run_start(store, func)?;
        }
        Ok(instance)
    }

    fn run_start<T>(self, store: &mut Store<T>, func: Func) -> Result<(), Error> {
        match func.start(store, &[])? {
            Outcome::Done(_) => Ok(()),
            Outcome::OutOfFuel(_) => Err(Error::OutOfFuel),
            Outcome::Suspended(_) => Err(Error::Suspended),
        }
    }

    /// The export `name`.
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        let inner = &store.store().inner;
        export_of(inner, self.check(inner), name)
    }

    /// The exported function `name`.
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// The exported memory `name`.
    pub fn get_memory(&self, store: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// The exported table `name`.
    pub fn get_table(&self, store: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }

    /// The exported global `name`.
    pub fn get_global(&self, store: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// The exported function `name` with its types known to Rust.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such function or its types differ.
    pub fn get_typed_func<P: WasmTys, R: WasmTys>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<P, R>, Error> {
        match self.get_func(&store, name) {
            Some(func) => func.typed(store),
            None => Err(Error::usage(format!(
                "there is no exported function {name:?}"
            ))),
        }
    }

    /// Every export with its name, in the module's order.
    pub fn exports(&self, store: impl AsContext) -> Vec<(String, Extern)> {
        let inner = &store.store().inner;
        let instance = inner.instances.get(self.check(inner));
        let exports = instance.module.data().exports.iter();
        exports
            .map(|export| {
                (
                    export.name.clone(),
                    entity_of(inner, instance, export.entity),
                )
            })
            .collect()
    }

    /// All memories of the instance, imported ones first.
    pub fn memories(&self, store: impl AsContext) -> Vec<Memory> {
        let inner = &store.store().inner;
        let instance = inner.instances.get(self.check(inner));
        (0..instance.memories.len() as u32)
            .filter_map(|index| {
                entity_of(
                    inner,
                    instance,
                    Entity {
                        kind: Kind::Memory,
                        index,
                    },
                )
                .into_memory()
            })
            .collect()
    }
}

/// Whether `given` can be imported where a module declares `entity`.
pub(crate) fn satisfies(inner: &Inner, given: &Extern, data: &ModuleData, entity: Entity) -> bool {
    match (given, entity.kind) {
        // Functions and tags have exactly one type; its number says which.
        (Extern::Func(func), Kind::Func) => {
            inner.function(func.index).ty == data.func_type_id(entity.index)
        }
        (Extern::Tag(tag), Kind::Tag) => {
            let wanted = data.tags[entity.index as usize];
            inner.tags[tag.index as usize].id == data.type_ids[wanted as usize]
        }
        _ => given.ty_in(inner).matches(&data.entity_type(entity)),
    }
}

/// Most elements that the modules of a store may declare for their tables
/// together: 1 GiB. Instantiation charges no fuel, and a module of a few hundred
/// kilobytes can declare terabytes of tables.
const MAX_ELEMENTS: u64 = 1 << 27;

/// An instance in the making.
struct Builder<'a> {
    inner: &'a mut Inner,
    module: &'a Arc<Compiled>,
    instance: machine::Instance,
}

fn trap(trap: Trap) -> Error {
    Error::Trap(Box::new(TrapInfo {
        trap,
        frames: Vec::new(),
        more_frames: 0,
    }))
}

/// An instance of `module` with nothing in its index spaces yet.
fn blank(module: &Arc<Compiled>, id: u32) -> machine::Instance {
    machine::Instance {
        defined: std::ptr::null(),
        functions: Box::default(),
        memories: Box::default(),
        tables: Box::default(),
        globals: Box::default(),
        tags: Box::default(),
        dropped_data: vec![false; module.data().data.len()].into(),
        elements: Box::default(),
        module: module.clone(),
        id,
    }
}

impl Builder<'_> {
    fn build(inner: &mut Inner, module: &Arc<Compiled>, imports: &[Extern]) -> Result<u32, Error> {
        // Functions name their instance, so it has its place before its content.
        let id = inner.instances.len();
        inner.instances.push(blank(module, id));
        let instance = blank(module, id);
        let mut builder = Builder {
            inner,
            module,
            instance,
        };
        builder.import(imports)?;
        builder.define_functions(id);
        builder.define_memories()?;
        builder.define_globals();
        builder.define_tables()?;
        builder.define_elements();
        *builder.inner.instances.get_mut(id) = builder.instance;
        initialise(inner, id)?;
        Ok(id)
    }

    fn import(&mut self, imports: &[Extern]) -> Result<(), Error> {
        let data = self.module.data();
        if imports.len() != data.imports.len() {
            return Err(Error::usage(format!(
                "{} imports where the module has {}",
                imports.len(),
                data.imports.len()
            )));
        }
        let mut functions = Vec::new();
        let mut memories = Vec::new();
        let mut tables = Vec::new();
        let mut globals = Vec::new();
        let mut tags = Vec::new();
        for (import, given) in data.imports.iter().zip(imports) {
            let wanted = data.entity_type(import.entity);
            if !satisfies(self.inner, given, data, import.entity) {
                let (module, name) = (&import.module, &import.name);
                return Err(Error::usage(format!(
                    "import {module:?} {name:?} is not {wanted}"
                )));
            }
            match *given {
                Extern::Func(func) => {
                    functions.push(self.inner.functions[func.index as usize].as_ptr())
                }
                Extern::Memory(memory) => memories.push(self.inner.memories.ptr(memory.index)),
                Extern::Table(table) => tables.push(self.inner.tables.ptr(table.index)),
                Extern::Global(global) => globals.push(self.inner.globals.ptr(global.index)),
                Extern::Tag(tag) => tags.push(tag.index),
            }
        }
        for &tag in &data.tags[data.imported.tags as usize..] {
            let (ty, id) = (
                data.types[tag as usize].clone(),
                data.type_ids[tag as usize],
            );
            tags.push(add_tag(self.inner, ty, id));
        }
        self.instance.functions = functions.into();
        self.instance.memories = memories.into();
        self.instance.tables = tables.into();
        self.instance.globals = globals.into();
        self.instance.tags = tags.into();
        Ok(())
    }

    fn define_functions(&mut self, id: u32) {
        let data = self.module.data();
        let instance: *const machine::Instance = self.inner.instances.ptr(id);
        let next = self.inner.functions.len() as u32;
        let stubs = self.inner.engine.stubs();
        let defined: Box<[Function]> = (0..data.bodies.len() as u32)
            .map(|i| {
                let index = data.imported.funcs + i;
                Function::guest(data.func_type_id(index), next + i, instance, index, stubs)
            })
            .collect();
        let first = self.inner.add_functions(defined) as usize;
        let mut all = std::mem::take(&mut self.instance.functions).into_vec();
        all.extend(
            self.inner.functions[first..]
                .iter()
                .map(|function| function.as_ptr()),
        );
        if let Some(function) = self.inner.functions.get(first) {
            self.instance.defined = function.as_ptr();
        }
        self.instance.functions = all.into();
    }

    fn define_memories(&mut self) -> Result<(), Error> {
        let data = self.module.data();
        let mut all = std::mem::take(&mut self.instance.memories).into_vec();
        for &ty in &data.memories[data.imported.memories as usize..] {
            let memory = MemoryInst::new(ty, &self.inner.engine.profile().limits)?;
            let index = self.inner.memories.push(memory);
            all.push(self.inner.memories.ptr(index));
        }
        self.instance.memories = all.into();
        Ok(())
    }

    fn define_globals(&mut self) {
        let data = self.module.data();
        let mut all = std::mem::take(&mut self.instance.globals).into_vec();
        for global in &data.globals[data.imported.globals as usize..] {
            let init = global
                .init
                .as_deref()
                .expect("a defined global has an initialiser");
            self.instance.globals = all.into();
            let value = evaluate(&self.instance, init);
            all = std::mem::take(&mut self.instance.globals).into_vec();
            let index = self.inner.globals.push(GlobalInst {
                value,
                ty: global.ty,
                id: self.inner.globals.len(),
            });
            all.push(self.inner.globals.ptr(index));
        }
        self.instance.globals = all.into();
    }

    fn define_tables(&mut self) -> Result<(), Error> {
        let data = self.module.data();
        let mut all = std::mem::take(&mut self.instance.tables).into_vec();
        // What is larger than the profile allows by itself says so below.
        let limits = self.inner.engine.profile().limits;
        let declared = &data.tables[data.imported.tables as usize..];
        for table in declared {
            self.inner.declared_elements += table.ty.min.min(limits.table_elements);
        }
        if self.inner.declared_elements > MAX_ELEMENTS {
            return Err(Error::HostResource(format!(
                "more than {MAX_ELEMENTS} elements of tables in one store"
            )));
        }
        for table in declared {
            let init = table
                .init
                .as_deref()
                .map_or(0, |init| evaluate(&self.instance, init)[0]);
            let table = TableInst::new(table.ty, &limits, init)?;
            let index = self.inner.tables.push(table);
            all.push(self.inner.tables.ptr(index));
        }
        self.instance.tables = all.into();
        Ok(())
    }

    fn define_elements(&mut self) {
        let data = self.module.data();
        let instance = &self.instance;
        let elements = data.elements.iter().map(|segment| match &segment.items {
            ElementItems::Funcs(items) => items
                .iter()
                .map(|&index| instance.functions[index as usize] as usize as u64)
                .collect(),
            ElementItems::Exprs(items) => items
                .iter()
                .map(|&item| evaluate(instance, &[item])[0])
                .collect(),
        });
        self.instance.elements = elements.collect();
    }
}

/// Copies the active segments, in order; what was copied before a segment
/// that does not fit stays.
fn initialise(inner: &mut Inner, id: u32) -> Result<(), Error> {
    let module = inner.instances.get(id).module.clone();
    let data = module.data();
    for (index, segment) in data.elements.iter().enumerate() {
        let instance = inner.instances.get_mut(id);
        if let SegmentMode::Active { target, offset } = &segment.mode {
            let start = evaluate(instance, offset)[0];
            // SAFETY: the store keeps its tables alive and in place, and no
            // guest runs now.
            let table = unsafe { &mut *instance.tables[*target as usize] };
            let items = &instance.elements[index];
            debug_assert_eq!(items.len(), segment.items.len());
            if !table.contains(start, items.len() as u64) {
                return Err(trap(Trap::TableOutOfBounds));
            }
            table.elements_mut()[start as usize..][..items.len()].copy_from_slice(items);
        }
        if !matches!(segment.mode, SegmentMode::Passive) {
            instance.elements[index] = Box::default();
        }
    }
    for (index, segment) in data.data.iter().enumerate() {
        let instance = inner.instances.get_mut(id);
        if let SegmentMode::Active { target, offset } = &segment.mode {
            let start = evaluate(instance, offset)[0];
            let bytes = &data.bytes[segment.bytes.clone()];
            // SAFETY: as for tables.
            let memory = unsafe { &mut *instance.memories[*target as usize] };
            if !memory.contains(start, bytes.len() as u64) {
                return Err(trap(Trap::MemoryOutOfBounds));
            }
            memory.bytes_mut()[start as usize..][..bytes.len()].copy_from_slice(bytes);
            instance.dropped_data[index] = true;
        }
    }
    Ok(())
}

/// The value of a constant expression, by the meanings the machine runs.
fn evaluate(instance: &machine::Instance, expr: &[ConstOp]) -> [u64; 2] {
    use isa::sem::int;
    let mut stack: Vec<[u64; 2]> = Vec::new();
    let i32s = |stack: &mut Vec<[u64; 2]>, f: fn(i32, i32) -> i32| {
        let (b, a) = (
            stack.pop().unwrap_or_default(),
            stack.pop().unwrap_or_default(),
        );
        stack.push([u64::from(f(a[0] as i32, b[0] as i32) as u32), 0]);
    };
    let i64s = |stack: &mut Vec<[u64; 2]>, f: fn(i64, i64) -> i64| {
        let (b, a) = (
            stack.pop().unwrap_or_default(),
            stack.pop().unwrap_or_default(),
        );
        stack.push([f(a[0] as i64, b[0] as i64) as u64, 0]);
    };
    for op in expr {
        match *op {
            ConstOp::Value(bits) => stack.push([bits as u64, (bits >> 64) as u64]),
            ConstOp::GlobalGet(index) => {
                // SAFETY: the store keeps its globals alive and in place.
                stack.push(unsafe { (*instance.globals[index as usize]).value });
            }
            ConstOp::RefFunc(index) => {
                stack.push([instance.functions[index as usize] as usize as u64, 0]);
            }
            ConstOp::RefNull => stack.push([0, 0]),
            ConstOp::I32Add => i32s(&mut stack, int::i32_add),
            ConstOp::I32Sub => i32s(&mut stack, int::i32_sub),
            ConstOp::I32Mul => i32s(&mut stack, int::i32_mul),
            ConstOp::I64Add => i64s(&mut stack, int::i64_add),
            ConstOp::I64Sub => i64s(&mut stack, int::i64_sub),
            ConstOp::I64Mul => i64s(&mut stack, int::i64_mul),
        }
    }
    stack
        .pop()
        .expect("a validated constant expression has a value")
}

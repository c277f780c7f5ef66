//! Handles to what instances export and import. A handle is a small copyable
//! number; everything it does goes through its store.

use std::fs::File;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::caller::{AsContext, AsContextMut, Caller};
use crate::error::Error;
use crate::machine::function::Function;
use crate::machine::instance::GlobalInst;
use crate::machine::memory::MemoryInst;
use crate::machine::table::TableInst;
use crate::module::types::{
    ExternType, FuncType, GlobalType, MemoryType, TableType, TagType, TypeId, ValType,
};
use crate::run::{Rest, Run};
use crate::store::{Inner, Store, TagInst};
use crate::val::{IntoHostResult, Val, WasmTys, layout, read_slots, write_slots};

/// Something an instance exports or imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A table.
    Table(Table),
    /// A memory.
    Memory(Memory),
    /// A global.
    Global(Global),
    /// An exception tag.
    Tag(Tag),
}

macro_rules! handles {
    ($($(#[$meta:meta])* $name:ident $into:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name {
            pub(crate) store: u32,
            pub(crate) index: u32,
        }

        impl From<$name> for Extern {
            fn from(handle: $name) -> Extern {
                Extern::$name(handle)
            }
        }

        impl Extern {
            #[doc = concat!("The handle, if this is a [`", stringify!($name), "`].")]
            pub fn $into(self) -> Option<$name> {
                match self {
                    Extern::$name(handle) => Some(handle),
                    _ => None,
                }
            }
        }

        impl $name {
            /// # Panics
            /// If the handle belongs to another store.
            fn check(self, inner: &Inner) -> u32 {
                assert_eq!(self.store, inner.id, "a handle was used with another store");
                self.index
            }
        }
    )*};
}

handles! {
    /// A function. Using it with a store it does not belong to panics.
    Func into_func;
    /// A table. Using it with a store it does not belong to panics.
    Table into_table;
    /// A linear memory. Using it with a store it does not belong to panics.
    Memory into_memory;
    /// A global. Using it with a store it does not belong to panics.
    Global into_global;
    /// An exception tag. Using it with a store it does not belong to panics.
    Tag into_tag;
}

impl Extern {
    /// Its type; for memories and tables with the present size as minimum.
    pub fn ty(&self, store: impl AsContext) -> ExternType {
        self.ty_in(&store.store().inner)
    }

    pub(crate) fn ty_in(&self, inner: &Inner) -> ExternType {
        match *self {
            Extern::Func(func) => {
                ExternType::Func(inner.function_type(inner.function(func.check(inner))))
            }
            Extern::Table(table) => ExternType::Table(inner.tables.get(table.check(inner)).ty()),
            Extern::Memory(memory) => {
                ExternType::Memory(inner.memories.get(memory.check(inner)).ty())
            }
            Extern::Global(global) => ExternType::Global(inner.globals.get(global.check(inner)).ty),
            Extern::Tag(tag) => ExternType::Tag(TagType {
                func: inner.tags[tag.check(inner) as usize].ty.clone(),
            }),
        }
    }
}

/// How a call that can rest came back.
#[derive(Debug)]
pub enum Outcome {
    /// It is done; these are the results.
    Done(Vec<Val>),
    /// The fuel is used up: give the store more and resume.
    OutOfFuel(Paused),
    /// A host function returned [`Error::Suspended`]: answer it and resume.
    Suspended(Paused),
}

/// A run at rest. Dropping it abandons the run; its effects stay.
pub struct Paused {
    run: Run,
    store: u32,
    results: FuncType,
    /// Tells the store that a run rests outside it.
    _resting: Arc<()>,
}

impl std::fmt::Debug for Paused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Paused")
            .field("results", &self.results.results())
            .finish_non_exhaustive()
    }
}

impl Paused {
    fn check(&self, inner: &Inner) {
        assert_eq!(
            self.store, inner.id,
            "a paused run was used with another store"
        );
    }

    /// Goes on.
    ///
    /// # Errors
    /// Whatever ends the run. A run that waits for a host function comes back
    /// as [`Outcome::Suspended`] until it is answered.
    pub fn resume(mut self, mut store: impl AsContextMut) -> Result<Outcome, Error> {
        let store = store.store_mut();
        self.check(&store.inner);
        let rest = self.run.resume(store);
        settle(self.run, store, self.results, rest)
    }

    /// Answers the host function that suspended the run, which can then be
    /// resumed.
    ///
    /// # Errors
    /// [`Error::Usage`] if the run waits for nothing or the values are not
    /// the function's results; it can be answered again then.
    pub fn answer(&mut self, mut store: impl AsContextMut, values: &[Val]) -> Result<(), Error> {
        let store = store.store_mut();
        self.check(&store.inner);
        let Some((function, frame)) = self.run.waiting_for() else {
            return Err(Error::usage("the run waits for no host function"));
        };
        let ty = store.inner.function_type(function);
        // SAFETY: the frame of a host call has room for its results.
        let slots = unsafe { std::slice::from_raw_parts_mut(frame, layout(ty.results()).1) };
        write_slots(&store.inner, ty.results(), values, slots)?;
        self.run.answered();
        Ok(())
    }
}

/// Turns the rest of a run into its outcome; a run that ended gives its stack
/// back.
fn settle<T>(
    mut run: Run,
    store: &mut Store<T>,
    ty: FuncType,
    rest: Result<Rest, Error>,
) -> Result<Outcome, Error> {
    let paused = |run| Paused {
        run,
        store: store.inner.id,
        results: ty.clone(),
        _resting: store.inner.resting.clone(),
    };
    match rest {
        Ok(Rest::OutOfFuel) => Ok(Outcome::OutOfFuel(paused(run))),
        Ok(Rest::Suspended) => Ok(Outcome::Suspended(paused(run))),
        Ok(Rest::Done) => {
            let slots = run.slots(layout(ty.results()).1);
            let values = read_slots(&store.inner, ty.results(), slots);
            run.finish(&mut store.inner);
            Ok(Outcome::Done(values))
        }
        Err(error) => {
            run.finish(&mut store.inner);
            Err(error)
        }
    }
}

impl Func {
    pub(crate) fn from_slot(inner: &Inner, slot: u64) -> Option<Func> {
        let function = slot as usize as *const Function;
        // SAFETY: a reference in a slot is 0 or a function of this store.
        let function = unsafe { function.as_ref() }?;
        Some(Func {
            store: inner.id,
            index: function.id,
        })
    }

    /// A host function over values.
    pub fn new<T>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Func {
        let store = store.store_mut();
        let host = host_from_vals(ty.clone(), func);
        let index = store.add_host(ty, host);
        Func {
            store: store.inner.id,
            index,
        }
    }

    /// A host function over Rust types.
    pub fn wrap<T, P, R>(
        mut store: impl AsContextMut<Data = T>,
        func: impl IntoHostFunc<T, P, R>,
    ) -> Func {
        let store = store.store_mut();
        let (ty, host) = func.into_host();
        let index = store.add_host(ty, host);
        Func {
            store: store.inner.id,
            index,
        }
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let inner = &store.store().inner;
        inner.function_type(inner.function(self.check(inner)))
    }

    /// Calls it.
    ///
    /// # Errors
    /// [`Error::Usage`] if the values are not of its types; otherwise
    /// whatever ends the run. Running out of fuel ends it here; use
    /// [`Func::start`] for a run that can be resumed.
    pub fn call(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<(), Error> {
        let store = store.store_mut();
        match self.start(&mut *store, params)? {
            Outcome::Done(values) if values.len() == results.len() => {
                results.copy_from_slice(&values);
                Ok(())
            }
            Outcome::Done(values) => Err(Error::usage(format!(
                "room for {} results where the function has {}",
                results.len(),
                values.len()
            ))),
            Outcome::OutOfFuel(paused) => {
                paused.run.finish(&mut store.inner);
                Err(Error::OutOfFuel)
            }
            Outcome::Suspended(paused) => {
                paused.run.finish(&mut store.inner);
                Err(Error::Suspended)
            }
        }
    }

    /// Calls it in a way that can rest and be resumed.
    ///
    /// # Errors
    /// As [`Func::call`], except that running out of fuel and suspension are
    /// outcomes.
    pub fn start(&self, mut store: impl AsContextMut, params: &[Val]) -> Result<Outcome, Error> {
        let store = store.store_mut();
        let index = self.check(&store.inner);
        let function = store.inner.function(index);
        let ty = store.inner.function_type(function);
        let count = layout(ty.params()).1.max(layout(ty.results()).1);
        if function.is_host() {
            let host = store.hosts[function.index as usize].clone();
            let mut slots = vec![0; count];
            write_slots(&store.inner, ty.params(), params, &mut slots)?;
            host(Caller::new(store, None), &mut slots)?;
            return Ok(Outcome::Done(read_slots(
                &store.inner,
                ty.results(),
                &slots,
            )));
        }
        let mut run = Run::new(&mut store.inner, index)?;
        let slots = run.slots(count);
        let written = write_slots(&store.inner, ty.params(), params, slots);
        if let Err(error) = written {
            run.finish(&mut store.inner);
            return Err(error);
        }
        let rest = run.start(store);
        settle(run, store, ty, rest)
    }

    /// The same function with its types known to Rust.
    ///
    /// # Errors
    /// [`Error::Usage`] if the types differ.
    pub fn typed<P: WasmTys, R: WasmTys>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<P, R>, Error> {
        let ty = self.ty(store);
        let wanted = FuncType::new(P::types(), R::types());
        if ty != wanted {
            return Err(Error::usage(format!(
                "a function of type {ty}, not {wanted}"
            )));
        }
        Ok(TypedFunc {
            func: *self,
            types: PhantomData,
        })
    }
}

/// A function whose types Rust knows.
pub struct TypedFunc<P, R> {
    func: Func,
    types: PhantomData<fn(P) -> R>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

impl<P: WasmTys, R: WasmTys> TypedFunc<P, R> {
    /// Calls it.
    ///
    /// # Errors
    /// As [`Func::call`].
    pub fn call(&self, mut store: impl AsContextMut, params: P) -> Result<R, Error> {
        let store = store.store_mut();
        let (params_types, results_types) = (P::types(), R::types());
        let mut slots = vec![0; params_types.len().max(results_types.len())];
        params.store(&mut slots);
        let values = read_slots(&store.inner, &params_types, &slots);
        let mut results = vec![Val::I32(0); results_types.len()];
        self.func.call(&mut *store, &values, &mut results)?;
        write_slots(&store.inner, &results_types, &results, &mut slots)?;
        Ok(R::load(&slots))
    }

    /// The untyped function.
    pub fn func(&self) -> Func {
        self.func
    }
}

pub(crate) fn host_from_vals<T>(
    ty: FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
) -> crate::store::HostFunc<T> {
    std::sync::Arc::new(move |mut caller, slots| {
        let inner = &caller.store().inner;
        let params = read_slots(inner, ty.params(), slots);
        let mut results: Vec<Val> = ty
            .results()
            .iter()
            .map(|&ty| Val::default_for(ty).unwrap_or(Val::FuncRef(None)))
            .collect();
        func(caller.reborrow(), &params, &mut results)?;
        write_slots(&caller.store().inner, ty.results(), &results, slots)
    })
}

/// A Rust closure that can be a host function: it takes a [`Caller`] and up
/// to ten numbers, and returns numbers or a result of them.
pub trait IntoHostFunc<T, P, R>: Send + Sync + 'static {
    #[doc(hidden)]
    fn into_host(self) -> (FuncType, crate::store::HostFunc<T>);
}

macro_rules! into_host_func {
    ($($A:ident $n:tt),*) => {
        impl<T, F, R, $($A: crate::val::WasmTy),*> IntoHostFunc<T, ($($A,)*), R> for F
        where
            F: Fn(Caller<'_, T>, $($A),*) -> R + Send + Sync + 'static,
            R: IntoHostResult,
        {
            fn into_host(self) -> (FuncType, crate::store::HostFunc<T>) {
                let ty = FuncType::new(<($($A,)*) as WasmTys>::types(), R::Values::types());
                let host: crate::store::HostFunc<T> = std::sync::Arc::new(move |caller, slots| {
                    #[allow(unused_variables, reason = "there may be no arguments")]
                    let args = <($($A,)*) as WasmTys>::load(slots);
                    self(caller, $(args.$n),*).into_result()?.store(slots);
                    Ok(())
                });
                (ty, host)
            }
        }
    };
}

into_host_func! {}
into_host_func! { A 0 }
into_host_func! { A 0, B 1 }
into_host_func! { A 0, B 1, C 2 }
into_host_func! { A 0, B 1, C 2, D 3 }
into_host_func! { A 0, B 1, C 2, D 3, E 4 }
into_host_func! { A 0, B 1, C 2, D 3, E 4, G 5 }
into_host_func! { A 0, B 1, C 2, D 3, E 4, G 5, H 6 }
into_host_func! { A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7 }
into_host_func! { A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8 }
into_host_func! { A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7, J 8, K 9 }

fn outside(what: &str, at: u64, len: u64, size: u64) -> Error {
    Error::usage(format!(
        "{len} {what} at {at} lie outside the {size} there are"
    ))
}

impl Memory {
    /// A memory of the host's making.
    ///
    /// # Errors
    /// [`Error::Limit`] or [`Error::HostResource`].
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Memory, Error> {
        let inner = &mut store.store_mut().inner;
        let memory = MemoryInst::new(ty, &inner.engine.profile().limits)?;
        Ok(Memory {
            store: inner.id,
            index: inner.memories.push(memory),
        })
    }

    fn get(self, inner: &Inner) -> &MemoryInst {
        inner.memories.get(self.check(inner))
    }

    /// Its type, with the present size as minimum.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        self.get(&store.store().inner).ty()
    }

    /// Present size in pages of 64 KiB.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.get(&store.store().inner).pages()
    }

    /// Present size in bytes.
    pub fn data_size(&self, store: impl AsContext) -> u64 {
        self.get(&store.store().inner).len
    }

    /// All its bytes.
    pub fn data<'a>(&self, store: &'a impl AsContext) -> &'a [u8] {
        self.get(&store.store().inner).bytes()
    }

    /// All its bytes, to change.
    pub fn data_mut<'a>(&self, store: &'a mut impl AsContextMut) -> &'a mut [u8] {
        let inner = &mut store.store_mut().inner;
        let index = self.check(inner);
        inner.memories.get_mut(index).bytes_mut()
    }

    /// All its bytes and the embedder's data, both to change.
    pub fn data_and_store_mut<'a, C: AsContextMut>(
        &self,
        store: &'a mut C,
    ) -> (&'a mut [u8], &'a mut C::Data) {
        let store = store.store_mut();
        let index = self.check(&store.inner);
        let (inner, data) = store.parts_mut();
        (inner.memories.get_mut(index).bytes_mut(), data)
    }

    /// Reads bytes.
    ///
    /// # Errors
    /// [`Error::Usage`] if they lie outside.
    pub fn read(&self, store: impl AsContext, addr: u64, out: &mut [u8]) -> Result<(), Error> {
        let memory = self.get(&store.store().inner);
        if !memory.contains(addr, out.len() as u64) {
            return Err(outside("bytes", addr, out.len() as u64, memory.len));
        }
        out.copy_from_slice(&memory.bytes()[addr as usize..][..out.len()]);
        Ok(())
    }

    /// Writes bytes.
    ///
    /// # Errors
    /// [`Error::Usage`] if they lie outside; nothing is written then.
    pub fn write(
        &self,
        mut store: impl AsContextMut,
        addr: u64,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let inner = &mut store.store_mut().inner;
        let index = self.check(inner);
        let memory = inner.memories.get_mut(index);
        if !memory.contains(addr, bytes.len() as u64) {
            return Err(outside("bytes", addr, bytes.len() as u64, memory.len));
        }
        memory.bytes_mut()[addr as usize..][..bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    /// Grows by `pages`: the old size, or nothing if a limit forbids it.
    ///
    /// # Errors
    /// [`Error::HostResource`] if the host has not got the pages.
    pub fn grow(&self, mut store: impl AsContextMut, pages: u64) -> Result<Option<u64>, Error> {
        let inner = &mut store.store_mut().inner;
        let index = self.check(inner);
        inner.memories.get_mut(index).grow(pages)
    }

    /// Replaces whole host pages by a private, copy-on-write view of a file;
    /// nothing is copied. The file must not shrink while it is mapped.
    ///
    /// # Errors
    /// [`Error::Usage`] if `addr`, `offset` or `len` is not a multiple of
    /// [`Memory::MAP_PAGE`] or the range lies outside the memory,
    /// [`Error::HostResource`] if the host refuses.
    pub fn map_file(
        &self,
        mut store: impl AsContextMut,
        addr: u64,
        file: &File,
        offset: u64,
        len: u64,
    ) -> Result<(), Error> {
        let inner = &mut store.store_mut().inner;
        let index = self.check(inner);
        inner
            .memories
            .get_mut(index)
            .map_file(addr, file, offset, len)
    }

    /// The unit of [`Memory::map_file`], in bytes.
    pub const MAP_PAGE: u64 = crate::machine::map::HOST_PAGE;
}

impl Table {
    /// A table of the host's making, filled with `init`.
    ///
    /// # Errors
    /// [`Error::Usage`], [`Error::Limit`] or [`Error::HostResource`].
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Val) -> Result<Table, Error> {
        let inner = &mut store.store_mut().inner;
        let init = init.into_slots(inner, ValType::Ref(ty.element))?[0];
        let table = TableInst::new(ty, &inner.engine.profile().limits, init)?;
        Ok(Table {
            store: inner.id,
            index: inner.tables.push(table),
        })
    }

    fn inst(self, inner: &Inner) -> &TableInst {
        inner.tables.get(self.check(inner))
    }

    /// Its type, with the present size as minimum.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        self.inst(&store.store().inner).ty()
    }

    /// Present number of elements.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.inst(&store.store().inner).len
    }

    /// Element `index`, if there is one.
    pub fn get(&self, store: impl AsContext, index: u64) -> Option<Val> {
        let inner = &store.store().inner;
        let table = self.inst(inner);
        let slot = *table.elements().get(usize::try_from(index).ok()?)?;
        Some(Val::from_slots(
            inner,
            ValType::Ref(table.ty().element),
            [slot, 0],
        ))
    }

    /// Sets element `index`.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such element or the type is wrong.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Val) -> Result<(), Error> {
        let inner = &mut store.store_mut().inner;
        let table = self.check(inner);
        let ty = inner.tables.get(table).ty();
        let slot = value.into_slots(inner, ValType::Ref(ty.element))?[0];
        match inner
            .tables
            .get_mut(table)
            .elements_mut()
            .get_mut(index as usize)
        {
            Some(element) => {
                *element = slot;
                Ok(())
            }
            None => Err(outside("elements", index, 1, ty.min)),
        }
    }

    /// Grows by `delta` elements of `init`: the old size, or nothing if a
    /// limit forbids it.
    ///
    /// # Errors
    /// [`Error::Usage`] or [`Error::HostResource`].
    pub fn grow(
        &self,
        mut store: impl AsContextMut,
        delta: u64,
        init: Val,
    ) -> Result<Option<u64>, Error> {
        let inner = &mut store.store_mut().inner;
        let table = self.check(inner);
        let ty = ValType::Ref(inner.tables.get(table).ty().element);
        let init = init.into_slots(inner, ty)?[0];
        inner.tables.get_mut(table).grow(delta, init)
    }
}

impl Global {
    /// A global of the host's making.
    ///
    /// # Errors
    /// [`Error::Usage`] if the value is not of the type.
    pub fn new(mut store: impl AsContextMut, ty: GlobalType, value: Val) -> Result<Global, Error> {
        let inner = &mut store.store_mut().inner;
        let value = value.into_slots(inner, ty.content)?;
        Ok(Global {
            store: inner.id,
            index: inner.globals.push(GlobalInst { value, ty }),
        })
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let inner = &store.store().inner;
        inner.globals.get(self.check(inner)).ty
    }

    /// Its value.
    pub fn get(&self, store: impl AsContext) -> Val {
        let inner = &store.store().inner;
        let global = inner.globals.get(self.check(inner));
        Val::from_slots(inner, global.ty.content, global.value)
    }

    /// Sets its value.
    ///
    /// # Errors
    /// [`Error::Usage`] if it cannot be written or the type is wrong.
    pub fn set(&self, mut store: impl AsContextMut, value: Val) -> Result<(), Error> {
        let inner = &mut store.store_mut().inner;
        let index = self.check(inner);
        let ty = inner.globals.get(index).ty;
        if !ty.mutable {
            return Err(Error::usage("the global cannot be written"));
        }
        inner.globals.get_mut(index).value = value.into_slots(inner, ty.content)?;
        Ok(())
    }
}

impl Tag {
    /// A tag of the host's making.
    pub fn new(mut store: impl AsContextMut, ty: TagType) -> Tag {
        let inner = &mut store.store_mut().inner;
        let id = inner.engine.types().intern(&ty.func);
        let index = add_tag(inner, ty.func, id);
        Tag {
            store: inner.id,
            index,
        }
    }
}

pub(crate) fn add_tag(inner: &mut Inner, ty: FuncType, id: TypeId) -> u32 {
    let payload_slots = layout(ty.params()).1 as u32;
    inner.tags.push(TagInst {
        ty,
        id,
        payload_slots,
    });
    inner.tags.len() as u32 - 1
}

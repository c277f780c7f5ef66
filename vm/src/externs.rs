//! Handles to what instances export and import. A handle is a small copyable
//! number; everything it does goes through its store.

use std::fs::File;

use crate::caller::{AsContext, AsContextMut};
use crate::error::Error;
use crate::machine::instance::GlobalInst;
use crate::machine::memory::MemoryInst;
use crate::machine::table::TableInst;
use crate::module::types::{
    ExternType, FuncType, GlobalType, MemoryType, TableType, TagType, TypeId, ValType,
};
use crate::store::{Inner, TagInst};
use crate::val::{Val, layout};

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
            pub(crate) fn check(self, inner: &Inner) -> u32 {
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

    /// Replaces whole pages by a private, copy-on-write view of a file. Nothing
    /// is copied where these are also whole pages of the host, whose pages may
    /// be larger. The file must not shrink while it is mapped.
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
    pub const MAP_PAGE: u64 = crate::machine::map::MAP_PAGE;
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
            index: inner.globals.push(GlobalInst {
                value,
                ty,
                id: inner.globals.len(),
            }),
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

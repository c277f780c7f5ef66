//! A module brought to life in a store.

use std::sync::Arc;

use super::function::Function;
use super::memory::MemoryInst;
use super::table::TableInst;
use crate::compiled::Compiled;
use crate::module::types::{GlobalType, TypeId};

/// A global: its bits, zero-extended.
///
/// Running code reads and writes `value` directly.
#[repr(C)]
pub(crate) struct GlobalInst {
    pub(crate) value: [u64; 2],
    pub(crate) ty: GlobalType,
    /// Its place among the store's globals.
    pub(crate) id: u32,
}

/// How far apart the numbers are that [`Roots::types`] points to.
pub(crate) const TYPE_BYTES: i32 = size_of::<TypeId>() as i32;

/// Where the index spaces of an instance lie, for machine code.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Roots {
    pub(crate) defined: *const Function,
    pub(crate) functions: *const *mut Function,
    pub(crate) memories: *const *mut MemoryInst,
    pub(crate) tables: *const *mut TableInst,
    pub(crate) globals: *const *mut GlobalInst,
    /// The engine's numbers of the module's types: machine code names types
    /// as the module does.
    pub(crate) types: *const TypeId,
    /// Bytes that memory 0 can ever have: all of them, and some behind them,
    /// are its own address space.
    pub(crate) mem_limit: u64,
}

impl Roots {
    /// Those of no instance.
    pub(crate) const NONE: Roots = Roots {
        defined: std::ptr::null(),
        functions: std::ptr::null(),
        memories: std::ptr::null(),
        tables: std::ptr::null(),
        globals: std::ptr::null(),
        types: std::ptr::null(),
        mem_limit: 0,
    };
}

/// The index spaces of an instance, as running code reads them.
///
/// The pointers name objects of the store, which keeps each at one address
/// for as long as it lives.
#[repr(C)]
pub(crate) struct Instance {
    /// The functions defined here, side by side.
    pub(crate) defined: *const Function,
    /// Every function, imports first.
    pub(crate) functions: Box<[*mut Function]>,
    pub(crate) memories: Box<[*mut MemoryInst]>,
    pub(crate) tables: Box<[*mut TableInst]>,
    pub(crate) globals: Box<[*mut GlobalInst]>,
    /// Store-wide number of each tag.
    pub(crate) tags: Box<[u32]>,
    /// Which data segments are used up.
    pub(crate) dropped_data: Box<[bool]>,
    /// Element segments that are still there, as slots keep references.
    pub(crate) elements: Box<[Box<[u64]>]>,
    pub(crate) module: Arc<Compiled>,
    /// Its place among the store's instances.
    pub(crate) id: u32,
}

impl Instance {
    /// Base and size of memory 0, as the registers hold them.
    pub(crate) fn memory_registers(&self) -> (*mut u8, u64) {
        match self.memories.first() {
            // SAFETY: the store keeps its memories alive and in place.
            Some(&memory) => unsafe { ((*memory).base, (*memory).len) },
            None => (std::ptr::NonNull::dangling().as_ptr(), 0),
        }
    }

    pub(crate) fn roots(&self) -> Roots {
        let mem_limit = match self.memories.first() {
            // SAFETY: the store keeps its memories alive and in place.
            Some(&memory) => unsafe { (*memory).reserved },
            None => 0,
        };
        Roots {
            defined: self.defined,
            functions: self.functions.as_ptr(),
            memories: self.memories.as_ptr(),
            tables: self.tables.as_ptr(),
            globals: self.globals.as_ptr(),
            types: self.module.data().type_ids.as_ptr(),
            mem_limit,
        }
    }
}

//! Functions as calls see them.

use std::cell::Cell;
use std::ptr;

use super::context::Stubs;
use super::instance::Instance;
use crate::module::types::TypeId;

/// A function of one instance, or of the host.
///
/// A function reference in a slot or a table is the address of one of these,
/// or 0 for null. What changes when its code is made is in cells, because
/// shared references to it are everywhere.
#[repr(C)]
pub(crate) struct Function {
    /// The threaded code, from its first `charge`: the function's own, or the
    /// engine's words that lead to its machine code. Null for a host function
    /// for a function that has not been called yet, and for one with a native
    /// twin, whose calls are the driver's.
    pub(crate) code: Cell<*const u64>,
    /// Where machine code calls it: its machine code, or the engine's stub
    /// that has the driver make the call.
    pub(crate) native: Cell<*const u8>,
    /// Charge of a frame against the stack limit.
    pub(crate) units: Cell<u64>,
    /// The engine-wide number of its type.
    pub(crate) ty: TypeId,
    /// Its place among the store's functions.
    pub(crate) id: u32,
    /// The instance it belongs to; null for a host function.
    pub(crate) instance: *const Instance,
    /// Its index in its module; for a host function, in the store's list.
    pub(crate) index: u32,
}

impl Function {
    pub(crate) fn is_host(&self) -> bool {
        self.instance.is_null()
    }

    /// A function of an instance, not lowered yet.
    pub(crate) fn guest(
        ty: TypeId,
        id: u32,
        instance: *const Instance,
        index: u32,
        stubs: &Stubs,
    ) -> Function {
        Function {
            code: Cell::new(ptr::null()),
            native: Cell::new(ptr::without_provenance(stubs.call_driver)),
            units: Cell::new(0),
            ty,
            id,
            instance,
            index,
        }
    }

    /// A function of the host.
    pub(crate) fn host(ty: TypeId, id: u32, index: u32, stubs: &Stubs) -> Function {
        Function::guest(ty, id, ptr::null(), index, stubs)
    }
}

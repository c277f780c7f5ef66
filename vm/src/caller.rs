//! How handles reach the store they belong to.

use crate::error::Error;
use crate::externs::Extern;
use crate::instance::{Instance, export_of};
use crate::store::Store;

/// Anything through which a store can be read.
pub trait AsContext {
    /// The embedder's data.
    type Data;

    #[doc(hidden)]
    fn store(&self) -> &Store<Self::Data>;
}

/// Anything through which a store can be changed.
pub trait AsContextMut: AsContext {
    #[doc(hidden)]
    fn store_mut(&mut self) -> &mut Store<Self::Data>;
}

impl<C: AsContext> AsContext for &C {
    type Data = C::Data;

    fn store(&self) -> &Store<Self::Data> {
        (**self).store()
    }
}

impl<C: AsContext> AsContext for &mut C {
    type Data = C::Data;

    fn store(&self) -> &Store<Self::Data> {
        (**self).store()
    }
}

impl<C: AsContextMut> AsContextMut for &mut C {
    fn store_mut(&mut self) -> &mut Store<Self::Data> {
        (**self).store_mut()
    }
}

/// What a host function sees of the world that called it.
pub struct Caller<'a, T> {
    store: &'a mut Store<T>,
    instance: Option<u32>,
}

impl<'a, T> Caller<'a, T> {
    pub(crate) fn new(store: &'a mut Store<T>, instance: Option<u32>) -> Caller<'a, T> {
        Caller { store, instance }
    }

    /// The same view for a shorter time.
    pub fn reborrow(&mut self) -> Caller<'_, T> {
        Caller {
            store: &mut *self.store,
            instance: self.instance,
        }
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        self.store.data()
    }

    /// The embedder's data, to change.
    pub fn data_mut(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// An export of the calling instance; nothing if the host called.
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        export_of(&self.store.inner, self.instance?, name)
    }

    /// The calling instance; nothing if the host called.
    pub fn instance(&self) -> Option<Instance> {
        self.instance.map(|index| Instance {
            store: self.store.inner.id,
            index,
        })
    }

    /// Fuel left.
    pub fn fuel(&self) -> u64 {
        self.store.fuel()
    }

    /// Charges the guest for the host's work.
    ///
    /// # Errors
    /// [`Error::OutOfFuel`] if there is not enough; nothing is charged then.
    pub fn consume_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        let left = self
            .store
            .inner
            .fuel
            .checked_sub(fuel)
            .ok_or(Error::OutOfFuel)?;
        self.store.inner.fuel = left;
        Ok(())
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;

    fn store(&self) -> &Store<T> {
        self.store
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn store_mut(&mut self) -> &mut Store<T> {
        self.store
    }
}

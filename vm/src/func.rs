//! Functions: calling them, in one go or with rests, and making them of Rust
//! closures.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::caller::{AsContext, AsContextMut, Caller};
use crate::error::Error;
use crate::externs::Func;
use crate::machine::function::Function;
use crate::module::types::FuncType;
use crate::run::{Rest, Run};
use crate::store::{Inner, Store};
use crate::val::{IntoHostResult, Val, WasmTys, layout, read_slots, write_slots};

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

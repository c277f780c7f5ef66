//! A store: everything that guests of one embedder can reach, and the
//! embedder's own data beside it.

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::caller::{AsContext, AsContextMut, Caller};
use crate::engine::Engine;
use crate::error::Error;
use crate::machine::exception::Exceptions;
use crate::machine::function::Function;
use crate::machine::instance::{GlobalInst, Instance};
use crate::machine::memory::MemoryInst;
use crate::machine::stack::Stack;
use crate::machine::table::TableInst;
use crate::module::types::{FuncType, TypeId};
use crate::run::EXCEPTION_GOAL;
use crate::val::ExnRef;

/// Objects that keep their address for as long as the store lives.
pub(crate) struct Arena<T> {
    items: Vec<NonNull<T>>,
}

impl<T> Arena<T> {
    fn new() -> Arena<T> {
        Arena { items: Vec::new() }
    }

    pub(crate) fn push(&mut self, item: T) -> u32 {
        let index = u32::try_from(self.items.len()).expect("fewer than 2^32 objects in a store");
        // SAFETY: a box is never null.
        self.items
            .push(unsafe { NonNull::new_unchecked(Box::into_raw(Box::new(item))) });
        index
    }

    pub(crate) fn len(&self) -> u32 {
        self.items.len() as u32
    }

    pub(crate) fn ptr(&self, index: u32) -> *mut T {
        self.items[index as usize].as_ptr()
    }

    pub(crate) fn get(&self, index: u32) -> &T {
        // SAFETY: the object lives as long as the arena, and no guest runs
        // while the host holds a reference to the store.
        unsafe { self.items[index as usize].as_ref() }
    }

    pub(crate) fn get_mut(&mut self, index: u32) -> &mut T {
        // SAFETY: as above, and the store is borrowed mutably.
        unsafe { self.items[index as usize].as_mut() }
    }

    pub(crate) fn index_of(&self, ptr: *const T) -> Option<u32> {
        self.items
            .iter()
            .position(|item| std::ptr::eq(item.as_ptr(), ptr))
            .map(|i| i as u32)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl<T> Drop for Arena<T> {
    fn drop(&mut self) {
        for item in &self.items {
            // SAFETY: it was made from a box and nobody refers to it any more.
            drop(unsafe { Box::from_raw(item.as_ptr()) });
        }
    }
}

/// A tag of the store.
pub(crate) struct TagInst {
    pub(crate) ty: FuncType,
    pub(crate) id: TypeId,
    /// Slots of a payload, packed from an even slot.
    pub(crate) payload_slots: u32,
}

/// The part of a store that does not depend on the embedder's data.
pub(crate) struct Inner {
    pub(crate) engine: Engine,
    /// Tells handles of this store from those of others.
    pub(crate) id: u32,
    /// The functions of each instance, side by side; one entry a function.
    pub(crate) functions: Vec<NonNull<Function>>,
    blocks: Vec<Box<[Function]>>,
    pub(crate) memories: Arena<MemoryInst>,
    pub(crate) tables: Arena<TableInst>,
    pub(crate) globals: Arena<GlobalInst>,
    pub(crate) instances: Arena<Instance>,
    pub(crate) tags: Vec<TagInst>,
    pub(crate) host_types: Vec<FuncType>,
    /// Elements that the tables of instances had from the start.
    pub(crate) declared_elements: u64,
    pub(crate) exceptions: Exceptions,
    /// Words of exceptions at which unreachable ones are looked for.
    pub(crate) exception_goal: usize,
    /// Fuel left, what a running slice holds not counted.
    pub(crate) fuel: u64,
    /// Fuel there was when it was last set, and fuel consumed before that.
    pub(crate) fuel_given: u64,
    pub(crate) consumed: u64,
    pub(crate) interrupt: Arc<AtomicBool>,
    /// Stacks ready for use again.
    pub(crate) stacks: Vec<Stack>,
    /// Used parts of the stacks of runs that wait for a host function.
    pub(crate) waiting: Vec<(*const u64, usize)>,
    /// Shared with every run that rests outside the store: what its stack
    /// refers to cannot be seen from here.
    pub(crate) resting: Arc<()>,
    /// Units left to a run started now.
    pub(crate) units: u64,
    /// Fuel that the interpreter may use before it is looked at what it does.
    pub(crate) until_look: u64,
    /// Fuel used by machine code.
    pub(crate) machine_fuel: u64,
    /// Calls that twins could carry out, and the fuel of them.
    pub(crate) twin_calls: u64,
    pub(crate) twin_fuel: u64,
}

impl Inner {
    /// Adds functions side by side; gives the first one's number.
    pub(crate) fn add_functions(&mut self, functions: Box<[Function]>) -> u32 {
        let first = self.functions.len() as u32;
        self.blocks.push(functions);
        let block = self.blocks.last_mut().expect("just pushed");
        self.functions.extend(block.iter_mut().map(NonNull::from));
        first
    }

    pub(crate) fn function(&self, id: u32) -> &Function {
        // SAFETY: functions live as long as the store; code that changes them
        // (the driver, on first call) holds the store mutably.
        unsafe { self.functions[id as usize].as_ref() }
    }

    pub(crate) fn function_type(&self, function: &Function) -> FuncType {
        self.engine.types().get(function.ty)
    }

    pub(crate) fn take_stack(&mut self) -> Result<Stack, Error> {
        match self.stacks.pop() {
            Some(stack) => Ok(stack),
            None => Stack::new(&self.engine.profile().limits),
        }
    }
}

/// What a host function is to the store: it reads its arguments from slots
/// and leaves its results there, both packed from slot 0.
pub(crate) type HostFunc<T> =
    Arc<dyn Fn(Caller<'_, T>, &mut [u64]) -> Result<(), Error> + Send + Sync>;

/// Everything that guests of one embedder can reach: instances, memories,
/// functions, fuel, and the embedder's own data of type `T`.
///
/// A store belongs to one thread at a time and can move between threads.
///
/// ```
/// use lockstep_vm::{Engine, Store};
///
/// let mut store = Store::new(&Engine::default(), "my data");
/// store.set_fuel(1_000);
/// assert_eq!((store.fuel(), *store.data()), (1_000, "my data"));
/// ```
pub struct Store<T> {
    pub(crate) inner: Box<Inner>,
    pub(crate) hosts: Vec<HostFunc<T>>,
    data: T,
}

// SAFETY: everything the raw pointers name is owned by the store and moves
// with it; the embedder's data must itself be able to move.
unsafe impl<T: Send> Send for Store<T> {}

/// Fuel that means no limit.
const UNLIMITED: u64 = u64::MAX;

impl<T> Store<T> {
    /// An empty store with unlimited fuel.
    pub fn new(engine: &Engine, data: T) -> Store<T> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let inner = Inner {
            engine: engine.clone(),
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            functions: Vec::new(),
            blocks: Vec::new(),
            memories: Arena::new(),
            tables: Arena::new(),
            globals: Arena::new(),
            instances: Arena::new(),
            tags: Vec::new(),
            host_types: Vec::new(),
            declared_elements: 0,
            exceptions: Exceptions::default(),
            exception_goal: EXCEPTION_GOAL,
            fuel: UNLIMITED,
            fuel_given: UNLIMITED,
            consumed: 0,
            interrupt: Arc::default(),
            stacks: Vec::new(),
            waiting: Vec::new(),
            resting: Arc::default(),
            units: u64::from(engine.profile().limits.stack_units),
            until_look: engine.tiers().up_after,
            machine_fuel: 0,
            twin_calls: 0,
            twin_fuel: 0,
        };
        Store {
            inner: Box::new(inner),
            hosts: Vec::new(),
            data,
        }
    }

    /// The engine this store belongs to.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The embedder's data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The embedder's data, to change.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.data
    }

    /// Gives the embedder's data back and everything else up.
    pub fn into_data(self) -> T {
        self.data
    }

    /// Sets the fuel that is left, in units of the cost table.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.inner.consumed = self.fuel_consumed();
        self.inner.fuel = fuel;
        self.inner.fuel_given = fuel;
    }

    /// Fuel left.
    pub fn fuel(&self) -> u64 {
        self.inner.fuel
    }

    /// Fuel consumed since the store was made.
    pub fn fuel_consumed(&self) -> u64 {
        self.inner.consumed + (self.inner.fuel_given - self.inner.fuel)
    }

    /// About how much of the fuel consumed was used by machine code. It says
    /// nothing of results, and with [`Tier::Auto`](crate::Tier::Auto) it
    /// differs from run to run.
    pub fn machine_fuel(&self) -> u64 {
        self.inner.machine_fuel
    }

    /// How many calls native twins carried out; those that were checked are
    /// among them.
    pub fn twin_calls(&self) -> u64 {
        self.inner.twin_calls
    }

    /// How much of the fuel consumed was that of these calls.
    pub fn twin_fuel(&self) -> u64 {
        self.inner.twin_fuel
    }

    /// Says that the host will not use an exception any more. Until then it
    /// is kept alive, for as long as the store lives.
    pub fn release_exception(&mut self, exception: ExnRef) {
        if exception.store == self.inner.id {
            self.inner.exceptions.release(exception.reference);
        }
    }

    /// A handle that stops runs of this store from another thread: they end
    /// with [`Error::Interrupted`] soon after it is raised.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle {
            flag: self.inner.interrupt.clone(),
        }
    }

    pub(crate) fn parts_mut(&mut self) -> (&mut Inner, &mut T) {
        (&mut self.inner, &mut self.data)
    }

    pub(crate) fn add_host(&mut self, ty: FuncType, func: HostFunc<T>) -> u32 {
        let id = self.inner.engine.types().intern(&ty);
        let host = self.hosts.len() as u32;
        self.hosts.push(func);
        self.inner.host_types.push(ty);
        let next = self.inner.functions.len() as u32;
        let function = Function::host(id, next, host, self.inner.engine.stubs());
        self.inner.add_functions(Box::new([function]))
    }
}

/// Stops the runs of a store from another thread.
#[derive(Clone, Debug)]
pub struct InterruptHandle {
    flag: Arc<AtomicBool>,
}

impl InterruptHandle {
    /// Asks the present or next run to stop.
    pub fn interrupt(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }
}

impl<T> AsContext for Store<T> {
    type Data = T;

    fn store(&self) -> &Store<T> {
        self
    }
}

impl<T> AsContextMut for Store<T> {
    fn store_mut(&mut self) -> &mut Store<T> {
        self
    }
}

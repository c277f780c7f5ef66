//! The machine code of a module's functions: made when it is asked for, and
//! found again by address.

pub(crate) mod kept;
#[cfg(all(test, target_arch = "x86_64", target_os = "linux"))]
mod tests;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use isa::Op;
use simd::CpuLevel;

use super::Compiled;
use crate::code::{Code, Head, MAX_WORDS, jumps_at, len_at};
use crate::engine::{Engine, Tier};
use crate::jit::native::{Native, StopBlock};
use crate::jit::{self, Compiler, Request};
use crate::lower;
use crate::machine::chain::Chain;
use crate::machine::code_memory::CodeMemory;
use crate::module::ModuleData;
use crate::profile::Profile;

/// Machine code in its place.
pub(crate) struct Placed {
    /// Its bytes are in code memory, and no longer here.
    native: Native,
    start: usize,
    len: usize,
}

impl Placed {
    /// Where it is entered.
    pub(crate) fn entry(&self) -> *const u8 {
        self.at(self.native.entry)
    }

    fn at(&self, offset: u32) -> *const u8 {
        std::ptr::without_provenance(self.start + offset as usize)
    }

    /// Whether a return to `address`, or a stop there, is one of this code.
    /// The last instruction may be a call, whose return is behind it.
    fn holds(&self, address: *const u8) -> bool {
        let offset = address.addr().wrapping_sub(self.start);
        (1..=self.len).contains(&offset)
    }

    /// The word position behind the call that returns to `address`.
    fn behind_call(&self, address: *const u8) -> Option<u32> {
        let offset = (address.addr() - self.start) as u32;
        let returns = &self.native.returns;
        let index = returns.binary_search_by_key(&offset, |&(at, _)| at).ok()?;
        Some(returns[index].1)
    }

    /// The word position of the instruction whose access to memory is at
    /// `address`.
    fn access_at(&self, address: usize) -> Option<u32> {
        let offset = u32::try_from(address.wrapping_sub(self.start)).ok()?;
        let faults = &self.native.faults;
        let index = faults.binary_search_by_key(&offset, |&(at, _)| at).ok()?;
        Some(faults.get(index)?.1)
    }

    /// The block of this number.
    pub(crate) fn block(&self, number: u32) -> &StopBlock {
        &self.native.blocks[number as usize]
    }

    /// Where it goes on at the head of a block.
    pub(crate) fn resume(&self, block: &StopBlock) -> *const u8 {
        self.at(block.resume)
    }

    /// What the interpreter would find in slots and accumulators there.
    pub(crate) fn state(&self, block: &StopBlock) -> &[(u16, jit::native::Home)] {
        &self.native.states[block.state.start as usize..block.state.end as usize]
    }
}

/// One function.
#[derive(Default)]
struct Cell {
    /// Its machine code, if it could be made.
    whole: OnceLock<Option<Arc<Placed>>>,
    /// Whether the engine's thread makes it, or has made it.
    asked: AtomicBool,
    /// How often it was seen running.
    seen: AtomicU32,
    /// Word positions of the heads of its loops, in order.
    heads: OnceLock<Box<[u32]>>,
    /// Its versions that are entered at the head of a loop.
    versions: Chain<Arc<Placed>>,
}

impl Cell {
    /// All its machine code.
    fn all(&self) -> impl Iterator<Item = &Arc<Placed>> {
        let whole = self.whole.get().and_then(Option::as_ref);
        whole.into_iter().chain(self.versions.iter())
    }
}

/// Machine code of a function that is entered at the head of a loop.
#[derive(Clone)]
pub(crate) enum Version {
    Made(Arc<Placed>),
    /// Somebody makes it.
    Soon,
    /// It cannot be made.
    Never,
}

/// By function among those defined here, and word position of the entry.
type Versions<T> = Mutex<BTreeMap<(usize, u32), T>>;

/// The machine code of a module, and all that is needed to make it.
pub(super) struct Natives {
    data: Arc<ModuleData>,
    profile: Profile,
    level: CpuLevel,
    /// Whether machine code relies on guards around memories.
    guards: bool,
    memory: CodeMemory,
    /// Compilers that have nothing to do.
    compilers: Mutex<Vec<Compiler>>,
    /// Whether each memory has addresses of 64 bits.
    memories_64: Box<[bool]>,
    /// The module's number of each of its types, by the engine's number. Of
    /// equal ones it is the first, in every engine.
    types: Box<[(u32, u32)]>,
    /// None if no machine code is wanted.
    functions: Box<[Cell]>,
    /// Versions that somebody asked for.
    versions: Versions<Version>,
    /// Whether code was made that there was no memory for.
    starved: AtomicBool,
    /// Functions of which a file has what is known.
    kept: AtomicUsize,
    /// What tests have instead of a compiler.
    #[cfg(test)]
    prepared: Versions<Native>,
    /// How often something was compiled.
    #[cfg(test)]
    compilations: AtomicU32,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first type of the module that has each of the engine's numbers.
fn types_by_id(data: &ModuleData) -> Box<[(u32, u32)]> {
    let ids = data.type_ids.iter().map(|id| id.0);
    let mut types: Vec<(u32, u32)> = ids.zip(0..).collect();
    types.sort_unstable();
    types.dedup_by_key(|&mut (id, _)| id);
    types.into()
}

/// The heads of a function's loops: blocks that code behind them jumps to.
fn loop_heads(code: &Code) -> Box<[u32]> {
    let mut heads = Vec::new();
    let mut pos = code.entry as usize;
    while pos < code.words.len() {
        jumps_at(&code.words, pos, |target| {
            if target <= pos {
                heads.push(target as u32);
            }
        });
        pos += len_at(&code.words, pos);
    }
    heads.sort_unstable();
    heads.dedup();
    debug_assert!(
        heads
            .iter()
            .all(|&head| Head(code.words[head as usize]).op() == Op::Charge)
    );
    heads.into()
}

impl From<Option<Arc<Placed>>> for Version {
    fn from(made: Option<Arc<Placed>>) -> Version {
        made.map_or(Version::Never, Version::Made)
    }
}

impl Natives {
    pub(super) fn new(engine: &Engine, data: Arc<ModuleData>) -> Natives {
        let count = match engine.tiers().tier {
            Tier::Interpreter => 0,
            Tier::Jit | Tier::Auto => data.bodies.len(),
        };
        Natives {
            profile: *engine.profile(),
            level: engine.level(),
            guards: engine.guards(),
            memory: CodeMemory::default(),
            compilers: Mutex::default(),
            memories_64: data.memories.iter().map(|memory| memory.is_64).collect(),
            types: types_by_id(&data),
            functions: (0..count).map(|_| Cell::default()).collect(),
            versions: Mutex::default(),
            starved: AtomicBool::new(false),
            kept: AtomicUsize::new(0),
            data,
            #[cfg(test)]
            prepared: Mutex::default(),
            #[cfg(test)]
            compilations: AtomicU32::new(0),
        }
    }

    fn defined(&self, function: u32) -> usize {
        (function - self.data.imported.funcs) as usize
    }

    fn cell(&self, function: u32) -> Option<&Cell> {
        self.functions.get(self.defined(function))
    }

    /// The register code, which linking did not keep.
    fn lower(&self, function: u32) -> Option<Code> {
        // It was lowered before, so there was room.
        lower::lower(&self.data, &self.profile, function, MAX_WORDS).ok()
    }

    /// Makes machine code for all who look for it later. If the compiler
    /// panics, the function stays in the interpreter.
    fn make_for_later(&self, function: u32, entry: Option<u32>) {
        let made = catch_unwind(AssertUnwindSafe(|| self.make(function, entry)));
        let made = made.unwrap_or_default();
        match entry {
            Some(pos) => self.keep_version(function, pos, made.into()),
            None => {
                let cell = self.cell(function);
                cell.map(|cell| cell.whole.get_or_init(|| made));
            }
        }
    }

    fn keep_version(&self, function: u32, pos: u32, version: Version) {
        let mut versions = locked(&self.versions);
        if let (Version::Made(placed), Some(cell)) = (&version, self.cell(function)) {
            cell.versions.push(placed.clone());
        }
        versions.insert((self.defined(function), pos), version);
    }

    fn make(&self, function: u32, entry: Option<u32>) -> Option<Arc<Placed>> {
        let code = self.lower(function)?;
        if let Some(cell) = self.cell(function) {
            // Whose machine code is there, its loops will be asked for.
            cell.heads.get_or_init(|| loop_heads(&code));
        }
        self.make_from(function, &code, entry.unwrap_or(code.entry))
    }

    fn make_from(&self, function: u32, code: &Code, entry: u32) -> Option<Arc<Placed>> {
        let mut native = self.compile(function, code, entry)?;
        assert!(
            native.returns.is_sorted() && native.faults.is_sorted(),
            "places in machine code are searched for"
        );
        if !self.guards {
            // Nothing that faults is to be taken for a trap.
            native.faults = Vec::new();
        }
        let bytes = std::mem::take(&mut native.bytes);
        // Without memory for it, the function stays in the interpreter.
        let Ok(start) = self.memory.add(&bytes) else {
            self.starved.store(true, Ordering::Relaxed);
            return None;
        };
        Some(Arc::new(Placed {
            native,
            start,
            len: bytes.len(),
        }))
    }

    fn run_compiler(&self, request: &Request) -> Option<Native> {
        let idle = locked(&self.compilers).pop();
        let mut compiler = idle.unwrap_or_default();
        let native = compiler.compile(request).ok();
        locked(&self.compilers).push(compiler);
        native
    }

    /// What the compiler is asked for when nothing is special.
    pub(super) fn request<'a>(&'a self, code: &'a Code, entry: u32) -> Request<'a> {
        Request {
            code,
            entry,
            level: self.level,
            guards: self.guards,
            memories_64: &self.memories_64,
            types: &self.types,
            view: false,
        }
    }

    #[cfg(not(test))]
    fn compile(&self, _: u32, code: &Code, entry: u32) -> Option<Native> {
        self.run_compiler(&self.request(code, entry))
    }

    #[cfg(test)]
    fn compile(&self, function: u32, code: &Code, entry: u32) -> Option<Native> {
        self.compilations.fetch_add(1, Ordering::Relaxed);
        let key = (self.defined(function), entry);
        let native = locked(&self.prepared).get(&key).cloned();
        native.or_else(|| self.run_compiler(&self.request(code, entry)))
    }
}

impl Compiled {
    /// The machine code of `function`, made now if it was not made before.
    pub(crate) fn native(&self, function: u32) -> Option<&Placed> {
        let whole = &self.natives.cell(function)?.whole;
        let made = whole.get_or_init(|| self.natives.make(function, None));
        made.as_deref()
    }

    /// Makes the machine code of `function` from its code, if it was not made
    /// before.
    pub(super) fn make_native(&self, function: u32, code: &Code) {
        if let Some(cell) = self.natives.cell(function) {
            cell.whole
                .get_or_init(|| self.natives.make_from(function, code, code.entry));
        }
    }

    /// The machine code of `function`, if it is there. If not, it is made:
    /// now, or by and by where the engine's thread does that.
    pub(crate) fn want_native(&self, function: u32) -> Option<&Placed> {
        if !self.engine.tiers().background {
            return self.native(function);
        }
        let cell = self.natives.cell(function)?;
        if !cell.asked.swap(true, Ordering::Relaxed) && !self.make_later(function, None) {
            cell.asked.store(false, Ordering::Relaxed);
        }
        self.native_if_made(function)
    }

    /// Has the engine's thread make machine code; gives whether it will.
    fn make_later(&self, function: u32, entry: Option<u32>) -> bool {
        // A module that is gone needs none.
        let natives = Arc::downgrade(&self.natives);
        self.engine.later(Box::new(move || {
            if let Some(natives) = natives.upgrade() {
                natives.make_for_later(function, entry);
            }
        }))
    }

    /// As [`Compiled::native`], if it was made before.
    pub(crate) fn native_if_made(&self, function: u32) -> Option<&Placed> {
        self.natives.cell(function)?.whole.get()?.as_deref()
    }

    /// How many functions have machine code.
    pub(super) fn native_count(&self) -> u32 {
        let functions = self.natives.functions.iter();
        let made = functions.filter(|cell| matches!(cell.whole.get(), Some(Some(_))));
        made.count() as u32
    }

    /// The machine code of `function` that is entered at the block at `pos`;
    /// who asks first has it made, as in [`Compiled::want_native`].
    pub(crate) fn version(&self, function: u32, pos: u32) -> Version {
        let key = (self.natives.defined(function), pos);
        match locked(&self.natives.versions).entry(key) {
            Entry::Occupied(known) => return known.get().clone(),
            Entry::Vacant(unknown) => {
                unknown.insert(Version::Soon);
            }
        }
        if !self.engine.tiers().background {
            let made: Version = self.natives.make(function, Some(pos)).into();
            self.natives.keep_version(function, pos, made.clone());
            return made;
        }
        if !self.make_later(function, Some(pos)) {
            locked(&self.natives.versions).remove(&key);
        }
        Version::Soon
    }

    /// Notes that `function` was seen running; how often it was, now included.
    pub(crate) fn seen(&self, function: u32) -> u32 {
        let cell = self.natives.cell(function);
        cell.map_or(0, |cell| cell.seen.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Whether the block of `function` at `pos` is the head of a loop.
    pub(crate) fn is_loop_head(&self, function: u32, pos: u32) -> bool {
        self.loop_heads(function).binary_search(&pos).is_ok()
    }

    /// The heads of the loops of `function`, in order.
    pub(crate) fn loop_heads(&self, function: u32) -> &[u32] {
        let Some(cell) = self.natives.cell(function) else {
            return &[];
        };
        cell.heads.get_or_init(|| {
            let code = self.natives.lower(function);
            code.map_or_else(Box::default, |code| loop_heads(&code))
        })
    }

    /// The machine code of `function` that `address` is in, as that of a call's
    /// return or of a stop.
    pub(crate) fn native_at(&self, function: u32, address: *const u8) -> Option<Arc<Placed>> {
        let mut own = self.natives.cell(function)?.all();
        own.find(|placed| placed.holds(address)).cloned()
    }

    /// Whether machine code relies on guards around memories.
    pub(crate) fn guards(&self) -> bool {
        self.natives.guards
    }

    /// Whether `address` is in the memory that the module's machine code is in.
    /// Takes no lock.
    #[cfg_attr(
        not(all(target_arch = "x86_64", target_os = "linux")),
        allow(dead_code, reason = "without guards nobody asks")
    )]
    pub(crate) fn is_native(&self, address: usize) -> bool {
        self.natives.memory.holds(address)
    }

    /// The word position of the instruction of `function` whose access to
    /// memory, which may fault, is at `address` in its machine code. Takes no
    /// lock and allocates nothing.
    #[cfg_attr(
        not(all(target_arch = "x86_64", target_os = "linux")),
        allow(dead_code, reason = "without guards nobody asks")
    )]
    pub(crate) fn access_at(&self, function: u32, address: usize) -> Option<u32> {
        let index = function.checked_sub(self.data.imported.funcs)?;
        let cell = self.natives.functions.get(index as usize)?;
        cell.all().find_map(|placed| placed.access_at(address))
    }

    /// The word position of `function` behind the call that returns to
    /// `address` in its machine code.
    pub(crate) fn behind_call(&self, function: u32, address: *const u8) -> u32 {
        self.native_at(function, address)
            .and_then(|placed| placed.behind_call(address))
            .expect("machine code returns behind calls that it lists")
    }

    /// Has `native` stand for what the compiler would make of `function`
    /// entered at `entry`.
    #[cfg(test)]
    pub(crate) fn prepare_native(&self, function: u32, entry: u32, native: Native) {
        let key = (self.natives.defined(function), entry);
        locked(&self.natives.prepared).insert(key, native);
    }

    /// How often the compiler ran.
    #[cfg(test)]
    pub(crate) fn compilations(&self) -> u32 {
        self.natives.compilations.load(Ordering::Relaxed)
    }
}

//! A module together with the code made from it so far.

mod machine_code;
mod natives;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::code::map::CodeMap;
use crate::code::{MAX_WORDS, Region, region_changes};
use crate::engine::{Engine, Tier};
use crate::error::{Error, shown};
use crate::lower;
use crate::module::ModuleData;
use crate::module::types::ExternType;
use crate::twins::{Found, Twin, TwinMode, twin_hash};
use natives::Natives;

pub use machine_code::{CodeBlock, CodeMark, MachineCode, RegisterInst};
pub(crate) use natives::{Placed, Version, kept};

/// One function, lowered and linked.
pub(crate) struct Linked {
    pub(crate) words: Box<[u64]>,
    /// Position of the first `charge`.
    pub(crate) entry: u32,
    pub(crate) units: u32,
    pub(crate) regions: Vec<Region>,
    region_changes: Box<[(u32, Option<u32>)]>,
}

/// A validated module and its code. Functions are lowered when they are first
/// called; since everything was validated, when that happens cannot be seen.
pub(crate) struct Compiled {
    engine: Engine,
    data: Arc<ModuleData>,
    code: Box<[OnceLock<Linked>]>,
    maps: Box<[OnceLock<Arc<CodeMap>>]>,
    /// Words of code made so far.
    words: AtomicUsize,
    twins: Found,
    /// Shared with the thread that makes machine code, which holds no engine.
    natives: Arc<Natives>,
}

impl Linked {
    /// Where a call begins.
    pub(crate) fn start(&self) -> *const u64 {
        self.words[self.entry as usize..].as_ptr()
    }

    /// The innermost exception region around position `pos`.
    pub(crate) fn region_at(&self, pos: u32) -> Option<u32> {
        let behind = self.region_changes.partition_point(|&(at, _)| at <= pos);
        self.region_changes[..behind].last()?.1
    }
}

impl Compiled {
    /// # Errors
    /// [`Error::Usage`] if there is a twin of a function that is not closed.
    pub(crate) fn new(engine: &Engine, data: ModuleData) -> Result<Compiled, Error> {
        let twins = Found::in_module(&data, engine.twins())?;
        let count = data.bodies.len();
        let data = Arc::new(data);
        Ok(Compiled {
            engine: engine.clone(),
            natives: Arc::new(Natives::new(engine, data.clone())),
            data,
            code: (0..count).map(|_| OnceLock::new()).collect(),
            maps: (0..count).map(|_| OnceLock::new()).collect(),
            words: AtomicUsize::new(0),
            twins,
        })
    }

    pub(crate) fn data(&self) -> &ModuleData {
        &self.data
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn defined(&self, function: u32) -> usize {
        (function - self.data.imported.funcs) as usize
    }

    /// The code of function `function` (imports counted).
    ///
    /// # Errors
    /// [`Error::Limit`] if its frame is too large for the profile,
    /// [`Error::HostResource`] if the module's code becomes too large.
    pub(crate) fn code(&self, function: u32) -> Result<&Linked, Error> {
        let cell = &self.code[self.defined(function)];
        if let Some(linked) = cell.get() {
            return Ok(linked);
        }
        let room = MAX_WORDS.saturating_sub(self.words.load(Ordering::Relaxed));
        let code = lower::lower(&self.data, self.engine.profile(), function, room)?;
        self.words.fetch_add(code.words.len(), Ordering::Relaxed);
        if self.engine.tiers().tier == Tier::Jit {
            self.make_native(function, &code);
        }
        let linked = Linked {
            words: self.engine.handlers().link(&code),
            entry: code.entry,
            units: code.units,
            region_changes: region_changes(&code.regions),
            regions: code.regions,
        };
        Ok(cell.get_or_init(|| linked))
    }

    /// The map from the code of `function` back to Wasm.
    pub(crate) fn map(&self, function: u32) -> Result<Arc<CodeMap>, Error> {
        let cell = &self.maps[self.defined(function)];
        if let Some(map) = cell.get() {
            return Ok(map.clone());
        }
        let map = Arc::new(lower::map(&self.data, self.engine.profile(), function)?);
        Ok(cell.get_or_init(|| map).clone())
    }

    /// The twin that calls of `function` go to.
    pub(crate) fn twin(&self, function: u32) -> Option<&dyn Twin> {
        match self.engine.twin_mode() {
            TwinMode::Off => None,
            TwinMode::On | TwinMode::Check(_) => self.twins.get(function),
        }
    }

    /// The register code of `function` as text.
    pub(crate) fn listing(&self, function: u32) -> Result<String, Error> {
        let code = lower::lower(&self.data, self.engine.profile(), function, MAX_WORDS)?.listing();
        Ok(match self.twins.get(function) {
            Some(twin) => format!("; has the native twin {:?}\n{code}", shown(twin.name())),
            None => code,
        })
    }
}

/// A validated module. Cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Module {
    compiled: Arc<Compiled>,
}

/// Something a module imports.
#[derive(Clone, Debug)]
pub struct ImportType<'a> {
    module: &'a str,
    name: &'a str,
    ty: ExternType,
}

impl ImportType<'_> {
    /// The name of the module it comes from.
    pub fn module(&self) -> &str {
        self.module
    }

    /// Its name there.
    pub fn name(&self) -> &str {
        self.name
    }

    /// What it must be.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

/// Something a module exports.
#[derive(Clone, Debug)]
pub struct ExportType<'a> {
    name: &'a str,
    ty: ExternType,
}

impl ExportType<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// What it is.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

impl Module {
    /// Reads and validates a module in the binary format. All of it is
    /// validated here; code is made function by function, on first call.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the place of the fault, or [`Error::Limit`];
    /// [`Error::Usage`] if the engine has a twin of a function that is not
    /// closed.
    pub fn new(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
        let data = ModuleData::parse(bytes, engine.types(), &engine.profile().limits)?;
        Ok(Module {
            compiled: Arc::new(Compiled::new(engine, data)?),
        })
    }

    /// Whether the bytes are a valid module.
    ///
    /// # Errors
    /// As [`Module::new`]; twins are not looked for.
    pub fn validate(engine: &Engine, bytes: &[u8]) -> Result<(), Error> {
        ModuleData::parse(bytes, engine.types(), &engine.profile().limits).map(drop)
    }

    /// Makes the code of every function now, for [`Tier::Jit`] machine code
    /// too.
    ///
    /// # Errors
    /// [`Error::Limit`] if a frame is too large for the profile,
    /// [`Error::HostResource`] if the code becomes too large.
    pub fn compile_all(&self) -> Result<(), Error> {
        let data = self.compiled.data();
        let first = data.imported.funcs;
        (first..data.funcs.len() as u32).try_for_each(|index| self.compiled.code(index).map(drop))
    }

    /// The engine it belongs to.
    pub fn engine(&self) -> &Engine {
        self.compiled.engine()
    }

    /// BLAKE3 of its bytes.
    pub fn hash(&self) -> [u8; 32] {
        self.compiled.data().hash
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        self.compiled.data().bytes.len() as u64
    }

    /// What it imports, in order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        let data = self.compiled.data();
        data.imports.iter().map(|import| ImportType {
            module: &import.module,
            name: &import.name,
            ty: data.entity_type(import.entity),
        })
    }

    /// What it exports, in order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        let data = self.compiled.data();
        data.exports.iter().map(|export| ExportType {
            name: &export.name,
            ty: data.entity_type(export.entity),
        })
    }

    /// Types of all its memories, imported ones first.
    pub fn memories(&self) -> &[crate::module::types::MemoryType] {
        &self.compiled.data().memories
    }

    /// How many functions it has, imports counted.
    pub fn function_count(&self) -> u32 {
        self.compiled.data().funcs.len() as u32
    }

    /// How many of its functions are imported; they come first.
    pub fn imported_function_count(&self) -> u32 {
        self.compiled.data().imported.funcs
    }

    /// How many of its functions have machine code by now. It says nothing of
    /// results, and with [`Tier::Auto`] it differs from run to run.
    pub fn compiled_functions(&self) -> u32 {
        self.compiled.native_count()
    }

    /// Its functions that have a native twin, by index, and the names of the
    /// twins. They are known whether or not twins run.
    pub fn twins(&self) -> impl ExactSizeIterator<Item = (u32, &str)> {
        let twins = self.compiled.twins.iter();
        twins.map(|(index, twin)| (index, twin.name()))
    }

    /// What function `index` is recognised by: [`twin_hash`] of its type and
    /// body. `None` if it is imported or its type names references.
    pub fn twin_hash(&self, index: u32) -> Option<[u8; 32]> {
        let data = self.compiled.data();
        let defined = index.checked_sub(data.imported.funcs)?;
        let body = data.bodies.get(defined as usize)?.clone();
        twin_hash(data.func_type(index), &data.bytes[body]).ok()
    }

    /// The name that the name section gives a function.
    pub fn function_name(&self, index: u32) -> Option<&str> {
        self.compiled.data().func_name(index)
    }

    /// The index of the function with this name in the name section, export
    /// list, or (as a number) index space.
    pub fn find_function(&self, name: &str) -> Option<u32> {
        let data = self.compiled.data();
        let exported = data
            .exports
            .iter()
            .find(|export| export.entity.kind == crate::module::Kind::Func && export.name == name);
        let by_number = || {
            name.parse()
                .ok()
                .filter(|&index: &u32| index < self.function_count())
        };
        exported
            .map(|export| export.entity.index)
            .or_else(|| (0..self.function_count()).find(|&i| data.func_name(i) == Some(name)))
            .or_else(by_number)
    }

    /// Bytes of the body of function `index`; 0 if it is imported.
    pub fn function_size(&self, index: u32) -> usize {
        let data = self.compiled.data();
        let defined = index.checked_sub(data.imported.funcs);
        defined
            .and_then(|i| data.bodies.get(i as usize))
            .map_or(0, std::ops::Range::len)
    }

    /// Names and sizes in bytes of its custom sections.
    pub fn custom_sections(&self) -> &[(String, usize)] {
        &self.compiled.data().custom_sections
    }

    /// The register code of function `index` as text.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such function or it is imported.
    pub fn listing(&self, index: u32) -> Result<String, Error> {
        self.check_defined(index)?;
        self.compiled.listing(index)
    }

    fn check_defined(&self, index: u32) -> Result<(), Error> {
        if index < self.imported_function_count() || index >= self.function_count() {
            return Err(Error::usage(format!(
                "function {index} is not defined in the module"
            )));
        }
        Ok(())
    }

    pub(crate) fn compiled(&self) -> &Arc<Compiled> {
        &self.compiled
    }
}

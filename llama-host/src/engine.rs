//! The module on this project's own engine, in this project's own world: the only file that names either.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use lockstep_vm::{Engine, Instance, InterruptHandle, Linker, Memory, Module, Store, Val};
use lockstep_wasi::link::add_to_linker;
use lockstep_wasi::{Drive, HostFolder, Output, PtrWidth, WasiCtx};
use lockstep_weavedrive as weavedrive;

use crate::Error;
use crate::gguf::Gguf;
use crate::machine::{Machine, Value};
use crate::session::{Llama, LlamaOptions};

/// Where the guest sees the folder of a model file, and the drive with a model object.
const MODEL_FOLDER: &str = "/model";
const DRIVE: &str = "/data";

/// Where a model comes from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ModelSource {
    /// A file of this machine. The guest sees its folder, read-only; the file's name, but no other part of its path, is
    /// part of the guest's memory.
    File(PathBuf),
    /// An object of a local drive; the guest sees no other.
    Object {
        /// The drive's store.
        store: weavedrive::Store,
        /// The object.
        id: weavedrive::Id,
    },
}

/// How the guest is run.
#[derive(Debug)]
#[non_exhaustive]
pub struct GuestOptions {
    /// The fuel for everything the guest does, loading included.
    pub fuel: u64,
    /// Where llama.cpp's warnings and errors go.
    pub stderr: Output,
}

impl Default for GuestOptions {
    fn default() -> Self {
        Self {
            fuel: u64::MAX,
            stderr: Output::stream(io::stderr()),
        }
    }
}

impl Llama {
    /// Looks into the model, starts the module and loads the model into it.
    ///
    /// # Errors
    /// [`Error::Gguf`] if the model is none, before anything is started; otherwise as [`Llama::load`].
    pub fn open(
        engine: &Engine,
        module: &Module,
        source: &ModelSource,
        guest: GuestOptions,
        options: &LlamaOptions,
    ) -> Result<Self, Error> {
        source.facts()?;
        let (world, path) = source.world(guest.stderr)?;
        let machine = Guest::new(engine, module, world, guest.fuel)?;
        Self::load(Box::new(machine), &path, options)
    }
}

impl ModelSource {
    /// What the model's header says.
    ///
    /// # Errors
    /// If the model cannot be read or is none.
    pub fn facts(&self) -> Result<Gguf, Error> {
        match self {
            Self::File(path) => {
                std::fs::metadata(path).map_err(Error::io("open", path))?;
                Ok(Gguf::open(path)?)
            }
            Self::Object { store, id } => {
                let object = store.object(id).map_err(failed)?;
                let len = object.len();
                Ok(Gguf::read(
                    io::BufReader::with_capacity(1 << 16, ObjectReader { object, at: 0 }),
                    len,
                )?)
            }
        }
    }

    /// A world with the model in it, and the model's path there.
    ///
    /// # Errors
    /// If the model's folder cannot be opened.
    pub fn world(&self, stderr: Output) -> Result<(WasiCtx, String), Error> {
        let world = WasiCtx::builder().stderr(stderr);
        let (world, path) = match self {
            Self::File(path) => {
                // The world follows no links out of a mounted folder, and models often are links into a cache.
                let path = path.canonicalize().map_err(Error::io("open", path))?;
                let folder = path.parent().unwrap_or(Path::new("/"));
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let mount = HostFolder::open(folder).map_err(Error::io("open", folder))?;
                (
                    world.mount_folder(MODEL_FOLDER, mount),
                    format!("{MODEL_FOLDER}/{name}"),
                )
            }
            Self::Object { store, id } => {
                let drive = Drive::of(store.clone(), [*id]);
                (world.mount_drive(DRIVE, drive), format!("{DRIVE}/{id}"))
            }
        };
        Ok((world.build().map_err(failed)?, path))
    }
}

/// Reads an object from its start.
struct ObjectReader {
    object: weavedrive::Object,
    at: u64,
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self
            .object
            .read_at(buffer, self.at)
            .map_err(io::Error::other)?;
        self.at += count as u64;
        Ok(count)
    }
}

/// An instance of the module in its world.
pub struct Guest {
    store: Store<WasiCtx>,
    instance: Instance,
    memory: Memory,
}

impl Guest {
    /// Starts the module.
    ///
    /// # Errors
    /// [`Error::Guest`] if it is not a module of this kind.
    pub fn new(engine: &Engine, module: &Module, world: WasiCtx, fuel: u64) -> Result<Self, Error> {
        let mut linker = Linker::new(engine);
        add_to_linker(&mut linker, PtrWidth::W64, |world: &mut WasiCtx| world).map_err(failed)?;
        let mut store = Store::new(engine, world);
        store.set_fuel(fuel);
        let instance = linker.instantiate(&mut store, module).map_err(failed)?;
        let memory = instance.get_memory(&store, "memory").ok_or_else(|| {
            Error::guest(
                "the module exports no memory: it is not the module that this version builds",
            )
        })?;
        Ok(Self {
            store,
            instance,
            memory,
        })
    }

    /// A handle that stops the guest from another thread: the call it is in fails soon after.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        self.store.interrupt_handle()
    }
}

impl Machine for Guest {
    fn call(&mut self, export: &str, args: &[Value]) -> Result<Option<Value>, Error> {
        let function = self
            .instance
            .get_func(&self.store, export)
            .ok_or_else(|| Error::guest(format!("there is no export {export}")))?;
        let params: Vec<Val> = args
            .iter()
            .map(|arg| match *arg {
                Value::I32(value) => Val::I32(value),
                Value::I64(value) => Val::I64(value),
            })
            .collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        function
            .call(&mut self.store, &params, &mut results)
            .map_err(failed)?;
        match results.first() {
            None => Ok(None),
            Some(Val::I32(value)) => Ok(Some(Value::I32(*value))),
            Some(Val::I64(value)) => Ok(Some(Value::I64(*value))),
            Some(_) => Err(Error::guest(format!(
                "{export} returns neither i32 nor i64"
            ))),
        }
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
        self.memory
            .read(&self.store, address, bytes)
            .map_err(failed)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Error> {
        self.memory
            .write(&mut self.store, address, bytes)
            .map_err(failed)
    }

    fn fuel_consumed(&self) -> u64 {
        self.store.fuel_consumed()
    }

    fn memory_state(&self) -> (u64, [u8; 32]) {
        let bytes = self.memory.data(&self.store);
        (bytes.len() as u64, blake3::hash(bytes).into())
    }
}

/// For `map_err`: a failure of the guest, with its cause.
pub(crate) fn failed(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Guest {
        reason: source.to_string(),
        source: Some(Box::new(source)),
    }
}

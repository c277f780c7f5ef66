//! The Lockstep engine: WebAssembly 3.0, with the same bits on every machine.
//!
//! Results, memory, fuel and traps are functions of the module, its inputs
//! and the [`Profile`]; nothing of the host shows. Code is interpreted first
//! and becomes machine code where much time goes, on CPUs that the compiler
//! knows: [`Tier`] says how, and it changes time and nothing else.
//!
//! The shape of the API is the one embedders know from other engines: an
//! [`Engine`] shared by all, a [`Module`] from bytes, a [`Store`] with the
//! embedder's data, a [`Linker`] for imports, an [`Instance`] with typed
//! functions.
//!
//! ```
//! use lockstep_vm::{Engine, Linker, Module, Store};
//!
//! let engine = Engine::default();
//! let wasm = wat::parse_str(
//!     r#"(module (func (export "add") (param i64 i64) (result i64)
//!          (i64.add (local.get 0) (local.get 1))))"#,
//! )?;
//! let module = Module::new(&engine, &wasm)?;
//! let mut store = Store::new(&engine, ());
//! store.set_fuel(1_000);
//! let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
//! let add = instance.get_typed_func::<(i64, i64), i64>(&store, "add")?;
//! assert_eq!(add.call(&mut store, (40, 2))?, 42);
//! assert_eq!(store.fuel_consumed(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(unsafe_code)]

mod cache;
mod caller;
mod code;
mod compiled;
mod engine;
mod error;
mod externs;
#[allow(unsafe_code, reason = "slots and frames are read where they lie")]
mod func;
#[allow(unsafe_code, reason = "instances share objects by address")]
mod instance;
#[allow(unsafe_code, reason = "handlers work on raw frames and memories")]
mod interp;
#[allow(unsafe_code, reason = "machine code is entered and left by hand")]
mod jit;
mod linker;
mod lower;
#[allow(
    unsafe_code,
    reason = "address space and objects that running code shares"
)]
mod machine;
mod module;
mod profile;
#[allow(unsafe_code, reason = "the driver moves raw frames")]
mod run;
#[allow(unsafe_code, reason = "the store keeps objects at one address")]
mod store;
mod twins;
mod val;
mod worker;

pub use cache::{CacheError, CodeCache};
pub use caller::{AsContext, AsContextMut, Caller};
pub use compiled::{
    CodeBlock, CodeMark, ExportType, ImportType, MachineCode, Module, RegisterInst,
};
pub use engine::{Config, Engine, Tier};
pub use error::{Error, Frame, MissingImport, TrapInfo};
pub use externs::{Extern, Func, Global, Memory, Table, Tag};
pub use func::{IntoHostFunc, Outcome, Paused, TypedFunc};
pub use instance::Instance;
pub use isa::{Trap, V128};
pub use jit::view::CodePart;
pub use linker::Linker;
pub use module::types::{
    ExternType, FuncType, GlobalType, HeapType, MemoryType, RefType, TableType, TagType, TypeId,
    ValType,
};
pub use profile::{Limits, Profile, RelaxedMadd};
pub use simd::CpuLevel;
pub use store::{InterruptHandle, Store};
pub use twins::{
    Twin, TwinDifference, TwinMemory, TwinMismatch, TwinMode, TwinRanges, Twins, twin_hash,
};
pub use val::{ExnRef, ExternRef, IntoHostResult, Val, WasmTy, WasmTys};

//! What the runner asks of an engine: a handful of verbs over plain values.
//!
//! The runner itself knows no engine. A [`Tier`] is one way of running
//! (the interpreter, the JIT); it opens a fresh [`World`] for every file, and
//! a world hands out small ids for the modules and instances it holds, so the
//! trait stays object-safe and an adapter stays short.

use std::fmt;

/// One way of running Wasm code, as a factory of worlds.
pub trait Tier: Send + Sync {
    /// The first part of a trial's name, such as `interp`.
    fn name(&self) -> &str;

    /// Opens an empty world. No two files share one.
    ///
    /// # Errors
    /// When the engine does not start.
    fn open(&self) -> Result<Box<dyn World>, Failure>;
}

/// A compiled and validated module of one [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleId(pub usize);

/// An instance in the store of one [`World`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceId(pub usize);

/// One store and everything a script has put into it.
///
/// Ids are only valid in the world that gave them out.
pub trait World {
    /// Decodes and validates a binary module.
    ///
    /// # Errors
    /// [`Failure::Invalid`] for a malformed or invalid module and
    /// [`Failure::Unsupported`] for a feature the engine does not offer.
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleId, Failure>;

    /// Instantiates a module; its imports come from the registered instances.
    ///
    /// # Errors
    /// [`Failure::Unlinkable`] when an import is missing or has the wrong
    /// type; whatever initialisation or the start function raise otherwise.
    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure>;

    /// Offers the exports of `instance` for import under `name`, in place of
    /// whatever had that name before.
    ///
    /// # Errors
    /// [`Failure::Other`] when the engine cannot offer them.
    fn register(&mut self, name: &str, instance: InstanceId) -> Result<(), Failure>;

    /// Calls an exported function.
    ///
    /// # Errors
    /// How the call ended if it did not return, or [`Failure::Other`] when
    /// there is no such function or the arguments do not fit it.
    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure>;

    /// Reads an exported global.
    ///
    /// # Errors
    /// [`Failure::Other`] when there is no such global.
    fn global(&mut self, instance: InstanceId, name: &str) -> Result<Value, Failure>;
}

/// Which kind of thing a reference refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefKind {
    /// A function.
    Func,
    /// A value of the host.
    Extern,
    /// A caught exception.
    Exn,
}

/// An argument or a result. Floats are bit patterns, because the runner
/// compares bits and never numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// An `i32`.
    I32(i32),
    /// An `i64`.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// A `v128`, lane 0 in the lowest bits.
    V128(u128),
    /// A null reference of some kind.
    Null(RefKind),
    /// A function that is there; which one cannot be told from outside.
    Func,
    /// A host reference with the number the script gave it.
    Extern(u32),
    /// An exception that is there.
    Exn,
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::I32(v) => write!(f, "i32 {v}"),
            Value::I64(v) => write!(f, "i64 {v}"),
            Value::F32(bits) => write!(f, "f32 {:?} (bits {bits:#010x})", f32::from_bits(*bits)),
            Value::F64(bits) => write!(f, "f64 {:?} (bits {bits:#018x})", f64::from_bits(*bits)),
            Value::V128(bits) => write!(f, "v128 {bits:#034x}"),
            Value::Null(kind) => write!(f, "null {kind:?}"),
            Value::Func => f.write_str("a function"),
            Value::Extern(n) => write!(f, "extern {n}"),
            Value::Exn => f.write_str("an exception"),
        }
    }
}

/// Why an engine did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The module is malformed or does not validate.
    #[error("invalid module: {0}")]
    Invalid(String),
    /// The module needs a feature this engine does not offer.
    #[error("unsupported: {0}")]
    Unsupported(String),
    /// An import is missing or has another type.
    #[error("cannot link: {0}")]
    Unlinkable(String),
    /// The guest trapped; the text begins with the standard's name for it.
    #[error("trap: {0}")]
    Trap(String),
    /// The guest used up its call stack.
    #[error("call stack exhausted")]
    Exhaustion,
    /// An exception left the outermost frame.
    #[error("uncaught exception")]
    Exception,
    /// Anything else, which no assertion accepts.
    #[error("{0}")]
    Other(String),
}

/// The module every script finds under the name `spectest`.
///
/// Its functions come from the host module `host`, which an adapter provides,
/// so that scripts cross the border to the host and back.
pub const SPECTEST: &str = r#"(module
  (func (export "print") (import "host" "print"))
  (func (export "print_i32") (import "host" "print_i32") (param i32))
  (func (export "print_i64") (import "host" "print_i64") (param i64))
  (func (export "print_f32") (import "host" "print_f32") (param f32))
  (func (export "print_f64") (import "host" "print_f64") (param f64))
  (func (export "print_i32_f32") (import "host" "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (import "host" "print_f64_f64") (param f64 f64))
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2))"#;

//! llama.cpp as a guest: its build, its shim and an inference API.
//!
//! [`ensure_module`] builds llama.cpp for 64-bit WebAssembly from pinned sources and keeps it in a [`Cache`]; [`models`]
//! knows small models to try it with, and [`gguf`] looks into model files before they are loaded. [`sources`] is for those
//! who build llama.cpp otherwise.

pub mod compare;
pub mod gguf;
pub mod kernels;
pub mod models;
pub mod sources;

mod archive;
mod cache;
mod compile;
mod engine;
mod error;
mod fetch;
mod flags;
mod guest;
mod machine;
mod module;
mod patch;
mod pins;
mod plan;
mod progress;
mod sampler;
mod session;
mod shim;
mod text;

pub use cache::Cache;
pub use engine::{Guest, GuestOptions, ModelSource};
pub use error::Error;
pub use machine::{Machine, Value};
pub use module::{ModuleOptions, ensure_kernels, ensure_module, module_path};
pub use progress::{Progress, Silent, Stage};
pub use sampler::{Sampler, Sampling};
pub use session::{Answer, End, Generate, Llama, LlamaOptions, Message, ModelFacts, Stats};

//! The state that both tiers share: memories, tables, globals, functions,
//! stacks, and the context that running code reaches them through.

pub(crate) mod bulk;
pub(crate) mod chain;
pub(crate) mod code_memory;
pub(crate) mod context;
pub(crate) mod exception;
pub(crate) mod function;
pub(crate) mod instance;
pub(crate) mod map;
pub(crate) mod memory;
pub(crate) mod stack;
pub(crate) mod table;

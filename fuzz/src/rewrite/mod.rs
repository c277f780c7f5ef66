//! Modules to modules: the same program with something added that can be seen.
//!
//! - [`expose`] exports what holds state;
//! - [`count`] makes a program count its own fuel, by the law's text;
//! - [`observe`] makes it write down what its instructions produce;
//! - [`dot`] spells an instruction out that engines read differently.

mod body;
mod count;
mod dot;
mod expose;
mod observe;
mod sections;
mod shape;

pub use count::{COUNTER, count};
pub use dot::dot;
pub use expose::expose;
pub use observe::{Event, LOG, events, observe};

use sections::{Section, Sections, id};

/// Why a module can not be rewritten.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// It is no valid module.
    #[error("not a valid module: {0}")]
    Invalid(#[from] wasmparser::BinaryReaderError),
    /// It is cut short.
    #[error("the module is cut short")]
    Cut,
}

/// A custom section's data, if the module has one of this name.
pub fn custom_section(wasm: &[u8], name: &str) -> Option<Vec<u8>> {
    let sections = Sections::parse(wasm)?;
    let customs = sections.list.iter().filter_map(Section::custom);
    let mut named = customs.filter(|(found, _)| *found == name.as_bytes());
    named.next().map(|(_, data)| data.to_vec())
}

/// The module without its custom sections of this name. Bytes that are no
/// module stay as they are.
pub fn without_custom_section(wasm: &[u8], name: &str) -> Vec<u8> {
    let Some(mut sections) = Sections::parse(wasm) else {
        return wasm.to_vec();
    };
    let named = |section: &Section| section.custom().is_some_and(|(n, _)| n == name.as_bytes());
    if !sections.list.iter().any(named) {
        return wasm.to_vec();
    }
    sections.list.retain(|section| !named(section));
    sections.bytes()
}

/// Adds a custom section to the end of a module.
pub fn append_custom_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    use wasm_encoder::{CustomSection, Encode};
    wasm.push(id::CUSTOM);
    CustomSection {
        name: name.into(),
        data: data.into(),
    }
    .encode(wasm);
}

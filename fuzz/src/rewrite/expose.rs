//! Everything that holds state, exported.

use wasm_encoder::{Encode, ExportKind};
use wasmparser::ExternalKind;

use super::shape::Shape;
use super::{RewriteError, Sections, id};

/// Exports every memory, global and table that is not exported yet, under
/// names like `lockstep.memory.0`.
///
/// # Errors
/// When the module is not well-formed.
pub fn expose(wasm: &[u8]) -> Result<Vec<u8>, RewriteError> {
    let shape = Shape::of(wasm)?;
    let mut sections = Sections::parse(wasm).ok_or(RewriteError::Cut)?;
    let spaces = [
        (ExternalKind::Memory, "memory", shape.memories.len() as u32),
        (ExternalKind::Global, "global", shape.globals),
        (ExternalKind::Table, "table", shape.tables.len() as u32),
    ];
    let mut items = Vec::new();
    for (kind, word, count) in spaces {
        for index in (0..count).filter(|&index| !shape.exports.contains(&(kind, index))) {
            items.push(export(
                &format!("lockstep.{word}.{index}"),
                kind.into(),
                index,
            ));
        }
    }
    if !items.is_empty() {
        sections.append(id::EXPORT, &items);
    }
    Ok(sections.bytes())
}

/// An item of the export section.
pub(super) fn export(name: &str, kind: ExportKind, index: u32) -> Vec<u8> {
    let mut item = Vec::new();
    name.encode(&mut item);
    kind.encode(&mut item);
    index.encode(&mut item);
    item
}

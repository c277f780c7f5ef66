//! What a rewriting must know of a module: its index spaces.

use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

use super::RewriteError;

/// How many of each there are, and which are exported.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    /// Types, members of groups counted.
    pub(super) types: u32,
    /// Imported functions.
    pub(super) imported_functions: u32,
    /// All functions.
    pub(super) functions: u32,
    /// For each memory whether its indices are 64-bit.
    pub(super) memories: Vec<bool>,
    /// For each table whether its indices are 64-bit.
    pub(super) tables: Vec<bool>,
    /// All globals.
    pub(super) globals: u32,
    /// What is exported.
    pub(super) exports: Vec<(ExternalKind, u32)>,
    /// For each defined function how many parameters it has.
    pub(super) parameters: Vec<u32>,
}

impl Shape {
    /// Reads a valid module.
    ///
    /// # Errors
    /// When it is not well-formed.
    pub(super) fn of(wasm: &[u8]) -> Result<Shape, RewriteError> {
        let mut shape = Shape::default();
        let mut parameters_of_types = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        for ty in group?.into_types() {
                            parameters_of_types.push(parameters(&ty));
                        }
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        shape.import(&import?.ty);
                    }
                }
                Payload::FunctionSection(reader) => {
                    for ty in reader {
                        let count = parameters_of_types.get(ty? as usize);
                        shape.parameters.push(count.copied().unwrap_or(0));
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        shape.tables.push(table?.ty.table64);
                    }
                }
                Payload::MemorySection(reader) => {
                    for memory in reader {
                        shape.memories.push(memory?.memory64);
                    }
                }
                Payload::GlobalSection(reader) => shape.globals += reader.count(),
                Payload::ExportSection(reader) => {
                    for export in reader {
                        let export = export?;
                        shape.exports.push((export.kind, export.index));
                    }
                }
                _ => {}
            }
        }
        shape.types = parameters_of_types.len() as u32;
        shape.functions = shape.imported_functions + shape.parameters.len() as u32;
        Ok(shape)
    }

    fn import(&mut self, ty: &TypeRef) {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => self.imported_functions += 1,
            TypeRef::Table(table) => self.tables.push(table.table64),
            TypeRef::Memory(memory) => self.memories.push(memory.memory64),
            TypeRef::Global(_) => self.globals += 1,
            TypeRef::Tag(_) => {}
        }
    }
}

fn parameters(ty: &wasmparser::SubType) -> u32 {
    match &ty.composite_type.inner {
        wasmparser::CompositeInnerType::Func(func) => func.params().len() as u32,
        _ => 0,
    }
}

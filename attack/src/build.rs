//! Small helpers for building modules.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection,
    ElementSection, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, ImportSection, MemorySection, MemoryType, Module, RefType, StartSection,
    TableSection, TableType, TagKind, TagSection, TagType, TypeSection, ValType,
};

pub use wasm_encoder::ValType::{I32, I64, V128};

/// Sections in the making; the empty ones are left out.
#[derive(Default)]
pub struct Parts {
    /// Types.
    pub types: TypeSection,
    /// Imports.
    pub imports: ImportSection,
    /// Type indices of functions.
    pub functions: FunctionSection,
    /// Tables.
    pub tables: TableSection,
    /// Memories.
    pub memories: MemorySection,
    /// Exception tags.
    pub tags: TagSection,
    /// Globals.
    pub globals: GlobalSection,
    /// Exports.
    pub exports: ExportSection,
    /// The start function.
    pub start: Option<u32>,
    /// Element segments.
    pub elements: ElementSection,
    /// Bodies.
    pub code: CodeSection,
    /// Data segments.
    pub data: DataSection,
}

impl Parts {
    /// Adds a function type; gives its index.
    pub fn ty(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let index = self.types.len();
        let list = |types: &[ValType]| types.to_vec();
        self.types.ty().function(list(params), list(results));
        index
    }

    /// Adds a function; gives its index among defined functions.
    pub fn func(&mut self, ty: u32, mut body: Function) -> u32 {
        body.instructions().end();
        let index = self.functions.len();
        self.functions.function(ty);
        self.code.function(&body);
        index
    }

    /// Adds a function of no parameters and results, exported as `f`.
    pub fn main(&mut self, body: Function) {
        let ty = self.ty(&[], &[]);
        let index = self.func(ty, body);
        self.export_f(index);
    }

    /// Exports function `index` as `f`.
    pub fn export_f(&mut self, index: u32) {
        self.exports.export("f", ExportKind::Func, index);
    }

    /// Adds a tag of type `ty`.
    pub fn tag(&mut self, ty: u32) {
        self.tags.tag(TagType {
            kind: TagKind::Exception,
            func_type_idx: ty,
        });
    }

    /// Adds a table of `minimum` references.
    pub fn table(&mut self, element_type: RefType, minimum: u64) {
        self.tables.table(table(element_type, minimum));
    }

    /// Adds a 64-bit memory.
    pub fn memory(&mut self, minimum: u64, maximum: Option<u64>) {
        self.memories.memory(memory(true, minimum, maximum));
    }

    /// Adds an immutable global.
    pub fn global(&mut self, ty: ValType, init: &ConstExpr) {
        let ty = GlobalType {
            val_type: ty,
            mutable: false,
            shared: false,
        };
        self.globals.global(ty, init);
    }

    /// The module.
    pub fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&self.imports)
            .section(&self.functions)
            .section(&self.tables)
            .section(&self.memories)
            .section(&self.tags)
            .section(&self.globals)
            .section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements);
        if !self.data.is_empty() {
            let count = self.data.len();
            module.section(&DataCountSection { count });
        }
        module.section(&self.code).section(&self.data);
        module.finish()
    }
}

/// The type of a memory.
pub fn memory(memory64: bool, minimum: u64, maximum: Option<u64>) -> MemoryType {
    MemoryType {
        minimum,
        maximum,
        memory64,
        shared: false,
        page_size_log2: None,
    }
}

/// The type of a table without a maximum.
pub fn table(element_type: RefType, minimum: u64) -> TableType {
    TableType {
        element_type,
        table64: false,
        minimum,
        maximum: None,
        shared: false,
    }
}

/// A body without locals.
pub fn body() -> Function {
    Function::new([])
}

/// A block of type `index`.
pub fn typed(index: u32) -> BlockType {
    BlockType::FunctionType(index)
}

/// A module in the text format.
///
/// # Panics
/// If the text is wrong, which is a mistake in this crate.
pub fn text(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap_or_else(|e| panic!("a text of our own is wrong: {e}"))
}

/// A number in LEB128.
pub fn leb(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A module of raw sections: a number and the content of each.
pub fn raw(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in sections {
        bytes.push(*id);
        bytes.extend(leb(content.len() as u64));
        bytes.extend(content);
    }
    bytes
}

/// A custom section's place in [`raw`]: its name and its bytes.
pub fn custom(name: &str, data: &[u8]) -> Vec<u8> {
    let mut module = Module::new();
    module.section(&CustomSection {
        name: name.into(),
        data: data.into(),
    });
    module.finish()[8..].to_vec()
}

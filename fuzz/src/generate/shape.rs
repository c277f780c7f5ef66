//! What a module has besides bodies, and how it becomes bytes.

use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, HeapType,
    Ieee32, Ieee64, ImportSection, MemorySection, MemoryType, Module, RefType, TableSection,
    TableType, TagKind, TagSection, TagType, TypeSection, ValType,
};

use crate::corners;
use crate::entropy::Entropy;
use crate::program::{Call, Program};

/// The five types that are numbers or vectors.
pub(super) const NUMBERS: [ValType; 5] = [
    ValType::I32,
    ValType::I64,
    ValType::F32,
    ValType::F64,
    ValType::V128,
];

/// A function type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) params: Vec<ValType>,
    pub(super) results: Vec<ValType>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) is_64: bool,
    pub(super) pages: u64,
    pub(super) most: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) is_64: bool,
    pub(super) element: RefType,
    pub(super) size: u64,
    pub(super) most: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Global {
    pub(super) ty: ValType,
    pub(super) is_mutable: bool,
    /// The bits it begins with; references begin as null.
    pub(super) bits: u128,
}

/// A data segment.
#[derive(Clone, Debug)]
pub(super) struct Data {
    /// Where it goes at instantiation: memory and address.
    pub(super) active: Option<(u32, u64)>,
    pub(super) bytes: Vec<u8>,
}

/// An element segment: functions by index, None for null.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// Where it goes at instantiation: table and index.
    pub(super) active: Option<(u32, u64)>,
    pub(super) ty: RefType,
    pub(super) functions: Vec<Option<u32>>,
}

/// Everything a body can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub(super) types: Vec<Signature>,
    /// Type of each function, imported ones first.
    pub(super) functions: Vec<u32>,
    /// How many functions are imported.
    pub(super) imported: u32,
    pub(super) memories: Vec<Memory>,
    pub(super) tables: Vec<Table>,
    pub(super) globals: Vec<Global>,
    /// Type of each tag.
    pub(super) tags: Vec<u32>,
    pub(super) data: Vec<Data>,
    pub(super) elements: Vec<Element>,
    /// The global that counts calls and rounds down, if there is one.
    pub(super) budget: Option<u32>,
    /// How many functions references and calls by chance may name.
    pub(super) named: u32,
}

impl Shape {
    /// The index of a function type; equal ones share it.
    pub(super) fn type_of(&mut self, signature: Signature) -> u32 {
        let known = self.types.iter().position(|have| *have == signature);
        let index = known.unwrap_or_else(|| {
            self.types.push(signature);
            self.types.len() - 1
        });
        index as u32
    }

    /// Adds a function; its body comes later.
    pub(super) fn function(&mut self, signature: Signature) -> u32 {
        let ty = self.type_of(signature);
        self.functions.push(ty);
        self.functions.len() as u32 - 1
    }

    /// The type of a function.
    pub(super) fn signature(&self, function: u32) -> &Signature {
        &self.types[self.functions[function as usize] as usize]
    }

    /// Adds a mutable global for each number type, and one that is constant.
    pub(super) fn add_globals(&mut self, entropy: &mut Entropy<'_>) {
        for ty in NUMBERS {
            let bits = number(ty, entropy);
            self.globals.push(Global {
                ty,
                is_mutable: true,
                bits,
            });
        }
        let ty = *entropy.pick(&NUMBERS);
        self.globals.push(Global {
            ty,
            is_mutable: false,
            bits: number(ty, entropy),
        });
    }

    /// Adds a memory of a few pages with corner values at its beginning and
    /// at its end.
    pub(super) fn add_memory(&mut self, entropy: &mut Entropy<'_>) {
        let pages = 1 + entropy.below(2) as u64;
        let index = self.memories.len() as u32;
        self.memories.push(Memory {
            is_64: entropy.chance(1, 2),
            pages,
            most: pages + entropy.below(3) as u64,
        });
        let mut bytes = Vec::new();
        for _ in 0..2 + entropy.below(4) {
            bytes.extend(entropy.vector().to_le_bytes());
        }
        let end = pages * 65536 - bytes.len() as u64;
        for at in [entropy.below(4) as u64, end] {
            self.data.push(Data {
                active: Some((index, at)),
                bytes: bytes.clone(),
            });
        }
    }

    /// The module: these shapes, and a body for each function that is not
    /// imported. Everything is exported.
    pub(super) fn module(&self, bodies: &[Function]) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        for ty in &self.types {
            types
                .ty()
                .function(ty.params.iter().copied(), ty.results.iter().copied());
        }
        module.section(&types);
        if self.imported > 0 {
            let mut imports = ImportSection::new();
            for (i, &ty) in self.functions[..self.imported as usize].iter().enumerate() {
                imports.import("host", &format!("h{i}"), EntityType::Function(ty));
            }
            module.section(&imports);
        }
        let mut functions = FunctionSection::new();
        for &ty in &self.functions[self.imported as usize..] {
            functions.function(ty);
        }
        module.section(&functions);
        self.spaces(&mut module);
        module.section(&self.exports());
        self.segments(&mut module, bodies);
        module.finish()
    }

    /// Tables, memories, tags and globals.
    fn spaces(&self, module: &mut Module) {
        let mut tables = TableSection::new();
        for table in &self.tables {
            tables.table(TableType {
                element_type: table.element,
                table64: table.is_64,
                minimum: table.size,
                maximum: Some(table.most),
                shared: false,
            });
        }
        let mut memories = MemorySection::new();
        for memory in &self.memories {
            memories.memory(MemoryType {
                minimum: memory.pages,
                maximum: Some(memory.most),
                memory64: memory.is_64,
                shared: false,
                page_size_log2: None,
            });
        }
        let mut tags = TagSection::new();
        for &ty in &self.tags {
            tags.tag(TagType {
                kind: TagKind::Exception,
                func_type_idx: ty,
            });
        }
        let mut globals = GlobalSection::new();
        for global in &self.globals {
            let ty = GlobalType {
                val_type: global.ty,
                mutable: global.is_mutable,
                shared: false,
            };
            globals.global(ty, &constant(global.ty, global.bits));
        }
        module.section(&tables).section(&memories);
        if !self.tags.is_empty() {
            module.section(&tags);
        }
        module.section(&globals);
    }

    fn exports(&self) -> ExportSection {
        let mut exports = ExportSection::new();
        for i in 0..self.functions.len() as u32 {
            exports.export(&format!("f{i}"), ExportKind::Func, i);
        }
        for i in 0..self.memories.len() as u32 {
            exports.export(&format!("m{i}"), ExportKind::Memory, i);
        }
        for i in 0..self.globals.len() as u32 {
            exports.export(&format!("g{i}"), ExportKind::Global, i);
        }
        for i in 0..self.tables.len() as u32 {
            exports.export(&format!("t{i}"), ExportKind::Table, i);
        }
        exports
    }

    /// Elements, code and data.
    fn segments(&self, module: &mut Module, bodies: &[Function]) {
        let mut elements = ElementSection::new();
        for element in &self.elements {
            let values = element.functions.iter().map(|function| match *function {
                Some(function) => ConstExpr::ref_func(function),
                None => ConstExpr::ref_null(element.ty.heap_type),
            });
            let values: Vec<ConstExpr> = values.collect();
            let values = Elements::Expressions(element.ty, values.into());
            match element.active {
                Some((table, at)) => {
                    let at = address(self.tables[table as usize].is_64, at);
                    elements.active(Some(table), &at, values);
                }
                None => drop(elements.passive(values)),
            }
        }
        let mut code = CodeSection::new();
        for body in bodies {
            code.function(body);
        }
        let mut data = DataSection::new();
        for segment in &self.data {
            let bytes = segment.bytes.iter().copied();
            match segment.active {
                Some((memory, at)) => {
                    let at = address(self.memories[memory as usize].is_64, at);
                    data.active(memory, &at, bytes);
                }
                None => drop(data.passive(bytes)),
            }
        }
        if !self.elements.is_empty() {
            module.section(&elements);
        }
        let count = self.data.len() as u32;
        module
            .section(&DataCountSection { count })
            .section(&code)
            .section(&data);
    }

    /// A call of a function with arguments from `entropy`.
    pub(super) fn call(&self, function: u32, entropy: &mut Entropy<'_>) -> Call {
        let params = self.signature(function).params.iter();
        let arguments = params.map(|&ty| {
            let ty = lockstep_type(ty);
            entropy
                .value(ty)
                .expect("exported functions take plain values")
        });
        Call {
            export: format!("f{function}"),
            arguments: arguments.collect(),
        }
    }

    /// The program of these bodies and calls.
    pub(super) fn program(&self, bodies: &[Function], calls: Vec<Call>) -> Program {
        Program {
            wasm: self.module(bodies),
            calls,
            fuel: crate::program::FUEL,
        }
    }
}

fn address(is_64: bool, at: u64) -> ConstExpr {
    match is_64 {
        true => ConstExpr::i64_const(at as i64),
        false => ConstExpr::i32_const(at as i32),
    }
}

fn constant(ty: ValType, bits: u128) -> ConstExpr {
    match ty {
        ValType::I32 => ConstExpr::i32_const(bits as i32),
        ValType::I64 => ConstExpr::i64_const(bits as i64),
        ValType::F32 => ConstExpr::f32_const(Ieee32::new(bits as u32)),
        ValType::F64 => ConstExpr::f64_const(Ieee64::new(bits as u64)),
        ValType::V128 => ConstExpr::v128_const(bits as i128),
        ValType::Ref(ty) => ConstExpr::ref_null(ty.heap_type),
    }
}

/// Bits of a number of this type, half of the time from the corners.
pub(super) fn number(ty: ValType, entropy: &mut Entropy<'_>) -> u128 {
    match ty {
        ValType::I32 => entropy.bits(corners::I32) & u128::from(u32::MAX),
        ValType::I64 => entropy.bits(corners::I64),
        ValType::F32 => entropy.bits(corners::F32) & u128::from(u32::MAX),
        ValType::F64 => entropy.bits(corners::F64),
        ValType::V128 => entropy.vector(),
        ValType::Ref(_) => 0,
    }
}

/// The engine's name of a type that exported functions take.
fn lockstep_type(ty: ValType) -> lockstep_vm::ValType {
    match ty {
        ValType::I32 => lockstep_vm::ValType::I32,
        ValType::I64 => lockstep_vm::ValType::I64,
        ValType::F32 => lockstep_vm::ValType::F32,
        ValType::F64 => lockstep_vm::ValType::F64,
        ValType::V128 => lockstep_vm::ValType::V128,
        ValType::Ref(ty) if ty.heap_type == HeapType::EXTERN => lockstep_vm::ValType::EXTERNREF,
        ValType::Ref(_) => lockstep_vm::ValType::FUNCREF,
    }
}

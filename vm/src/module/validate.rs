//! Bytes to validated [`ModuleData`]; with `decode`, the only code that names
//! wasmparser.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use wasmparser as wp;

use super::types::{
    FuncType, GlobalType, HeapType, MemoryType, RefType, TableType, TypeId, TypeRegistry, ValType,
};
use super::*;
use crate::error::{Error, shown};
use crate::profile::Limits;

/// The accepted language: Wasm 3.0 without GC heap types, and the legacy
/// exception instructions that older toolchains emit. Threads are out.
pub(crate) fn features() -> wp::WasmFeatures {
    use wp::WasmFeatures as F;
    F::MUTABLE_GLOBAL
        | F::SATURATING_FLOAT_TO_INT
        | F::SIGN_EXTENSION
        | F::REFERENCE_TYPES
        | F::MULTI_VALUE
        | F::BULK_MEMORY
        | F::SIMD
        | F::RELAXED_SIMD
        | F::TAIL_CALL
        | F::FLOATS
        | F::MULTI_MEMORY
        | F::EXCEPTIONS
        | F::LEGACY_EXCEPTIONS
        | F::MEMORY64
        | F::EXTENDED_CONST
        | F::FUNCTION_REFERENCES
        // Recursive function types and wider constant expressions come with
        // GC; its heap types and instructions are refused by name below.
        | F::GC
        | F::GC_TYPES
        | F::CALL_INDIRECT_OVERLONG
        | F::BULK_MEMORY_OPT
}

impl From<wp::BinaryReaderError> for Error {
    fn from(error: wp::BinaryReaderError) -> Error {
        Error::Invalid {
            offset: error.offset(),
            message: shown(error.message()),
        }
    }
}

fn unsupported(offset: u64, what: &str) -> Error {
    Error::Invalid {
        offset,
        message: format!("{what} are not supported"),
    }
}

pub(super) fn heap_type(ty: wp::HeapType, ids: &[TypeId]) -> Option<HeapType> {
    use wp::AbstractHeapType as A;
    Some(match ty {
        wp::HeapType::Abstract { shared: false, ty } => match ty {
            A::Func => HeapType::Func,
            A::Extern => HeapType::Extern,
            A::Exn => HeapType::Exn,
            A::NoFunc => HeapType::NoFunc,
            A::NoExtern => HeapType::NoExtern,
            A::NoExn => HeapType::NoExn,
            _ => return None,
        },
        wp::HeapType::Concrete(index) => {
            let index = index.as_module_index()? as usize;
            // A type that has no number yet is a member of the group being read.
            let own = || TypeId::in_group((index - ids.len()) as u32);
            HeapType::Concrete(ids.get(index).copied().unwrap_or_else(own))
        }
        _ => return None,
    })
}

pub(super) fn val_type(ty: wp::ValType, ids: &[TypeId]) -> Option<ValType> {
    Some(match ty {
        wp::ValType::I32 => ValType::I32,
        wp::ValType::I64 => ValType::I64,
        wp::ValType::F32 => ValType::F32,
        wp::ValType::F64 => ValType::F64,
        wp::ValType::V128 => ValType::V128,
        wp::ValType::Ref(ty) => ValType::Ref(ref_type(ty, ids)?),
    })
}

fn ref_type(ty: wp::RefType, ids: &[TypeId]) -> Option<RefType> {
    Some(RefType {
        nullable: ty.is_nullable(),
        heap: heap_type(ty.heap_type(), ids)?,
    })
}

/// A module while its sections arrive.
struct Builder<'a> {
    registry: &'a TypeRegistry,
    data: ModuleData,
}

pub(super) fn parse(
    bytes: &[u8],
    registry: &TypeRegistry,
    limits: &Limits,
) -> Result<ModuleData, Error> {
    if bytes.len() as u64 > limits.module_bytes {
        return Err(Error::Limit(format!(
            "the module has {} bytes, more than {}",
            bytes.len(),
            limits.module_bytes
        )));
    }
    let mut builder = Builder {
        registry,
        data: ModuleData {
            bytes: Arc::from(bytes),
            hash: *blake3::hash(bytes).as_bytes(),
            types: Vec::new(),
            type_ids: Vec::new(),
            imports: Vec::new(),
            imported: Imported::default(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            exports: Vec::new(),
            start: None,
            elements: Vec::new(),
            data: Vec::new(),
            bodies: Vec::new(),
            name_section: None,
            custom_sections: Vec::new(),
            names: OnceLock::new(),
            by_name: OnceLock::new(),
        },
    };
    let mut validator = wp::Validator::new_with_features(features());
    let mut allocations = wp::FuncValidatorAllocations::default();
    for payload in wp::Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match validator.payload(&payload)? {
            wp::ValidPayload::Func(func, body) => {
                let mut func = func.into_validator(allocations);
                builder.body(&mut func, &body)?;
                allocations = func.into_allocations();
                builder.data.bodies.push(range(body.range()));
            }
            _ => builder.section(payload)?,
        }
    }
    let data = builder.data;
    check_limits(&data, limits)?;
    Ok(data)
}

/// Refuses a module that is larger than the profile allows. What its memories
/// and tables ask for counts when they are made.
fn check_limits(data: &ModuleData, limits: &Limits) -> Result<(), Error> {
    let over = |what: String| Err(Error::Limit(what));
    if data.funcs.len() as u64 > u64::from(limits.functions) {
        return over(format!(
            "{} functions, more than {}",
            data.funcs.len(),
            limits.functions
        ));
    }
    Ok(())
}

fn range(range: std::ops::Range<u64>) -> Range<usize> {
    range.start as usize..range.end as usize
}

impl Builder<'_> {
    fn section(&mut self, payload: wp::Payload<'_>) -> Result<(), Error> {
        use wp::Payload as P;
        match payload {
            P::TypeSection(reader) => self.types(reader),
            P::ImportSection(reader) => self.imports(reader),
            P::FunctionSection(reader) => {
                for index in reader {
                    self.data.funcs.push(index?);
                }
                Ok(())
            }
            P::TableSection(reader) => self.tables(reader),
            P::MemorySection(reader) => {
                for memory in reader {
                    self.data.memories.push(memory_type(memory?));
                }
                Ok(())
            }
            P::TagSection(reader) => {
                for tag in reader {
                    self.data.tags.push(tag?.func_type_idx);
                }
                Ok(())
            }
            P::GlobalSection(reader) => self.globals(reader),
            P::ExportSection(reader) => self.exports(reader),
            P::StartSection { func, .. } => {
                self.data.start = Some(func);
                Ok(())
            }
            P::ElementSection(reader) => self.elements(reader),
            P::DataSection(reader) => self.data_segments(reader),
            P::CustomSection(reader) => {
                let bytes =
                    range(reader.data_offset()..reader.data_offset() + reader.data().len() as u64);
                self.data
                    .custom_sections
                    .push((reader.name().to_string(), bytes.len()));
                if reader.name() == "name" {
                    self.data.name_section = Some(bytes);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn val_type(&self, ty: wp::ValType, offset: u64) -> Result<ValType, Error> {
        val_type(ty, &self.data.type_ids).ok_or_else(|| unsupported(offset, "GC heap types"))
    }

    fn ref_type(&self, ty: wp::RefType, offset: u64) -> Result<RefType, Error> {
        ref_type(ty, &self.data.type_ids).ok_or_else(|| unsupported(offset, "GC heap types"))
    }

    fn types(&mut self, reader: wp::TypeSectionReader<'_>) -> Result<(), Error> {
        let offset = reader.range().start;
        for group in reader {
            let mut types = Vec::new();
            for sub in group?.into_types() {
                let wp::CompositeInnerType::Func(func) = &sub.composite_type.inner else {
                    return Err(unsupported(offset, "GC types (struct, array)"));
                };
                if !sub.is_final || !sub.supertype_idxs.is_empty() {
                    return Err(unsupported(offset, "GC types (declared subtypes)"));
                }
                let convert = |types: &[wp::ValType]| {
                    types
                        .iter()
                        .map(|&ty| self.val_type(ty, offset))
                        .collect::<Result<Vec<_>, _>>()
                };
                types.push(FuncType::new(
                    convert(func.params())?,
                    convert(func.results())?,
                ));
            }
            for id in self.registry.intern_group(types) {
                self.data.type_ids.push(id);
                self.data.types.push(self.registry.get(id));
            }
        }
        Ok(())
    }

    /// Validates a body, and refuses what the standard has and this engine
    /// has not.
    fn body(
        &self,
        func: &mut wp::FuncValidator<wp::ValidatorResources>,
        body: &wp::FunctionBody<'_>,
    ) -> Result<(), Error> {
        let mut reader = body.get_binary_reader();
        func.read_locals(&mut reader)?;
        for local in body.get_locals_reader()? {
            self.val_type(local?.1, body.range().start)?;
        }
        let mut operators = wp::OperatorsReader::new(reader);
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            func.op(offset, &operator)?;
            self.operator(&operator, offset)?;
        }
        operators.finish()?;
        Ok(())
    }

    fn operator(&self, operator: &wp::Operator<'_>, offset: u64) -> Result<(), Error> {
        use wp::Operator as O;
        let ty = match operator {
            O::Block { blockty } | O::Loop { blockty } | O::If { blockty } | O::Try { blockty } => {
                return self.block_type(*blockty, offset);
            }
            O::TryTable { try_table } => return self.block_type(try_table.ty, offset),
            O::TypedSelect { ty } => *ty,
            O::RefNull { hty } => match heap_type(*hty, &self.data.type_ids) {
                Some(_) => return Ok(()),
                None => return Err(unsupported(offset, "GC heap types")),
            },
            other if is_gc(other) => return Err(unsupported(offset, "GC instructions")),
            _ => return Ok(()),
        };
        self.val_type(ty, offset).map(drop)
    }

    fn block_type(&self, ty: wp::BlockType, offset: u64) -> Result<(), Error> {
        match ty {
            wp::BlockType::Type(ty) => self.val_type(ty, offset).map(drop),
            _ => Ok(()),
        }
    }

    fn imports(&mut self, reader: wp::ImportSectionReader<'_>) -> Result<(), Error> {
        for import in reader.into_imports_with_offsets() {
            let (offset, import) = import?;
            let data = &mut self.data;
            let (kind, index) = match import.ty {
                wp::TypeRef::Func(ty) => {
                    data.funcs.push(ty);
                    data.imported.funcs += 1;
                    (Kind::Func, data.funcs.len())
                }
                wp::TypeRef::Table(ty) => {
                    let ty = self.table_type(ty, offset)?;
                    self.data.tables.push(TableDef { ty, init: None });
                    self.data.imported.tables += 1;
                    (Kind::Table, self.data.tables.len())
                }
                wp::TypeRef::Memory(ty) => {
                    data.memories.push(memory_type(ty));
                    data.imported.memories += 1;
                    (Kind::Memory, data.memories.len())
                }
                wp::TypeRef::Global(ty) => {
                    let ty = self.global_type(ty, offset)?;
                    self.data.globals.push(GlobalDef { ty, init: None });
                    self.data.imported.globals += 1;
                    (Kind::Global, self.data.globals.len())
                }
                wp::TypeRef::Tag(tag) => {
                    data.tags.push(tag.func_type_idx);
                    data.imported.tags += 1;
                    (Kind::Tag, data.tags.len())
                }
                _ => return Err(unsupported(offset, "exact function imports")),
            };
            self.data.imports.push(Import {
                module: import.module.to_string(),
                name: import.name.to_string(),
                entity: Entity {
                    kind,
                    index: index as u32 - 1,
                },
            });
        }
        Ok(())
    }

    fn table_type(&self, ty: wp::TableType, offset: u64) -> Result<TableType, Error> {
        Ok(TableType {
            element: self.ref_type(ty.element_type, offset)?,
            is_64: ty.table64,
            min: ty.initial,
            max: ty.maximum,
        })
    }

    fn global_type(&self, ty: wp::GlobalType, offset: u64) -> Result<GlobalType, Error> {
        Ok(GlobalType {
            content: self.val_type(ty.content_type, offset)?,
            mutable: ty.mutable,
        })
    }

    fn tables(&mut self, reader: wp::TableSectionReader<'_>) -> Result<(), Error> {
        for table in reader.into_iter_with_offsets() {
            let (offset, table) = table?;
            let init = match table.init {
                wp::TableInit::RefNull => None,
                wp::TableInit::Expr(expr) => Some(const_expr(&expr)?),
            };
            let ty = self.table_type(table.ty, offset)?;
            self.data.tables.push(TableDef { ty, init });
        }
        Ok(())
    }

    fn globals(&mut self, reader: wp::GlobalSectionReader<'_>) -> Result<(), Error> {
        for global in reader.into_iter_with_offsets() {
            let (offset, global) = global?;
            let ty = self.global_type(global.ty, offset)?;
            let init = Some(const_expr(&global.init_expr)?);
            self.data.globals.push(GlobalDef { ty, init });
        }
        Ok(())
    }

    fn exports(&mut self, reader: wp::ExportSectionReader<'_>) -> Result<(), Error> {
        for export in reader.into_iter_with_offsets() {
            let (offset, export) = export?;
            let kind = match export.kind {
                wp::ExternalKind::Func => Kind::Func,
                wp::ExternalKind::Table => Kind::Table,
                wp::ExternalKind::Memory => Kind::Memory,
                wp::ExternalKind::Global => Kind::Global,
                wp::ExternalKind::Tag => Kind::Tag,
                _ => return Err(unsupported(offset, "exact function exports")),
            };
            let entity = Entity {
                kind,
                index: export.index,
            };
            self.data.exports.push(Export {
                name: export.name.to_string(),
                entity,
            });
        }
        Ok(())
    }

    fn elements(&mut self, reader: wp::ElementSectionReader<'_>) -> Result<(), Error> {
        for element in reader {
            let element = element?;
            let mode = match element.kind {
                wp::ElementKind::Passive => SegmentMode::Passive,
                wp::ElementKind::Declared => SegmentMode::Declared,
                wp::ElementKind::Active {
                    table_index,
                    offset_expr,
                } => SegmentMode::Active {
                    target: table_index.unwrap_or(0),
                    offset: const_expr(&offset_expr)?,
                },
            };
            let items = match element.items {
                wp::ElementItems::Functions(items) => {
                    ElementItems::Funcs(items.into_iter().collect::<Result<_, _>>()?)
                }
                wp::ElementItems::Expressions(_, items) => ElementItems::Exprs(
                    items
                        .into_iter()
                        .map(|expr| reference(&expr?))
                        .collect::<Result<_, _>>()?,
                ),
            };
            self.data.elements.push(ElementSegment { mode, items });
        }
        Ok(())
    }

    fn data_segments(&mut self, reader: wp::DataSectionReader<'_>) -> Result<(), Error> {
        for segment in reader {
            let segment = segment?;
            let mode = match segment.kind {
                wp::DataKind::Passive => SegmentMode::Passive,
                wp::DataKind::Active {
                    memory_index,
                    offset_expr,
                } => SegmentMode::Active {
                    target: memory_index,
                    offset: const_expr(&offset_expr)?,
                },
            };
            let end = segment.range.end as usize;
            let bytes = end - segment.data.len()..end;
            self.data.data.push(DataSegment { mode, bytes });
        }
        Ok(())
    }
}

fn memory_type(ty: wp::MemoryType) -> MemoryType {
    MemoryType {
        is_64: ty.memory64,
        min: ty.initial,
        max: ty.maximum,
    }
}

fn const_expr(expr: &wp::ConstExpr<'_>) -> Result<ConstExpr, Error> {
    use wp::Operator as O;
    // Nearly all are one instruction, and there may be millions.
    let mut ops = Vec::with_capacity(1);
    let mut reader = expr.get_operators_reader();
    loop {
        let (op, offset) = reader.read_with_offset()?;
        ops.push(match op {
            O::I32Const { value } => ConstOp::Value(u128::from(value as u32)),
            O::I64Const { value } => ConstOp::Value(u128::from(value as u64)),
            O::F32Const { value } => ConstOp::Value(u128::from(value.bits())),
            O::F64Const { value } => ConstOp::Value(u128::from(value.bits())),
            O::V128Const { value } => ConstOp::Value(value.i128() as u128),
            O::GlobalGet { global_index } => ConstOp::GlobalGet(global_index),
            O::RefFunc { function_index } => ConstOp::RefFunc(function_index),
            O::RefNull { .. } => ConstOp::RefNull,
            O::I32Add => ConstOp::I32Add,
            O::I32Sub => ConstOp::I32Sub,
            O::I32Mul => ConstOp::I32Mul,
            O::I64Add => ConstOp::I64Add,
            O::I64Sub => ConstOp::I64Sub,
            O::I64Mul => ConstOp::I64Mul,
            O::End => return Ok(ops.into()),
            other => {
                return Err(Error::Invalid {
                    offset,
                    message: format!("{other:?} is not supported in a constant expression"),
                });
            }
        });
    }
}

/// An element's expression. Without GC, what gives a reference is always a
/// single instruction.
fn reference(expr: &wp::ConstExpr<'_>) -> Result<ConstOp, Error> {
    match *const_expr(expr)? {
        [op] => Ok(op),
        _ => Err(unsupported(
            expr.get_binary_reader().original_position(),
            "element expressions of several instructions",
        )),
    }
}

/// Function names of a name section, for functions below `count`; a damaged
/// section names nothing, as the standard asks.
pub(super) fn function_names(bytes: &[u8], offset: usize, count: u32) -> HashMap<u32, String> {
    let mut names = HashMap::new();
    let reader = wp::NameSectionReader::new(wp::BinaryReader::new(bytes, offset as u64));
    for section in reader.into_iter().flatten() {
        if let wp::Name::Function(map) = section {
            let namings = map.into_iter().flatten();
            for naming in namings.filter(|naming| naming.index < count) {
                names.insert(naming.index, naming.name.to_string());
            }
        }
    }
    names
}

macro_rules! define_is_gc {
    ($(@$proposal:ident $Name:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($note:tt)*))*) => {
        /// Whether an instruction belongs to the garbage collection proposal.
        fn is_gc(operator: &wp::Operator<'_>) -> bool {
            match operator {
                $(wp::Operator::$Name { .. } => stringify!($proposal) == "gc",)*
                _ => false,
            }
        }
    };
}

wp::for_each_operator!(define_is_gc);

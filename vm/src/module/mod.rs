//! A validated module: inert data that the wings read and nobody writes.

pub(crate) mod decode;
pub(crate) mod instr;
pub(crate) mod types;
mod validate;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use types::{
    ExternType, FuncType, GlobalType, MemoryType, TableType, TagType, TypeId, TypeRegistry, ValType,
};

use crate::error::Error;
use crate::profile::Limits;

/// What an import or export is, by its index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

/// An index together with the space it counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entity {
    pub(crate) kind: Kind,
    pub(crate) index: u32,
}

pub(crate) struct Import {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) entity: Entity,
}

pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) entity: Entity,
}

/// One step of a constant expression, in stack order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ConstOp {
    /// The bits of a constant of any number or vector type.
    Value(u128),
    GlobalGet(u32),
    RefFunc(u32),
    RefNull,
    I32Add,
    I32Sub,
    I32Mul,
    I64Add,
    I64Sub,
    I64Mul,
}

pub(crate) type ConstExpr = Box<[ConstOp]>;

/// When a segment is copied.
pub(crate) enum SegmentMode {
    Passive,
    Active {
        target: u32,
        offset: ConstExpr,
    },
    /// An element segment that only declares functions.
    Declared,
}

pub(crate) enum ElementItems {
    Funcs(Box<[u32]>),
    /// One instruction each.
    Exprs(Box<[ConstOp]>),
}

impl ElementItems {
    pub(crate) fn len(&self) -> usize {
        match self {
            ElementItems::Funcs(items) => items.len(),
            ElementItems::Exprs(items) => items.len(),
        }
    }
}

pub(crate) struct ElementSegment {
    pub(crate) mode: SegmentMode,
    pub(crate) items: ElementItems,
}

pub(crate) struct DataSegment {
    pub(crate) mode: SegmentMode,
    pub(crate) bytes: Range<usize>,
}

pub(crate) struct TableDef {
    pub(crate) ty: TableType,
    pub(crate) init: Option<ConstExpr>,
}

pub(crate) struct GlobalDef {
    pub(crate) ty: GlobalType,
    /// Absent for imported globals.
    pub(crate) init: Option<ConstExpr>,
}

/// How many members of each index space are imported; they come first.
#[derive(Clone, Copy, Default)]
pub(crate) struct Imported {
    pub(crate) funcs: u32,
    pub(crate) tables: u32,
    pub(crate) memories: u32,
    pub(crate) globals: u32,
    pub(crate) tags: u32,
}

/// Everything a module says, validated.
pub(crate) struct ModuleData {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) hash: [u8; 32],
    pub(crate) types: Vec<FuncType>,
    pub(crate) type_ids: Vec<TypeId>,
    pub(crate) imports: Vec<Import>,
    pub(crate) imported: Imported,
    /// Type index of each function.
    pub(crate) funcs: Vec<u32>,
    pub(crate) tables: Vec<TableDef>,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) globals: Vec<GlobalDef>,
    /// Type index of each tag.
    pub(crate) tags: Vec<u32>,
    pub(crate) exports: Vec<Export>,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Vec<ElementSegment>,
    pub(crate) data: Vec<DataSegment>,
    /// Byte range of the body of each defined function.
    pub(crate) bodies: Vec<Range<usize>>,
    /// Byte range of the payload of the name section.
    pub(crate) name_section: Option<Range<usize>>,
    /// Custom sections by name, with their sizes.
    pub(crate) custom_sections: Vec<(String, usize)>,
    names: OnceLock<HashMap<u32, String>>,
    /// Places of the exports, by name.
    by_name: OnceLock<HashMap<Box<str>, u32>>,
}

impl ModuleData {
    /// Reads and validates a whole module.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the offset of the fault, or [`Error::Limit`].
    pub(crate) fn parse(
        bytes: &[u8],
        registry: &TypeRegistry,
        limits: &Limits,
    ) -> Result<ModuleData, Error> {
        validate::parse(bytes, registry, limits)
    }

    /// The type of function `index`, imports counted.
    pub(crate) fn func_type(&self, index: u32) -> &FuncType {
        &self.types[self.funcs[index as usize] as usize]
    }

    /// The engine-wide type number of function `index`.
    pub(crate) fn func_type_id(&self, index: u32) -> TypeId {
        self.type_ids[self.funcs[index as usize] as usize]
    }

    pub(crate) fn tag_type(&self, index: u32) -> &FuncType {
        &self.types[self.tags[index as usize] as usize]
    }

    /// The name the name section gives function `index`.
    pub(crate) fn func_name(&self, index: u32) -> Option<&str> {
        let names = self.names.get_or_init(|| {
            self.name_section
                .clone()
                .map(|range| {
                    let count = self.funcs.len() as u32;
                    validate::function_names(&self.bytes[range.clone()], range.start, count)
                })
                .unwrap_or_default()
        });
        names.get(&index).map(String::as_str)
    }

    /// The export `name`. Host functions ask for exports at every call, so
    /// the answer must not depend on how many there are.
    pub(crate) fn export(&self, name: &str) -> Option<&Export> {
        let by_name = self.by_name.get_or_init(|| {
            let names = self
                .exports
                .iter()
                .map(|export| export.name.as_str().into());
            names.zip(0..).collect()
        });
        let place = by_name.get(name)?;
        Some(&self.exports[*place as usize])
    }

    /// The type of anything in an index space.
    pub(crate) fn entity_type(&self, entity: Entity) -> ExternType {
        let index = entity.index as usize;
        match entity.kind {
            Kind::Func => ExternType::Func(self.func_type(entity.index).clone()),
            Kind::Table => ExternType::Table(self.tables[index].ty),
            Kind::Memory => ExternType::Memory(self.memories[index]),
            Kind::Global => ExternType::Global(self.globals[index].ty),
            Kind::Tag => ExternType::Tag(TagType {
                func: self.tag_type(entity.index).clone(),
            }),
        }
    }

    /// Bytes of data segment `index`.
    pub(crate) fn data_bytes(&self, index: u32) -> &[u8] {
        &self.bytes[self.data[index as usize].bytes.clone()]
    }

    /// The parameter and result types of a block.
    pub(crate) fn block_types(&self, ty: instr::BlockType) -> (Types<'_>, Types<'_>) {
        match ty {
            instr::BlockType::Empty => (Types::Many(&[]), Types::Many(&[])),
            instr::BlockType::Value(ty) => (Types::Many(&[]), Types::One(ty)),
            instr::BlockType::Func(index) => {
                let ty = &self.types[index as usize];
                (Types::Many(ty.params()), Types::Many(ty.results()))
            }
        }
    }
}

/// Types of the parameters or results of a block, without a copy: there may
/// be a thousand of each, and as many open blocks as a body has bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Types<'m> {
    One(ValType),
    Many(&'m [ValType]),
}

impl std::ops::Deref for Types<'_> {
    type Target = [ValType];

    fn deref(&self) -> &[ValType] {
        match self {
            Types::One(ty) => std::slice::from_ref(ty),
            Types::Many(types) => types,
        }
    }
}

//! Types of values, functions and the other things a module imports, defines
//! and exports.
//!
//! Concrete function types inside a reference type are named by a [`TypeId`],
//! which is unique within one engine: two modules of the same engine that
//! spell the same function type get the same id, so comparing types across
//! modules is comparing numbers.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, RwLock};

/// The engine-wide number of a function type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct TypeId(pub(crate) u32);

/// Set in the number of a type that is counted inside its recursion group.
const IN_GROUP: u32 = 1 << 31;

impl TypeId {
    /// Member `index` of the recursion group that is being described.
    pub(crate) fn in_group(index: u32) -> TypeId {
        TypeId(index | IN_GROUP)
    }
}

/// What a reference may point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeapType {
    /// Any function.
    Func,
    /// Any host value.
    Extern,
    /// Any exception.
    Exn,
    /// No function: the type of a null function reference.
    NoFunc,
    /// No host value.
    NoExtern,
    /// No exception.
    NoExn,
    /// Functions of exactly this type.
    Concrete(TypeId),
}

/// A reference type: what it may point at, and whether it may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RefType {
    /// Whether the null reference is a member.
    pub nullable: bool,
    /// What a non-null member points at.
    pub heap: HeapType,
}

impl RefType {
    /// Whether every member of `self` is a member of `other`
    /// (Wasm 3.0, section 3.3.3, "reference types").
    pub fn is_subtype_of(self, other: RefType) -> bool {
        (other.nullable || !self.nullable) && self.heap.is_subtype_of(other.heap)
    }
}

impl HeapType {
    /// Whether every member of `self` is a member of `other`.
    pub fn is_subtype_of(self, other: HeapType) -> bool {
        use HeapType::*;
        match (self, other) {
            (a, b) if a == b => true,
            (Concrete(_) | NoFunc, Func) | (NoFunc, Concrete(_)) => true,
            (NoExtern, Extern) | (NoExn, Exn) => true,
            _ => false,
        }
    }
}

/// The type of a Wasm value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// 128-bit vector.
    V128,
    /// Reference.
    Ref(RefType),
}

impl ValType {
    /// `funcref`, that is `(ref null func)`.
    pub const FUNCREF: ValType = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Func,
    });
    /// `externref`, that is `(ref null extern)`.
    pub const EXTERNREF: ValType = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Extern,
    });
    /// `exnref`, that is `(ref null exn)`.
    pub const EXNREF: ValType = ValType::Ref(RefType {
        nullable: true,
        heap: HeapType::Exn,
    });

    /// Whether every value of `self` is a value of `other`.
    pub fn is_subtype_of(self, other: ValType) -> bool {
        match (self, other) {
            (ValType::Ref(a), ValType::Ref(b)) => a.is_subtype_of(b),
            (a, b) => a == b,
        }
    }

    /// Whether locals of this type have a default value.
    pub fn is_defaultable(self) -> bool {
        !matches!(
            self,
            ValType::Ref(RefType {
                nullable: false,
                ..
            })
        )
    }

    /// Size in frame slots of 8 bytes.
    pub(crate) fn slots(self) -> u32 {
        if self == ValType::V128 { 2 } else { 1 }
    }
}

impl fmt::Display for HeapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeapType::Func => f.write_str("func"),
            HeapType::Extern => f.write_str("extern"),
            HeapType::Exn => f.write_str("exn"),
            HeapType::NoFunc => f.write_str("nofunc"),
            HeapType::NoExtern => f.write_str("noextern"),
            HeapType::NoExn => f.write_str("noexn"),
            HeapType::Concrete(id) => write!(f, "type#{}", id.0),
        }
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValType::I32 => f.write_str("i32"),
            ValType::I64 => f.write_str("i64"),
            ValType::F32 => f.write_str("f32"),
            ValType::F64 => f.write_str("f64"),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(r) => match (r.nullable, r.heap) {
                (true, HeapType::Func) => f.write_str("funcref"),
                (true, HeapType::Extern) => f.write_str("externref"),
                (true, HeapType::Exn) => f.write_str("exnref"),
                (true, heap) => write!(f, "(ref null {heap})"),
                (false, heap) => write!(f, "(ref {heap})"),
            },
        }
    }
}

/// The type of a function: what it takes and what it gives back.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FuncType {
    types: Arc<[ValType]>,
    params: usize,
}

impl FuncType {
    /// A function type from its parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> FuncType {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let params = types.len();
        types.extend(results);
        FuncType {
            types: types.into(),
            params,
        }
    }

    /// Parameter types, first to last.
    pub fn params(&self) -> &[ValType] {
        &self.types[..self.params]
    }

    /// The type with references to members of its group, which begins at
    /// `first`, made absolute.
    fn unrolled(&self, first: u32) -> FuncType {
        let types = self.types.iter().map(|&ty| match ty {
            ValType::Ref(RefType {
                nullable,
                heap: HeapType::Concrete(TypeId(id)),
            }) if id & IN_GROUP != 0 => {
                let heap = HeapType::Concrete(TypeId(first + (id & !IN_GROUP)));
                ValType::Ref(RefType { nullable, heap })
            }
            ty => ty,
        });
        FuncType {
            types: types.collect(),
            params: self.params,
        }
    }

    /// Result types, first to last.
    pub fn results(&self) -> &[ValType] {
        &self.types[self.params..]
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, types: &[ValType]| {
            for (i, ty) in types.iter().enumerate() {
                write!(f, "{}{ty}", if i == 0 { "" } else { " " })?;
            }
            Ok(())
        };
        f.write_str("(")?;
        list(f, self.params())?;
        f.write_str(") -> (")?;
        list(f, self.results())?;
        f.write_str(")")
    }
}

impl fmt::Debug for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The type of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableType {
    /// What the elements are.
    pub element: RefType,
    /// Whether indices are 64-bit.
    pub is_64: bool,
    /// Initial (for an existing table: present) number of elements.
    pub min: u64,
    /// Declared maximum number of elements.
    pub max: Option<u64>,
}

/// The type of a linear memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryType {
    /// Whether addresses are 64-bit.
    pub is_64: bool,
    /// Initial (for an existing memory: present) size in pages of 64 KiB.
    pub min: u64,
    /// Declared maximum size in pages of 64 KiB.
    pub max: Option<u64>,
}

/// The type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GlobalType {
    /// What it holds.
    pub content: ValType,
    /// Whether it can be written.
    pub mutable: bool,
}

/// The type of an exception tag: the values an exception carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagType {
    /// Parameters are the payload; there are no results.
    pub func: FuncType,
}

/// The type of something a module imports or exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// An exception tag.
    Tag(TagType),
}

fn limits(f: &mut fmt::Formatter<'_>, is_64: bool, min: u64, max: Option<u64>) -> fmt::Result {
    write!(f, "{}{min}", if is_64 { "i64 " } else { "" })?;
    max.map_or(Ok(()), |max| write!(f, " {max}"))
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExternType::Func(ty) => write!(f, "func {ty}"),
            ExternType::Table(ty) => {
                f.write_str("table ")?;
                limits(f, ty.is_64, ty.min, ty.max)?;
                write!(f, " {}", ValType::Ref(ty.element))
            }
            ExternType::Memory(ty) => {
                f.write_str("memory ")?;
                limits(f, ty.is_64, ty.min, ty.max)
            }
            ExternType::Global(ty) => {
                write!(
                    f,
                    "global {}{}",
                    if ty.mutable { "mut " } else { "" },
                    ty.content
                )
            }
            ExternType::Tag(ty) => write!(f, "tag {}", ty.func),
        }
    }
}

/// Whether limits of something that exists satisfy the limits an import asks
/// for: at least its minimum, and a maximum no larger than its maximum.
fn limits_match(have: (u64, Option<u64>), want: (u64, Option<u64>)) -> bool {
    have.0 >= want.0
        && want
            .1
            .is_none_or(|want| have.1.is_some_and(|have| have <= want))
}

impl ExternType {
    /// Whether something of type `self` can be imported where `want` is
    /// declared (Wasm 3.0, section 3.2.10, "import matching").
    pub fn matches(&self, want: &ExternType) -> bool {
        match (self, want) {
            (ExternType::Func(a), ExternType::Func(b)) => a == b,
            (ExternType::Tag(a), ExternType::Tag(b)) => a == b,
            (ExternType::Table(a), ExternType::Table(b)) => {
                a.is_64 == b.is_64
                    && a.element == b.element
                    && limits_match((a.min, a.max), (b.min, b.max))
            }
            (ExternType::Memory(a), ExternType::Memory(b)) => {
                a.is_64 == b.is_64 && limits_match((a.min, a.max), (b.min, b.max))
            }
            (ExternType::Global(a), ExternType::Global(b)) => {
                a.mutable == b.mutable
                    && if a.mutable {
                        a.content == b.content
                    } else {
                        a.content.is_subtype_of(b.content)
                    }
            }
            _ => false,
        }
    }
}

/// All function types of one engine, each under one number.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    inner: RwLock<Interned>,
}

#[derive(Default)]
struct Interned {
    /// First number of each recursion group, by its types. References inside
    /// the group count from its start, so equal groups are equal keys.
    groups: HashMap<Vec<FuncType>, u32>,
    types: Vec<FuncType>,
}

impl TypeRegistry {
    /// The number of a type that refers to no type of its own group.
    pub(crate) fn intern(&self, ty: &FuncType) -> TypeId {
        self.intern_group(vec![ty.clone()])
            .next()
            .expect("a group of one")
    }

    /// The numbers of the types of a recursion group, given out on first
    /// sight (Wasm 3.0, section 3.1.4, "rolling and unrolling").
    pub(crate) fn intern_group(
        &self,
        group: Vec<FuncType>,
    ) -> impl Iterator<Item = TypeId> + use<> {
        let len = group.len() as u32;
        let known = self.read().groups.get(&group).copied();
        let first = known.unwrap_or_else(|| self.insert(group));
        (first..first + len).map(TypeId)
    }

    fn insert(&self, group: Vec<FuncType>) -> u32 {
        let mut inner = self
            .inner
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&first) = inner.groups.get(&group) {
            return first;
        }
        let first = u32::try_from(inner.types.len()).expect("fewer than 2^31 function types");
        inner
            .types
            .extend(group.iter().map(|ty| ty.unrolled(first)));
        inner.groups.insert(group, first);
        first
    }

    /// The type under a number this registry gave out.
    pub(crate) fn get(&self, id: TypeId) -> FuncType {
        self.read().types[id.0 as usize].clone()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Interned> {
        self.inner
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

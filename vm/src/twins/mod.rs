//! Native twins of Wasm functions.
//!
//! A twin stands in for a function whose body it knows: it leaves the same
//! bytes in memory, gives the same results and costs the same fuel, only
//! faster. The engine knows a function by the hash of its type and body, and
//! asks the twin before each call what the call costs and which memory it
//! touches. Calls that a twin could not carry out in the same way, because
//! they trap or run out of fuel on the way, are left to the body.
//! `docs/twins.md` has the whole contract.

mod closed;
mod found;
mod mismatch;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::module::types::{FuncType, ValType};

pub(crate) use found::Found;
pub use mismatch::{TwinDifference, TwinMismatch};

/// What recognised functions are run by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TwinMode {
    /// Their bodies.
    Off,
    /// Their twins.
    #[default]
    On,
    /// Their twins; and of the calls that twins can carry out every so many in
    /// a store both, which are compared: of a call that has parts
    /// ([`Twin::part`]), the body does one. With 1, both do every call, and all
    /// of it.
    Check(u64),
}

/// A native implementation of one Wasm function.
///
/// Arguments and results are the bits of numbers, those of 32 bits in the low
/// half.
///
/// ```
/// use std::sync::Arc;
/// use lockstep_vm::{
///     Config, Engine, FuncType, Linker, Module, Store, Twin, TwinMemory, TwinRanges, Twins,
///     ValType,
/// };
///
/// /// Stores a byte at an address.
/// struct Put([u8; 32]);
///
/// impl Twin for Put {
///     fn name(&self) -> &str {
///         "put"
///     }
///     fn ty(&self) -> FuncType {
///         FuncType::new([ValType::I64, ValType::I32], [])
///     }
///     fn hash(&self) -> [u8; 32] {
///         self.0
///     }
///     fn fuel(&self, _: &[u64]) -> Option<u64> {
///         Some(3)
///     }
///     fn ranges(&self, args: &[u64]) -> Option<TwinRanges> {
///         Some(TwinRanges::new(&[], &[(args[0], 1)]))
///     }
///     fn run(&self, args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
///         let [byte, ..] = memory.writes;
///         byte[0] = args[1] as u8;
///     }
/// }
///
/// let wasm = wat::parse_str(
///     r#"(module (memory (export "memory") i64 1)
///          (func (export "put") (param i64 i32)
///            (i32.store8 (local.get 0) (local.get 1))))"#,
/// )?;
/// // The hash is a constant of the twin; here it comes from the module itself.
/// let hash = Module::new(&Engine::default(), &wasm)?.twin_hash(0).expect("it is defined");
/// let mut twins = Twins::new();
/// twins.add(Put(hash))?;
///
/// let engine = Engine::new(&Config::new().twins(Arc::new(twins)))?;
/// let module = Module::new(&engine, &wasm)?;
/// assert!(module.twins().eq([(0, "put")]));
/// let mut store = Store::new(&engine, ());
/// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
/// let put = instance.get_typed_func::<(i64, i32), ()>(&store, "put")?;
/// put.call(&mut store, (1000, 7))?;
/// assert_eq!(store.twin_calls(), 1);
/// assert_eq!(store.fuel_consumed(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Twin: Send + Sync {
    /// What reports call it.
    fn name(&self) -> &str;

    /// The function's type: numbers only, no vectors and no references.
    fn ty(&self) -> FuncType;

    /// [`twin_hash`] of the function's type and body.
    fn hash(&self) -> [u8; 32];

    /// The fuel that the body uses up with these arguments, from its first
    /// instruction to its return; the call itself is not counted. `None` leaves
    /// the call to the body, as for any amount that does not fit.
    fn fuel(&self, args: &[u64]) -> Option<u64>;

    /// All of memory 0 that the body reads and writes with these arguments.
    /// `None` leaves the call to the body.
    fn ranges(&self, args: &[u64]) -> Option<TwinRanges>;

    /// Does what the body does. All ranges lie in the memory, and what is
    /// written overlaps nothing else. The floating-point control state is the
    /// default one on this thread; on threads of its own the twin sees to that.
    fn run(&self, args: &[u64], memory: TwinMemory<'_>, results: &mut [u64]);

    /// Arguments with which the body does a part of what it does with these,
    /// for checks of calls that take the body far longer than the twin: on the
    /// same memory, it leaves in the ranges that it then may write the bytes
    /// that the whole call leaves there. `number` says which part: its place
    /// among all numbers is that of the part among the parts. `None`, as here,
    /// has the body do all. Only a function without results can have parts.
    ///
    /// [`Twin::fuel`] and [`Twin::ranges`] are asked for those of the part,
    /// which may not exceed those of the whole, and are checked too.
    fn part(&self, _args: &[u64], _number: u64) -> Option<Vec<u64>> {
        None
    }
}

/// Which parts of memory 0 a call touches, as addresses and lengths in bytes.
/// A part of length 0 may be anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TwinRanges {
    /// What is read.
    pub reads: [(u64, u64); TwinRanges::MAX],
    /// What is written. Bytes that the body leaves alone may be among them; the
    /// twin then leaves them alone too.
    pub writes: [(u64, u64); TwinRanges::MAX],
}

impl TwinRanges {
    /// How many parts there can be of each sort.
    pub const MAX: usize = 4;

    /// These parts.
    ///
    /// # Panics
    /// If there are more than [`TwinRanges::MAX`] of a sort.
    pub fn new(reads: &[(u64, u64)], writes: &[(u64, u64)]) -> TwinRanges {
        let mut ranges = TwinRanges::default();
        ranges.reads[..reads.len()].copy_from_slice(reads);
        ranges.writes[..writes.len()].copy_from_slice(writes);
        ranges
    }

    /// Whether all parts lie within `len` bytes, and what is written overlaps
    /// nothing else.
    pub(crate) fn fit(&self, len: u64) -> bool {
        let inside = |&(start, count): &(u64, u64)| {
            count == 0 || start.checked_add(count).is_some_and(|end| end <= len)
        };
        if !self.reads.iter().chain(&self.writes).all(inside) {
            return false;
        }
        let apart = |a: &(u64, u64), b: &(u64, u64)| {
            a.1 == 0 || b.1 == 0 || a.0 + a.1 <= b.0 || b.0 + b.1 <= a.0
        };
        self.writes.iter().enumerate().all(|(i, write)| {
            let mut others = self.reads.iter().chain(&self.writes[i + 1..]);
            others.all(|other| apart(write, other))
        })
    }
}

/// The memory that a call touches, part by part as [`TwinRanges`] names them.
#[derive(Debug)]
pub struct TwinMemory<'a> {
    /// What is read.
    pub reads: [&'a [u8]; TwinRanges::MAX],
    /// What is written, as it was before the call.
    pub writes: [&'a mut [u8]; TwinRanges::MAX],
}

/// BLAKE3 of what a function is recognised by: its parameter types, its result
/// types, each as many and then a byte each, as type sections have them; then
/// its body as the code section has it, locals and instructions, without its
/// size.
///
/// # Errors
/// [`Error::Usage`] if the type names references: their encoding says nothing
/// outside a module.
pub fn twin_hash(ty: &FuncType, body: &[u8]) -> Result<[u8; 32], Error> {
    let mut hasher = blake3::Hasher::new();
    for types in [ty.params(), ty.results()] {
        hasher.update(&leb(types.len()));
        for ty in types {
            hasher.update(&[type_byte(*ty)?]);
        }
    }
    hasher.update(body);
    Ok(*hasher.finalize().as_bytes())
}

fn type_byte(ty: ValType) -> Result<u8, Error> {
    Ok(match ty {
        ValType::I32 => 0x7f,
        ValType::I64 => 0x7e,
        ValType::F32 => 0x7d,
        ValType::F64 => 0x7c,
        ValType::V128 => 0x7b,
        ValType::Ref(_) => return Err(Error::usage("a function over references has no twin")),
    })
}

/// An unsigned number as Wasm encodes it.
fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2);
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

/// The twins that an engine knows.
#[derive(Clone, Default)]
pub struct Twins {
    by_hash: BTreeMap<[u8; 32], Entry>,
}

#[derive(Clone)]
struct Entry {
    twin: Arc<dyn Twin>,
    ty: FuncType,
}

impl Twins {
    /// None yet.
    pub fn new() -> Twins {
        Twins::default()
    }

    /// Adds one.
    ///
    /// # Errors
    /// [`Error::Usage`] if its type has anything but numbers, or if there is
    /// one for the same function.
    pub fn add(&mut self, twin: impl Twin + 'static) -> Result<(), Error> {
        let ty = twin.ty();
        let name = twin.name();
        let is_number = |ty: &ValType| !matches!(ty, ValType::V128 | ValType::Ref(_));
        if !ty.params().iter().chain(ty.results()).all(is_number) {
            return Err(Error::Usage(format!(
                "the twin {name:?} is of type {ty}: twins take and give numbers only"
            )));
        }
        if let Some(other) = self.by_hash.get(&twin.hash()) {
            let other = other.twin.name();
            return Err(Error::Usage(format!(
                "the twins {other:?} and {name:?} are of the same function"
            )));
        }
        let hash = twin.hash();
        let twin = Arc::new(twin);
        self.by_hash.insert(hash, Entry { twin, ty });
        Ok(())
    }

    /// All of them, by their hashes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Twin> {
        self.by_hash.values().map(|entry| &*entry.twin)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }

    /// Whether there is one of this type.
    fn has_type(&self, ty: &FuncType) -> bool {
        self.by_hash.values().any(|entry| entry.ty == *ty)
    }

    /// The twin of the function with this type and body.
    fn find(&self, ty: &FuncType, body: &[u8]) -> Option<&Arc<dyn Twin>> {
        let entry = self.by_hash.get(&twin_hash(ty, body).ok()?)?;
        (entry.ty == *ty).then_some(&entry.twin)
    }
}

impl fmt::Debug for Twins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Twin::name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_encoded_as_wasm_has_them() {
        assert_eq!(leb(0), [0]);
        assert_eq!(leb(127), [127]);
        assert_eq!(leb(128), [0x80, 1]);
        assert_eq!(leb(1000), [0xe8, 7]);
    }

    #[test]
    fn the_hash_is_of_type_and_body() {
        let ty = FuncType::new([ValType::I32, ValType::F64], [ValType::F32]);
        let body = [0x01, 0x02, 0x7e, 0x0b];
        let bytes = [&[2, 0x7f, 0x7c, 1, 0x7d][..], &body].concat();
        let hash = *blake3::hash(&bytes).as_bytes();
        assert_eq!(twin_hash(&ty, &body).expect("numbers"), hash);
        let refs = FuncType::new([ValType::FUNCREF], []);
        assert!(twin_hash(&refs, &body).is_err());
    }

    #[test]
    fn ranges_fit_inside_and_apart() {
        let fit = |reads: &[_], writes: &[_], len| TwinRanges::new(reads, writes).fit(len);
        assert!(fit(&[(0, 10)], &[(10, 10)], 20));
        assert!(!fit(&[(0, 10)], &[(10, 10)], 19));
        assert!(!fit(&[(0, 11)], &[(10, 10)], 20));
        assert!(!fit(&[(19, 1)], &[(10, 10)], 20));
        // What is read may overlap, and nothing may be anywhere.
        assert!(fit(&[(0, 10), (5, 10), (99, 0)], &[(12, 0)], 20));
        assert!(!fit(&[], &[(0, 4), (8, 4), (3, 2)], 20));
        assert!(fit(&[(u64::MAX, 0)], &[], 0));
        assert!(!fit(&[(u64::MAX, 1)], &[], u64::MAX));
        assert!(!fit(&[(u64::MAX, u64::MAX)], &[], u64::MAX));
    }
}

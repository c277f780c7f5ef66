//! Values that cross between host and guest.

use isa::V128;

use crate::error::Error;
use crate::externs::Func;
use crate::module::types::{HeapType, RefType, ValType};
use crate::store::Inner;

/// A host value that a guest can hold and pass on, but not look into: a
/// number of the embedder's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExternRef(pub u32);

/// An exception that a guest threw, alive in its store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExnRef {
    pub(crate) store: u32,
    pub(crate) reference: u64,
}

/// A Wasm value. Floats are kept as bits, so that NaNs stay what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Val {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// Bits of a 32-bit float.
    F32(u32),
    /// Bits of a 64-bit float.
    F64(u64),
    /// 128-bit vector.
    V128(V128),
    /// Function or null.
    FuncRef(Option<Func>),
    /// Host value or null.
    ExternRef(Option<ExternRef>),
    /// Exception or null.
    ExnRef(Option<ExnRef>),
}

impl Val {
    /// The value that locals and tables of type `ty` begin with, if there is
    /// one.
    pub fn default_for(ty: ValType) -> Option<Val> {
        Some(match ty {
            ValType::I32 => Val::I32(0),
            ValType::I64 => Val::I64(0),
            ValType::F32 => Val::F32(0),
            ValType::F64 => Val::F64(0),
            ValType::V128 => Val::V128(V128::from_bytes([0; 16])),
            ValType::Ref(RefType {
                nullable: false, ..
            }) => return None,
            ValType::Ref(RefType { heap, .. }) => match heap {
                HeapType::Func | HeapType::NoFunc | HeapType::Concrete(_) => Val::FuncRef(None),
                HeapType::Extern | HeapType::NoExtern => Val::ExternRef(None),
                HeapType::Exn | HeapType::NoExn => Val::ExnRef(None),
            },
        })
    }

    /// The `i32`, if it is one.
    pub fn i32(&self) -> Option<i32> {
        match *self {
            Val::I32(value) => Some(value),
            _ => None,
        }
    }

    /// The `i64`, if it is one.
    pub fn i64(&self) -> Option<i64> {
        match *self {
            Val::I64(value) => Some(value),
            _ => None,
        }
    }

    /// The type a value has by itself; for a function, its exact type.
    pub(crate) fn ty(&self, inner: &Inner) -> ValType {
        let reference = |nullable, heap| ValType::Ref(RefType { nullable, heap });
        match self {
            Val::I32(_) => ValType::I32,
            Val::I64(_) => ValType::I64,
            Val::F32(_) => ValType::F32,
            Val::F64(_) => ValType::F64,
            Val::V128(_) => ValType::V128,
            Val::FuncRef(None) => reference(true, HeapType::NoFunc),
            Val::FuncRef(Some(func)) => {
                reference(false, HeapType::Concrete(inner.function(func.index).ty))
            }
            Val::ExternRef(value) => reference(
                value.is_none(),
                if value.is_none() {
                    HeapType::NoExtern
                } else {
                    HeapType::Extern
                },
            ),
            Val::ExnRef(value) => reference(
                value.is_none(),
                if value.is_none() {
                    HeapType::NoExn
                } else {
                    HeapType::Exn
                },
            ),
        }
    }

    /// The value as slots keep it.
    ///
    /// # Errors
    /// [`Error::Usage`] if it is not of type `ty` or belongs to another store.
    pub(crate) fn into_slots(self, inner: &Inner, ty: ValType) -> Result<[u64; 2], Error> {
        let foreign = match self {
            Val::FuncRef(Some(func)) => func.store != inner.id,
            Val::ExnRef(Some(exn)) => exn.store != inner.id,
            _ => false,
        };
        if foreign {
            return Err(Error::usage("a reference of another store"));
        }
        let own = self.ty(inner);
        if !own.is_subtype_of(ty) {
            return Err(Error::usage(format!(
                "a value of type {own} where {ty} is expected"
            )));
        }
        Ok(match self {
            Val::I32(value) => [u64::from(value as u32), 0],
            Val::I64(value) => [value as u64, 0],
            Val::F32(bits) => [u64::from(bits), 0],
            Val::F64(bits) => [bits, 0],
            Val::V128(value) => {
                let bits = u128::from_le_bytes(value.to_bytes());
                [bits as u64, (bits >> 64) as u64]
            }
            Val::FuncRef(func) => [
                func.map_or(0, |f| {
                    inner.functions[f.index as usize].as_ptr() as usize as u64
                }),
                0,
            ],
            Val::ExternRef(value) => [value.map_or(0, |v| u64::from(v.0) + 1), 0],
            Val::ExnRef(value) => [value.map_or(0, |v| v.reference), 0],
        })
    }

    /// A value of type `ty` from slots.
    pub(crate) fn from_slots(inner: &Inner, ty: ValType, slots: [u64; 2]) -> Val {
        let low = slots[0];
        match ty {
            ValType::I32 => Val::I32(low as i32),
            ValType::I64 => Val::I64(low as i64),
            ValType::F32 => Val::F32(low as u32),
            ValType::F64 => Val::F64(low),
            ValType::V128 => {
                let bits = u128::from(low) | u128::from(slots[1]) << 64;
                Val::V128(V128::from_bytes(bits.to_le_bytes()))
            }
            ValType::Ref(ty) => match ty.heap {
                HeapType::Func | HeapType::NoFunc | HeapType::Concrete(_) => {
                    Val::FuncRef(Func::from_slot(inner, low))
                }
                HeapType::Extern | HeapType::NoExtern => {
                    Val::ExternRef(low.checked_sub(1).map(|value| ExternRef(value as u32)))
                }
                HeapType::Exn | HeapType::NoExn => Val::ExnRef((low != 0).then(|| {
                    inner.exceptions.hold(low);
                    ExnRef {
                        store: inner.id,
                        reference: low,
                    }
                })),
            },
        }
    }
}

/// Slots of values of `types` packed from slot 0, and how many there are.
pub(crate) fn layout(types: &[ValType]) -> (Vec<usize>, usize) {
    let mut end = 0;
    let starts = types
        .iter()
        .map(|ty| {
            let size = ty.slots() as usize;
            let start = if size == 2 {
                usize::next_multiple_of(end, 2)
            } else {
                end
            };
            end = start + size;
            start
        })
        .collect();
    (starts, end)
}

/// Writes values to slots.
///
/// # Errors
/// [`Error::Usage`] if they are not of these types.
pub(crate) fn write_slots(
    inner: &Inner,
    types: &[ValType],
    values: &[Val],
    slots: &mut [u64],
) -> Result<(), Error> {
    if types.len() != values.len() {
        return Err(Error::usage(format!(
            "{} values where {} are expected",
            values.len(),
            types.len()
        )));
    }
    let (starts, _) = layout(types);
    for ((&ty, &value), &start) in types.iter().zip(values).zip(&starts) {
        let bits = value.into_slots(inner, ty)?;
        slots[start] = bits[0];
        if ty == ValType::V128 {
            slots[start + 1] = bits[1];
        }
    }
    Ok(())
}

/// Reads values from slots.
pub(crate) fn read_slots(inner: &Inner, types: &[ValType], slots: &[u64]) -> Vec<Val> {
    let (starts, _) = layout(types);
    types
        .iter()
        .zip(&starts)
        .map(|(&ty, &start)| {
            let high = if ty == ValType::V128 {
                slots[start + 1]
            } else {
                0
            };
            Val::from_slots(inner, ty, [slots[start], high])
        })
        .collect()
}

/// A Rust type that is one Wasm value in one slot.
pub trait WasmTy: Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const TYPE: ValType;
    #[doc(hidden)]
    fn to_slot(self) -> u64;
    #[doc(hidden)]
    fn from_slot(slot: u64) -> Self;
}

macro_rules! wasm_ty {
    ($($ty:ty: $val:ident, |$v:ident| $to:expr, |$s:ident| $from:expr;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::$val;
            fn to_slot(self) -> u64 { let $v = self; $to }
            fn from_slot($s: u64) -> Self { $from }
        }
    )*};
}

wasm_ty! {
    i32: I32, |v| u64::from(v as u32), |s| s as i32;
    u32: I32, |v| u64::from(v), |s| s as u32;
    i64: I64, |v| v as u64, |s| s as i64;
    u64: I64, |v| v, |s| s;
    f32: F32, |v| u64::from(v.to_bits()), |s| f32::from_bits(s as u32);
    f64: F64, |v| v.to_bits(), |s| f64::from_bits(s);
}

/// Parameters or results of a typed function: `()`, one value, or a tuple.
pub trait WasmTys: Sized {
    #[doc(hidden)]
    fn types() -> Vec<ValType>;
    #[doc(hidden)]
    fn store(self, slots: &mut [u64]);
    #[doc(hidden)]
    fn load(slots: &[u64]) -> Self;
}

impl<T: WasmTy> WasmTys for T {
    fn types() -> Vec<ValType> {
        vec![T::TYPE]
    }

    fn store(self, slots: &mut [u64]) {
        slots[0] = self.to_slot();
    }

    fn load(slots: &[u64]) -> T {
        T::from_slot(slots[0])
    }
}

macro_rules! wasm_tys {
    ($($T:ident $n:tt),*) => {
        impl<$($T: WasmTy),*> WasmTys for ($($T,)*) {
            fn types() -> Vec<ValType> {
                vec![$($T::TYPE),*]
            }

            #[allow(unused_variables, reason = "the empty tuple has no slots")]
            fn store(self, slots: &mut [u64]) {
                $(slots[$n] = self.$n.to_slot();)*
            }

            #[allow(unused_variables, clippy::unused_unit, reason = "the empty tuple has no slots")]
            fn load(slots: &[u64]) -> Self {
                ($($T::from_slot(slots[$n]),)*)
            }
        }
    };
}

wasm_tys! {}
wasm_tys! { A 0 }
wasm_tys! { A 0, B 1 }
wasm_tys! { A 0, B 1, C 2 }
wasm_tys! { A 0, B 1, C 2, D 3 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4, F 5 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4, F 5, G 6 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8 }
wasm_tys! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9 }

/// What a host function may return: a value or several, or a result of them.
pub trait IntoHostResult {
    #[doc(hidden)]
    type Values: WasmTys;
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Values, Error>;
}

impl<R: WasmTys> IntoHostResult for R {
    type Values = R;

    fn into_result(self) -> Result<R, Error> {
        Ok(self)
    }
}

impl<R: WasmTys> IntoHostResult for Result<R, Error> {
    type Values = R;

    fn into_result(self) -> Result<R, Error> {
        self
    }
}

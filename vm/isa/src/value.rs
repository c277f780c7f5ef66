//! The values instructions compute with, and their raw bits.

use crate::V128;
use core::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// The type of a numeric or vector value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum NumType {
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
}

/// A Rust type that carries a Wasm value: `i32`, `i64`, `f32`, `f64`, [`V128`].
///
/// Integers are signed here because Rust needs one choice; where an
/// instruction reads its operand as unsigned, its meaning says so.
pub trait Value: Sealed + Copy + Default + Debug + PartialEq + Send + Sync + 'static {
    /// The Wasm type.
    const TYPE: NumType;

    /// The value's bits, zero-extended. NaN bits are kept as they are.
    fn to_bits(self) -> u128;

    /// The value whose bits are the low bits of `bits`; the rest is ignored.
    fn from_bits(bits: u128) -> Self;
}

macro_rules! impl_value {
    ($($ty:ident $num:ident: |$value:ident| $to:expr, |$bits:ident| $from:expr;)*) => {$(
        impl Sealed for $ty {}
        impl Value for $ty {
            const TYPE: NumType = NumType::$num;
            #[inline(always)]
            fn to_bits(self) -> u128 {
                let $value = self;
                $to
            }
            #[inline(always)]
            fn from_bits($bits: u128) -> Self {
                $from
            }
        }
    )*};
}

impl_value! {
    i32 I32: |value| u128::from(value as u32), |bits| bits as i32;
    i64 I64: |value| u128::from(value as u64), |bits| bits as i64;
    f32 F32: |value| u128::from(f32::to_bits(value)), |bits| f32::from_bits(bits as u32);
    f64 F64: |value| u128::from(f64::to_bits(value)), |bits| f64::from_bits(bits as u64);
    V128 V128: |value| u128::from_le_bytes(value.to_bytes()), |bits| V128::from_bytes(bits.to_le_bytes());
}

/// The bytes of one memory access: `[u8; N]` with N in 1, 2, 4, 8, 16.
pub trait Bytes:
    Sealed + Copy + Default + Debug + PartialEq + AsRef<[u8]> + AsMut<[u8]> + Send + Sync + 'static
{
    /// How many bytes the access touches.
    const LEN: usize;
}

macro_rules! impl_bytes {
    ($($n:literal)*) => {$(
        impl Sealed for [u8; $n] {}
        impl Bytes for [u8; $n] {
            const LEN: usize = $n;
        }
    )*};
}
impl_bytes! { 1 2 4 8 16 }

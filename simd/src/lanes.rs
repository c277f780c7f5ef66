//! The machine's pure instructions in the shape an interpreter wants them.
//!
//! `lockstep-isa` says what each instruction means, over [`V128`]. Here every
//! row of its table also has a `fast` function over [`Machine::Raw`], which is
//! a vector register where the host has one. Most rows just call the meaning,
//! because the compiler turns it into the right instructions by itself; where
//! it does not, an x86-64 version takes its place. Both give the same bits,
//! which this crate's tests hold them to.
//!
//! # How to call it
//!
//! `fast` is always inlined and asks for no CPU features of its own: it is
//! compiled for the function it lands in. Give that function
//! `#[target_feature(enable = "avx2,bmi1,bmi2,fma,lzcnt,popcnt")]` and make
//! sure of [`supported`] before the first call. In a function without the
//! features the result is still the same, but intrinsics become calls.
#![allow(
    unsafe_code,
    reason = "vector intrinsics, and reading a vector's bytes as a register"
)]

use lockstep_isa::{
    Binary, ExtractLane, Load, LoadLane, ReplaceLane, Shuffle, Store, StoreLane, Ternary, Unary,
    V128, Value, op,
};

#[cfg(target_arch = "x86_64")]
mod x86;

/// Whether this CPU has what `fast` functions may use. On targets without
/// versions of their own nothing is needed, and the answer is yes.
pub fn supported() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt")
    }
    #[cfg(not(target_arch = "x86_64"))]
    true
}

/// A [`Value`] as the host computes with it.
pub trait Machine: Value {
    /// The value in a register: itself for scalars, a vector register's type
    /// for [`V128`] where the host has one.
    type Raw: Copy + 'static;

    /// The same bits in a register.
    fn into_raw(self) -> Self::Raw;

    /// The same bits as a value.
    fn from_raw(raw: Self::Raw) -> Self;
}

/// The host's form of a [`V128`].
pub type RawV128 = <V128 as Machine>::Raw;

macro_rules! machine_is_value {
    ($($ty:ty)*) => {$(
        impl Machine for $ty {
            type Raw = $ty;
            #[inline(always)]
            fn into_raw(self) -> $ty {
                self
            }
            #[inline(always)]
            fn from_raw(raw: $ty) -> $ty {
                raw
            }
        }
    )*};
}

machine_is_value! { i32 i64 f32 f64 }

#[cfg(not(target_arch = "x86_64"))]
machine_is_value! { V128 }

#[cfg(target_arch = "x86_64")]
impl Machine for V128 {
    type Raw = core::arch::x86_64::__m128i;

    #[inline(always)]
    fn into_raw(self) -> Self::Raw {
        // SAFETY: both are sixteen bytes without padding, aligned to sixteen,
        // and every bit pattern is valid in both.
        unsafe { core::mem::transmute(self) }
    }

    #[inline(always)]
    fn from_raw(raw: Self::Raw) -> V128 {
        // SAFETY: as in `into_raw`.
        unsafe { core::mem::transmute(raw) }
    }
}

/// Declares one trait: the fast form of a class of instructions.
macro_rules! fast_trait {
    ($(#[$attr:meta])* $Fast:ident: $Class:ident [$($bound:tt)*] ($($arg:ident: $ty:ty),*) -> $result:ty) => {
        $(#[$attr])*
        pub trait $Fast: $Class<$($bound)*> {
            /// The instruction's meaning, over registers.
            ///
            /// # Safety
            /// [`supported`] must be true.
            unsafe fn fast($($arg: $ty),*) -> $result;
        }
    };
}

/// A value's register type.
type Raw<T> = <T as Machine>::Raw;

fast_trait! {
    /// The fast form of a [`Unary`].
    FastUnary: Unary [A: Machine, R: Machine] (a: Raw<Self::A>) -> Raw<Self::R>
}
fast_trait! {
    /// The fast form of a [`Binary`].
    FastBinary: Binary [A: Machine, B: Machine, R: Machine]
    (a: Raw<Self::A>, b: Raw<Self::B>) -> Raw<Self::R>
}
fast_trait! {
    /// The fast form of a [`Ternary`].
    FastTernary: Ternary [] (a: RawV128, b: RawV128, c: RawV128) -> RawV128
}
fast_trait! {
    /// The fast form of an [`ExtractLane`].
    FastExtractLane: ExtractLane [R: Machine] (a: RawV128, lane: u8) -> Raw<Self::R>
}
fast_trait! {
    /// The fast form of a [`ReplaceLane`].
    FastReplaceLane: ReplaceLane [B: Machine] (a: RawV128, b: Raw<Self::B>, lane: u8) -> RawV128
}
fast_trait! {
    /// The fast form of a [`Shuffle`].
    FastShuffle: Shuffle [] (a: RawV128, b: RawV128, lanes: [u8; 16]) -> RawV128
}
fast_trait! {
    /// The fast form of a [`Load`].
    FastLoad: Load [R: Machine] (bytes: Self::Bytes) -> Raw<Self::R>
}
fast_trait! {
    /// The fast form of a [`Store`].
    FastStore: Store [A: Machine] (a: Raw<Self::A>) -> Self::Bytes
}
fast_trait! {
    /// The fast form of a [`LoadLane`].
    FastLoadLane: LoadLane [] (bytes: Self::Bytes, a: RawV128, lane: u8) -> RawV128
}
fast_trait! {
    /// The fast form of a [`StoreLane`].
    FastStoreLane: StoreLane [] (a: RawV128, lane: u8) -> Self::Bytes
}

/// Chooses a row's body: the host's version if [`x86`] lists one, else the
/// meaning.
#[cfg(target_arch = "x86_64")]
use x86::choose;

#[cfg(not(target_arch = "x86_64"))]
macro_rules! choose {
    ($Name:ident $args:tt else $meaning:expr) => {
        $meaning
    };
}

/// The value a register of the given type holds.
#[inline(always)]
fn value<T: Machine>(raw: T::Raw) -> T {
    T::from_raw(raw)
}

/// Implements the fast form of one row.
macro_rules! row {
    (unary $Name:ident) => {
        impl FastUnary for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: Raw<Self::A>) -> Raw<Self::R> {
                choose!($Name(a) else Self::eval(value(a)).into_raw())
            }
        }
    };
    (binary $Name:ident) => {
        impl FastBinary for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: Raw<Self::A>, b: Raw<Self::B>) -> Raw<Self::R> {
                choose!($Name(a, b) else Self::eval(value(a), value(b)).into_raw())
            }
        }
    };
    (commute $Name:ident) => { row!(binary $Name); };
    (compare $Name:ident) => { row!(binary $Name); };
    (ternary $Name:ident) => {
        impl FastTernary for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: RawV128, b: RawV128, c: RawV128) -> RawV128 {
                choose!($Name(a, b, c) else Self::eval(value(a), value(b), value(c)).into_raw())
            }
        }
    };
    (ternary_unfused $Name:ident) => { row!(ternary $Name); };
    (extract_lane $Name:ident) => {
        impl FastExtractLane for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: RawV128, lane: u8) -> Raw<Self::R> {
                choose!($Name(a, lane) else Self::eval(value(a), lane).into_raw())
            }
        }
    };
    (replace_lane $Name:ident) => {
        impl FastReplaceLane for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: RawV128, b: Raw<Self::B>, lane: u8) -> RawV128 {
                choose!($Name(a, b, lane) else Self::eval(value(a), value(b), lane).into_raw())
            }
        }
    };
    (shuffle $Name:ident) => {
        impl FastShuffle for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: RawV128, b: RawV128, lanes: [u8; 16]) -> RawV128 {
                choose!($Name(a, b, lanes) else Self::eval(value(a), value(b), lanes).into_raw())
            }
        }
    };
    (load $Name:ident) => {
        impl FastLoad for op::$Name {
            #[inline(always)]
            unsafe fn fast(bytes: Self::Bytes) -> Raw<Self::R> {
                choose!($Name(bytes) else Self::eval(bytes).into_raw())
            }
        }
    };
    (store $Name:ident) => {
        impl FastStore for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: Raw<Self::A>) -> Self::Bytes {
                choose!($Name(a) else Self::eval(value(a)))
            }
        }
    };
    (load_lane $Name:ident) => {
        impl FastLoadLane for op::$Name {
            #[inline(always)]
            unsafe fn fast(bytes: Self::Bytes, a: RawV128, lane: u8) -> RawV128 {
                choose!($Name(bytes, a, lane) else Self::eval(bytes, value(a), lane).into_raw())
            }
        }
    };
    (store_lane $Name:ident) => {
        impl FastStoreLane for op::$Name {
            #[inline(always)]
            unsafe fn fast(a: RawV128, lane: u8) -> Self::Bytes {
                choose!($Name(a, lane) else Self::eval(value(a), lane))
            }
        }
    };
    // Trapping instructions are scalar, and control has no meaning to speed up.
    (try_unary $Name:ident) => {};
    (try_binary $Name:ident) => {};
    (control $Name:ident) => {};
    (machine $Name:ident) => {};
}

macro_rules! rows {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => { $($( row! { $class $Name } )*)* };
}

lockstep_isa::for_each_op!(rows);

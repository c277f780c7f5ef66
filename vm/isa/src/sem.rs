//! The meanings: one pure function per instruction, named like its mnemonic
//! with `_` for `.`.
//!
//! # Floats
//!
//! An arithmetic result that is NaN is the positive canonical NaN
//! ([`float::NAN32`], [`float::NAN64`]), in scalars and in every lane. `neg`,
//! `abs`, `copysign`, `pmin`, `pmax`, reinterpretations, loads, stores and
//! moves are bit operations and keep a NaN as it is. Rounding is to nearest,
//! ties to even; subnormals are exact. The functions assume the host's default
//! floating-point environment, which the engine sets on entry.

/// Writes one public, always inlined function per line, documented by the
/// expression that is its meaning.
macro_rules! meanings {
    ($($(#[$attr:meta])* $name:ident($($arg:ident: $ty:ty),*) -> $result:ty = $meaning:expr;)*) => {$(
        $(#[$attr])*
        #[doc = concat!("Meaning: `", stringify!($meaning), "`")]
        #[inline(always)]
        pub fn $name($($arg: $ty),*) -> $result {
            $meaning
        }
    )*};
}

pub mod convert;
pub mod float;
pub mod int;
pub mod lanes;
pub mod memory;

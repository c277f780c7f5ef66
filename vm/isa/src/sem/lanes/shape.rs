//! Lane-by-lane application, once per shape.

use core::array::from_fn;

/// Declares the module of one shape: `lanes` of type `$lane`, with a mask lane
/// of all ones or all zeros of type `$mask`.
macro_rules! shapes {
    ($($shape:ident [$lane:ident; $n:literal] $to:ident $from:ident, mask $mask:ident $from_mask:ident;)*) => {$(
        #[doc = concat!("Vectors of ", stringify!($n), " lanes of `", stringify!($lane), "`.")]
        #[allow(dead_code, reason = "every shape has the same set, not every instruction family uses all of it")]
        pub(in crate::sem) mod $shape {
            use super::from_fn;
            use crate::V128;

            /// `f` of every lane.
            #[inline(always)]
            pub(in crate::sem) fn map(a: V128, f: impl Fn($lane) -> $lane) -> V128 {
                let a = a.$to();
                V128::$from(from_fn(|i| f(a[i])))
            }

            /// `f` of every pair of lanes.
            #[inline(always)]
            pub(in crate::sem) fn zip(a: V128, b: V128, f: impl Fn($lane, $lane) -> $lane) -> V128 {
                let (a, b) = (a.$to(), b.$to());
                V128::$from(from_fn(|i| f(a[i], b[i])))
            }

            /// `f` of every triple of lanes.
            #[inline(always)]
            pub(in crate::sem) fn zip3(
                a: V128,
                b: V128,
                c: V128,
                f: impl Fn($lane, $lane, $lane) -> $lane,
            ) -> V128 {
                let (a, b, c) = (a.$to(), b.$to(), c.$to());
                V128::$from(from_fn(|i| f(a[i], b[i], c[i])))
            }

            /// All ones in every lane whose pair satisfies `f`, zeros elsewhere.
            #[inline(always)]
            pub(in crate::sem) fn mask(a: V128, b: V128, f: impl Fn($lane, $lane) -> bool) -> V128 {
                let (a, b) = (a.$to(), b.$to());
                V128::$from_mask(from_fn(|i| if f(a[i], b[i]) { $mask::MAX } else { 0 }))
            }

            /// `value` in every lane.
            #[inline(always)]
            pub(in crate::sem) fn splat(value: $lane) -> V128 {
                V128::$from([value; $n])
            }

            /// The lane numbered `lane` modulo the number of lanes.
            #[inline(always)]
            pub(in crate::sem) fn extract(a: V128, lane: u8) -> $lane {
                a.$to()[usize::from(lane) % $n]
            }

            /// `a` with `value` in the lane numbered `lane` modulo the number of lanes.
            #[inline(always)]
            pub(in crate::sem) fn replace(a: V128, lane: u8, value: $lane) -> V128 {
                let mut lanes = a.$to();
                lanes[usize::from(lane) % $n] = value;
                V128::$from(lanes)
            }
        }
    )*};
}

shapes! {
    i8x16 [i8; 16] to_i8x16 from_i8x16, mask u8 from_u8x16;
    u8x16 [u8; 16] to_u8x16 from_u8x16, mask u8 from_u8x16;
    i16x8 [i16; 8] to_i16x8 from_i16x8, mask u16 from_u16x8;
    u16x8 [u16; 8] to_u16x8 from_u16x8, mask u16 from_u16x8;
    i32x4 [i32; 4] to_i32x4 from_i32x4, mask u32 from_u32x4;
    u32x4 [u32; 4] to_u32x4 from_u32x4, mask u32 from_u32x4;
    i64x2 [i64; 2] to_i64x2 from_i64x2, mask u64 from_u64x2;
    u64x2 [u64; 2] to_u64x2 from_u64x2, mask u64 from_u64x2;
    f32x4 [f32; 4] to_f32x4 from_f32x4, mask u32 from_u32x4;
    f64x2 [f64; 2] to_f64x2 from_f64x2, mask u64 from_u64x2;
}

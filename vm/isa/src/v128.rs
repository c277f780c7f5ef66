//! The 128-bit vector value.

use core::array::from_fn;
use core::fmt;

/// A 128-bit vector: sixteen bytes, lane 0 in the lowest.
///
/// Equality is of bits. The lane views are arrays, and a lane of `N` bytes is
/// little-endian on every host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C, align(16))]
pub struct V128([u8; 16]);

macro_rules! views {
    ($($to:ident $from:ident [$lane:ident; $n:literal] $bytes:literal;)*) => {
        impl V128 {
            /// The vector of sixteen zero bytes.
            pub const ZERO: V128 = V128([0; 16]);

            /// The bytes, lane 0 first.
            #[inline(always)]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// The vector of these bytes, lane 0 first.
            #[inline(always)]
            pub const fn from_bytes(bytes: [u8; 16]) -> V128 {
                V128(bytes)
            }

            $(
                #[doc = concat!("The ", stringify!($n), " lanes as `", stringify!($lane), "`.")]
                #[inline(always)]
                pub fn $to(self) -> [$lane; $n] {
                    let (lanes, _) = self.0.as_chunks::<$bytes>();
                    from_fn(|i| $lane::from_le_bytes(lanes[i]))
                }

                #[doc = concat!("The vector of these ", stringify!($n), " lanes.")]
                #[inline(always)]
                pub fn $from(lanes: [$lane; $n]) -> V128 {
                    let mut bytes = [0; 16];
                    let (chunks, _) = bytes.as_chunks_mut::<$bytes>();
                    for (chunk, lane) in chunks.iter_mut().zip(lanes) {
                        *chunk = lane.to_le_bytes();
                    }
                    V128(bytes)
                }
            )*
        }
    };
}

views! {
    to_i8x16 from_i8x16 [i8; 16] 1;
    to_u8x16 from_u8x16 [u8; 16] 1;
    to_i16x8 from_i16x8 [i16; 8] 2;
    to_u16x8 from_u16x8 [u16; 8] 2;
    to_i32x4 from_i32x4 [i32; 4] 4;
    to_u32x4 from_u32x4 [u32; 4] 4;
    to_i64x2 from_i64x2 [i64; 2] 8;
    to_u64x2 from_u64x2 [u64; 2] 8;
    to_f32x4 from_f32x4 [f32; 4] 4;
    to_f64x2 from_f64x2 [f64; 2] 8;
}

impl fmt::Debug for V128 {
    /// The value as one hexadecimal number, lane 0 in the lowest digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V128({:#034x})", u128::from_le_bytes(self.0))
    }
}

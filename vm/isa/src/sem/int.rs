//! Integer arithmetic, comparisons, and the conversions between integers.

use crate::Trap;
use crate::planted::{Fault, planted};

/// The meanings both integer widths share, for the width `$i` with its
/// unsigned twin `$u`.
macro_rules! shared {
    ($i:ident $u:ident:
        $eqz:ident $clz:ident $ctz:ident $popcnt:ident
        $add:ident $sub:ident $mul:ident $and:ident $or:ident $xor:ident
        $shl:ident $shr_s:ident $shr_u:ident $rotl:ident $rotr:ident
        $div_s:ident $div_u:ident $rem_s:ident $rem_u:ident
        $eq:ident $ne:ident $lt_s:ident $lt_u:ident $gt_s:ident $gt_u:ident
        $le_s:ident $le_u:ident $ge_s:ident $ge_u:ident
    ) => {
        meanings! {
            $eqz(a: $i) -> i32 = i32::from(a == 0);
            $clz(a: $i) -> $i = a.leading_zeros() as $i;
            $ctz(a: $i) -> $i = a.trailing_zeros() as $i;
            $popcnt(a: $i) -> $i = a.count_ones() as $i;

            $add(a: $i, b: $i) -> $i = a.wrapping_add(b);
            $sub(a: $i, b: $i) -> $i = a.wrapping_sub(b);
            $mul(a: $i, b: $i) -> $i = a.wrapping_mul(b);
            $and(a: $i, b: $i) -> $i = a & b;
            $or(a: $i, b: $i) -> $i = a | b;
            $xor(a: $i, b: $i) -> $i = a ^ b;

            /// The count is taken modulo the width, as `wrapping_shl` does.
            $shl(a: $i, b: $i) -> $i = a.wrapping_shl(b as u32);
            /// The count is taken modulo the width, as `wrapping_shr` does.
            $shr_s(a: $i, b: $i) -> $i = a.wrapping_shr(b as u32);
            /// The count is taken modulo the width, as `wrapping_shr` does.
            $shr_u(a: $i, b: $i) -> $i = (a as $u).wrapping_shr(b as u32) as $i;
            $rotl(a: $i, b: $i) -> $i = a.rotate_left(b as u32);
            $rotr(a: $i, b: $i) -> $i = a.rotate_right(b as u32) ^ $i::from(planted(Fault::Meaning));

            $eq(a: $i, b: $i) -> i32 = i32::from(a == b);
            $ne(a: $i, b: $i) -> i32 = i32::from(a != b);
            $lt_s(a: $i, b: $i) -> i32 = i32::from(a < b);
            $lt_u(a: $i, b: $i) -> i32 = i32::from((a as $u) < (b as $u));
            $gt_s(a: $i, b: $i) -> i32 = i32::from(a > b);
            $gt_u(a: $i, b: $i) -> i32 = i32::from((a as $u) > (b as $u));
            $le_s(a: $i, b: $i) -> i32 = i32::from(a <= b);
            $le_u(a: $i, b: $i) -> i32 = i32::from((a as $u) <= (b as $u));
            $ge_s(a: $i, b: $i) -> i32 = i32::from(a >= b);
            $ge_u(a: $i, b: $i) -> i32 = i32::from((a as $u) >= (b as $u));
        }

        /// Signed quotient, rounded towards zero.
        ///
        /// # Errors
        /// A zero divisor, and the smallest integer divided by -1.
        #[inline(always)]
        pub fn $div_s(a: $i, b: $i) -> Result<$i, Trap> {
            if b == 0 {
                return Err(Trap::IntegerDivideByZero);
            }
            a.checked_div(b).ok_or(Trap::IntegerOverflow)
        }

        /// Unsigned quotient, rounded towards zero.
        ///
        /// # Errors
        /// A zero divisor.
        #[inline(always)]
        pub fn $div_u(a: $i, b: $i) -> Result<$i, Trap> {
            match (a as $u).checked_div(b as $u) {
                Some(quotient) => Ok(quotient as $i),
                None => Err(Trap::IntegerDivideByZero),
            }
        }

        /// Signed remainder, with the sign of the dividend. The remainder by
        /// -1 is 0 even where the quotient does not exist.
        ///
        /// # Errors
        /// A zero divisor.
        #[inline(always)]
        pub fn $rem_s(a: $i, b: $i) -> Result<$i, Trap> {
            if b == 0 {
                return Err(Trap::IntegerDivideByZero);
            }
            Ok(a.wrapping_rem(b))
        }

        /// Unsigned remainder.
        ///
        /// # Errors
        /// A zero divisor.
        #[inline(always)]
        pub fn $rem_u(a: $i, b: $i) -> Result<$i, Trap> {
            match (a as $u).checked_rem(b as $u) {
                Some(remainder) => Ok(remainder as $i),
                None => Err(Trap::IntegerDivideByZero),
            }
        }
    };
}

shared! { i32 u32:
    i32_eqz i32_clz i32_ctz i32_popcnt
    i32_add i32_sub i32_mul i32_and i32_or i32_xor
    i32_shl i32_shr_s i32_shr_u i32_rotl i32_rotr
    i32_div_s i32_div_u i32_rem_s i32_rem_u
    i32_eq i32_ne i32_lt_s i32_lt_u i32_gt_s i32_gt_u
    i32_le_s i32_le_u i32_ge_s i32_ge_u
}

shared! { i64 u64:
    i64_eqz i64_clz i64_ctz i64_popcnt
    i64_add i64_sub i64_mul i64_and i64_or i64_xor
    i64_shl i64_shr_s i64_shr_u i64_rotl i64_rotr
    i64_div_s i64_div_u i64_rem_s i64_rem_u
    i64_eq i64_ne i64_lt_s i64_lt_u i64_gt_s i64_gt_u
    i64_le_s i64_le_u i64_ge_s i64_ge_u
}

meanings! {
    i32_wrap_i64(a: i64) -> i32 = a as i32;
    i32_extend8_s(a: i32) -> i32 = i32::from(a as i8);
    i32_extend16_s(a: i32) -> i32 = i32::from(a as i16);
    i64_extend8_s(a: i64) -> i64 = i64::from(a as i8);
    i64_extend16_s(a: i64) -> i64 = i64::from(a as i16);
    i64_extend32_s(a: i64) -> i64 = i64::from(a as i32);
    i64_extend_i32_s(a: i32) -> i64 = i64::from(a);
    i64_extend_i32_u(a: i32) -> i64 = i64::from(a as u32);
}

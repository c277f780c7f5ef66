//! Integers of any width, by arithmetic in 128 bits.

use isa::Trap;

/// The low `bits` bits as a two's complement number.
pub(crate) fn signed(a: u128, bits: u32) -> i128 {
    (a << (128 - bits)) as i128 >> (128 - bits)
}

/// The low `bits` bits of a number.
pub(crate) fn wrap(a: i128, bits: u32) -> u128 {
    a as u128 & (u128::MAX >> (128 - bits))
}

fn clamp_signed(a: i128, bits: u32) -> i128 {
    a.clamp(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
}

fn clamp_unsigned(a: i128, bits: u32) -> i128 {
    a.clamp(0, (1 << bits) - 1)
}

pub(crate) fn unary(name: &str, bits: u32, a: u128) -> Option<u128> {
    let s = signed(a, bits);
    let bit = |i: &u32| a >> i & 1 == 1;
    let result = match name {
        "clz" => (0..bits).rev().take_while(|i| !bit(i)).count() as i128,
        "ctz" => (0..bits).take_while(|i| !bit(i)).count() as i128,
        "popcnt" => (0..bits).filter(bit).count() as i128,
        "abs" => s.abs(),
        "neg" => -s,
        "not" => -1 - s,
        "extend8_s" => signed(a, 8),
        "extend16_s" => signed(a, 16),
        "extend32_s" => signed(a, 32),
        _ => return None,
    };
    Some(wrap(result, bits))
}

pub(crate) fn binary(name: &str, bits: u32, a: u128, b: u128) -> Option<Result<u128, Trap>> {
    let (sa, sb) = (signed(a, bits), signed(b, bits));
    let (ua, ub) = (a as i128, b as i128);
    let result = match name {
        "add" => sa + sb,
        "sub" => sa - sb,
        "mul" => sa * sb,
        "div_s" | "div_u" | "rem_s" | "rem_u" if b == 0 => {
            return Some(Err(Trap::IntegerDivideByZero));
        }
        "div_s" if sa / sb != signed((sa / sb) as u128, bits) => {
            return Some(Err(Trap::IntegerOverflow));
        }
        "div_s" => sa / sb,
        "div_u" => ua / ub,
        "rem_s" => sa % sb,
        "rem_u" => ua % ub,
        "and" => ua & ub,
        "or" => ua | ub,
        "xor" => ua ^ ub,
        "andnot" => ua & !ub,
        "rotl" => return Some(Ok(rotate_left(a, bits, ub as u32 % bits))),
        "rotr" => return Some(Ok(rotate_left(a, bits, bits - ub as u32 % bits))),
        "add_sat_s" => clamp_signed(sa + sb, bits),
        "add_sat_u" => clamp_unsigned(ua + ub, bits),
        "sub_sat_s" => clamp_signed(sa - sb, bits),
        "sub_sat_u" => clamp_unsigned(ua - ub, bits),
        "min_s" => sa.min(sb),
        "min_u" => ua.min(ub),
        "max_s" => sa.max(sb),
        "max_u" => ua.max(ub),
        "avgr_u" => (ua + ub + 1) / 2,
        "q15mulr_sat_s" | "relaxed_q15mulr_s" => {
            clamp_signed((sa * sb + 0x4000).div_euclid(0x8000), bits)
        }
        _ => return shift(name, bits, a, b as u32).map(Ok),
    };
    Some(Ok(wrap(result, bits)))
}

pub(crate) fn shift(name: &str, bits: u32, a: u128, count: u32) -> Option<u128> {
    let factor = 1i128 << (count % bits);
    let result = match name {
        "shl" => a as i128 * factor,
        "shr_s" => signed(a, bits).div_euclid(factor),
        "shr_u" => a as i128 / factor,
        _ => return None,
    };
    Some(wrap(result, bits))
}

fn rotate_left(a: u128, bits: u32, count: u32) -> u128 {
    wrap((a << count | a >> (bits - count)) as i128, bits)
}

pub(crate) fn compare(name: &str, bits: u32, a: u128, b: u128) -> Option<bool> {
    let (sa, sb) = (signed(a, bits), signed(b, bits));
    Some(match name {
        "eq" => a == b,
        "ne" => a != b,
        "lt_s" => sa < sb,
        "lt_u" => a < b,
        "gt_s" => sa > sb,
        "gt_u" => a > b,
        "le_s" => sa <= sb,
        "le_u" => a <= b,
        "ge_s" => sa >= sb,
        "ge_u" => a >= b,
        _ => return None,
    })
}

/// A float's integer part as an integer of `bits` bits, saturating.
pub(crate) fn saturate(value: i128, bits: u32, signed: bool) -> u128 {
    let clamped = if signed {
        clamp_signed(value, bits)
    } else {
        clamp_unsigned(value, bits)
    };
    wrap(clamped, bits)
}

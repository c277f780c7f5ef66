//! Floats of other widths, and the one NaN.

/// Widens a half-precision float, exactly.
pub fn f16(bits: u16) -> f32 {
    let sign = u32::from(bits >> 15) << 31;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    let magnitude = match exponent {
        // Subnormals count in steps of 2^-24, and so does a float this small.
        0 => (fraction as f32 / 16_777_216.0).to_bits(),
        31 => 0x7f80_0000 | fraction << 13,
        _ => (exponent + 112) << 23 | fraction << 13,
    };
    f32::from_bits(sign | magnitude)
}

/// Widens the upper half of a float.
pub fn bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The scale of an MXFP4 block: 2^(exponent - 128), for every exponent.
#[inline(always)]
pub(in crate::kernels) fn mxfp4_scale(exponent: u8) -> f32 {
    match exponent {
        // 2^-128 and 2^-127 are subnormal.
        0 | 1 => f32::from_bits(0x0020_0000 << exponent),
        _ => f32::from_bits((u32::from(exponent) - 1) << 23),
    }
}

/// What is stored of a result: the canonical NaN for every NaN.
#[inline(always)]
pub(in crate::kernels) fn canonical(value: f32) -> f32 {
    if value.is_nan() {
        f32::from_bits(0x7fc0_0000)
    } else {
        value
    }
}

/// The little-endian numbers in `bytes`.
pub(super) fn words(bytes: &[u8]) -> impl Iterator<Item = u16> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| u16::from_le_bytes(*word))
}

/// The half-precision float at `at`.
pub(super) fn f16_at(bytes: &[u8], at: usize) -> f32 {
    f16(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

//! Products of floats: sixteen chains.

use super::halving_sum;
use super::number::{bf16, f16, words};
use crate::kernels::format::Format;

/// The floats in `bytes`.
pub(super) fn read_f32(bytes: &[u8]) -> Vec<f32> {
    let (floats, _) = bytes.as_chunks();
    floats
        .iter()
        .map(|float| f32::from_le_bytes(*float))
        .collect()
}

pub(super) fn product(format: Format, w: &[u8], x: &[u8]) -> f32 {
    let w: Vec<f32> = match format {
        Format::F32 => read_f32(w),
        Format::F16 => words(w).map(f16).collect(),
        Format::Bf16 => words(w).map(bf16).collect(),
        _ => panic!("{format} has no floats"),
    };
    let mut s = [0.0; 16];
    for (e, (w, x)) in w.iter().zip(read_f32(x)).enumerate() {
        s[e % 16] += w * x;
    }
    let t: [f32; 8] = std::array::from_fn(|l| s[l] + s[l + 8]);
    halving_sum(std::array::from_fn(|l| t[l] + t[l + 4]))
}

//! Bytes that were a module: for decoders, which must refuse them or take
//! them, and not fall over.

use super::mutate;
use crate::entropy::Entropy;

/// Bytes that matter in the binary format: ends of numbers, type codes,
/// section numbers, opcodes and prefixes.
const TELLING: &[u8] = &[
    0x00, 0x01, 0x02, 0x05, 0x07, 0x0b, 0x0c, 0x0d, 0x20, 0x3f, 0x40, 0x5e, 0x5f, 0x60, 0x63, 0x64,
    0x69, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
];

/// The bytes of a valid module with some of them changed, cut out, repeated
/// or put in; most of the results are no modules.
pub fn damaged(entropy: &mut Entropy<'_>) -> Vec<u8> {
    let mut bytes = mutate::original(entropy).map_or_else(Vec::new, |program| program.wasm);
    for _ in 0..1 + entropy.below(6) {
        damage(&mut bytes, entropy);
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, entropy: &mut Entropy<'_>) {
    let at = entropy.below(bytes.len() + 1);
    let left = bytes.len() - at;
    let length = match entropy.chance(1, 8) {
        true => entropy.below(left + 1),
        false => entropy.below(17).min(left),
    };
    match entropy.below(8) {
        0 | 1 if left > 0 => bytes[at] ^= 1 << entropy.below(8),
        2 | 3 if left > 0 => bytes[at] = *entropy.pick(TELLING),
        4 => drop(bytes.drain(at..at + length)),
        5 => {
            let copy = bytes[at..at + length].to_vec();
            let to = entropy.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        6 => {
            let new: Vec<u8> = (0..length).map(|_| *entropy.pick(TELLING)).collect();
            bytes.splice(at..at, new);
        }
        7 if entropy.chance(1, 2) => bytes.truncate(at),
        // A number in more bytes than it needs, or larger than anything.
        _ => {
            let end = *entropy.pick(&[0x00, 0x0f, 0x7f, 0xff]);
            let mut number = vec![0xff; entropy.below(10)];
            number.push(end);
            bytes.splice(at..at, number);
        }
    }
}

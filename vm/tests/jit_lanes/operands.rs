//! Operands: corners of every lane, constants, and shuffles.

use crate::CASES;
use crate::rows::Row;

/// Numbers that look random and are the same everywhere.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }

    fn corner(&mut self, corners: &[u64]) -> u64 {
        corners[self.below(corners.len())]
    }

    /// A vector with lanes of one width, mostly corners of it.
    pub(super) fn vector(&mut self) -> u128 {
        const INTS: [u64; 16] = [
            0,
            1,
            2,
            0x7f,
            0x80,
            0xff,
            0x7fff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            i64::MAX as u64,
            i64::MIN as u64,
            u64::MAX,
            0x0123_4567_89ab_cdef,
        ];
        const FLOATS: [f64; 20] = [
            0.0,
            0.5,
            1.0,
            1.5,
            2.5,
            3.7,
            1e-300,
            1e300,
            1e10,
            3e9,
            f64::INFINITY,
            f64::NAN,
            2147483647.0,
            2147483648.0,
            2147483646.9,
            4294967295.0,
            4294967296.0,
            4294967294.9,
            1e-40,
            16777217.0,
        ];
        let width = [8, 16, 32, 64, 132, 164, 0][self.below(7)];
        let lane = |numbers: &mut Numbers| {
            let value = FLOATS[numbers.below(FLOATS.len())];
            let value = if numbers.below(2) == 0 { value } else { -value };
            let payload = if numbers.below(4) == 0 { 0x1234 } else { 0 };
            match width {
                0 => numbers.next(),
                132 if value.is_nan() => u64::from((value as f32).to_bits() | payload as u32),
                132 => u64::from((value as f32).to_bits()),
                164 if value.is_nan() => value.to_bits() | payload,
                164 => value.to_bits(),
                _ => numbers.corner(&INTS),
            }
        };
        let bits = match width {
            0 => 64,
            132 => 32,
            164 => 64,
            width => width,
        };
        let mut vector = 0;
        for _ in 0..128 / bits {
            let one = lane(self) & (u64::MAX >> (64 - bits));
            vector = if bits == 128 { 0 } else { vector << bits } | u128::from(one);
        }
        vector
    }
}

/// Operands in memory: three arrays. Vectors in one place often share lanes.
pub(super) fn operands() -> Vec<u8> {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut arrays = [const { Vec::new() }; 3];
    for _ in 0..CASES {
        let first = numbers.vector();
        arrays[0].extend(first.to_le_bytes());
        for array in &mut arrays[1..] {
            let own = numbers.vector();
            let shared = numbers.vector() & numbers.vector();
            let vector = match numbers.below(3) {
                0 => first & !shared | own & shared,
                _ => own,
            };
            array.extend(vector.to_le_bytes());
        }
    }
    arrays.concat()
}

/// What stands between the mnemonic and the operands.
pub(super) fn immediates(row: &Row) -> Vec<String> {
    let name = row.mnemonic;
    let lanes: u32 = match row.class {
        "extract_lane" | "replace_lane" if name.starts_with("i8x16") => 16,
        "extract_lane" | "replace_lane" if name.starts_with("i16x8") => 8,
        "extract_lane" | "replace_lane" if name[1..].starts_with("32x4") => 4,
        "extract_lane" | "replace_lane" => 2,
        "load_lane" | "store_lane" if name.contains("16") => 8,
        "load_lane" | "store_lane" if name.contains("32") => 4,
        "load_lane" | "store_lane" if name.contains("64") => 2,
        "load_lane" | "store_lane" => 16,
        "shuffle" => {
            let text = |lanes: &[u8; 16]| lanes.map(|lane| lane.to_string()).join(" ");
            return shuffles().iter().map(text).collect();
        }
        _ => return vec![String::new()],
    };
    (0..lanes).map(|lane| lane.to_string()).collect()
}

/// Shuffles that single instructions do, and any others.
fn shuffles() -> Vec<[u8; 16]> {
    let mut numbers = Numbers(0xdead_beef_cafe_f00d);
    let mut all = Vec::new();
    for size in [1, 2, 4, 8] {
        for start in [0, 8] {
            let interleaved = |second: u8| {
                move |at: usize| {
                    let at = at as u8;
                    start + at / size / 2 * size + at % size + second * (at / size % 2)
                }
            };
            all.push(std::array::from_fn(interleaved(16)));
            all.push(std::array::from_fn(interleaved(0)));
        }
    }
    for start in [0, 1, 5, 15, 16, 17, 30] {
        all.push(std::array::from_fn(|at| (start + at as u8) % 32));
        all.push(std::array::from_fn(|at| (start + at as u8) % 16));
        all.push([start; 16]);
    }
    for _ in 0..3 {
        for size in [1_usize, 2, 4, 8] {
            let count = 16 / size;
            let parts: Vec<usize> = (0..count).map(|_| numbers.below(2 * count)).collect();
            let expand = |at: usize, part: usize| (part * size + at % size) as u8;
            let any = |at: usize| expand(at, parts[at / size]);
            all.push(std::array::from_fn(any));
            all.push(std::array::from_fn(|at| any(at) & 15));
            // Lanes in their places, of either operand.
            all.push(std::array::from_fn(|at| any(at) & 16 | at as u8));
            // One lane that is not.
            let odd = numbers.below(count);
            let but_one = |at: usize| if at / size == odd { any(at) } else { at as u8 };
            all.push(std::array::from_fn(but_one));
            // Halves of either operand.
            all.push(std::array::from_fn(|at| any(at) & 15 | (at as u8 & 8) << 1));
            all.push(std::array::from_fn(|at| any(at) & 7 | at as u8 & 8));
        }
    }
    let exchanged: Vec<_> = all
        .iter()
        .map(|lanes| lanes.map(|lane| lane ^ 16))
        .collect();
    all.extend(exchanged);
    all
}

/// Constants for an operand of this type; few for a row with many immediates.
pub(super) fn constants(row: &Row, ty: &str, numbers: &mut Numbers) -> Vec<u128> {
    if row.class == "binary" && ty == "i32" {
        return [0, 1, 3, 7, 8, 15, 16, 31, 32, 33, 40, 63, 64, u128::MAX].to_vec();
    }
    if row.class.ends_with("lane") || row.class == "shuffle" {
        return vec![0, numbers.vector()];
    }
    let splat = u128::from(numbers.vector() as u32) * 0x0000_0001_0000_0001_0000_0001_0000_0001;
    let numbers_above_zero = 0x3f80_0000_4000_0000_3f80_0000_4000_0000;
    let signs = 1 << 31 | 1 << 63 | 1 << 127;
    // Lanes below zero beside a zero.
    let both = 0x0000_0000_3f80_0000_c000_0000_bf80_0000;
    let both_wide = 0xbff0_0000_0000_0000_u128 << 64;
    let mut constants = vec![
        0,
        u128::MAX,
        splat,
        numbers_above_zero,
        signs,
        both,
        both_wide,
    ];
    constants.extend((0..3).map(|_| numbers.vector()));
    constants
}

//! Matrices to multiply: random ones and nasty ones.

use lockstep_simd::kernels::{Activations, Format, extent};

/// A generator of numbers that never changes (SplitMix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.next() as u8);
    }
}

/// Where a block has half-precision floats.
pub(crate) fn halves_of(format: Format) -> &'static [usize] {
    match format {
        Format::F32 | Format::Bf16 | Format::Mxfp4 => &[],
        Format::Q4_1 | Format::Q5_1 | Format::Q4K | Format::Q5K => &[0, 2],
        Format::Q2K => &[80, 82],
        Format::Q3K => &[108],
        Format::Q6K => &[208],
        _ => &[0],
    }
}

const HALVES: [u16; 10] = [
    0, 0x8000, 1, 0x83ff, 0x0400, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e01,
];

const FLOATS: [u32; 12] = [
    0,
    0x8000_0000,
    1,
    0x807f_ffff,
    0x0080_0000,
    0x7f7f_ffff,
    0xff7f_ffff,
    0x7f80_0000,
    0xff80_0000,
    0x7fc0_0000,
    0x7f80_0001,
    0xffff_ffff,
];

/// How wild the numbers of a matrix are.
#[derive(Clone, Copy)]
enum Mood {
    /// Like those of models.
    Tame,
    /// Largest and smallest quants, with tame scales.
    Extreme,
    /// One scale in a few is a special float.
    Special,
    /// Any bits at all.
    Any,
}

const MOODS: [Mood; 7] = [
    Mood::Tame,
    Mood::Tame,
    Mood::Tame,
    Mood::Extreme,
    Mood::Extreme,
    Mood::Special,
    Mood::Any,
];

/// A float as random as its mood.
fn float(numbers: &mut Numbers, mood: Mood) -> f32 {
    let bits = numbers.next() as u32;
    match mood {
        Mood::Any => f32::from_bits(bits),
        Mood::Special if numbers.below(6) == 0 => f32::from_bits(numbers.one_of(&FLOATS)),
        // Four powers of two: sums round, and orders can be told apart.
        _ => f32::from_bits((bits & 0x80ff_ffff) | (124 << 23)),
    }
}

fn quant(numbers: &mut Numbers, mood: Mood) -> u8 {
    match mood {
        Mood::Extreme => numbers.one_of(&[0x80, 0x7f, 0x81, 0, 0x80, 0x7f]),
        _ => numbers.next() as u8,
    }
}

fn weights(numbers: &mut Numbers, mood: Mood, format: Format, bytes: &mut [u8]) {
    numbers.fill(bytes);
    if matches!(mood, Mood::Extreme) {
        let byte = numbers.one_of(&[0, 0xff, 0x80, 0x7f, 0x88, 0x0f, 0xf0]);
        bytes.fill(byte);
    }
    let wide = format == Format::F32;
    for block in bytes.chunks_exact_mut(format.block_bytes()) {
        if wide {
            block.copy_from_slice(&float(numbers, mood).to_le_bytes());
        } else if format == Format::Bf16 {
            block.copy_from_slice(&float(numbers, mood).to_le_bytes()[2..]);
        } else if format == Format::Mxfp4 && !matches!(mood, Mood::Any) {
            block[0] = 120 + block[0] % 16;
        }
        for at in halves_of(format) {
            let bits = numbers.next() as u16;
            let half = match mood {
                Mood::Any => bits,
                Mood::Special if numbers.below(6) == 0 => numbers.one_of(&HALVES),
                _ => (bits & 0x8fff) | 0x2000,
            };
            block[*at..at + 2].copy_from_slice(&half.to_le_bytes());
        }
    }
}

fn activations(numbers: &mut Numbers, mood: Mood, kind: Activations, bytes: &mut [u8]) {
    let blocks = bytes.len() / kind.row_bytes(kind.block_elements());
    let quants = match kind {
        Activations::F32 => 0,
        _ => blocks * kind.block_elements(),
    };
    for byte in &mut bytes[..quants] {
        *byte = quant(numbers, mood);
    }
    let floats = match kind {
        Activations::Q8x32 => 2 * blocks,
        _ => blocks,
    };
    for to in bytes[quants..quants + 4 * floats].chunks_exact_mut(4) {
        to.copy_from_slice(&float(numbers, mood).to_le_bytes());
    }
    for to in bytes[quants + 4 * floats..].chunks_exact_mut(2) {
        let sum = match mood {
            Mood::Tame => (numbers.next() as i16) / 16,
            Mood::Extreme => numbers.one_of(&[i16::MIN, i16::MAX, 0]),
            _ => numbers.next() as i16,
        };
        to.copy_from_slice(&sum.to_le_bytes());
    }
}

/// Rows in memory, at an odd place.
pub(crate) struct Matrix {
    bytes: Vec<u8>,
    start: usize,
    pub(crate) stride: usize,
}

impl Matrix {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn new(numbers: &mut Numbers, count: usize, length: usize) -> Matrix {
        let stride = match numbers.below(8) {
            0 => length + numbers.below(40),
            // Rows that overlap.
            1 => length / 2,
            2 => 0,
            _ => length,
        };
        let start = numbers.below(70);
        let size = extent(count, stride, length).expect("the matrix is small");
        Matrix {
            bytes: vec![0; start + size],
            start,
            stride,
        }
    }

    /// Writes rows, the last ones first where they overlap.
    fn fill(&mut self, count: usize, length: usize, mut row: impl FnMut(&mut [u8])) {
        for index in (0..count).rev() {
            let at = self.start + index * self.stride;
            row(&mut self.bytes[at..at + length]);
        }
    }
}

/// A product to compute.
pub(crate) struct Case {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) k: usize,
    pub(crate) w: Matrix,
    pub(crate) x: Matrix,
    /// The distance between columns of results, and where they begin.
    pub(crate) out: (usize, usize),
}

impl Case {
    pub(crate) fn new(numbers: &mut Numbers, format: Format, most: usize) -> Case {
        let rows = 1 + numbers.below(most);
        let cols = 1 + numbers.below(most);
        let k = match format.activations() {
            Activations::F32 => numbers.below(100),
            kind => numbers.below(10) * kind.block_elements(),
        };
        let kind = format.activations();
        let (w_length, x_length) = (format.row_bytes(k), kind.row_bytes(k));
        let mood = numbers.one_of(&MOODS);
        let mut w = Matrix::new(numbers, rows, w_length);
        w.fill(rows, w_length, |row| weights(numbers, mood, format, row));
        let mood = numbers.one_of(&MOODS);
        let mut x = Matrix::new(numbers, cols, x_length);
        x.fill(cols, x_length, |row| activations(numbers, mood, kind, row));
        let stride = match numbers.below(6) {
            0 => numbers.below(4 * rows),
            1 => 4 * rows + numbers.below(50),
            _ => 4 * rows,
        };
        Case {
            rows,
            cols,
            k,
            w,
            x,
            out: (stride, numbers.below(9)),
        }
    }
}

/// Floats to quantize, as bytes.
pub(crate) fn floats(numbers: &mut Numbers, count: usize) -> Vec<u8> {
    let mood = numbers.one_of(&MOODS);
    let scale = numbers.one_of(&[1.0, 1.0, 1e-30, 1e-35, 1e30, 1e-40]);
    let mut bytes = Vec::with_capacity(4 * count);
    for _ in 0..count {
        let value = match mood {
            // Halves of small integers: ties.
            Mood::Extreme => numbers.below(509) as f32 / 2.0 - 127.0,
            _ => float(numbers, mood),
        };
        bytes.extend((value * scale).to_le_bytes());
    }
    bytes
}

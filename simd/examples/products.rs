//! Prints how fast the kernels are, beside what the memory gives:
//!
//! `cargo run --release -p lockstep-simd --example products [FORMAT] [ISA] [THREADS]`
//!
//! An argument is a format's name, an instruction set's, or a number of
//! threads; what is left out is all formats, the best set, and one thread.
//! For one column a figure for weights that stay in the second cache, and one
//! for weights that come from memory.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use lockstep_simd::kernels::{Activations, Format, Isa, Rows, RowsMut, Threads, matmul, quantize};

/// Elements of a row, and its rows in the cache.
const K: usize = 2048;
const ROWS: usize = 512;

/// Bytes that only a third cache holds, and bytes that no cache does.
const FROM_CACHE: usize = 48 << 20;
const FROM_MEMORY: usize = 400 << 20;

/// The shortest time of one run in some, in seconds.
fn time(mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    let begun = Instant::now();
    let mut runs = 0;
    while runs < 3 || begun.elapsed() < Duration::from_millis(250) {
        let now = Instant::now();
        run();
        best = best.min(now.elapsed().as_secs_f64());
        runs += 1;
    }
    best
}

/// Bytes with scales that are small floats.
fn weights(format: Format, bytes: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut bytes: Vec<u8> = (0..bytes)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as u8 & 0xbb
        })
        .collect();
    // Where floats are not of half precision, their exponents.
    let (size, at, exponent) = match format {
        Format::F32 => (4, 3, 0x3e),
        Format::Bf16 => (2, 1, 0x3e),
        Format::Mxfp4 => (17, 0, 120),
        _ => return bytes,
    };
    for float in bytes.chunks_exact_mut(size) {
        float[at] = exponent;
    }
    bytes
}

struct Bench {
    isa: Isa,
    threads: Threads,
    format: Format,
}

impl Bench {
    /// Seconds for one product.
    fn seconds(&self, w: &[u8], rows: usize, cols: usize, k: usize) -> f64 {
        let floats: Vec<u8> = (0..cols * k)
            .flat_map(|i| ((i % 17) as f32 - 8.0).to_le_bytes())
            .collect();
        let kind = self.format.activations();
        let length = kind.row_bytes(k);
        let x = if kind == Activations::F32 {
            floats
        } else {
            let mut x = vec![0; cols * length];
            let dst = RowsMut::new(&mut x, length);
            let floats = Rows::new(&floats, 4 * k);
            quantize(self.isa, kind, dst, floats, cols, k, &self.threads);
            x
        };
        let mut out = vec![0; 4 * rows * cols];
        time(|| {
            let dst = RowsMut::new(&mut out, 4 * rows);
            let w = Rows::new(w, self.format.row_bytes(k));
            let x = Rows::new(&x, length);
            matmul(
                self.isa,
                self.format,
                dst,
                w,
                x,
                rows,
                cols,
                k,
                &self.threads,
            );
            black_box(&out);
        })
    }

    fn line(&self, memory: &[u8]) {
        let length = self.format.row_bytes(K);
        let w = &memory[..ROWS * length];
        let speed = |cols: usize| {
            let products = (ROWS * K * cols) as f64;
            products / self.seconds(w, ROWS, cols, K) / 1e9
        };
        print!("{:8}{:9.1}", self.format.name(), speed(1));
        for bytes in [FROM_CACHE, FROM_MEMORY] {
            let rows = bytes / length;
            let seconds = self.seconds(&memory[..bytes], rows, 1, K);
            print!("{:9.1}", (rows * K) as f64 / seconds / 1e9);
            print!("{:9.1}", (rows * length) as f64 / seconds / 1e9);
        }
        for cols in [2, 4, 8, 16, 64, 256] {
            print!("{:9.1}", speed(cols));
        }
        println!();
    }

    /// Attention with heads of 64: scores of 1024 keys, and as many values
    /// weighed, for one column and for 64.
    fn attention(&self, memory: &[u8]) {
        print!("{:8}", self.format.name());
        for (rows, k) in [(1024, 64), (64, 1024)] {
            for cols in [1, 3, 64] {
                let seconds = self.seconds(memory, rows, cols, k);
                print!("{:9.1}", (rows * cols * k) as f64 / seconds / 1e9);
            }
        }
        println!();
    }
}

/// Gigabytes per second that a plain sum of large memory reads.
fn bandwidth(memory: &[u8]) -> f64 {
    let words = memory.as_chunks::<64>().0;
    let seconds = time(|| {
        let mut sums = [0u64; 8];
        for line in words {
            for (sum, word) in sums.iter_mut().zip(line.as_chunks().0) {
                *sum ^= u64::from_le_bytes(*word);
            }
        }
        black_box(sums);
    });
    memory.len() as f64 / seconds / 1e9
}

fn main() {
    let (mut formats, mut isa) = (Format::ALL.to_vec(), Isa::best());
    let mut threads = Threads::one();
    for argument in std::env::args().skip(1) {
        let named = |isa: &&Isa| isa.name() == argument;
        if let Some(format) = Format::ALL.iter().find(|format| format.name() == argument) {
            formats = vec![*format];
        } else if let Some(found) = Isa::ALL.iter().find(named) {
            isa = *found;
        } else {
            let count = argument.parse::<NonZeroUsize>();
            let count = count.unwrap_or_else(|_| panic!("{argument} is no format, set or number"));
            threads = Threads::new(count).expect("there are threads");
        }
    }
    let mut bench = Bench {
        isa,
        threads,
        format: Format::F32,
    };
    println!(
        "{isa}, {} threads; one thread reads {:.1} GB/s",
        bench.threads.count(),
        bandwidth(&weights(Format::Q8_0, FROM_MEMORY))
    );
    println!("weights of {ROWS} rows of {K}; columns:");
    println!(
        "{:8}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "", 1, "cache", "GB/s", "memory", "GB/s", 2, 4, 8, 16, 64, 256
    );
    for format in formats.clone() {
        bench.format = format;
        bench.line(&weights(format, FROM_MEMORY));
    }
    println!("1024 x 64 (scores), 64 x 1024 (values); columns:");
    println!("{:8}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}", "", 1, 3, 64, 1, 3, 64);
    for format in formats {
        if format.activations() == Activations::F32 {
            bench.format = format;
            bench.attention(&weights(format, FROM_CACHE));
        }
    }
}

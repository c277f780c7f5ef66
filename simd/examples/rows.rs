//! Prints how fast operations on rows are:
//!
//! `cargo run --release -p lockstep-simd --example rows [ISA]`
//!
//! Figures are thousands of millions of elements in a second on one thread,
//! for 64 rows that stay in the caches.

use std::hint::black_box;
use std::time::{Duration, Instant};

use lockstep_simd::kernels::{
    Isa, Pointwise, Rows, RowsMut, Threads, pointwise, rms_norm, softmax,
};

const ROWS: usize = 64;

/// The shortest time of one run in some, in seconds.
fn time(mut run: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(250) {
        let now = Instant::now();
        run();
        best = best.min(now.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let name = std::env::args().nth(1);
    let named = |isa: &&Isa| name.as_deref().is_none_or(|name| isa.name() == name);
    let mut isas = Isa::ALL.iter().rev().filter(|isa| isa.is_supported());
    let isa = *isas.find(named).expect("this CPU has no such instructions");
    println!("{isa}");
    println!(
        "{:>6}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "", "softmax", "add", "swiglu", "geglu", "norm"
    );
    let threads = Threads::one();
    for n in [64, 256, 576, 2048] {
        let x: Vec<u8> = (0..ROWS * n)
            .flat_map(|i| ((i % 17) as f32 - 8.0).to_le_bytes())
            .collect();
        let mut out = vec![0; 4 * ROWS * n];
        let x = Rows::new(&x, 4 * n);
        let mut speed = |operation: &dyn Fn(RowsMut<'_>)| {
            let seconds = time(|| {
                operation(RowsMut::new(&mut out, 4 * n));
                black_box(&out);
            });
            (ROWS * n) as f64 / seconds / 1e9
        };
        let speeds = [
            speed(&|dst| softmax(isa, dst, Some(x), x, ROWS, n, [0.125, 1.0], &threads)),
            speed(&|dst| pointwise(isa, Pointwise::Add, dst, Some(x), x, ROWS, n, &threads)),
            speed(&|dst| pointwise(isa, Pointwise::Swiglu, dst, Some(x), x, ROWS, n, &threads)),
            speed(&|dst| pointwise(isa, Pointwise::Geglu, dst, Some(x), x, ROWS, n, &threads)),
            speed(&|dst| rms_norm(isa, dst, Some(x), Some(x.bytes), ROWS, n, 1e-5, &threads)),
        ];
        println!(
            "{n:>6}{}",
            speeds.map(|speed| format!("{speed:9.2}")).concat()
        );
    }
}

//! Chooses the sizes of the kernels: one that an interpreter runs for a few
//! tenths of a second, and a small one for tests.

use benches::kernels::Kernel;

use crate::clock;
use crate::engines::{Engine, Refusal};

/// What a bench size should take on the calibrating engine, in seconds.
const BENCH_SECONDS: f64 = 0.15;
/// What a test size should take there, in seconds.
const TEST_SECONDS: f64 = 0.001;
/// A run as long as this says enough about the speed, in seconds.
const ENOUGH_SECONDS: f64 = 0.05;

/// The kernel with new sizes; its answers are then out of date.
///
/// Work is taken as proportional to n, which is what the kernels promise.
pub(crate) fn calibrate(
    engine: &dyn Engine,
    kernel: &Kernel,
    wasm: &[u8],
) -> Result<Kernel, Refusal> {
    let mut guest = engine.open(wasm)?;
    let mut n = 1;
    loop {
        let (answer, time) = clock::time(|| guest.run(n));
        answer?;
        let seconds = time.as_secs_f64();
        if seconds >= ENOUGH_SECONDS || n > i32::MAX / 4 {
            return Ok(Kernel {
                test_n: size(n, seconds, TEST_SECONDS).max(3),
                bench_n: size(n, seconds, BENCH_SECONDS).max(3),
                ..kernel.clone()
            });
        }
        n *= 2;
    }
}

/// Two digits are enough and read better.
fn size(n: i32, seconds: f64, wanted: f64) -> i32 {
    let exact = f64::from(n) * wanted / seconds;
    let unit = 10f64.powf((exact.log10().floor() - 1.0).max(0.0));
    ((exact / unit).round() * unit) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_two_digits() {
        assert_eq!(size(1000, 0.1, 0.15), 1500);
        assert_eq!(size(1234, 0.1, 0.1), 1200);
        assert_eq!(size(7, 0.1, 0.1), 7);
    }
}

//! Operations on rows: the reference against mathematics, and the exponential
//! wherever it is.

use lockstep_simd::kernels::cases::Numbers;
use lockstep_simd::kernels::{Pointwise, Rows, RowsMut, Threads, pointwise, reference};

use crate::fast::{supported, two_threads};

#[test]
fn the_exponential_is_within_two_units_of_the_last_place() {
    let mut numbers = Numbers(3);
    let mut worst: f64 = 0.0;
    for _ in 0..200_000 {
        let x = (numbers.next() as f32 / u64::MAX as f32) * 176.0 - 87.3;
        let exact = f64::from(x).exp();
        let unit = f64::from(f32::from_bits((exact as f32).to_bits() & 0x7f80_0000)) / 8_388_608.0;
        worst = worst.max((f64::from(reference::exp(x)) - exact).abs() / unit);
    }
    assert!(worst < 2.0, "{worst}");
}

#[test]
fn the_exponential_has_its_limits() {
    let exp = |x: f32| reference::exp(x).to_bits();
    assert_eq!(exp(0.0), 1.0f32.to_bits());
    assert_eq!(exp(-0.0), 1.0f32.to_bits());
    assert_eq!(exp(f32::NEG_INFINITY), 0);
    assert_eq!(exp(-103.98), 0);
    assert_eq!(exp(-103.2), 1);
    assert_eq!(exp(f32::INFINITY), f32::INFINITY.to_bits());
    assert_eq!(exp(88.73), f32::INFINITY.to_bits());
    assert!(reference::exp(88.72) < f32::INFINITY);
    assert!(reference::exp(f32::NAN).is_nan());
}

/// A row through one of the operations of the reference.
fn row(x: &[f32], operation: impl Fn(RowsMut<'_>, Rows<'_>)) -> Vec<f32> {
    let x: Vec<u8> = x.iter().flat_map(|x| x.to_le_bytes()).collect();
    let mut out = vec![0; x.len()];
    operation(RowsMut::new(&mut out, 0), Rows::new(&x, 0));
    let (floats, _) = out.as_chunks();
    floats.iter().map(|f| f32::from_le_bytes(*f)).collect()
}

fn assert_close(found: &[f32], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        let error = (f64::from(*found) - expected).abs();
        assert!(
            error <= 1e-6 * expected.abs().max(1e-3),
            "{found} {expected}"
        );
    }
}

#[test]
fn the_reference_does_what_its_names_say() {
    let x: Vec<f32> = (0..37).map(|i| (i as f32 - 15.0) / 4.0).collect();
    let n = x.len();
    let exact = |f: &dyn Fn(f64) -> f64| x.iter().map(|x| f(f64::from(*x))).collect::<Vec<_>>();

    let zeros = vec![0; 4 * n];
    let found = row(&x, |dst, x| {
        reference::softmax(dst, Some(x), Rows::new(&zeros, 0), 1, n, [0.5, 1.0]);
    });
    let sum: f64 = x.iter().map(|x| (0.5 * f64::from(*x)).exp()).sum();
    assert_close(&found, &exact(&|x| (0.5 * x).exp() / sum));

    let twos: Vec<u8> = [2.0f32.to_le_bytes()].repeat(n).concat();
    let gate = |gate| {
        row(&x, |dst, x| {
            reference::pointwise(gate, dst, Some(x), Rows::new(&twos, 0), 1, n);
        })
    };
    assert_close(
        &gate(Pointwise::Swiglu),
        &exact(&|x| 2.0 * x / (1.0 + (-x).exp())),
    );
    let root = (2.0 / std::f64::consts::PI).sqrt();
    let gelu = |x: f64| x * (1.0 + (root * (x + 0.044_715 * x * x * x)).tanh());
    assert_close(&gate(Pointwise::Geglu), &exact(&gelu));

    let found = row(&x, |dst, x| {
        reference::rms_norm(dst, Some(x), Some(&twos), 1, n, 0.25);
    });
    let mean = x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / n as f64;
    assert_close(&found, &exact(&|x| 2.0 * x / (mean + 0.25).sqrt()));
}

#[test]
fn masked_elements_have_no_weight_and_masked_rows_have_no_number() {
    let x = [1.0, 2.0, 3.0];
    let masked = |mask: [f32; 3]| {
        let mask: Vec<u8> = mask.iter().flat_map(|m| m.to_le_bytes()).collect();
        row(&x, |dst, x| {
            reference::softmax(dst, Some(x), Rows::new(&mask, 0), 1, 3, [1.0, 1.0]);
        })
    };
    assert_eq!(
        masked([f32::NEG_INFINITY, f32::NEG_INFINITY, 0.0]),
        [0.0, 0.0, 1.0]
    );
    let nothing = masked([f32::NEG_INFINITY; 3]);
    assert!(nothing.iter().all(|x| x.to_bits() == 0x7fc0_0000));
}

/// Every exponent, and both sides of every limit.
#[test]
fn the_fast_exponential_has_the_bits_of_the_reference() {
    let bits = (0..=u32::MAX).step_by(40_503);
    let x: Vec<u8> = bits.flat_map(u32::to_le_bytes).collect();
    let n = x.len() / 4;
    let ones = [1.0f32.to_le_bytes()].repeat(n).concat();
    let (x, ones) = (Rows::new(&x, 0), Rows::new(&ones, 0));
    let mut expected = vec![0; 4 * n];
    let dst = RowsMut::new(&mut expected, 0);
    reference::pointwise(Pointwise::Swiglu, dst, Some(x), ones, 1, n);
    for isa in supported() {
        for threads in [Threads::one(), two_threads()] {
            let mut found = vec![1; 4 * n];
            let dst = RowsMut::new(&mut found, 0);
            pointwise(isa, Pointwise::Swiglu, dst, Some(x), ones, 1, n, &threads);
            assert!(found == expected, "{isa}, {} threads", threads.count());
        }
    }
}

//! Operations on rows: the reference against mathematics, and everything fast
//! against the reference.

use lockstep_simd::kernels::{
    Gate, Isa, Rows, RowsMut, Threads, gated, reference, rms_norm, softmax,
};

use crate::cases::{Numbers, floats};
use crate::fast::{canvas, supported, two_threads};

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
            reference::gated(gate, dst, Some(x), Rows::new(&twos, 0), 1, n);
        })
    };
    assert_close(
        &gate(Gate::Swiglu),
        &exact(&|x| 2.0 * x / (1.0 + (-x).exp())),
    );
    let root = (2.0 / std::f64::consts::PI).sqrt();
    let gelu = |x: f64| x * (1.0 + (root * (x + 0.044_715 * x * x * x)).tanh());
    assert_close(&gate(Gate::Geglu), &exact(&gelu));

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

/// One of the operations, in place or not.
type Operation<'a> = dyn Fn(Option<Isa>, RowsMut<'_>, Option<Rows<'_>>, &Threads) + 'a;

/// Holds an operation on these rows to the reference.
fn check(what: &str, x: Rows<'_>, rows: usize, n: usize, stride: usize, operation: &Operation) {
    let size = rows.saturating_sub(1) * stride + 4 * n + 7;
    let one = Threads::one();
    let run = |isa, in_place: bool, threads: &Threads| {
        let mut bytes = canvas(size);
        if in_place {
            for row in 0..rows {
                bytes[row * stride..][..4 * n].copy_from_slice(&x.bytes[row * x.stride..][..4 * n]);
            }
        }
        let x = (!in_place).then_some(x);
        operation(isa, RowsMut::new(&mut bytes, stride), x, threads);
        bytes
    };
    // Rows that overlap can not be brought there beforehand.
    let ways = if stride < 4 * n {
        &[false][..]
    } else {
        &[false, true]
    };
    for in_place in ways.iter().copied() {
        let expected = run(None, in_place, &one);
        for isa in supported() {
            for threads in [&one, &two_threads()] {
                let found = run(Some(isa), in_place, threads);
                let threads = threads.count();
                assert!(
                    found == expected,
                    "{what} with {isa} and {threads} threads, {rows} rows of {n}, in place: {in_place}"
                );
            }
        }
    }
}

/// Random and nasty rows through all operations.
fn rows(count: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    for _ in 0..count {
        let (rows, n) = match numbers.below(30) {
            0 => (40, 300 + numbers.below(500)),
            _ => (numbers.below(4), numbers.below(71)),
        };
        let own = numbers.below(3);
        let matrix = |numbers: &mut Numbers, gap: usize| {
            let mut bytes = vec![0; own];
            let values = floats(numbers, rows * n + 1);
            for row in 0..rows {
                bytes.extend_from_slice(&values[4 * n * row..][..4 * n]);
                bytes.extend(std::iter::repeat_n(9, gap));
            }
            (bytes, 4 * n + gap)
        };
        let gap = numbers.below(6);
        let (x, other) = (matrix(&mut numbers, gap), matrix(&mut numbers, 3));
        let (x, other) = (
            Rows::new(&x.0[own..], x.1),
            Rows::new(&other.0[own..], other.1),
        );
        let stride = numbers.one_of(&[4 * n, 4 * n + 5, 2 * n]);
        let a = f32::from_bits(numbers.next() as u32 & 0x80ff_ffff | 124 << 23);
        let factors = [a, numbers.one_of(&[1.0, 0.5, -0.0])];
        check(
            "softmax",
            x,
            rows,
            n,
            stride,
            &|isa, dst, x, threads| match isa {
                Some(isa) => softmax(isa, dst, x, other, rows, n, factors, threads),
                None => reference::softmax(dst, x, other, rows, n, factors),
            },
        );
        for gate in [Gate::Swiglu, Gate::Geglu] {
            check(
                "a gate",
                x,
                rows,
                n,
                stride,
                &|isa, dst, x, threads| match isa {
                    Some(isa) => gated(isa, gate, dst, x, other, rows, n, threads),
                    None => reference::gated(gate, dst, x, other, rows, n),
                },
            );
        }
        let w = (rows > 0 && a > 0.0).then(|| &other.bytes[..4 * n]);
        let eps = numbers.one_of(&[1e-5, 0.0, -1.0]);
        check(
            "a norm",
            x,
            rows,
            n,
            stride,
            &|isa, dst, x, threads| match isa {
                Some(isa) => rms_norm(isa, dst, x, w, rows, n, eps, threads),
                None => reference::rms_norm(dst, x, w, rows, n, eps),
            },
        );
    }
}

#[test]
fn rows_have_the_bits_of_the_reference() {
    rows(400, 1);
}

#[test]
#[ignore = "takes minutes"]
fn many_rows_have_the_bits_of_the_reference() {
    rows(40_000, 2);
}

/// Every exponent, and both sides of every limit.
#[test]
fn the_fast_exponential_has_the_bits_of_the_reference() {
    let bits = (0..=u32::MAX).step_by(40_503);
    let x: Vec<u8> = bits.flat_map(u32::to_le_bytes).collect();
    let n = x.len() / 4;
    let ones = [1.0f32.to_le_bytes()].repeat(n).concat();
    let (x, ones) = (Rows::new(&x, 0), Rows::new(&ones, 0));
    check(
        "a gate",
        x,
        1,
        n,
        4 * n,
        &|isa, dst, x, threads| match isa {
            Some(isa) => gated(isa, Gate::Swiglu, dst, x, ones, 1, n, threads),
            None => reference::gated(Gate::Swiglu, dst, x, ones, 1, n),
        },
    );
}

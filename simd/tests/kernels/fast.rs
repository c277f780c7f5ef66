//! Everything fast gives the bits of the reference, and writes nothing else.

use std::num::NonZeroUsize;

use lockstep_simd::kernels::{
    Activations, Format, Isa, Rows, RowsMut, Threads, matmul, quantize, reference,
};

use crate::cases::{Case, Numbers, floats};

pub(crate) fn supported() -> impl Iterator<Item = Isa> {
    let isas = Isa::ALL.iter().copied();
    isas.filter(|isa| {
        let supported = isa.is_supported();
        if !supported {
            eprintln!("skipped: this CPU lacks {isa}");
        }
        supported
    })
}

pub(crate) fn two_threads() -> Threads {
    Threads::new(NonZeroUsize::new(2).expect("2 is not 0")).expect("there are threads")
}

/// Bytes that results are written into.
pub(crate) fn canvas(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

/// Computes a case in every way, and returns how many products it has.
fn check(format: Format, case: &Case, threads: &[Threads]) -> usize {
    let Case {
        rows,
        cols,
        k,
        w,
        x,
        ..
    } = case;
    let (stride, start) = case.out;
    let size = start + (cols - 1) * stride + 4 * rows + 9;
    let inputs = || {
        (
            Rows::new(w.bytes(), w.stride),
            Rows::new(x.bytes(), x.stride),
        )
    };
    let mut expected = canvas(size);
    let dst = RowsMut::new(&mut expected[start..], stride);
    let (w_rows, x_rows) = inputs();
    reference::matmul(format, dst, w_rows, x_rows, *rows, *cols, *k);
    for isa in supported() {
        for threads in threads {
            let mut found = canvas(size);
            let dst = RowsMut::new(&mut found[start..], stride);
            let (w, x) = inputs();
            matmul(isa, format, dst, w, x, *rows, *cols, *k, threads);
            if found != expected {
                let at = (0..size).find(|at| found[*at] != expected[*at]);
                let at = at.expect("something differs");
                panic!(
                    "{format} with {isa} and {} threads, {rows} rows, {cols} columns, k {k}: \
                     byte {at}, {} of column {}, is {:#x} and not {:#x}",
                    threads.count(),
                    at - start,
                    (at - start) / stride.max(1),
                    found[at],
                    expected[at],
                );
            }
        }
    }
    rows * cols
}

/// Computes random products until there are so many.
fn products(count: usize, seed: u64) {
    let threads = [Threads::one(), two_threads()];
    for format in Format::ALL {
        let mut numbers = Numbers(seed + format as u64);
        let mut done = 0;
        while done < count {
            let most = numbers.one_of(&[4, 33, 33, 80]);
            let case = Case::new(&mut numbers, format, most);
            done += check(format, &case, &threads);
        }
    }
}

#[test]
fn products_have_the_bits_of_the_reference() {
    products(20_000, 1);
}

#[test]
#[ignore = "takes minutes: a million products of each format"]
fn a_million_products_have_the_bits_of_the_reference() {
    products(1_000_000, 1000);
}

/// One product large enough for tasks on several threads.
#[test]
fn large_products_have_the_bits_of_the_reference() {
    let threads = [Threads::one(), two_threads()];
    for format in Format::ALL {
        let mut numbers = Numbers(77);
        let case = (0..).find_map(|_| {
            let case = Case::new(&mut numbers, format, 400);
            (case.rows > 200 && (2..40).contains(&case.cols) && case.k > 64).then_some(case)
        });
        check(format, &case.expect("some case is"), &threads);
    }
}

#[test]
fn quants_have_the_bits_of_the_reference() {
    let mut numbers = Numbers(5);
    let threads = [Threads::one(), two_threads()];
    for _ in 0..3_000 {
        let kind = numbers.one_of(&[Activations::Q8x32, Activations::Q8x256]);
        let (rows, k) = (
            1 + numbers.below(5),
            kind.block_elements() * numbers.below(5),
        );
        let x = floats(&mut numbers, rows * k);
        let length = kind.row_bytes(k);
        let stride = numbers.one_of(&[length, length + 3, length / 2, 0]);
        let size = (rows - 1) * stride + length + 5;
        let mut expected = canvas(size);
        let dst = RowsMut::new(&mut expected, stride);
        reference::quantize(kind, dst, Rows::new(&x, 4 * k), rows, k);
        for isa in supported() {
            for threads in &threads {
                let mut found = canvas(size);
                let dst = RowsMut::new(&mut found, stride);
                quantize(isa, kind, dst, Rows::new(&x, 4 * k), rows, k, threads);
                assert!(found == expected, "{kind} with {isa}, {rows} rows, k {k}");
            }
        }
    }
}

#[test]
fn many_rows_are_quantized_on_many_threads() {
    let (rows, k) = (300, 1024);
    let x = floats(&mut Numbers(6), rows * k);
    for kind in [Activations::Q8x32, Activations::Q8x256] {
        let length = kind.row_bytes(k);
        let (mut expected, mut found) = (vec![0; rows * length], vec![1; rows * length]);
        let dst = RowsMut::new(&mut expected, length);
        reference::quantize(kind, dst, Rows::new(&x, 4 * k), rows, k);
        let dst = RowsMut::new(&mut found, length);
        let x = Rows::new(&x, 4 * k);
        quantize(Isa::best(), kind, dst, x, rows, k, &two_threads());
        assert!(found == expected, "{kind}");
    }
}

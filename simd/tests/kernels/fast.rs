//! Everything fast gives the bits of the reference, and writes nothing else.

use std::num::NonZeroUsize;

use lockstep_simd::kernels::cases::{By, Case, Numbers, Task, pattern};
use lockstep_simd::kernels::{
    Activations, Format, Isa, Pointwise, Rows, RowsMut, Threads, quantize, reference,
};

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

/// Computes a case in every way.
fn check(case: &Case, threads: &[Threads]) {
    // Some bytes in front and behind, which must stay as they are.
    let start = case.rows % 9;
    let run = |by| {
        let mut bytes = vec![0; start + case.bytes() + 9];
        pattern(&mut bytes, 0);
        case.prepare(&mut bytes[start..]);
        case.compute(by, &mut bytes[start..]);
        bytes
    };
    let expected = run(By::Reference);
    for isa in supported() {
        for threads in threads {
            let found = run(By::Fast(isa, threads));
            if let Some(at) = (0..expected.len()).find(|at| found[*at] != expected[*at]) {
                let Case {
                    task,
                    rows,
                    cols,
                    k,
                    stride,
                    in_place,
                    ..
                } = case;
                panic!(
                    "{task:?} with {isa} and {} threads, {rows} rows, {cols} columns, k {k}, in place: {in_place}: \
                     byte {at} of results that begin at {start}, {stride} apart, is {:#x} and not {:#x}",
                    threads.count(),
                    found[at],
                    expected[at],
                );
            }
        }
    }
}

/// Computes random cases until there are so many results.
fn results(task: Task, count: usize, seed: u64, most: &[usize]) {
    let threads = [Threads::one(), two_threads()];
    let mut numbers = Numbers(seed);
    let mut done = 0;
    while done < count {
        let most = numbers.one_of(most);
        let case = Case::new(&mut numbers, task, most);
        check(&case, &threads);
        done += case.results();
    }
}

fn products(count: usize, seed: u64) {
    for format in Format::ALL {
        let seed = seed + format as u64;
        results(Task::Matmul(format), count, seed, &[4, 33, 33, 80]);
    }
}

const ROW_TASKS: [Task; 6] = [
    Task::Softmax,
    Task::Pointwise(Pointwise::Add),
    Task::Pointwise(Pointwise::Swiglu),
    Task::Pointwise(Pointwise::Geglu),
    Task::RmsNormMul,
    Task::RmsNorm,
];

#[test]
fn products_have_the_bits_of_the_reference() {
    products(20_000, 1);
}

#[test]
#[ignore = "takes minutes: a million products of each format"]
fn a_million_products_have_the_bits_of_the_reference() {
    products(1_000_000, 1000);
}

#[test]
fn rows_have_the_bits_of_the_reference() {
    for task in ROW_TASKS {
        results(task, 300_000, 1, &[4, 4, 4, 100]);
    }
}

#[test]
#[ignore = "takes minutes"]
fn many_rows_have_the_bits_of_the_reference() {
    for task in ROW_TASKS {
        results(task, 6_000_000, 2, &[4, 4, 4, 100]);
    }
}

/// Products large enough for tasks on several threads: of rows, and of columns.
#[test]
fn large_products_have_the_bits_of_the_reference() {
    let threads = [Threads::one(), two_threads()];
    for format in Format::ALL {
        let mut numbers = Numbers(77);
        for many_rows in [true, false] {
            let case = (0..).find_map(|_| {
                let case = Case::new(&mut numbers, Task::Matmul(format), 400);
                let (long, short) = match many_rows {
                    true => (case.rows, case.cols),
                    false => (case.cols, case.rows),
                };
                (long > 200 && (2..40).contains(&short) && case.k > 64).then_some(case)
            });
            check(&case.expect("some case is"), &threads);
        }
    }
}

#[test]
fn quants_have_the_bits_of_the_reference() {
    for kind in [Activations::Q8x32, Activations::Q8x256] {
        let count = 10_000 * kind.block_elements();
        results(Task::Quantize(kind), count, 5, &[5]);
    }
}

#[test]
fn many_rows_are_quantized_on_many_threads() {
    let (rows, k) = (300, 1024);
    let mut numbers = Numbers(6);
    let floats = (0..rows * k).map(|_| (numbers.next() as i64) as f32);
    let x: Vec<u8> = floats.flat_map(f32::to_le_bytes).collect();
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

//! What the kernels compute and what that costs.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lockstep_llama::kernels::{KERNELS, Kernel, Work, twins};
use lockstep_simd::kernels::{Activations, Format, Isa, Rows, RowsMut, Threads, reference};
use lockstep_vm::{Config, Tier, TwinMode};

use crate::cases::{Case, Numbers, floats};
use crate::machine::Machine;
use crate::rows;
use crate::table::arguments;

/// Calls a kernel in a memory that is otherwise full of a pattern, and compares all of it, and the fuel.
pub(crate) fn check(
    machine: &mut Machine,
    kernel: &Kernel,
    args: &[u64],
    inputs: &[(usize, &[u8])],
    (at, expected): (usize, &[u8]),
) {
    let memory = machine.memory();
    pattern(memory);
    for (at, bytes) in inputs {
        memory[*at..at + bytes.len()].copy_from_slice(bytes);
    }
    let mut whole = memory.to_vec();
    whole[at..at + expected.len()].copy_from_slice(expected);
    let fuel = machine.call(kernel, args);
    let found = machine.memory();
    if found != whole {
        let (byte, _) = found
            .iter()
            .zip(&whole)
            .enumerate()
            .find(|(_, (a, b))| a != b)
            .expect("something differs");
        panic!(
            "{} with {args:?}: byte {byte} is {:#x} and not {:#x}; outputs begin at {at}",
            kernel.name, found[byte], whole[byte]
        );
    }
    assert_eq!(
        Some(fuel),
        kernel.fuel(args),
        "fuel of {} with {args:?}",
        kernel.name
    );
}

fn pattern(memory: &mut [u8]) {
    for (at, byte) in memory.iter_mut().enumerate() {
        *byte = (at % 251) as u8;
    }
}

/// How large memories are: the largest case fits.
const PAGES: u64 = 4;

const TWO: NonZeroUsize = NonZeroUsize::new(2).expect("2 is not 0");

/// Where outputs begin: somewhere odd, and inputs follow close behind.
pub(crate) const OUT: usize = 77;

fn product(machine: &mut Machine, kernel: &Kernel, format: Format, case: &Case) {
    let Case {
        rows,
        cols,
        k,
        w,
        x,
        out: (stride, _),
    } = case;
    let size = (cols - 1) * stride + 4 * rows;
    let mut expected = machine.memory()[..size].to_vec();
    pattern_at(&mut expected, OUT);
    reference::matmul(
        format,
        RowsMut::new(&mut expected, *stride),
        Rows::new(w.bytes(), w.stride),
        Rows::new(x.bytes(), x.stride),
        *rows,
        *cols,
        *k,
    );
    let w_at = OUT + size;
    let x_at = w_at + w.bytes().len();
    let args = [
        OUT, *stride, w_at, w.stride, x_at, x.stride, *rows, *cols, *k,
    ];
    check(
        machine,
        kernel,
        &args.map(|arg| arg as u64),
        &[(w_at, w.bytes()), (x_at, x.bytes())],
        (OUT, &expected),
    );
}

/// What `pattern` has from an address on.
pub(crate) fn pattern_at(bytes: &mut [u8], start: usize) {
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = ((start + at) % 251) as u8;
    }
}

fn quants(machine: &mut Machine, kernel: &Kernel, kind: Activations, numbers: &mut Numbers) {
    let (rows, k) = (numbers.below(5), kind.block_elements() * numbers.below(5));
    let x = floats(numbers, rows * k);
    let length = kind.row_bytes(k);
    let stride = numbers.one_of(&[length, length + 3, length / 2, 0]);
    let size = rows.saturating_sub(1) * stride + length;
    let mut expected = vec![0; size];
    pattern_at(&mut expected, OUT);
    reference::quantize(
        kind,
        RowsMut::new(&mut expected, stride),
        Rows::new(&x, 4 * k),
        rows,
        k,
    );
    let x_at = OUT + size;
    let args = [OUT, stride, x_at, 4 * k, rows, k];
    check(
        machine,
        kernel,
        &args.map(|arg| arg as u64),
        &[(x_at, &x)],
        (OUT, &expected),
    );
}

/// Runs random cases of each kernel until there are so many results.
fn cases(tier: Tier, count: usize, seed: u64) {
    run_cases(&mut Machine::new(tier, PAGES), count, seed);
}

fn run_cases(machine: &mut Machine, count: usize, seed: u64) {
    for (index, kernel) in KERNELS.iter().enumerate() {
        let mut numbers = Numbers(seed + index as u64);
        let mut done = 0;
        while done < count {
            match kernel.work {
                Work::Quantize(kind) => {
                    quants(machine, kernel, kind, &mut numbers);
                    done += 10;
                }
                Work::Matmul(format) => {
                    let most = numbers.one_of(&[2, 5, 20]);
                    let case = Case::new(&mut numbers, format, most);
                    product(machine, kernel, format, &case);
                    done += case.rows * case.cols;
                }
                _ => {
                    rows::check_one(machine, kernel, &mut numbers);
                    done += 10;
                }
            }
        }
    }
}

#[test]
fn interpreted_bodies_have_the_bits_of_the_reference() {
    cases(Tier::Interpreter, 1_000, 1);
}

#[test]
fn compiled_bodies_have_the_bits_of_the_reference() {
    cases(Tier::Jit, 1_000, 2);
}

/// The twins of kernels in all of their instruction sets, on one thread and on two.
#[test]
fn twins_have_the_bits_of_the_reference() {
    for isa in Isa::ALL.iter().copied().filter(|isa| isa.is_supported()) {
        for threads in [
            Threads::one(),
            Threads::new(TWO).expect("there are threads"),
        ] {
            let config = Config::new()
                .tier(Tier::Interpreter)
                .twins(Arc::new(twins(isa, &Arc::new(threads))));
            let mut machine = Machine::configured(&config, PAGES);
            run_cases(&mut machine, 500, 4);
            assert!(
                machine.twin_calls() > 100,
                "{isa}: they stood in for bodies"
            );
        }
    }
}

/// Both, in every call: the engine itself compares them, fuel included.
#[test]
fn twins_agree_with_bodies() {
    let config = Config::new()
        .tier(Tier::Jit)
        .twins(Arc::new(twins(Isa::best(), &Arc::new(Threads::one()))))
        .twin_mode(TwinMode::Check(1));
    let mut machine = Machine::configured(&config, PAGES);
    run_cases(&mut machine, 500, 5);
    assert!(machine.twin_calls() > 100);
}

#[test]
#[ignore = "takes minutes: a million products of each format, in each tier"]
fn a_million_products_have_the_bits_of_the_reference() {
    cases(Tier::Interpreter, 1_000_000, 1_000);
    cases(Tier::Jit, 1_000_000, 2_000);
}

/// Sizes of zero, and a `k` that is no whole number of blocks: the cost is still by the formula.
#[test]
fn odd_sizes_cost_what_the_formula_says() {
    let mut machine = Machine::new(Tier::Interpreter, PAGES);
    let mut numbers = Numbers(3);
    for kernel in &KERNELS {
        for _ in 0..200 {
            let (rows, cols, k) = (numbers.below(4), numbers.below(4), numbers.below(1_100));
            let args = arguments(kernel.work, rows as u64, cols as u64, k as u64);
            let fuel = machine.call(kernel, &args);
            assert_eq!(Some(fuel), kernel.fuel(&args), "{} {args:?}", kernel.name);
        }
    }
}

#[test]
fn costs_that_fit_no_number_are_told() {
    let huge = u64::MAX / 2;
    for kernel in &KERNELS {
        let args = arguments(kernel.work, huge, huge, huge);
        assert_eq!(kernel.fuel(&args), None, "{}", kernel.name);
    }
}

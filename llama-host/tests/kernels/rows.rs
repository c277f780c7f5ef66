//! Operations on rows, in place and not.

use lockstep_llama::kernels::{Kernel, Work};
use lockstep_simd::kernels::{Rows, RowsMut, reference};

use crate::cases::{Numbers, floats};
use crate::machine::Machine;
use crate::products::{OUT, check, pattern_at};

/// Runs a random case.
pub(crate) fn check_one(machine: &mut Machine, kernel: &Kernel, numbers: &mut Numbers) {
    let (rows, n) = (numbers.below(4), numbers.one_of(&[1, 3, 17, 40, 70]));
    let n = numbers.below(n + 1);
    let length = 4 * n;
    let in_place = numbers.below(3) == 0;
    let stride = match in_place {
        true => length + numbers.below(9),
        false => numbers.one_of(&[length, length + 3, length / 2, 0]),
    };
    let matrix = |numbers: &mut Numbers, gap: usize| {
        let stride = length + gap;
        (floats(numbers, (rows * stride).div_ceil(4) + n), stride)
    };
    let gap = if in_place { stride - length } else { 5 };
    let (x, x_stride) = matrix(numbers, gap);
    let (other, other_stride) = matrix(numbers, 3);
    let size = rows.saturating_sub(1) * stride + length;
    let mut expected = vec![0; size];
    match in_place {
        true => expected.copy_from_slice(&x[..size]),
        false => pattern_at(&mut expected, OUT),
    }
    let other_at = OUT + size;
    let x_at = if in_place {
        OUT
    } else {
        other_at + other.len()
    };
    let mut args = vec![OUT, stride, x_at, x_stride, other_at];
    if kernel.work != Work::RmsNormMul {
        args.push(other_stride);
    }
    args.extend([rows, n]);
    let factors = [0.125, numbers.one_of(&[1.0, 0.5])];
    let eps = numbers.one_of(&[1e-5, 0.0]);
    let dst = RowsMut::new(&mut expected, stride);
    let from = Rows::new(&x, x_stride);
    let x_rows = (!in_place).then_some(from);
    let other_rows = Rows::new(&other, other_stride);
    let scalars: &[f32] = match kernel.work {
        Work::Softmax => {
            reference::softmax(dst, x_rows, other_rows, rows, n, factors);
            &factors
        }
        Work::Gated(gate) => {
            reference::gated(gate, dst, x_rows, other_rows, rows, n);
            &[]
        }
        Work::RmsNormMul => {
            reference::rms_norm(dst, x_rows, Some(&other), rows, n, eps);
            &[eps]
        }
        _ => unreachable!("this is about rows"),
    };
    let args = args.into_iter().map(|arg| arg as u64);
    let args: Vec<u64> = args
        .chain(scalars.iter().map(|scalar| u64::from(scalar.to_bits())))
        .collect();
    let x = &x[..if in_place { size } else { x.len() }];
    check(
        machine,
        kernel,
        &args,
        &[(x_at, x), (other_at, &other)],
        (OUT, &expected),
    );
}

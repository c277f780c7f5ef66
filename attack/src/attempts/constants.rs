//! Constant expressions.

use wasm_encoder::ConstExpr;

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, leb, raw};
use crate::outcome::Kind;

/// One global whose initialiser multiplies `count` times.
fn product(count: usize) -> Vec<u8> {
    let mut init = ConstExpr::i64_const(3);
    for _ in 0..count {
        init = init.with_i64_const(7).with_i64_mul();
    }
    let mut parts = Parts::default();
    parts.global(I64, &init);
    parts.finish()
}

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "constant-long",
        "an initialiser of 300,000 multiplications",
        How::Instantiate(0),
        || product(300_000),
    )
    .within(1.0, 64),
    Attempt::new(
        "constant-deep",
        "an initialiser that has half a million numbers on its stack",
        How::Instantiate(0),
        || {
            let mut content = vec![1, 0x7f, 0];
            content.extend(std::iter::repeat_n([0x41, 1], 500_000).flatten());
            content.extend(vec![0x6a; 499_999]);
            content.push(0x0b);
            raw(&[(6, content)])
        },
    )
    .within(1.0, 64),
    Attempt::new(
        "constant-forward",
        "an initialiser that reads a later global",
        How::Validate,
        || {
            let mut parts = Parts::default();
            parts.global(I32, &ConstExpr::global_get(1));
            parts.global(I32, &ConstExpr::i32_const(1));
            parts.finish()
        },
    )
    .fails(Kind::Invalid, "global"),
    Attempt::new(
        "constant-endless",
        "an initialiser without end",
        How::Validate,
        || {
            let mut content = vec![1, 0x7f, 0];
            content.extend(vec![0x41; 1_000_000]);
            raw(&[(6, content)])
        },
    )
    .fails(Kind::Invalid, ""),
    Attempt::new(
        "constant-call",
        "an initialiser that calls",
        How::Validate,
        || {
            let mut content = leb(1);
            content.extend([0x7f, 0, 0x10, 0, 0x0b]);
            raw(&[(6, content)])
        },
    )
    .fails(Kind::Invalid, "constant expression"),
];

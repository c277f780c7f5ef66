//! Giant functions, locals by run length, and deep nesting.

use wasm_encoder::{BlockType, Function};

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, body, leb, raw};
use crate::outcome::Kind;

/// A module of one function `f` with this body.
fn one(f: Function) -> Vec<u8> {
    let mut parts = Parts::default();
    parts.main(f);
    parts.finish()
}

/// `count` times `open`, then `count` times `end`.
fn nested(count: u32, open: impl Fn(&mut Function), close: impl Fn(&mut Function)) -> Vec<u8> {
    let mut f = body();
    (0..count).for_each(|_| open(&mut f));
    (0..count).for_each(|_| close(&mut f));
    one(f)
}

fn end(f: &mut Function) {
    f.instructions().end();
}

/// A module with one body, written as it is: local groups, then code.
fn raw_body(groups: &[(u32, u8)], code: &[u8]) -> Vec<u8> {
    let mut body = leb(groups.len() as u64);
    for &(count, ty) in groups {
        body.extend(leb(u64::from(count)));
        body.push(ty);
    }
    body.extend(code);
    let mut section = vec![1];
    section.extend(leb(body.len() as u64));
    section.extend(body);
    raw(&[(1, vec![1, 0x60, 0, 0]), (3, vec![1, 0]), (10, section)])
}

pub(super) const ALL: &[Attempt] = &[
    Attempt::new("body-1m", "a body of 1 MB of additions", How::Lower, || {
        let mut f = Function::new([(1, I32)]);
        (0..150_000).for_each(|i| {
            f.instructions()
                .local_get(0)
                .i32_const(i & 63)
                .i32_add()
                .local_set(0);
        });
        one(f)
    })
    .within(1.0, 64),
    Attempt::new(
        "body-7m",
        "a body of nearly the largest size",
        How::Lower,
        || {
            let mut f = Function::new([(1, I32)]);
            (0..1_080_000).for_each(|i| {
                f.instructions()
                    .local_get(0)
                    .i32_const(i & 63)
                    .i32_add()
                    .local_set(0);
            });
            one(f)
        },
    )
    .within(4.0, 200),
    Attempt::new(
        "body-8m",
        "a body over the largest size",
        How::Validate,
        || one(Function::new([]).raw(vec![0x01; 8_000_000]).clone()),
    )
    .fails(Kind::Invalid, "size is out of bounds"),
    Attempt::new(
        "locals-50000",
        "50,000 locals, each written and read",
        How::Lower,
        || {
            let mut f = Function::new([(50_000, I64)]);
            (0..50_000).for_each(|i| {
                f.instructions().local_get(i).local_set(49_999 - i);
            });
            one(f)
        },
    ),
    Attempt::new(
        "locals-1m",
        "a million locals by run length",
        How::Validate,
        || raw_body(&[(1_000_000, 0x7f)], &[0x0b]),
    )
    .fails(Kind::Invalid, "too many locals"),
    Attempt::new(
        "locals-2-32",
        "2^32 - 1 locals by run length",
        How::Validate,
        || raw_body(&[(u32::MAX, 0x7f)], &[0x0b]),
    )
    .fails(Kind::Invalid, "too many locals"),
    Attempt::new(
        "locals-overflow",
        "groups of locals that overflow their sum",
        How::Validate,
        || raw_body(&[(u32::MAX, 0x7f), (2, 0x7f)], &[0x0b]),
    )
    .fails(Kind::Invalid, "too many locals"),
    Attempt::new(
        "locals-empty-groups",
        "a million groups of no locals",
        How::Lower,
        || raw_body(&vec![(0, 0x7f); 1_000_000], &[0x0b]),
    ),
    Attempt::new(
        "blocks-1m-deep",
        "a million nested blocks",
        How::Lower,
        || {
            nested(
                1_000_000,
                |f| {
                    f.instructions().block(BlockType::Empty);
                },
                end,
            )
        },
    )
    .within(2.0, 400),
    Attempt::new(
        "loops-1m-deep",
        "a million nested loops",
        How::Lower,
        || {
            nested(
                1_000_000,
                |f| {
                    f.instructions().loop_(BlockType::Empty);
                },
                end,
            )
        },
    )
    .within(2.0, 400),
    Attempt::new(
        "ifs-500k-deep",
        "half a million nested ifs",
        How::Lower,
        || {
            nested(
                500_000,
                |f| {
                    f.instructions().i32_const(1).if_(BlockType::Empty);
                },
                end,
            )
        },
    )
    .within(2.0, 400),
    Attempt::new(
        "elses-300k-deep",
        "300,000 ifs nested in each other's else",
        How::Lower,
        || {
            nested(
                300_000,
                |f| {
                    f.instructions().i32_const(1).if_(BlockType::Empty).else_();
                },
                end,
            )
        },
    )
    .within(2.0, 400),
    Attempt::new(
        "operands-30k-deep",
        "30,000 operands, added",
        How::Lower,
        || {
            let mut f = body();
            (0..30_000).for_each(|i| {
                f.instructions().i32_const(i);
            });
            (1..30_000).for_each(|_| {
                f.instructions().i32_add();
            });
            f.instructions().drop();
            one(f)
        },
    ),
    Attempt::new(
        "operands-1m-deep",
        "a million operands: more than a frame has slots",
        How::Lower,
        || {
            let mut f = body();
            (0..1_000_000).for_each(|_| {
                f.instructions().i32_const(1);
            });
            (0..1_000_000).for_each(|_| {
                f.instructions().drop();
            });
            one(f)
        },
    )
    .fails(Kind::Limit, "needs more than 65520 frame slots"),
    Attempt::new(
        "lazy-locals-saved",
        "60,000 operands, and 64 locals below them that are written",
        How::Lower,
        || {
            let mut f = Function::new([(64, I32)]);
            for _ in 0..20 {
                (0..63).for_each(|i| {
                    f.instructions().local_get(i);
                });
                (0..60_000).for_each(|_| {
                    f.instructions().i32_const(1);
                });
                (0..63).for_each(|i| {
                    f.instructions().i32_const(0).local_set(i);
                });
                (0..60_063).for_each(|_| {
                    f.instructions().drop();
                });
            }
            one(f)
        },
    )
    .within(1.0, 100),
    Attempt::new(
        "constants-400k",
        "a pool of 400,000 different constants",
        How::Lower,
        || {
            let mut f = Function::new([(1, I64)]);
            (0..400_000i64).for_each(|i| {
                f.instructions()
                    .local_get(0)
                    .i64_const(i << 40 | i)
                    .i64_add()
                    .local_set(0);
            });
            one(f)
        },
    )
    .within(2.0, 200),
    Attempt::new(
        "dead-code",
        "7 MB that cannot be reached",
        How::Lower,
        || {
            let mut f = body();
            f.instructions().unreachable();
            (0..2_000_000).for_each(|_| {
                f.instructions().i32_const(1).drop();
            });
            one(f)
        },
    )
    .within(2.0, 64),
    Attempt::new(
        "ref-func-storm",
        "two million times ref.func",
        How::Lower,
        || {
            let mut parts = Parts::default();
            parts
                .elements
                .declared(wasm_encoder::Elements::Functions(vec![0].into()));
            let mut f = body();
            (0..2_000_000).for_each(|_| {
                f.instructions().ref_func(0).drop();
            });
            parts.main(f);
            parts.finish()
        },
    )
    .within(3.0, 300),
];

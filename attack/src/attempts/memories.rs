//! Memory bombs.

use wasm_encoder::ConstExpr;

use crate::attempt::{Attempt, How};
use crate::build::{Parts, text};
use crate::outcome::Kind;

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "memory-16g-declared",
        "declare a memory of 16 GiB and touch one byte",
        How::Call(1_000),
        || text("(module (memory i64 0x40000) (func (export \"f\") (i64.store (i64.const 0x3fffffff8) (i64.const 1))))"),
    ),
    Attempt::new(
        "memory-100-at-max",
        "a hundred memories of 64 GiB each",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            (0..100).for_each(|_| parts.memory(1 << 20, None));
            parts.finish()
        },
    ),
    Attempt::new(
        "memory-101",
        "more memories than there may be",
        How::Validate,
        || {
            let mut parts = Parts::default();
            (0..101).for_each(|_| parts.memory(0, None));
            parts.finish()
        },
    )
    .fails(Kind::Invalid, "memories count exceeds limit of 100"),
    Attempt::new(
        "memory-min-over-profile",
        "a 64-bit memory whose minimum is beyond the profile",
        How::Instantiate(0),
        || text("(module (memory i64 0x100001))"),
    )
    .fails(Kind::Limit, "a memory of 1048577 pages, more than 1048576"),
    Attempt::new(
        "memory-min-2-48",
        "a 64-bit memory of 2^48 pages, which is all there can be",
        How::Instantiate(0),
        || text("(module (memory i64 0x1000000000000))"),
    )
    .fails(Kind::Limit, "more than 1048576"),
    Attempt::new(
        "memory-grow-loop",
        "grow by one page until it fails, and then for ever",
        How::Call(10_000_000),
        || text("(module (memory i64 0) (func (export \"f\") (loop (drop (memory.grow (i64.const 1))) (br 0))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(20.0, 64),
    Attempt::new(
        "memory-grow-huge",
        "grow by 2^64 - 1 pages, for ever",
        How::Call(1_000_000),
        || text("(module (memory i64 1) (func (export \"f\") (loop (drop (memory.grow (i64.const -1))) (br 0))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new(
        "memory-fill-16g",
        "fill 16 GiB with fuel for 64 MiB",
        How::Call(1_000_000),
        || text("(module (memory i64 0x40000) (func (export \"f\") (memory.fill (i64.const 0) (i32.const 1) (i64.const 0x400000000))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(1.0, 80),
    Attempt::new(
        "memory-copy-16g",
        "copy 8 GiB onto itself, one byte further, with fuel for 64 MiB",
        How::Call(1_000_000),
        || text("(module (memory i64 0x40000) (func (export \"f\") (memory.copy (i64.const 1) (i64.const 0) (i64.const 0x200000000))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(1.0, 80),
    Attempt::new(
        "memory-touch-pages",
        "touch a byte of each page for a million units of fuel: 4 KiB for 9 units",
        How::Call(1_000_000),
        || {
            text(
                "(module (memory i64 0x40000) (func (export \"f\") (local i64) (loop
                   (i64.store8 (local.get 0) (i64.const 1))
                   (local.set 0 (i64.add (local.get 0) (i64.const 4096))) (br 0))))",
            )
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(2.0, 600),
    Attempt::new(
        "data-outside",
        "a data segment behind the end of memory",
        How::Instantiate(0),
        || text("(module (memory i64 1) (data (i64.const 0xffffffffffffffff) \"xx\"))"),
    )
    .fails(Kind::Trap, "out of bounds memory access"),
    Attempt::new(
        "data-overlapping",
        "100,000 segments of 100 bytes over the same address",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.memory(1, None);
            for _ in 0..100_000 {
                parts.data.active(0, &ConstExpr::i64_const(7), [1; 100]);
            }
            parts.finish()
        },
    )
    .within(1.0, 100),
    Attempt::new(
        "data-64m",
        "one segment of 64 MiB",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.memory(1 << 11, None);
            parts.data.active(0, &ConstExpr::i64_const(0), vec![1; 64 << 20]);
            parts.finish()
        },
    )
    .within(2.0, 160),
    Attempt::new(
        "data-100001",
        "more data segments than there may be",
        How::Validate,
        || {
            let mut parts = Parts::default();
            (0..100_001).for_each(|_| {
                parts.data.passive([]);
            });
            parts.finish()
        },
    )
    .fails(Kind::Invalid, "exceeds limit of 100000"),
];

//! Table bombs.

use wasm_encoder::{ConstExpr, Elements, RefType};

use crate::attempt::{Attempt, How};
use crate::build::{Parts, body, table, text};
use crate::outcome::Kind;

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "table-10m",
        "a table of ten million elements",
        How::Instantiate(0),
        || text("(module (table 10000000 funcref))"),
    ),
    Attempt::new(
        "table-10m-filled",
        "a table of ten million elements that are not null",
        How::Instantiate(0),
        || text("(module (table 10000000 (ref func) (ref.func 0)) (func) (elem declare func 0))"),
    )
    .within(1.0, 90),
    Attempt::new(
        "table-over-limit",
        "a table of one element more",
        How::Instantiate(0),
        || text("(module (table 10000001 funcref))"),
    )
    .fails(Kind::Limit, "a table of 10000001 elements, more than 10000000"),
    Attempt::new(
        "table-min-2-64",
        "a 64-bit table of 2^64 - 1 elements",
        How::Instantiate(0),
        || text("(module (table i64 0xffffffffffffffff funcref))"),
    )
    .fails(Kind::Limit, "more than 10000000"),
    Attempt::new(
        "table-grow-loop",
        "grow by one element for ever",
        How::Call(10_000_000),
        || text("(module (table 0 funcref) (func (export \"f\") (loop (drop (table.grow (ref.null func) (i32.const 1))) (br 0))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(2.0, 90),
    Attempt::new(
        "table-grow-huge",
        "grow by 2^32 - 1 elements for ever",
        How::Call(1_000_000),
        || text("(module (table 1 funcref) (func (export \"f\") (loop (drop (table.grow (ref.null func) (i32.const -1))) (br 0))))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new(
        "tables-1000-at-max",
        "a thousand tables of ten million null elements: 75 GiB",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            (0..1000).for_each(|_| parts.table(RefType::FUNCREF, 10_000_000));
            parts.finish()
        },
    )
    .fails(Kind::HostResource, "elements of tables"),
    Attempt::new(
        "tables-1000-filled",
        "the same with elements that are not null",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.main(body());
            for _ in 0..1000 {
                let ty = table(RefType::FUNCREF, 10_000_000);
                parts.tables.table_with_init(ty, &ConstExpr::ref_func(0));
            }
            parts.finish()
        },
    )
    .fails(Kind::HostResource, "elements of tables")
    .within(1.0, 64),
    Attempt::new(
        "tables-100k-empty",
        "100,000 empty tables",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            (0..100_000).for_each(|_| parts.table(RefType::FUNCREF, 0));
            parts.finish()
        },
    ),
    Attempt::new(
        "elements-1m-expressions",
        "a passive segment of a million expressions",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.main(body());
            let items = vec![ConstExpr::ref_func(0); 1_000_000];
            parts.elements.passive(Elements::Expressions(RefType::FUNCREF, items.into()));
            parts.finish()
        },
    )
    .within(1.0, 100),
    Attempt::new(
        "elements-10m-functions",
        "a passive segment of ten million functions",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.main(body());
            parts.elements.passive(Elements::Functions(vec![0; 10_000_000].into()));
            parts.finish()
        },
    )
    .within(3.0, 200),
    Attempt::new(
        "elements-count-lie",
        "an active segment longer than its table",
        How::Instantiate(0),
        || text("(module (table 1 funcref) (func) (elem (i32.const 1) func 0))"),
    )
    .fails(Kind::Trap, "out of bounds table access"),
];

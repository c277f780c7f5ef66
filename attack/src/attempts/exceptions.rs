//! Exceptions: unwinding charges no fuel, and exceptions take memory.

use wasm_encoder::{BlockType, Catch, ConstExpr, Function, RefType, ValType};

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, body, text, typed};
use crate::outcome::Kind;

/// A module whose `f` throws in a loop while `regions` other handlers lie
/// behind it in the same function.
fn regions(count: u32) -> Vec<u8> {
    let mut parts = Parts::default();
    let nothing = parts.ty(&[], &[]);
    parts.tag(nothing);
    let mut f = body();
    let mut code = f.instructions();
    code.loop_(BlockType::Empty).block(BlockType::Empty);
    code.try_table(BlockType::Empty, [Catch::One { tag: 0, label: 0 }])
        .throw(0)
        .end()
        .end();
    code.i32_const(1).br_if(0).end();
    for _ in 0..count {
        code.block(BlockType::Empty)
            .try_table(BlockType::Empty, [Catch::All { label: 0 }])
            .call(0)
            .end()
            .end();
    }
    let index = parts.func(nothing, f);
    parts.export_f(index);
    parts.finish()
}

/// A module that keeps each exception it throws: `wide` values, in a table.
fn hoard(wide: usize) -> Vec<u8> {
    let mut parts = Parts::default();
    let payload = vec![I64; wide];
    let ty = parts.ty(&payload, &[]);
    parts.tag(ty);
    let exn = ValType::Ref(RefType::EXNREF);
    let mut caught = payload.clone();
    caught.push(exn);
    let out = parts.ty(&[], &caught);
    let again = parts.ty(&payload, &payload);
    let attempt = parts.ty(&payload, &caught);
    parts.table(RefType::EXNREF, 1_000_000);
    let mut f = Function::new([(1, I32), (1, exn)]);
    let mut code = f.instructions();
    (0..wide).for_each(|_| {
        code.i64_const(1);
    });
    code.loop_(typed(again));
    // The payload goes in as parameters of the handler's body and comes back by its clause.
    code.block(typed(attempt))
        .try_table(typed(attempt), [Catch::OneRef { tag: 0, label: 0 }])
        .throw(0)
        .end()
        .end();
    code.local_set(1).local_get(0).local_get(1).table_set(0);
    code.local_get(0).i32_const(1).i32_add().local_set(0);
    code.br(0).end();
    (0..wide).for_each(|_| {
        code.drop();
    });
    let _ = out;
    parts.main(f);
    parts.finish()
}

/// A module that throws through `depth` frames again and again.
fn through_frames() -> Vec<u8> {
    text(
        "(module (tag $e) (func $down (param i32)
           (if (i32.eqz (local.get 0)) (then (throw $e)))
           (call $down (i32.sub (local.get 0) (i32.const 1))))
         (func (export \"f\") (loop
           (block $b (try_table (catch $e $b) (call $down (i32.const 100000))))
           (br 0))))",
    )
}

fn legacy_nested(count: u32) -> Vec<u8> {
    let mut parts = Parts::default();
    let nothing = parts.ty(&[], &[]);
    let with_value = parts.ty(&[I32], &[]);
    parts.tag(nothing);
    parts.tag(with_value);
    let mut f = body();
    let mut code = f.instructions();
    code.try_(BlockType::Empty);
    (0..count).for_each(|_| {
        code.try_(BlockType::Empty);
    });
    code.throw(0);
    (0..count).for_each(|_| {
        code.catch(1).drop().end();
    });
    code.catch_all().end();
    parts.main(f);
    parts.finish()
}

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "throw-many-regions",
        "throw in a loop beside 100,000 handlers that have nothing to do with it",
        How::Call(1_000_000),
        || regions(100_000),
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(3.0, 300),
    Attempt::new(
        "try-10k-deep",
        "a throw out of 10,000 nested legacy handlers that do not catch it",
        How::Call(1_000_000),
        || legacy_nested(10_000),
    ),
    Attempt::new(
        "try-300k-deep",
        "the same with 300,000",
        How::Call(10_000_000),
        || legacy_nested(300_000),
    )
    .within(3.0, 400),
    Attempt::new(
        "try-catches-10k",
        "a handler of 10,000 clauses, none of which fits, and 100,000 throws",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            (0..2).for_each(|_| parts.tag(nothing));
            let mut catches = vec![Catch::One { tag: 1, label: 0 }; 9_999];
            catches.push(Catch::All { label: 0 });
            let mut f = body();
            let mut code = f.instructions();
            code.loop_(BlockType::Empty).block(BlockType::Empty);
            code.try_table(BlockType::Empty, catches)
                .throw(0)
                .end()
                .end()
                .br(0)
                .end();
            let index = parts.func(nothing, f);
            parts.export_f(index);
            parts.finish()
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(1.0, 64)
    .open("looking through the clauses of a handler charges no fuel: a throw may look at 10,000"),
    Attempt::new(
        "throw-100k-frames",
        "throw through 100,000 frames for 30 million units of fuel",
        How::Call(30_000_000),
        through_frames,
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(5.0, 64),
    Attempt::new(
        "throw-uncaught-deep",
        "an exception that leaves 100,000 frames",
        How::Call(u64::MAX),
        || {
            text(
                "(module (tag $e) (func $down (param i32)
               (if (i32.eqz (local.get 0)) (then (throw $e)))
               (call $down (i32.sub (local.get 0) (i32.const 1))))
             (func (export \"f\") (call $down (i32.const 100000))))",
            )
        },
    )
    .fails(Kind::Exception, "more frames"),
    Attempt::new(
        "throw-garbage",
        "throw and forget exceptions of a thousand values, for ever",
        How::Call(2_000_000),
        || {
            let mut parts = Parts::default();
            let ty = parts.ty(&[I64; 1000], &[]);
            let again = parts.ty(&[I64; 1000], &[I64; 1000]);
            parts.tag(ty);
            let mut f = body();
            let mut code = f.instructions();
            (0..1000).for_each(|_| {
                code.i64_const(1);
            });
            code.loop_(typed(again))
                .block(typed(again))
                .try_table(typed(again), [Catch::One { tag: 0, label: 0 }]);
            code.throw(0).end().end().br(0).end();
            (0..1000).for_each(|_| {
                code.drop();
            });
            parts.main(f);
            parts.finish()
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(5.0, 200),
    Attempt::new(
        "throw-hoard",
        "keep every exception alive in a table: 8 KB for 12 units of fuel",
        How::Call(20_000_000),
        || hoard(1000),
    )
    .fails(Kind::HostResource, "exceptions")
    .within(5.0, 1500),
    Attempt::new(
        "throw-large-tables",
        "throw in a loop beside a hundred tables of a million exceptions",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            parts.tag(nothing);
            for _ in 0..100 {
                parts.table(RefType::EXNREF, 1_000_000);
            }
            parts.global(I32, &ConstExpr::i32_const(0));
            let mut f = body();
            let mut code = f.instructions();
            code.loop_(BlockType::Empty).block(BlockType::Empty);
            code.try_table(BlockType::Empty, [Catch::One { tag: 0, label: 0 }])
                .throw(0)
                .end()
                .end()
                .br(0)
                .end();
            let index = parts.func(nothing, f);
            parts.export_f(index);
            parts.finish()
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(4.0, 1000),
];

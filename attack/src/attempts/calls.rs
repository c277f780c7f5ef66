//! Recursion, huge frames and expensive calls.

use wasm_encoder::{Function, ValType};

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, body, text};
use crate::outcome::Kind;

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "recursion-direct",
        "a function that calls itself without end",
        How::Call(u64::MAX),
        || text("(module (func $f (export \"f\") (call $f)))"),
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "recursion-mutual",
        "two functions that call each other without end",
        How::Call(u64::MAX),
        || text("(module (func $f (export \"f\") (call $g)) (func $g (call $f)))"),
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "recursion-indirect",
        "the same through a table",
        How::Call(u64::MAX),
        || text("(module (table funcref (elem $f)) (func $f (export \"f\") (call_indirect (i32.const 0))))"),
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "recursion-operands",
        "recursion with a thousand operands waiting in each frame",
        How::Call(u64::MAX),
        || {
            let mut parts = Parts::default();
            let mut f = body();
            (0..1000).for_each(|i| {
                f.instructions().i32_const(i);
            });
            f.instructions().call(0);
            (0..1000).for_each(|_| {
                f.instructions().drop();
            });
            parts.main(f);
            parts.finish()
        },
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "recursion-huge-frames",
        "recursion with 50,000 locals in each frame",
        How::Call(u64::MAX),
        || {
            let mut parts = Parts::default();
            let mut f = Function::new([(50_000, I64)]);
            f.instructions().call(0).local_get(49_999).drop();
            parts.main(f);
            parts.finish()
        },
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "tail-calls-for-ever",
        "tail calls without end",
        How::Call(10_000_000),
        || text("(module (func $f (export \"f\") (return_call $g)) (func $g (return_call $f)))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new(
        "start-for-ever",
        "a start function that never ends",
        How::Instantiate(1_000_000),
        || text("(module (func $f (loop (br 0))) (start $f))"),
    )
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new(
        "call-1000-params",
        "calls with 1000 parameters and 1000 results, for ever",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let wide = parts.ty(&[I64; 1000], &[I64; 1000]);
            let mut g = body();
            (0..1000).rev().for_each(|i| {
                g.instructions().local_get(i);
            });
            parts.func(wide, g);
            let nothing = parts.ty(&[], &[]);
            let mut f = body();
            let mut code = f.instructions();
            (0..1000).for_each(|i| {
                code.i64_const(i);
            });
            code.loop_(crate::build::typed(wide)).call(0).br(0).end().unreachable();
            let main = parts.func(nothing, f);
            parts.export_f(main);
            parts.finish()
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new(
        "zeroed-locals",
        "call a function that must zero 50,000 locals, for 6 units of fuel each time",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            let mut g = Function::new([(50_000, ValType::I64)]);
            g.instructions().local_get(0).drop().local_get(49_999).drop();
            parts.func(nothing, g);
            let mut f = body();
            f.instructions().loop_(wasm_encoder::BlockType::Empty).call(0).br(0).end();
            let main = parts.func(nothing, f);
            parts.export_f(main);
            parts.finish()
        },
    )
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(0.1, 64)
    .open("entering a function zeroes its locals without a charge: up to 512 KB for a call"),
    Attempt::new(
        "lazy-100k-functions",
        "call each of 100,000 functions once",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            for _ in 0..100_000 {
                parts.func(nothing, body());
            }
            let mut f = body();
            (0..100_000).for_each(|i| {
                f.instructions().call(i);
            });
            let main = parts.func(nothing, f);
            parts.export_f(main);
            parts.finish()
        },
    )
    .within(2.0, 200),
    Attempt::new(
        "lazy-1000-huge-frames",
        "call each of 1000 functions of 50,000 locals once: lowering is not charged",
        How::Call(1_000_000),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            for _ in 0..1000 {
                parts.func(nothing, Function::new([(50_000, I64)]));
            }
            let mut f = body();
            (0..1000).for_each(|i| {
                f.instructions().call(i);
            });
            let main = parts.func(nothing, f);
            parts.export_f(main);
            parts.finish()
        },
    ),
    Attempt::new(
        "trap-deep",
        "fill the call stack from 64 large functions and trap",
        How::Call(u64::MAX),
        || {
            let mut parts = Parts::default();
            let nothing = parts.ty(&[], &[]);
            for i in 0..64 {
                let mut f = body();
                let mut code = f.instructions();
                (0..20_000).for_each(|k| {
                    code.i32_const(k).drop();
                });
                code.call((i + 1) % 64);
                parts.func(nothing, f);
            }
            parts.export_f(0);
            parts.finish()
        },
    )
    .fails(Kind::Trap, "more frames")
    .within(5.0, 200),
    Attempt::new(
        "frame-too-large",
        "a frame of more slots than the profile has: 40,000 vectors",
        How::Call(1_000),
        || {
            let mut parts = Parts::default();
            let f = Function::new([(40_000, ValType::V128)]);
            parts.main(f);
            parts.finish()
        },
    )
    .fails(Kind::Limit, "needs more than 65520 frame slots"),
    Attempt::new(
        "hostile-names",
        "function names of 90 KB, with terminal escapes, in a deep backtrace",
        How::Call(u64::MAX),
        || {
            let mut bytes = text("(module (func $f (export \"f\") (call $f)))");
            let name = format!("\x1b[2J\x07{}", "x".repeat(90_000));
            let mut names = wasm_encoder::NameMap::new();
            names.append(0, &name);
            let mut section = wasm_encoder::NameSection::new();
            section.functions(&names);
            let mut module = wasm_encoder::Module::new();
            module.section(&section);
            bytes.extend(&module.finish()[8..]);
            bytes
        },
    )
    .fails(Kind::Trap, "call stack exhausted"),
    Attempt::new(
        "params-1001",
        "a function of 1001 parameters",
        How::Validate,
        || {
            let mut parts = Parts::default();
            parts.ty(&[I32; 1001], &[]);
            parts.finish()
        },
    )
    .fails(Kind::Invalid, "exceeds limit of 1000"),
];

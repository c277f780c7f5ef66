//! Very many of one thing.

use wasm_encoder::{
    CompositeInnerType, CompositeType, ConstExpr, EntityType, ExportKind, FuncType, HeapType,
    RefType, SubType, ValType,
};

use crate::attempt::{Attempt, How};
use crate::build::{I32, I64, Parts, body};
use crate::outcome::Kind;

fn imports(count: usize, name: &str) -> Vec<u8> {
    let mut parts = Parts::default();
    let ty = parts.ty(&[I32; 1000], &[I32; 1000]);
    for i in 0..count {
        parts
            .imports
            .import("env", &format!("{name}{i}"), EntityType::Function(ty));
    }
    parts.finish()
}

fn functions(count: u32) -> Vec<u8> {
    let mut parts = Parts::default();
    let ty = parts.ty(&[], &[]);
    (0..count).for_each(|_| {
        parts.func(ty, body());
    });
    parts.finish()
}

/// A type of the parameters that the digits of `number` say.
fn distinct(number: u32) -> Vec<ValType> {
    (0..20)
        .map(|bit| if number >> bit & 1 == 0 { I32 } else { I64 })
        .collect()
}

fn groups(count: u32, size: u32) -> Vec<u8> {
    let mut parts = Parts::default();
    for group in 0..count {
        let first = group * size;
        let members = (0..size).map(|i| {
            // Each member refers to the next: nothing about it is known before the group ends.
            let next = RefType {
                nullable: true,
                heap_type: HeapType::Concrete(first + (i + 1) % size),
            };
            let mut params = distinct(group);
            params.push(ValType::Ref(next));
            SubType {
                is_final: true,
                supertype_idxs: Default::default(),
                composite_type: CompositeType {
                    inner: CompositeInnerType::Func(FuncType::new(params, [])),
                    shared: false,
                    describes: None,
                    descriptor: None,
                },
            }
        });
        parts.types.ty().rec(members.collect::<Vec<_>>());
    }
    parts.finish()
}

pub(super) const ALL: &[Attempt] = &[
    Attempt::new(
        "imports-100k",
        "100,000 imports that nobody offers",
        How::Instantiate(0),
        || imports(100_000, "i"),
    )
    .fails(Kind::Link, "100000 import(s) cannot be linked")
    .within(1.0, 150),
    Attempt::new(
        "imports-1m",
        "a million imports that nobody offers",
        How::Instantiate(0),
        || imports(1_000_000, "i"),
    )
    .fails(Kind::Link, "1000000 import(s) cannot be linked")
    .within(5.0, 900),
    Attempt::new(
        "imports-long-names",
        "imports whose names have 90,000 characters",
        How::Instantiate(0),
        || imports(100, &"n".repeat(90_000)),
    )
    .fails(Kind::Link, "100 import(s) cannot be linked")
    .within(1.0, 100),
    Attempt::new(
        "imports-over-limit",
        "one import too many",
        How::Validate,
        || imports(1_000_001, "i"),
    )
    .fails(Kind::Invalid, "exceeds limit of 1000000")
    .within(2.0, 300),
    Attempt::new(
        "exports-1m",
        "a million exports of one function",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.main(body());
            (0..999_999).for_each(|i| {
                parts.exports.export(&format!("e{i}"), ExportKind::Func, 0);
            });
            parts.finish()
        },
    )
    .within(4.0, 500),
    Attempt::new(
        "exports-duplicate",
        "two exports of one long name with terminal escapes",
        How::Validate,
        || {
            let mut parts = Parts::default();
            parts.main(body());
            let name = format!("\x1b[2J{}", "e".repeat(90_000));
            (0..2).for_each(|_| {
                parts.exports.export(&name, ExportKind::Func, 0);
            });
            parts.finish()
        },
    )
    .fails(Kind::Invalid, "duplicate export name"),
    Attempt::new("functions-100k", "100,000 functions", How::Lower, || {
        functions(100_000)
    })
    .within(1.0, 150),
    Attempt::new(
        "functions-1m",
        "a million functions, instantiated",
        How::Instantiate(0),
        || functions(1_000_000),
    )
    .within(4.0, 400),
    Attempt::new(
        "functions-over-limit",
        "a function too many",
        How::Validate,
        || functions(1_000_001),
    )
    .fails(Kind::Invalid, "functions count exceeds limit of 1000000")
    .within(2.0, 100),
    Attempt::new(
        "types-1m",
        "a million different types",
        How::Validate,
        || {
            let mut parts = Parts::default();
            (0..1_000_000).for_each(|i| {
                parts.ty(&distinct(i), &[]);
            });
            parts.finish()
        },
    )
    .within(8.0, 1600),
    Attempt::new(
        "types-wide",
        "20,000 types of a thousand parameters and a thousand results",
        How::Validate,
        || {
            let mut parts = Parts::default();
            for i in 0..20_000 {
                let mut params = vec![I32; 980];
                params.extend(distinct(i));
                parts.ty(&params, &[I32; 1000]);
            }
            parts.finish()
        },
    )
    .within(8.0, 2000),
    Attempt::new("types-over-limit", "a type too many", How::Validate, || {
        let mut parts = Parts::default();
        (0..1_000_001).for_each(|_| {
            parts.ty(&[], &[]);
        });
        parts.finish()
    })
    .fails(Kind::Invalid, "exceeds limit of 1000000")
    .within(4.0, 600),
    Attempt::new(
        "group-100k",
        "one recursion group of 100,000 types that refer to each other",
        How::Validate,
        || groups(1, 100_000),
    )
    .within(3.0, 300),
    Attempt::new(
        "groups-10k",
        "10,000 recursion groups of ten types",
        How::Validate,
        || groups(10_000, 10),
    )
    .within(3.0, 300),
    Attempt::new(
        "globals-1m",
        "a million globals, each computed from the one before",
        How::Instantiate(0),
        || {
            let mut parts = Parts::default();
            parts.global(I64, &ConstExpr::i64_const(3));
            for i in 1..1_000_000 {
                parts.global(
                    I64,
                    &ConstExpr::global_get(i - 1)
                        .with_i64_const(5)
                        .with_i64_mul(),
                );
            }
            parts.finish()
        },
    )
    .within(4.0, 700),
    Attempt::new(
        "globals-exported",
        "half a million exported globals, all looked at by the embedder",
        How::Script(look_at_exports),
        || {
            let mut parts = Parts::default();
            for i in 0..500_000 {
                parts.global(I64, &ConstExpr::i64_const(3));
                parts.exports.export(&format!("{i}"), ExportKind::Global, i);
            }
            parts.finish()
        },
    )
    .within(4.0, 500),
];

fn look_at_exports(bytes: &[u8]) -> Result<String, lockstep_vm::Error> {
    use lockstep_vm::{Engine, Linker, Module, Store};
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    Ok(format!("{} exports", instance.exports(&store).len()))
}

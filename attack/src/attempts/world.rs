//! Calls of WASI with hostile arguments.

use wasm_encoder::{EntityType, ExportKind};

use crate::attempt::{Attempt, How};
use crate::build::{I32, Parts, body, memory, text};
use crate::outcome::Kind;

/// A module that calls one function of WASI for ever.
fn for_ever(import: &str, memory: &str, call: &str) -> Vec<u8> {
    text(&format!(
        "(module (import \"wasi_snapshot_preview1\" {import})
           (memory (export \"memory\") {memory})
           (func (export \"f\") (local $i i32) (loop {call} (br 0))))"
    ))
}

/// A module that calls one function of WASI once and gives its answer back.
fn once(import: &str, memory: &str, before: &str, call: &str) -> Vec<u8> {
    text(&format!(
        "(module (import \"wasi_snapshot_preview1\" {import})
           (memory (export \"memory\") {memory})
           (func (export \"f\") (result i32) (local $i i64) {before} {call}))"
    ))
}

const WRITE: &str = "\"fd_write\" (func $w (param i32 i32 i32 i32) (result i32))";
const WRITE_64: &str = "\"fd_write\" (func $w (param i32 i64 i64 i64) (result i32))";
const RANDOM: &str = "\"random_get\" (func $r (param i64 i64) (result i32))";
const POLL: &str = "\"poll_oneoff\" (func $p (param i32 i32 i32 i32) (result i32))";
const OPEN: &str =
    "\"path_open\" (func $o (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32))";

/// Writes 1024 vectors that each name the whole of memory, at address 16.
const VECTORS: &str = "(local.set $i (i64.const 0)) (loop
    (i64.store (i64.add (i64.const 24) (i64.mul (local.get $i) (i64.const 16))) (i64.const 0x40000000))
    (local.set $i (i64.add (local.get $i) (i64.const 1)))
    (br_if 0 (i64.lt_u (local.get $i) (i64.const 1024))))";

pub(super) const ALL: &[Attempt] = &[
    Attempt::new("wasi-iovecs-2-32", "fd_write of 2^32 - 1 vectors", How::World(100_000), || {
        for_ever(WRITE, "1", "(drop (call $w (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 0)))")
    })
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new("wasi-write-flood", "fd_write of 64 KB to standard output for ever", How::World(1_000_000), || {
        for_ever(
            WRITE,
            "2",
            "(i32.store (i32.const 4) (i32.const 65536))
             (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
        )
    })
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(2.0, 220),
    Attempt::new("wasi-write-1t", "fd_write of 1024 vectors of 1 GiB in one call", How::World(100_000), || {
        once(
            WRITE_64,
            "i64 0x8000",
            VECTORS,
            "(call $w (i32.const 1) (i64.const 16) (i64.const 1024) (i64.const 8))",
        )
    })
    .within(2.0, 300),
    Attempt::new("wasi-random-256m", "random_get of 256 MiB, which is one call", How::World(1_000), || {
        once(RANDOM, "i64 0x10000", "", "(call $r (i64.const 0) (i64.const 0x10000000))")
    })
    .within(0.1, 300)
    .open("functions of WASI charge no fuel for the bytes they write: a call may fill all of memory with random bytes"),
    Attempt::new("wasi-random-outside", "random_get of 2^64 - 1 bytes", How::World(1_000), || {
        once(RANDOM, "i64 1", "", "(call $r (i64.const 8) (i64.const -1))")
    }),
    Attempt::new("wasi-poll-2-32", "poll_oneoff with 2^32 - 1 subscriptions", How::World(100_000), || {
        for_ever(POLL, "1", "(drop (call $p (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0)))")
    })
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new("wasi-poll-4096", "poll_oneoff with as many subscriptions as it takes, for ever", How::World(100_000), || {
        for_ever(POLL, "8", "(drop (call $p (i32.const 0) (i32.const 0) (i32.const 4096) (i32.const 500000)))")
    })
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(5.0, 64),
    Attempt::new("wasi-poll-for-ever", "sleep for 584 years: virtual time passes at once", How::World(1_000), || {
        once(
            POLL,
            "1",
            "(i64.store (i32.const 24) (i64.const -1))",
            "(call $p (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200))",
        )
    }),
    Attempt::new("wasi-path-long", "path_open with a path of 4 GiB - 1, and of 64 KB", How::World(100_000), || {
        for_ever(
            OPEN,
            "2",
            "(drop (call $o (i32.const 3) (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
             (drop (call $o (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 65536) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))",
        )
    })
    .fails(Kind::OutOfFuel, "out of fuel"),
    Attempt::new("wasi-many-exports", "call WASI from a module whose memory is the last of 300,000 exports", How::World(100_000), || {
        let mut parts = Parts::default();
        let ty = parts.ty(&[], &[I32]);
        parts.imports.import("wasi_snapshot_preview1", "sched_yield", EntityType::Function(ty));
        parts.memories.memory(memory(false, 1, None));
        let mut f = body();
        f.instructions().loop_(wasm_encoder::BlockType::Empty).call(0).drop().br(0).end();
        let nothing = parts.ty(&[], &[]);
        let index = parts.func(nothing, f);
        (0..300_000).for_each(|i| { parts.exports.export(&format!("m{i}"), ExportKind::Memory, 0); });
        parts.exports.export("memory", ExportKind::Memory, 0);
        parts.export_f(index + 1);
        parts.finish()
    })
    .fails(Kind::OutOfFuel, "out of fuel")
    .within(1.0, 200),
];

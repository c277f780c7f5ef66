//! The same world behind the engine: guests of both widths, written by hand.

use lockstep_vm::{Engine, Error, Linker, Module, Store};
use lockstep_wasi::link::add_to_linker;
use lockstep_wasi::{Clock, ClockSource, Drive, PtrWidth, Stop, WasiCtx};
use lockstep_weavedrive::{AddOptions, Id};
use std::num::NonZeroU64;

/// A guest's text for one width: `$p` is the type of pointers, `$iovec` writes a pointer and a length at 0.
fn guest(width: PtrWidth, body: &str) -> Vec<u8> {
    let (pointer, memory) = match width {
        PtrWidth::W32 => ("i32", ""),
        PtrWidth::W64 => ("i64", "i64"),
    };
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 P P P) (result i32)))
            (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 P P i64 P) (result i32)))
            (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 P P i32 i64 i64 i32 P) (result i32)))
            (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 P) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
            (import "lockstep" "file_map" (func $file_map (param i32 P P i64) (result i32)))
            (memory (export "memory") {memory} 8)
            {body})"#
    );
    wat::parse_str(
        text.replace(" P", &format!(" {pointer}"))
            .replace("P.", &format!("{pointer}.")),
    )
    .unwrap()
}

struct Run {
    store: Store<WasiCtx>,
    result: Result<i32, Error>,
    memory: Vec<u8>,
}

fn run(world: WasiCtx, width: PtrWidth, body: &str) -> Run {
    let engine = Engine::default();
    let module = Module::new(&engine, &guest(width, body)).unwrap();
    assert_eq!(PtrWidth::of(&module), width);
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, width, |ctx: &mut WasiCtx| ctx).unwrap();
    let mut store = Store::new(&engine, world);
    store.set_fuel(1 << 40);
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let start = instance.get_typed_func::<(), i32>(&store, "run").unwrap();
    let result = start.call(&mut store, ());
    let memory = instance
        .get_memory(&store, "memory")
        .unwrap()
        .data(&store)
        .to_vec();
    Run {
        store,
        result,
        memory,
    }
}

fn both(test: impl Fn(PtrWidth)) {
    test(PtrWidth::W32);
    test(PtrWidth::W64);
}

#[test]
fn a_guest_writes_and_ends() {
    both(|width| {
        let write = match width {
            PtrWidth::W32 => {
                "(i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 6))"
            }
            PtrWidth::W64 => {
                "(i64.store (i64.const 0) (i64.const 100)) (i64.store (i64.const 8) (i64.const 6))"
            }
        };
        let body = format!(
            r#"(data (P.const 100) "hello\n")
            (func (export "run") (result i32)
                {write}
                (call $fd_write (i32.const 1) (P.const 0) (P.const 1) (P.const 32))
                (if (then (unreachable)))
                (call $proc_exit (i32.const -3))
                (unreachable))"#
        );
        let run = run(WasiCtx::builder().build().unwrap(), width, &body);
        assert!(
            matches!(run.result, Err(Error::Exit(-3))),
            "{:?}",
            run.result
        );
        assert_eq!(run.store.data().stdout(), b"hello\n");
        assert_eq!(run.memory[32..40], [6, 0, 0, 0, 0, 0, 0, 0]);
    });
}

#[test]
fn faults_are_answers_and_not_traps() {
    both(|width| {
        let body = r#"(func (export "run") (result i32)
            (call $fd_write (i32.const 1) (P.const -8) (P.const 1) (P.const 32)))"#;
        assert_eq!(
            run(WasiCtx::builder().build().unwrap(), width, body)
                .result
                .unwrap(),
            21
        );
    });
}

#[test]
fn time_can_be_a_function_of_fuel() {
    let body = r#"(func (export "run") (result i32)
        (call $clock_time_get (i32.const 1) (i64.const 0) (P.const 0))
        (loop $l (global.set 0 (i32.add (global.get 0) (i32.const 1))) (br_if $l (i32.lt_u (global.get 0) (i32.const 1000))))
        (i32.or (call $clock_time_get (i32.const 1) (i64.const 0) (P.const 8))))
        (global (mut i32) (i32.const 0))"#;
    both(|width| {
        let clock = Clock::new(
            ClockSource::Fuel {
                per_microsecond: NonZeroU64::new(1000).unwrap(),
            },
            0,
        );
        let run = run(
            WasiCtx::builder().clock(clock).build().unwrap(),
            width,
            body,
        );
        assert_eq!(run.result.unwrap(), 0);
        let time = |at: usize| u64::from_le_bytes(run.memory[at..at + 8].try_into().unwrap());
        // A nanosecond is a unit of fuel, and every turn of the loop costs some.
        assert!(time(0) < time(8) && time(8) - time(0) > 1000);
        assert!(time(8) <= run.store.fuel_consumed());
    });
}

/// Opens the object whose id is at 1024, maps it to 65536 and reads it to 262144.
const MAPPING: &str = r#"
    (func (export "run") (result i32)
        (if (call $path_open (i32.const 3) (i32.const 0) (P.const 1024) (P.const 43) (i32.const 0)
                (i64.const 2) (i64.const 0) (i32.const 0) (P.const 64)) (then (return (i32.const 1))))
        (if (call $file_map (i32.const 4) (P.const 65536) (P.const 100000) (i64.const 4096))
            (then (return (i32.const 2))))
        (IOVEC)
        (call $fd_pread (i32.const 4) (P.const 0) (P.const 1) (i64.const 4096) (P.const 64)))"#;

#[test]
fn mapped_bytes_are_the_read_ones_and_the_guests_own() {
    let folder = tempfile::tempdir().unwrap();
    let drive = lockstep_weavedrive::Store::open(folder.path().join("drive")).unwrap();
    let data: Vec<u8> = (0..104_096u32).map(|i| (i % 251) as u8).collect();
    let id = drive.add(&data[..], AddOptions::default()).unwrap().id;
    both(|width| {
        let world = WasiCtx::builder()
            .mount_drive("/data", Drive::whole(drive.clone()))
            .build()
            .unwrap();
        let run = run(world, width, &mapping(width, &id));
        assert_eq!(run.result.unwrap(), 0);
        assert!(run.memory[65_536..165_536] == data[4096..]);
        assert!(run.memory[262_144..362_144] == data[4096..]);
        assert!(run.memory[165_536..262_144].iter().all(|&byte| byte == 0));
    });
    assert!(drive.verify(&id, &mut |_| {}).unwrap().is_sound());
}

fn mapping(width: PtrWidth, id: &Id) -> String {
    let iovec = match width {
        PtrWidth::W32 => {
            "i32.store (i32.const 0) (i32.const 262144)) (i32.store (i32.const 4) (i32.const 100000)"
        }
        PtrWidth::W64 => {
            "i64.store (i64.const 0) (i64.const 262144)) (i64.store (i64.const 8) (i64.const 100000)"
        }
    };
    format!(
        "(data (P.const 1024) \"{id}\") {}",
        MAPPING.replace("IOVEC", iovec)
    )
}

#[test]
fn a_missing_object_ends_the_run_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let drive = lockstep_weavedrive::Store::open(folder.path().join("drive")).unwrap();
    let id = Id([9; 32]);
    both(|width| {
        let world = WasiCtx::builder()
            .mount_drive("/data", Drive::whole(drive.clone()))
            .build()
            .unwrap();
        let error = run(world, width, &mapping(width, &id)).result.unwrap_err();
        let Error::Host(cause) = &error else {
            panic!("{error}")
        };
        assert!(
            matches!(cause.downcast_ref(), Some(Stop::MissingObject(missing)) if *missing == id)
        );
    });
}

#[test]
fn a_guest_without_a_memory_is_told_so() {
    let engine = Engine::default();
    let text = r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32)))
        (func (export "run") (result i32) (call $y)))"#;
    let module = Module::new(&engine, &wat::parse_str(text).unwrap()).unwrap();
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, PtrWidth::of(&module), |ctx: &mut WasiCtx| ctx).unwrap();
    let mut store = Store::new(&engine, WasiCtx::builder().build().unwrap());
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let start = instance.get_typed_func::<(), i32>(&store, "run").unwrap();
    let error = start.call(&mut store, ()).unwrap_err();
    assert!(
        error.to_string().contains("exports no \"memory\""),
        "{error}"
    );
}

//! What the guest is told: arguments, environment, time, randomness, waiting; the records' layouts; and that two runs
//! are told the same.

mod common;

use common::*;
use lockstep_wasi::calls::{FILE_MAP, MODULE};
use lockstep_wasi::{
    BuildError, CALLS, Clock, ClockSource, Errno, Guest, Input, Param, PtrWidth, Scratch, Stop,
    WasiCtx,
};

#[test]
fn all_functions_are_there_with_their_signatures() {
    assert_eq!((MODULE, CALLS.len()), ("wasi_snapshot_preview1", 46));
    assert!(CALLS.is_sorted_by_key(|call| call.name));
    let signature = |name: &str| -> String {
        let call = CALLS.iter().find(|call| call.name == name).unwrap();
        let letter = |param: &Param| match param {
            Param::I32 => 'i',
            Param::I64 => 'l',
            Param::Ptr => 'p',
        };
        call.params.iter().map(letter).collect()
    };
    // The imports of a 64-bit llama.cpp, as its C library declares them.
    for (name, letters) in [
        ("args_sizes_get", "pp"),
        ("args_get", "pp"),
        ("clock_time_get", "ilp"),
        ("random_get", "pp"),
        ("fd_read", "ippp"),
        ("fd_write", "ippp"),
        ("fd_seek", "ilip"),
        ("fd_close", "i"),
        ("path_open", "iippillip"),
        ("proc_exit", "i"),
        ("fd_readdir", "ipplp"),
        ("poll_oneoff", "pppp"),
        ("path_symlink", "ppipp"),
    ] {
        assert_eq!(signature(name), letters, "{name}");
    }
    assert!(
        CALLS
            .iter()
            .all(|call| call.answers == (call.name != "proc_exit"))
    );
    assert_eq!(FILE_MAP.name, "file_map");
}

#[test]
fn arguments_and_environment_are_laid_out() {
    both(|width| {
        let world = WasiCtx::builder()
            .args(["guest", "", "ünï"])
            .env("B", "2")
            .env("A", "x=y");
        let mut sim = Sim::new(world.build().unwrap(), width);
        let pointer = width.bytes();
        sim.call("args_sizes_get", &[64, 128]).unwrap();
        assert_eq!((sim.size(64), sim.size(128)), (3, 6 + 1 + 6));
        sim.call("args_get", &[64, 256]).unwrap();
        assert_eq!(
            [0, 1, 2].map(|i| sim.size(64 + i * pointer)),
            [256, 262, 263]
        );
        assert_eq!(sim.get(256, 13), "guest\0\0ünï\0".as_bytes());
        sim.call("environ_sizes_get", &[64, 128]).unwrap();
        assert_eq!((sim.size(64), sim.size(128)), (2, 4 + 6));
        sim.call("environ_get", &[64, 256]).unwrap();
        assert_eq!(sim.get(256, 10), b"B=2\0A=x=y\0");
        let end = sim.memory.len() as u64;
        for name in [
            "args_get",
            "environ_get",
            "args_sizes_get",
            "environ_sizes_get",
        ] {
            assert_eq!(sim.call(name, &[end - 2, 64]), Err(Errno::Fault));
            assert_eq!(sim.call(name, &[64, end - 2]), Err(Errno::Fault));
            assert_eq!(sim.call(name, &[end, end]), Err(Errno::Fault));
        }
        let mut empty = Sim::new(WasiCtx::builder().build().unwrap(), width);
        empty.call("args_sizes_get", &[64, 128]).unwrap();
        assert_eq!((empty.size(64), empty.size(128)), (0, 0));
        empty.call("args_get", &[u64::MAX, u64::MAX]).unwrap();
    });
    let bad = WasiCtx::builder().arg("a\0b").build().err();
    assert_eq!(bad, Some(BuildError::Nul("argument", "a\0b".into())));
    for name in ["", "a=b"] {
        assert_eq!(
            WasiCtx::builder().env(name, "").build().err(),
            Some(BuildError::VariableName(name.into()))
        );
    }
}

fn time(sim: &mut Sim, id: u64) -> Answer<u64> {
    sim.call("clock_time_get", &[id, 1, 64])?;
    Ok(sim.number(64, 8))
}

#[test]
fn clocks_count_their_readings() {
    both(|width| {
        let clock = Clock::new(ClockSource::Step { nanoseconds: 7 }, 1_000_000);
        let mut sim = Sim::new(WasiCtx::builder().clock(clock).build().unwrap(), width);
        assert_eq!(time(&mut sim, 0), Ok(1_000_007));
        assert_eq!(time(&mut sim, 1), Ok(14));
        assert_eq!(time(&mut sim, 2), Ok(21));
        assert_eq!(time(&mut sim, 3), Ok(28));
        for bad in [4, 1 << 31] {
            assert_eq!(time(&mut sim, bad), Err(Errno::Inval));
            assert_eq!(sim.call("clock_res_get", &[bad, 64]), Err(Errno::Inval));
        }
        sim.call("clock_res_get", &[1, 64]).unwrap();
        assert_eq!(sim.number(64, 8), 7);
        let end = sim.memory.len() as u64;
        assert_eq!(
            sim.call("clock_time_get", &[0, 0, end - 7]),
            Err(Errno::Fault)
        );
        assert_eq!(time(&mut sim, 1), Ok(35), "a fault reads no clock");
        sim.world.clock_mut().set_fuel(1 << 50);
        assert_eq!(time(&mut sim, 1), Ok(42));
    });
}

#[test]
fn randomness_is_the_seeds() {
    let draw = |seed: u8, sizes: &[u64]| {
        let mut sim = Sim::new(
            WasiCtx::builder().seed([seed; 32]).build().unwrap(),
            PtrWidth::W64,
        );
        let mut drawn = Vec::new();
        for size in sizes {
            sim.call("random_get", &[BUFFER, *size]).unwrap();
            drawn.extend_from_slice(sim.get(BUFFER, *size));
        }
        drawn
    };
    assert_eq!(draw(1, &[5000]), draw(1, &[1, 0, 63, 64, 65, 4807]));
    assert_ne!(draw(1, &[5000]), draw(2, &[5000]));
    let mut sim = Sim::new(WasiCtx::builder().build().unwrap(), PtrWidth::W64);
    assert_eq!(sim.call("random_get", &[0, u64::MAX]), Err(Errno::Fault));
}

#[test]
fn ending_yielding_and_what_there_is_not() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        assert!(matches!(
            sim.try_call("proc_exit", &[300]),
            Err(Stop::Exit(300))
        ));
        assert!(matches!(
            sim.try_call("proc_exit", &[0xffff_ffff]),
            Err(Stop::Exit(u32::MAX))
        ));
        assert_eq!(sim.call("proc_raise", &[6]), Err(Errno::Nosys));
        assert_eq!(sim.call("sched_yield", &[]), Ok(()));
        for fd in 0..4 {
            assert_eq!(sim.call("sock_shutdown", &[fd, 3]), Err(Errno::Notsup));
            assert_eq!(sim.call("sock_accept", &[fd, 0, 64]), Err(Errno::Notsup));
            assert_eq!(
                sim.call("sock_recv", &[fd, 0, 0, 0, 64, 72]),
                Err(Errno::Notsup)
            );
            assert_eq!(
                sim.call("sock_send", &[fd, 0, 0, 0, 64]),
                Err(Errno::Notsup)
            );
        }
        assert_eq!(sim.call("sock_shutdown", &[9, 3]), Err(Errno::Badf));
    });
}

#[test]
fn preopens_are_laid_out_for_both_widths() {
    let mut narrow = Sim::scratch(PtrWidth::W32);
    narrow.put(64, &[0xff; 24]);
    narrow.call("fd_prestat_get", &[3, 64]).unwrap();
    assert_eq!(narrow.get(64, 9), [0, 0, 0, 0, 1, 0, 0, 0, 255]);
    let mut wide = Sim::scratch(PtrWidth::W64);
    wide.put(64, &[0xff; 24]);
    wide.call("fd_prestat_get", &[3, 64]).unwrap();
    assert_eq!(
        wide.get(64, 17),
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 255]
    );
    for sim in [&mut narrow, &mut wide] {
        sim.put(BUFFER, b"..");
        sim.call("fd_prestat_dir_name", &[3, BUFFER, 2]).unwrap();
        assert_eq!(sim.get(BUFFER, 2), b"/.");
        assert_eq!(
            sim.call("fd_prestat_dir_name", &[3, BUFFER, 0]),
            Err(Errno::Nametoolong)
        );
        let dir = sim.open(".", DIRECTORY, READ).unwrap();
        for fd in [0, u64::from(dir), 99] {
            assert_eq!(sim.call("fd_prestat_get", &[fd, 64]), Err(Errno::Badf));
        }
    }
}

fn clock_subscription(user_data: u64, id: u32, timeout: u64, flags: u16) -> [u8; 48] {
    let mut record = [0; 48];
    record[..8].copy_from_slice(&user_data.to_le_bytes());
    record[16..20].copy_from_slice(&id.to_le_bytes());
    record[24..32].copy_from_slice(&timeout.to_le_bytes());
    record[40..42].copy_from_slice(&flags.to_le_bytes());
    record
}

fn fd_subscription(user_data: u64, kind: u8, fd: u32) -> [u8; 48] {
    let mut record = [0; 48];
    record[..8].copy_from_slice(&user_data.to_le_bytes());
    record[8] = kind;
    record[16..20].copy_from_slice(&fd.to_le_bytes());
    record
}

/// The events as (user data, error, type, byte count).
fn poll(sim: &mut Sim, subscriptions: &[[u8; 48]]) -> Answer<Vec<(u64, u64, u8, u64)>> {
    sim.put(BUFFER, &subscriptions.concat());
    // The events overwrite the subscriptions, which must not matter.
    sim.call(
        "poll_oneoff",
        &[BUFFER, BUFFER, subscriptions.len() as u64, 64],
    )?;
    let event = |i: u64| {
        let at = BUFFER + i * 32;
        (
            sim.number(at, 8),
            sim.number(at + 8, 2),
            sim.memory[at as usize + 10],
            sim.number(at + 16, 8),
        )
    };
    Ok((0..sim.size(64)).map(event).collect())
}

#[test]
fn waiting_passes_virtual_time() {
    both(|width| {
        let clock = Clock::new(ClockSource::Step { nanoseconds: 0 }, 1000);
        let mut sim = Sim::new(WasiCtx::builder().clock(clock).build().unwrap(), width);
        let waits = [
            clock_subscription(10, 1, 500, 0),
            clock_subscription(11, 0, 1300, 1),
            clock_subscription(12, 1, 300, 0),
            clock_subscription(13, 1, u64::MAX, 0),
        ];
        assert_eq!(
            poll(&mut sim, &waits).unwrap(),
            [(11, 0, 0, 0), (12, 0, 0, 0)]
        );
        assert_eq!((time(&mut sim, 0), time(&mut sim, 1)), (Ok(1300), Ok(300)));
        // What has run out already is there at once; a month passes as fast.
        assert_eq!(poll(&mut sim, &waits[1..2]).unwrap(), [(11, 0, 0, 0)]);
        assert_eq!(time(&mut sim, 1), Ok(300));
        let month = 30 * 24 * 3600 * 1_000_000_000;
        assert_eq!(
            poll(&mut sim, &[clock_subscription(1, 1, month, 0)]).unwrap(),
            [(1, 0, 0, 0)]
        );
        assert_eq!(time(&mut sim, 1), Ok(300 + month));
        assert_eq!(
            poll(&mut sim, &[clock_subscription(1, 9, 5, 0)]).unwrap(),
            [(1, 28, 0, 0)]
        );
        assert_eq!(
            poll(&mut sim, &[clock_subscription(1, 1, 5, 2)]),
            Err(Errno::Inval)
        );
    });
}

#[test]
fn whatever_is_ready_does_not_wait() {
    both(|width| {
        let world = WasiCtx::builder()
            .stdin(Input::bytes("x"))
            .mount_scratch("/", &Scratch::new(1 << 16));
        let mut sim = Sim::new(world.build().unwrap(), width);
        sim.write_file("file", b"12345").unwrap();
        let fd = sim.open("file", 0, READ).unwrap();
        sim.seek(fd, 2, 0).unwrap();
        let before = time(&mut sim, 1).unwrap();
        let asked = [
            clock_subscription(1, 1, 1 << 40, 0),
            fd_subscription(2, 1, 0),
            fd_subscription(3, 2, 1),
            fd_subscription(4, 1, fd),
            fd_subscription(5, 2, fd),
            fd_subscription(6, 1, 3),
            fd_subscription(7, 2, 77),
            clock_subscription(8, 1, 0, 0),
        ];
        let expected = [
            (2, 0, 1, 1),
            (3, 0, 2, 1),
            (4, 0, 1, 3),
            (5, 8, 2, 0),
            (6, 8, 1, 0),
            (7, 8, 2, 0),
            (8, 0, 0, 0),
        ];
        assert_eq!(poll(&mut sim, &asked).unwrap(), expected);
        assert_eq!(time(&mut sim, 1).unwrap(), before + 1000);
        assert_eq!(
            poll(&mut sim, &[fd_subscription(1, 3, 0)]),
            Err(Errno::Inval)
        );
        assert_eq!(poll(&mut sim, &[]), Err(Errno::Inval));
        for count in [4097, 1 << 40, u64::MAX] {
            assert_eq!(
                sim.call("poll_oneoff", &[0, 0, count, 64]),
                Err(Errno::Inval)
            );
        }
        let end = sim.memory.len() as u64;
        assert_eq!(
            sim.call("poll_oneoff", &[end - 47, 0, 1, 64]),
            Err(Errno::Fault)
        );
        assert_eq!(
            sim.call("poll_oneoff", &[0, end - 31, 1, 64]),
            Err(Errno::Fault)
        );
    });
}

/// A guest that looks at everything: two of them must see the same, and leave the same memory.
#[test]
fn two_runs_are_told_the_same() {
    let run = || {
        let mut sim = Sim::scratch(PtrWidth::W64);
        for round in 0..20u64 {
            let name = format!("d{}", round % 3);
            let _ = sim.mkdir(&name);
            sim.write_file(&format!("{name}/f{round}"), &round.to_le_bytes())
                .unwrap();
            time(&mut sim, round % 4).unwrap();
            sim.call("random_get", &[40_000 + round * 100, 100])
                .unwrap();
            let dir = sim.open(&name, DIRECTORY, READ).unwrap();
            sim.call(
                "fd_readdir",
                &[dir.into(), 50_000 + round * 1000, 1000, 0, 64],
            )
            .unwrap();
            sim.call(
                "path_filestat_get",
                &[3, 0, 1024, name.len() as u64, 80_000 + round * 64],
            )
            .unwrap();
        }
        sim.memory
    };
    assert!(run() == run());
}

#[test]
#[should_panic(expected = "fd_close takes 1 arguments")]
fn too_few_arguments_are_the_callers_fault() {
    let mut sim = Sim::scratch(PtrWidth::W64);
    let call = CALLS.iter().find(|call| call.name == "fd_close").unwrap();
    let _ = call.run(
        &mut sim.world,
        &mut Guest::new(&mut sim.memory, PtrWidth::W64),
        &[],
    );
}

//! Open files and the standard streams, for both pointer widths.

mod common;

use common::*;
use lockstep_wasi::calls::{FILE_MAP, MapSource};
use lockstep_wasi::{Errno, Guest, Input, Output, PtrWidth, Scratch, Stop, WasiCtx};

#[test]
fn positions_follow_reads_writes_and_seeks() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        assert_eq!(sim.tell(fd), Ok(0));
        assert_eq!(sim.write(fd, b"hello world"), Ok(11));
        assert_eq!(sim.tell(fd), Ok(11));
        assert_eq!(sim.read(fd, 5), Ok(vec![]));
        assert_eq!(sim.seek(fd, -5, 1), Ok(6));
        assert_eq!(sim.read(fd, 100), Ok(b"world".to_vec()));
        assert_eq!(sim.seek(fd, -11, 2), Ok(0));
        assert_eq!(sim.read(fd, 4), Ok(b"hell".to_vec()));
        assert_eq!(sim.seek(fd, 0, 1), Ok(4));
        for (offset, whence) in [
            (-1, 0),
            (-5, 1),
            (-12, 2),
            (i64::MIN, 1),
            (i64::MAX, 1),
            (0, 3),
            (0, u64::MAX),
        ] {
            assert_eq!(
                sim.seek(fd, offset, whence),
                Err(Errno::Inval),
                "{offset} {whence}"
            );
        }
        assert_eq!(sim.tell(fd), Ok(4));
        // Beyond the end: reading finds nothing, writing leaves a hole of zeros.
        assert_eq!(sim.seek(fd, 20, 0), Ok(20));
        assert_eq!(sim.read(fd, 4), Ok(vec![]));
        assert_eq!(sim.write(fd, b"!"), Ok(1));
        assert_eq!(sim.pread(fd, 100, 11), Ok(b"\0\0\0\0\0\0\0\0\0!".to_vec()));
        assert_eq!(sim.tell(fd), Ok(21));
        assert_eq!(sim.seek(fd, i64::MAX, 0), Ok(i64::MAX as u64));
        assert_eq!(sim.read(fd, 1), Ok(vec![]));
        assert_eq!(sim.write(fd, b"x"), Err(Errno::Fbig));
    });
}

#[test]
fn reads_and_writes_at_an_offset_leave_the_position() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        assert_eq!(sim.pwrite(fd, b"abcdef", 2), Ok(6));
        assert_eq!(sim.pread(fd, 3, 1), Ok(b"\0ab".to_vec()));
        assert_eq!(sim.pread(fd, 3, 6), Ok(b"ef".to_vec()));
        assert_eq!(sim.pread(fd, 3, i64::MAX), Ok(vec![]));
        assert_eq!(sim.pread(fd, 3, -1), Err(Errno::Inval));
        assert_eq!(sim.pwrite(fd, b"x", -1), Err(Errno::Inval));
        assert_eq!(sim.tell(fd), Ok(0));
        for stream in 0..3 {
            assert!(matches!(sim.pread(stream, 1, 0), Err(Errno::Spipe)));
            assert!(matches!(sim.pwrite(stream, b"x", 0), Err(Errno::Spipe)));
            assert_eq!(sim.seek(stream, 0, 1), Err(Errno::Spipe));
            assert_eq!(sim.tell(stream), Err(Errno::Spipe));
        }
    });
}

#[test]
fn appending_writes_go_to_the_end() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.write_file("file", b"12").unwrap();
        let fd = sim
            .open_at(3, "file", NOFOLLOW, 0, READ | WRITE, APPEND)
            .unwrap();
        assert_eq!(sim.fdstat(fd).unwrap().1, APPEND);
        assert_eq!(sim.write(fd, b"34"), Ok(2));
        assert_eq!(sim.seek(fd, 0, 0), Ok(0));
        assert_eq!(sim.write(fd, b"56"), Ok(2));
        assert_eq!(sim.tell(fd), Ok(6));
        assert_eq!(sim.pwrite(fd, b"x", 0), Ok(1));
        sim.call("fd_fdstat_set_flags", &[fd.into(), 0]).unwrap();
        sim.seek(fd, 1, 0).unwrap();
        assert_eq!(sim.write(fd, b"y"), Ok(1));
        assert_eq!(sim.read_file("file"), Ok(b"xy3456".to_vec()));
        assert_eq!(
            sim.call("fd_fdstat_set_flags", &[fd.into(), 32]),
            Err(Errno::Inval)
        );
    });
}

#[test]
fn scattered_buffers_are_filled_in_order() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        sim.put(BUFFER, b"abcdefgh");
        sim.put_iovecs(&[(BUFFER + 4, 4), (BUFFER, 0), (BUFFER, 3)]);
        sim.call("fd_write", &[fd.into(), 0, 3, 64]).unwrap();
        assert_eq!(sim.size(64), 7);
        assert_eq!(sim.pread(fd, 10, 0), Ok(b"efghabc".to_vec()));
        sim.put(BUFFER, &[b'.'; 16]);
        sim.put_iovecs(&[(BUFFER + 8, 5), (BUFFER, 5), (BUFFER + 14, 1)]);
        sim.call("fd_pread", &[fd.into(), 0, 3, 0, 64]).unwrap();
        assert_eq!(sim.size(64), 7);
        assert_eq!(sim.get(BUFFER, 16), b"bc......efgha...");
        // No buffers at all is a read of nothing.
        sim.call("fd_read", &[fd.into(), 0, 0, 64]).unwrap();
        assert_eq!(sim.size(64), 0);
    });
}

#[test]
fn bad_pointers_are_faults_and_change_nothing() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        let end = sim.memory.len() as u64;
        sim.write(fd, b"abc").unwrap();
        sim.seek(fd, 0, 0).unwrap();
        sim.put(BUFFER, b"xyz");
        for bad in [
            (end, 1),
            (end - 1, 2),
            (u64::from(u32::MAX), 2),
            (0, end + 1),
        ] {
            sim.put_iovecs(&[(BUFFER, 3), bad]);
            for call in ["fd_read", "fd_write"] {
                assert_eq!(sim.call(call, &[fd.into(), 0, 2, 64]), Err(Errno::Fault));
            }
        }
        sim.put_iovecs(&[(BUFFER, 3)]);
        for (iovecs, count, out) in [
            (end - 8, 2, 64),
            (u64::MAX, 1, 64),
            (0, 1, end - 3),
            (0, 1, u64::MAX),
        ] {
            for call in ["fd_read", "fd_write"] {
                assert_eq!(
                    sim.call(call, &[fd.into(), iovecs, count, out]),
                    Err(Errno::Fault)
                );
            }
        }
        assert_eq!(
            sim.call("fd_read", &[fd.into(), 0, 1025, 64]),
            Err(Errno::Inval)
        );
        assert_eq!(
            sim.call("fd_write", &[fd.into(), 0, u64::MAX, 64]),
            Err(Errno::Inval)
        );
        assert_eq!(
            sim.call("fd_seek", &[fd.into(), 2, 0, end - 7]),
            Err(Errno::Fault)
        );
        assert_eq!(sim.tell(fd), Ok(0));
        assert_eq!(sim.get(BUFFER, 3), b"xyz");
        assert_eq!(sim.read_file("file"), Ok(b"abc".to_vec()));
        // Nothing is opened, and no file made, if the descriptor has nowhere to go.
        assert_eq!(
            sim.call("path_open", &[3, 0, BUFFER, 3, CREAT, 0, 0, 0, end - 3]),
            Err(Errno::Fault)
        );
        assert_eq!(sim.stat("xyz", NOFOLLOW), Err(Errno::Noent));
    });
}

#[test]
fn reading_and_writing_need_their_right() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.write_file("file", b"abc").unwrap();
        let reader = sim.open("file", 0, READ).unwrap();
        assert_eq!(sim.fdstat(reader).unwrap().2 & (READ | WRITE), READ);
        assert_eq!(sim.write(reader, b"x"), Err(Errno::Badf));
        assert_eq!(
            sim.call("fd_filestat_set_size", &[reader.into(), 0]),
            Err(Errno::Badf)
        );
        assert_eq!(
            sim.call("fd_allocate", &[reader.into(), 0, 9]),
            Err(Errno::Badf)
        );
        let writer = sim.open("file", 0, WRITE).unwrap();
        assert_eq!(sim.read(writer, 1), Err(Errno::Badf));
        let neither = sim.open("file", 0, 0).unwrap();
        assert_eq!(sim.fdstat(neither).unwrap().2 & (READ | WRITE), 0);
        assert_eq!(sim.read(neither, 1), Err(Errno::Badf));
        assert_eq!(sim.write(neither, b"x"), Err(Errno::Badf));
        assert_eq!(sim.fd_stat(neither).unwrap().size, 3);
        assert_eq!(sim.read(0, 1), Ok(vec![]));
        assert_eq!(sim.write(0, b"x"), Err(Errno::Badf));
        assert_eq!(sim.read(1, 1), Err(Errno::Badf));
        for directory_call in ["fd_read", "fd_write"] {
            assert_eq!(sim.call(directory_call, &[3, 0, 1, 64]), Err(Errno::Badf));
        }
        assert_eq!(sim.seek(3, 0, 1), Err(Errno::Badf));
        assert_eq!(sim.call("fd_allocate", &[3, 0, 1]), Err(Errno::Badf));
        assert_eq!(sim.call("fd_filestat_set_size", &[3, 0]), Err(Errno::Badf));
        assert_eq!(sim.call("fd_datasync", &[3]), Err(Errno::Badf));
    });
}

#[test]
fn rights_given_up_are_gone() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        let (_, _, base, inheriting) = sim.fdstat(fd).unwrap();
        let set = |sim: &mut Sim, fd: u32, base, inheriting| {
            sim.call("fd_fdstat_set_rights", &[fd.into(), base, inheriting])
        };
        assert_eq!(set(&mut sim, fd, base, inheriting), Ok(()));
        assert_eq!(set(&mut sim, fd, base & !WRITE & !4, inheriting), Ok(()));
        assert_eq!(sim.write(fd, b"x"), Err(Errno::Badf));
        assert_eq!(sim.seek(fd, 1, 0), Err(Errno::Notcapable));
        assert_eq!(set(&mut sim, fd, base, inheriting), Err(Errno::Notcapable));
        // What a directory can not pass on, nothing opened through it has.
        let (_, _, base, inheriting) = sim.fdstat(3).unwrap();
        assert_eq!(
            set(&mut sim, 3, base & !(1 << 19), inheriting & !WRITE),
            Ok(())
        );
        let fd = sim.open("file", 0, READ | WRITE).unwrap();
        assert_eq!(sim.write(fd, b"x"), Err(Errno::Badf));
        assert_eq!(sim.open("file", TRUNC, 0), Err(Errno::Perm));
        assert_eq!(
            set(&mut sim, 3, base & !(1 << 13), inheriting & !WRITE),
            Err(Errno::Notcapable)
        );
    });
}

#[test]
fn sizes_are_set_and_allocated() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        sim.call("fd_allocate", &[fd.into(), 0, 100]).unwrap();
        sim.call("fd_allocate", &[fd.into(), 10, 10]).unwrap();
        assert_eq!(sim.fd_stat(fd).unwrap().size, 100);
        sim.call("fd_allocate", &[fd.into(), 90, 20]).unwrap();
        assert_eq!(sim.fd_stat(fd).unwrap().size, 110);
        assert_eq!(
            sim.call("fd_allocate", &[fd.into(), 0, 0]),
            Err(Errno::Inval)
        );
        assert_eq!(
            sim.call("fd_allocate", &[fd.into(), i64::MAX as u64, 1]),
            Err(Errno::Fbig)
        );
        assert_eq!(
            sim.call("fd_allocate", &[fd.into(), u64::MAX, 1]),
            Err(Errno::Inval)
        );
        assert_eq!(
            sim.call("fd_allocate", &[fd.into(), 0, 2 << 20]),
            Err(Errno::Nospc)
        );
        sim.call("fd_filestat_set_size", &[fd.into(), 3]).unwrap();
        sim.call("fd_filestat_set_size", &[fd.into(), 5]).unwrap();
        assert_eq!(sim.pread(fd, 9, 0), Ok(vec![0; 5]));
        assert_eq!(
            sim.call("fd_filestat_set_size", &[fd.into(), u64::MAX]),
            Err(Errno::Inval)
        );
        assert_eq!(
            sim.call("fd_filestat_set_size", &[fd.into(), 1 << 40]),
            Err(Errno::Nospc)
        );
        for advice in 0..6 {
            sim.call("fd_advise", &[fd.into(), 1, 2, advice]).unwrap();
        }
        assert_eq!(
            sim.call("fd_advise", &[fd.into(), 1, 2, 6]),
            Err(Errno::Inval)
        );
        for sync in ["fd_sync", "fd_datasync"] {
            sim.call(sync, &[fd.into()]).unwrap();
            assert_eq!(sim.call(sync, &[99]), Err(Errno::Badf));
        }
    });
}

#[test]
fn a_full_file_system_writes_what_fits() {
    both(|width| {
        let scratch = Scratch::new(5000);
        let mut sim = Sim::new(
            WasiCtx::builder()
                .mount_scratch("/", &scratch)
                .build()
                .unwrap(),
            width,
        );
        let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
        let overhead = scratch.used();
        let room = 5000 - overhead;
        assert_eq!(sim.write(fd, &[1; 6000]), Ok(room));
        assert_eq!(sim.write(fd, &[1; 10]), Err(Errno::Nospc));
        assert_eq!(sim.mkdir("more"), Err(Errno::Nospc));
        assert_eq!(sim.symlink("file", "more"), Err(Errno::Nospc));
        assert_eq!(sim.link("file", "more"), Err(Errno::Nospc));
        assert_eq!(sim.rename("file", "a longer name"), Err(Errno::Nospc));
        assert_eq!(sim.rename("file", "elif"), Ok(()));
        assert_eq!(sim.pwrite(fd, &[2; 10], 0), Ok(10));
        // An unlinked file keeps its space until it is closed.
        sim.unlink("elif").unwrap();
        assert_eq!(
            sim.pread(fd, 11, 0).unwrap()[..],
            [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1]
        );
        assert!(scratch.used() > room);
        sim.close(fd).unwrap();
        assert_eq!(scratch.used(), 0);
        // Neither do empty files come for nothing.
        let made = (0..)
            .take_while(|i| sim.create(&i.to_string()).is_ok())
            .count();
        assert!(made < 5000 / 128);
    });
}

#[test]
fn descriptors_are_limited_numbered_and_renumbered() {
    both(|width| {
        let builder = WasiCtx::builder()
            .mount_scratch("/", &Scratch::new(1 << 16))
            .max_descriptors(6);
        let mut sim = Sim::new(builder.build().unwrap(), width);
        assert_eq!(sim.open("a", CREAT, READ | WRITE), Ok(4));
        assert_eq!(sim.open("b", CREAT, READ | WRITE), Ok(5));
        assert_eq!(sim.open("c", CREAT, READ | WRITE), Err(Errno::Mfile));
        assert_eq!(sim.stat("c", NOFOLLOW), Err(Errno::Noent));
        sim.write(4, b"in a").unwrap();
        sim.call("fd_renumber", &[4, 5]).unwrap();
        assert_eq!(sim.pread(5, 9, 0), Ok(b"in a".to_vec()));
        assert_eq!(sim.close(4), Err(Errno::Badf));
        assert_eq!(sim.call("fd_renumber", &[4, 5]), Err(Errno::Badf));
        assert_eq!(sim.call("fd_renumber", &[5, 4]), Err(Errno::Badf));
        sim.close(0).unwrap();
        assert_eq!(sim.open("b", 0, READ), Ok(0));
        sim.close(3).unwrap();
        assert_eq!(sim.open("b", 0, READ), Err(Errno::Badf));
    });
}

#[test]
fn the_standard_streams_are_where_they_were_put() {
    both(|width| {
        let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = seen.clone();
        let world = WasiCtx::builder()
            .stdin(Input::bytes("first\nsecond"))
            .stdout(Output::buffer(12))
            .stderr(Output::callback(move |bytes| {
                sink.lock().unwrap().extend_from_slice(bytes)
            }));
        let mut sim = Sim::new(world.build().unwrap(), width);
        assert_eq!(sim.read(0, 100), Ok(b"first\n".to_vec()));
        assert_eq!(sim.read(0, 3), Ok(b"sec".to_vec()));
        assert_eq!(sim.read(0, 100), Ok(b"ond".to_vec()));
        assert_eq!(sim.read(0, 100), Ok(vec![]));
        assert_eq!(sim.write(1, b"out"), Ok(3));
        assert_eq!(sim.write(2, b"err"), Ok(3));
        assert_eq!(sim.write(1, b"0123456789"), Ok(9));
        assert_eq!(sim.write(1, b"0123456789"), Err(Errno::Nospc));
        assert_eq!(sim.world.stdout(), b"out012345678");
        assert_eq!(*seen.lock().unwrap(), b"err");
        assert_eq!(sim.world.stderr(), b"");
        assert_eq!(sim.fdstat(1).unwrap().0, 0);
        let mut terminal = Sim::new(WasiCtx::builder().terminal(true).build().unwrap(), width);
        assert_eq!(
            (
                terminal.fdstat(1).unwrap().0,
                terminal.fd_stat(2).unwrap().kind
            ),
            (2, 2)
        );
        assert_eq!(
            terminal.fdstat(0).unwrap().2 & 0b100100,
            0,
            "a terminal can not be sought in"
        );
    });
}

fn file_map(sim: &mut Sim, args: [u64; 4]) -> Result<Errno, Stop> {
    FILE_MAP.run(
        &mut sim.world,
        &mut Guest::new(&mut sim.memory, sim.width),
        &args,
    )
}

#[test]
fn mapping_gives_all_bytes_or_none() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        let data: Vec<u8> = (0..10_000u32).map(|i| (i % 251) as u8).collect();
        sim.write_file("file", &data).unwrap();
        sim.memory.fill(0);
        let fd = u64::from(sim.open("file", 0, READ).unwrap());
        let end = sim.memory.len() as u64;
        assert_eq!(
            file_map(&mut sim, [fd, BUFFER, 10_000, 0]).unwrap(),
            Errno::Success
        );
        assert_eq!(sim.get(BUFFER, 10_001), [&data[..], &[0]].concat());
        assert_eq!(
            file_map(&mut sim, [fd, end - 4, 4, 9_996]).unwrap(),
            Errno::Success
        );
        assert_eq!(sim.get(end - 4, 4), &data[9_996..]);
        for inval in [
            [fd, 0, 10_001, 0],
            [fd, 0, 1, 10_000],
            [fd, 0, 1, u64::MAX],
            [fd, 0, u64::MAX, 5],
        ] {
            assert_eq!(file_map(&mut sim, inval).unwrap(), Errno::Inval);
        }
        for fault in [[fd, end - 3, 4, 0], [fd, u64::MAX, 4, 0]] {
            assert_eq!(file_map(&mut sim, fault).unwrap(), Errno::Fault);
        }
        for badf in [[3, 0, 4, 0], [77, 0, 4, 0]] {
            assert_eq!(file_map(&mut sim, badf).unwrap(), Errno::Badf);
        }
        assert_eq!(
            file_map(&mut sim, [fd, end, 0, 10_000]).unwrap(),
            Errno::Success
        );
        assert_eq!(sim.tell(fd as u32), Ok(0));
        // A file in memory has no pages to map.
        assert!(
            MapSource::find(&sim.world, end, 4096, [fd, 4096, 8192, 0])
                .unwrap()
                .is_none()
        );
    });
}

#[test]
fn positions_are_wide_and_counts_are_the_guests() {
    let mut sim = Sim::scratch(PtrWidth::W32);
    let fd = sim.open("file", CREAT, READ | WRITE).unwrap();
    sim.put(64, &[0xff; 16]);
    sim.write(fd, b"abc").unwrap();
    assert_eq!(sim.get(64, 8), [3, 0, 0, 0, 255, 255, 255, 255]);
    sim.tell(fd).unwrap();
    assert_eq!(
        sim.get(64, 16),
        [[3, 0, 0, 0, 0, 0, 0, 0], [255; 8]].concat()
    );
}

//! Drives: objects as files, missing and damaged ones, and mapping.

mod common;

use common::*;
use lockstep_wasi::calls::{FILE_MAP, MapSource};
use lockstep_wasi::{Drive, Errno, Guest, Missing, PtrWidth, Stop, WasiCtx};
use lockstep_weavedrive::{AddOptions, Id};
use std::fs;

#[test]
fn objects_open_as_files() {
    let large: Vec<u8> = (0..50_000u32).map(|i| (i % 251) as u8).collect();
    let (_folder, store, ids) = drive(&[b"first", &large]);
    both(|width| {
        let world = WasiCtx::builder().mount_drive("/data", Drive::whole(store.clone()));
        let mut sim = Sim::new(world.build().unwrap(), width);
        let dir = sim.open(".", DIRECTORY, READ).unwrap();
        let mut names: Vec<String> = ids.iter().map(Id::to_string).collect();
        names.sort();
        assert_eq!(
            sim.list(dir).unwrap(),
            [&[".".to_string(), "..".to_string()], &names[..]].concat()
        );
        assert_eq!(sim.read_file(&ids[0].to_string()), Ok(b"first".to_vec()));
        let stat = sim.stat(&ids[1].to_string(), NOFOLLOW).unwrap();
        assert_eq!(
            (stat.size, stat.kind, stat.links, stat.times),
            (50_000, 4, 1, [0; 3])
        );
        let fd = sim.open(&ids[1].to_string(), 0, READ).unwrap();
        assert_eq!(sim.pread(fd, 100, 49_950).unwrap(), large[49_950..]);
        assert_eq!(
            sim.open(&ids[0].to_string(), 0, READ | WRITE),
            Err(Errno::Rofs)
        );
        assert_eq!(sim.unlink(&ids[0].to_string()), Err(Errno::Rofs));
        for absent in [
            "no-id",
            &"A".repeat(42),
            &"A".repeat(44),
            &format!("{}B", "A".repeat(42)),
        ] {
            assert_eq!(sim.open(absent, 0, READ), Err(Errno::Noent));
        }
        assert_eq!(
            sim.open(&format!("{}/x", ids[0]), 0, READ),
            Err(Errno::Notdir)
        );
    });
}

#[test]
fn a_missing_object_stops_the_run_and_is_found_later() {
    let (_folder, store, ids) = drive(&[b"first"]);
    let coming = lockstep_weavedrive::merkle::data_root(&b"later"[..])
        .unwrap()
        .0;
    let path = coming.to_string();
    let open = |sim: &mut Sim| {
        sim.put(1024, path.as_bytes());
        sim.try_call("path_open", &[3, 0, 1024, 43, 0, READ, 0, 0, 64])
    };
    let world = |drive: Drive| {
        WasiCtx::builder()
            .mount_drive("/data", drive)
            .build()
            .unwrap()
    };
    let mut sim = Sim::new(world(Drive::whole(store.clone())), PtrWidth::W64);
    assert!(matches!(open(&mut sim), Err(Stop::MissingObject(id)) if id == coming));
    let mut lenient = Sim::new(
        world(Drive::whole(store.clone()).missing(Missing::IsNotFound)),
        PtrWidth::W64,
    );
    assert!(matches!(open(&mut lenient), Ok(Err(Errno::Noent))));
    // A drive of chosen objects has the same listing everywhere, and nothing else in it.
    let mut chosen = Sim::new(world(Drive::of(store.clone(), [coming])), PtrWidth::W64);
    assert_eq!(chosen.list(3).unwrap(), [".", "..", &path]);
    assert_eq!(chosen.open(&ids[0].to_string(), 0, READ), Err(Errno::Noent));
    assert!(matches!(open(&mut chosen), Err(Stop::MissingObject(_))));
    store.add(&b"later"[..], AddOptions::default()).unwrap();
    for sim in [&mut sim, &mut lenient, &mut chosen] {
        assert!(matches!(open(sim), Ok(Ok(()))));
        assert_eq!(
            sim.number(64, 4),
            4,
            "the stopped call had taken no descriptor"
        );
        assert_eq!(sim.read(4, 9), Ok(b"later".to_vec()));
    }
}

#[test]
fn a_damaged_object_stops_the_run() {
    let (_folder, store, ids) = drive(&[b"first"]);
    let data = store
        .path()
        .join("objects")
        .join(ids[0].to_string())
        .join("data");
    fs::remove_file(data).unwrap();
    let world = WasiCtx::builder()
        .mount_drive("/data", Drive::whole(store))
        .build()
        .unwrap();
    let mut sim = Sim::new(world, PtrWidth::W32);
    sim.put(1024, ids[0].to_string().as_bytes());
    let stop = sim
        .try_call("path_open", &[3, 0, 1024, 43, 0, READ, 0, 0, 64])
        .unwrap_err();
    assert!(stop.to_string().contains("data file is missing"), "{stop}");
}

#[test]
fn mapping_a_host_file_names_its_pages() {
    let large: Vec<u8> = (0..50_000u32).map(|i| (i % 251) as u8).collect();
    let (_folder, store, ids) = drive(&[&large]);
    let world = WasiCtx::builder()
        .mount_drive("/data", Drive::whole(store))
        .build()
        .unwrap();
    let mut sim = Sim::new(world, PtrWidth::W64);
    let fd = u64::from(sim.open(&ids[0].to_string(), 0, READ).unwrap());
    let size = sim.memory.len() as u64;
    let find = |sim: &Sim, args| MapSource::find(&sim.world, size, 4096, args).unwrap();
    let source = find(&sim, [fd, 8192, 50_000 - 4096, 4096]).unwrap();
    assert_eq!(
        (source.file_offset, source.memory.clone()),
        (4096, 8192..8192 + 45_056)
    );
    assert_eq!(source.rest, [fd, 8192 + 45_056, 848, 4096 + 45_056]);
    // What an engine does: map the pages, and have the rest copied.
    std::os::unix::fs::FileExt::read_exact_at(
        source.file.as_ref(),
        &mut sim.memory[8192..8192 + 45_056],
        source.file_offset,
    )
    .unwrap();
    let rest = FILE_MAP.run(
        &mut sim.world,
        &mut Guest::new(&mut sim.memory, PtrWidth::W64),
        &source.rest,
    );
    assert_eq!(rest.unwrap(), Errno::Success);
    assert_eq!(sim.get(8192, 50_000 - 4096), &large[4096..]);
    assert!(find(&sim, [fd, 8192, 8192, 0]).is_some_and(|source| source.rest[2] == 0));
    for copied in [
        [fd, 8193, 8192, 0],
        [fd, 8192, 8192, 1],
        [fd, 8192, 4095, 0],
    ] {
        assert!(find(&sim, copied).is_none());
    }
    for wrong in [
        [fd, size - 4096, 8192, 0],
        [fd, 0, 50_001, 0],
        [fd, 0, u64::MAX, 0],
        [9, 0, 4096, 0],
    ] {
        assert!(find(&sim, wrong).is_none());
    }
}

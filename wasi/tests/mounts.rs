//! Folders of the host's, drives, and how mounts meet: what a guest sees of them and what it can not reach.

mod common;

use common::*;
use lockstep_wasi::{BuildError, Drive, Errno, HostFolder, PtrWidth, Scratch, WasiCtx};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// A folder with a jail in it and a secret beside the jail.
fn jail() -> tempfile::TempDir {
    let outer = tempfile::tempdir().unwrap();
    let jail = outer.path().join("jail");
    fs::create_dir_all(jail.join("dir/deep")).unwrap();
    fs::write(outer.path().join("secret"), "secret").unwrap();
    fs::write(jail.join("file"), "inside").unwrap();
    fs::write(jail.join("dir/deep/file"), "deep").unwrap();
    outer
}

fn mounted(outer: &Path, width: PtrWidth) -> Sim {
    let folder = HostFolder::open(outer.join("jail")).unwrap();
    Sim::new(
        WasiCtx::builder()
            .mount_folder("/", folder)
            .build()
            .unwrap(),
        width,
    )
}

#[test]
fn nothing_leads_out_of_a_mounted_folder() {
    let outer = jail();
    let jail = outer.path().join("jail");
    let absolute = outer.path().join("secret");
    symlink(&absolute, jail.join("absolute")).unwrap();
    symlink("../secret", jail.join("up")).unwrap();
    symlink("../../../secret", jail.join("dir/deep/up")).unwrap();
    symlink("..", jail.join("parent")).unwrap();
    symlink("parent", jail.join("chain")).unwrap();
    symlink("/", jail.join("root")).unwrap();
    symlink("/proc/self/cwd", jail.join("magic")).unwrap();
    symlink("dir/deep/../../../secret", jail.join("hidden")).unwrap();
    both(|width| {
        let mut sim = mounted(outer.path(), width);
        let paths = [
            "..",
            "../secret",
            "dir/../../secret",
            "dir/deep/../../../secret",
            "/file",
            "//",
            "absolute",
            "up",
            "dir/deep/up",
            "parent",
            "parent/secret",
            "chain/secret",
            "root/etc",
            "root",
            "magic",
            "magic/x",
            "hidden",
            "dir/../up",
            "./../jail/file",
            "parent/jail/file",
        ];
        for path in paths {
            assert_eq!(
                sim.open_at(3, path, FOLLOW, 0, READ, 0),
                Err(Errno::Perm),
                "{path}"
            );
            assert_eq!(sim.stat(path, FOLLOW), Err(Errno::Perm), "{path}");
        }
        assert_eq!(
            sim.open_at(3, absolute.to_str().unwrap(), FOLLOW, 0, READ, 0),
            Err(Errno::Perm)
        );
        let deep = sim.open("dir/deep", DIRECTORY, READ).unwrap();
        for path in ["..", "../deep/file", "up"] {
            assert_eq!(
                sim.open_at(deep, path, FOLLOW, 0, READ, 0),
                Err(Errno::Perm),
                "{path}"
            );
        }
        assert_eq!(
            sim.open_at(deep, "./file", FOLLOW, 0, READ, 0).map(drop),
            Ok(())
        );
        // The links themselves are there to be read.
        assert_eq!(sim.readlink("up", 100), Ok("../secret".into()));
        assert_eq!(sim.stat("root", NOFOLLOW).unwrap().kind, 7);
    });
}

#[test]
fn links_inside_a_mounted_folder_work() {
    let outer = jail();
    let jail = outer.path().join("jail");
    symlink("dir/deep", jail.join("short")).unwrap();
    symlink("../../file", jail.join("dir/deep/back")).unwrap();
    symlink("circle", jail.join("circle")).unwrap();
    both(|width| {
        let mut sim = mounted(outer.path(), width);
        assert_eq!(sim.read_file("short/file"), Ok(b"deep".to_vec()));
        assert_eq!(sim.read_file("short/back"), Ok(b"inside".to_vec()));
        assert_eq!(
            sim.read_file("dir/../short/../deep/file"),
            Ok(b"deep".to_vec())
        );
        assert_eq!(sim.open("short", 0, READ), Err(Errno::Loop));
        assert_eq!(
            sim.open_at(3, "circle", FOLLOW, 0, READ, 0),
            Err(Errno::Loop)
        );
        assert_eq!(sim.open("file/", 0, READ), Err(Errno::Notdir));
        assert_eq!(sim.open("absent", 0, READ), Err(Errno::Noent));
    });
}

#[test]
fn a_folder_that_moves_away_stays_a_jail() {
    let outer = jail();
    let mut sim = mounted(outer.path(), PtrWidth::W64);
    let deep = sim.open("dir/deep", DIRECTORY, READ).unwrap();
    // The host moves the open directory out of the mount, next to the secret.
    fs::rename(
        outer.path().join("jail/dir/deep"),
        outer.path().join("deep"),
    )
    .unwrap();
    assert_eq!(
        sim.open_at(deep, "../secret", FOLLOW, 0, READ, 0),
        Err(Errno::Perm)
    );
    assert_eq!(
        sim.open_at(deep, "file", FOLLOW, 0, READ, 0).map(drop),
        Ok(())
    );
    assert_eq!(sim.open("dir/deep", DIRECTORY, READ), Err(Errno::Noent));
    // And exchanges the next one for a link.
    fs::remove_dir(outer.path().join("jail/dir")).unwrap();
    symlink("..", outer.path().join("jail/dir")).unwrap();
    assert_eq!(
        sim.open_at(3, "dir/secret", FOLLOW, 0, READ, 0),
        Err(Errno::Perm)
    );
}

#[test]
fn a_mounted_folder_can_not_be_changed() {
    let outer = jail();
    symlink("file", outer.path().join("jail/link")).unwrap();
    both(|width| {
        let mut sim = mounted(outer.path(), width);
        assert_eq!(sim.open("file", 0, READ | WRITE), Err(Errno::Rofs));
        assert_eq!(sim.open("file", TRUNC, READ), Err(Errno::Rofs));
        assert_eq!(sim.open("new", CREAT, READ), Err(Errno::Rofs));
        assert_eq!(sim.open("file", CREAT, READ).map(drop), Ok(()));
        assert_eq!(sim.mkdir("new"), Err(Errno::Rofs));
        assert_eq!(sim.symlink("file", "new"), Err(Errno::Rofs));
        assert_eq!(sim.link("file", "new"), Err(Errno::Rofs));
        assert_eq!(sim.unlink("file"), Err(Errno::Rofs));
        assert_eq!(sim.rmdir("dir/deep"), Err(Errno::Rofs));
        assert_eq!(sim.rename("file", "new"), Err(Errno::Rofs));
        sim.put(1024, b"file");
        assert_eq!(
            sim.call("path_filestat_set_times", &[3, 0, 1024, 4, 1, 1, 5]),
            Err(Errno::Rofs)
        );
    });
    assert_eq!(fs::read(outer.path().join("jail/file")).unwrap(), b"inside");
}

#[test]
fn what_differs_between_hosts_is_not_seen() {
    let outer = jail();
    let jail = outer.path().join("jail");
    for name in ["zebra", "Alpha", "_x", "m"] {
        fs::write(jail.join(name), name).unwrap();
    }
    fs::hard_link(jail.join("m"), jail.join("m2")).unwrap();
    let first = observe(outer.path());
    let again = tempfile::tempdir().unwrap();
    // The same content, made in another order at another time and place, and owned with other permissions.
    let copy = again.path().join("jail");
    fs::create_dir_all(copy.join("dir/deep")).unwrap();
    fs::write(copy.join("dir/deep/file"), "deep").unwrap();
    for name in ["m2", "m", "Alpha", "zebra", "_x"] {
        fs::write(copy.join(name), if name == "m2" { "m" } else { name }).unwrap();
    }
    fs::write(copy.join("file"), "inside").unwrap();
    let mut permissions = fs::metadata(copy.join("file")).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(copy.join("file"), permissions).unwrap();
    assert_eq!(first, observe(again.path()));
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [".", "..", "Alpha", "_x", "dir", "file", "m", "m2", "zebra"]
    );
    assert!(
        first
            .iter()
            .all(|(_, stat)| stat.times == [0; 3] && stat.links == 1)
    );
}

fn observe(outer: &Path) -> Vec<(String, Stat)> {
    let mut sim = mounted(outer, PtrWidth::W64);
    let dir = sim.open(".", DIRECTORY, READ).unwrap();
    let (entries, _) = sim.readdir_once(dir, 0, 4000).unwrap();
    let mut seen = Vec::new();
    for (_, inode, kind, name) in entries {
        let stat = if name == ".." {
            sim.stat(".", NOFOLLOW)
        } else {
            sim.stat(&name, NOFOLLOW)
        }
        .unwrap();
        assert_eq!((inode, kind), (stat.inode, stat.kind), "{name}");
        seen.push((name, stat));
    }
    seen
}

#[test]
fn special_files_are_refused_and_not_listed() {
    let outer = jail();
    let jail = outer.path().join("jail");
    let _socket = std::os::unix::net::UnixListener::bind(jail.join("socket")).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        jail.join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    let mut sim = mounted(outer.path(), PtrWidth::W64);
    for name in ["socket", "pipe"] {
        assert_eq!(sim.open(name, 0, READ), Err(Errno::Acces));
        assert_eq!(sim.stat(name, NOFOLLOW), Err(Errno::Acces));
    }
    let dir = sim.open(".", DIRECTORY, READ).unwrap();
    assert_eq!(sim.list(dir).unwrap(), [".", "..", "dir", "file"]);
    assert!(HostFolder::open(jail.join("file")).is_err());
    assert!(HostFolder::open(jail.join("absent")).is_err());
}

#[test]
fn mounts_are_seen_through_one_another() {
    let outer = jail();
    let (_folder, store, ids) = drive(&[b"object"]);
    let scratch = Scratch::new(1 << 16);
    scratch.write_file("data", b"hidden by the mount").unwrap();
    let world = WasiCtx::builder()
        .mount_scratch("/", &scratch)
        .mount_drive("/data", Drive::whole(store))
        .mount_folder(
            "/usr/share/models",
            HostFolder::open(outer.path().join("jail")).unwrap(),
        )
        .mount_scratch("/usr/share/models/dir/tmp", &Scratch::new(1 << 16));
    let mut sim = Sim::new(world.build().unwrap(), PtrWidth::W32);
    assert_eq!(sim.list(3).unwrap(), [".", "..", "data", "usr"]);
    assert_eq!(
        sim.read_file(&format!("data/{}", ids[0])),
        Ok(b"object".to_vec())
    );
    assert_eq!(
        sim.read_file("usr/share/models/file"),
        Ok(b"inside".to_vec())
    );
    assert_eq!(
        sim.read_file("usr/../data/../usr/share/models/file"),
        Ok(b"inside".to_vec())
    );
    sim.write_file("usr/share/models/dir/tmp/new", b"x")
        .unwrap();
    sim.write_file("usr/share/models/dir/other", b"x")
        .unwrap_err();
    for busy in ["data", "usr"] {
        assert_eq!(sim.rmdir(busy), Err(Errno::Busy));
        assert_eq!(sim.rename(busy, "elsewhere"), Err(Errno::Busy));
    }
    sim.mkdir("own").unwrap();
    assert_eq!(sim.rename("own", "usr"), Err(Errno::Busy));
    assert_eq!(sim.rename("own", "usr/own"), Err(Errno::Rofs));
    assert_eq!(sim.mkdir("usr/own"), Err(Errno::Rofs));
    sim.rename("own", "renamed").unwrap();
    sim.create("renamed/file").unwrap();
    assert_eq!(
        sim.rename("renamed/file", "usr/share/models/dir/tmp/file"),
        Err(Errno::Xdev)
    );
    assert_eq!(
        sim.link("renamed/file", "usr/share/models/dir/tmp/file"),
        Err(Errno::Xdev)
    );
    sim.rename("renamed/file", "file").unwrap();
    let devices: Vec<u64> = [
        ".",
        "data",
        "usr",
        "usr/share/models",
        "usr/share/models/dir/tmp",
    ]
    .iter()
    .map(|path| sim.stat(path, NOFOLLOW).unwrap().device)
    .collect();
    assert_eq!(devices, [2, 3, 1, 4, 5]);
    // Every mount is a descriptor of its own as well, and a floor.
    assert_eq!(
        sim.open_at(5, "../../../file", NOFOLLOW, 0, READ, 0),
        Err(Errno::Perm)
    );
    assert_eq!(
        sim.open_at(6, "new", NOFOLLOW, 0, READ, 0).map(drop),
        Ok(())
    );
    for (fd, name) in [
        (3, "/"),
        (4, "/data"),
        (5, "/usr/share/models"),
        (6, "/usr/share/models/dir/tmp"),
    ] {
        sim.call("fd_prestat_get", &[fd, 64]).unwrap();
        assert_eq!(
            (sim.number(64, 4), sim.number(68, 4)),
            (0, name.len() as u64)
        );
        sim.call("fd_prestat_dir_name", &[fd, BUFFER, name.len() as u64])
            .unwrap();
        assert_eq!(sim.get(BUFFER, name.len() as u64), name.as_bytes());
    }
    assert_eq!(sim.call("fd_prestat_get", &[7, 64]), Err(Errno::Badf));
}

#[test]
fn mounts_that_can_not_be_are_named() {
    let scratch = Scratch::new(0);
    let build = |paths: &[&str]| {
        let builder = paths.iter().fold(WasiCtx::builder(), |builder, path| {
            builder.mount_scratch(*path, &scratch)
        });
        builder.build().map(drop)
    };
    for bad in ["", "relative", "/a/../b", "/./a", "/nul\0"] {
        assert_eq!(build(&[bad]), Err(BuildError::MountPath(bad.to_string())));
    }
    assert_eq!(
        build(&["/a", "//a/"]),
        Err(BuildError::SameMount("//a/".to_string()))
    );
    assert_eq!(
        WasiCtx::builder()
            .max_descriptors(3)
            .mount_scratch("/", &scratch)
            .build()
            .err(),
        Some(BuildError::TooManyMounts(3))
    );
}

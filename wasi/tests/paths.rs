//! Paths in a scratch file system: what each call answers, with links and slashes in all the wrong places.

mod common;

use common::*;
use lockstep_wasi::{Clock, ClockSource, Errno, Scratch, WasiCtx};

#[test]
fn interesting_paths() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("dir").unwrap();
        sim.mkdir("dir/nested").unwrap();
        sim.create("dir/nested/file").unwrap();
        let open =
            |sim: &mut Sim, path: &str| sim.open(path, 0, 0).map(|fd| sim.close(fd).unwrap());
        assert_eq!(
            open(
                &mut sim,
                "dir/.//nested/../../dir/nested/../nested///./file"
            ),
            Ok(())
        );
        for path in [
            "/dir/nested/file",
            "/",
            "..",
            "dir/nested/../../../dir",
            "../dir",
            "dir/../..",
        ] {
            assert_eq!(open(&mut sim, path), Err(Errno::Perm), "{path}");
        }
        for path in [
            "dir/nested/file/",
            "dir/nested/file///",
            "dir/nested/file/.",
            "dir/nested/file/..",
            "dir/nested/file/x",
        ] {
            assert_eq!(open(&mut sim, path), Err(Errno::Notdir), "{path}");
        }
        for path in [
            ".",
            "./",
            "dir/..",
            "dir/nested/",
            "dir/nested///",
            "dir/./nested/.",
        ] {
            assert_eq!(open(&mut sim, path), Ok(()), "{path}");
        }
        assert_eq!(open(&mut sim, ""), Err(Errno::Noent));
        assert_eq!(open(&mut sim, "dir/nested/file\0"), Err(Errno::Inval));
        assert_eq!(open(&mut sim, "absent/../dir"), Err(Errno::Noent));
        assert_eq!(open(&mut sim, &"x".repeat(256)), Err(Errno::Nametoolong));
        assert_eq!(open(&mut sim, &"x".repeat(255)), Err(Errno::Noent));
        assert_eq!(open(&mut sim, &"./".repeat(2049)), Err(Errno::Nametoolong));
        assert_eq!(open(&mut sim, &"./".repeat(2048)), Ok(()));
        sim.put(1024, b"a\xffb");
        assert_eq!(
            sim.call("path_open", &[3, 0, 1024, 3, 0, 0, 0, 0, 64]),
            Err(Errno::Ilseq)
        );
    });
}

#[test]
fn a_directory_descriptor_is_a_floor() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("dir").unwrap();
        sim.mkdir("dir/sub").unwrap();
        sim.create("secret").unwrap();
        sim.symlink("../secret", "dir/link").unwrap();
        let dir = sim.open("dir", DIRECTORY, 0).unwrap();
        assert_eq!(
            sim.open_at(dir, "../secret", NOFOLLOW, 0, 0, 0),
            Err(Errno::Perm)
        );
        assert_eq!(
            sim.open_at(dir, "sub/../../secret", NOFOLLOW, 0, 0, 0),
            Err(Errno::Perm)
        );
        assert_eq!(sim.open_at(dir, "link", FOLLOW, 0, 0, 0), Err(Errno::Perm));
        assert_eq!(
            sim.open_at(3, "dir/link", FOLLOW, 0, 0, 0).map(drop),
            Ok(())
        );
        let file = sim.open("secret", 0, 0).unwrap();
        assert_eq!(
            sim.open_at(file, "x", NOFOLLOW, CREAT, 0, 0),
            Err(Errno::Notdir)
        );
        assert_eq!(
            sim.open_at(1, "x", NOFOLLOW, CREAT, 0, 0),
            Err(Errno::Notdir)
        );
        assert_eq!(
            sim.open_at(99, "x", NOFOLLOW, CREAT, 0, 0),
            Err(Errno::Badf)
        );
    });
}

#[test]
fn opening_heeds_its_flags() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("dir").unwrap();
        sim.write_file("file", b"abc").unwrap();
        assert_eq!(sim.open("file", CREAT | EXCL, 0), Err(Errno::Exist));
        assert_eq!(sim.open("dir", CREAT | EXCL, 0), Err(Errno::Exist));
        assert_eq!(sim.open("file", DIRECTORY, 0), Err(Errno::Notdir));
        assert_eq!(sim.open("dir", CREAT, 0), Err(Errno::Isdir));
        assert_eq!(sim.open("dir", TRUNC, 0), Err(Errno::Isdir));
        assert_eq!(sim.open("dir", DIRECTORY, READ | WRITE), Err(Errno::Isdir));
        assert_eq!(sim.open(".", DIRECTORY, READ).map(drop), Ok(()));
        assert_eq!(sim.open("new", DIRECTORY | CREAT, 0), Err(Errno::Inval));
        assert_eq!(sim.open("new/", CREAT, 0), Err(Errno::Isdir));
        assert_eq!(sim.open("new", DIRECTORY, 0), Err(Errno::Noent));
        assert_eq!(sim.open("new", 16, 0), Err(Errno::Inval));
        assert_eq!(sim.open_at(3, "file", 2, 0, 0, 0), Err(Errno::Inval));
        assert_eq!(
            sim.open_at(3, "file", NOFOLLOW, 0, 0, 32),
            Err(Errno::Inval)
        );
        assert_eq!(sim.stat("new", NOFOLLOW), Err(Errno::Noent));
        sim.open("file", TRUNC, 0).unwrap();
        assert_eq!(sim.stat("file", NOFOLLOW).unwrap().size, 0);
        assert_eq!(sim.open("new", CREAT | EXCL, 0).map(drop), Ok(()));
    });
}

#[test]
fn last_links_are_followed_when_asked() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("target").unwrap();
        sim.symlink("target", "link").unwrap();
        assert_eq!(sim.open("link", DIRECTORY, 0), Err(Errno::Loop));
        assert_eq!(sim.open("link", 0, 0), Err(Errno::Loop));
        assert_eq!(sim.open("link/", 0, 0).map(drop), Ok(()));
        assert_eq!(
            sim.open_at(3, "link", FOLLOW, DIRECTORY, 0, 0).map(drop),
            Ok(())
        );
        assert_eq!(sim.stat("link", NOFOLLOW).unwrap().kind, 7);
        assert_eq!(sim.stat("link", FOLLOW).unwrap().kind, 3);
        assert_eq!(sim.stat("link/", NOFOLLOW).unwrap().kind, 3);
        sim.write_file("link/inside", b"x").unwrap();
        assert_eq!(sim.read_file("target/inside"), Ok(b"x".to_vec()));
        sim.symlink("target/inside", "file").unwrap();
        assert_eq!(
            sim.open_at(3, "file", FOLLOW, DIRECTORY, 0, 0),
            Err(Errno::Notdir)
        );
        assert_eq!(sim.open_at(3, "file/", FOLLOW, 0, 0, 0), Err(Errno::Notdir));
        assert_eq!(
            sim.open_at(3, "file", FOLLOW, CREAT | EXCL, 0, 0),
            Err(Errno::Exist)
        );
        // A link that ends in a slash means a directory, wherever it leads.
        sim.symlink("file/", "slashed").unwrap();
        assert_eq!(
            sim.open_at(3, "slashed", FOLLOW, 0, 0, 0),
            Err(Errno::Notdir)
        );
        // Through a link to nothing a file can be made, but not exclusively.
        sim.symlink("target/made", "dangling").unwrap();
        assert_eq!(
            sim.open_at(3, "dangling", FOLLOW, 0, 0, 0),
            Err(Errno::Noent)
        );
        assert_eq!(
            sim.open_at(3, "dangling", FOLLOW, CREAT | EXCL, 0, 0),
            Err(Errno::Exist)
        );
        assert_eq!(
            sim.open_at(3, "dangling", FOLLOW, CREAT, 0, 0).map(drop),
            Ok(())
        );
        assert_eq!(sim.stat("target/made", NOFOLLOW).unwrap().kind, 4);
        // Up and back again inside of a link.
        sim.symlink("../target/./inside", "target/round").unwrap();
        assert_eq!(sim.read_file("target/round"), Ok(b"x".to_vec()));
        sim.symlink(".", "target/self").unwrap();
        assert_eq!(
            sim.read_file("target/self/self/self/inside"),
            Ok(b"x".to_vec())
        );
        assert_eq!(
            sim.open_at(3, "target/self", FOLLOW, 0, 0, 0).map(drop),
            Ok(())
        );
    });
}

#[test]
fn links_in_circles_end() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.symlink("loop", "loop").unwrap();
        sim.symlink("b", "a").unwrap();
        sim.symlink("a", "b").unwrap();
        // Each step through this one makes the path longer.
        sim.symlink("grow/grow", "grow").unwrap();
        for path in ["loop", "a", "grow"] {
            assert_eq!(sim.open_at(3, path, FOLLOW, 0, 0, 0), Err(Errno::Loop));
            assert_eq!(
                sim.open_at(3, &format!("{path}/x"), FOLLOW, 0, 0, 0),
                Err(Errno::Loop)
            );
        }
        // Forty links in a row are fine, one more is not.
        sim.create("l0").unwrap();
        for i in 1..=41 {
            sim.symlink(&format!("l{}", i - 1), &format!("l{i}"))
                .unwrap();
        }
        assert_eq!(sim.open_at(3, "l40", FOLLOW, 0, 0, 0).map(drop), Ok(()));
        assert_eq!(sim.open_at(3, "l41", FOLLOW, 0, 0, 0), Err(Errno::Loop));
    });
}

#[test]
fn links_are_made_and_read() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.symlink("some/target", "link").unwrap();
        assert_eq!(sim.readlink("link", 100), Ok("some/target".into()));
        assert_eq!(sim.readlink("link", 4), Ok("some".into()));
        assert_eq!(sim.readlink("link", 0), Ok("".into()));
        assert_eq!(sim.stat("link", NOFOLLOW).unwrap().size, 11);
        sim.create("file").unwrap();
        assert_eq!(sim.readlink("file", 9), Err(Errno::Inval));
        assert_eq!(sim.readlink("absent", 9), Err(Errno::Noent));
        assert_eq!(sim.symlink("/absolute", "out"), Err(Errno::Perm));
        assert_eq!(sim.symlink("", "out"), Err(Errno::Noent));
        assert_eq!(sim.symlink("x", "new/"), Err(Errno::Noent));
        assert_eq!(sim.symlink("x", "file"), Err(Errno::Exist));
        assert_eq!(sim.symlink("x", "file/"), Err(Errno::Notdir));
        assert_eq!(sim.symlink("x", "link"), Err(Errno::Exist));
        sim.mkdir("dir").unwrap();
        assert_eq!(sim.symlink("x", "dir/"), Err(Errno::Exist));
        assert_eq!(sim.symlink("x", "."), Err(Errno::Exist));
    });
}

#[test]
fn hard_links_share_a_file() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.write_file("file", b"abc").unwrap();
        sim.mkdir("dir").unwrap();
        sim.link("file", "dir/link").unwrap();
        let (a, b) = (
            sim.stat("file", NOFOLLOW).unwrap(),
            sim.stat("dir/link", NOFOLLOW).unwrap(),
        );
        assert_eq!((a, a.links), (b, 2));
        sim.unlink("file").unwrap();
        assert_eq!(sim.read_file("dir/link"), Ok(b"abc".to_vec()));
        assert_eq!(sim.stat("dir/link", NOFOLLOW).unwrap().links, 1);
        assert_eq!(sim.link("dir/link", "dir/link"), Err(Errno::Exist));
        assert_eq!(sim.link("dir", "d2"), Err(Errno::Perm));
        assert_eq!(sim.link("dir/link", "dir"), Err(Errno::Exist));
        assert_eq!(sim.link("dir/link", "new/"), Err(Errno::Noent));
        assert_eq!(sim.link("absent", "new"), Err(Errno::Noent));
        // A link to a link is one to the link itself.
        sim.symlink("nowhere", "symbolic").unwrap();
        sim.link("symbolic", "again").unwrap();
        assert_eq!(sim.readlink("again", 99), Ok("nowhere".into()));
        sim.put(1024, b"symbolicnew");
        assert_eq!(
            sim.call("path_link", &[3, 1, 1024, 8, 3, 1032, 3]),
            Err(Errno::Inval)
        );
        // An open file that has no name any more gets none back.
        assert_eq!(sim.link("dir/link", "symbolic"), Err(Errno::Exist));
    });
}

#[test]
fn removing_tells_files_from_directories() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("dir").unwrap();
        assert_eq!(sim.mkdir("dir"), Err(Errno::Exist));
        assert_eq!(sim.mkdir("."), Err(Errno::Exist));
        assert_eq!(sim.mkdir("a/b"), Err(Errno::Noent));
        sim.mkdir("slash/").unwrap();
        sim.rmdir("slash/").unwrap();
        sim.create("dir/file").unwrap();
        assert_eq!(sim.unlink("dir"), Err(Errno::Isdir));
        assert_eq!(sim.unlink("dir/"), Err(Errno::Isdir));
        assert_eq!(sim.unlink("."), Err(Errno::Isdir));
        assert_eq!(sim.rmdir("dir"), Err(Errno::Notempty));
        assert_eq!(sim.rmdir("dir/file"), Err(Errno::Notdir));
        assert_eq!(sim.rmdir("dir/file/"), Err(Errno::Notdir));
        assert_eq!(sim.rmdir("dir/."), Err(Errno::Inval));
        assert_eq!(sim.rmdir("absent"), Err(Errno::Noent));
        assert_eq!(sim.unlink("dir/file/"), Err(Errno::Notdir));
        assert_eq!(sim.unlink("absent"), Err(Errno::Noent));
        sim.symlink("dir", "link").unwrap();
        assert_eq!(sim.rmdir("link"), Err(Errno::Notdir));
        assert_eq!(sim.unlink("link/"), Err(Errno::Notdir));
        sim.unlink("link").unwrap();
        // A directory that is removed while it is open takes nothing in.
        let dir = sim.open("dir", DIRECTORY, 0).unwrap();
        sim.unlink("dir/file").unwrap();
        sim.rmdir("dir").unwrap();
        assert_eq!(
            sim.open_at(dir, "x", NOFOLLOW, CREAT, 0, 0),
            Err(Errno::Noent)
        );
        assert_eq!(sim.list(dir).unwrap(), [".", ".."]);
        assert_eq!(sim.rename_between(3, "absent", dir, "x"), Err(Errno::Noent));
        sim.create("file").unwrap();
        assert_eq!(sim.rename_between(3, "file", dir, "x"), Err(Errno::Noent));
    });
}

#[test]
fn renaming_moves_and_replaces() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("a").unwrap();
        sim.mkdir("a/b").unwrap();
        sim.write_file("a/b/file", b"1").unwrap();
        assert_eq!(sim.rename("a", "a/b/c"), Err(Errno::Inval));
        assert_eq!(sim.rename("a", "a/x"), Err(Errno::Inval));
        assert_eq!(sim.rename("a", "a"), Ok(()));
        assert_eq!(sim.rename(".", "x"), Err(Errno::Inval));
        assert_eq!(sim.rename("a/b/..", "x"), Err(Errno::Inval));
        assert_eq!(sim.rename("a", "."), Err(Errno::Inval));
        sim.mkdir("full").unwrap();
        sim.create("full/file").unwrap();
        assert_eq!(sim.rename("a", "full"), Err(Errno::Notempty));
        assert_eq!(sim.rename("a", "full/file"), Err(Errno::Notdir));
        assert_eq!(sim.rename("full/file", "a"), Err(Errno::Isdir));
        assert_eq!(sim.rename("full/file", "new/"), Err(Errno::Notdir));
        assert_eq!(sim.rename("full/file/", "new"), Err(Errno::Notdir));
        sim.mkdir("empty").unwrap();
        sim.rename("a/", "empty/").unwrap();
        assert_eq!(sim.read_file("empty/b/file"), Ok(b"1".to_vec()));
        assert_eq!(sim.stat("a", NOFOLLOW), Err(Errno::Noent));
        // The moved directory knows its new place: it can go where its old one was below it.
        sim.mkdir("other").unwrap();
        sim.rename("empty/b", "other/b").unwrap();
        sim.rename("empty", "other/b/empty").unwrap();
        assert_eq!(sim.rename("other", "other/b/empty/x"), Err(Errno::Inval));
        // Two names of one file: nothing happens.
        sim.link("full/file", "twin").unwrap();
        assert_eq!(sim.rename("full/file", "twin"), Ok(()));
        assert_eq!(sim.stat("full/file", NOFOLLOW).unwrap().links, 2);
        sim.write_file("source", b"s").unwrap();
        sim.rename("source", "twin").unwrap();
        assert_eq!(sim.read_file("twin"), Ok(b"s".to_vec()));
        assert_eq!(sim.stat("full/file", NOFOLLOW).unwrap().links, 1);
        // Links are moved themselves.
        sim.symlink("twin", "link").unwrap();
        sim.rename("link", "moved").unwrap();
        assert_eq!(sim.readlink("moved", 9), Ok("twin".into()));
    });
}

#[test]
fn an_open_directory_can_be_moved_but_not_left() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("jail").unwrap();
        sim.mkdir("jail/inner").unwrap();
        sim.create("secret").unwrap();
        let jail = sim.open("jail", DIRECTORY, 0).unwrap();
        let inner = sim
            .open_at(jail, "inner", NOFOLLOW, DIRECTORY, 0, 0)
            .unwrap();
        // Moving the inner directory up does not make the outside reachable from either.
        sim.rename("jail/inner", "inner").unwrap();
        assert_eq!(
            sim.open_at(inner, "../secret", NOFOLLOW, 0, 0, 0),
            Err(Errno::Perm)
        );
        assert_eq!(
            sim.open_at(jail, "../secret", NOFOLLOW, 0, 0, 0),
            Err(Errno::Perm)
        );
        assert_eq!(
            sim.open_at(inner, "new", NOFOLLOW, CREAT, 0, 0).map(drop),
            Ok(())
        );
        assert_eq!(sim.stat("inner/new", NOFOLLOW).unwrap().kind, 4);
    });
}

#[test]
fn listings_are_ordered_and_survive_removal() {
    both(|width| {
        let mut sim = Sim::scratch(width);
        sim.mkdir("dir").unwrap();
        for name in ["b", "a", "é", "Z", "a.b", "ab"] {
            sim.create(&format!("dir/{name}")).unwrap();
        }
        sim.symlink("x", "dir/link").unwrap();
        sim.mkdir("dir/sub").unwrap();
        let dir = sim.open("dir", DIRECTORY, READ).unwrap();
        let expected = [".", "..", "Z", "a", "a.b", "ab", "b", "link", "sub", "é"];
        assert_eq!(sim.list(dir).unwrap(), expected);
        let (entries, full) = sim.readdir_once(dir, 0, 4000).unwrap();
        assert!(!full);
        assert_eq!(entries[0].1, sim.stat("dir", NOFOLLOW).unwrap().inode);
        assert_eq!(entries[1].1, sim.stat(".", NOFOLLOW).unwrap().inode);
        assert_eq!(entries[4].1, sim.stat("dir/a.b", NOFOLLOW).unwrap().inode);
        assert_eq!(
            entries.iter().map(|entry| entry.2).collect::<Vec<_>>(),
            [3, 3, 4, 4, 4, 4, 4, 7, 3, 4]
        );
        // A cookie goes on where its entry ended; the last gives nothing.
        assert_eq!(
            sim.readdir_once(dir, entries[7].0, 4000).unwrap().0,
            entries[8..]
        );
        assert_eq!(sim.readdir_once(dir, 10, 4000).unwrap(), (vec![], false));
        assert_eq!(
            sim.readdir_once(dir, u64::MAX, 4000).unwrap(),
            (vec![], false)
        );
        // A small buffer is filled with a part.
        assert_eq!(
            sim.readdir_once(dir, 0, 30).unwrap(),
            (entries[..1].to_vec(), true)
        );
        assert_eq!(sim.readdir_once(dir, 0, 0).unwrap(), (vec![], true));
        // Removing what was listed skips nothing of what was not.
        let mut cookie = 0;
        let mut removed = Vec::new();
        loop {
            let (entries, full) = sim.readdir_once(dir, cookie, 60).unwrap();
            for (next, _, kind, name) in entries {
                cookie = next;
                if kind == 4 {
                    sim.unlink(&format!("dir/{name}")).unwrap();
                    removed.push(name);
                }
            }
            if !full {
                break;
            }
        }
        assert_eq!(removed, ["Z", "a", "a.b", "ab", "b", "é"]);
        assert_eq!(sim.list(dir).unwrap(), [".", "..", "link", "sub"]);
        let file = sim.open("dir/x", CREAT, READ).unwrap();
        assert_eq!(sim.list(file), Err(Errno::Notdir));
    });
}

#[test]
fn times_come_from_the_guests_clock() {
    both(|width| {
        let clock = Clock::new(ClockSource::Step { nanoseconds: 100 }, 1000);
        let builder = WasiCtx::builder()
            .clock(clock)
            .mount_scratch("/", &Scratch::new(1 << 16));
        let mut sim = Sim::new(builder.build().unwrap(), width);
        let tick = |sim: &mut Sim| sim.call("clock_time_get", &[0, 0, 64]).unwrap();
        sim.write_file("file", b"abc").unwrap();
        assert_eq!(sim.stat("file", NOFOLLOW).unwrap().times, [1000; 3]);
        tick(&mut sim);
        let fd = sim.open("file", 0, READ | WRITE).unwrap();
        sim.read(fd, 3).unwrap();
        assert_eq!(sim.fd_stat(fd).unwrap().times, [1000; 3]);
        sim.write(fd, b"d").unwrap();
        assert_eq!(sim.fd_stat(fd).unwrap().times, [1000, 1100, 1100]);
        tick(&mut sim);
        sim.call("fd_filestat_set_times", &[fd.into(), 5, 6, 1 | 8])
            .unwrap();
        assert_eq!(sim.fd_stat(fd).unwrap().times, [5, 1200, 1200]);
        for bad in [3, 12, 16] {
            assert_eq!(
                sim.call("fd_filestat_set_times", &[fd.into(), 5, 6, bad]),
                Err(Errno::Inval)
            );
        }
        sim.symlink("file", "link").unwrap();
        sim.put(1024, b"link");
        sim.call("path_filestat_set_times", &[3, 0, 1024, 4, 0, 7, 4])
            .unwrap();
        assert_eq!(sim.stat("link", NOFOLLOW).unwrap().times, [1200, 7, 1200]);
        assert_eq!(sim.stat("link", FOLLOW).unwrap().times, [5, 1200, 1200]);
        sim.put(1024, b"link");
        sim.call("path_filestat_set_times", &[3, 1, 1024, 4, 8, 9, 5])
            .unwrap();
        assert_eq!(sim.stat("file", NOFOLLOW).unwrap().times, [8, 9, 1200]);
        assert_eq!(
            sim.call("fd_filestat_set_times", &[1, 5, 6, 1]),
            Err(Errno::Notcapable)
        );
    });
}

#[test]
fn the_embedder_sees_the_same_files() {
    let scratch = Scratch::new(1 << 16);
    scratch.write_file("deep/down/input", b"in").unwrap();
    scratch.make_folder("/deep/empty").unwrap();
    let mut sim = Sim::new(
        WasiCtx::builder()
            .mount_scratch("/", &scratch)
            .build()
            .unwrap(),
        lockstep_wasi::PtrWidth::W64,
    );
    assert_eq!(sim.read_file("deep/down/input"), Ok(b"in".to_vec()));
    sim.write_file("deep/empty/output", b"out").unwrap();
    assert_eq!(scratch.read_file("deep/empty/output"), Ok(b"out".to_vec()));
    scratch
        .write_file("deep/empty/output", b"replaced")
        .unwrap();
    assert_eq!(sim.read_file("deep/empty/output"), Ok(b"replaced".to_vec()));
    assert_eq!(scratch.write_file("deep", b""), Err(Errno::Isdir));
    assert_eq!(
        scratch.write_file("deep/empty/output/x", b""),
        Err(Errno::Notdir)
    );
    assert_eq!(scratch.make_folder("deep/empty/output"), Err(Errno::Notdir));
    assert_eq!(scratch.write_file("a/../b", b""), Err(Errno::Inval));
    assert_eq!(scratch.read_file(""), Err(Errno::Inval));
    assert_eq!(scratch.read_file("deep"), Err(Errno::Isdir));
    assert_eq!(scratch.read_file("nothing"), Err(Errno::Noent));
    assert_eq!(
        scratch.write_file("large", &[0; 1 << 16]),
        Err(Errno::Nospc)
    );
}

//! A guest without a machine: a vector for a memory, and calls made by name.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file uses its own part"
)]

use lockstep_wasi::{CALLS, Errno, Guest, PtrWidth, Scratch, Stop, WasiCtx};
use lockstep_weavedrive::{AddOptions, Id, Store};

pub const READ: u64 = 1 << 1;
pub const WRITE: u64 = 1 << 6;
pub const CREAT: u64 = 1;
pub const DIRECTORY: u64 = 2;
pub const EXCL: u64 = 4;
pub const TRUNC: u64 = 8;
pub const APPEND: u64 = 1;
pub const NOFOLLOW: u64 = 0;
pub const FOLLOW: u64 = 1;

/// Where calls put what they answer, and where their arguments lie.
const OUT: u64 = 64;
const PATHS: [u64; 2] = [1024, 8192];
pub const BUFFER: u64 = 16384;

pub struct Sim {
    pub world: WasiCtx,
    pub memory: Vec<u8>,
    pub width: PtrWidth,
}

/// A line of a listing: next cookie, inode, file type, name.
pub type Entry = (u64, u64, u8, String);

pub type Answer<T> = Result<T, Errno>;

/// Runs a test for both widths.
pub fn both(test: impl Fn(PtrWidth)) {
    test(PtrWidth::W32);
    test(PtrWidth::W64);
}

impl Sim {
    pub fn new(world: WasiCtx, width: PtrWidth) -> Sim {
        Sim {
            world,
            memory: vec![0; 1 << 20],
            width,
        }
    }

    /// A guest with an empty file system of a mebibyte, mounted at `/` as descriptor 3.
    pub fn scratch(width: PtrWidth) -> Sim {
        Sim::new(
            WasiCtx::builder()
                .mount_scratch("/", &Scratch::new(1 << 20))
                .build()
                .unwrap(),
            width,
        )
    }

    pub fn try_call(&mut self, name: &str, args: &[u64]) -> Result<Answer<()>, Stop> {
        let call = CALLS.iter().find(|call| call.name == name).expect(name);
        let mut guest = Guest::new(&mut self.memory, self.width);
        Ok(match call.run(&mut self.world, &mut guest, args)? {
            Errno::Success => Ok(()),
            errno => Err(errno),
        })
    }

    pub fn call(&mut self, name: &str, args: &[u64]) -> Answer<()> {
        self.try_call(name, args).unwrap()
    }

    pub fn put(&mut self, at: u64, bytes: &[u8]) {
        self.memory[at as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    pub fn get(&self, at: u64, count: u64) -> &[u8] {
        &self.memory[at as usize..(at + count) as usize]
    }

    pub fn number(&self, at: u64, bytes: u64) -> u64 {
        let mut number = [0; 8];
        number[..bytes as usize].copy_from_slice(self.get(at, bytes));
        u64::from_le_bytes(number)
    }

    pub fn size(&self, at: u64) -> u64 {
        self.number(at, self.width.bytes())
    }

    pub fn put_size(&mut self, at: u64, value: u64) {
        let width = self.width.bytes() as usize;
        self.put(at, &value.to_le_bytes()[..width]);
    }

    /// Puts iovecs at address 0.
    pub fn put_iovecs(&mut self, iovecs: &[(u64, u64)]) {
        let width = self.width.bytes();
        for (i, (pointer, length)) in iovecs.iter().enumerate() {
            self.put_size(i as u64 * 2 * width, *pointer);
            self.put_size((i as u64 * 2 + 1) * width, *length);
        }
    }

    fn path(&mut self, slot: usize, path: &str) -> [u64; 2] {
        self.put(PATHS[slot], path.as_bytes());
        [PATHS[slot], path.len() as u64]
    }

    pub fn open_at(
        &mut self,
        dir: u32,
        path: &str,
        follow: u64,
        oflags: u64,
        rights: u64,
        fdflags: u64,
    ) -> Answer<u32> {
        let [path, length] = self.path(0, path);
        self.call(
            "path_open",
            &[
                dir.into(),
                follow,
                path,
                length,
                oflags,
                rights,
                0,
                fdflags,
                OUT,
            ],
        )?;
        Ok(self.number(OUT, 4) as u32)
    }

    /// Opens below descriptor 3 without following a last link.
    pub fn open(&mut self, path: &str, oflags: u64, rights: u64) -> Answer<u32> {
        self.open_at(3, path, NOFOLLOW, oflags, rights, 0)
    }

    pub fn create(&mut self, path: &str) -> Answer<()> {
        let fd = self.open(path, CREAT, 0)?;
        self.close(fd)
    }

    pub fn close(&mut self, fd: u32) -> Answer<()> {
        self.call("fd_close", &[fd.into()])
    }

    pub fn write(&mut self, fd: u32, bytes: &[u8]) -> Answer<u64> {
        self.put(BUFFER, bytes);
        self.put_iovecs(&[(BUFFER, bytes.len() as u64)]);
        self.call("fd_write", &[fd.into(), 0, 1, OUT])?;
        Ok(self.size(OUT))
    }

    pub fn pwrite(&mut self, fd: u32, bytes: &[u8], offset: i64) -> Answer<u64> {
        self.put(BUFFER, bytes);
        self.put_iovecs(&[(BUFFER, bytes.len() as u64)]);
        self.call("fd_pwrite", &[fd.into(), 0, 1, offset as u64, OUT])?;
        Ok(self.size(OUT))
    }

    pub fn read(&mut self, fd: u32, count: u64) -> Answer<Vec<u8>> {
        self.put_iovecs(&[(BUFFER, count)]);
        self.call("fd_read", &[fd.into(), 0, 1, OUT])?;
        Ok(self.get(BUFFER, self.size(OUT)).to_vec())
    }

    pub fn pread(&mut self, fd: u32, count: u64, offset: i64) -> Answer<Vec<u8>> {
        self.put_iovecs(&[(BUFFER, count)]);
        self.call("fd_pread", &[fd.into(), 0, 1, offset as u64, OUT])?;
        Ok(self.get(BUFFER, self.size(OUT)).to_vec())
    }

    pub fn seek(&mut self, fd: u32, offset: i64, whence: u64) -> Answer<u64> {
        self.call("fd_seek", &[fd.into(), offset as u64, whence, OUT])?;
        Ok(self.number(OUT, 8))
    }

    pub fn tell(&mut self, fd: u32) -> Answer<u64> {
        self.call("fd_tell", &[fd.into(), OUT])?;
        Ok(self.number(OUT, 8))
    }

    pub fn fd_stat(&mut self, fd: u32) -> Answer<Stat> {
        self.call("fd_filestat_get", &[fd.into(), OUT])?;
        Ok(self.stat_record())
    }

    pub fn stat(&mut self, path: &str, follow: u64) -> Answer<Stat> {
        let [path, length] = self.path(0, path);
        self.call("path_filestat_get", &[3, follow, path, length, OUT])?;
        Ok(self.stat_record())
    }

    fn stat_record(&self) -> Stat {
        let field = |offset| self.number(OUT + offset, 8);
        Stat {
            device: field(0),
            inode: field(8),
            kind: self.memory[OUT as usize + 16],
            links: field(24),
            size: field(32),
            times: [field(40), field(48), field(56)],
        }
    }

    /// File type, flags, rights, inherited rights.
    pub fn fdstat(&mut self, fd: u32) -> Answer<(u8, u64, u64, u64)> {
        self.call("fd_fdstat_get", &[fd.into(), OUT])?;
        Ok((
            self.memory[OUT as usize],
            self.number(OUT + 2, 2),
            self.number(OUT + 8, 8),
            self.number(OUT + 16, 8),
        ))
    }

    /// A call with one path below descriptor 3.
    pub fn on_path(&mut self, name: &str, path: &str) -> Answer<()> {
        let [path, length] = self.path(0, path);
        self.call(name, &[3, path, length])
    }

    pub fn mkdir(&mut self, path: &str) -> Answer<()> {
        self.on_path("path_create_directory", path)
    }

    pub fn rmdir(&mut self, path: &str) -> Answer<()> {
        self.on_path("path_remove_directory", path)
    }

    pub fn unlink(&mut self, path: &str) -> Answer<()> {
        self.on_path("path_unlink_file", path)
    }

    pub fn symlink(&mut self, target: &str, path: &str) -> Answer<()> {
        let [target, target_length] = self.path(0, target);
        let [path, length] = self.path(1, path);
        self.call("path_symlink", &[target, target_length, 3, path, length])
    }

    pub fn link(&mut self, old: &str, new: &str) -> Answer<()> {
        let [old, old_length] = self.path(0, old);
        let [new, new_length] = self.path(1, new);
        self.call("path_link", &[3, 0, old, old_length, 3, new, new_length])
    }

    pub fn rename(&mut self, old: &str, new: &str) -> Answer<()> {
        self.rename_between(3, old, 3, new)
    }

    pub fn rename_between(&mut self, from: u32, old: &str, to: u32, new: &str) -> Answer<()> {
        let [old, old_length] = self.path(0, old);
        let [new, new_length] = self.path(1, new);
        self.call(
            "path_rename",
            &[from.into(), old, old_length, to.into(), new, new_length],
        )
    }

    pub fn readlink(&mut self, path: &str, room: u64) -> Answer<String> {
        let [path, length] = self.path(0, path);
        self.call("path_readlink", &[3, path, length, BUFFER, room, OUT])?;
        Ok(String::from_utf8(self.get(BUFFER, self.size(OUT)).to_vec()).unwrap())
    }

    /// One `fd_readdir` with a buffer of `room` bytes: the complete entries, and whether
    /// the buffer was filled.
    pub fn readdir_once(&mut self, fd: u32, cookie: u64, room: u64) -> Answer<(Vec<Entry>, bool)> {
        self.call("fd_readdir", &[fd.into(), BUFFER, room, cookie, OUT])?;
        let used = self.size(OUT);
        let (mut entries, mut at) = (Vec::new(), BUFFER);
        while at + 24 <= BUFFER + used {
            let length = self.number(at + 16, 4);
            if at + 24 + length > BUFFER + used {
                break;
            }
            let name = String::from_utf8(self.get(at + 24, length).to_vec()).unwrap();
            entries.push((
                self.number(at, 8),
                self.number(at + 8, 8),
                self.memory[at as usize + 20],
                name,
            ));
            at += 24 + length;
        }
        Ok((entries, used == room))
    }

    /// All names, `.` and `..` included.
    pub fn list(&mut self, fd: u32) -> Answer<Vec<String>> {
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            let (entries, full) = self.readdir_once(fd, cookie, 300)?;
            cookie = entries.last().map_or(cookie, |entry| entry.0);
            names.extend(entries.into_iter().map(|entry| entry.3));
            if !full {
                return Ok(names);
            }
        }
    }

    pub fn write_file(&mut self, path: &str, bytes: &[u8]) -> Answer<()> {
        let fd = self.open(path, CREAT | TRUNC, WRITE)?;
        assert_eq!(self.write(fd, bytes)?, bytes.len() as u64);
        self.close(fd)
    }

    pub fn read_file(&mut self, path: &str) -> Answer<Vec<u8>> {
        let fd = self.open_at(3, path, FOLLOW, 0, READ, 0)?;
        let bytes = self.read(fd, 100_000);
        self.close(fd)?;
        bytes
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    pub device: u64,
    pub inode: u64,
    pub kind: u8,
    pub links: u64,
    pub size: u64,
    /// Accessed, modified, changed.
    pub times: [u64; 3],
}

/// A store with these objects in it.
pub fn drive(objects: &[&[u8]]) -> (tempfile::TempDir, Store, Vec<Id>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("drive")).unwrap();
    let ids = objects
        .iter()
        .map(|bytes| store.add(*bytes, AddOptions::default()).unwrap().id)
        .collect();
    (folder, store, ids)
}

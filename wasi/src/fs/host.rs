//! A folder of the host's, to be read and never written.
//!
//! Names are opened one component at a time, relative to an open directory, and never through a symbolic link
//! (`O_NOFOLLOW`): the resolver reads links and walks them itself, inside the mount. So neither `..` nor a link, nor a
//! name that is exchanged at the wrong moment, leads out. Devices, sockets and pipes are refused and not listed.
//!
//! The guest sees names and contents. Inode numbers are hashes of the path inside the mount, times are 0, link counts
//! 1, directory sizes 0; names that are not UTF-8 do not exist. The folder must not change while the guest runs.

use super::{DirEntry, FileType, Node, NodeRef, Stat};
use crate::errno::{Errno, Refusal, Stop};
use rustix::fs::{AtFlags, Dir, Mode, OFlags, RawMode};
use rustix::io::Errno as HostErrno;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A folder of the host's to be mounted read-only. The folder is held open, so renaming it changes nothing.
#[derive(Debug, Clone)]
pub struct HostFolder {
    fd: Arc<OwnedFd>,
}

impl HostFolder {
    /// Opens the folder. Symbolic links in `path` itself are followed: it is the embedder's word.
    ///
    /// # Errors
    /// What the system says; `NotADirectory` if it is something else.
    pub fn open(path: impl AsRef<Path>) -> io::Result<HostFolder> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path.as_ref(), flags, Mode::empty())?;
        Ok(HostFolder { fd: Arc::new(fd) })
    }

    pub(crate) fn into_node(self, device: u64) -> NodeRef {
        Arc::new(HostDir {
            fd: self.fd,
            path: String::new(),
            device,
        })
    }
}

#[derive(Debug)]
struct HostDir {
    fd: Arc<OwnedFd>,
    /// The path inside the mount, which is all that identifies the directory to the guest.
    path: String,
    device: u64,
}

impl HostDir {
    fn child_path(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// Opens a name that is no symbolic link. Opening does not wait, should the name have become a pipe.
    fn open(&self, name: &str, flags: OFlags) -> Result<OwnedFd, Refusal> {
        let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        rustix::fs::openat(&self.fd, name, flags, Mode::empty())
            .map_err(refuse("open a mounted file"))
    }
}

impl Node for HostDir {
    fn stat(&self) -> Result<Stat, Refusal> {
        Ok(Stat::fixed(
            self.device,
            inode(&self.path),
            FileType::Directory,
            0,
        ))
    }

    fn lookup(&self, name: &str) -> Result<NodeRef, Refusal> {
        let stat = rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW);
        let (path, device) = (self.child_path(name), self.device);
        match kind(stat.map_err(refuse("look at a mounted file"))?.st_mode)? {
            FileType::Directory => {
                let fd = Arc::new(self.open(name, OFlags::DIRECTORY)?);
                Ok(Arc::new(HostDir { fd, path, device }))
            }
            FileType::SymbolicLink => {
                let target = rustix::fs::readlinkat(&self.fd, name, Vec::new())
                    .map_err(refuse("read a mounted link"))?;
                let target = target.into_string().map_err(|_| Errno::Ilseq)?;
                Ok(Arc::new(HostLink {
                    target,
                    path,
                    device,
                }))
            }
            _ => {
                let file = File::from(self.open(name, OFlags::empty())?);
                // The name may have been exchanged since it was looked at.
                let metadata = file
                    .metadata()
                    .map_err(Stop::host("look at a mounted file"))?;
                if !metadata.is_file() {
                    return Err(Errno::Acces.into());
                }
                Ok(Arc::new(HostFile {
                    file: Arc::new(file),
                    path,
                    device,
                }))
            }
        }
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Refusal> {
        let listing = Dir::read_from(&self.fd).map_err(refuse("list a mounted folder"))?;
        let mut entries = Vec::new();
        for entry in listing {
            let entry = entry.map_err(refuse("list a mounted folder"))?;
            let Ok(name) = entry.file_name().to_str() else {
                continue;
            };
            if name == "." || name == ".." {
                continue;
            }
            let stat = match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
                Err(HostErrno::NOENT) => continue,
                other => other.map_err(refuse("look at a mounted file"))?,
            };
            if let Ok(kind) = kind(stat.st_mode) {
                entries.push(DirEntry {
                    name: name.to_owned(),
                    inode: inode(&self.child_path(name)),
                    kind,
                });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }
}

#[derive(Debug)]
struct HostFile {
    file: Arc<File>,
    path: String,
    device: u64,
}

impl Node for HostFile {
    fn stat(&self) -> Result<Stat, Refusal> {
        let metadata = self
            .file
            .metadata()
            .map_err(Stop::host("look at a mounted file"))?;
        Ok(Stat::fixed(
            self.device,
            inode(&self.path),
            FileType::RegularFile,
            metadata.len(),
        ))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Refusal> {
        // No file reaches this far, and beyond it the system would complain instead of saying that the file has ended.
        if offset >= 1 << 62 {
            return Ok(0);
        }
        let mut filled = 0;
        // The system may give less than there is; the guest gets less only at the file's end.
        while filled < buffer.len() {
            match self
                .file
                .read_at(&mut buffer[filled..], offset + filled as u64)
            {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::host("read a mounted file")(error)),
            }
        }
        Ok(filled)
    }

    fn host_file(&self) -> Option<Arc<File>> {
        Some(self.file.clone())
    }
}

#[derive(Debug)]
struct HostLink {
    target: String,
    path: String,
    device: u64,
}

impl Node for HostLink {
    fn stat(&self) -> Result<Stat, Refusal> {
        Ok(Stat::fixed(
            self.device,
            inode(&self.path),
            FileType::SymbolicLink,
            self.target.len() as u64,
        ))
    }

    fn read_link(&self) -> Result<String, Refusal> {
        Ok(self.target.clone())
    }
}

/// The kind of a file, from its mode. `EACCES` for what a guest may not touch.
fn kind(mode: RawMode) -> Result<FileType, Errno> {
    match rustix::fs::FileType::from_raw_mode(mode) {
        rustix::fs::FileType::Directory => Ok(FileType::Directory),
        rustix::fs::FileType::RegularFile => Ok(FileType::RegularFile),
        rustix::fs::FileType::Symlink => Ok(FileType::SymbolicLink),
        _ => Err(Errno::Acces),
    }
}

/// An inode number that depends on the path inside the mount alone.
fn inode(path: &str) -> u64 {
    let hash = blake3::hash(path.as_bytes());
    let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// What follows from the mounted folder itself is told to the guest; what follows from the host's state stops the run.
fn refuse(action: &'static str) -> impl Fn(HostErrno) -> Refusal {
    move |error| match error {
        HostErrno::NOENT => Errno::Noent.into(),
        HostErrno::NOTDIR => Errno::Notdir.into(),
        HostErrno::ACCESS | HostErrno::PERM => Errno::Acces.into(),
        HostErrno::LOOP => Errno::Loop.into(),
        HostErrno::NAMETOOLONG => Errno::Nametoolong.into(),
        other => Stop::host(action)(other.into()),
    }
}

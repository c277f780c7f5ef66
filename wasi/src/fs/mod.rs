//! What files and directories are to the guest, whatever they are made of.
//!
//! A `Node` is a file, a directory or a symbolic link that is held on to; names are looked up one component at a time
//! (`resolve`), and no node ever interprets a path. What nodes are made of: memory ([`Scratch`]), a folder of the
//! host's, to be read ([`HostFolder`]), a drive ([`Drive`]), and the points where such trees meet (`mounts`).
//!
//! Nothing that differs between machines reaches the guest: inode numbers, times, owners and the order of listings are
//! either functions of what the guest did, or fixed.

mod drive;
mod host;
mod mounts;
pub(crate) mod resolve;
mod scratch;
mod state;

pub use drive::{Drive, Missing};
pub use host::HostFolder;
pub(crate) use mounts::MountTree;
pub use scratch::Scratch;
pub(crate) use scratch::ScratchNode;

use crate::errno::{Errno, Refusal};
use std::fmt::Debug;
use std::fs::File;
use std::sync::Arc;

/// The longest name of a directory entry, in bytes.
pub(crate) const MAX_NAME: usize = 255;
/// The largest offset that a file can have, so that it fits a signed 64-bit number.
pub(crate) const MAX_OFFSET: u64 = i64::MAX as u64;

/// The kinds of files, with the standard's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FileType {
    Unknown = 0,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SymbolicLink = 7,
}

/// What the guest learns about a node. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) kind: FileType,
    pub(crate) links: u64,
    pub(crate) size: u64,
    pub(crate) accessed: u64,
    pub(crate) modified: u64,
    pub(crate) changed: u64,
}

impl Stat {
    /// A node that never changes and has no history: all times are 0.
    fn fixed(device: u64, inode: u64, kind: FileType, size: u64) -> Stat {
        Stat {
            device,
            inode,
            kind,
            links: 1,
            size,
            accessed: 0,
            modified: 0,
            changed: 0,
        }
    }
}

/// A line of a directory's listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirEntry {
    pub(crate) name: String,
    pub(crate) inode: u64,
    pub(crate) kind: FileType,
}

/// Which times to set, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewTimes {
    pub(crate) accessed: Option<u64>,
    pub(crate) modified: Option<u64>,
}

pub(crate) type NodeRef = Arc<dyn Node>;

/// A file, directory or symbolic link. What a node can not do, it refuses by default: most trees are read-only.
///
/// Names are single components: not empty, no slash, neither `.` nor `..`. `now` is the guest's wall-clock time.
pub(crate) trait Node: Debug + Send + Sync {
    fn stat(&self) -> Result<Stat, Refusal>;

    /// The node of this name in this directory; `ENOENT` if there is none.
    fn lookup(&self, _name: &str) -> Result<NodeRef, Refusal> {
        Err(Errno::Notdir.into())
    }

    /// All names in this directory, ordered by their bytes, without `.` and `..`.
    fn entries(&self) -> Result<Vec<DirEntry>, Refusal> {
        Err(Errno::Notdir.into())
    }

    fn read_link(&self) -> Result<String, Refusal> {
        Err(Errno::Inval.into())
    }

    /// Reads at an offset; fewer bytes than asked for only at the end of the file.
    fn read_at(&self, _buffer: &mut [u8], _offset: u64) -> Result<usize, Refusal> {
        Err(Errno::Badf.into())
    }

    /// Whether the file can be opened for writing.
    fn writable(&self) -> bool {
        false
    }

    /// Writes at an offset as many bytes as there is space for.
    fn write_at(&self, _data: &[u8], _offset: u64, _now: u64) -> Result<usize, Refusal> {
        Err(Errno::Rofs.into())
    }

    fn set_size(&self, _size: u64, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    fn set_times(&self, _times: NewTimes, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    fn create_file(&self, _name: &str, _now: u64) -> Result<NodeRef, Refusal> {
        Err(Errno::Rofs.into())
    }

    fn create_directory(&self, _name: &str, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    fn create_symlink(&self, _name: &str, _target: &str, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    /// Makes `target` known under one more name.
    fn link(&self, _name: &str, _target: &dyn Node, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    fn unlink_file(&self, _name: &str, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    fn remove_directory(&self, _name: &str, _now: u64) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    /// Moves the entry `name` to `new_name` in the directory `to`.
    fn rename(
        &self,
        _name: &str,
        _to: &dyn Node,
        _new_name: &str,
        _now: u64,
    ) -> Result<(), Refusal> {
        Err(Errno::Rofs.into())
    }

    /// Refuses if the entry `name` may not be replaced by a rename from elsewhere.
    fn check_replaceable(&self, _name: &str) -> Result<(), Errno> {
        Ok(())
    }

    /// The node of a scratch tree that this is, if it is one. Links and renames join two nodes of one tree.
    fn scratch(&self) -> Option<&ScratchNode> {
        None
    }

    /// The host's file that holds exactly this file's bytes, if there is one; for mapping into memory.
    fn host_file(&self) -> Option<Arc<File>> {
        None
    }
}

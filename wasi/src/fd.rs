//! The table of descriptors.
//!
//! Rights are kept as the standard describes them, with one leniency that today's programs rely on: opening grants all
//! rights that make sense for the file and that the directory passes on, whether they were asked for or not. Only the
//! right to read and the right to write must be asked for; they are the access mode. What the guest gives up with
//! `fd_fdstat_set_rights` is gone, and what is opened through such a directory lacks it too.

use crate::errno::Errno;
use crate::fs::{DirEntry, NodeRef};
use std::collections::BTreeMap;

/// Rights, one bit each, as in the standard.
pub(crate) mod rights {
    pub(crate) const FD_DATASYNC: u64 = 1 << 0;
    pub(crate) const FD_READ: u64 = 1 << 1;
    pub(crate) const FD_SEEK: u64 = 1 << 2;
    pub(crate) const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
    pub(crate) const FD_SYNC: u64 = 1 << 4;
    pub(crate) const FD_TELL: u64 = 1 << 5;
    pub(crate) const FD_WRITE: u64 = 1 << 6;
    pub(crate) const FD_ADVISE: u64 = 1 << 7;
    pub(crate) const FD_ALLOCATE: u64 = 1 << 8;
    pub(crate) const PATH_CREATE_DIRECTORY: u64 = 1 << 9;
    pub(crate) const PATH_CREATE_FILE: u64 = 1 << 10;
    pub(crate) const PATH_LINK_SOURCE: u64 = 1 << 11;
    pub(crate) const PATH_LINK_TARGET: u64 = 1 << 12;
    pub(crate) const PATH_OPEN: u64 = 1 << 13;
    pub(crate) const FD_READDIR: u64 = 1 << 14;
    pub(crate) const PATH_READLINK: u64 = 1 << 15;
    pub(crate) const PATH_RENAME_SOURCE: u64 = 1 << 16;
    pub(crate) const PATH_RENAME_TARGET: u64 = 1 << 17;
    pub(crate) const PATH_FILESTAT_GET: u64 = 1 << 18;
    pub(crate) const PATH_FILESTAT_SET_SIZE: u64 = 1 << 19;
    pub(crate) const PATH_FILESTAT_SET_TIMES: u64 = 1 << 20;
    pub(crate) const FD_FILESTAT_GET: u64 = 1 << 21;
    pub(crate) const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;
    pub(crate) const FD_FILESTAT_SET_TIMES: u64 = 1 << 23;
    pub(crate) const PATH_SYMLINK: u64 = 1 << 24;
    pub(crate) const PATH_REMOVE_DIRECTORY: u64 = 1 << 25;
    pub(crate) const PATH_UNLINK_FILE: u64 = 1 << 26;
    pub(crate) const POLL_FD_READWRITE: u64 = 1 << 27;

    /// Come with the right to write.
    pub(crate) const WRITING: u64 = FD_WRITE | FD_ALLOCATE | FD_FILESTAT_SET_SIZE;
    /// All that make sense for a file.
    pub(crate) const FILE: u64 = FD_DATASYNC
        | FD_READ
        | FD_SEEK
        | FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | FD_TELL
        | FD_ADVISE
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_TIMES
        | POLL_FD_READWRITE
        | WRITING;
    /// All that make sense for a directory.
    pub(crate) const DIRECTORY: u64 = FD_FDSTAT_SET_FLAGS
        | FD_SYNC
        | PATH_CREATE_DIRECTORY
        | PATH_CREATE_FILE
        | PATH_LINK_SOURCE
        | PATH_LINK_TARGET
        | PATH_OPEN
        | FD_READDIR
        | PATH_READLINK
        | PATH_RENAME_SOURCE
        | PATH_RENAME_TARGET
        | PATH_FILESTAT_GET
        | PATH_FILESTAT_SET_SIZE
        | PATH_FILESTAT_SET_TIMES
        | FD_FILESTAT_GET
        | FD_FILESTAT_SET_TIMES
        | PATH_SYMLINK
        | PATH_REMOVE_DIRECTORY
        | PATH_UNLINK_FILE;
    /// Standard input.
    pub(crate) const INPUT: u64 =
        FD_READ | FD_FDSTAT_SET_FLAGS | FD_FILESTAT_GET | POLL_FD_READWRITE;
    /// Standard output and error.
    pub(crate) const OUTPUT: u64 = FD_WRITE
        | FD_DATASYNC
        | FD_SYNC
        | FD_FDSTAT_SET_FLAGS
        | FD_FILESTAT_GET
        | POLL_FD_READWRITE;
}

/// Descriptor flags, as in the standard.
pub(crate) mod flags {
    pub(crate) const APPEND: u16 = 1 << 0;
    pub(crate) const ALL: u16 = 0b1_1111;
}

/// What a descriptor stands for.
#[derive(Debug)]
pub(crate) enum Kind {
    Stdin,
    /// Standard output, or standard error.
    Output {
        error: bool,
    },
    File {
        node: NodeRef,
        position: u64,
    },
    Dir {
        node: NodeRef,
        /// The inode that `..` is listed with.
        parent: u64,
        /// The name under which the directory was there from the start.
        preopen: Option<String>,
        /// The listing being read, taken when it is read from its beginning: a guest that removes files while it lists
        /// them misses none.
        listing: Option<Vec<DirEntry>>,
    },
}

#[derive(Debug)]
pub(crate) struct Descriptor {
    pub(crate) kind: Kind,
    pub(crate) base: u64,
    pub(crate) inheriting: u64,
    pub(crate) flags: u16,
}

impl Descriptor {
    /// `EBADF` where the access mode forbids it, as POSIX says, `ENOTCAPABLE` for every other right that lacks.
    pub(crate) fn need(&self, right: u64) -> Result<(), Errno> {
        if self.base & right == right {
            return Ok(());
        }
        let access_mode = rights::FD_READ | rights::WRITING;
        Err(if right & access_mode != 0 {
            Errno::Badf
        } else {
            Errno::Notcapable
        })
    }

    /// The file, if it is one with this right.
    pub(crate) fn file(&self, right: u64) -> Result<&NodeRef, Errno> {
        match &self.kind {
            Kind::File { node, .. } => self.need(right).map(|()| node),
            Kind::Dir { .. } => Err(Errno::Badf),
            Kind::Stdin | Kind::Output { .. } => Err(Errno::Spipe),
        }
    }

    /// The directory, if it is one with this right.
    pub(crate) fn dir(&self, right: u64) -> Result<&NodeRef, Errno> {
        match &self.kind {
            Kind::Dir { node, .. } => self.need(right).map(|()| node),
            _ => Err(Errno::Notdir),
        }
    }

    /// The file or directory, if it is one with this right.
    pub(crate) fn node(&self, right: u64) -> Result<Option<&NodeRef>, Errno> {
        self.need(right)?;
        match &self.kind {
            Kind::File { node, .. } | Kind::Dir { node, .. } => Ok(Some(node)),
            Kind::Stdin | Kind::Output { .. } => Ok(None),
        }
    }
}

/// The descriptors that are open.
#[derive(Debug)]
pub(crate) struct Table {
    open: BTreeMap<u32, Descriptor>,
    limit: u32,
}

impl Table {
    /// A table that holds at most `limit` descriptors.
    pub(crate) fn new(limit: u32) -> Table {
        Table {
            open: BTreeMap::new(),
            limit,
        }
    }

    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        self.open.get(&fd).ok_or(Errno::Badf)
    }

    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.open.get_mut(&fd).ok_or(Errno::Badf)
    }

    /// The lowest free number, as POSIX wants it. `EMFILE` if the table is full.
    pub(crate) fn free(&self) -> Result<u32, Errno> {
        if self.open.len() as u64 >= u64::from(self.limit) {
            return Err(Errno::Mfile);
        }
        let first_gap = self
            .open
            .keys()
            .zip(0..)
            .find(|(fd, i)| **fd != *i)
            .map(|(_, i)| i);
        Ok(first_gap.unwrap_or(self.open.len() as u32))
    }

    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let fd = self.free()?;
        self.open.insert(fd, descriptor);
        Ok(fd)
    }

    pub(crate) fn remove(&mut self, fd: u32) -> Result<Descriptor, Errno> {
        self.open.remove(&fd).ok_or(Errno::Badf)
    }

    /// Moves `from` onto `to`, closing what was there. Both must be open.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.get(to)?;
        let descriptor = self.remove(from)?;
        self.open.insert(to, descriptor);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stdin() -> Descriptor {
        Descriptor {
            kind: Kind::Stdin,
            base: rights::INPUT,
            inheriting: 0,
            flags: 0,
        }
    }

    #[test]
    fn numbers_are_the_lowest_free_ones() {
        let mut table = Table::new(4);
        for fd in 0..4 {
            assert_eq!(table.insert(stdin()), Ok(fd));
        }
        assert_eq!(table.insert(stdin()), Err(Errno::Mfile));
        table.remove(2).unwrap();
        table.remove(0).unwrap();
        assert_eq!(
            (table.insert(stdin()), table.insert(stdin())),
            (Ok(0), Ok(2))
        );
        assert_eq!(table.remove(9).map(drop), Err(Errno::Badf));
    }

    #[test]
    fn renumbering_needs_both() {
        let mut table = Table::new(4);
        for _ in 0..2 {
            table.insert(stdin()).unwrap();
        }
        assert_eq!(table.renumber(0, 2), Err(Errno::Badf));
        assert_eq!(table.renumber(2, 0), Err(Errno::Badf));
        assert_eq!(table.renumber(0, 0), Ok(()));
        assert_eq!(table.renumber(0, 1), Ok(()));
        assert!(table.get(0).is_err() && table.get(1).is_ok());
    }

    #[test]
    fn lacking_rights_have_their_own_answers() {
        let descriptor = stdin();
        assert_eq!(descriptor.need(rights::FD_READ), Ok(()));
        assert_eq!(descriptor.need(rights::FD_WRITE), Err(Errno::Badf));
        assert_eq!(descriptor.need(rights::FD_SYNC), Err(Errno::Notcapable));
        assert_eq!(
            descriptor.file(rights::FD_SEEK).map(drop),
            Err(Errno::Spipe)
        );
        assert_eq!(
            descriptor.dir(rights::PATH_OPEN).map(drop),
            Err(Errno::Notdir)
        );
    }
}

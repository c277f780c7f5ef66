//! A file system in memory, to be read and written, with nothing in it but what was put there.
//!
//! It is deterministic: inode numbers are counted up and never used again, listings are ordered, times come from the
//! guest's clock (reading a file does not touch its access time). All that it holds counts against one limit, the names
//! and a fixed cost per file included, so a guest can not fill the host's memory with empty files either.

use super::state::{Body, ROOT, State, components};
use super::{DirEntry, NewTimes, Node, NodeRef, Stat};
use crate::errno::{Errno, Refusal};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file system in memory. Clones are the same file system; mount it, and look into it before and after the run.
#[derive(Debug, Clone)]
pub struct Scratch {
    shared: Arc<Mutex<State>>,
}

impl Scratch {
    /// An empty file system that holds at most `limit` bytes.
    pub fn new(limit: u64) -> Scratch {
        let state = State::new(limit);
        Scratch {
            shared: Arc::new(Mutex::new(state)),
        }
    }

    /// How many of the limit's bytes are taken.
    pub fn used(&self) -> u64 {
        self.lock().used
    }

    /// Writes a whole file, making the folders on the way there. `path` is relative to the root.
    ///
    /// # Errors
    /// `ENOSPC` over the limit, `ENOTDIR` or `EISDIR` where something else is in the way, `EINVAL` for a path with
    /// `.`, `..`, a NUL or nothing in it, `ENAMETOOLONG`.
    pub fn write_file(&self, path: &str, bytes: &[u8]) -> Result<(), Errno> {
        let mut state = self.lock();
        let (folder, name) = state.make_way(path)?;
        let file = match state.find(folder, name) {
            Ok(file) => file,
            Err(Errno::Noent) => state.create(folder, name, Body::File(Vec::new()), 0)?,
            Err(other) => return Err(other),
        };
        let result = state
            .set_size(file, 0, 0)
            .and_then(|()| state.set_size(file, bytes.len() as u64, 0));
        result.map_err(only_errno)?;
        state.file(file)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Makes a folder and those on the way there; it is fine if it exists.
    ///
    /// # Errors
    /// As [`Scratch::write_file`].
    pub fn make_folder(&self, path: &str) -> Result<(), Errno> {
        let mut state = self.lock();
        let (folder, name) = state.make_way(path)?;
        state.folder_in(folder, name).map(drop)
    }

    /// A file's content. Symbolic links are not followed.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EISDIR`, `EINVAL`.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, Errno> {
        let mut state = self.lock();
        let mut here = ROOT;
        for name in components(path)? {
            here = state.find(here, name)?;
        }
        state.file(here).cloned()
    }

    /// The root directory as a node on the device of this number.
    pub(crate) fn node(&self, device: u64) -> NodeRef {
        let mut state = self.lock();
        state.device = device;
        self.hold(&mut state, ROOT)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No operation leaves the state half changed, so a panic elsewhere does not spoil it.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, state: &mut State, inode: u64) -> NodeRef {
        if let Some(held) = state.inodes.get_mut(&inode) {
            held.handles += 1;
        }
        Arc::new(ScratchNode {
            scratch: self.clone(),
            inode,
        })
    }
}

/// The embedder's own calls have no run to stop: running out of memory is, to them, running out of space.
fn only_errno(refusal: Refusal) -> Errno {
    match refusal {
        Refusal::Errno(errno) => errno,
        Refusal::Stop(_) => Errno::Nospc,
    }
}

/// A file, directory or link of a scratch file system that somebody holds on to.
#[derive(Debug)]
pub(crate) struct ScratchNode {
    scratch: Scratch,
    inode: u64,
}

impl Drop for ScratchNode {
    fn drop(&mut self) {
        self.scratch
            .lock()
            .release(self.inode, |released| released.handles -= 1);
    }
}

impl ScratchNode {
    /// The inode number of another node of the same file system; `EXDEV` for all others.
    fn sibling(&self, other: &dyn Node) -> Result<u64, Errno> {
        let same = |node: &&ScratchNode| Arc::ptr_eq(&node.scratch.shared, &self.scratch.shared);
        other
            .scratch()
            .filter(same)
            .map(|node| node.inode)
            .ok_or(Errno::Xdev)
    }
}

impl Node for ScratchNode {
    fn stat(&self) -> Result<Stat, Refusal> {
        let mut state = self.scratch.lock();
        let device = state.device;
        let inode = state.get(self.inode)?;
        Ok(Stat {
            device,
            inode: self.inode,
            kind: inode.kind(),
            links: inode.links,
            size: inode.size(),
            accessed: inode.accessed,
            modified: inode.modified,
            changed: inode.changed,
        })
    }

    fn lookup(&self, name: &str) -> Result<NodeRef, Refusal> {
        let mut state = self.scratch.lock();
        let found = state.find(self.inode, name)?;
        Ok(self.scratch.hold(&mut state, found))
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Refusal> {
        let mut state = self.scratch.lock();
        let names = state.entries(self.inode)?.clone();
        let entry = |(name, inode)| {
            Ok(DirEntry {
                name,
                inode,
                kind: state.get(inode)?.kind(),
            })
        };
        names.into_iter().map(entry).collect()
    }

    fn read_link(&self) -> Result<String, Refusal> {
        match &self.scratch.lock().get(self.inode)?.body {
            Body::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Inval.into()),
        }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Refusal> {
        let mut state = self.scratch.lock();
        let bytes = state.file(self.inode)?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let there = &bytes[start..];
        let count = there.len().min(buffer.len());
        buffer[..count].copy_from_slice(&there[..count]);
        Ok(count)
    }

    fn writable(&self) -> bool {
        true
    }

    fn write_at(&self, data: &[u8], offset: u64, now: u64) -> Result<usize, Refusal> {
        self.scratch.lock().write_at(self.inode, data, offset, now)
    }

    fn set_size(&self, size: u64, now: u64) -> Result<(), Refusal> {
        self.scratch.lock().set_size(self.inode, size, now)
    }

    fn set_times(&self, times: NewTimes, now: u64) -> Result<(), Refusal> {
        let mut state = self.scratch.lock();
        let inode = state.get(self.inode)?;
        inode.accessed = times.accessed.unwrap_or(inode.accessed);
        inode.modified = times.modified.unwrap_or(inode.modified);
        inode.changed = now;
        Ok(())
    }

    fn create_file(&self, name: &str, now: u64) -> Result<NodeRef, Refusal> {
        let mut state = self.scratch.lock();
        let created = state.create(self.inode, name, Body::File(Vec::new()), now)?;
        Ok(self.scratch.hold(&mut state, created))
    }

    fn create_directory(&self, name: &str, now: u64) -> Result<(), Refusal> {
        let body = Body::empty_dir(self.inode);
        self.scratch.lock().create(self.inode, name, body, now)?;
        Ok(())
    }

    fn create_symlink(&self, name: &str, target: &str, now: u64) -> Result<(), Refusal> {
        self.scratch
            .lock()
            .create(self.inode, name, Body::Symlink(target.to_owned()), now)?;
        Ok(())
    }

    fn link(&self, name: &str, target: &dyn Node, now: u64) -> Result<(), Refusal> {
        let target = self.sibling(target)?;
        let mut state = self.scratch.lock();
        if state.is_dir(target)? {
            return Err(Errno::Perm.into());
        }
        if state.get(target)?.links == 0 {
            return Err(Errno::Noent.into());
        }
        state.enter(self.inode, name, target, now)?;
        let inode = state.get(target)?;
        inode.links += 1;
        inode.changed = now;
        Ok(())
    }

    fn unlink_file(&self, name: &str, now: u64) -> Result<(), Refusal> {
        let mut state = self.scratch.lock();
        let found = state.find(self.inode, name)?;
        if state.is_dir(found)? {
            return Err(Errno::Isdir.into());
        }
        state.withdraw(self.inode, name, now)?;
        state.unlink(found, now);
        Ok(())
    }

    fn remove_directory(&self, name: &str, now: u64) -> Result<(), Refusal> {
        let mut state = self.scratch.lock();
        let found = state.find(self.inode, name)?;
        if !state.is_empty(found)? {
            return Err(Errno::Notempty.into());
        }
        state.withdraw(self.inode, name, now)?;
        state.unlink(found, now);
        Ok(())
    }

    fn rename(&self, name: &str, to: &dyn Node, new_name: &str, now: u64) -> Result<(), Refusal> {
        let to = self.sibling(to)?;
        self.scratch
            .lock()
            .rename(self.inode, name, to, new_name, now)?;
        Ok(())
    }

    fn scratch(&self) -> Option<&ScratchNode> {
        Some(self)
    }
}

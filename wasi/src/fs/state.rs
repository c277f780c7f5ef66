//! What a scratch file system holds: inodes by number, and the operations that join and part them.

use super::{FileType, MAX_NAME, MAX_OFFSET};
use crate::errno::{Errno, Refusal, Stop};
use std::collections::BTreeMap;
use std::io;

/// What a file costs beside its bytes, and an entry beside its name: a bound on what they take of the host's memory.
const INODE_COST: u64 = 256;
const ENTRY_COST: u64 = 128;
pub(super) const ROOT: u64 = 1;

#[derive(Debug)]
pub(super) struct State {
    pub(super) inodes: BTreeMap<u64, Inode>,
    pub(super) next: u64,
    pub(super) used: u64,
    pub(super) limit: u64,
    pub(super) device: u64,
}

#[derive(Debug)]
pub(super) struct Inode {
    pub(super) body: Body,
    /// How many entries name it. A directory has one, until it is removed.
    pub(super) links: u64,
    /// How many nodes hold on to it: an unlinked file lives until it is closed.
    pub(super) handles: u64,
    pub(super) accessed: u64,
    pub(super) modified: u64,
    pub(super) changed: u64,
}

#[derive(Debug)]
pub(super) enum Body {
    File(Vec<u8>),
    Dir {
        entries: BTreeMap<String, u64>,
        parent: u64,
    },
    Symlink(String),
}

impl Body {
    pub(super) fn empty_dir(parent: u64) -> Body {
        Body::Dir {
            entries: BTreeMap::new(),
            parent,
        }
    }
}

impl Inode {
    pub(super) fn new(body: Body, now: u64) -> Inode {
        Inode {
            body,
            links: 1,
            handles: 0,
            accessed: now,
            modified: now,
            changed: now,
        }
    }

    pub(super) fn kind(&self) -> FileType {
        match self.body {
            Body::File(_) => FileType::RegularFile,
            Body::Dir { .. } => FileType::Directory,
            Body::Symlink(_) => FileType::SymbolicLink,
        }
    }

    pub(super) fn size(&self) -> u64 {
        match &self.body {
            Body::File(bytes) => bytes.len() as u64,
            Body::Dir { .. } => 0,
            Body::Symlink(target) => target.len() as u64,
        }
    }

    fn touch(&mut self, now: u64) {
        self.modified = now;
        self.changed = now;
    }
}

impl State {
    /// Nothing but a root directory, which costs nothing.
    pub(super) fn new(limit: u64) -> State {
        let root = Inode::new(Body::empty_dir(ROOT), 0);
        State {
            inodes: [(ROOT, root)].into(),
            next: ROOT + 1,
            used: 0,
            limit,
            device: 0,
        }
    }

    pub(super) fn get(&mut self, inode: u64) -> Result<&mut Inode, Errno> {
        // A node keeps its inode alive, so this can fail for no caller; if it did, the file would be gone.
        self.inodes.get_mut(&inode).ok_or(Errno::Noent)
    }

    pub(super) fn entries(&mut self, dir: u64) -> Result<&mut BTreeMap<String, u64>, Errno> {
        match &mut self.get(dir)?.body {
            Body::Dir { entries, .. } => Ok(entries),
            _ => Err(Errno::Notdir),
        }
    }

    pub(super) fn file(&mut self, inode: u64) -> Result<&mut Vec<u8>, Errno> {
        match &mut self.get(inode)?.body {
            Body::File(bytes) => Ok(bytes),
            Body::Dir { .. } => Err(Errno::Isdir),
            Body::Symlink(_) => Err(Errno::Inval),
        }
    }

    pub(super) fn find(&mut self, dir: u64, name: &str) -> Result<u64, Errno> {
        self.entries(dir)?.get(name).copied().ok_or(Errno::Noent)
    }

    fn charge(&mut self, bytes: u64) -> Result<(), Errno> {
        let used = self
            .used
            .checked_add(bytes)
            .filter(|&used| used <= self.limit)
            .ok_or(Errno::Nospc)?;
        self.used = used;
        Ok(())
    }

    /// Puts an entry into a directory that is still there and has none of this name.
    pub(super) fn enter(
        &mut self,
        dir: u64,
        name: &str,
        inode: u64,
        now: u64,
    ) -> Result<(), Errno> {
        if self.entries(dir)?.contains_key(name) {
            return Err(Errno::Exist);
        }
        if self.get(dir)?.links == 0 {
            return Err(Errno::Noent);
        }
        self.charge(ENTRY_COST + name.len() as u64)?;
        self.entries(dir)?.insert(name.to_owned(), inode);
        self.get(dir)?.touch(now);
        Ok(())
    }

    /// Takes an entry out, without letting go of what it names.
    pub(super) fn withdraw(&mut self, dir: u64, name: &str, now: u64) -> Result<u64, Errno> {
        let inode = self.entries(dir)?.remove(name).ok_or(Errno::Noent)?;
        self.get(dir)?.touch(now);
        self.used -= ENTRY_COST + name.len() as u64;
        Ok(inode)
    }

    pub(super) fn create(
        &mut self,
        dir: u64,
        name: &str,
        body: Body,
        now: u64,
    ) -> Result<u64, Errno> {
        let inode = self.next;
        let created = Inode::new(body, now);
        let cost = INODE_COST + created.size();
        self.charge(cost)?;
        if let Err(error) = self.enter(dir, name, inode, now) {
            self.used -= cost;
            return Err(error);
        }
        self.next += 1;
        self.inodes.insert(inode, created);
        Ok(inode)
    }

    /// One link or one handle less; what nobody names or holds is gone.
    pub(super) fn release(&mut self, inode: u64, less: impl FnOnce(&mut Inode)) {
        let Some(released) = self.inodes.get_mut(&inode) else {
            return;
        };
        less(released);
        if released.links == 0 && released.handles == 0 {
            self.used -= INODE_COST + released.size();
            self.inodes.remove(&inode);
        }
    }

    pub(super) fn unlink(&mut self, inode: u64, now: u64) {
        self.release(inode, |released| {
            released.links -= 1;
            released.changed = now;
        });
    }

    pub(super) fn is_empty(&mut self, dir: u64) -> Result<bool, Errno> {
        Ok(self.entries(dir)?.is_empty())
    }

    pub(super) fn is_dir(&mut self, inode: u64) -> Result<bool, Errno> {
        Ok(self.get(inode)?.kind() == FileType::Directory)
    }

    pub(super) fn set_size(&mut self, inode: u64, size: u64, now: u64) -> Result<(), Refusal> {
        if size > MAX_OFFSET {
            return Err(Errno::Fbig.into());
        }
        let old = self.file(inode)?.len() as u64;
        if let Some(more) = size.checked_sub(old) {
            self.charge(more)?;
            let bytes = self.file(inode)?;
            if bytes.try_reserve(more as usize).is_err() {
                self.used -= more;
                return Err(Stop::host("hold a file of the guest's in memory")(
                    io::ErrorKind::OutOfMemory.into(),
                ));
            }
            bytes.resize(size as usize, 0);
        } else {
            self.used -= old - size;
            let bytes = self.file(inode)?;
            bytes.truncate(size as usize);
            bytes.shrink_to(bytes.len() * 2);
        }
        self.get(inode)?.touch(now);
        Ok(())
    }

    pub(super) fn write_at(
        &mut self,
        inode: u64,
        data: &[u8],
        offset: u64,
        now: u64,
    ) -> Result<usize, Refusal> {
        if data.is_empty() {
            return Ok(0);
        }
        let old = self.file(inode)?.len() as u64;
        // Where there is space for a part only, the part is written, as POSIX wants it.
        let largest = (old + (self.limit - self.used)).min(MAX_OFFSET);
        let end = offset.saturating_add(data.len() as u64).min(largest);
        let taken = match end.checked_sub(offset) {
            Some(taken) if taken > 0 => taken as usize,
            _ => {
                return Err(if offset >= MAX_OFFSET {
                    Errno::Fbig
                } else {
                    Errno::Nospc
                }
                .into());
            }
        };
        if end > old {
            self.set_size(inode, end, now)?;
        }
        self.file(inode)?[offset as usize..][..taken].copy_from_slice(&data[..taken]);
        self.get(inode)?.touch(now);
        Ok(taken)
    }

    /// Whether `dir` is `ancestor` or lies below it.
    fn is_within(&mut self, mut dir: u64, ancestor: u64) -> Result<bool, Errno> {
        while dir != ancestor {
            match self.get(dir)?.body {
                Body::Dir { parent, .. } if parent != dir => dir = parent,
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(super) fn rename(
        &mut self,
        from: u64,
        name: &str,
        to: u64,
        new_name: &str,
        now: u64,
    ) -> Result<(), Errno> {
        let moved = self.find(from, name)?;
        let replaced = match self.find(to, new_name) {
            Err(Errno::Noent) => None,
            other => Some(other?),
        };
        if replaced == Some(moved) {
            return Ok(());
        }
        if self.get(to)?.links == 0 {
            return Err(Errno::Noent);
        }
        let is_dir = self.is_dir(moved)?;
        if is_dir && self.is_within(to, moved)? {
            return Err(Errno::Inval);
        }
        if let Some(replaced) = replaced {
            match (is_dir, self.is_dir(replaced)?) {
                (true, false) => return Err(Errno::Notdir),
                (false, true) => return Err(Errno::Isdir),
                (true, true) if !self.is_empty(replaced)? => return Err(Errno::Notempty),
                _ => {}
            }
        } else {
            // The name may be longer than the old one. After this nothing can fail.
            let more = (new_name.len() as u64).saturating_sub(name.len() as u64);
            if more > self.limit - self.used {
                return Err(Errno::Nospc);
            }
        }
        if let Some(replaced) = replaced {
            self.withdraw(to, new_name, now)?;
            self.unlink(replaced, now);
        }
        self.withdraw(from, name, now)?;
        self.enter(to, new_name, moved, now)?;
        let moved = self.get(moved)?;
        moved.changed = now;
        if let Body::Dir { parent, .. } = &mut moved.body {
            *parent = to;
        }
        Ok(())
    }

    pub(super) fn folder_in(&mut self, dir: u64, name: &str) -> Result<u64, Errno> {
        match self.find(dir, name) {
            Err(Errno::Noent) => self.create(dir, name, Body::empty_dir(dir), 0),
            Ok(inode) if self.is_dir(inode)? => Ok(inode),
            Ok(_) => Err(Errno::Notdir),
            Err(other) => Err(other),
        }
    }

    /// Makes the folders above a path's last component; returns the last folder and the last component.
    pub(super) fn make_way<'a>(&mut self, path: &'a str) -> Result<(u64, &'a str), Errno> {
        let components = components(path)?;
        let (last, folders) = components.split_last().ok_or(Errno::Inval)?;
        let mut here = ROOT;
        for name in folders {
            here = self.folder_in(here, name)?;
        }
        Ok((here, last))
    }
}

/// The names of a path that the embedder gives.
pub(super) fn components(path: &str) -> Result<Vec<&str>, Errno> {
    let components: Vec<&str> = path
        .split('/')
        .filter(|component| !component.is_empty())
        .collect();
    let improper =
        |component: &&str| *component == "." || *component == ".." || component.contains('\0');
    if components.is_empty() || components.iter().any(improper) {
        return Err(Errno::Inval);
    }
    if components
        .iter()
        .any(|component| component.len() > MAX_NAME)
    {
        return Err(Errno::Nametoolong);
    }
    Ok(components)
}

//! Where trees meet: a directory with other trees hung into it.

use super::{DirEntry, FileType, NewTimes, Node, NodeRef, ScratchNode, Stat};
use crate::errno::{Errno, Refusal};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The device number of directories that exist only because something is mounted below them.
const DEVICE: u64 = 1;

/// The guest's mounts as they are put together, by the components of their paths.
#[derive(Debug, Default)]
pub(crate) struct MountTree {
    node: Option<NodeRef>,
    children: BTreeMap<String, MountTree>,
}

impl MountTree {
    /// Hangs a node at a path; the components must be proper names.
    pub(crate) fn insert<'a>(&mut self, mut path: impl Iterator<Item = &'a str>, node: NodeRef) {
        match path.next() {
            None => self.node = Some(node),
            Some(component) => self
                .children
                .entry(component.to_owned())
                .or_default()
                .insert(path, node),
        }
    }

    /// The node at a path together with what hangs below it.
    pub(crate) fn build<'a>(&self, mut path: impl Iterator<Item = &'a str>) -> Option<NodeRef> {
        match path.next() {
            None => Some(self.join(1)),
            Some(component) => self.children.get(component)?.build(path),
        }
    }

    fn join(&self, inode: u64) -> NodeRef {
        if let (Some(node), true) = (&self.node, self.children.is_empty()) {
            return node.clone();
        }
        let numbered = self.children.iter().zip(1..);
        let children = numbered.map(|((name, child), i)| {
            (
                name.clone(),
                child.join(inode.wrapping_mul(1000).wrapping_add(i)),
            )
        });
        Arc::new(MountPoint {
            inner: self.node.clone(),
            children: children.collect(),
            inode,
        })
    }
}

/// A directory with trees hung into it. Their names hide what else has the name, and can not be changed.
#[derive(Debug)]
struct MountPoint {
    /// The directory itself; `None` if it exists only to hold mounts.
    inner: Option<NodeRef>,
    children: BTreeMap<String, NodeRef>,
    /// The inode number of a directory without an inner one.
    inode: u64,
}

impl MountPoint {
    /// The directory in which `name` may be changed.
    fn changing(&self, name: &str) -> Result<&NodeRef, Errno> {
        if self.children.contains_key(name) {
            return Err(Errno::Busy);
        }
        self.inner.as_ref().ok_or(Errno::Rofs)
    }
}

impl Node for MountPoint {
    fn stat(&self) -> Result<Stat, Refusal> {
        match &self.inner {
            Some(inner) => inner.stat(),
            None => Ok(Stat::fixed(DEVICE, self.inode, FileType::Directory, 0)),
        }
    }

    fn lookup(&self, name: &str) -> Result<NodeRef, Refusal> {
        match (self.children.get(name), &self.inner) {
            (Some(child), _) => Ok(child.clone()),
            (None, Some(inner)) => inner.lookup(name),
            (None, None) => Err(Errno::Noent.into()),
        }
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Refusal> {
        let mut entries = match &self.inner {
            Some(inner) => inner.entries()?,
            None => Vec::new(),
        };
        entries.retain(|entry| !self.children.contains_key(&entry.name));
        for (name, child) in &self.children {
            let stat = child.stat()?;
            entries.push(DirEntry {
                name: name.clone(),
                inode: stat.inode,
                kind: stat.kind,
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn set_times(&self, times: NewTimes, now: u64) -> Result<(), Refusal> {
        self.inner
            .as_ref()
            .ok_or(Errno::Rofs)?
            .set_times(times, now)
    }

    fn create_file(&self, name: &str, now: u64) -> Result<NodeRef, Refusal> {
        self.changing(name)?.create_file(name, now)
    }

    fn create_directory(&self, name: &str, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.create_directory(name, now)
    }

    fn create_symlink(&self, name: &str, target: &str, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.create_symlink(name, target, now)
    }

    fn link(&self, name: &str, target: &dyn Node, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.link(name, target, now)
    }

    fn unlink_file(&self, name: &str, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.unlink_file(name, now)
    }

    fn remove_directory(&self, name: &str, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.remove_directory(name, now)
    }

    fn rename(&self, name: &str, to: &dyn Node, new_name: &str, now: u64) -> Result<(), Refusal> {
        self.changing(name)?.rename(name, to, new_name, now)
    }

    fn check_replaceable(&self, name: &str) -> Result<(), Errno> {
        self.changing(name).map(drop)
    }

    fn scratch(&self) -> Option<&ScratchNode> {
        self.inner.as_ref()?.scratch()
    }
}

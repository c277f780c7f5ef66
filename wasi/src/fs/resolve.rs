//! From a path to a node, one component at a time.
//!
//! The walk starts at a directory and can not leave it: `..` goes back along the directories that were walked through,
//! and one step above the first is `EPERM`, as is an absolute path, in the path itself or in a symbolic link.

use super::{FileType, MAX_NAME, NodeRef};
use crate::errno::{Errno, Refusal};

/// How many symbolic links one path may lead through.
const MAX_LINKS: u32 = 40;

/// Where a path leads.
#[derive(Debug)]
pub(crate) struct Place {
    /// The directory that holds the last component.
    pub(crate) parent: NodeRef,
    /// The last component, or `None` if the path ends in `.` or `..` and so names a directory without naming its entry.
    pub(crate) name: Option<String>,
    /// What is there, if anything is. Missing directories on the way there are an error instead.
    pub(crate) node: Option<NodeRef>,
    /// The path ends in a slash and therefore means a directory.
    pub(crate) slash: bool,
}

impl Place {
    /// What is there.
    pub(crate) fn existing(&self) -> Result<&NodeRef, Errno> {
        self.node.as_ref().ok_or(Errno::Noent)
    }

    /// The name of the last component; `EINVAL` for `.` and `..`.
    pub(crate) fn entry(&self) -> Result<&str, Errno> {
        self.name.as_deref().ok_or(Errno::Inval)
    }
}

/// Whether a symbolic link at the path's very end is followed. One before its end always is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastLink {
    Follow,
    Keep,
}

/// Walks from the directory `start` along `path`.
pub(crate) fn resolve(start: &NodeRef, path: &str, last: LastLink) -> Result<Place, Refusal> {
    let mut walk = Walk {
        above: Vec::new(),
        here: start.clone(),
        rest: Vec::new(),
        links: 0,
        slash: false,
    };
    if path.is_empty() {
        return Err(Errno::Noent.into());
    }
    walk.enter(path)?;
    while let Some(component) = walk.rest.pop() {
        let is_last = walk.rest.is_empty();
        match component.as_str() {
            "." => {}
            ".." => walk.here = walk.above.pop().ok_or(Errno::Perm)?,
            name => {
                if let Some(place) = walk.step(name, is_last, last)? {
                    return Ok(place);
                }
            }
        }
    }
    let node = Some(walk.here.clone());
    let parent = walk.above.pop().unwrap_or(walk.here);
    Ok(Place {
        parent,
        name: None,
        node,
        slash: walk.slash,
    })
}

struct Walk {
    /// The directories walked through, the start first.
    above: Vec<NodeRef>,
    here: NodeRef,
    /// Components still to go, the next one last.
    rest: Vec<String>,
    links: u32,
    /// The path, or a link at its end, ends in a slash.
    slash: bool,
}

impl Walk {
    /// Puts the components of a path before those still to go.
    fn enter(&mut self, path: &str) -> Result<(), Errno> {
        if path.starts_with('/') {
            return Err(Errno::Perm);
        }
        self.slash |= self.rest.is_empty() && path.ends_with('/');
        let components = path.split('/').filter(|component| !component.is_empty());
        self.rest.extend(components.rev().map(str::to_owned));
        Ok(())
    }

    /// Takes one named step. Returns the place if the walk ends with it.
    fn step(
        &mut self,
        name: &str,
        is_last: bool,
        last: LastLink,
    ) -> Result<Option<Place>, Refusal> {
        if name.len() > MAX_NAME {
            return Err(Errno::Nametoolong.into());
        }
        let node = match self.here.lookup(name) {
            Ok(node) => Some(node),
            Err(Refusal::Errno(Errno::Noent)) if is_last => None,
            Err(other) => return Err(other),
        };
        let kind = match &node {
            Some(node) => Some(node.stat()?.kind),
            None => None,
        };
        let follows = !is_last || last == LastLink::Follow;
        if let (Some(node), Some(FileType::SymbolicLink), true) = (&node, kind, follows) {
            self.links += 1;
            if self.links > MAX_LINKS {
                return Err(Errno::Loop.into());
            }
            self.enter(&node.read_link()?)?;
            return Ok(None);
        }
        if is_last {
            if self.slash && kind.is_some_and(|kind| kind != FileType::Directory) {
                return Err(Errno::Notdir.into());
            }
            return Ok(Some(Place {
                parent: self.here.clone(),
                name: Some(name.to_owned()),
                node,
                slash: self.slash,
            }));
        }
        match node {
            Some(node) if kind == Some(FileType::Directory) => {
                self.above.push(std::mem::replace(&mut self.here, node));
                Ok(None)
            }
            _ => Err(Errno::Notdir.into()),
        }
    }
}

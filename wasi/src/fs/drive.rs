//! A drive as a directory: one read-only file per object, named by its id.

use super::{DirEntry, FileType, Node, NodeRef, Stat};
use crate::errno::{Errno, Refusal, Stop};
use lockstep_weavedrive::{Error, Id, Object, Store};
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// What opening an object does that is not in the local store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missing {
    /// The run stops with [`Stop::MissingObject`]: whether this machine happens to have the data may not change what
    /// the guest computes.
    #[default]
    Stops,
    /// The guest is told that there is no such file, so its run depends on this machine's store.
    IsNotFound,
}

/// A store of objects to be mounted. Names that are not ids do not exist in it.
#[derive(Debug, Clone)]
pub struct Drive {
    store: Store,
    objects: Option<Arc<BTreeSet<Id>>>,
    missing: Missing,
}

impl Drive {
    /// A drive that shows exactly these objects: other ids do not exist, and the listing is the same on all machines.
    pub fn of(store: Store, objects: impl IntoIterator<Item = Id>) -> Drive {
        let objects = Some(Arc::new(objects.into_iter().collect()));
        Drive {
            store,
            objects,
            missing: Missing::default(),
        }
    }

    /// A drive that shows whatever the store holds. The listing depends on this machine.
    pub fn whole(store: Store) -> Drive {
        Drive {
            store,
            objects: None,
            missing: Missing::default(),
        }
    }

    /// Chooses what opening a missing object does.
    pub fn missing(mut self, missing: Missing) -> Drive {
        self.missing = missing;
        self
    }

    pub(crate) fn into_node(self, device: u64) -> NodeRef {
        Arc::new(DriveRoot {
            drive: self,
            device,
        })
    }
}

#[derive(Debug)]
struct DriveRoot {
    drive: Drive,
    device: u64,
}

impl DriveRoot {
    fn open(&self, id: &Id) -> Result<Object, Refusal> {
        match self.drive.store.object(id) {
            Ok(object) => Ok(object),
            Err(Error::NotFound { .. }) => match self.drive.missing {
                Missing::Stops => Err(Stop::MissingObject(*id).into()),
                Missing::IsNotFound => Err(Errno::Noent.into()),
            },
            Err(other) => Err(Stop::host("open an object of the drive")(io::Error::other(
                other,
            ))),
        }
    }
}

impl Node for DriveRoot {
    fn stat(&self) -> Result<Stat, Refusal> {
        Ok(Stat::fixed(self.device, 1, FileType::Directory, 0))
    }

    fn lookup(&self, name: &str) -> Result<NodeRef, Refusal> {
        let id: Id = name.parse().map_err(|_| Errno::Noent)?;
        if self
            .drive
            .objects
            .as_ref()
            .is_some_and(|objects| !objects.contains(&id))
        {
            return Err(Errno::Noent.into());
        }
        Ok(Arc::new(DriveFile {
            object: self.open(&id)?,
            device: self.device,
        }))
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Refusal> {
        let ids: Vec<Id> = match &self.drive.objects {
            Some(objects) => objects.iter().copied().collect(),
            None => {
                let list = self.drive.store.list();
                let list = list
                    .map_err(io::Error::other)
                    .map_err(Stop::host("list the drive"))?;
                list.into_iter().map(|entry| entry.id).collect()
            }
        };
        let entry = |id: Id| DirEntry {
            name: id.to_string(),
            inode: inode(&id),
            kind: FileType::RegularFile,
        };
        let mut entries: Vec<DirEntry> = ids.into_iter().map(entry).collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }
}

/// An object's inode number: the beginning of its id, never one of the small numbers that directories have.
fn inode(id: &Id) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) | 1 << 32
}

#[derive(Debug)]
struct DriveFile {
    object: Object,
    device: u64,
}

impl Node for DriveFile {
    fn stat(&self) -> Result<Stat, Refusal> {
        Ok(Stat::fixed(
            self.device,
            inode(&self.object.id()),
            FileType::RegularFile,
            self.object.len(),
        ))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Refusal> {
        self.object
            .read_at(buffer, offset)
            .map_err(Stop::host("read an object of the drive"))
    }

    fn host_file(&self) -> Option<Arc<File>> {
        Some(self.object.file().clone())
    }
}

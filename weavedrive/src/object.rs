//! An open object: immutable bytes in a file.

use crate::id::Id;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// An open object. Cloning shares the open file; an object stays readable after it was removed from its store.
///
/// Opening reads none of the object's bytes: they were hashed when they were added.
#[derive(Debug, Clone)]
pub struct Object {
    id: Id,
    length: u64,
    file: Arc<File>,
}

impl Object {
    pub(crate) fn new(id: Id, length: u64, file: File) -> Object {
        Object {
            id,
            length,
            file: Arc::new(file),
        }
    }

    /// The object's name.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The number of bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether the object has no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The file that holds exactly the object's bytes, from offset 0, opened for reading; for mapping into memory.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Reads the bytes at `offset` into `buffer` and returns how many there are: as many as the buffer holds, fewer
    /// only at the end of the object, none from there on.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` if the file was cut short behind the store's back.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let there = self.length.saturating_sub(offset).min(buffer.len() as u64) as usize;
        self.file.read_exact_at(&mut buffer[..there], offset)?;
        Ok(there)
    }
}

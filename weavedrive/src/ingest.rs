//! Putting objects into a store.

use crate::chunk::for_each_chunk;
use crate::error::{Error, io};
use crate::id::Id;
use crate::merkle::{Chunk, Tree, sha256};
use crate::record::Record;
use crate::store::{Staging, Store, sync_folder};
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::Path;

/// How far a long operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes done.
    pub done: u64,
    /// Bytes in all, where that is known.
    pub total: Option<u64>,
}

/// How to add an object.
#[derive(Default)]
pub struct AddOptions<'a> {
    /// A label for people. An object that is there already keeps the label it has.
    pub label: Option<String>,
    /// The id the data must have; other data is not added.
    pub expected: Option<Id>,
    /// The number of bytes, where it is known; only for the progress report.
    pub total: Option<u64>,
    /// Is called after each chunk.
    pub progress: Option<&'a mut dyn FnMut(Progress)>,
}

/// What [`Store::add`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The object's name: the data root of its bytes.
    pub id: Id,
    /// The number of bytes.
    pub length: u64,
    /// The store had this object already.
    pub already_there: bool,
}

impl Store {
    /// Reads the data to its end and makes it an object. The bytes are hashed as they are written, reach the disk before
    /// the object appears, and the object appears at once and whole.
    ///
    /// # Errors
    /// [`Error::Source`] if the data can not be read, [`Error::Unexpected`] if it is other data than
    /// [`AddOptions::expected`], [`Error::Io`] if it can not be written, as on a full disk. In all cases nothing of the
    /// data is left in the store.
    pub fn add(&self, reader: impl Read, mut options: AddOptions<'_>) -> Result<Added, Error> {
        let staging = self.stage()?;
        let object = staging.path.join("object");
        fs::create_dir(&object).map_err(io("create the folder", &object))?;
        let chunks = write_data(reader, &object.join("data"), &mut options)?;
        let tree = Tree::from_chunks(chunks);
        let (id, length) = (tree.root(), tree.length());
        if let Some(expected) = options.expected.filter(|expected| *expected != id) {
            return Err(Error::Unexpected {
                expected,
                found: id,
            });
        }
        write_chunks(&tree, &object.join("chunks"))?;
        Record::new(&id, length, options.label.as_deref()).write(&object.join("record"))?;
        sync_folder(&object)?;
        let already_there = self.publish(&staging, &object, &id)?;
        Ok(Added {
            id,
            length,
            already_there,
        })
    }

    /// Adds a file's content, labelled with the file's name unless the options have another label.
    ///
    /// # Errors
    /// As [`Store::add`].
    pub fn add_file(
        &self,
        path: impl AsRef<Path>,
        mut options: AddOptions<'_>,
    ) -> Result<Added, Error> {
        let path = path.as_ref();
        let file = File::open(path).map_err(io("open", path))?;
        let metadata = file.metadata().map_err(io("look at", path))?;
        if metadata.is_dir() {
            let error = std::io::Error::from(ErrorKind::IsADirectory);
            return Err(io("add the folder", path)(error));
        }
        if metadata.is_file() {
            options.total = options.total.or(Some(metadata.len()));
        }
        let name = || {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        };
        options.label = options.label.take().or_else(name);
        self.add(file, options)
    }

    /// Moves a finished object to its place. Returns whether a sound one is there already.
    fn publish(&self, staging: &Staging, object: &Path, id: &Id) -> Result<bool, Error> {
        let place = self.folder(id);
        loop {
            match fs::rename(object, &place) {
                Ok(()) => {
                    sync_folder(&self.path().join("objects"))?;
                    return Ok(false);
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists
                    ) => {}
                Err(error) => return Err(io("create the object", place)(error)),
            }
            match self.info(id) {
                Ok(_) => return Ok(true),
                // Somebody removed the object in between.
                Err(Error::NotFound { .. }) => {}
                Err(Error::Damaged { .. }) => discard(&place, staging)?,
                Err(other) => return Err(other),
            }
        }
    }
}

/// Moves a damaged object out of the way; it goes when the staging folder goes.
fn discard(place: &Path, staging: &Staging) -> Result<(), Error> {
    let aside = staging.path.join("damaged");
    match fs::rename(place, &aside) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other.map_err(io("replace the damaged object", place)),
    }
}

/// Writes the data into a new read-only file, on disk, and returns its chunks.
fn write_data(
    reader: impl Read,
    path: &Path,
    options: &mut AddOptions<'_>,
) -> Result<Vec<Chunk>, Error> {
    let mut file = File::create_new(path).map_err(io("create", path))?;
    let mut chunks = Vec::new();
    for_each_chunk(reader, |start, bytes| {
        file.write_all(bytes)
            .map_err(|error| Failure::Sink(io("write", path)(error)))?;
        let end = start + bytes.len() as u64;
        chunks.push(Chunk {
            hash: sha256(&[bytes]),
            end,
        });
        if let Some(progress) = &mut options.progress {
            progress(Progress {
                done: end,
                total: options.total,
            });
        }
        Ok::<_, Failure>(())
    })?;
    let mut permissions = file.metadata().map_err(io("look at", path))?.permissions();
    permissions.set_readonly(true);
    file.set_permissions(permissions)
        .map_err(io("protect", path))?;
    file.sync_all().map_err(io("flush", path))?;
    Ok(chunks)
}

fn write_chunks(tree: &Tree, path: &Path) -> Result<(), Error> {
    let mut file = BufWriter::new(File::create_new(path).map_err(io("create", path))?);
    for chunk in tree.chunks() {
        file.write_all(&chunk.hash).map_err(io("write", path))?;
    }
    file.into_inner()
        .map_err(|error| error.into_error())
        .and_then(|file| file.sync_all())
        .map_err(io("flush", path))
}

/// Keeps the reader's errors apart from the writer's.
enum Failure {
    Reader(std::io::Error),
    Sink(Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Reader(error)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        match failure {
            Failure::Reader(error) => Error::Source(error),
            Failure::Sink(error) => error,
        }
    }
}

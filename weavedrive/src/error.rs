//! What can go wrong with a store.

use crate::id::Id;
use std::io;
use std::path::PathBuf;

/// A failure of the store. Every message says what was tried and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("can not {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The data to be added could not be read to its end. Nothing was added.
    #[error("can not read the data to add: {0}")]
    Source(#[source] io::Error),
    /// The folder has content but is not a store.
    #[error("{} is not a drive: it has files but no VERSION file; choose an empty or a new folder", .0.display())]
    NotAStore(PathBuf),
    /// There is no such folder.
    #[error("there is no drive at {}; add an object to make one, or name another folder", .0.display())]
    NoStore(PathBuf),
    /// The folder is a store of another format.
    #[error("the drive at {} has the format {found:?}, this program reads {expected:?}", path.display())]
    Version {
        /// The store's folder.
        path: PathBuf,
        /// The content of its VERSION file, shortened.
        found: String,
        /// The content that this program writes.
        expected: &'static str,
    },
    /// The store has no such object.
    #[error("the drive at {} has no object {id}", path.display())]
    NotFound {
        /// The object asked for.
        id: Id,
        /// The store's folder.
        path: PathBuf,
    },
    /// An object's files are not as they were written.
    #[error("the object {id} is damaged: {what}; remove it and add it again")]
    Damaged {
        /// The object.
        id: Id,
        /// What is wrong, in words.
        what: String,
    },
    /// The data is not what the caller said it would be. Nothing was added.
    #[error("the data is {found}, not {expected} as expected")]
    Unexpected {
        /// The id that was asked for.
        expected: Id,
        /// The id of the data that came.
        found: Id,
    },
    /// The environment names no folder for the store.
    #[error(
        "no folder for the drive: set LOCKSTEP_HOME, XDG_DATA_HOME or HOME to an absolute path, or name a folder"
    )]
    NoHome,
}

/// Wraps what the system said with what was tried, for `map_err`.
pub(crate) fn io(
    action: &'static str,
    path: impl Into<PathBuf>,
) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io {
        action,
        path,
        source,
    }
}

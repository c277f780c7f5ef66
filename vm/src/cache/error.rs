//! Why machine code could not be kept, or is not used.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// What can go wrong with a [`CodeCache`](super::CodeCache). None of it changes
/// what a module does: without kept code it is compiled.
#[derive(Debug)]
#[non_exhaustive]
pub enum CacheError {
    /// The system refused something.
    Io {
        /// What was to be done.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why it was refused.
        source: io::Error,
    },
    /// Others could write to the file or folder, and so choose what runs.
    Exposed {
        /// The file or folder.
        path: PathBuf,
        /// What about it is so.
        why: &'static str,
    },
    /// The file is damaged, or none of ours.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The file is for something else.
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is for.
        what: &'static str,
    },
    /// The file would be larger than the cache may be.
    TooLarge {
        /// Bytes of the file.
        bytes: u64,
        /// Bytes that all files may have.
        bytes_max: u64,
    },
    /// The engine could not do its part.
    Engine(Error),
}

impl CacheError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CacheError {
        move |source| CacheError::Io {
            what,
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn damaged(path: &Path, why: impl Into<String>) -> CacheError {
        CacheError::Damaged {
            path: path.to_owned(),
            why: why.into(),
        }
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CacheError::Io { what, path, source } => {
                write!(f, "cannot {what} {}: {source}", path.display())
            }
            CacheError::Exposed { path, why } => {
                let path = path.display();
                write!(f, "{path} is not safe to run code from: {why}")
            }
            CacheError::Damaged { path, why } => {
                write!(f, "{} is damaged: {why}", path.display())
            }
            CacheError::Foreign { path, what } => {
                write!(f, "{} is for {what}", path.display())
            }
            CacheError::TooLarge { bytes, bytes_max } => write!(
                f,
                "the machine code takes {bytes} bytes, and the cache may have {bytes_max}"
            ),
            CacheError::Engine(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CacheError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CacheError::Io { source, .. } => Some(source),
            CacheError::Engine(error) => Some(error),
            _ => None,
        }
    }
}

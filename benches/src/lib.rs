//! This engine and its rivals on the same work.
//!
//! [`kernels`] are small programs in C with known answers, compiled on demand
//! by the pinned compiler of [`toolchain`]. This package runs them on this
//! engine alone; the package in `rivals/` runs them on others beside it.

use std::io;
use std::path::{Path, PathBuf};

pub mod kernels;
pub mod toolchain;

/// Why a kernel is not there to be run.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A program could not be started.
    #[error(
        "cannot start {command}: {source}; kernels are built with python3, pip and a package of it"
    )]
    Start {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and failed.
    #[error("{command} failed ({status}):\n{output}")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status.
        status: String,
        /// What it printed.
        output: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The toolchain built other bytes than the table of kernels has.
    #[error(
        "{kernel} for {width} has SHA-256 {found}, the table says {wanted}; \
         `cargo run -p benches -- answers` renews the table after a change"
    )]
    Hash {
        /// The kernel.
        kernel: String,
        /// `wasm64` or `wasm32`.
        width: &'static str,
        /// The table's hash.
        wanted: String,
        /// The module's hash.
        found: String,
    },
    /// The table of kernels has a line of the wrong form.
    #[error("kernels.csv:{line}: wanted seven fields of a kernel, found `{text}`")]
    Table {
        /// Line in the table, from 1.
        line: usize,
        /// The line.
        text: String,
    },
}

impl BuildError {
    pub(crate) fn file(path: &Path, source: io::Error) -> BuildError {
        BuildError::File {
            path: path.to_owned(),
            source,
        }
    }
}

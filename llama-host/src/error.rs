//! Everything that can go wrong between an empty folder and a loaded model, in words that say what to do.

use std::io;
use std::path::{Path, PathBuf};

/// An error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("cannot {what} {}: {source}{}", path.display(), io_hint(source))]
    Io {
        /// What was attempted, as a verb.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// The system's own error.
        source: io::Error,
    },
    /// No Python 3 was found.
    #[error(
        "Python 3 is needed once, to download pinned packages, but {tried} does not run here; install it (for example \
         `apt-get install python3 python3-pip`), or set LOCKSTEP_PYTHON to its path"
    )]
    NoPython {
        /// The names that were tried.
        tried: String,
    },
    /// Python is there, but its package installer is not.
    #[error(
        "`{python} -m pip` does not run; install pip for it (for example `apt-get install python3-pip`, or `{python} -m ensurepip`)"
    )]
    NoPip {
        /// The Python that was tried.
        python: String,
    },
    /// A pinned package could not be downloaded.
    #[error(
        "cannot download {package}: {reason}\nIf this machine has no network, put the file {} with sha256 {sha256} into {} and \
         try again",
        file,
        folder.display()
    )]
    Download {
        /// Name and version of the package.
        package: String,
        /// The last lines that pip printed.
        reason: String,
        /// The file that is missing.
        file: &'static str,
        /// Its expected SHA-256, in hexadecimal.
        sha256: &'static str,
        /// Where downloads are kept.
        folder: PathBuf,
    },
    /// A file does not have the content that it must have.
    #[error("{} has sha256 {found}, expected {expected}; delete it and try again", path.display())]
    WrongHash {
        /// The file.
        path: PathBuf,
        /// Its SHA-256, in hexadecimal.
        found: String,
        /// The pinned SHA-256, in hexadecimal.
        expected: &'static str,
    },
    /// A downloaded archive is not what this version expects.
    #[error("the archive {} is damaged or not the expected one: {reason}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The source text that a patch replaces is not there exactly as often as it must be.
    #[error("patch \"{patch}\" expects its text {expected} time(s) in {}, found {found}", path.display())]
    Patch {
        /// The patch's name.
        patch: &'static str,
        /// The file to be patched.
        path: PathBuf,
        /// How often the text must occur.
        expected: usize,
        /// How often it does.
        found: usize,
    },
    /// The compiler or the linker failed.
    #[error("cannot build {unit}: {reason}")]
    Compile {
        /// The source or output file.
        unit: String,
        /// The tool's first error lines.
        reason: String,
    },
    /// The toolchain is not available for this kind of machine.
    #[error(
        "the guest's toolchain is pinned for Linux on x86-64 and Arm only; build the module on such a machine and pass its path"
    )]
    NoToolchain,
    /// No such model in the registry.
    #[error("there is no model called {name:?}; known models are {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A sampling parameter is out of range.
    #[error("{field} is {value}, but must be {range}")]
    Sampling {
        /// The parameter.
        field: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// A file is not a usable GGUF model.
    #[error(transparent)]
    Gguf(#[from] crate::gguf::GgufError),
    /// The guest could not be run, or trapped.
    #[error("the guest failed: {reason}")]
    Guest {
        /// What happened, in words.
        reason: String,
        /// The engine's or the world's own error, if there is one, for callers that know its type.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The module speaks another version of the interface.
    #[error(
        "the module's interface has version {found}, this program needs {expected}: it was built by another version"
    )]
    WrongAbi {
        /// The module's version.
        found: i32,
        /// The version that this crate speaks.
        expected: i32,
    },
    /// llama.cpp, or the shim around it, refused a call.
    #[error("{text} ({call} returned {code})")]
    Llama {
        /// The exported function.
        call: &'static str,
        /// Its error code.
        code: i32,
        /// The reason, in the guest's words.
        text: String,
    },
    /// A conversation has a zero byte in it.
    #[error("a conversation's role or text contains a zero byte")]
    Conversation,
    /// There is nothing to continue.
    #[error("the prompt is empty, and the model adds nothing to it")]
    EmptyPrompt,
    /// The model computed nothing usable.
    #[error(
        "the model's logits are all NaN: the file is damaged, or the model is not one for text"
    )]
    NoLogits,
    /// There is no place for the cache.
    #[error("no cache folder: set LOCKSTEP_HOME, XDG_CACHE_HOME or HOME")]
    NoHome,
}

impl Error {
    /// A failure of the guest that has no error of its own.
    pub(crate) fn guest(reason: impl Into<String>) -> Self {
        Self::Guest {
            reason: reason.into(),
            source: None,
        }
    }

    /// For `map_err`: an I/O error with what was attempted on which path.
    pub(crate) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { what, path, source }
    }
}

fn io_hint(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space (about 1.5 GB are needed), or point LOCKSTEP_HOME at a larger disk"
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "; point LOCKSTEP_HOME at a folder that you may write to"
        }
        _ => "",
    }
}

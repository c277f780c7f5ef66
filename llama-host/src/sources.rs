//! The pinned packages for other builds than the guest's, such as a native one to measure it against.

use std::path::Path;

use crate::archive::{self, Zip};
use crate::cache::Cache;
use crate::pins::{LLAMA_CPP, TOOLCHAIN};
use crate::plan;
use crate::progress::{Progress, Stage};
use crate::{Error, fetch, module};

/// The SHA-256 of the package that llama.cpp's sources come from, in hexadecimal.
pub const LLAMA_SHA256: &str = LLAMA_CPP.sha256;

pub use crate::pins::TOOLCHAIN_VERSION;

/// Unpacks the library parts of llama.cpp below `folder` as `llama.cpp/`, unpatched, and writes the headers that its own
/// build would generate to `gen/`.
///
/// # Errors
/// If the package cannot be fetched, or the disk fails.
pub fn unpack_llama(cache: &Cache, folder: &Path, progress: &dyn Progress) -> Result<(), Error> {
    let paths = fetch::fetch(cache, &[LLAMA_CPP], progress)?;
    progress.update(Stage::Unpack, "llama.cpp", 0, LLAMA_CPP.bytes);
    for path in paths {
        archive::unpack_tar(&path, folder, module::place_of_llama)?;
    }
    plan::write_version_headers(folder)?;
    progress.update(Stage::Unpack, "llama.cpp", LLAMA_CPP.bytes, LLAMA_CPP.bytes);
    Ok(())
}

/// Unpacks the whole toolchain below `folder` as `zig/`; the compiler is `zig/zig`.
///
/// # Errors
/// [`Error::NoToolchain`] if there is none for this machine; otherwise if it cannot be fetched, or the disk fails.
pub fn unpack_toolchain(
    cache: &Cache,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let toolchain = TOOLCHAIN.ok_or(Error::NoToolchain)?;
    let paths = fetch::fetch(cache, &[toolchain], progress)?;
    progress.update(Stage::Unpack, "toolchain", 0, toolchain.bytes);
    for path in paths {
        Zip::open(&path)?.unpack(folder, |name| {
            let inner = name.strip_prefix("ziglang/")?;
            Some(format!("zig/{inner}"))
        })?;
    }
    archive::make_executable(&folder.join("zig/zig"))?;
    progress.update(Stage::Unpack, "toolchain", toolchain.bytes, toolchain.bytes);
    Ok(())
}

//! The finished module: built once, then found in the cache by the hash of everything it is made from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::archive::{self, Zip};
use crate::cache::{self, Cache};
use crate::pins::{LLAMA_CPP, TOOLCHAIN, TOOLCHAIN_VERSION};
use crate::plan::{Plan, Sources};
use crate::progress::{Progress, Stage};
use crate::{Error, compile, fetch, guest, patch};

/// Choices about the module. The default is right for inference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ModuleOptions {
    /// Build with WebAssembly exception handling (`exnref`). Without it, the module uses fewer features of the engine, and
    /// a C++ exception is a trap with a message on standard error instead of an error code.
    pub exceptions: bool,
}

impl ModuleOptions {
    /// The same options with or without exception handling.
    #[must_use]
    pub fn exceptions(mut self, on: bool) -> Self {
        self.exceptions = on;
        self
    }

    /// The BLAKE3 hash, in hexadecimal, of everything the module is made from: pinned packages, the guest's own sources,
    /// patches and flags. It is the same on every machine, and so are the module's bytes.
    pub fn key(self) -> String {
        let patches = format!("{:?}", patch::PATCHES);
        let plan = format!("{:?}", Plan::new(self.exceptions, &Sources::default()));
        let fixed = [TOOLCHAIN_VERSION, LLAMA_CPP.sha256];
        let files = guest::FILES.iter().flat_map(|(path, text)| [*path, *text]);
        let all = fixed.into_iter().chain(files).chain([&*patches, &*plan]);
        hash_inputs("lockstep llama module inputs 1", all)
    }
}

fn hash_inputs<'a>(context: &str, texts: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// The same for the module of the kernels alone.
fn kernels_key() -> String {
    let plan = format!("{:?}", Plan::kernels());
    let files = guest::below(KERNELS).flat_map(|(path, text)| [*path, *text]);
    let all = [TOOLCHAIN_VERSION].into_iter().chain(files).chain([&*plan]);
    hash_inputs("lockstep kernels module inputs 1", all)
}

/// The guest's folder with the kernels.
const KERNELS: &str = "kernels/";

/// Where the module is or will be in this cache.
pub fn module_path(cache: &Cache, options: ModuleOptions) -> PathBuf {
    cache
        .root()
        .join("llama")
        .join(format!("{}.wasm", options.key()))
}

/// Returns the path of the module, building it first if the cache does not have it. Building needs Python 3 with pip and
/// access to a package index once, about 1.5 GB of disk while it runs, and some minutes. Two processes do not build at
/// the same time: the second waits for the first one's module. An interrupted build goes on where it stopped.
///
/// # Errors
/// If the tools, the network or the disk fail; every error says what to do about it.
pub fn ensure_module(
    cache: &Cache,
    options: ModuleOptions,
    progress: &dyn Progress,
) -> Result<PathBuf, Error> {
    let path = module_path(cache, options);
    if path.exists() {
        return Ok(path);
    }
    let toolchain = TOOLCHAIN.ok_or(Error::NoToolchain)?;
    let parent = cache.folder("llama")?;
    let _lock = cache.lock("llama-build", || {
        progress.update(Stage::Compile, "waiting for another build", 0, 0)
    })?;
    if path.exists() {
        return Ok(path);
    }
    let key = options.key();
    let folder = parent.join(format!("build-{}", &key[..16]));
    remove_other_builds(&parent, &folder)?;
    let archives = fetch::fetch(cache, &[toolchain, LLAMA_CPP], progress)?;
    prepare(&folder, &archives, progress)?;
    let plan = Plan::new(options.exceptions, &Sources::find(&folder)?);
    for (name, text) in &plan.generated {
        cache::write_whole(&folder.join(name), text.as_bytes())?;
    }
    let module = compile::run(&folder, &plan, progress)?;
    cache::publish(&module, &path)?;
    cache::remove_folder(&folder)?;
    Ok(path)
}

/// Returns the path of a small module with the kernels alone, building it first if the cache does not have it: memory 0,
/// one page long and exported, and every kernel under the name that the module of llama.cpp exports it by, with the same
/// body. It imports nothing. The first build downloads the toolchain, which is 90 MB.
///
/// # Errors
/// As [`ensure_module`].
pub fn ensure_kernels(cache: &Cache, progress: &dyn Progress) -> Result<PathBuf, Error> {
    let key = kernels_key();
    let parent = cache.folder("kernels")?;
    let path = parent.join(format!("{key}.wasm"));
    if path.exists() {
        return Ok(path);
    }
    let toolchain = TOOLCHAIN.ok_or(Error::NoToolchain)?;
    let _lock = cache.lock("kernels-build", || {
        progress.update(Stage::Compile, "waiting for another build", 0, 0)
    })?;
    if path.exists() {
        return Ok(path);
    }
    let folder = parent.join(format!("build-{}", &key[..16]));
    remove_other_builds(&parent, &folder)?;
    cache::remove_folder(&folder)?;
    let archives = fetch::fetch(cache, &[toolchain], progress)?;
    let total = toolchain.bytes;
    progress.update(Stage::Unpack, "toolchain", 0, total);
    for archive in &archives {
        Zip::open(archive)?.unpack(&folder, place_of_compiler)?;
    }
    archive::make_executable(&folder.join("zig/zig"))?;
    progress.update(Stage::Unpack, "toolchain", total, total);
    write_guest(&folder, guest::below(KERNELS))?;
    let module = compile::run(&folder, &Plan::kernels(), progress)?;
    cache::publish(&module, &path)?;
    cache::remove_folder(&folder)?;
    Ok(path)
}

/// Removes the folders of builds with other inputs that were never finished. The caller holds the lock.
fn remove_other_builds(parent: &Path, keep: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(parent).map_err(Error::io("list", parent))? {
        let path = entry.map_err(Error::io("list", parent))?.path();
        let is_build = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("build-"));
        if is_build && path != keep {
            cache::remove_folder(&path)?;
        }
    }
    Ok(())
}

/// Fills a build folder with everything that compiling needs. A marker says that it is complete.
fn prepare(folder: &Path, archives: &[PathBuf], progress: &dyn Progress) -> Result<(), Error> {
    let marker = folder.join("prepared");
    if marker.exists() {
        return Ok(());
    }
    cache::remove_folder(folder)?;
    cache::create_folder(&folder.join("gen/include/wasi"))?;
    let [toolchain, sources] = archives else {
        return Err(Error::Archive {
            path: folder.to_path_buf(),
            reason: "two archives are needed".into(),
        });
    };
    let sizes = [
        TOOLCHAIN.map_or(0, |package| package.bytes),
        LLAMA_CPP.bytes,
    ];
    let total = sizes.iter().sum();
    progress.update(Stage::Unpack, "toolchain", 0, total);
    Zip::open(toolchain)?.unpack(folder, place_of_toolchain)?;
    archive::make_executable(&folder.join("zig/zig"))?;
    progress.update(Stage::Unpack, "llama.cpp", sizes[0], total);
    archive::unpack_tar(sources, folder, place_of_llama)?;
    progress.update(Stage::Unpack, "llama.cpp", total, total);
    write_guest(folder, guest::below(""))?;
    for patch in patch::PATCHES {
        patch.apply(folder)?;
    }
    let header = patch::api_header_for_wasm64(
        &folder.join("zig/lib/libc/include/wasm-wasi-musl/wasi/api.h"),
    )?;
    cache::write_whole(&folder.join("gen/include/wasi/api.h"), header.as_bytes())?;
    cache::write_whole(&marker, b"")
}

/// Writes sources of the guest into a build folder.
fn write_guest<'a>(
    folder: &Path,
    files: impl Iterator<Item = &'a (&'a str, &'a str)>,
) -> Result<(), Error> {
    for (path, text) in files {
        let path = folder.join("guest").join(path);
        cache::create_folder(path.parent().unwrap_or(folder))?;
        cache::write_whole(&path, text.as_bytes())?;
    }
    Ok(())
}

/// The compiler and the linker with the compiler's own headers.
fn place_of_compiler(name: &str) -> Option<String> {
    let inner = name.strip_prefix("ziglang/")?;
    (inner == "zig" || inner.starts_with("lib/include/")).then(|| format!("zig/{inner}"))
}

/// The toolchain without the C libraries and headers of other systems, which are most of its files.
fn place_of_toolchain(name: &str) -> Option<String> {
    const NEEDED: [&str; 13] = [
        "zig",
        "lib/c",
        "lib/compiler",
        "lib/compiler_rt",
        "lib/compiler_rt.zig",
        "lib/include",
        "lib/libc/musl",
        "lib/libc/wasi",
        "lib/libcxx",
        "lib/libcxxabi",
        "lib/libunwind",
        "lib/std",
        "lib/zig.h",
    ];
    const HEADERS: [&str; 2] = [
        "lib/libc/include/wasm-wasi-musl",
        "lib/libc/include/generic-musl",
    ];
    let inner = name.strip_prefix("ziglang/")?;
    let below = |folder: &&str| {
        inner
            .strip_prefix(*folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    NEEDED
        .iter()
        .chain(&HEADERS)
        .any(below)
        .then(|| format!("zig/{inner}"))
}

/// The library parts of llama.cpp, without the back ends for other devices.
fn place_of_llama(name: &str) -> Option<String> {
    let (_, inner) = name.split_once("/vendor/llama.cpp/")?;
    let ggml_back_end = inner
        .strip_prefix("ggml/src/")
        .and_then(|rest| rest.split_once('/'))
        .map(|(folder, _)| folder);
    let needed = ["include/", "src/", "ggml/include/", "ggml/src/"]
        .iter()
        .any(|folder| inner.starts_with(folder));
    (needed && ggml_back_end.is_none_or(|folder| folder == "ggml-cpu"))
        .then(|| format!("llama.cpp/{inner}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    #[test]
    fn the_key_depends_on_the_options_alone() {
        let plain = ModuleOptions::default();
        assert_eq!(plain.key(), plain.key());
        assert_ne!(plain.key(), plain.exceptions(true).key());
        assert_eq!(plain.key().len(), 64);
    }

    #[test]
    fn a_module_in_the_cache_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let path = module_path(&cache, ModuleOptions::default());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "x").unwrap();
        assert_eq!(
            ensure_module(&cache, ModuleOptions::default(), &Silent).unwrap(),
            path
        );
    }

    #[test]
    fn only_what_is_needed_is_unpacked() {
        assert_eq!(
            place_of_toolchain("ziglang/zig").as_deref(),
            Some("zig/zig")
        );
        assert_eq!(
            place_of_toolchain("ziglang/lib/std/std.zig").as_deref(),
            Some("zig/lib/std/std.zig")
        );
        assert_eq!(place_of_toolchain("ziglang/lib/libc/glibc/abilists"), None);
        assert_eq!(
            place_of_toolchain("ziglang/lib/libc/include/any-linux-any/x.h"),
            None
        );
        assert_eq!(place_of_toolchain("ziglang-0.15.2.dist-info/RECORD"), None);
        let llama = |name: &str| {
            place_of_llama(&format!("llama_cpp_python-0.3.36/vendor/llama.cpp/{name}"))
        };
        assert_eq!(
            llama("src/llama.cpp").as_deref(),
            Some("llama.cpp/src/llama.cpp")
        );
        assert_eq!(
            llama("ggml/src/ggml.c").as_deref(),
            Some("llama.cpp/ggml/src/ggml.c")
        );
        assert!(llama("ggml/src/ggml-cpu/ops.cpp").is_some());
        assert_eq!(llama("ggml/src/ggml-cuda/x.cu"), None);
        assert_eq!(llama("tools/server/server.cpp"), None);
    }
}

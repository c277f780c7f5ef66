//! Machine code kept on disk, so that a later run need not compile.
//!
//! A file holds the code of one module for one profile, CPU level and build of
//! the compiler, and its name is the hash of these. It is mapped where it runs.
//! What is in a file changes time and nothing else; whatever is wrong with it is
//! an error here, and a compilation there.

mod error;
mod file;
mod header;
mod key;
mod tables;
#[allow(unsafe_code, reason = "the system is asked who runs")]
mod user;

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::compiled::{Compiled, Module};
pub use error::CacheError;
use key::Key;

/// What names of finished files end in.
const FINISHED: &str = ".code";
/// What names of files in the making end in.
const DRAFT: &str = ".new";

/// A file in the making that is so much older than one that was just finished
/// belongs to nobody any more.
const DRAFT_LIFE: Duration = Duration::from_secs(3600);

/// Most names that are tried for a file in the making.
const MAX_TRIES: u32 = 100;

/// A folder of machine code.
///
/// ```
/// use lockstep_vm::{CodeCache, Config, Engine, Module, Tier};
///
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("code");
/// # let wasm = wat::parse_str("(module (func))")?;
/// let engine = Engine::new(&Config::new().tier(Tier::Auto))?;
/// let cache = CodeCache::open(folder)?;
/// let module = Module::new(&engine, &wasm)?;
/// if let Err(error) = cache.load(&module) {
///     eprintln!("machine code is made anew: {error}");
/// }
/// // ... runs, which compile what is not there ...
/// cache.store(&module)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Whoever can write to the folder can choose what runs: hashes find damage, not
/// attackers. So the folder and its files must belong to the user, and nobody
/// else may write to them; otherwise they are refused. Several threads and
/// processes may use one folder at once.
#[derive(Clone, Debug)]
pub struct CodeCache {
    folder: PathBuf,
    bytes_max: u64,
}

/// One of our files in the folder.
struct Entry {
    modified: SystemTime,
    bytes: u64,
    path: PathBuf,
    draft: bool,
}

impl CodeCache {
    /// Bytes that all files may have together, unless
    /// [`CodeCache::with_bytes_max`] says otherwise: 1 GiB.
    pub const BYTES_MAX: u64 = 1 << 30;

    /// The cache in this folder, which is created, for the user alone, if it is
    /// missing.
    ///
    /// # Errors
    /// [`CacheError::Exposed`] if others could write to the folder,
    /// [`CacheError::Io`] if it cannot be created or is no folder.
    pub fn open(folder: impl AsRef<Path>) -> Result<CodeCache, CacheError> {
        let folder = folder.as_ref();
        let found = std::path::absolute(folder);
        let cache = CodeCache {
            folder: found.map_err(CacheError::io("find the folder", folder))?,
            bytes_max: CodeCache::BYTES_MAX,
        };
        let mut builder = DirBuilder::new();
        let created = builder.recursive(true).mode(0o700).create(&cache.folder);
        created.map_err(CacheError::io("create the folder", &cache.folder))?;
        cache.check()?;
        Ok(cache)
    }

    /// The same cache with another bound on the bytes of all files. When a file
    /// is added that passes it, the oldest others are removed.
    pub fn with_bytes_max(mut self, bytes: u64) -> CodeCache {
        self.bytes_max = bytes;
        self
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the machine code of this module is kept, if it is.
    pub fn path(&self, module: &Module) -> PathBuf {
        self.path_of(&key_of(module.compiled()))
    }

    fn path_of(&self, key: &Key) -> PathBuf {
        let name = blake3::Hash::from_bytes(key.hash()).to_hex();
        self.folder.join(format!("{name}{FINISHED}"))
    }

    /// Gives the module the machine code that is kept of it: functions that it
    /// has code of already stay as they are, the others need not be compiled
    /// any more. Gives the number of those, or none if nothing is kept or the
    /// engine makes no machine code.
    ///
    /// # Errors
    /// If the file may not be used, [`CacheError`] says why; the module is as
    /// before then, and [`CodeCache::store`] will replace the file.
    pub fn load(&self, module: &Module) -> Result<Option<usize>, CacheError> {
        let compiled = module.compiled();
        let count = compiled.native_functions();
        if count == 0 {
            return Ok(None);
        }
        self.check()?;
        let key = key_of(compiled);
        let Some(good) = file::read(&self.path_of(&key), &key, count)? else {
            return Ok(None);
        };
        if compiled.natives_known() == count {
            return Ok(Some(0));
        }
        let adopted = compiled.adopt(good.code, good.functions);
        adopted.map(Some).map_err(CacheError::Engine)
    }

    /// Keeps the machine code that the module has by now, in place of what was
    /// kept of it before. [`Module::compile_all`] makes that of all functions.
    /// Gives the number of functions that were not kept before; if there is
    /// none, nothing is written.
    ///
    /// The file appears whole or not at all, whatever happens meanwhile.
    ///
    /// # Errors
    /// [`CacheError::TooLarge`] if the file would pass the bound alone, and
    /// whatever the system refuses.
    pub fn store(&self, module: &Module) -> Result<usize, CacheError> {
        let compiled = module.compiled();
        let known = compiled.natives_known();
        let path = self.path(module);
        let new = match path.exists() {
            true => known.saturating_sub(compiled.natives_kept()),
            false => known,
        };
        if new == 0 {
            return Ok(0);
        }
        self.check()?;
        let (functions, code) = compiled.known().map_err(CacheError::Engine)?;
        let known = functions.iter().filter(|kept| kept.is_known()).count();
        let bytes = file::build(&key_of(compiled), &code, &tables::write(&functions));
        if bytes.len() as u64 > self.bytes_max {
            return Err(CacheError::TooLarge {
                bytes: bytes.len() as u64,
                bytes_max: self.bytes_max,
            });
        }
        let finished = self.write(&path, &bytes)?;
        compiled.set_natives_kept(known);
        self.prune(&path, &finished)?;
        Ok(new)
    }

    /// Removes everything that is kept; gives the number of files. Removing the
    /// folder does the same. Code that runs is not disturbed.
    ///
    /// # Errors
    /// [`CacheError::Io`] if a file cannot be removed.
    pub fn clear(&self) -> Result<usize, CacheError> {
        let entries = self.entries()?;
        entries.iter().try_for_each(|entry| remove(&entry.path))?;
        Ok(entries.iter().filter(|entry| !entry.draft).count())
    }

    /// Refuses a folder to which others can write.
    fn check(&self) -> Result<(), CacheError> {
        let folder = &self.folder;
        let metadata = fs::metadata(folder).map_err(CacheError::io("look at", folder))?;
        if !metadata.is_dir() {
            let error = ErrorKind::NotADirectory.into();
            return Err(CacheError::io("use as a folder", folder)(error));
        }
        file::exposed(&metadata).map_or(Ok(()), |why| {
            Err(CacheError::Exposed {
                path: folder.clone(),
                why,
            })
        })
    }

    /// Writes a file under a name of its own and renames it: others see the old
    /// one or the new one, and those who mapped the old one keep it.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<Metadata, CacheError> {
        let (mut file, draft) = draft(path)?;
        let written = (|| {
            file.write_all(bytes)?;
            file.sync_all()?;
            let metadata = file.metadata()?;
            fs::rename(&draft, path)?;
            File::open(&self.folder)?.sync_all()?;
            Ok(metadata)
        })();
        written.map_err(|error| {
            // What cannot be removed now goes when a later file is finished.
            let _ = fs::remove_file(&draft);
            CacheError::io("write", path)(error)
        })
    }

    /// Removes the oldest files until the others fit, and what was left
    /// unfinished. The file at `newest` stays.
    fn prune(&self, newest: &Path, finished: &Metadata) -> Result<(), CacheError> {
        let mut entries = self.entries()?;
        entries.sort_by(|a, b| (a.modified, &a.path).cmp(&(b.modified, &b.path)));
        let now = finished.modified().ok();
        let mut total: u64 = entries.iter().map(|entry| entry.bytes).sum();
        for entry in entries.iter().filter(|entry| entry.path != newest) {
            let age = now.and_then(|now| now.duration_since(entry.modified).ok());
            let goes = match entry.draft {
                true => age.is_some_and(|age| age > DRAFT_LIFE),
                false => total > self.bytes_max,
            };
            if goes {
                remove(&entry.path)?;
                total -= entry.bytes;
            }
        }
        Ok(())
    }

    /// Our files in the folder; others are left alone.
    fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        let unreadable = || CacheError::io("list", &self.folder);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(unreadable())? {
            let entry = entry.map_err(unreadable())?;
            let name = entry.file_name();
            let Some(draft) = name.to_str().and_then(is_draft) else {
                continue;
            };
            let metadata = match entry.metadata() {
                // Another process has removed it.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                metadata => metadata.map_err(unreadable())?,
            };
            entries.push(Entry {
                modified: metadata.modified().map_err(unreadable())?,
                bytes: metadata.len(),
                path: entry.path(),
                draft,
            });
        }
        Ok(entries)
    }
}

/// Whether the name of one of our files is that of one in the making; none for
/// other names.
fn is_draft(name: &str) -> Option<bool> {
    let (hash, rest) = name.split_at_checked(64)?;
    let ours = hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match ours && rest.starts_with(FINISHED) {
        true if rest == FINISHED => Some(false),
        true if rest.ends_with(DRAFT) => Some(true),
        _ => None,
    }
}

/// A new file beside the one at `path`, for the user alone.
fn draft(path: &Path) -> Result<(File, PathBuf), CacheError> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut tries = 0;
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}-{number}{DRAFT}", std::process::id()));
        let draft = PathBuf::from(name);
        let mut options = OpenOptions::new();
        match options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
        {
            Ok(file) => return Ok((file, draft)),
            // A process of the same number left it behind.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && tries < MAX_TRIES => {
                tries += 1;
            }
            Err(error) => return Err(CacheError::io("create", &draft)(error)),
        }
    }
}

fn remove(path: &Path) -> Result<(), CacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(CacheError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// What the machine code of this module is for.
fn key_of(compiled: &Compiled) -> Key {
    let engine = compiled.engine();
    Key {
        compiler: key::compiler(),
        module: compiled.data().hash,
        profile: engine.profile().hash(),
        level: engine.level(),
        guards: compiled.guards(),
    }
}

//! The folder where downloads, built modules and models are kept.
//!
//! Files appear in it complete or not at all: everything is written under a temporary name in the same folder and
//! renamed when it is finished. So an interrupted run leaves nothing that a later run could mistake for a result.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::Error;

/// A cache folder. Cheap to make: nothing is created before it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// A cache in the given folder. A relative path counts from the current folder of this moment.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        // Tools are run in other folders. Only a path that is empty, or a current folder that is gone, stays as it is.
        Self {
            root: std::path::absolute(&root).unwrap_or(root),
        }
    }

    /// The usual cache: `$LOCKSTEP_HOME`, or else `$XDG_CACHE_HOME/lockstep`, or else `$HOME/.cache/lockstep`.
    ///
    /// # Errors
    /// [`Error::NoHome`] if none of these variables is set.
    pub fn at_home() -> Result<Self, Error> {
        Self::from_variables(|name| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        })
    }

    fn from_variables(variable: impl Fn(&str) -> Option<PathBuf>) -> Result<Self, Error> {
        let root = variable("LOCKSTEP_HOME")
            .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("lockstep")))
            .or_else(|| Some(variable("HOME")?.join(".cache/lockstep")))
            .ok_or(Error::NoHome)?;
        Ok(Self::new(root))
    }

    /// The cache's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a folder inside the cache, which is created if it is missing.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.root.join(name);
        create_folder(&path)?;
        Ok(path)
    }

    /// Waits until no other process holds the lock of this name, and takes it. `on_wait` is called once if it has to wait.
    pub(crate) fn lock(&self, name: &str, on_wait: impl FnOnce()) -> Result<Lock, Error> {
        let path = self.folder("locks")?.join(name);
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                on_wait();
                file.lock().map_err(Error::io("lock", &path))?;
            }
            Err(TryLockError::Error(source)) => return Err(Error::io("lock", &path)(source)),
        }
        Ok(Lock { _file: file })
    }
}

/// Held while one process works on something that others must not touch. The operating system releases it even if the
/// process is killed.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

pub(crate) fn create_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(Error::io("create the folder", path))
}

/// Deletes a folder with everything in it; a missing folder is fine.
pub(crate) fn remove_folder(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(source))
        }
        _ => Ok(()),
    }
}

/// A name beside `path` for its unfinished content. It differs between processes.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.unfinished", std::process::id()));
    path.with_file_name(name)
}

/// Gives a finished temporary file its real name, after its bytes have reached the disk.
pub(crate) fn publish(temporary: &Path, path: &Path) -> Result<(), Error> {
    File::open(temporary)
        .and_then(|file| file.sync_all())
        .map_err(Error::io("write", temporary))?;
    fs::rename(temporary, path).map_err(Error::io("create", path))
}

/// Writes a whole file so that it appears complete or not at all.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = unfinished(path);
    let written = fs::write(&temporary, bytes).map_err(Error::io("write", &temporary));
    let published = written.and_then(|()| publish(&temporary, path));
    if published.is_err() {
        // The first error is the one to tell; the leftover is only waste.
        let _ = fs::remove_file(&temporary);
    }
    published
}

/// The SHA-256 of a file, in hexadecimal.
pub(crate) fn sha256_of(path: &Path) -> Result<String, Error> {
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&hasher.finalize())),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(source) if source.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => return Err(Error::io("read", path)(source)),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_names_the_root() {
        let with = |set: &'static [(&str, &str)]| {
            Cache::from_variables(|name| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| PathBuf::from(value))
            })
        };
        assert_eq!(
            with(&[("LOCKSTEP_HOME", "/a"), ("HOME", "/c")])
                .unwrap()
                .root(),
            Path::new("/a")
        );
        assert_eq!(
            with(&[("XDG_CACHE_HOME", "/b"), ("HOME", "/c")])
                .unwrap()
                .root(),
            Path::new("/b/lockstep")
        );
        assert_eq!(
            with(&[("HOME", "/c")]).unwrap().root(),
            Path::new("/c/.cache/lockstep")
        );
        assert!(matches!(with(&[]), Err(Error::NoHome)));
    }

    #[test]
    fn the_root_is_absolute() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(Cache::new("x/y").root(), here.join("x/y"));
    }

    #[test]
    fn a_written_file_is_whole_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write_whole(&path, b"abc").unwrap();
        write_whole(&path, b"abcd").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abcd");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(
            sha256_of(&path).unwrap(),
            "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589"
        );
    }

    #[test]
    fn a_second_lock_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let first = cache.lock("x", || panic!("nobody holds it")).unwrap();
        std::thread::scope(|scope| {
            let (sender, receiver) = std::sync::mpsc::channel();
            let second =
                scope.spawn(|| cache.lock("x", move || sender.send(()).unwrap()).map(drop));
            receiver.recv().unwrap();
            drop(first);
            second.join().unwrap().unwrap();
        });
    }
}

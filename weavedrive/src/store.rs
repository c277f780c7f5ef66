//! A folder of immutable objects.
//!
//! ```text
//! VERSION               the format's name; a folder with other content and without this file is refused
//! lock                  held for a moment while work starts in tmp/ and while tmp/ is swept
//! objects/<id>/data     the bytes, read-only
//! objects/<id>/chunks   SHA-256 of each chunk, 32 bytes each, so that damage can be located
//! objects/<id>/record   length, label and the mark that the bytes were hashed when they came (JSON)
//! tmp/                  objects on their way in or out
//! ```
//!
//! An object appears and disappears by the rename of its whole folder, so no reader ever sees half of one, any number
//! of processes can add at a time, and a crash leaves nothing but litter in `tmp/`, which [`Store::sweep`] removes.

use crate::error::{Error, io};
use crate::id::Id;
use crate::object::Object;
use crate::record::Record;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

const VERSION: &str = "lockstep-drive 1\n";
const VERSION_DRAFT: &str = ".VERSION-";

/// A store of objects in a local folder. Cheap to clone; holds no open files.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// What the store knows about an object without reading its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The object's name.
    pub id: Id,
    /// The number of bytes.
    pub length: u64,
    /// A label for people, such as the name of the file it came from.
    pub label: Option<String>,
}

/// A line of [`Store::list`].
#[derive(Debug)]
pub struct Entry {
    /// The object's name.
    pub id: Id,
    /// What is known about it, or what is wrong with it.
    pub info: Result<Info, Error>,
}

impl Store {
    /// Opens the store in the folder `path`, and makes it if the folder is empty or absent.
    ///
    /// # Errors
    /// [`Error::NotAStore`] and [`Error::Version`] for a folder that holds something else, [`Error::Io`] otherwise.
    pub fn open(path: impl Into<PathBuf>) -> Result<Store, Error> {
        let root = path.into();
        fs::create_dir_all(&root).map_err(io("create the drive's folder", &root))?;
        if !has_version(&root)? {
            refuse_foreign(&root)?;
            write_version(&root)?;
        }
        for folder in ["objects", "tmp"] {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).map_err(io("create the folder", &folder))?;
        }
        Ok(Store { root })
    }

    /// Opens the store in the folder `path`, changing nothing; works on a read-only file system.
    ///
    /// # Errors
    /// As [`Store::open`], and [`Error::NoStore`] if there is no store.
    pub fn open_existing(path: impl Into<PathBuf>) -> Result<Store, Error> {
        let root = path.into();
        if has_version(&root)? {
            return Ok(Store { root });
        }
        match fs::symlink_metadata(&root) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(io("look at", &root)(error)),
            Ok(_) => refuse_foreign(&root)?,
        }
        Err(Error::NoStore(root))
    }

    /// The store's folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Opens an object. Takes the time of opening two files, whatever the object's size.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Damaged`] if the object's files are incomplete or of a wrong length.
    pub fn object(&self, id: &Id) -> Result<Object, Error> {
        let info = self.info(id)?;
        let path = self.folder(id).join("data");
        let file = File::open(&path).map_err(io("open", &path))?;
        Ok(Object::new(*id, info.length, file))
    }

    /// What the store knows about an object.
    ///
    /// # Errors
    /// As [`Store::object`].
    pub fn info(&self, id: &Id) -> Result<Info, Error> {
        let record = self.record(id)?;
        let path = self.folder(id).join("data");
        let damaged = |what: String| Error::Damaged { id: *id, what };
        let metadata = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(damaged("its data file is missing".to_owned()));
            }
            other => other.map_err(io("look at", &path))?,
        };
        if !metadata.is_file() {
            return Err(damaged("its data is not a regular file".to_owned()));
        }
        if metadata.len() != record.length {
            let what = format!(
                "its data file has {} bytes instead of {}",
                metadata.len(),
                record.length
            );
            return Err(damaged(what));
        }
        Ok(Info {
            id: *id,
            length: record.length,
            label: record.label,
        })
    }

    /// All objects, ordered by id. Damaged ones are listed with what is wrong with them.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder can not be read.
    pub fn list(&self) -> Result<Vec<Entry>, Error> {
        let folder = self.root.join("objects");
        let mut ids: Vec<Id> = names(&folder)?
            .iter()
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect();
        ids.sort_unstable();
        let mut entries: Vec<Entry> = ids
            .into_iter()
            .map(|id| Entry {
                id,
                info: self.info(&id),
            })
            .collect();
        // What another process removed since the folder was read is not there.
        entries.retain(|entry| !matches!(entry.info, Err(Error::NotFound { .. })));
        Ok(entries)
    }

    /// Removes an object. Whoever has it open can go on reading.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Io`].
    pub fn remove(&self, id: &Id) -> Result<(), Error> {
        let staging = self.stage()?;
        let folder = self.folder(id);
        match fs::rename(&folder, staging.path.join("removed")) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.not_found(id)),
            other => other.map_err(io("remove", &folder)),
        }?;
        sync_folder(&self.root.join("objects"))
    }

    /// Gives an object a label, or takes its label away.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Damaged`], [`Error::Io`].
    pub fn set_label(&self, id: &Id, label: Option<&str>) -> Result<(), Error> {
        let record = Record::new(id, self.record(id)?.length, label);
        let staging = self.stage()?;
        let (draft, path) = (staging.path.join("record"), self.folder(id).join("record"));
        record.write(&draft)?;
        fs::rename(&draft, &path).map_err(io("replace", &path))?;
        sync_folder(&self.folder(id))
    }

    /// Removes what interrupted work left behind, and returns how many leftovers there were. Work in progress, in this
    /// or another process, is not touched.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn sweep(&self) -> Result<usize, Error> {
        let _guard = self.lock()?;
        let folder = self.root.join("tmp");
        let mut swept = 0;
        for name in names(&folder)? {
            let path = folder.join(name);
            let owner = File::open(path.join("owner"));
            let busy = owner.is_ok_and(|file| file.try_lock().is_err());
            if !busy {
                remove_tree(&path)?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    pub(crate) fn folder(&self, id: &Id) -> PathBuf {
        self.root.join("objects").join(id.to_string())
    }

    pub(crate) fn record(&self, id: &Id) -> Result<Record, Error> {
        let folder = self.folder(id);
        match fs::symlink_metadata(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(self.not_found(id)),
            Err(error) => Err(io("look at", folder)(error)),
            Ok(_) => Record::read(&folder.join("record"), id),
        }
    }

    fn not_found(&self, id: &Id) -> Error {
        Error::NotFound {
            id: *id,
            path: self.root.clone(),
        }
    }

    /// The lock that keeps [`Store::sweep`] away from work that has just begun.
    fn lock(&self) -> Result<File, Error> {
        let path = self.root.join("lock");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(io("open", &path))?;
        file.lock().map_err(io("lock", &path))?;
        Ok(file)
    }

    /// A fresh folder in `tmp/`, marked as in use until it is dropped.
    pub(crate) fn stage(&self) -> Result<Staging, Error> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let _guard = self.lock()?;
        loop {
            let name = format!(
                "{}-{}",
                std::process::id(),
                NEXT.fetch_add(1, Ordering::Relaxed)
            );
            let path = self.root.join("tmp").join(name);
            match fs::create_dir(&path) {
                // A process of the same number, before a restart or on another machine, took this name.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                other => other.map_err(io("create the folder", &path))?,
            }
            let mark = path.join("owner");
            let owner = File::create_new(&mark).map_err(io("create", &mark))?;
            owner.lock().map_err(io("lock", &mark))?;
            return Ok(Staging {
                path,
                _owner: owner,
            });
        }
    }
}

/// A folder in `tmp/`; removed with all its content when dropped.
pub(crate) struct Staging {
    pub(crate) path: PathBuf,
    _owner: File,
}

impl Drop for Staging {
    fn drop(&mut self) {
        // There is nobody to tell; what stays is litter that `sweep` removes.
        let _ = remove_tree(&self.path);
    }
}

/// The store's folder when nobody names one: `$LOCKSTEP_HOME/drive`, else `$XDG_DATA_HOME/lockstep/drive`, else
/// `$HOME/.local/share/lockstep/drive`. Variables that are empty or relative paths do not count.
///
/// # Errors
/// [`Error::NoHome`] if none of the three is set.
pub fn default_root() -> Result<PathBuf, Error> {
    root_from(|name| std::env::var_os(name))
}

fn root_from(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Error> {
    let folder = |name: &str| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("LOCKSTEP_HOME")
        .map(|home| home.join("drive"))
        .or_else(|| folder("XDG_DATA_HOME").map(|data| data.join("lockstep/drive")))
        .or_else(|| folder("HOME").map(|home| home.join(".local/share/lockstep/drive")))
        .ok_or(Error::NoHome)
}

/// Whether the folder has a VERSION file, which must be ours.
fn has_version(root: &Path) -> Result<bool, Error> {
    let path = root.join("VERSION");
    let file = match File::open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        other => other.map_err(io("open", &path))?,
    };
    let mut found = Vec::new();
    file.take(64)
        .read_to_end(&mut found)
        .map_err(io("read", &path))?;
    if found == VERSION.as_bytes() {
        return Ok(true);
    }
    let found = String::from_utf8_lossy(&found).trim_end().to_owned();
    Err(Error::Version {
        path: root.to_owned(),
        found,
        expected: VERSION.trim_end(),
    })
}

fn refuse_foreign(root: &Path) -> Result<(), Error> {
    // Another process may be writing the VERSION file at this moment.
    let foreign =
        |name: &OsString| !name.to_string_lossy().starts_with(VERSION_DRAFT) && name != "VERSION";
    if names(root)?.iter().any(foreign) && !has_version(root)? {
        return Err(Error::NotAStore(root.to_owned()));
    }
    Ok(())
}

fn write_version(root: &Path) -> Result<(), Error> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let serial = NEXT.fetch_add(1, Ordering::Relaxed);
    let draft = root.join(format!("{VERSION_DRAFT}{}-{serial}", std::process::id()));
    let path = root.join("VERSION");
    let mut file = File::create(&draft).map_err(io("create", &draft))?;
    file.write_all(VERSION.as_bytes())
        .map_err(io("write", &draft))?;
    file.sync_all().map_err(io("flush", &draft))?;
    fs::rename(&draft, &path).map_err(io("create", &path))?;
    sync_folder(root)
}

fn names(folder: &Path) -> Result<Vec<OsString>, Error> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect())
        .map_err(io("list the folder", folder))
}

fn remove_tree(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            fs::remove_file(path).map_err(io("remove", path))
        }
        other => other.map_err(io("remove", path)),
    }
}

/// Waits until the folder's list of names is on disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(io("flush the folder", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_folder_follows_the_environment() {
        let root = |set: &[(&str, &str)]| {
            root_from(|name| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| OsString::from(value))
            })
        };
        let all = [
            ("LOCKSTEP_HOME", "/l"),
            ("XDG_DATA_HOME", "/x"),
            ("HOME", "/h"),
        ];
        assert_eq!(root(&all).unwrap(), Path::new("/l/drive"));
        assert_eq!(root(&all[1..]).unwrap(), Path::new("/x/lockstep/drive"));
        assert_eq!(
            root(&all[2..]).unwrap(),
            Path::new("/h/.local/share/lockstep/drive")
        );
        let relative = [
            ("LOCKSTEP_HOME", ""),
            ("XDG_DATA_HOME", "x"),
            ("HOME", "/h"),
        ];
        assert_eq!(
            root(&relative).unwrap(),
            Path::new("/h/.local/share/lockstep/drive")
        );
        assert!(matches!(root(&[]), Err(Error::NoHome)));
    }
}

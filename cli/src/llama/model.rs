//! Which model is meant, and how the guest gets to see it.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use lockstep_llama::gguf::{Gguf, GgufError};
use lockstep_llama::{Cache, Error, models};
use lockstep_wasi::{Drive, HostFolder, WasiCtxBuilder};
use lockstep_weavedrive::{Id, Store};

use super::errors::failure;
use crate::drive;
use crate::error::{Failure, on_file};
use crate::interrupt;
use crate::progress::Meter;

const FOLDER: &str = "/models";
const DRIVE: &str = "/data";

/// A model that is there and looks right.
pub(super) struct Model {
    source: Source,
    host: PathBuf,
    guest: String,
}

enum Source {
    Folder(PathBuf),
    Drive(Store, Id),
}

impl Model {
    /// Finds the model by name, as a file or in the drive, and fetches it if it is to be had by name.
    ///
    /// # Errors
    /// If there is none, or it is not a model.
    pub(super) fn find(name: &str, drive: Option<&Path>, meter: &Meter) -> Result<Model, Failure> {
        if name.starts_with("/data/") {
            return Model::object(name, drive);
        }
        let path = Path::new(name);
        let is_path = name.contains(['/', '.']) || path.exists();
        match models::find(name) {
            Ok(known) => {
                let cache = Cache::at_home().map_err(failure)?;
                let path = known.ensure(&cache, meter).map_err(failure)?;
                meter.finish();
                interrupt::check()?;
                Model::file(&path)
            }
            Err(_) if is_path => Model::file(path),
            Err(error) => Err(failure(error)),
        }
    }

    fn object(name: &str, drive: Option<&Path>) -> Result<Model, Failure> {
        let id = drive::id(name)
            .map_err(|why| Failure::usage(format!("{name:?} is not an object's path: {why}")))?;
        let store = drive::open_existing(drive)?;
        let object = store.object(&id)?;
        let source = BufReader::new(&**object.file());
        check(Gguf::read(source, object.len()), Path::new(name))?;
        Ok(Model {
            source: Source::Drive(store, id),
            host: name.into(),
            guest: format!("{DRIVE}/{id}"),
        })
    }

    fn file(path: &Path) -> Result<Model, Failure> {
        // The guest can follow a link only inside what is mounted, so it gets the folder where the link leads.
        let host = fs::canonicalize(path).map_err(on_file("open the model", path))?;
        if host.is_dir() {
            let failure = Failure::usage(format!("the model {} is a folder", path.display()));
            return Err(failure.hint("name the .gguf file in it"));
        }
        check(Gguf::open(&host), path)?;
        let names = host
            .parent()
            .zip(host.file_name().and_then(|name| name.to_str()));
        let (folder, name) = names.ok_or_else(|| {
            let path = path.display();
            Failure::usage(format!(
                "the name of the model {path} is not UTF-8, so no guest can open it"
            ))
        })?;
        Ok(Model {
            source: Source::Folder(folder.to_owned()),
            guest: format!("{FOLDER}/{name}"),
            host,
        })
    }

    /// Where the person finds it.
    pub(super) fn host_path(&self) -> &Path {
        &self.host
    }

    /// Where the guest finds it.
    pub(super) fn guest_path(&self) -> &str {
        &self.guest
    }

    /// Mounts it.
    ///
    /// # Errors
    /// If the folder can not be opened.
    pub(super) fn mount(&self, builder: WasiCtxBuilder) -> Result<WasiCtxBuilder, Failure> {
        Ok(match &self.source {
            Source::Drive(store, id) => builder.mount_drive(DRIVE, Drive::of(store.clone(), [*id])),
            Source::Folder(folder) => {
                let opened =
                    HostFolder::open(folder).map_err(on_file("mount the folder", folder))?;
                builder.mount_folder(FOLDER, opened)
            }
        })
    }
}

/// Looks into the file before a guest does: a file that is no model costs an error and not a minute.
fn check(read: Result<Gguf, GgufError>, path: &Path) -> Result<(), Failure> {
    match read {
        Ok(_) => Ok(()),
        Err(GgufError::Io(error)) => Err(on_file("read the model", path)(error)),
        Err(error) => Err(failure(Error::Gguf(error)).in_file(path)),
    }
}

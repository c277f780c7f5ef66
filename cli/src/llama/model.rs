//! Which model is meant.

use std::path::{Path, PathBuf};

use lockstep_llama::gguf::GgufError;
use lockstep_llama::{Cache, Error, ModelSource, models};

use super::errors::failure;
use crate::drive;
use crate::error::{Failure, on_file};
use crate::interrupt;
use crate::progress::Meter;

/// A model that is there and looks right.
pub(super) struct Model {
    pub(super) source: ModelSource,
    /// Where the person finds it.
    pub(super) path: PathBuf,
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
        Model::checked(ModelSource::Object { store, id }, name.as_ref())
    }

    fn file(path: &Path) -> Result<Model, Failure> {
        if path.is_dir() {
            let failure = Failure::usage(format!("the model {} is a folder", path.display()));
            return Err(failure.hint("name the .gguf file in it"));
        }
        Model::checked(ModelSource::File(path.to_owned()), path)
    }

    /// Looks into the file before a guest does: a file that is no model costs an error and not a minute.
    fn checked(source: ModelSource, path: &Path) -> Result<Model, Failure> {
        match source.facts() {
            Ok(_) => Ok(Model {
                source,
                path: path.to_owned(),
            }),
            Err(Error::Gguf(GgufError::Io(error))) => Err(on_file("read the model", path)(error)),
            Err(error @ Error::Gguf(_)) => Err(failure(error).in_file(path)),
            Err(error) => Err(failure(error)),
        }
    }
}

//! Which model is meant.

use std::path::{Path, PathBuf};

use lockstep_llama::gguf::GgufError;
use lockstep_llama::{Cache, Error, ModelSource, models};

use super::errors::failure;
use crate::drive;
use crate::error::{Failure, on_file};
use crate::interrupt;
use crate::progress::Meter;

/// The context in tokens unless told otherwise: enough for a conversation, and little memory.
const DEFAULT_CONTEXT: u32 = 2048;

/// A model that is there and looks right.
pub(super) struct Model {
    pub(super) source: ModelSource,
    /// Where the person finds it.
    pub(super) path: PathBuf,
    /// The context length it was trained with, in tokens.
    trained: Option<u64>,
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

    /// The length of the context to use where `asked` is what the person wants.
    ///
    /// # Errors
    /// If that is more than the model was trained for, which gives no sense and can take all memory there is.
    pub(super) fn context(&self, asked: Option<u32>) -> Result<u32, Failure> {
        let trained = self.trained.unwrap_or(u64::from(u32::MAX));
        match asked {
            None => Ok(u32::try_from(trained)
                .unwrap_or(u32::MAX)
                .min(DEFAULT_CONTEXT)),
            Some(context) if u64::from(context) <= trained => Ok(context),
            Some(context) => Err(Failure::usage(format!(
                "{}: a context of {context} tokens is more than the {trained} that the model was trained for",
                self.path.display()
            ))),
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
            Ok(facts) => Ok(Model {
                trained: facts.context_length(),
                source,
                path: path.to_owned(),
            }),
            Err(Error::Gguf(GgufError::Io(error))) => Err(on_file("read the model", path)(error)),
            Err(error @ Error::Gguf(_)) => Err(failure(error).in_file(path)),
            Err(error) => Err(failure(error)),
        }
    }
}

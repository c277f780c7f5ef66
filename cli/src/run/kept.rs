//! Machine code that is kept between runs. Whatever is wrong with it is told, and the run goes on without.

use std::path::{Path, PathBuf};

use lockstep_llama::Cache;
use lockstep_vm::{CacheError, CodeCache, Module};

use crate::error::Failure;

/// The folder of the default cache, in that of all caches.
const FOLDER: &str = "code";

/// The cache of a run, if it has one.
pub(super) struct Kept {
    cache: Option<CodeCache>,
    counts: [usize; 2],
}

impl Kept {
    /// The cache in a folder; without a folder, nothing is ever kept.
    pub(super) fn open(path: Option<&Path>) -> Kept {
        let mut kept = Kept {
            cache: None,
            counts: [0; 2],
        };
        let opened =
            path.map(|path| CodeCache::open(folder(path)?).map_err(|error| failure(&error)));
        match opened {
            Some(Ok(cache)) => kept.cache = Some(cache),
            Some(Err(failure)) => failure.after("no machine code is kept:").warn(),
            None => {}
        }
        kept
    }

    /// Gives the module what is kept of it.
    pub(super) fn load(&mut self, module: &Module) {
        match self.cache.as_ref().map(|cache| cache.load(module)) {
            Some(Ok(count)) => self.counts[0] = count.unwrap_or(0),
            Some(Err(error)) => failure(&error)
                .after("kept machine code is not used:")
                .warn(),
            None => {}
        }
    }

    /// Keeps what the run has added.
    pub(super) fn store(&mut self, module: &Module) {
        match self.cache.as_ref().map(|cache| cache.store(module)) {
            Some(Ok(count)) => self.counts[1] = count,
            Some(Err(error)) => failure(&error).after("machine code is not kept:").warn(),
            None => {}
        }
    }

    /// How many functions came out of the cache, and went into it.
    pub(super) fn counts(&self) -> Option<[usize; 2]> {
        self.cache.is_some().then_some(self.counts)
    }
}

fn folder(path: &Path) -> Result<PathBuf, Failure> {
    if path != Path::new("default") {
        return Ok(path.to_owned());
    }
    let home = Cache::at_home().map_err(Failure::host)?;
    Ok(home.root().join(FOLDER))
}

fn failure(error: &CacheError) -> Failure {
    Failure::host(error)
}

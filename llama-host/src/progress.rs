//! How long work tells the caller how far it is.

/// A step of the way from nothing to a module or a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Downloading packages; counted in bytes.
    Download,
    /// Unpacking archives; counted in bytes of the archives.
    Unpack,
    /// Compiling the guest; counted in source files.
    Compile,
    /// Linking the module; one step.
    Link,
    /// Writing and verifying a model file; counted in bytes.
    Model,
}

/// A listener for progress. Calls may come from several threads, several times a second.
pub trait Progress: Sync {
    /// `done` of `total` units of `stage` are finished; `what` names the thing at hand, such as a file.
    fn update(&self, stage: Stage, what: &str, done: u64, total: u64);
}

/// A listener that does nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn update(&self, _stage: Stage, _what: &str, _done: u64, _total: u64) {}
}

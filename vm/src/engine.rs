//! What all modules and stores of an embedder share.

use std::sync::Arc;

use simd::CpuLevel;

use crate::error::Error;
use crate::interp::Handlers;
use crate::module::types::TypeRegistry;
use crate::profile::{MAX_FRAME_SLOTS, Profile};

/// How an [`Engine`] works.
#[derive(Clone, Debug, Default)]
pub struct Config {
    profile: Profile,
    cpu_level: Option<CpuLevel>,
}

impl Config {
    /// The default configuration.
    pub fn new() -> Config {
        Config::default()
    }

    /// Sets the profile: every choice that results depend on.
    pub fn profile(mut self, profile: Profile) -> Config {
        self.profile = profile;
        self
    }

    /// Sets the CPU level whose code runs; without, the best that this CPU
    /// has. Changes time and nothing else, which is what tests use it for.
    pub fn cpu_level(mut self, level: CpuLevel) -> Config {
        self.cpu_level = Some(level);
        self
    }
}

/// The root of everything: a profile, and the function types that modules
/// have in common. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    profile: Profile,
    handlers: &'static Handlers,
    types: TypeRegistry,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new(&Config::default()).expect("the default profile is within the engine's bounds")
    }
}

impl Engine {
    /// An engine of this configuration.
    ///
    /// # Errors
    /// [`Error::Usage`] if the profile asks for more than the engine can do,
    /// or the configuration for a level that this CPU does not have.
    pub fn new(config: &Config) -> Result<Engine, Error> {
        let limits = &config.profile.limits;
        if limits.frame_slots > MAX_FRAME_SLOTS {
            return Err(Error::Usage(format!(
                "a profile may allow at most {MAX_FRAME_SLOTS} frame slots, not {}",
                limits.frame_slots
            )));
        }
        if limits.memory_pages > 1 << 30 {
            return Err(Error::Usage(format!(
                "a profile may allow at most 2^30 pages of memory, not {}",
                limits.memory_pages
            )));
        }
        let level = config.cpu_level.unwrap_or_else(CpuLevel::best);
        if !level.is_supported() {
            return Err(Error::Usage(format!(
                "this CPU does not have the level {level}"
            )));
        }
        let shared = Shared {
            profile: config.profile,
            handlers: Handlers::of(level),
            types: TypeRegistry::default(),
        };
        Ok(Engine {
            shared: Arc::new(shared),
        })
    }

    /// The choices this engine's results depend on.
    pub fn profile(&self) -> &Profile {
        &self.shared.profile
    }

    pub(crate) fn handlers(&self) -> &'static Handlers {
        self.shared.handlers
    }

    pub(crate) fn types(&self) -> &TypeRegistry {
        &self.shared.types
    }

    /// Whether both are clones of one engine.
    pub(crate) fn same(&self, other: &Engine) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

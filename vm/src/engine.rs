//! What all modules and stores of an embedder share.

use std::sync::Arc;

use simd::CpuLevel;

use crate::error::Error;
use crate::interp::Handlers;
use crate::jit;
use crate::machine::context::Stubs;
use crate::module::types::TypeRegistry;
use crate::profile::{MAX_FRAME_SLOTS, Profile};
use crate::twins::{TwinMode, Twins};
use crate::worker::{Job, Worker};

/// How code runs. Changes time and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tier {
    /// In the interpreter.
    Interpreter,
    /// As machine code, made of each function when it is first called. What
    /// the compiler refuses is interpreted.
    Jit,
    /// In the interpreter first, and as machine code where much time goes,
    /// which is made on a thread of the engine while the interpreter goes on;
    /// in the interpreter alone where machine code cannot be made.
    #[default]
    Auto,
}

/// When the tiers change. All of it changes time and nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tiers {
    pub(crate) tier: Tier,
    /// Fuel between two looks at what the interpreter is doing.
    pub(crate) up_after: u64,
    /// Whether machine code is made on a thread of its own.
    pub(crate) background: bool,
    pub(crate) force_osr: bool,
    pub(crate) force_deopt: bool,
    pub(crate) force_stops: bool,
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers {
            tier: Tier::default(),
            up_after: 200_000,
            background: true,
            force_osr: false,
            force_deopt: false,
            force_stops: false,
        }
    }
}

/// How an [`Engine`] works.
#[derive(Clone, Debug, Default)]
pub struct Config {
    profile: Profile,
    cpu_level: Option<CpuLevel>,
    tiers: Tiers,
    signal_free: bool,
    twins: Arc<Twins>,
    twin_mode: TwinMode,
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

    /// Sets how code runs; without, as [`Tier::Auto`] has it.
    pub fn tier(mut self, tier: Tier) -> Config {
        self.tiers.tier = tier;
        self
    }

    /// Sets how much fuel the interpreter uses before it is looked at which
    /// function runs; one that runs twice then becomes machine code. Tests use
    /// small amounts. Without effect on [`Tier::Interpreter`].
    pub fn tier_up_after(mut self, fuel: u64) -> Config {
        self.tiers.up_after = fuel;
        self
    }

    /// Whether [`Tier::Auto`] makes machine code on a thread of the engine's
    /// own, as it does unless told otherwise. The thread begins when there is
    /// something to compile, and ends with the engine and all that belongs to
    /// it. Without, the thread that runs the guest compiles, so that the same
    /// run compiles the same functions at the same moments: tests want that.
    pub fn background(mut self, background: bool) -> Config {
        self.tiers.background = background;
        self
    }

    /// Whether machine code is entered at the head of every loop that the
    /// interpreter reaches, which is slow and finds faults. Without effect on
    /// [`Tier::Interpreter`].
    pub fn force_osr(mut self, force: bool) -> Config {
        self.tiers.force_osr = force;
        self
    }

    /// Whether machine code is left for the interpreter behind each block,
    /// which is slow and finds faults.
    pub fn force_deopt(mut self, force: bool) -> Config {
        self.tiers.force_deopt = force;
        self
    }

    /// Whether machine code stops before each block, and goes on there with
    /// the registers that it had, as where a slice of fuel ends: slow, and
    /// finds faults. Without effect together with [`Config::force_deopt`].
    pub fn force_stops(mut self, force: bool) -> Config {
        self.tiers.force_stops = force;
        self
    }

    /// Whether machine code leaves most bounds checks to guard pages around
    /// each memory, as it does unless told otherwise. Changes time and nothing
    /// else; without effect on [`Tier::Interpreter`].
    ///
    /// The first engine that uses guards installs handlers of SIGSEGV and
    /// SIGBUS in the process. They take what machine code touches beyond a
    /// memory's end, and hand everything else to the handlers that were there
    /// before. An embedder who installs others later hands on in turn what is
    /// not theirs. Without guards no handler is ever installed, and machine
    /// code compares each address with the memory's size.
    pub fn guard_pages(mut self, guards: bool) -> Config {
        self.signal_free = !guards;
        self
    }

    /// Sets the native twins of functions that modules may have. Without, there
    /// are none.
    pub fn twins(mut self, twins: Arc<Twins>) -> Config {
        self.twins = twins;
        self
    }

    /// Sets when twins run; without, whenever they can. A twin that is right
    /// changes time and nothing else.
    pub fn twin_mode(mut self, mode: TwinMode) -> Config {
        self.twin_mode = mode;
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
    level: CpuLevel,
    handlers: &'static Handlers,
    stubs: Stubs,
    tiers: Tiers,
    guards: bool,
    twins: Arc<Twins>,
    twin_mode: TwinMode,
    types: TypeRegistry,
    worker: Worker,
}

impl Default for Engine {
    /// An engine of the default configuration: the default profile, this CPU's
    /// best level, [`Tier::Auto`].
    fn default() -> Engine {
        Engine::new(&Config::default()).expect("the default profile is within the engine's bounds")
    }
}

impl Engine {
    /// An engine of this configuration.
    ///
    /// # Errors
    /// [`Error::Usage`] if the profile asks for more than the engine can do,
    /// or the configuration for a level or a tier that this CPU does not have
    /// or for [`TwinMode::Check`] with 0.
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
        if config.twin_mode == TwinMode::Check(0) {
            return Err(Error::usage(
                "every how many calls a twin is checked must not be 0",
            ));
        }
        let level = config.cpu_level.unwrap_or_else(CpuLevel::best);
        if !level.is_supported() {
            return Err(Error::Usage(format!(
                "this CPU does not have the level {level}"
            )));
        }
        let mut tiers = config.tiers;
        match tiers.tier {
            Tier::Jit if !jit::is_available() => {
                return Err(Error::usage("this machine has no tier of machine code"));
            }
            Tier::Auto if !jit::is_available() => tiers.tier = Tier::Interpreter,
            _ => {}
        }
        tiers.background &= tiers.tier == Tier::Auto;
        let machine_code = tiers.tier != Tier::Interpreter;
        let guards = machine_code && !config.signal_free && jit::faults::install();
        let shared = Shared {
            profile: config.profile,
            level,
            handlers: Handlers::of(level),
            stubs: jit::entry::stubs(level),
            tiers,
            guards,
            twins: config.twins.clone(),
            twin_mode: config.twin_mode,
            types: TypeRegistry::default(),
            worker: Worker::default(),
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

    /// The CPU level whose code runs.
    pub(crate) fn level(&self) -> CpuLevel {
        self.shared.level
    }

    /// What machine code finds in its context.
    pub(crate) fn stubs(&self) -> &Stubs {
        &self.shared.stubs
    }

    pub(crate) fn tiers(&self) -> Tiers {
        self.shared.tiers
    }

    /// Whether machine code relies on guards around memories.
    pub(crate) fn guards(&self) -> bool {
        self.shared.guards
    }

    /// The twins that modules may have functions of.
    pub(crate) fn twins(&self) -> &Twins {
        &self.shared.twins
    }

    pub(crate) fn twin_mode(&self) -> TwinMode {
        self.shared.twin_mode
    }

    pub(crate) fn types(&self) -> &TypeRegistry {
        &self.shared.types
    }

    /// Has the engine's thread do something later; gives whether it will. The
    /// job must not hold the engine.
    pub(crate) fn later(&self, job: Job) -> bool {
        self.shared.worker.offer(job)
    }

    /// Whether both are clones of one engine.
    pub(crate) fn same(&self, other: &Engine) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

//! How guests run, for the commands that run some.

use clap::{Args, ValueEnum};
use lockstep_vm::{Config, Engine, Tier};

use crate::error::Failure;
use crate::load;
use crate::twins::When;

/// What changes time and nothing else.
#[derive(Debug, Args)]
pub(crate) struct Speed {
    /// How code runs; results, memory and fuel are the same.
    #[arg(long, value_enum, value_name = "HOW", default_value_t = How::Auto)]
    engine: How,
    #[command(flatten)]
    twins: When,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum How {
    /// Interpreted first, and compiled where much time goes.
    Auto,
    /// Interpreted.
    Interp,
    /// Compiled to machine code on first call.
    Jit,
}

impl Speed {
    /// An engine that runs code so, with the twins that this command knows.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::error::Kind::Usage) if this machine can not.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let tier = match self.engine {
            How::Auto => Tier::Auto,
            How::Interp => Tier::Interpreter,
            How::Jit => Tier::Jit,
        };
        let config = self.twins.configure(Config::new().tier(tier))?;
        Engine::new(&config).map_err(load::failure)
    }
}

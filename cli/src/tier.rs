//! How guests run, for the commands that run some.

use clap::{Args, ValueEnum};
use lockstep_vm::{Config, Engine, Tier};

use crate::error::Failure;
use crate::load;

/// What changes time and nothing else.
#[derive(Debug, Args)]
pub(crate) struct Speed {
    /// How code runs; results, memory and fuel are the same.
    #[arg(long, value_enum, value_name = "HOW", default_value_t = How::Auto)]
    engine: How,
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
    /// An engine that runs code so.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::error::Kind::Usage) if this machine can not.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        let tier = match self.engine {
            How::Auto => Tier::Auto,
            How::Interp => Tier::Interpreter,
            How::Jit => Tier::Jit,
        };
        Engine::new(&Config::new().tier(tier)).map_err(load::failure)
    }
}

//! How guests run, for the commands that run some.

use clap::{Args, ValueEnum};
use lockstep_vm::{Config, Engine, Tier};

use crate::error::Failure;
use crate::load;
use crate::twins::When;

/// What changes time and nothing else.
#[derive(Clone, Copy, Debug, Args)]
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
    /// The same but for what `changes` says: pairs such as `engine=interp`, with commas between them.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn with(mut self, changes: &str) -> Result<Speed, String> {
        for change in changes.split(',') {
            match change.split_once('=') {
                Some(("engine", how)) => {
                    let known = How::from_str(how, false);
                    self.engine = known
                        .map_err(|_| format!("the engine {how:?} is not auto, interp or jit"))?;
                }
                Some(("twins", mode)) => self.twins.set_mode(mode)?,
                Some(("threads", count)) => self.twins.set_threads(count)?,
                _ => {
                    return Err(format!(
                        "{change:?} is none of engine=HOW, twins=WHEN, threads=N"
                    ));
                }
            }
        }
        Ok(self)
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Alone {
        #[command(flatten)]
        speed: Speed,
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let speed = Alone::parse_from(["x", "--engine", "jit", "--threads", "3"]).speed;
        let other = speed.with("twins=off,threads=1").expect("both are known");
        let text = format!("{other:?}");
        assert!(
            text.contains("Jit") && text.contains("Off") && text.contains("Some(1)"),
            "{text}"
        );
        for wrong in [
            "",
            "engine",
            "engine=fast",
            "twins=check=0",
            "threads=0",
            "speed=1",
        ] {
            assert!(speed.with(wrong).is_err(), "{wrong}");
        }
    }
}

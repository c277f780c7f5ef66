//! Native twins of functions, for the commands that run guests.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use clap::Args;
use lockstep_llama::kernels;
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, TwinMode, Twins};

use crate::error::Failure;

/// When twins run. It changes time and nothing else.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct When {
    /// Whether native twins stand in for functions that are known: off, on, check=N (on every N-th call both run, the
    /// function itself for a part of it, and a difference ends the run), check=all (both, all of every call).
    #[arg(long = "twins", value_name = "WHEN", default_value = "on", value_parser = mode)]
    mode: TwinMode,
    /// How many threads compute in native twins (default: one for each CPU).
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl When {
    /// Takes another value of `--twins`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn set_mode(&mut self, text: &str) -> Result<(), String> {
        self.mode = mode(text)?;
        Ok(())
    }

    /// Takes another value of `--threads`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(crate) fn set_threads(&mut self, text: &str) -> Result<(), String> {
        let count = text
            .parse()
            .map_err(|error| format!("{text:?} threads: {error}"))?;
        self.threads = Some(count);
        Ok(())
    }

    /// Gives an engine the twins that this command knows, to run when and on as many threads as the person wants.
    ///
    /// # Errors
    /// [`Kind::Host`](crate::error::Kind::Host) if there are no such threads.
    pub(crate) fn configure(self, config: Config) -> Result<Config, Failure> {
        let usual = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let twins = known(self.threads.unwrap_or_else(usual))?;
        Ok(config.twins(twins).twin_mode(self.mode))
    }
}

/// The twins that this command knows: those of the kernels that guests are built with here.
///
/// # Errors
/// [`Kind::Host`](crate::error::Kind::Host) if there are not so many threads.
pub(crate) fn known(threads: NonZeroUsize) -> Result<Arc<Twins>, Failure> {
    let threads = Threads::new(threads).map_err(Failure::host)?;
    let twins = kernels::twins(Isa::best(), &Arc::new(threads));
    Ok(Arc::new(twins))
}

fn mode(text: &str) -> Result<TwinMode, String> {
    let every = |number: &str| match number.parse() {
        Ok(0) | Err(_) => Err(format!("{number:?} is not a number of calls from 1 on")),
        Ok(every) => Ok(TwinMode::Check(every)),
    };
    match (text, text.strip_prefix("check=")) {
        ("off", _) => Ok(TwinMode::Off),
        ("on", _) => Ok(TwinMode::On),
        (_, Some("all")) => Ok(TwinMode::Check(1)),
        (_, Some(number)) => every(number),
        _ => Err("it is off, on, check=N or check=all".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_read() {
        assert_eq!(mode("off"), Ok(TwinMode::Off));
        assert_eq!(mode("on"), Ok(TwinMode::On));
        assert_eq!(mode("check=64"), Ok(TwinMode::Check(64)));
        assert_eq!(mode("check=all"), Ok(TwinMode::Check(1)));
        for wrong in [
            "", "yes", "check", "check=", "check=0", "check=-1", "check=x",
        ] {
            assert!(mode(wrong).is_err(), "{wrong}");
        }
    }
}

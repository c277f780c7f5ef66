//! Native twins of functions, for the commands that run guests.

use std::sync::Arc;

use clap::Args;
use lockstep_vm::{Config, TwinMode, Twins};

/// When twins run. It changes time and nothing else.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct When {
    /// Whether native twins stand in for functions that are known: off, on, check=N (both run on every N-th call, and a
    /// difference ends the run), check=all.
    #[arg(long = "twins", value_name = "WHEN", default_value = "on", value_parser = mode)]
    mode: TwinMode,
}

impl When {
    /// Gives an engine these twins, to run when the person wants.
    pub(crate) fn configure(self, config: Config, twins: Arc<Twins>) -> Config {
        config.twins(twins).twin_mode(self.mode)
    }
}

/// The twins that this command knows.
pub(crate) fn known() -> Arc<Twins> {
    Arc::new(Twins::new())
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

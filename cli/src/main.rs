//! The `lockstep` command: thin over the libraries, one file or folder per subcommand.

mod completions;
mod drive;
mod error;
mod inspect;
mod interrupt;
mod llama;
mod load;
mod output;
mod progress;
mod run;
mod tier;
mod twins;
mod wast;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use error::Failure;

const EXAMPLES: &str = "\
Examples:
  lockstep run hello.wasm
  lockstep run add.wat --invoke add -- 40 2
  lockstep inspect hello.wasm
  lockstep drive add model.gguf
  lockstep llama \"Why is the sky blue?\"
";

/// Run WebAssembly 64 programs so that every machine gets the same bits.
#[derive(Debug, Parser)]
#[command(name = "lockstep", version, after_help = format!("{EXAMPLES}\n{}", error::exit_codes()))]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Show no progress.
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(Box<run::Run>),
    Inspect(inspect::Inspect),
    Wast(wast::Wast),
    Drive(drive::Drive),
    Llama(Box<llama::Llama>),
    Completions(completions::Completions),
}

impl Command {
    fn run(&self, quiet: bool) -> Result<ExitCode, Failure> {
        match self {
            Command::Run(run) => run.run(),
            Command::Inspect(inspect) => inspect.run().map(|()| ExitCode::SUCCESS),
            Command::Wast(wast) => wast.run(),
            Command::Drive(drive) => drive.run(quiet),
            Command::Llama(llama) => llama.run(quiet).map(|()| ExitCode::SUCCESS),
            Command::Completions(completions) => completions.run().map(|()| ExitCode::SUCCESS),
        }
    }

    /// Whether failures are to be told as JSON as well.
    fn is_json(&self) -> bool {
        match self {
            Command::Run(run) => run.json,
            Command::Inspect(inspect) => inspect.json,
            Command::Wast(wast) => wast.json,
            Command::Drive(drive) => drive.json,
            Command::Llama(llama) => llama.json,
            Command::Completions(_) => false,
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let failure = match cli.command.run(cli.quiet) {
        Ok(code) => return code,
        Err(failure) => failure,
    };
    if cli.command.is_json() && failure.kind != error::Kind::BrokenPipe {
        // If standard output is gone as well, the exit code still tells.
        let _ = output::print_json(&failure.to_json());
    }
    failure.report();
    failure.exit_code()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

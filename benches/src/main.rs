//! Runs the kernels on this engine and checks every answer.

use std::process::ExitCode;

use benches::BuildError;
use benches::kernels::{self, Builder, Kernel};
use benches::toolchain::Width;
use clap::{Parser, Subcommand};

/// Small programs with known answers, run on this engine.
#[derive(Debug, Parser)]
#[command(name = "benches", version)]
struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Build the modules into target/kernels, both widths.
    Build,
    /// Make the answers and hashes of the table afresh, after a change of a
    /// kernel or of the toolchain.
    Answers,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.action {
        Action::Build => build(),
        Action::Answers => answers(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("benches: {e}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), BuildError> {
    let builder = Builder::new(kernels::target_folder());
    for kernel in kernels::all()? {
        for width in [Width::Wasm64, Width::Wasm32] {
            let wasm = builder.module(&kernel, width)?;
            println!("{} {} {} bytes", kernel.name, width.name(), wasm.len());
        }
    }
    Ok(())
}

fn answers() -> Result<(), BuildError> {
    let builder = Builder::new(kernels::target_folder());
    let renewed: Result<Vec<Kernel>, BuildError> = kernels::all()?
        .iter()
        .map(|kernel| builder.refresh(kernel))
        .collect();
    kernels::write_table(&renewed?)
}

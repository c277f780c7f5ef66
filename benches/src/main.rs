//! Runs the kernels on this engine and checks every answer.

mod curve;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use benches::BuildError;
use benches::kernels::{self, Builder, Kernel};
use benches::lockstep::{Guest, Tier};
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
    /// Run the kernels once each, check the answers, print the times.
    Run {
        /// Only kernels whose name contains this.
        #[arg(long, default_value = "")]
        filter: String,
        /// The small size that tests use, instead of the bench size.
        #[arg(long)]
        test: bool,
        /// In the interpreter instead of as machine code.
        #[arg(long)]
        interp: bool,
    },
    /// Build the modules into target/kernels, both widths.
    Build,
    /// Make the answers and hashes of the table afresh, after a change of a
    /// kernel or of the toolchain.
    Answers,
    /// Print how compile time and memory grow with modules and functions.
    Curve {
        /// Only shapes whose name contains this.
        #[arg(long, default_value = "")]
        filter: String,
        /// Only this shape, in this process; prints numbers.
        #[arg(long, hide = true, requires = "len")]
        one: Option<String>,
        /// About how many bytes of code.
        #[arg(long, hide = true)]
        len: Option<usize>,
    },
}

fn main() -> ExitCode {
    let done = match Options::parse().action {
        Action::Run {
            filter,
            test,
            interp,
        } => {
            let tier = if interp { Tier::Interpreter } else { Tier::Jit };
            run(&filter, test, tier)
        }
        Action::Build => build(),
        Action::Answers => answers(),
        Action::Curve { filter, one, len } => match one.zip(len) {
            Some((shape, len)) => curve::one(&shape, len),
            None => curve::all_shapes(&filter),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("benches: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Wall time: for a first look. `rivals/` measures CPU time in rounds.
fn run(filter: &str, is_test: bool, tier: Tier) -> Result<(), Box<dyn Error>> {
    let builder = Builder::new(kernels::target_folder());
    println!("{:<18} {:>9} {:>14} {:>14}", "kernel", "n", "ns", "fuel");
    for kernel in kernels::all()? {
        if !kernel.name.contains(filter) {
            continue;
        }
        let (n, wanted) = match is_test {
            true => (kernel.test_n, kernel.test_answer),
            false => (kernel.bench_n, kernel.bench_answer),
        };
        let mut guest = Guest::new(&builder.module(&kernel, Width::Wasm64)?, tier)?;
        let start = Instant::now();
        let (answer, fuel) = guest.run(n)?;
        let time = start.elapsed().as_nanos();
        if answer != wanted {
            return Err(format!("{}({n}) is {wanted}, not {answer}", kernel.name).into());
        }
        println!("{:<18} {n:>9} {time:>14} {fuel:>14}", kernel.name);
    }
    Ok(())
}

fn build() -> Result<(), Box<dyn Error>> {
    let builder = Builder::new(kernels::target_folder());
    for kernel in kernels::all()? {
        for width in [Width::Wasm64, Width::Wasm32] {
            let wasm = builder.module(&kernel, width)?;
            println!("{} {} {} bytes", kernel.name, width.name(), wasm.len());
        }
    }
    Ok(())
}

fn answers() -> Result<(), Box<dyn Error>> {
    let builder = Builder::new(kernels::target_folder());
    let renewed: Result<Vec<Kernel>, BuildError> = kernels::all()?
        .iter()
        .map(|kernel| builder.refresh(kernel))
        .collect();
    Ok(kernels::write_table(&renewed?)?)
}

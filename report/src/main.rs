//! The `report` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    report::cli::main()
}

//! Prints how this engine does on the conformance suite.

use std::process::ExitCode;

fn main() -> ExitCode {
    spec_tests::cli::main(&spec_tests::lockstep::tiers())
}

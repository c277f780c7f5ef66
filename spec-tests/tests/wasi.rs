//! One named trial per WASI guest and width: `interp/wasi/args/wasm64`.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use spec_tests::lockstep;
use spec_tests::wasi::{self, Case};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let cases = match wasi::cases() {
        Ok(cases) => cases,
        Err(e) => {
            eprintln!("the WASI guests cannot be listed: {e}");
            return ExitCode::FAILURE;
        }
    };
    let trials = cases.into_iter().map(|case| {
        let name = format!("interp/wasi/{}", case.trial());
        Trial::test(name, move || check(&case))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn check(case: &Case) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (wasm, world) = case.set_up(folder.path())?;
    let ended = lockstep::run_wasi(&wasm, world)?;
    let stdout = String::from_utf8_lossy(ended.world.stdout());
    let exit = ended
        .exit
        .map_err(|e| format!("{e}; its output until then:\n{stdout}"))?;
    if exit != case.expected.exit {
        return Err(format!("exit code {exit}, wanted {}", case.expected.exit).into());
    }
    if stdout != case.expected.stdout {
        let wanted = &case.expected.stdout;
        return Err(format!("wanted the output\n{wanted}\ngot\n{stdout}").into());
    }
    Ok(())
}

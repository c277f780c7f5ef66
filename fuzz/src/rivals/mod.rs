//! Other engines, with everything on that makes them deterministic.

mod wasmi;
mod wasmtime;

pub use wasmi::Wasmi;
pub use wasmtime::Wasmtime;

use crate::program::{Call, Program};
use crate::tier::{CallRun, Outcome, Refusal, Site, State};

/// Fuel that a rival gets for one unit of ours. Their instructions cost
/// about as much as ours; range instructions may cost a unit for each byte.
const FUEL_FACTOR: u64 = 70;

/// A guest of a rival, instantiated.
trait Guest {
    /// Sets the fuel, in the rival's units.
    fn refuel(&mut self, fuel: u64) -> Result<(), Refusal>;

    /// Makes one call.
    fn call(&mut self, call: &Call) -> Result<CallRun, Refusal>;

    /// What exports hold.
    fn state(&mut self) -> Result<State, Refusal>;
}

/// Fuel for one call of a program, in a rival's units.
fn fuel(program: &Program) -> u64 {
    program.fuel.saturating_mul(FUEL_FACTOR)
}

/// Makes a program's calls, up to one that exhausts something.
fn call_all(guest: &mut dyn Guest, program: &Program) -> Result<(Vec<CallRun>, State), Refusal> {
    let mut calls = Vec::new();
    for call in &program.calls {
        guest.refuel(fuel(program))?;
        let run = guest.call(call)?;
        let over = run.outcome.is_exhausted();
        calls.push(run);
        if over {
            break;
        }
    }
    let mut state = guest.state()?;
    state.sort();
    Ok((calls, state))
}

/// A call of a rival, whose fuel says nothing.
fn call_run(outcome: Outcome, site: Option<Site>) -> CallRun {
    CallRun {
        outcome,
        fuel: None,
        site,
    }
}

/// A failure of the host's side.
fn host(error: impl std::fmt::Display) -> Refusal {
    Refusal::Host(format!("{error:#}"))
}

//! The child's side: one attempt, in this process, measured.

use std::fs;
use std::time::Instant;

use lockstep_vm::{Engine, Error, Instance, Linker, Module, Store};
use lockstep_wasi::{PtrWidth, WasiCtx, link::add_to_linker};
use rustix::time::{ClockId, clock_gettime};

use crate::attempt::{Attempt, How};
use crate::outcome::{Kind, Outcome};

/// Longest part of a message that is handed on.
const SHOWN: usize = 2000;

/// Processor time of this process in seconds.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// A line of a process's status in KiB; 0 if it cannot be read.
pub(crate) fn status(process: &str, line: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let found = text.lines().find_map(|entry| entry.strip_prefix(line));
    found
        .and_then(|rest| rest.trim_start_matches(':').split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// Runs an attempt here and now. May crash, which is why it has a process of
/// its own.
pub fn run(attempt: &Attempt) -> Outcome {
    let bytes = (attempt.module)();
    // From here on the peak is that of the attempt. Where the system does not
    // allow this, what the builder took counts too.
    let _ = fs::write("/proc/self/clear_refs", "5");
    let before = status("self", "VmRSS");
    let (wall, start) = (Instant::now(), cpu());
    let mut fuel = 0;
    let result = take(attempt, &bytes, &mut fuel);
    let (kind, whole) = match result {
        Ok(text) => (Kind::Success, text),
        Err(error) => (Kind::of(&error), error.to_string()),
    };
    let mut cut = whole.len().min(SHOWN);
    while !whole.is_char_boundary(cut) {
        cut -= 1;
    }
    Outcome {
        kind,
        message_bytes: whole.len(),
        message: whole[..cut].to_string(),
        module_bytes: bytes.len(),
        fuel,
        cpu: cpu() - start,
        wall: wall.elapsed().as_secs_f64(),
        mebibytes: status("self", "VmHWM").saturating_sub(before) >> 10,
    }
}

fn take(attempt: &Attempt, bytes: &[u8], fuel: &mut u64) -> Result<String, Error> {
    let engine = Engine::default();
    match attempt.how {
        How::Validate => Module::new(&engine, bytes).map(|_| String::new()),
        How::Lower => {
            Module::new(&engine, bytes)?.compile_all()?;
            Ok(String::new())
        }
        How::Instantiate(given) => guest(&engine, bytes, given, false, fuel),
        How::Call(given) => guest(&engine, bytes, given, true, fuel),
        How::World(given) => world(&engine, bytes, given, fuel),
        How::Script(script) => script(bytes),
    }
}

fn guest(
    engine: &Engine,
    bytes: &[u8],
    given: u64,
    call: bool,
    fuel: &mut u64,
) -> Result<String, Error> {
    let module = Module::new(engine, bytes)?;
    let mut store = Store::new(engine, ());
    store.set_fuel(given);
    let result = Linker::new(engine)
        .instantiate(&mut store, &module)
        .and_then(|instance| match call {
            true => call_f(&mut store, instance),
            false => Ok(String::new()),
        });
    *fuel = store.fuel_consumed();
    result
}

fn world(engine: &Engine, bytes: &[u8], given: u64, fuel: &mut u64) -> Result<String, Error> {
    let module = Module::new(engine, bytes)?;
    let ctx = WasiCtx::builder().build().map_err(Error::host)?;
    let mut store = Store::new(engine, ctx);
    store.set_fuel(given);
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker, PtrWidth::of(&module), |ctx| ctx)?;
    let result = linker
        .instantiate(&mut store, &module)
        .and_then(|instance| call_f(&mut store, instance));
    *fuel = store.fuel_consumed();
    result
}

/// Calls the export `f`; what it gives back, as text.
pub fn call_f<T>(store: &mut Store<T>, instance: Instance) -> Result<String, Error> {
    let f = instance
        .get_func(&*store, "f")
        .ok_or_else(|| Error::Usage("there is no export `f`".into()))?;
    match f.start(store, &[])? {
        lockstep_vm::Outcome::Done(values) => Ok(values
            .iter()
            .take(4)
            .map(|value| format!("{value:?} "))
            .collect()),
        lockstep_vm::Outcome::OutOfFuel(_) => Err(Error::OutOfFuel),
        lockstep_vm::Outcome::Suspended(_) => Err(Error::Suspended),
    }
}

//! Other engines, with everything on that makes them deterministic.

mod wasmi;
mod wasmtime;

pub use wasmi::Wasmi;
pub use wasmtime::Wasmtime;

/// Fuel that a rival gets for one unit of ours. Their instructions cost
/// about as much as ours; range instructions may cost a unit for each byte.
const FUEL_FACTOR: u64 = 100;

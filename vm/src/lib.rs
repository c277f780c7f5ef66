//! The Lockstep engine: how the machine is run.

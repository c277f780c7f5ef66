//! The guest's world: WASI preview 1 for 32- and 64-bit guests.

//! Raw bytes as a program file (a module, its calls in a custom section): all
//! tiers show the same.
#![no_main]

use fuzz::program::Program;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(program) = Program::from_wasm(bytes) {
        libfuzzer::check(program);
    }
});

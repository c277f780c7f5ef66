//! Raw bytes as a module: nothing panics, and the verdict is the standard's.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Err(difference) = fuzz::decode::check(bytes) {
        panic!("{difference}");
    }
});

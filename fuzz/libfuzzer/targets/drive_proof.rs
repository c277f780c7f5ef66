//! Proofs of drive objects: raw bytes, and paths whose hashes are all right
//! and whose bounds are the fuzzer's.
#![no_main]

use libfuzzer::proof;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    proof::raw(bytes);
    proof::forged(bytes);
});

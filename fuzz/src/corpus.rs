//! Programs that are kept: every bug that was ever found, seeds that reach
//! much of the engine, and the modules of the official suite.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use benches::kernels::{self, Builder};
use benches::toolchain::Width;
use spec_tests::tier::Value;
use spec_tests::{script, suite};

use crate::program::{Call, Program, ProgramError};
use crate::rewrite;

/// A program with the name reports know it by.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Such as `regressions/exception-in-tail-call` or `v3/address/2`.
    pub name: String,
    /// The program.
    pub program: Program,
}

/// Why the corpus can not be read.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A folder can not be listed, or the suite not be read.
    #[error("the corpus can not be listed: {0}")]
    List(#[from] io::Error),
    /// A kernel can not be built.
    #[error(transparent)]
    Kernel(#[from] benches::BuildError),
    /// A file holds no program.
    #[error(transparent)]
    Program(#[from] ProgramError),
}

/// Where the files are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The programs in files, sorted by name.
///
/// # Errors
/// When one can not be read.
pub fn files() -> Result<Vec<Entry>, CorpusError> {
    let mut paths = Vec::new();
    walk(&folder(), &mut paths)?;
    paths.sort();
    let entry = |path: &PathBuf| {
        let name = path
            .strip_prefix(folder())
            .unwrap_or(path)
            .with_extension("");
        let mut program = Program::read(path)?;
        if let Ok(wasm) = rewrite::expose(&program.wasm) {
            program.wasm = wasm;
        }
        Ok(Entry {
            name: name.to_string_lossy().replace('\\', "/"),
            program,
        })
    };
    paths.iter().map(entry).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, paths)?;
        } else if path.extension().is_some_and(|e| e == "wat" || e == "wasm") {
            paths.push(path);
        }
    }
    Ok(())
}

/// The modules of the official suite, each once, with everything exported and
/// every function called with a few arguments that follow from its bytes.
/// Modules that the engine refuses are left out.
///
/// # Errors
/// When the suite can not be read.
pub fn suite() -> Result<Vec<Entry>, CorpusError> {
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    for script in suite::scripts()? {
        for (i, wasm) in script::modules(&script.source).into_iter().enumerate() {
            let Ok(wasm) = rewrite::expose(&wasm) else {
                continue;
            };
            if !seen.insert(blake3::hash(&wasm).to_hex().to_string()) {
                continue;
            }
            if let Ok(program) = Program::from_wasm(&wasm) {
                let name = format!("{}/{i}", script.name);
                entries.push(Entry { name, program });
            }
        }
    }
    Ok(entries)
}

/// Fuel of a kernel at its small size, with room.
const KERNEL_FUEL: u64 = 100_000_000;

/// The kernels of the benches, real modules out of a C compiler, for 32- and
/// 64-bit memories, each at its small size. Those that are not built yet are.
///
/// # Errors
/// When one can not be built.
pub fn kernels() -> Result<Vec<Entry>, CorpusError> {
    let builder = Builder::new(kernels::target_folder());
    let mut entries = Vec::new();
    for kernel in kernels::all()? {
        for (width, name) in [(Width::Wasm64, "wasm64"), (Width::Wasm32, "wasm32")] {
            let wasm = builder.module(&kernel, width)?;
            let call = Call {
                export: "run".to_owned(),
                arguments: vec![Value::I32(kernel.test_n)],
            };
            entries.push(Entry {
                name: format!("kernels/{}/{name}", kernel.name),
                program: Program {
                    wasm: rewrite::expose(&wasm).unwrap_or(wasm),
                    calls: vec![call],
                    fuel: KERNEL_FUEL,
                },
            });
        }
    }
    Ok(entries)
}

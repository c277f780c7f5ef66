//! The pinned C toolchain, fetched on demand and kept under `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::BuildError;

/// The package and the only files of it that are accepted, by hash.
const REQUIREMENTS: &str = include_str!("../kernels/toolchain.txt");

/// Part of the folder's name, so that a new pin never meets an old folder.
const VERSION: &str = "ziglang-0.15.2";

/// Flags for every kernel. The feature list is spelled out from the bare
/// minimum up, so that a compiler's idea of a default cannot move it.
const FLAGS: [&str; 15] = [
    "-mcpu=mvp",
    "-mbulk-memory",
    "-mbulk-memory-opt",
    "-msign-ext",
    "-mnontrapping-fptoint",
    "-mmutable-globals",
    "-std=c17",
    "-O2",
    "-ffreestanding",
    "-ffp-contract=off",
    "-fno-ident",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-c",
];

/// Whether addresses of a module have 64 or 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// memory64 and table64.
    Wasm64,
    /// For reference.
    Wasm32,
}

impl Width {
    /// `wasm64` or `wasm32`, as in a target triple.
    pub fn name(self) -> &'static str {
        match self {
            Width::Wasm64 => "wasm64",
            Width::Wasm32 => "wasm32",
        }
    }
}

/// The compiler, ready to run.
#[derive(Clone, Debug)]
pub struct Toolchain {
    zig: PathBuf,
    cache: PathBuf,
}

impl Toolchain {
    /// Finds the toolchain in `folder`, or installs it there with pip.
    ///
    /// # Errors
    /// When there is no `python3` with pip, or the package cannot be had.
    pub fn fetch(folder: &Path) -> Result<Toolchain, BuildError> {
        let home = folder.join(VERSION);
        let toolchain = Toolchain {
            zig: home.join("ziglang/zig"),
            cache: folder.join("cache"),
        };
        if !toolchain.zig.exists() {
            install(folder, &home)?;
        }
        Ok(toolchain)
    }

    /// Compiles and links one kernel to a module at `to`.
    ///
    /// # Errors
    /// When the compiler or the linker fails; with what it printed.
    pub fn build(
        &self,
        source: &Path,
        width: Width,
        simd: bool,
        to: &Path,
    ) -> Result<(), BuildError> {
        let object = to.with_extension("o");
        let mut compile = self.command("clang");
        compile.args(["-target", &format!("{}-freestanding", width.name())]);
        compile.args(FLAGS);
        if simd {
            compile.arg("-msimd128");
        }
        compile.arg(source).arg("-o").arg(&object);
        run(compile)?;
        let mut link = self.command("wasm-ld");
        link.args(["-m", width.name(), "--no-entry", "--stack-first"]);
        link.args(["-z", "stack-size=65536"]);
        link.arg(&object).arg("-o").arg(to);
        run(link)
    }

    /// Builds one kernel as a program of this machine at `to`.
    ///
    /// # Errors
    /// When the compiler fails; with what it printed.
    pub fn build_native(&self, source: &Path, main: &Path, to: &Path) -> Result<(), BuildError> {
        let mut compile = self.command("cc");
        // Contraction of a product and a sum would change float results.
        compile.args(["-std=c17", "-O2", "-ffp-contract=off"]);
        compile.arg(source).arg(main).arg("-o").arg(to);
        run(compile)
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(&self.zig);
        command.arg(tool);
        command.env("ZIG_GLOBAL_CACHE_DIR", &self.cache);
        command.env("ZIG_LOCAL_CACHE_DIR", &self.cache);
        command
    }
}

/// Installs into a folder of its own first: a run that is cut off leaves
/// nothing that looks complete.
fn install(folder: &Path, home: &Path) -> Result<(), BuildError> {
    let unfinished = folder.join(format!("unfinished-{}", std::process::id()));
    fs::create_dir_all(&unfinished).map_err(|e| BuildError::file(&unfinished, e))?;
    let list = unfinished.join("requirements.txt");
    fs::write(&list, REQUIREMENTS).map_err(|e| BuildError::file(&list, e))?;
    let mut pip = Command::new("python3");
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
    ]);
    pip.args(["--disable-pip-version-check", "--only-binary=:all:"]);
    pip.arg("--target")
        .arg(&unfinished)
        .arg("--requirement")
        .arg(&list);
    let installed = run(pip);
    let result = installed.and_then(|()| match fs::rename(&unfinished, home) {
        // Another process may have been first; its folder is as good as ours.
        Err(_) if home.join("ziglang/zig").exists() => Ok(()),
        other => other.map_err(|e| BuildError::file(home, e)),
    });
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(|e| BuildError::file(&unfinished, e))?;
    }
    result
}

pub(crate) fn run(mut command: Command) -> Result<(), BuildError> {
    let line = format!("{command:?}");
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(BuildError::Failed {
            command: line,
            status: output.status.to_string(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        }),
        Err(source) => Err(BuildError::Start {
            command: line,
            source,
        }),
    }
}

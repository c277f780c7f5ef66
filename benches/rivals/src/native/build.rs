//! Builds the native program once; later runs find it in the cache by the hash of everything it is made from.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::PoisonError;

use clap::ValueEnum;
use lockstep_llama::{Cache, Progress, Stage, sources};

use super::Failure;
use super::plan::{self, Unit};

/// Who compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Compiler {
    /// The pinned clang that also compiles the guest, for this machine's processor.
    Zig,
    /// The machine's gcc and g++.
    Gcc,
    /// The machine's clang and clang++.
    Clang,
}

/// A compiler that is there.
struct Tool {
    kind: Compiler,
    /// Its own words about its version.
    version: String,
}

impl Tool {
    fn find(wanted: Compiler) -> Result<Tool, Failure> {
        match wanted {
            Compiler::Zig => Ok(Tool {
                kind: Compiler::Zig,
                version: sources::TOOLCHAIN_VERSION.into(),
            }),
            kind => {
                let names = names(kind);
                let versions: Result<Vec<String>, Failure> = names.iter().map(version).collect();
                Ok(Tool {
                    kind,
                    version: versions?.join("\n"),
                })
            }
        }
    }

    /// A command that compiles C or C++, or links, for exactly this machine.
    fn command(&self, folder: &Path, is_c: bool) -> Command {
        let mut command = match self.kind {
            Compiler::Zig => {
                let mut command = Command::new(folder.join("zig/zig"));
                command.arg(if is_c { "cc" } else { "c++" });
                // zig asks for undefined behaviour to trap unless it is told otherwise.
                command.args(["-mcpu=native", "-fno-sanitize=undefined"]);
                command.args(["-target", ZIG_TARGET]);
                let cache = folder.join("zig-cache");
                command.env("ZIG_GLOBAL_CACHE_DIR", &cache);
                command.env("ZIG_LOCAL_CACHE_DIR", &cache);
                command
            }
            kind => {
                let [c, cxx] = names(kind);
                let mut command = Command::new(if is_c { c } else { cxx });
                command.arg(NATIVE);
                command
            }
        };
        command.current_dir(folder);
        command
    }
}

/// The names of the C and the C++ compiler.
fn names(kind: Compiler) -> [&'static str; 2] {
    match kind {
        Compiler::Clang => ["clang", "clang++"],
        _ => ["gcc", "g++"],
    }
}

const NATIVE: &str = if cfg!(target_arch = "x86_64") {
    "-march=native"
} else {
    "-mcpu=native"
};

const ZIG_TARGET: &str = if cfg!(target_arch = "aarch64") {
    "aarch64-linux-gnu"
} else {
    "x86_64-linux-gnu"
};

fn version(name: &&'static str) -> Result<String, Failure> {
    let output = Command::new(name)
        .arg("--version")
        .output()
        .map_err(|e| format!("there is no {name} on this machine: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.lines().next() {
        Some(line) if output.status.success() => Ok(line.to_owned()),
        _ => Err(format!("{name} --version failed: {}", output.status).into()),
    }
}

/// A program that is ready to run.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) path: PathBuf,
    /// Who compiled it.
    pub(crate) compiler: String,
}

/// Makes sure that there is a native program, compiled on this machine.
pub(crate) fn ensure(
    cache: &Cache,
    compiler: Compiler,
    progress: &dyn Progress,
) -> Result<Built, Failure> {
    let tool = Tool::find(compiler)?;
    let key = key(&tool.version);
    let parent = cache.root().join("native");
    let path = parent.join(format!("{key}.program"));
    let built = Built {
        path,
        compiler: tool.version.lines().next().unwrap_or_default().to_owned(),
    };
    if built.path.exists() {
        return Ok(built);
    }
    let folder = parent.join(format!("build-{key}"));
    fs::create_dir_all(&parent).map_err(|e| format!("cannot create {}: {e}", parent.display()))?;
    // Held until the end: the second of two builds finds the first one's program.
    let lock = parent.join("lock");
    let lock = fs::File::create(&lock).and_then(|file| file.lock().map(|()| file));
    let _lock = lock.map_err(|e| format!("cannot lock {}: {e}", parent.display()))?;
    if built.path.exists() {
        return Ok(built);
    }
    prepare(&folder, cache, &tool, progress)?;
    let units = plan::units(&folder)?;
    compile(&folder, &tool, &units, progress)?;
    let program = link(&folder, &tool, &units)?;
    fs::rename(&program, &built.path)
        .map_err(|e| format!("cannot create {}: {e}", built.path.display()))?;
    fs::remove_dir_all(&folder).map_err(|e| format!("cannot remove {}: {e}", folder.display()))?;
    Ok(built)
}

/// The hash of everything a program is made from, the processor included: it runs on no other.
fn key(compiler: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("lockstep native llama inputs 1");
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(sources::LLAMA_SHA256);
    add(compiler);
    add(&processor(
        &fs::read_to_string("/proc/cpuinfo").unwrap_or_default(),
    ));
    add(&plan::recipe());
    for (path, text) in plan::OWN {
        add(path);
        add(text);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// The lines about the first processor that decide what `native` means.
fn processor(cpuinfo: &str) -> String {
    const WORDS: [&str; 7] = [
        "vendor_id",
        "cpu family",
        "model",
        "stepping",
        "flags",
        "CPU part",
        "Features",
    ];
    let first = cpuinfo.split("\n\n").next().unwrap_or_default();
    first
        .lines()
        .filter(|line| {
            let name = line.split(':').next().unwrap_or_default().trim();
            WORDS.contains(&name)
        })
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Fills a build folder. A marker says that it is complete, so that an interrupted build goes on where it stopped.
fn prepare(
    folder: &Path,
    cache: &Cache,
    tool: &Tool,
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let marker = folder.join("prepared");
    if marker.exists() {
        return Ok(());
    }
    for name in ["own", "obj"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|e| format!("cannot create {}: {e}", path.display()))?;
    }
    sources::unpack_llama(cache, folder, progress)?;
    if tool.kind == Compiler::Zig {
        sources::unpack_toolchain(cache, folder, progress)?;
    }
    for (path, text) in plan::OWN.into_iter().chain([("prepared", "")]) {
        let path = folder.join(path);
        fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    Ok(())
}

/// Compiles what is not compiled yet, on all cores.
fn compile(
    folder: &Path,
    tool: &Tool,
    units: &[Unit],
    progress: &dyn Progress,
) -> Result<(), Failure> {
    let total = units.len() as u64;
    let mut queue: VecDeque<&Unit> = units.iter().collect();
    // Bundles take longest, and what is last should be short.
    queue
        .make_contiguous()
        .sort_by_key(|unit| !unit.source.starts_with("gen/"));
    let state = Mutex::new((queue, 0, None::<Failure>));
    let locked = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let worker = || loop {
        let Some(unit) = locked().0.pop_front() else {
            return;
        };
        let result = compile_one(folder, tool, unit);
        let mut state = locked();
        state.1 += 1;
        progress.update(Stage::Compile, &unit.source, state.1, total);
        if let Err(failure) = result {
            state.0.clear();
            state.2.get_or_insert(failure);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(worker);
        }
    });
    let failure = locked().2.take();
    failure.map_or(Ok(()), Err)
}

/// An object gets its name only when it is whole.
fn compile_one(folder: &Path, tool: &Tool, unit: &Unit) -> Result<(), Failure> {
    let object = folder.join(&unit.object);
    if object.exists() {
        return Ok(());
    }
    let unfinished = format!("{}.{}.unfinished", unit.object, std::process::id());
    let mut command = tool.command(folder, unit.source.ends_with(".c"));
    command.args(&unit.args);
    command.args(["-c", &unit.source, "-o", &unfinished]);
    finish(command, &unit.source)?;
    fs::rename(folder.join(unfinished), &object)
        .map_err(|e| format!("cannot create {}: {e}", object.display()).into())
}

fn link(folder: &Path, tool: &Tool, units: &[Unit]) -> Result<PathBuf, Failure> {
    let program = format!("native.{}", std::process::id());
    let mut command = tool.command(folder, false);
    command.args(plan::LINK.split_whitespace());
    command.args(units.iter().map(|unit| &unit.object));
    command.args(plan::LINK_LIBRARIES.split_whitespace());
    command.args(["-o", &program]);
    finish(command, "the program")?;
    Ok(folder.join(program))
}

/// Runs a compiler to its end.
fn finish(mut command: Command, what: &str) -> Result<(), Failure> {
    const LINES: usize = 8;
    let output = command
        .output()
        .map_err(|e| format!("cannot run {:?}: {e}", command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("error") || line.contains("undefined"))
        .take(LINES)
        .collect();
    Err(format!(
        "compiling {what} failed ({}):\n{}",
        output.status,
        errors.join("\n")
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_processor_or_compiler_is_another_program() {
        let cpuinfo = "processor\t: 0\nmodel\t\t: 143\nmodel name\t: X\ncpu MHz\t\t: 1.5\nflags\t\t: a b\n\nprocessor\t: 1\nmodel\t: 9\n";
        assert_eq!(processor(cpuinfo), "model\t\t: 143\nflags\t\t: a b\n");
        assert_ne!(key("gcc 1"), key("gcc 2"));
    }
}

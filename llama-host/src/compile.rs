//! Runs the compiler and the linker.
//!
//! An object gets its name only when it is finished, so a build that was interrupted goes on where it stopped.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;
use crate::cache;
use crate::plan::{COMPILER_RT_OBJECT, Plan, Unit};
use crate::progress::{Progress, Stage};

/// Compiles and links everything in a prepared build folder; returns the module's path there.
pub(crate) fn run(folder: &Path, plan: &Plan, progress: &dyn Progress) -> Result<PathBuf, Error> {
    cache::create_folder(&folder.join("obj"))?;
    cache::create_folder(&folder.join("tmp"))?;
    compile(folder, plan, progress)?;
    let name = plan.module.trim_start_matches("obj/");
    progress.update(Stage::Link, name, 0, 1);
    let mut args = plan.link.clone();
    args.extend(plan.objects().map(str::to_string));
    make(folder, args, plan.module)?;
    progress.update(Stage::Link, name, 1, 1);
    Ok(folder.join(plan.module))
}

/// One run of `zig`: its arguments without the output, and the output.
struct Job<'a> {
    args: Vec<String>,
    object: &'a str,
    source: &'a str,
}

impl<'a> Job<'a> {
    fn of(unit: &'a Unit) -> Self {
        let args = unit
            .args
            .iter()
            .cloned()
            .chain(["-c".into(), unit.source.clone()])
            .collect();
        Self {
            args,
            object: &unit.object,
            source: &unit.source,
        }
    }
}

fn compile(folder: &Path, plan: &Plan, progress: &dyn Progress) -> Result<(), Error> {
    let mut jobs: Vec<Job<'_>> = plan.units.iter().map(Job::of).collect();
    jobs.extend(plan.compiler_rt.clone().map(|args| Job {
        args,
        object: COMPILER_RT_OBJECT,
        source: "compiler_rt",
    }));
    let total = jobs.len() as u64;
    // The longest first, or the last one would keep a single core busy. Bundles are short files that take long.
    jobs.sort_by_key(|job| {
        let size = fs::metadata(folder.join(job.source)).map_or(u64::MAX, |data| data.len());
        std::cmp::Reverse(if job.source.starts_with("gen/") {
            u64::MAX
        } else {
            size
        })
    });
    let queue = Mutex::new(VecDeque::from(jobs));
    let done = AtomicU64::new(0);
    let failure = Mutex::new(None);
    let worker = || {
        while let Some(job) = take(&queue) {
            match make(folder, job.args, job.object) {
                Ok(()) => {
                    let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                    progress.update(Stage::Compile, job.source, count, total);
                }
                Err(error) => {
                    lock(&queue).clear();
                    lock(&failure).get_or_insert(error);
                }
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(worker);
        }
    });
    lock(&failure).take().map_or(Ok(()), Err)
}

fn take<'a>(queue: &Mutex<VecDeque<Job<'a>>>) -> Option<Job<'a>> {
    lock(queue).pop_front()
}

/// A worker that panicked has not left shared data half-changed: every critical section here is one call.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Makes one output with `zig`, unless it is there already.
fn make(folder: &Path, mut args: Vec<String>, output: &str) -> Result<(), Error> {
    let path = folder.join(output);
    if path.exists() {
        return Ok(());
    }
    // A compiler that outlived a killed build must not write into the file of the next one.
    let temporary = format!("{output}.{}.unfinished", std::process::id());
    if args.first().is_some_and(|tool| tool == "build-obj") {
        args.push(format!("-femit-bin={temporary}"));
    } else {
        args.extend(["-o".to_string(), temporary.clone()]);
    }
    let zig = folder.join("zig/zig");
    let mut command = Command::new(&zig);
    // The environment could change what the compiler does, and so the module: it gets an empty one.
    command
        .args(&args)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null());
    command
        .env("TMPDIR", folder.join("tmp"))
        .env("HOME", folder.join("tmp"));
    command
        .env("ZIG_GLOBAL_CACHE_DIR", folder.join("tmp"))
        .env("ZIG_LOCAL_CACHE_DIR", folder.join("tmp"));
    let result = command.output().map_err(Error::io("run", &zig))?;
    if !result.status.success() {
        return Err(Error::Compile {
            unit: output.to_string(),
            reason: reason(&result.stderr, result.status),
        });
    }
    fs::rename(folder.join(&temporary), &path).map_err(Error::io("create", &path))
}

/// The lines of a tool's output that say what is wrong, or its last lines if none does.
fn reason(stderr: &[u8], status: std::process::ExitStatus) -> String {
    const LINES: usize = 8;
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let errors: Vec<&str> = lines
        .iter()
        .copied()
        .filter(|line| line.contains("error"))
        .take(LINES)
        .collect();
    match (errors.is_empty(), lines.is_empty()) {
        (false, _) => errors.join("\n"),
        (true, false) => lines[lines.len().saturating_sub(LINES)..].join("\n"),
        (true, true) => status.to_string(),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use std::sync::Mutex;

    /// A build folder whose `zig` is a shell script.
    fn folder_with(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let zig = folder.path().join("zig/zig");
        fs::create_dir_all(zig.parent().unwrap()).unwrap();
        fs::write(&zig, format!("#!/bin/sh\n{script}\n")).unwrap();
        crate::archive::make_executable(&zig).unwrap();
        folder
    }

    fn plan_of(names: &[&str]) -> Plan {
        let unit = |name: &&str| Unit {
            source: (*name).into(),
            object: format!("obj/{name}.o"),
            args: vec!["clang".into()],
        };
        Plan {
            generated: Vec::new(),
            units: names.iter().map(unit).collect(),
            compiler_rt: Some(vec!["clang".into(), "-c".into(), "rt".into()]),
            link: vec!["link".into()],
            module: crate::plan::MODULE,
        }
    }

    /// Writes its own arguments to the file after `-o`.
    const RECORD: &str = r#"all="$*"; while [ "$1" != -o ]; do shift; done; echo "$all" > "$2""#;

    #[derive(Default)]
    struct Count(Mutex<Vec<u64>>);

    impl Progress for Count {
        fn update(&self, stage: Stage, _what: &str, done: u64, total: u64) {
            assert!(done <= total);
            if stage == Stage::Compile {
                self.0.lock().unwrap().push(done);
            }
        }
    }

    #[test]
    fn compiles_all_links_in_order_and_goes_on_where_it_stopped() {
        let folder = folder_with(RECORD);
        fs::create_dir_all(folder.path().join("obj")).unwrap();
        fs::write(folder.path().join("obj/b.o"), "kept").unwrap();
        let count = Count::default();
        let pid = std::process::id();
        let module = run(folder.path(), &plan_of(&["a", "b"]), &count).unwrap();
        assert_eq!(
            fs::read_to_string(folder.path().join("obj/b.o")).unwrap(),
            "kept"
        );
        assert_eq!(
            fs::read_to_string(folder.path().join("obj/a.o")).unwrap(),
            format!("clang -c a -o obj/a.o.{pid}.unfinished\n")
        );
        let linked = fs::read_to_string(module).unwrap();
        assert_eq!(
            linked,
            format!("link obj/a.o obj/b.o obj/compiler_rt.o -o obj/llama.wasm.{pid}.unfinished\n")
        );
        let mut counts = count.0.into_inner().unwrap();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 3]);
    }

    #[test]
    fn the_first_failure_is_told_with_its_errors() {
        let folder = folder_with("echo 'x.c:1: error: no such thing' >&2; echo noise >&2; exit 1");
        let error = run(folder.path(), &plan_of(&["a"]), &Silent)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("error: no such thing") && !error.contains("noise"),
            "{error}"
        );
        assert!(!folder.path().join("obj/a.o").exists());
    }
}

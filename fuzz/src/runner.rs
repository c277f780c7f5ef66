//! Many seeds, one after another, until one shows something.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::check::{Finding, Oracles};
use crate::entropy::{Entropy, bytes_of};
use crate::generate::Generator;
use crate::locate::{Search, locate};
use crate::minimize::minimize;
use crate::program::Program;
use crate::tally::Tally;

/// Native stack of a thread, in bytes. Rivals run guests on it, and in wasmi a
/// loop of tail calls takes some of it for each: what is not touched costs
/// nothing.
const STACK: usize = 2 << 30;

/// What to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The first seed; the others follow it.
    pub seed: u64,
    /// How many seeds, at most.
    pub runs: u64,
    /// How long, at most.
    pub time: Option<Duration>,
    /// Threads.
    pub jobs: usize,
    /// Findings after which to stop.
    pub findings: usize,
}

/// A seed that shows something.
#[derive(Clone, Debug)]
pub struct Found {
    /// The seed.
    pub seed: u64,
    /// Its program.
    pub program: Program,
    /// What it shows.
    pub finding: Finding,
}

/// What a fuzz run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The numbers.
    pub tally: Tally,
    /// What was found.
    pub found: Vec<Found>,
    /// How long it took.
    pub time: Duration,
}

/// The program of a seed.
pub fn program(generator: &Generator, seed: u64) -> Option<Program> {
    let bytes = bytes_of(generator.name, seed, generator.bytes);
    (generator.make)(&mut Entropy::new(&bytes))
}

/// Checks seed after seed. `progress` is told now and then how many are done.
pub fn run(
    generator: &Generator,
    oracles: &Oracles,
    plan: &Plan,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome {
    let begun = Instant::now();
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let shared = Mutex::new((Tally::default(), Vec::new()));
    let work = || {
        let mut tally = Tally::default();
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let late = plan.time.is_some_and(|time| begun.elapsed() >= time);
            if index >= plan.runs || late {
                break;
            }
            let seed = plan.seed.wrapping_add(index);
            progress(index);
            let Some(program) = program(generator, seed) else {
                tally.discarded += 1;
                continue;
            };
            match oracles.check(&program) {
                Ok(verdict) => tally.note(&verdict),
                Err(finding) => {
                    let mut shared = shared.lock().unwrap_or_else(|e| e.into_inner());
                    shared.1.push(Found {
                        seed,
                        program,
                        finding,
                    });
                    stop.store(shared.1.len() >= plan.findings, Ordering::Relaxed);
                }
            }
        }
        shared
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .0
            .add(&tally);
    };
    thread::scope(|scope| {
        for _ in 0..plan.jobs.max(1) {
            let thread = thread::Builder::new().stack_size(STACK);
            thread
                .spawn_scoped(scope, work)
                .expect("the host has room for a few threads");
        }
    });
    let (tally, mut found) = shared.into_inner().unwrap_or_else(|e| e.into_inner());
    found.sort_by_key(|found| found.seed);
    Outcome {
        tally,
        found,
        time: begun.elapsed(),
    }
}

/// A finding, made small, found in the code, and written down.
#[derive(Clone, Debug)]
pub struct Report {
    /// The small program.
    pub program: Program,
    /// The finding and where it is, in words.
    pub text: String,
    /// Files that were written.
    pub files: Vec<PathBuf>,
}

/// Minimizes a finding, looks for the instruction, and writes the program as
/// it was and as it became into `folder`, as binary, as text, and in words.
///
/// # Errors
/// When a file can not be written.
pub fn report(
    generator: &str,
    oracles: &Oracles,
    found: &Found,
    folder: &Path,
) -> io::Result<Report> {
    let small = minimize(oracles, &found.program, &found.finding);
    let finding = oracles.shown(&small, &found.finding);
    let finding = finding.unwrap_or_else(|| found.finding.clone());
    let mut text = finding.describe(&small);
    if let Finding::Difference(difference) = &finding {
        let [left, right] = &difference.tiers;
        if let (Some(left), Some(right)) = (oracles.tier(left), oracles.tier(right)) {
            text.push('\n');
            text.push_str(&match locate(&small, left, right) {
                Search::Found(located) => located.to_string(),
                Search::Alike(count) => {
                    format!("with every value written down, both produce the same {count} values\n")
                }
                Search::Impossible(why) => format!("values can not be written down: {why}\n"),
            });
        }
    }
    text.push_str(&format!(
        "reproduce: cargo run --release -p fuzz -- {generator} --seed {} --runs 1\n",
        found.seed
    ));
    fs::create_dir_all(folder)?;
    let stem = format!("{generator}-{}", found.seed);
    let mut files = Vec::new();
    let mut write = |name: String, data: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, data)?;
        files.push(path);
        io::Result::Ok(())
    };
    write(format!("{stem}.wasm"), &found.program.to_wasm())?;
    write(format!("{stem}.small.wasm"), &small.to_wasm())?;
    if let Ok(wat) = small.to_wat() {
        write(format!("{stem}.small.wat"), wat.as_bytes())?;
    }
    write(format!("{stem}.txt"), text.as_bytes())?;
    Ok(Report {
        program: small,
        text,
        files,
    })
}

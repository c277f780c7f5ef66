//! Interleaved rounds: every engine runs the kernel once per round, so that
//! whatever slows the machine slows them alike, and ratios are taken within
//! a round.

use std::hint::black_box;
use std::time::Duration;

use benches::kernels::Kernel;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::engines::{self, Refusal};
use crate::stats::Summary;

/// What one kernel gave on every engine.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) kernel: String,
    pub(crate) group: String,
    pub(crate) n: i32,
    /// One per engine, in the order asked for.
    pub(crate) engines: Vec<Times>,
}

/// The rounds of one engine.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Times {
    pub(crate) engine: String,
    /// Seconds of CPU time.
    pub(crate) seconds: Summary,
    /// The first engine's time over this one's, round by round.
    pub(crate) first_over_this: Summary,
}

/// What keeps a kernel from being measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RoundError {
    #[error("{engine} does not run {kernel}: {source}")]
    Refused {
        engine: String,
        kernel: String,
        source: Refusal,
    },
    #[error("{engine} answers {found} for {kernel}({n}); {wanted} is right")]
    Answer {
        engine: String,
        kernel: String,
        n: i32,
        wanted: i64,
        found: i64,
    },
    #[error("no rounds to measure {0} in: --rounds must be at least 1")]
    NoRounds(String),
}

/// Measures one kernel on all engines, checking every answer of every round.
///
/// Every round makes each engine and its guest anew, each time with something
/// else before them on the heap. Where an allocator happens to put an
/// interpreter's stack can change its speed fourfold, and only such a round
/// for round change keeps one unlucky place from being taken for the engine.
pub(crate) fn measure(
    engines: &[String],
    kernel: &Kernel,
    wasm: &[u8],
    rounds: u32,
) -> Result<Measured, RoundError> {
    let mut seconds = vec![Vec::new(); engines.len()];
    for round in 0..rounds as usize {
        // Each round begins with another engine, so none always finds the
        // caches as the same predecessor left them.
        for turn in 0..engines.len() {
            let index = (round + turn) % engines.len();
            let _padding = padding(round);
            let time = run_once(&engines[index], kernel, wasm)?;
            seconds[index].push(time.as_secs_f64());
        }
    }
    summarise(kernel, engines, &seconds).ok_or_else(|| RoundError::NoRounds(kernel.name.clone()))
}

/// Blocks of many sizes, so that what is allocated next begins somewhere else
/// in every round, whichever of an allocator's free lists it comes from.
fn padding(round: usize) -> Vec<Vec<u8>> {
    (0..64)
        .map(|i| Vec::with_capacity(black_box(16 * (1 + i) + 80 * round)))
        .collect()
}

fn run_once(name: &str, kernel: &Kernel, wasm: &[u8]) -> Result<Duration, RoundError> {
    let refused = |source| RoundError::Refused {
        engine: name.to_owned(),
        kernel: kernel.name.clone(),
        source,
    };
    let engine = engines::by_name(name).map_err(refused)?;
    let mut guest = engine.open(wasm).map_err(refused)?;
    let mut run = |n: i32, wanted: i64| {
        let (answer, time) = clock::time(|| guest.run(n));
        match answer.map_err(refused)? {
            found if found == wanted => Ok(time),
            found => Err(RoundError::Answer {
                engine: name.to_owned(),
                kernel: kernel.name.clone(),
                n,
                wanted,
                found,
            }),
        }
    };
    // What is done on a first call only is not in the time.
    run(kernel.test_n, kernel.test_answer)?;
    run(kernel.bench_n, kernel.bench_answer)
}

fn summarise(kernel: &Kernel, names: &[String], seconds: &[Vec<f64>]) -> Option<Measured> {
    let first = seconds.first()?;
    let mut engines = Vec::new();
    for (name, seconds) in names.iter().zip(seconds) {
        let rounds = first.iter().zip(seconds);
        let ratios: Vec<f64> = rounds.map(|(first, this)| first / this).collect();
        engines.push(Times {
            engine: name.clone(),
            seconds: Summary::of(seconds)?,
            first_over_this: Summary::of(&ratios)?,
        });
    }
    Some(Measured {
        kernel: kernel.name.clone(),
        group: kernel.group().to_owned(),
        n: kernel.bench_n,
        engines,
    })
}

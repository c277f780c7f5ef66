//! Interleaved rounds: every engine runs the kernel once per round, so that
//! whatever slows the machine slows them alike, and ratios are taken within
//! a round.

use std::time::Duration;

use benches::kernels::Kernel;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::engines::{Engine, Guest, Refusal};
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
        engine: &'static str,
        kernel: String,
        source: Refusal,
    },
    #[error("{engine} answers {found} for {kernel}({n}); {wanted} is right")]
    Answer {
        engine: &'static str,
        kernel: String,
        n: i32,
        wanted: i64,
        found: i64,
    },
    #[error("no rounds to measure {0} in: --rounds must be at least 1")]
    NoRounds(String),
}

struct Contestant {
    engine: &'static str,
    guest: Box<dyn Guest>,
    seconds: Vec<f64>,
}

impl Contestant {
    fn run(&mut self, kernel: &Kernel, n: i32, wanted: i64) -> Result<Duration, RoundError> {
        let (answer, time) = clock::time(|| self.guest.run(n));
        let found = answer.map_err(|source| refused(self.engine, kernel, source))?;
        if found != wanted {
            return Err(RoundError::Answer {
                engine: self.engine,
                kernel: kernel.name.clone(),
                n,
                wanted,
                found,
            });
        }
        Ok(time)
    }
}

fn refused(engine: &'static str, kernel: &Kernel, source: Refusal) -> RoundError {
    RoundError::Refused {
        engine,
        kernel: kernel.name.clone(),
        source,
    }
}

/// Measures one kernel on all engines, checking every answer of every round.
pub(crate) fn measure(
    engines: &[Box<dyn Engine>],
    kernel: &Kernel,
    wasm: &[u8],
    rounds: u32,
) -> Result<Measured, RoundError> {
    let mut contestants = Vec::new();
    for engine in engines {
        let guest = engine
            .open(wasm)
            .map_err(|source| refused(engine.name(), kernel, source))?;
        let mut contestant = Contestant {
            engine: engine.name(),
            guest,
            seconds: Vec::new(),
        };
        contestant.run(kernel, kernel.test_n, kernel.test_answer)?;
        contestants.push(contestant);
    }
    for round in 0..rounds as usize {
        // Each round begins with another engine, so none always finds the
        // caches as the same predecessor left them.
        for turn in 0..contestants.len() {
            let index = (round + turn) % contestants.len();
            let contestant = &mut contestants[index];
            let time = contestant.run(kernel, kernel.bench_n, kernel.bench_answer)?;
            contestant.seconds.push(time.as_secs_f64());
        }
    }
    summarise(kernel, &contestants).ok_or_else(|| RoundError::NoRounds(kernel.name.clone()))
}

fn summarise(kernel: &Kernel, contestants: &[Contestant]) -> Option<Measured> {
    let first = &contestants.first()?.seconds;
    let mut engines = Vec::new();
    for contestant in contestants {
        let rounds = first.iter().zip(&contestant.seconds);
        let ratios: Vec<f64> = rounds.map(|(first, this)| first / this).collect();
        engines.push(Times {
            engine: contestant.engine.to_owned(),
            seconds: Summary::of(&contestant.seconds)?,
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

//! The guest's speed beside a native build's, in interleaved rounds.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::json;

use super::{Arena, Choice, Contestant, Sample, Times, check_room, text};
use crate::llama;
use crate::stats::Summary;

/// What `rivals native` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,
    /// Lengths of prompts in tokens, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [16, 128, 512])]
    prompts: Vec<u32>,
    /// How many tokens to generate after each prompt.
    #[arg(long, default_value_t = 64)]
    tokens: u32,
    /// Numbers of threads, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
    threads: Vec<u32>,
    /// Rounds: each contestant runs every prompt once per round.
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// The clock. Unless given, CPU time if both compute on one thread, otherwise the wall's.
    #[arg(long, value_enum)]
    clock: Option<Clock>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Clock {
    /// CPU time of all threads of the process.
    Cpu,
    /// Time on the wall.
    Wall,
}

impl Clock {
    fn of(self, times: Times) -> f64 {
        match self {
            Clock::Cpu => times.cpu,
            Clock::Wall => times.wall,
        }
    }
}

/// A phase of an answer.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Phase {
    Prefill,
    Decode,
}

/// Speeds in tokens per second over all rounds.
#[derive(Debug, Serialize)]
struct Row {
    prompt_tokens: u32,
    phase: Phase,
    /// Tokens that were computed in this phase.
    tokens: u32,
    native_threads: u32,
    lockstep_threads: u32,
    clock: Clock,
    native: Summary,
    lockstep: Summary,
    /// Lockstep's speed over native's, taken within each round. Above 1, Lockstep is faster.
    ratio: Summary,
    /// How many tokens of the answer are the same from its beginning on.
    answer_in_common: usize,
}

/// Measures every model and prints a table.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let choice = &options.choice;
    check_room(&options.prompts, options.tokens)?;
    let text = text::read(&choice.text)?;
    let arena = Arena::open(choice)?;
    let mut out = io::stdout().lock();
    if !choice.json {
        let compiler = &arena.program.compiler;
        writeln!(out, "native by {compiler}; {} rounds", options.rounds)?;
        print_head(&mut out)?;
    }
    let mut duels = Vec::new();
    for name in choice.subject.models() {
        let path = llama::model_path(&arena.cache, name)?;
        for threads in &options.threads {
            let duel = Duel::run(&arena, options, name, &path, &text, *threads)
                .map_err(|e| format!("{name} with {threads} threads: {e}"))?;
            if !choice.json {
                duel.rows
                    .iter()
                    .try_for_each(|row| print_row(&mut out, name, row))?;
            }
            duels.push(duel);
        }
    }
    if choice.json {
        let report = json!({
            "compiler": arena.program.compiler,
            "text_blake3": text::fingerprint(&text),
            "rounds": options.rounds,
            "duels": duels,
        });
        writeln!(out, "{report:#}")?;
    }
    Ok(())
}

/// Both contestants' samples for one prompt, one pair for each round.
type Samples = Vec<(Sample, Sample)>;

/// One model on both.
#[derive(Debug, Serialize)]
struct Duel {
    model: String,
    /// What the native library says it was compiled for.
    system: String,
    rows: Vec<Row>,
}

impl Duel {
    /// Runs with so many threads where a contestant has them.
    fn run(
        arena: &Arena,
        options: &Options,
        name: &str,
        model: &Path,
        text: &str,
        threads: u32,
    ) -> Result<Duel, Box<dyn Error>> {
        let mut ours = arena.ours(model, threads)?;
        let mut native = arena.native(model, threads, options.choice.kv, false)?;
        let tokens = ours.llama.tokenize(text)?;
        let samples = sample(options, &tokens, [&mut native, &mut ours])?;
        let threads = [native.threads(), ours.threads()];
        let mut rows = Vec::new();
        for (length, samples) in options.prompts.iter().zip(&samples) {
            for phase in [Phase::Prefill, Phase::Decode] {
                rows.extend(Row::of(phase, *length, options, threads, samples));
            }
        }
        Ok(Duel {
            model: name.to_owned(),
            system: native.system.clone(),
            rows,
        })
    }
}

/// Runs all prompts in interleaved rounds; returns the samples of each.
fn sample(
    options: &Options,
    tokens: &[i32],
    [native, ours]: [&mut dyn Contestant; 2],
) -> Result<Vec<Samples>, Box<dyn Error>> {
    let start = |length: usize| {
        tokens
            .get(..length)
            .ok_or_else(|| format!("the text has only {} tokens", tokens.len()))
    };
    // Once for nothing: the first to read the weights waits for them to come into memory.
    native.run(start(1)?, 1)?;
    ours.run(start(1)?, 1)?;
    let mut all: Vec<Samples> = options.prompts.iter().map(|_| Vec::new()).collect();
    for round in 0..options.rounds {
        for (length, samples) in options.prompts.iter().zip(&mut all) {
            let prompt = start(*length as usize)?;
            // Neither always has the caches that the other has left.
            let pair = if round % 2 == 0 {
                let theirs = alone(native, prompt, options.tokens)?;
                (theirs, alone(ours, prompt, options.tokens)?)
            } else {
                let our = alone(ours, prompt, options.tokens)?;
                (alone(native, prompt, options.tokens)?, our)
            };
            check_repeats(samples, &pair)?;
            samples.push(pair);
        }
    }
    Ok(all)
}

/// How long threads of both may look for work before they sleep; ggml's do so for nearly a second.
pub(super) const REST: Duration = Duration::from_millis(1500);

/// Runs when the other one's threads have come to rest.
fn alone(
    contestant: &mut dyn Contestant,
    prompt: &[i32],
    count: u32,
) -> Result<Sample, Box<dyn Error>> {
    if contestant.threads() > 1 {
        thread::sleep(REST);
    }
    contestant.run(prompt, count)
}

/// The same prompt must always have the same answer here.
fn check_repeats(samples: &Samples, pair: &(Sample, Sample)) -> Result<(), Box<dyn Error>> {
    match samples.first() {
        Some(first) if first.1.tokens != pair.1.tokens => {
            Err("Lockstep's answer changed from one round to the next".into())
        }
        _ => Ok(()),
    }
}

impl Row {
    /// None if nothing was computed in this phase.
    fn of(
        phase: Phase,
        prompt_tokens: u32,
        options: &Options,
        [native_threads, lockstep_threads]: [u32; 2],
        samples: &Samples,
    ) -> Option<Row> {
        let is_alone = native_threads == 1 && lockstep_threads == 1;
        let clock = options
            .clock
            .unwrap_or(if is_alone { Clock::Cpu } else { Clock::Wall });
        let tokens = match phase {
            Phase::Prefill => prompt_tokens,
            Phase::Decode => options.tokens,
        };
        if tokens == 0 {
            return None;
        }
        let speed = |sample: &Sample| {
            let times = match phase {
                Phase::Prefill => sample.prefill,
                Phase::Decode => sample.decode,
            };
            f64::from(tokens) / clock.of(times)
        };
        let speeds: Vec<(f64, f64)> = samples
            .iter()
            .map(|(native, lockstep)| (speed(native), speed(lockstep)))
            .collect();
        let summary = |number: fn(&(f64, f64)) -> f64| {
            Summary::of(&speeds.iter().map(number).collect::<Vec<f64>>())
        };
        let (native, lockstep) = samples.first()?;
        let in_common = native
            .tokens
            .iter()
            .zip(&lockstep.tokens)
            .take_while(|(theirs, ours)| theirs == ours);
        Some(Row {
            phase,
            prompt_tokens,
            tokens,
            clock,
            native_threads,
            lockstep_threads,
            native: summary(|pair| pair.0)?,
            lockstep: summary(|pair| pair.1)?,
            ratio: summary(|pair| pair.1 / pair.0)?,
            answer_in_common: in_common.count(),
        })
    }
}

fn print_head(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "{:<14} {:>6} {:<16} {:>15} {:>5} {:>13} {:>15} {:>24}",
        "model",
        "prompt",
        "computed",
        "threads (n, l)",
        "clock",
        "native tok/s",
        "lockstep tok/s",
        "lockstep/native (quartiles)"
    )
}

fn print_row(out: &mut dyn Write, model: &str, row: &Row) -> io::Result<()> {
    let phase = match row.phase {
        Phase::Prefill => "prefill",
        Phase::Decode => "decode",
    };
    let clock = match row.clock {
        Clock::Cpu => "cpu",
        Clock::Wall => "wall",
    };
    let ratio = &row.ratio;
    let quartiles = format!("({:.2} to {:.2})", ratio.lower, ratio.upper);
    writeln!(
        out,
        "{:<14} {:>6} {:<16} {:>15} {:>5} {:>13.1} {:>15.1} {:>9.3} {:>17}",
        model,
        row.prompt_tokens,
        format!("{phase} {}", row.tokens),
        format!("{}, {}", row.native_threads, row.lockstep_threads),
        clock,
        row.native.median,
        row.lockstep.median,
        ratio.median,
        quartiles
    )?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(cpu: f64, wall: f64, tokens: &[i32]) -> Sample {
        let times = Times { cpu, wall };
        Sample {
            prefill: times,
            decode: times,
            tokens: tokens.to_vec(),
        }
    }

    fn options() -> Options {
        use clap::Parser;
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            options: Options,
        }
        Alone::parse_from(["x", "--tokens", "8"]).options
    }

    #[test]
    fn two_threads_are_measured_on_the_wall() {
        let samples = vec![(sample(2.0, 1.0, &[1, 2, 3]), sample(4.0, 4.0, &[1, 2, 4]))];
        let row = |threads| Row::of(Phase::Decode, 16, &options(), threads, &samples).unwrap();
        let alone = row([1, 1]);
        assert_eq!(alone.native.median, 4.0);
        assert_eq!(alone.ratio.median, 0.5);
        assert_eq!(alone.answer_in_common, 2);
        let together = row([2, 1]);
        assert_eq!(together.native.median, 8.0);
        assert_eq!(together.ratio.median, 0.25);
    }

    #[test]
    fn an_answer_that_changes_is_an_error() {
        let pair = |token| (sample(1.0, 1.0, &[7]), sample(1.0, 1.0, &[token]));
        assert!(check_repeats(&vec![pair(1)], &pair(1)).is_ok());
        assert!(check_repeats(&vec![pair(1)], &pair(2)).is_err());
    }
}

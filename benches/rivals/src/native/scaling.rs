//! How much faster several threads are than one: both contestants, all numbers of threads in the same rounds.

use std::error::Error;
use std::io::{self, Write};
use std::thread;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::speed::REST;
use super::{Arena, Choice, Contestant, check_room, text};
use crate::llama;
use crate::stats::Summary;

/// What `rivals scaling` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,
    /// Lengths of prompts in tokens, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [128, 512])]
    prompts: Vec<u32>,
    /// How many tokens to generate after each prompt.
    #[arg(long, default_value_t = 16)]
    tokens: u32,
    /// How many threads one thread is compared with.
    #[arg(long, default_value_t = 2)]
    threads: u32,
    /// Rounds: everybody runs every prompt once per round.
    #[arg(long, default_value_t = 7)]
    rounds: u32,
}

/// One contestant with one prompt. Speeds are tokens per second on the wall, ratios are taken within each round.
#[derive(Debug, Serialize)]
struct Row {
    model: String,
    who: &'static str,
    prompt_tokens: u32,
    prefill: [Summary; 2],
    prefill_ratio: Summary,
    decode_ratio: Summary,
}

/// Measures every model and prints a table.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let choice = &options.choice;
    check_room(&options.prompts, options.tokens)?;
    if options.tokens == 0 || options.rounds == 0 {
        return Err("without tokens or rounds there is nothing to measure".into());
    }
    let text = text::read(&choice.text)?;
    let arena = Arena::open(choice)?;
    let mut out = io::stdout().lock();
    let mut rows = Vec::new();
    for model in choice.subject.models() {
        for row in measure(&arena, options, model, &text)? {
            if !choice.json {
                print(&mut out, &row, options.threads)?;
            }
            rows.push(row);
        }
    }
    if choice.json {
        writeln!(out, "{:#}", json!(rows))?;
    }
    Ok(())
}

fn measure(
    arena: &Arena,
    options: &Options,
    model: &str,
    text: &str,
) -> Result<Vec<Row>, Box<dyn Error>> {
    let path = llama::model_path(&arena.cache, model)?;
    let kv = options.choice.kv;
    let mut ours = arena.ours(&path, 1)?;
    let tokens = ours.llama.tokenize(text)?;
    let mut all: [Box<dyn Contestant>; 4] = [
        Box::new(ours),
        Box::new(arena.ours(&path, options.threads)?),
        Box::new(arena.native(&path, 1, kv, false)?),
        Box::new(arena.native(&path, options.threads, kv, false)?),
    ];
    let mut rows = Vec::new();
    for &length in &options.prompts {
        let prompt = tokens
            .get(..length as usize)
            .ok_or_else(|| format!("the text has only {} tokens", tokens.len()))?;
        // Seconds of prompt and answer, for each contestant, round by round. The first round is for nothing.
        let mut rounds: [Vec<[f64; 2]>; 4] = Default::default();
        for round in 0..=options.rounds {
            for (contestant, times) in all.iter_mut().zip(&mut rounds) {
                thread::sleep(REST);
                let sample = contestant.run(prompt, options.tokens)?;
                if round > 0 {
                    times.push([sample.prefill.wall, sample.decode.wall]);
                }
            }
        }
        for (who, pair) in [("lockstep", &rounds[..2]), ("native", &rounds[2..])] {
            rows.extend(row(model, who, length, [&pair[0], &pair[1]]));
        }
    }
    Ok(rows)
}

/// None if there were no rounds.
fn row(
    model: &str,
    who: &'static str,
    prompt_tokens: u32,
    [one, many]: [&[[f64; 2]]; 2],
) -> Option<Row> {
    let speed = |times: &[[f64; 2]]| {
        let speeds = times
            .iter()
            .map(|[prompt, _]| f64::from(prompt_tokens) / prompt);
        Summary::of(&speeds.collect::<Vec<f64>>())
    };
    let ratio = |phase: usize| {
        let pairs = one.iter().zip(many);
        Summary::of(
            &pairs
                .map(|(one, many)| one[phase] / many[phase])
                .collect::<Vec<f64>>(),
        )
    };
    Some(Row {
        model: model.to_owned(),
        who,
        prompt_tokens,
        prefill: [speed(one)?, speed(many)?],
        prefill_ratio: ratio(0)?,
        decode_ratio: ratio(1)?,
    })
}

fn print(out: &mut dyn Write, row: &Row, threads: u32) -> io::Result<()> {
    let [one, many] = row.prefill.map(|speed| speed.median);
    let ratio = |ratio: Summary| {
        let Summary {
            median,
            lower,
            upper,
            ..
        } = ratio;
        format!("{median:.2} ({lower:.2} to {upper:.2})")
    };
    writeln!(
        out,
        "{:<14} {:>5} {:<9} prefill {one:>7.1} -> {many:>7.1} tok/s on {threads} threads: {}; decode: {}",
        row.model,
        row.prompt_tokens,
        row.who,
        ratio(row.prefill_ratio),
        ratio(row.decode_ratio),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_rounds() {
        let one = [[2.0, 1.0], [8.0, 1.0]];
        let two = [[1.0, 1.0], [4.0, 2.0]];
        let row = row("m", "lockstep", 16, [&one, &two]).unwrap();
        assert_eq!(
            (row.prefill_ratio.lower, row.prefill_ratio.upper),
            (2.0, 2.0)
        );
        assert_eq!(row.prefill[0].median, 5.0);
        assert_eq!(row.decode_ratio.median, 0.75);
    }
}

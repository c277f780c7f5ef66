//! How well the guest and a native build foretell the same text: the mean negative log-likelihood of a token.
//!
//! Both see the same windows of the same tokens. Their difference is taken token by token, because the text's own
//! difficulty, which is most of the spread, is the same for both.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::{Arena, Choice, Contestant, text};
use crate::llama;

/// What `rivals quality` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    choice: Choice,
    /// Tokens of text.
    #[arg(long, default_value_t = 2560, value_parser = clap::value_parser!(u32).range(2..))]
    tokens: u32,
    /// Tokens that are computed in one context, the one at its beginning included.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(2..=512))]
    window: u32,
    /// Threads of both.
    #[arg(long, default_value_t = 1)]
    threads: u32,
}

/// A mean, and how far it may be from the truth.
#[derive(Clone, Copy, Debug, Serialize)]
struct Mean {
    mean: f64,
    /// The standard deviation of the mean.
    error: f64,
}

impl Mean {
    /// None for less than two numbers.
    fn of(numbers: &[f64]) -> Option<Mean> {
        if numbers.len() < 2 {
            return None;
        }
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let squares: f64 = numbers.iter().map(|x| (x - mean).powi(2)).sum();
        Some(Mean {
            mean,
            error: (squares / (count - 1.0) / count).sqrt(),
        })
    }
}

/// One model's result, in nats per token.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    description: String,
    /// How many tokens were foretold.
    scored: usize,
    native: Mean,
    lockstep: Mean,
    /// Lockstep's less native's, token by token. Below zero, Lockstep foretells better.
    difference: Mean,
    /// The difference is at most two of its errors.
    within_noise: bool,
}

/// Scores every model on both and prints a table.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let choice = &options.choice;
    let text = text::read(&choice.text)?;
    let arena = Arena::open(choice)?;
    let mut reports = Vec::new();
    for name in choice.subject.models() {
        let path = llama::model_path(&arena.cache, name)?;
        let report =
            compare(&arena, options, name, &path, &text).map_err(|e| format!("{name}: {e}"))?;
        reports.push(report);
    }
    let mut out = io::stdout().lock();
    if choice.json {
        let report = json!({
            "text_blake3": text::fingerprint(&text),
            "window": options.window,
            "compiler": arena.program.compiler,
            "models": reports,
        });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(
            out,
            "text {}, windows of {} tokens; negative log-likelihood in nats per token, with its standard error",
            text::fingerprint(&text),
            options.window
        )?;
        print(&mut out, &reports)?;
    }
    Ok(())
}

fn compare(
    arena: &Arena,
    options: &Options,
    name: &str,
    path: &Path,
    text: &str,
) -> Result<Report, Box<dyn Error>> {
    let mut ours = arena.ours(path, options.threads)?;
    let mut native = arena.native(path, options.threads, options.choice.kv, true)?;
    let tokens = ours.llama.tokenize(text)?;
    // What the model wants at the beginning of a text, it gets at the beginning of every window.
    let start = ours.llama.tokenize("")?;
    let windows = windows(
        &tokens[start.len().min(tokens.len())..],
        &start,
        options.tokens as usize,
        options.window as usize,
    )?;
    let (mut their_surprises, mut our_surprises) = (Vec::new(), Vec::new());
    for (index, window) in windows.iter().enumerate() {
        eprintln!("{name}: window {} of {}", index + 1, windows.len());
        their_surprises.extend(native.score(window)?);
        our_surprises.extend(ours.score(window)?);
    }
    let differences: Vec<f64> = our_surprises
        .iter()
        .zip(&their_surprises)
        .map(|(ours, theirs)| ours - theirs)
        .collect();
    let mean = |numbers: &[f64]| Mean::of(numbers).ok_or("fewer than two tokens were scored");
    let difference = mean(&differences)?;
    Ok(Report {
        model: name.to_owned(),
        description: ours.llama.facts().description.clone(),
        scored: differences.len(),
        native: mean(&their_surprises)?,
        lockstep: mean(&our_surprises)?,
        within_noise: difference.mean.abs() <= 2.0 * difference.error,
        difference,
    })
}

/// Cuts the first `count` tokens into windows, each with `start` in front. A last piece of one token is left out when
/// nothing stands before it.
fn windows(
    tokens: &[i32],
    start: &[i32],
    count: usize,
    window: usize,
) -> Result<Vec<Vec<i32>>, Box<dyn Error>> {
    if tokens.len() < count {
        return Err(format!("the text has only {} tokens", tokens.len()).into());
    }
    let room = window.saturating_sub(start.len());
    if room == 0 {
        return Err(format!("a window of {window} has no room for text").into());
    }
    Ok(tokens[..count]
        .chunks(room)
        .map(|chunk| [start, chunk].concat())
        .filter(|window| window.len() > 1)
        .collect())
}

fn print(out: &mut dyn Write, reports: &[Report]) -> io::Result<()> {
    writeln!(
        out,
        "{:<14} {:>7} {:>18} {:>18} {:>22}",
        "model", "tokens", "native", "lockstep", "lockstep - native"
    )?;
    for report in reports {
        let show = |mean: Mean, digits| format!("{:.digits$} ±{:.digits$}", mean.mean, mean.error);
        writeln!(
            out,
            "{:<14} {:>7} {:>18} {:>18} {:>22}  {}",
            report.model,
            report.scored,
            show(report.native, 4),
            show(report.lockstep, 4),
            show(report.difference, 5),
            if report.within_noise {
                "within noise"
            } else {
                "more than two standard errors"
            }
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_a_mean_shrinks_with_the_root_of_the_count() {
        let few = Mean::of(&[1.0, 3.0]).unwrap();
        assert!((few.mean - 2.0).abs() < 1e-12 && (few.error - 1.0).abs() < 1e-12);
        let many = Mean::of(&[1.0, 3.0].repeat(50)).unwrap();
        assert!((many.error - 1.0 / 99f64.sqrt()).abs() < 1e-12);
        assert!(Mean::of(&[1.0]).is_none());
    }

    #[test]
    fn every_window_has_the_start_and_all_tokens_are_used_once() {
        let tokens: Vec<i32> = (10..20).collect();
        let cut = windows(&tokens, &[1], 7, 4).unwrap();
        assert_eq!(cut, [vec![1, 10, 11, 12], vec![1, 13, 14, 15], vec![1, 16]]);
        assert_eq!(windows(&tokens, &[], 4, 3).unwrap(), [[10, 11, 12]]);
        assert!(windows(&tokens, &[], 11, 3).is_err());
        assert!(windows(&tokens, &[1, 2], 5, 2).is_err());
    }
}

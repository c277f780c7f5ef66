//! What is told after an answer.

use std::path::Path;
use std::time::Duration;

use lockstep_llama::{Answer, End, ModelFacts};
use serde_json::{Value, json};

use super::watch::{Pace, Seen};
use crate::output::{self, Style, grouped, hex};

/// An answer with everything that is known about it.
pub(super) struct Report<'a> {
    pub(super) model: &'a Path,
    pub(super) facts: &'a ModelFacts,
    pub(super) answer: &'a Answer,
    pub(super) seen: &'a Seen,
    pub(super) loaded: Duration,
    pub(super) memory_bytes: u64,
    pub(super) memory_hash: [u8; 32],
    pub(super) module_hash: [u8; 32],
    pub(super) profile_hash: [u8; 32],
}

impl Report<'_> {
    /// The summary for people.
    pub(super) fn text(&self) -> String {
        let style = Style::stderr();
        let stats = &self.answer.stats;
        let mut text = String::from("\n");
        let mut line = |name: &str, value: String| {
            text += &format!("{} {value}\n", style.dim(format!("{name:<8}")));
        };
        let (model, about) = (self.model.display(), &self.facts.description);
        line("model", format!("{about}, {model}"));
        line("loaded", format!("in {:.2} s", self.loaded.as_secs_f64()));
        line("prompt", pace(stats.prompt_tokens, self.seen.prompt));
        let answer = pace(stats.answer_tokens, self.seen.answer);
        line("answer", format!("{answer}; {}", end(self.answer.end).1));
        let (prompt, answer) = (grouped(stats.prompt_fuel), grouped(stats.answer_fuel));
        line(
            "fuel",
            format!("{prompt} for the prompt, {answer} for the answer"),
        );
        line("tokens", format!("blake3 {}", hex(&stats.tokens_hash)));
        line("logits", format!("blake3 {}", hex(&stats.logits_hash)));
        let (memory, bytes) = (hex(&self.memory_hash), output::bytes(self.memory_bytes));
        line("memory", format!("blake3 {memory} of {bytes}"));
        line("module", format!("blake3 {}", hex(&self.module_hash)));
        line("profile", format!("blake3 {}", hex(&self.profile_hash)));
        text + &self.steps()
    }

    /// The most likely tokens of every step.
    fn steps(&self) -> String {
        let mut text = String::new();
        for (step, top) in self.seen.steps.iter().enumerate() {
            let chosen = match self.answer.tokens.get(step) {
                Some(token) => format!("token {token}"),
                None => "the end".to_owned(),
            };
            text += &format!("step {step}: {chosen}\n");
            for (token, logit) in top {
                text += &format!("  {token:>8}  {logit:<12} bits {:08x}\n", logit.to_bits());
            }
        }
        text
    }

    /// Everything for programs.
    pub(super) fn to_json(&self) -> Value {
        let stats = &self.answer.stats;
        let top = |(token, logit): &(usize, f32)| {
            let bits = format!("{:08x}", logit.to_bits());
            json!({ "token": token, "logit": logit, "bits": bits })
        };
        let step = |(index, step): (usize, &Vec<(usize, f32)>)| {
            json!({
                "token": self.answer.tokens.get(index),
                "top": step.iter().map(top).collect::<Vec<_>>(),
            })
        };
        json!({
            "outcome": end(self.answer.end).0,
            "text": self.answer.text,
            "tokens": self.answer.tokens,
            "model": self.model.display().to_string(),
            "description": self.facts.description,
            "context": self.facts.context,
            "prompt_tokens": stats.prompt_tokens,
            "answer_tokens": stats.answer_tokens,
            "prompt_tokens_per_second": self.seen.prompt.per_second(),
            "answer_tokens_per_second": self.seen.answer.per_second(),
            "load_seconds": self.loaded.as_secs_f64(),
            "prompt_fuel": stats.prompt_fuel,
            "answer_fuel": stats.answer_fuel,
            "tokens_blake3": hex(&stats.tokens_hash),
            "logits_blake3": hex(&stats.logits_hash),
            "memory_bytes": self.memory_bytes,
            "memory_blake3": hex(&self.memory_hash),
            "module": hex(&self.module_hash),
            "profile": hex(&self.profile_hash),
            "steps": self.seen.steps.iter().enumerate().map(step).collect::<Vec<_>>(),
        })
    }
}

/// How many tokens at which speed.
fn pace(tokens: u32, pace: Pace) -> String {
    let count = output::count(tokens as usize, "token");
    match pace.per_second() {
        Some(speed) => format!("{count}, {speed:.2} a second"),
        None => count,
    }
}

/// Why an answer ended: for programs and for people.
fn end(end: End) -> (&'static str, &'static str) {
    match end {
        End::Model => ("complete", "complete"),
        End::MaxTokens => ("max-tokens", "cut off by --max-tokens"),
        End::ContextFull => (
            "context-full",
            "cut off because the context is full (--context)",
        ),
        _ => ("stopped", "stopped"),
    }
}

//! The guest on this engine as a contestant.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;

use lockstep_llama::{Llama, LlamaOptions};
use lockstep_vm::TwinMode;

use super::{CONTEXT, Contestant, Sample, Times};
use crate::llama::lockstep::Lockstep;
use crate::llama::{self, Runner};

/// An instance with a model.
pub(super) struct Guest {
    pub(super) llama: Llama,
    threads: u32,
}

impl Guest {
    /// The guest with a model, its kernels on so many threads.
    pub(super) fn open(
        wasm: &[u8],
        model: &Path,
        threads: u32,
        mode: TwinMode,
    ) -> Result<Guest, Box<dyn Error>> {
        let count = NonZeroUsize::new(threads as usize).ok_or("no threads compute nothing")?;
        let engine = Lockstep::with_twins(wasm, count, mode)?;
        let (world, name) = llama::world(model)?;
        let mut options = LlamaOptions::default();
        options.context = CONTEXT;
        let llama = Llama::load(engine.start(world)?, &name, &options)?;
        Ok(Guest { llama, threads })
    }
}

impl Contestant for Guest {
    fn threads(&self) -> u32 {
        self.threads
    }

    fn run(&mut self, prompt: &[i32], count: u32) -> Result<Sample, Box<dyn Error>> {
        self.llama.forget()?;
        let (fed, prefill) = Times::of(|| self.llama.feed(prompt));
        fed?;
        let mut sample = Sample {
            prefill,
            decode: Times::default(),
            tokens: Vec::new(),
        };
        for _ in 0..count {
            let token = likeliest(&self.llama.logits()?);
            sample.tokens.push(token);
            let (fed, step) = Times::of(|| self.llama.feed(&[token]));
            fed?;
            sample.decode.cpu += step.cpu;
            sample.decode.wall += step.wall;
        }
        Ok(sample)
    }

    /// Feeds token by token, because the guest keeps the last logits only. They are the same bits.
    fn score(&mut self, tokens: &[i32]) -> Result<Vec<f64>, Box<dyn Error>> {
        self.llama.forget()?;
        let mut surprises = Vec::new();
        for pair in tokens.windows(2) {
            let [token, next] = pair else { continue };
            self.llama.feed(&[*token])?;
            surprises.push(surprise(&self.llama.logits()?, *next)?);
        }
        Ok(surprises)
    }
}

/// The token with the greatest logit, the first of several.
fn likeliest(logits: &[f32]) -> i32 {
    let mut best = 0;
    for (token, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = token;
        }
    }
    best as i32
}

/// The negative logarithm of the probability that these logits give to a token.
fn surprise(logits: &[f32], token: i32) -> Result<f64, Box<dyn Error>> {
    let chosen = usize::try_from(token)
        .ok()
        .and_then(|token| logits.get(token))
        .ok_or("a token is not in the vocabulary")?;
    let greatest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits
        .iter()
        .map(|logit| (f64::from(*logit) - greatest).exp())
        .sum();
    Ok(sum.ln() + greatest - f64::from(*chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_logits_share_the_probability() {
        let surprise = |logits: &[f32], token| surprise(logits, token).unwrap();
        assert!((surprise(&[700.0; 8], 3) - 8f64.ln()).abs() < 1e-12);
        assert!(surprise(&[0.0, 50.0], 1) < 1e-12);
        assert!((surprise(&[0.0, 50.0], 0) - 50.0).abs() < 1e-12);
        assert!(super::surprise(&[0.0], 1).is_err());
    }

    #[test]
    fn the_first_of_equal_logits_is_taken() {
        assert_eq!(likeliest(&[f32::NEG_INFINITY, 1.0, 1.0]), 1);
    }
}

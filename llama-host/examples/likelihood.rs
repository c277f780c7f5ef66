//! How well a model expects a text: a measure of what a change of the guest does to quality.
//!
//! `cargo run --release -p lockstep-llama --example likelihood MODEL TEXT [TOKENS [MODULE]]` feeds the first tokens of a
//! text file (2048 if nothing is said), one by one, and prints the mean of the logarithms of the probabilities that the
//! model gave to each token before it came, and the mean's standard error. The module is built unless it is given.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use lockstep_llama::kernels::twins;
use lockstep_llama::{
    Cache, GuestOptions, Llama, LlamaOptions, ModelSource, ModuleOptions, Silent, ensure_module,
};
use lockstep_simd::kernels::{Isa, Threads};
use lockstep_vm::{Config, Engine, Module, Tier};

fn log_probability(logits: &[f32], token: i32) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weights = logits
        .iter()
        .map(|logit| f64::from(*logit - most).exp())
        .sum::<f64>();
    f64::from(logits[token as usize] - most) - weights.ln()
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let usage = "arguments: MODEL TEXT [TOKENS [MODULE]]";
    let model = args.next().ok_or(usage)?;
    let text = std::fs::read_to_string(args.next().ok_or(usage)?)?;
    let count: usize = args.next().map_or(Ok(2048), |count| count.parse())?;
    let path = match args.next() {
        Some(path) => path.into(),
        None => ensure_module(&Cache::at_home()?, ModuleOptions::default(), &Silent)?,
    };

    let twins = twins(Isa::best(), &Arc::new(Threads::one()));
    let engine = Engine::new(&Config::new().tier(Tier::Auto).twins(Arc::new(twins)))?;
    let module = Module::new(&engine, &std::fs::read(path)?)?;
    let mut options = LlamaOptions::default();
    options.context = u32::try_from(count)?;
    let source = ModelSource::File(model.into());
    let mut llama = Llama::open(&engine, &module, &source, GuestOptions::default(), &options)?;

    let mut tokens = llama.tokenize(&text)?;
    tokens.truncate(count);
    let start = Instant::now();
    let mut logs = Vec::with_capacity(tokens.len());
    for known in 1..tokens.len() {
        let logits = llama.logits(&tokens[..known])?;
        logs.push(log_probability(&logits, tokens[known]));
    }
    let n = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / n;
    let variance = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
    println!(
        "{} tokens: mean log-likelihood {mean:.5}, standard error {:.5}, perplexity {:.4}, {:.1} tokens/s",
        tokens.len(),
        (variance / n).sqrt(),
        (-mean).exp(),
        n / start.elapsed().as_secs_f64()
    );
    Ok(())
}

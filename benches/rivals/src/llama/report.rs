//! What came of one model on both engines, as a table.

use std::collections::BTreeMap;
use std::io::{self, Write};

use lockstep_llama::compare::Difference;
use serde::{Serialize, Serializer};

use super::Finished;

/// Both runs of one model.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// The model as it was asked for.
    pub(super) model: String,
    /// The model in llama.cpp's words.
    pub(super) description: String,
    /// The first engine's answer.
    pub(super) text: String,
    /// None if all bits are equal.
    #[serde(serialize_with = "words")]
    pub(super) difference: Option<Difference>,
    pub(super) rows: [Row; 2],
}

/// One engine's run. Times are CPU times of its thread.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    engine: &'static str,
    load_seconds: f64,
    prompt_tokens: u32,
    prefill_tokens_per_second: f64,
    answer_tokens: u32,
    /// None if the answer has less than two tokens: the first comes from the prompt's logits.
    decode_tokens_per_second: Option<f64>,
    tokens_blake3: String,
    logits: usize,
    logits_blake3: String,
    memory_bytes: u64,
    memory_blake3: String,
}

impl Row {
    pub(super) fn new(engine: &'static str, finished: &Finished) -> Row {
        let stats = &finished.answer.stats;
        let log = &finished.log;
        let (memory_bytes, memory) = finished.llama.machine().memory_state();
        let prefill = log.prefill.unwrap_or_default().as_secs_f64();
        let decode = f64::from(log.decoded) / log.decode.as_secs_f64();
        Row {
            engine,
            load_seconds: finished.load.as_secs_f64(),
            prompt_tokens: stats.prompt_tokens,
            prefill_tokens_per_second: f64::from(stats.prompt_tokens) / prefill,
            answer_tokens: stats.answer_tokens,
            decode_tokens_per_second: (log.decoded > 0).then_some(decode),
            tokens_blake3: hex(stats.tokens_hash),
            logits: log.logits.iter().map(|logits| logits.len() / 4).sum(),
            logits_blake3: hex(stats.logits_hash),
            memory_bytes,
            memory_blake3: hex(memory),
        }
    }
}

/// The parts of a difference by name, in words.
fn words<S: Serializer>(difference: &Option<Difference>, to: S) -> Result<S::Ok, S::Error> {
    let parts = difference.as_ref().map(Difference::parts);
    let parts: Option<BTreeMap<_, _>> = parts.map(BTreeMap::from);
    parts.serialize(to)
}

fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from_bytes(hash).to_hex().to_string()
}

/// Prints one model's table and verdict.
pub(super) fn print(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let [ours, theirs] = &report.rows;
    writeln!(out, "{}: {}", report.model, report.description)?;
    writeln!(
        out,
        "{} tokens of prompt, {} of answer: {:?}",
        ours.prompt_tokens, ours.answer_tokens, report.text
    )?;
    writeln!(
        out,
        "  {:<10} {:>9} {:>15} {:>14}",
        "CPU time", "load s", "prefill tok/s", "decode tok/s"
    )?;
    for row in &report.rows {
        write!(
            out,
            "  {:<10} {:>9.2} {:>15.2}",
            row.engine, row.load_seconds, row.prefill_tokens_per_second
        )?;
        match row.decode_tokens_per_second {
            Some(speed) => writeln!(out, " {speed:>14.2}")?,
            None => writeln!(out, " {:>14}", "-")?,
        }
    }
    let details = [
        (
            format!("{} tokens", ours.answer_tokens),
            [&ours.tokens_blake3, &theirs.tokens_blake3],
        ),
        (
            format!("{} logits", ours.logits),
            [&ours.logits_blake3, &theirs.logits_blake3],
        ),
        (
            format!("{} bytes", ours.memory_bytes),
            [&ours.memory_blake3, &theirs.memory_blake3],
        ),
    ];
    let parts = report.difference.as_ref().map(Difference::parts);
    let parts = parts.unwrap_or(["tokens", "logits", "memory", "fuel"].map(|part| (part, None)));
    for ((part, difference), (size, [our_hash, their_hash])) in parts.into_iter().zip(details) {
        match difference {
            None => writeln!(out, "  {part} equal      {size:>17}  blake3 {our_hash}")?,
            Some(difference) => {
                writeln!(out, "  {part} DIFFERENT  {difference}")?;
                writeln!(out, "    {}: {our_hash}", ours.engine)?;
                writeln!(out, "    {}: {their_hash}", theirs.engine)?;
            }
        }
    }
    writeln!(out)
}

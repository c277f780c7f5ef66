//! How long each engine takes to validate a module and make all its code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::clock;
use crate::engines::Engine;
use crate::stats::Summary;

/// One module on one engine.
#[derive(Debug, Serialize)]
pub(crate) struct Translated {
    module: PathBuf,
    bytes: usize,
    engine: &'static str,
    /// Seconds of CPU time, if the engine takes the module.
    seconds: Option<Summary>,
    /// Why it does not, if it does not.
    refusal: Option<String>,
}

/// Translates a module `rounds` times on every engine, interleaved.
pub(crate) fn translate(
    engines: &[Box<dyn Engine>],
    module: &Path,
    rounds: u32,
) -> io::Result<Vec<Translated>> {
    let wasm = std::fs::read(module)?;
    let mut seconds = vec![Vec::new(); engines.len()];
    let mut refusals = vec![None; engines.len()];
    for _ in 0..rounds {
        for (index, engine) in engines.iter().enumerate() {
            if refusals[index].is_some() {
                continue;
            }
            match clock::time(|| engine.compile(&wasm)) {
                (Ok(()), time) => seconds[index].push(time.as_secs_f64()),
                (Err(refusal), _) => refusals[index] = Some(refusal.to_string()),
            }
        }
    }
    let rows = engines.iter().zip(seconds).zip(refusals);
    Ok(rows
        .map(|((engine, seconds), refusal)| Translated {
            module: module.to_owned(),
            bytes: wasm.len(),
            engine: engine.name(),
            seconds: Summary::of(&seconds),
            refusal,
        })
        .collect())
}

/// Prints one line per engine.
pub(crate) fn print(out: &mut dyn Write, rows: &[Translated]) -> io::Result<()> {
    if let Some(first) = rows.first() {
        writeln!(out, "{} ({} bytes)", first.module.display(), first.bytes)?;
    }
    for row in rows {
        match (&row.seconds, &row.refusal) {
            (Some(s), _) => writeln!(
                out,
                "  {:<10} best {:>9.1} ms   median {:>9.1} ms   {:>7.2} MB/s",
                row.engine,
                s.best * 1e3,
                s.median * 1e3,
                row.bytes as f64 / s.median / 1e6
            )?,
            (None, refusal) => writeln!(
                out,
                "  {:<10} refuses it: {}",
                row.engine,
                refusal.as_deref().unwrap_or("no rounds")
            )?,
        }
    }
    Ok(())
}

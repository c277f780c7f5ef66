//! The speed of a native ggml's dot products, type by type, beside the speed of memory.

use std::error::Error;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use clap::Args;
use lockstep_llama::Cache;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Rival;

/// What `rivals dots` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    rival: Rival,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Deserialize, Serialize)]
struct Measured {
    /// Numbers in a row.
    length: u64,
    /// How much memory is read; more than any cache has.
    memory_bytes: u64,
    read_gb_one_thread: f64,
    threads: u32,
    read_gb_all_threads: f64,
    types: Vec<Type>,
}

/// One thread's speed with rows of a type. GMAC are 10^9 products added per second, GB are 10^9 bytes of rows.
#[derive(Debug, Deserialize, Serialize)]
struct Type {
    r#type: String,
    column_type: String,
    row_bytes: u64,
    gmac_in_cache: f64,
    gb_in_cache: f64,
    gmac_from_memory: f64,
    gb_from_memory: f64,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let program = super::program(&Cache::at_home()?, &options.rival)?;
    let output = Command::new(&program.path)
        .arg("kernels")
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the native program failed ({})", output.status).into());
    }
    let measured: Measured = serde_json::from_slice(&output.stdout)?;
    let mut out = io::stdout().lock();
    if options.json {
        let report = json!({ "compiler": program.compiler, "dots": measured });
        writeln!(out, "{report:#}")?;
    } else {
        writeln!(out, "{}", program.compiler)?;
        print(&mut out, &measured)?;
    }
    Ok(())
}

fn print(out: &mut dyn Write, measured: &Measured) -> io::Result<()> {
    writeln!(
        out,
        "reading {} MiB: {:.1} GB/s on one thread, {:.1} GB/s on {}\n",
        measured.memory_bytes >> 20,
        measured.read_gb_one_thread,
        measured.read_gb_all_threads,
        measured.threads
    )?;
    writeln!(
        out,
        "rows of {}, one thread; GB/s are bytes of rows",
        measured.length
    )?;
    writeln!(
        out,
        "{:<8} {:<8} {:>15} {:>13} {:>16} {:>14}",
        "row", "column", "GMAC/s in cache", "GB/s in cache", "GMAC/s from DRAM", "GB/s from DRAM"
    )?;
    for row in &measured.types {
        writeln!(
            out,
            "{:<8} {:<8} {:>15.2} {:>13.2} {:>16.2} {:>14.2}",
            row.r#type,
            row.column_type,
            row.gmac_in_cache,
            row.gb_in_cache,
            row.gmac_from_memory,
            row.gb_from_memory
        )?;
    }
    Ok(())
}

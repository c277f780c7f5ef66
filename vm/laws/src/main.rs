//! The `laws` command.

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use laws::{GridOptions, Report, TruthOptions};
use std::io::{self, IsTerminal, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::process::ExitCode;
use std::time::Instant;

/// Exit code when somebody gave other bits than the meaning.
const DIFFERENT: u8 = 1;

/// Exit code when the command was used wrongly or could not answer.
const USAGE: u8 = 2;

/// Checks what every instruction of the machine gives against independent
/// definitions, and floats against implementations that nobody here wrote.
///
/// The hash it prints is over every operand and result: two machines that print
/// the same hash for the same options gave the same bits.
#[derive(Parser)]
#[command(
    version,
    after_help = "\
Exit codes: 0 when everything holds, 1 on a difference, 2 on wrong usage.

Examples:
  laws grid
      Every instruction at the values where instructions go wrong
  laws truth --ops 1000000 --seed 7
      A million random float operations, others than without the seed
  laws truth --json > report.json
      The whole report, every instruction with a hash of its own
  qemu-aarch64 -L /usr/aarch64-linux-gnu laws grid --step 50 --threads 1
      A sample on another CPU, under an emulator that is not at ease with threads"
)]
struct Arguments {
    #[command(subcommand)]
    check: Check,

    /// Print the report as JSON.
    #[arg(long, global = true)]
    json: bool,

    /// How many threads work [default: all cores]. Changes nothing else.
    #[arg(long, global = true)]
    threads: Option<NonZeroUsize>,
}

#[derive(Subcommand)]
enum Check {
    /// Every instruction at corner values and some 2000 random cases.
    Grid {
        /// Take only every so many-th case.
        #[arg(long, default_value = "1")]
        step: NonZeroUsize,
    },
    /// Random float operations, counting every lane of a vector.
    Truth {
        /// How many at least.
        #[arg(long, default_value = "100000000")]
        ops: NonZeroU64,
        /// Other seeds draw other operands.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let begun = Instant::now();
    let bar = bar(&arguments.check);
    let report = run(&arguments, &bar);
    bar.finish_and_clear();
    let text = if arguments.json {
        serde_json::to_string_pretty(&report).map_err(io::Error::other)
    } else {
        Ok(format!(
            "{report}, in {:.1} s",
            begun.elapsed().as_secs_f64()
        ))
    };
    let written = text.and_then(|text| writeln!(io::stdout(), "{text}"));
    match written {
        // Who reads no further has read enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("laws: the report cannot be written to standard output: {error}");
            ExitCode::from(USAGE)
        }
        _ if report.holds() => ExitCode::SUCCESS,
        _ => ExitCode::from(DIFFERENT),
    }
}

fn run(arguments: &Arguments, bar: &ProgressBar) -> Report {
    let show = |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    };
    let threads = arguments.threads;
    match arguments.check {
        Check::Grid { step } => laws::grid(&GridOptions {
            step,
            threads,
            progress: Some(&show),
        }),
        Check::Truth { ops, seed } => laws::truth(&TruthOptions {
            ops: ops.get(),
            seed,
            threads,
            progress: Some(&show),
        }),
    }
}

/// A bar on standard error, or nothing where that is not a terminal. It draws
/// when it is told something, and has no thread of its own.
fn bar(check: &Check) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = match check {
        Check::Grid { .. } => "grid [{bar:30}] {pos}/{len} rows {eta}",
        Check::Truth { .. } => {
            "truth [{bar:30}] {human_pos}/{human_len} operations {per_sec} {eta}"
        }
    };
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    // A template that does not parse costs looks only.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

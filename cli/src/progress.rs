//! Progress of long work, on standard error: bars on a terminal, one line per stage elsewhere, nothing under a second.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::{self, write_stderr};

/// Work that takes less is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a stage counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes.
    Bytes,
    /// Things of which there are few.
    Items,
}

/// Shows how far work has come. One at a time; may be told from any thread.
pub(crate) struct Meter {
    looks: Looks,
    stage: Mutex<Option<Shown>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Quiet,
    Lines,
    Bars,
}

struct Shown {
    name: String,
    begun: Instant,
    bar: Option<ProgressBar>,
    announced: bool,
}

impl Meter {
    /// A meter for standard error; `quiet` shows nothing.
    pub(crate) fn new(quiet: bool) -> Meter {
        let looks = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Looks::Quiet,
            (false, true) => Looks::Bars,
            (false, false) => Looks::Lines,
        };
        Meter {
            looks,
            stage: Mutex::new(None),
        }
    }

    /// `done` of `total` units of the stage `name` are finished; a total of 0 is not known. `what` is at hand.
    pub(crate) fn update(&self, name: &str, unit: Unit, what: &str, done: u64, total: u64) {
        if self.looks == Looks::Quiet {
            return;
        }
        let mut stage = self
            .stage
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if stage.as_ref().is_none_or(|shown| shown.name != name) {
            clear(stage.take());
        }
        let shown = stage.get_or_insert_with(|| Shown {
            name: name.to_owned(),
            begun: Instant::now(),
            bar: None,
            announced: false,
        });
        if shown.begun.elapsed() < PATIENCE {
            return;
        }
        match self.looks {
            Looks::Bars => {
                let bar = shown.bar.get_or_insert_with(|| bar(name, unit));
                bar.set_length(total);
                bar.set_position(done);
                bar.set_message(output::visible(what));
            }
            _ if !shown.announced => {
                shown.announced = true;
                write_stderr(&line(name, unit, total));
            }
            _ => {}
        }
    }

    /// Work has begun whose length is not known and that will take a while.
    pub(crate) fn wait(&self, name: &str) {
        self.finish();
        match self.looks {
            Looks::Quiet => {}
            Looks::Lines => write_stderr(&line(name, Unit::Items, 0)),
            Looks::Bars => {
                let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                    spinner.set_style(style);
                }
                spinner.set_message(name.to_owned());
                spinner.enable_steady_tick(Duration::from_millis(100));
                let mut stage = self
                    .stage
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                *stage = Some(Shown {
                    name: name.to_owned(),
                    begun: Instant::now(),
                    bar: Some(spinner),
                    announced: true,
                });
            }
        }
    }

    /// The work is done, or about to write to the terminal.
    pub(crate) fn finish(&self) {
        let mut stage = self
            .stage
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        clear(stage.take());
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.finish();
    }
}

fn clear(stage: Option<Shown>) {
    if let Some(bar) = stage.and_then(|shown| shown.bar) {
        bar.finish_and_clear();
    }
}

fn line(name: &str, unit: Unit, total: u64) -> String {
    match (unit, total) {
        (_, 0) => format!("{name} ...\n"),
        (Unit::Bytes, _) => format!("{name} ({}) ...\n", output::bytes(total)),
        (Unit::Items, _) => format!("{name} ({total}) ...\n"),
    }
}

fn bar(name: &str, unit: Unit) -> ProgressBar {
    let template = match unit {
        Unit::Bytes => {
            "{prefix} [{bar:30}] {binary_bytes}/{binary_total_bytes} {binary_bytes_per_sec} {eta} {wide_msg}"
        }
        Unit::Items => "{prefix} [{bar:30}] {pos}/{len} {eta} {wide_msg}",
    };
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    // A template that does not parse costs looks only.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.with_prefix(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_and_how_much() {
        assert_eq!(line("adding", Unit::Bytes, 2048), "adding (2.0 KiB) ...\n");
        assert_eq!(line("compiling", Unit::Items, 12), "compiling (12) ...\n");
        assert_eq!(line("waiting", Unit::Items, 0), "waiting ...\n");
    }

    #[test]
    fn short_work_is_not_shown() {
        let meter = Meter {
            looks: Looks::Lines,
            stage: Mutex::new(None),
        };
        meter.update("a", Unit::Items, "x", 1, 2);
        assert!(
            meter
                .stage
                .lock()
                .unwrap()
                .as_ref()
                .is_some_and(|shown| !shown.announced)
        );
        meter.finish();
        assert!(meter.stage.lock().unwrap().is_none());
    }

    #[test]
    fn both_bars_have_a_style() {
        for unit in [Unit::Bytes, Unit::Items] {
            bar("x", unit).finish_and_clear();
        }
    }
}

//! How far the work has come, on standard error: bars on a terminal, a line a
//! stage elsewhere, and nothing for what takes less than a second.
//!
//! Nothing here starts a thread: the report also runs in an emulator that
//! stumbles over them.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that takes less is not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows how far work has come.
pub(crate) struct Meter {
    looks: Looks,
    stage: RefCell<Option<Stage>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    Quiet,
    Lines,
    Bars,
}

struct Stage {
    name: String,
    begun: Instant,
    bar: Option<ProgressBar>,
    announced: bool,
}

impl Meter {
    /// A meter for standard error; `quiet` shows nothing.
    pub(crate) fn new(quiet: bool) -> Meter {
        Meter {
            looks: match (quiet, io::stderr().is_terminal()) {
                (true, _) => Looks::Quiet,
                (false, true) => Looks::Bars,
                (false, false) => Looks::Lines,
            },
            stage: RefCell::new(None),
        }
    }

    /// `done` of `total` cases of the stage `name` are finished; a total of 0
    /// is not known.
    pub(crate) fn update(&self, name: &str, done: u64, total: u64) {
        if self.looks == Looks::Quiet {
            return;
        }
        let mut stage = self.stage.borrow_mut();
        if stage.as_ref().is_none_or(|stage| stage.name != name) {
            clear(stage.take());
        }
        let stage = stage.get_or_insert_with(|| Stage {
            name: name.to_owned(),
            begun: Instant::now(),
            bar: None,
            announced: false,
        });
        if stage.begun.elapsed() < PATIENCE && total != 0 {
            return;
        }
        if self.looks == Looks::Bars {
            let bar = stage.bar.get_or_insert_with(|| bar(name, total));
            bar.set_position(done);
        } else if !stage.announced {
            stage.announced = true;
            eprintln!("{name} ...");
        }
    }

    /// Work has begun whose length is not known.
    pub(crate) fn wait(&self, name: &str) {
        self.update(name, 0, 0);
    }

    /// The work is done.
    pub(crate) fn finish(&self) {
        clear(self.stage.borrow_mut().take());
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.finish();
    }
}

fn clear(stage: Option<Stage>) {
    if let Some(bar) = stage.and_then(|stage| stage.bar) {
        bar.finish_and_clear();
    }
}

fn bar(name: &str, total: u64) -> ProgressBar {
    let (length, template) = match total {
        0 => (None, "{prefix} ..."),
        _ => (
            Some(total),
            "{prefix} [{bar:30}] {human_pos}/{human_len} {eta}",
        ),
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    // A template that does not parse costs looks only.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.with_prefix(name.to_owned())
}

//! How many threads compute a product.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::team::Team;
use crate::FloatMode;

/// The threads that kernels use. How many there are changes time and nothing
/// else.
#[derive(Debug)]
pub struct Threads {
    /// All but the caller's.
    others: Option<Team>,
}

impl Threads {
    /// The caller's thread alone.
    pub fn one() -> Threads {
        Threads { others: None }
    }

    /// The caller's thread and `count - 1` others, which live as long as this
    /// does. Who calls while they work for another caller works alone.
    ///
    /// # Errors
    ///
    /// If the operating system gives no more threads.
    pub fn new(count: NonZeroUsize) -> io::Result<Threads> {
        let others = NonZeroUsize::new(count.get() - 1);
        Ok(Threads {
            others: others.map(Team::new).transpose()?,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 + self.others.as_ref().map_or(0, Team::count)
    }

    /// How many of `items` a task should have: as many as `least` at least,
    /// which take some microseconds, and otherwise so few that threads that are
    /// late leave theirs to others.
    pub(super) fn items_of_task(&self, items: usize, least: usize) -> usize {
        let fair = match self.count() {
            1 => items,
            count => items.div_ceil(6 * count),
        };
        fair.max(least).max(1)
    }

    /// Does all of `0..tasks`, each once, on as many threads as there are.
    pub(super) fn run(&self, tasks: usize, task: impl Fn(usize) + Sync) {
        let next = AtomicUsize::new(0);
        let work = || {
            // A thread begins in the state of the one that made it.
            let _mode = FloatMode::enter();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= tasks {
                    break;
                }
                task(index);
            }
        };
        match &self.others {
            Some(others) if tasks > 1 => others.join_in(&work),
            _ => work(),
        }
    }
}

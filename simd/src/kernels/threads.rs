//! How many threads compute a product.

use std::io;
use std::num::NonZeroUsize;
use std::ops::Range;
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
    ///
    /// Every thread begins with a part of its own, the same one of equally many
    /// tasks each time: rows that one operation leaves in a thread's cache are
    /// often the next one's tasks of that thread. Then it helps the others.
    pub(super) fn run(&self, tasks: usize, task: impl Fn(usize) + Sync) {
        let Some(others) = self.others.as_ref().filter(|_| tasks > 1) else {
            let _mode = FloatMode::enter();
            return (0..tasks).for_each(task);
        };
        let count = self.count();
        let parts: Vec<Part> = (0..count)
            .map(|part| Part::new(tasks * part / count..tasks * (part + 1) / count))
            .collect();
        others.join_in(&|thread| {
            // A thread begins in the state of the one that made it.
            let _mode = FloatMode::enter();
            for part in parts[thread..].iter().chain(&parts[..thread]) {
                while let Some(index) = part.take() {
                    task(index);
                }
            }
        });
    }
}

/// Tasks that are left of a thread's own, in a cache line of their own.
#[repr(align(64))]
struct Part {
    next: AtomicUsize,
    end: usize,
}

impl Part {
    fn new(tasks: Range<usize>) -> Part {
        Part {
            next: AtomicUsize::new(tasks.start),
            end: tasks.end,
        }
    }

    fn take(&self) -> Option<usize> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        (index < self.end).then_some(index)
    }
}

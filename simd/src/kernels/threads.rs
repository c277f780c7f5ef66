//! How many threads compute a product.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// The threads that kernels use. How many there are changes time and nothing
/// else.
#[derive(Debug)]
pub struct Threads {
    /// All but the caller's.
    others: Option<ThreadPool>,
}

impl Threads {
    /// The caller's thread alone.
    pub fn one() -> Threads {
        Threads { others: None }
    }

    /// The caller's thread and `count - 1` others, which live as long as this
    /// does.
    ///
    /// # Errors
    ///
    /// If the operating system gives no more threads.
    pub fn new(count: NonZeroUsize) -> Result<Threads, ThreadPoolBuildError> {
        if count == NonZeroUsize::MIN {
            return Ok(Threads::one());
        }
        let others = ThreadPoolBuilder::new()
            .num_threads(count.get() - 1)
            .thread_name(|index| format!("kernels {}", index + 1))
            .build()?;
        Ok(Threads {
            others: Some(others),
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 + self
            .others
            .as_ref()
            .map_or(0, ThreadPool::current_num_threads)
    }

    /// Does all of `0..tasks`, each once, on as many threads as there are.
    pub(super) fn run(&self, tasks: usize, task: impl Fn(usize) + Sync) {
        let helpers = self.count().min(tasks).saturating_sub(1);
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= tasks {
                    break;
                }
                task(index);
            }
        };
        match &self.others {
            Some(others) if helpers > 0 => others.in_place_scope(|scope| {
                for _ in 0..helpers {
                    scope.spawn(|_| work());
                }
                work();
            }),
            _ => work(),
        }
    }
}

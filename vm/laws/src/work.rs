//! Work in parts, on one thread or several.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Told how much of how much is done, now and then, from any thread.
pub type Progress<'a> = Option<&'a (dyn Fn(u64, u64) + Sync)>;

/// Does every part, and gives the results in the order of the parts. With one
/// thread, which is the caller's, no other is started: emulators of user
/// programs are not at ease with threads.
pub(crate) fn each<P: Sync, R: Send>(
    parts: &[P],
    threads: Option<NonZeroUsize>,
    progress: Progress<'_>,
    weight: impl Fn(&P) -> u64 + Sync,
    work: impl Fn(&P) -> R + Sync,
) -> Vec<R> {
    let threads = threads
        .map_or_else(all_cores, NonZeroUsize::get)
        .min(parts.len());
    let total = parts.iter().map(&weight).sum();
    let next = AtomicUsize::new(0);
    let done = Mutex::new((0, Vec::new()));
    let take_parts = || {
        while let Some((at, part)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            parts.get(at).map(|part| (at, part))
        } {
            let result = work(part);
            let mut done = done.lock().expect("a worker that panics ends the scope");
            done.0 += weight(part);
            done.1.push((at, result));
            if let Some(progress) = progress {
                progress(done.0, total);
            }
        }
    };
    if threads <= 1 {
        take_parts();
    } else {
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(take_parts);
            }
        });
    }
    let (_, mut results) = done.into_inner().expect("every worker has ended well");
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

fn all_cores() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

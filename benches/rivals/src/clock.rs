//! CPU time of the calling thread, which a busy machine disturbs far less
//! than time on the wall.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time this thread has used since it began.
pub(crate) fn now() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// CPU time that all threads of this process have used since it began.
pub(crate) fn of_process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    // The kernel promises both parts in range; a clock that breaks the promise reads as zero.
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

/// Runs `work` and says how much CPU time it took.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = now();
    let result = work();
    (result, now().saturating_sub(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_time_and_sleep_does_not() {
        let (_, slept) = time(|| std::thread::sleep(Duration::from_millis(30)));
        assert!(slept < Duration::from_millis(20), "{slept:?}");
        let (sum, worked) = time(|| (0..30_000_000u64).fold(1, |a, b| std::hint::black_box(a ^ b)));
        assert!(worked > Duration::from_millis(1), "{worked:?} {sum}");
    }
}

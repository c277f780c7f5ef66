//! The guest's time: a pure function of what the guest has done, unless the host's clock is asked for by name.

use crate::errno::Errno;
use std::num::NonZeroU64;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockSource {
    /// Time passes only by being read (and slept): each reading is this many nanoseconds later than the one before.
    Step {
        /// Nanoseconds per reading.
        nanoseconds: u64,
    },
    /// Time is a function of the fuel that the guest has used.
    Fuel {
        /// How much fuel makes a microsecond.
        per_microsecond: NonZeroU64,
    },
    /// The host's clock. Two runs will differ.
    Host,
}

/// Midnight of 1 January 2024, UTC, in nanoseconds: the wall-clock time at which a run starts unless told otherwise.
pub const DEFAULT_START: u64 = 1_704_067_200_000_000_000;

/// The clocks of one guest.
#[derive(Debug, Clone)]
pub struct Clock {
    source: ClockSource,
    /// Wall-clock time at which the run starts, in nanoseconds since 1970.
    start: u64,
    /// Nanoseconds passed by readings and sleeps.
    passed: u64,
    /// Fuel the guest has used, as last reported.
    fuel: u64,
    begun: Instant,
}

impl Clock {
    /// A clock that shows `start` nanoseconds since 1970 at first (a host clock shows the host's time instead).
    pub fn new(source: ClockSource, start: u64) -> Clock {
        Clock {
            source,
            start,
            passed: 0,
            fuel: 0,
            begun: Instant::now(),
        }
    }

    /// Reports how much fuel the guest has used since its start. Only a clock on [`ClockSource::Fuel`] cares.
    pub fn set_fuel(&mut self, used: u64) {
        self.fuel = used;
    }

    /// Nanoseconds since the run's start, without letting time pass.
    pub(crate) fn elapsed(&self) -> u64 {
        let source = match self.source {
            ClockSource::Step { .. } => 0,
            ClockSource::Fuel { per_microsecond } => {
                let nanoseconds = u128::from(self.fuel) * 1000 / u128::from(per_microsecond.get());
                u64::try_from(nanoseconds).unwrap_or(u64::MAX)
            }
            ClockSource::Host => nanoseconds(self.begun.elapsed()),
        };
        self.passed.saturating_add(source)
    }

    /// Wall-clock nanoseconds since 1970, without letting time pass. Files are stamped with it.
    pub(crate) fn now(&self) -> u64 {
        match self.source {
            ClockSource::Host => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, nanoseconds),
            _ => self.start.saturating_add(self.elapsed()),
        }
    }

    /// Reads a clock, letting a step pass.
    pub(crate) fn read(&mut self, id: ClockId) -> u64 {
        if let ClockSource::Step { nanoseconds } = self.source {
            self.passed = self.passed.saturating_add(nanoseconds);
        }
        self.show(id)
    }

    pub(crate) fn show(&self, id: ClockId) -> u64 {
        match id {
            ClockId::Realtime => self.now(),
            ClockId::Elapsed => self.elapsed(),
        }
    }

    /// The smallest difference between two readings, in nanoseconds.
    pub(crate) fn resolution(&self) -> u64 {
        match self.source {
            ClockSource::Step { nanoseconds } => nanoseconds.max(1),
            ClockSource::Fuel { per_microsecond } => (1000 / per_microsecond).max(1),
            ClockSource::Host => 1,
        }
    }

    /// Lets this much time pass. Virtual time passes at once; the host's is waited for.
    pub(crate) fn sleep(&mut self, nanoseconds: u64) {
        match self.source {
            ClockSource::Host => std::thread::sleep(Duration::from_nanos(nanoseconds)),
            _ => self.passed = self.passed.saturating_add(nanoseconds),
        }
    }
}

impl Default for Clock {
    /// Starts at [`DEFAULT_START`], a microsecond per reading.
    fn default() -> Clock {
        Clock::new(ClockSource::Step { nanoseconds: 1000 }, DEFAULT_START)
    }
}

/// The clocks that exist. A guest is alone in its process, so the monotonic and the CPU-time clocks show the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockId {
    Realtime,
    Elapsed,
}

impl ClockId {
    pub(crate) fn from_number(number: u32) -> Result<ClockId, Errno> {
        match number {
            0 => Ok(ClockId::Realtime),
            1..=3 => Ok(ClockId::Elapsed),
            _ => Err(Errno::Inval),
        }
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stepping_time_passes_by_reading_and_sleeping_only() {
        let mut clock = Clock::new(ClockSource::Step { nanoseconds: 10 }, 1000);
        assert_eq!((clock.now(), clock.now()), (1000, 1000));
        assert_eq!(clock.read(ClockId::Realtime), 1010);
        assert_eq!(clock.read(ClockId::Elapsed), 20);
        clock.sleep(5);
        clock.set_fuel(1 << 40);
        assert_eq!(clock.show(ClockId::Realtime), 1025);
        assert_eq!(clock.resolution(), 10);
        clock.sleep(u64::MAX);
        assert_eq!(clock.read(ClockId::Realtime), u64::MAX);
    }

    #[test]
    fn fuel_time_follows_the_fuel() {
        let per_microsecond = NonZeroU64::new(250).unwrap();
        let mut clock = Clock::new(ClockSource::Fuel { per_microsecond }, 0);
        assert_eq!(clock.read(ClockId::Elapsed), 0);
        clock.set_fuel(1_000_000);
        assert_eq!(clock.read(ClockId::Elapsed), 4_000_000);
        assert_eq!(clock.read(ClockId::Elapsed), 4_000_000);
        clock.sleep(7);
        assert_eq!(clock.read(ClockId::Realtime), 4_000_007);
        assert_eq!(clock.resolution(), 4);
        clock.set_fuel(u64::MAX);
        assert_eq!(clock.read(ClockId::Elapsed), u64::MAX);
    }

    #[test]
    fn the_host_clock_moves_by_itself() {
        let clock = Clock::new(ClockSource::Host, 0);
        let begun = clock.elapsed();
        std::thread::sleep(Duration::from_millis(2));
        assert!(clock.elapsed() >= begun + 2_000_000);
        assert!(clock.now() > DEFAULT_START);
    }
}

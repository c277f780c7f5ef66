//! Threads that wait for work without sleeping, for a while.
//!
//! Products follow each other within microseconds, and many take no longer
//! themselves: less than it takes an operating system to wake a thread. So the
//! threads of a team look for work for a millisecond before they sleep, and who
//! has work does not wait for those that come too late for it.
#![allow(
    unsafe_code,
    reason = "work that borrows from its giver's stack is lent to threads that live longer"
)]

use std::any::Any;
use std::cell::Cell;
use std::hint;
use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How long a thread looks for work before it sleeps.
const PATIENCE: Duration = Duration::from_millis(1);

/// How often a thread looks before it lets others run in between. It is some
/// tens of microseconds.
const LOOKS: u32 = 1000;

// The state of a team: a bit for whether there is work to join, one for
// whether all is over, the number of the work, and how many have joined it.
const OPEN: u64 = 1 << 63;
const OVER: u64 = 1 << 62;
const NEXT: u64 = 1 << 16;
const JOINED: u64 = NEXT - 1;

/// Threads that join in what their owner does.
#[derive(Debug)]
pub(super) struct Team {
    shared: Arc<Shared>,
    /// Held by whom the team works for.
    giver: Mutex<()>,
    members: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: AtomicU64,
    work: Lent,
    /// What the first member panicked with that did.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    /// How many sleep, or are about to.
    sleepers: AtomicUsize,
    bed: Mutex<()>,
    alarm: Condvar,
}

type Work = *const (dyn Fn(usize) + Sync);

/// The work that there is while the state is open or somebody has joined.
#[derive(Debug)]
struct Lent(Cell<Work>);

// SAFETY: it is written only by whom the team works for, while the state is
// not open and nobody has joined; it is read only by those who have joined.
// What it points to may be used by many threads.
unsafe impl Sync for Lent {}
// SAFETY: as above.
unsafe impl Send for Lent {}

impl Team {
    /// A team of so many.
    ///
    /// # Errors
    ///
    /// If the operating system gives no more threads.
    pub(super) fn new(count: NonZeroUsize) -> io::Result<Team> {
        let nothing: &'static (dyn Fn(usize) + Sync) = &|_| ();
        let shared = Arc::new(Shared {
            state: AtomicU64::new(0),
            work: Lent(Cell::new(ptr::from_ref(nothing))),
            panic: Mutex::default(),
            sleepers: AtomicUsize::new(0),
            bed: Mutex::default(),
            alarm: Condvar::new(),
        });
        let mut team = Team {
            shared,
            giver: Mutex::default(),
            members: Vec::new(),
        };
        for number in 1..=count.get() {
            let shared = Arc::clone(&team.shared);
            let member = thread::Builder::new()
                .name(format!("kernels {number}"))
                .spawn(move || shared.be_a_member(number))?;
            team.members.push(member);
        }
        Ok(team)
    }

    /// How many its members are.
    pub(super) fn count(&self) -> usize {
        self.members.len()
    }

    /// Does `work` on the caller's thread, and meanwhile on those of all
    /// members that have nothing else to do. Returns when all are done with it.
    /// Work is told who does it: the caller is 0, and members have numbers from
    /// 1 on.
    ///
    /// # Panics
    ///
    /// If `work` does, on any thread.
    pub(super) fn join_in(&self, work: &(dyn Fn(usize) + Sync)) {
        let _giver = match self.giver.try_lock() {
            Ok(giver) => giver,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // The team works for somebody else.
            Err(TryLockError::WouldBlock) => return work(0),
        };
        let lent = Loan::new(&self.shared, work);
        work(0);
        drop(lent);
        let panic = locked(&self.shared.panic).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        self.shared.state.fetch_or(OVER, Ordering::SeqCst);
        self.shared.wake();
        for member in self.members.drain(..) {
            // Members catch what work panics with.
            let _ = member.join();
        }
    }
}

/// Work that may be joined until this is dropped.
struct Loan<'a> {
    shared: &'a Shared,
}

impl<'a> Loan<'a> {
    /// For the one who holds the team's `giver`.
    fn new(shared: &'a Shared, work: &'a (dyn Fn(usize) + Sync)) -> Loan<'a> {
        // SAFETY: only the lifetime changes. Members use it only between
        // joining and leaving, and `drop` waits until all have left and none
        // can join any more; a `Loan` is never forgotten.
        let work: &'static (dyn Fn(usize) + Sync) = unsafe { std::mem::transmute(work) };
        shared.work.0.set(ptr::from_ref(work));
        // It may be there if the giver of that work panicked too.
        drop(locked(&shared.panic).take());
        let number = shared.state.load(Ordering::Relaxed) & !(OPEN | OVER | JOINED);
        let next = number.wrapping_add(NEXT) & !(OPEN | OVER);
        // Those who are about to sleep see it, or are seen by `wake`.
        shared.state.store(next | OPEN, Ordering::SeqCst);
        shared.wake();
        Loan { shared }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.shared.state.fetch_and(!OPEN, Ordering::AcqRel);
        let mut looks = 0;
        while self.shared.state.load(Ordering::Acquire) & JOINED != 0 {
            pause(&mut looks);
        }
    }
}

impl Shared {
    /// Joins whatever work there is, as the member of this number, until all
    /// is over.
    fn be_a_member(&self, number: usize) {
        let mut last = 0;
        let mut looks = 0;
        let mut since = Instant::now();
        loop {
            let state = self.state.load(Ordering::Acquire);
            if state & OVER != 0 {
                return;
            }
            if is_new(state, last) {
                if self.join(state, number) {
                    last = number_of(state);
                    (looks, since) = (0, Instant::now());
                }
            } else if looks >= LOOKS && since.elapsed() > PATIENCE {
                self.sleep(last);
                (looks, since) = (0, Instant::now());
            } else {
                pause(&mut looks);
            }
        }
    }

    /// Joins the work there was when the state was this one; gives whether it
    /// was in time.
    fn join(&self, state: u64, number: usize) -> bool {
        let joined =
            self.state
                .compare_exchange(state, state + 1, Ordering::Acquire, Ordering::Relaxed);
        if joined.is_err() {
            return false;
        }
        // SAFETY: while somebody has joined, the work is there.
        let work = unsafe { &*self.work.0.get() };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(number))) {
            locked(&self.panic).get_or_insert(panic);
        }
        self.state.fetch_sub(1, Ordering::Release);
        true
    }

    fn sleep(&self, last: u64) {
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let mut bed = locked(&self.bed);
        loop {
            let state = self.state.load(Ordering::SeqCst);
            if state & OVER != 0 || is_new(state, last) {
                break;
            }
            bed = self.alarm.wait(bed).unwrap_or_else(PoisonError::into_inner);
            if number_of(self.state.load(Ordering::SeqCst)) != last {
                // Too late for that work, perhaps, but more is to come.
                break;
            }
        }
        drop(bed);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    fn wake(&self) {
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(locked(&self.bed));
            self.alarm.notify_all();
        }
    }
}

/// Whether there is work to join other than the one with number `last`.
fn is_new(state: u64, last: u64) -> bool {
    state & OPEN != 0 && number_of(state) != last
}

fn number_of(state: u64) -> u64 {
    state & !(OPEN | OVER | JOINED)
}

/// Lets some time pass between two looks.
fn pause(looks: &mut u32) {
    if *looks < LOOKS {
        *looks += 1;
        hint::spin_loop();
    } else {
        thread::yield_now();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    fn team(count: usize) -> Team {
        Team::new(NonZeroUsize::new(count).expect("not zero")).expect("there are threads")
    }

    /// Shares `tasks` out; gives how often each was done.
    fn done(team: &Team, tasks: usize) -> Vec<u32> {
        let counts: Vec<AtomicU32> = (0..tasks).map(|_| AtomicU32::new(0)).collect();
        let next = AtomicUsize::new(0);
        team.join_in(&|_| {
            while let Some(count) = counts.get(next.fetch_add(1, Ordering::Relaxed)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        counts.into_iter().map(AtomicU32::into_inner).collect()
    }

    #[test]
    fn everything_is_done_once_whether_members_are_awake_or_asleep() {
        let team = team(3);
        for round in 0..2000 {
            let tasks = round % 50;
            assert_eq!(done(&team, tasks), vec![1; tasks]);
            if round % 400 == 0 {
                thread::sleep(3 * PATIENCE);
            }
        }
    }

    #[test]
    fn a_member_comes_to_work_that_lasts() {
        let team = team(1);
        for _ in 0..3 {
            let here = AtomicUsize::new(0);
            team.join_in(&|_| {
                here.fetch_add(1, Ordering::SeqCst);
                while here.load(Ordering::SeqCst) < 2 {
                    thread::yield_now();
                }
            });
            assert_eq!(here.into_inner(), 2);
            thread::sleep(3 * PATIENCE);
        }
    }

    #[test]
    fn several_givers_share_a_team() {
        let team = team(2);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        assert_eq!(done(&team, 7), [1; 7]);
                    }
                });
            }
        });
    }

    #[test]
    fn a_panic_reaches_the_giver_and_the_team_lives_on() {
        let team = team(1);
        let joined = AtomicU32::new(0);
        let result = catch_unwind(AssertUnwindSafe(|| {
            team.join_in(&|number| match number {
                0 => {
                    while joined.load(Ordering::SeqCst) == 0 {
                        thread::yield_now();
                    }
                }
                _ => {
                    joined.store(1, Ordering::SeqCst);
                    panic!("a member's");
                }
            });
        }));
        let panic = result.expect_err("it reaches the giver");
        assert_eq!(panic.downcast_ref(), Some(&"a member's"));
        let result = catch_unwind(AssertUnwindSafe(|| team.join_in(&|_| panic!("anybody's"))));
        assert!(result.is_err());
        assert_eq!(done(&team, 9), [1; 9]);
    }
}

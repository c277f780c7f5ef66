//! A thread for work that nobody waits for.
//!
//! An engine has one. It begins with the first job and ends with the engine.
//! Jobs must not keep their engine alive, or it would have to wait for itself.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Jobs that can wait.
const QUEUE: usize = 256;

/// Something to do once. It catches its own panics.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// One thread and its queue.
#[derive(Default)]
pub(crate) struct Worker {
    running: Mutex<Option<Running>>,
    ended: Arc<AtomicBool>,
}

struct Running {
    jobs: SyncSender<Job>,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Puts a job behind those that wait. Gives whether there was room for it,
    /// and a thread: who finds none can ask again later, or do without.
    pub(crate) fn offer(&self, job: Job) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_none() {
            *running = Running::begin(self.ended.clone()).ok();
        }
        let running = running.as_ref();
        running.is_some_and(|running| running.jobs.try_send(job).is_ok())
    }
}

impl Running {
    fn begin(ended: Arc<AtomicBool>) -> io::Result<Running> {
        let (jobs, queue) = sync_channel(QUEUE);
        let thread = Builder::new().name("lockstep compiler".to_string());
        let thread = thread.spawn(move || work(&queue, &ended))?;
        Ok(Running { jobs, thread })
    }
}

fn work(queue: &Receiver<Job>, ended: &AtomicBool) {
    for job in queue {
        if ended.load(Ordering::Relaxed) {
            return;
        }
        job();
    }
}

impl Drop for Worker {
    /// Waits for the job that is being done; those behind it are given up.
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        let running = self.running.get_mut();
        let running = running.unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { jobs, thread }) = running {
            drop(jobs);
            // If it panicked, there is nobody left whom that concerns.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn jobs_are_done_in_order_and_the_rest_is_given_up() {
        let worker = Worker::default();
        let (done, results) = channel();
        let (open, gate) = channel::<()>();
        for number in 0..3 {
            let done = done.clone();
            assert!(worker.offer(Box::new(move || done.send(number).unwrap())));
        }
        assert_eq!([0, 1, 2], [(); 3].map(|()| results.recv().unwrap()));
        let (begun, begins) = channel();
        let wait = move || {
            begun.send(()).unwrap();
            gate.recv().unwrap();
        };
        assert!(worker.offer(Box::new(wait)));
        begins.recv().unwrap();
        for number in 0..QUEUE {
            let done = done.clone();
            assert!(worker.offer(Box::new(move || done.send(number).unwrap())));
        }
        assert!(!worker.offer(Box::new(|| ())), "the queue has an end");
        drop(done);
        // The gate opens only once the worker was told to end.
        let ended = worker.ended.clone();
        let opener = std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            open.send(()).unwrap();
        });
        drop(worker);
        opener.join().unwrap();
        assert!(results.recv().is_err(), "none of the others was done");
    }
}

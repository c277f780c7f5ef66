//! The parent's side: a process for each attempt, and a watchdog over it.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::attempt::Attempt;
use crate::child::status;
use crate::outcome::{Kind, Outcome, SLOWNESS, Verdict, judge};

/// Wall time after which an attempt counts as hanging. Generous, because the
/// machine may be busy with other things, and because the module has to be
/// built first; the bounds proper are in processor time.
fn patience(attempt: &Attempt) -> Duration {
    Duration::from_secs_f64(30.0 + 10.0 * attempt.seconds * SLOWNESS)
}

/// Resident memory, in KiB, at which an attempt is ended for the sake of the
/// machine it runs on.
const FLOOD: u64 = 8 << 20;

/// How often the watchdog looks.
const WATCH: Duration = Duration::from_millis(10);

/// Why an attempt could not even be begun.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The process could not be started.
    #[error("cannot start a process for {name:?} from {program:?}: {source}")]
    Spawn {
        /// The attempt.
        name: &'static str,
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What became of a process that did not report.
struct Ended {
    kind: Kind,
    message: String,
    mebibytes: u64,
}

/// Runs an attempt in a process of its own: `program run-one NAME`.
///
/// # Errors
/// If no process can be started.
pub fn run(program: &Path, attempt: &Attempt) -> Result<Outcome, StartError> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["run-one", attempt.name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| StartError::Spawn {
            name: attempt.name,
            program: program.display().to_string(),
            source,
        })?;
    let readers = [reader(child.stdout.take()), reader(child.stderr.take())];
    let ended = watch(&mut child, begun, patience(attempt));
    let [output, complaint] = readers.map(|reader| reader.join().unwrap_or_default());
    if ended.kind == Kind::Success
        && let Ok(outcome) = serde_json::from_str(&output)
    {
        return Ok(outcome);
    }
    let kind = match ended.kind {
        Kind::Success => Kind::Crash,
        other => other,
    };
    let last = complaint.lines().take(3).collect::<Vec<_>>().join(" / ");
    Ok(Outcome {
        kind,
        message: format!("{} {last}", ended.message),
        message_bytes: 0,
        module_bytes: 0,
        fuel: 0,
        cpu: 0.0,
        wall: begun.elapsed().as_secs_f64(),
        mebibytes: ended.mebibytes,
    })
}

/// Collects what the child writes, so that it never waits for a full pipe.
fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // What was read before a failure is what there is.
            let _ = stream.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn watch(child: &mut Child, begun: Instant, patience: Duration) -> Ended {
    let process = child.id().to_string();
    let mut peak = 0;
    loop {
        let ended = |kind, message| Ended {
            kind,
            message,
            mebibytes: peak >> 10,
        };
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return ended(Kind::Success, String::new()),
            Ok(Some(status)) => return ended(Kind::Crash, status.to_string()),
            Ok(None) => {}
            Err(error) => return ended(Kind::Crash, format!("cannot be waited for: {error}")),
        }
        let stop = if begun.elapsed() > patience {
            Some((Kind::Hang, format!("ended after {patience:?}")))
        } else if status(&process, "VmRSS") > FLOOD {
            Some((Kind::Flood, format!("ended at {} MiB", FLOOD >> 10)))
        } else {
            None
        };
        if let Some((kind, message)) = stop {
            // If it ended by itself in between, there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
            return ended(kind, message);
        }
        peak = peak.max(status(&process, "VmHWM"));
        thread::sleep(WATCH);
    }
}

/// Runs attempts, `jobs` at a time, and calls `done` after each. Results come
/// in the order of the attempts.
///
/// # Errors
/// The first process that could not be started.
pub fn run_all(
    program: &Path,
    attempts: &[&'static Attempt],
    jobs: usize,
    done: impl Fn(&Attempt) + Sync,
) -> Result<Vec<(&'static Attempt, Outcome, Verdict)>, StartError> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                while let Some(&attempt) = attempts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = run(program, attempt).map(|outcome| {
                        let verdict = judge(attempt, &outcome);
                        (attempt, outcome, verdict)
                    });
                    done(attempt);
                    let mut results = results.lock().unwrap_or_else(|e| e.into_inner());
                    results.push(result);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(|e| e.into_inner());
    let mut results: Vec<_> = results.into_iter().collect::<Result<_, _>>()?;
    let place = |attempt: &Attempt| attempts.iter().position(|own| own.name == attempt.name);
    results.sort_by_key(|(attempt, ..)| place(attempt));
    Ok(results)
}

//! Ctrl-C: the work at hand stops cleanly and the command ends with code 130. A second Ctrl-C ends it at once.

use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use lockstep_vm::InterruptHandle;

use crate::error::{Failure, Kind};
use crate::output::write_stderr;

static RAISED: AtomicBool = AtomicBool::new(false);
/// A read of standard input can not be woken, so it is simply left.
static READING: AtomicBool = AtomicBool::new(false);
static RUN: Mutex<Option<InterruptHandle>> = Mutex::new(None);

/// Takes Ctrl-C over from the system.
///
/// # Errors
/// [`Kind::Host`] if the system refuses.
pub(crate) fn install() -> Result<(), Failure> {
    ctrlc::set_handler(raise)
        .map_err(|error| Failure::host(format!("can not catch Ctrl-C: {error}")))
}

fn raise() {
    let again = RAISED.swap(true, Ordering::SeqCst);
    if again || READING.load(Ordering::SeqCst) {
        write_stderr("interrupted\n");
        std::process::exit(i32::from(Kind::Interrupted.code()));
    }
    let run = RUN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    match run.as_ref() {
        Some(handle) => handle.interrupt(),
        None => write_stderr("stopping; press Ctrl-C again to end at once\n"),
    }
}

/// From now on Ctrl-C stops the runs of this store as well.
pub(crate) fn watch(handle: InterruptHandle) {
    let mut run = RUN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if raised() {
        handle.interrupt();
    }
    *run = Some(handle);
}

/// Whether Ctrl-C was pressed.
pub(crate) fn raised() -> bool {
    RAISED.load(Ordering::SeqCst)
}

/// Ends the command here if Ctrl-C was pressed.
///
/// # Errors
/// [`Kind::Interrupted`].
pub(crate) fn check() -> Result<(), Failure> {
    match raised() {
        true => Err(Failure::interrupted()),
        false => Ok(()),
    }
}

/// Standard input that Ctrl-C can leave.
pub(crate) struct Stdin;

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        READING.store(true, Ordering::SeqCst);
        let result = io::stdin().lock().read(buffer);
        READING.store(false, Ordering::SeqCst);
        result
    }
}

/// A reader that fails once Ctrl-C was pressed, so that whoever copies from it cleans up.
pub(crate) struct Watched<R>(pub(crate) R);

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if raised() {
            // Not `ErrorKind::Interrupted`, which means "try again".
            return Err(io::Error::other("interrupted"));
        }
        self.0.read(buffer)
    }
}

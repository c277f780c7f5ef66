//! The handlers of faults among those of others: each test runs in a process
//! of its own, because handlers are the whole process's.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![allow(unsafe_code, reason = "handlers of signals are installed and provoked")]

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use libc::{SIGBUS, SIGSEGV, c_int, c_void, siginfo_t};
use lockstep_vm::{Caller, Config, Engine, Error, Instance, Linker, Module, Store, Tier, Trap};

/// Set in the process of a test's own.
const CHILD: &str = "LOCKSTEP_SIGNAL_TEST";

/// Runs `body` in a process of its own, as test `name`; what became of it.
/// In that process it does not come back.
fn in_child(name: &str, body: fn()) -> ExitStatus {
    if std::env::var_os(CHILD).is_some() {
        body();
        std::process::exit(0);
    }
    let own = std::env::current_exe().expect("a test knows its file");
    let child = Command::new(own)
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("a test can run itself");
    if child.status.code().is_some_and(|code| code != 0) {
        panic!("{}", String::from_utf8_lossy(&child.stderr));
    }
    child.status
}

/// A guest whose function loads from an address.
struct Guest {
    store: Store<()>,
    instance: Instance,
}

impl Guest {
    fn new(config: Config) -> Guest {
        let engine = Engine::new(&config.tier(Tier::Jit)).unwrap();
        let wat = r#"(module (import "host" "touch" (func $touch))
            (memory (export "memory") i64 1)
            (func (export "load") (param i64) (result i64) (i64.load (local.get 0)))
            (func (export "touch") (call $touch)))"#;
        let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        let touch = |_: Caller<'_, ()>| touch_own();
        linker.func_wrap("host", "touch", touch).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        Guest { store, instance }
    }

    fn load(&mut self, at: i64) -> Result<i64, Error> {
        let load = self
            .instance
            .get_typed_func::<i64, i64>(&self.store, "load");
        load.unwrap().call(&mut self.store, at)
    }

    fn traps(&mut self) {
        for at in [65529, 65536, 1 << 31, -1, -8] {
            let error = self.load(at).unwrap_err();
            let Error::Trap(info) = &error else {
                panic!("{error}")
            };
            assert_eq!(info.trap, Trap::MemoryOutOfBounds);
        }
        assert_eq!(self.load(65528).unwrap(), 0);
    }
}

/// A page of the test's own that cannot be touched.
static OWN: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
/// Signals that the test's handler saw.
static SEEN: AtomicUsize = AtomicUsize::new(0);

fn close_own() {
    if OWN.load(Ordering::SeqCst).is_null() {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: a fresh mapping.
        let page = unsafe { libc::mmap(null_mut(), 4096, libc::PROT_NONE, flags, -1, 0) };
        assert_ne!(page, libc::MAP_FAILED);
        OWN.store(page, Ordering::SeqCst);
    }
    // SAFETY: the page is the test's own.
    unsafe { libc::mprotect(OWN.load(Ordering::SeqCst), 4096, libc::PROT_NONE) };
}

/// Touches the page.
fn touch_own() {
    // SAFETY: the page is mapped; if it is closed, the fault is the test.
    unsafe { OWN.load(Ordering::SeqCst).cast::<u8>().read_volatile() };
}

/// Opens the page, so that the access goes on.
fn open_own() {
    SEEN.fetch_add(1, Ordering::SeqCst);
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: the page is the test's own, and a handler may do this.
    unsafe { libc::mprotect(OWN.load(Ordering::SeqCst), 4096, protection) };
}

extern "C" fn with_info(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    assert!(signal == SIGSEGV && !context.is_null());
    // SAFETY: the system hands over valid data.
    let (code, at) = unsafe { ((*info).si_code, (*info).si_addr()) };
    if code > 0 {
        assert_eq!(at, OWN.load(Ordering::SeqCst));
    }
    open_own();
}

extern "C" fn without_info(signal: c_int) {
    assert_eq!(signal, SIGSEGV);
    open_own();
}

fn set_action(signal: c_int, handler: usize, flags: c_int) {
    // SAFETY: actions are plain data; the handlers here have the signature of
    // their flags.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        assert_eq!(libc::sigaction(signal, &raw const action, null_mut()), 0);
    }
}

fn handler_of(signal: c_int) -> usize {
    // SAFETY: as above; asks only.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        assert_eq!(libc::sigaction(signal, null(), &raw mut action), 0);
        action.sa_sigaction
    }
}

fn seen() -> usize {
    SEEN.load(Ordering::SeqCst)
}

#[track_caller]
fn died_of(status: ExitStatus, signal: c_int) {
    assert_eq!(status.signal(), Some(signal), "{status}");
}

#[test]
fn an_older_handler_sees_what_is_not_ours() {
    let status = in_child("an_older_handler_sees_what_is_not_ours", || {
        let handler = with_info as *const () as usize;
        set_action(SIGSEGV, handler, libc::SA_SIGINFO | libc::SA_ONSTACK);
        let mut guest = Guest::new(Config::new());
        guest.traps();
        assert_eq!(seen(), 0);
        // On this thread, after machine code ran on it.
        close_own();
        touch_own();
        assert_eq!(seen(), 1);
        guest.traps();
        // On a thread that never had machine code.
        close_own();
        std::thread::spawn(touch_own).join().unwrap();
        assert_eq!(seen(), 2);
        // In a host function of a guest.
        close_own();
        let touch = guest
            .instance
            .get_typed_func::<(), ()>(&guest.store, "touch");
        touch.unwrap().call(&mut guest.store, ()).unwrap();
        assert_eq!(seen(), 3);
        // A signal that somebody sent.
        // SAFETY: the handler is there.
        unsafe { libc::raise(SIGSEGV) };
        assert_eq!(seen(), 4);
        guest.traps();
        assert_eq!(seen(), 4);
    });
    assert!(status.success(), "{status}");
}

#[test]
fn a_handler_of_the_old_kind_is_called_as_it_expects() {
    let status = in_child("a_handler_of_the_old_kind_is_called_as_it_expects", || {
        set_action(SIGSEGV, without_info as *const () as usize, 0);
        let mut guest = Guest::new(Config::new());
        for times in 1..4 {
            close_own();
            touch_own();
            assert_eq!(seen(), times);
            guest.traps();
        }
    });
    assert!(status.success(), "{status}");
}

#[test]
fn a_handler_for_one_time_is_called_once() {
    let status = in_child("a_handler_for_one_time_is_called_once", || {
        let handler = without_info as *const () as usize;
        set_action(SIGSEGV, handler, libc::SA_RESETHAND);
        let mut guest = Guest::new(Config::new());
        close_own();
        touch_own();
        assert_eq!(seen(), 1);
        guest.traps();
        close_own();
        touch_own();
    });
    died_of(status, SIGSEGV);
}

#[test]
fn without_an_older_handler_the_process_dies_of_its_fault() {
    let name = "without_an_older_handler_the_process_dies_of_its_fault";
    let status = in_child(name, || {
        set_action(SIGSEGV, libc::SIG_DFL, 0);
        Guest::new(Config::new()).traps();
        close_own();
        touch_own();
    });
    died_of(status, SIGSEGV);
}

#[test]
fn without_an_older_handler_the_process_dies_of_a_signal_sent() {
    let name = "without_an_older_handler_the_process_dies_of_a_signal_sent";
    let status = in_child(name, || {
        set_action(SIGSEGV, libc::SIG_DFL, 0);
        Guest::new(Config::new()).traps();
        // SAFETY: ends the process.
        unsafe { libc::raise(SIGSEGV) };
    });
    died_of(status, SIGSEGV);
}

#[test]
fn signals_that_were_ignored_still_are_and_faults_cannot_be() {
    let name = "signals_that_were_ignored_still_are_and_faults_cannot_be";
    let status = in_child(name, || {
        set_action(SIGSEGV, libc::SIG_IGN, 0);
        let mut guest = Guest::new(Config::new());
        // SAFETY: it is ignored.
        unsafe { libc::raise(SIGSEGV) };
        guest.traps();
        close_own();
        touch_own();
    });
    died_of(status, SIGSEGV);
}

/// A fault of machine code inside the bounds of its memory is not the guest's.
#[test]
fn a_file_that_becomes_shorter_is_no_trap() {
    let status = in_child("a_file_that_becomes_shorter_is_no_trap", || {
        set_action(SIGBUS, libc::SIG_DFL, 0);
        let mut guest = Guest::new(Config::new());
        guest.traps();
        let file = tempfile::tempfile().unwrap();
        file.set_len(8192).unwrap();
        let memory = guest.instance.get_memory(&guest.store, "memory").unwrap();
        memory
            .map_file(&mut guest.store, 0, &file, 0, 8192)
            .unwrap();
        assert_eq!(guest.load(4096).unwrap(), 0);
        file.set_len(0).unwrap();
        let _ = guest.load(4096);
    });
    died_of(status, SIGBUS);
}

#[test]
fn a_thread_without_a_signal_stack_traps_too() {
    let status = in_child("a_thread_without_a_signal_stack_traps_too", || {
        let on_thread = || {
            // SAFETY: stacks are plain data, and this thread's is not in use.
            unsafe {
                let mut none: libc::stack_t = std::mem::zeroed();
                none.ss_flags = libc::SS_DISABLE;
                assert_eq!(libc::sigaltstack(&raw const none, null_mut()), 0);
            }
            Guest::new(Config::new()).traps();
        };
        std::thread::spawn(on_thread).join().unwrap();
    });
    assert!(status.success(), "{status}");
}

#[test]
fn without_guards_no_handler_is_installed() {
    let status = in_child("without_guards_no_handler_is_installed", || {
        let before = [SIGSEGV, SIGBUS].map(handler_of);
        Guest::new(Config::new().guard_pages(false)).traps();
        Engine::new(&Config::new().tier(Tier::Interpreter)).unwrap();
        assert_eq!([SIGSEGV, SIGBUS].map(handler_of), before);
        Guest::new(Config::new()).traps();
        let [segv, bus] = [SIGSEGV, SIGBUS].map(handler_of);
        assert!(segv != before[0] && bus == segv);
    });
    assert!(status.success(), "{status}");
}

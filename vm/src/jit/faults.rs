//! Faults of machine code that become traps.
//!
//! Machine code compiled for guards lets accesses beyond a memory's end fault.
//! A handler of the process's signals finds out whether a fault is one of
//! those, and if so has the thread go on in the stub that leaves machine code
//! with a trap; nothing is unwound. A fault is one of those if
//!
//! - the processor raised it, and nobody sent the signal;
//! - this thread is in machine code: [`enter`] noted the context, the
//!   instruction is in the code memory of the module whose instance runs, and
//!   the registers are the run's;
//! - the instruction is listed as an access to memory that may fault, in the
//!   machine code of the function of the top record;
//! - the address is out of bounds in a memory of the instance, and in the
//!   address space reserved for that memory. A fault inside the bounds, say
//!   because a mapped file became shorter, is none of the guest's doing.
//!
//! Everything else goes to the handler that was there before, as if there was
//! none here: faults of the engine itself, of host functions, of other code.
//!
//! What is looked at cannot change or vanish meanwhile: the module, its code
//! and the instance belong to the store that this thread has borrowed, and
//! other threads only add code, to lists that are read without locks. The
//! handler takes no lock, allocates nothing and does not panic. It runs on the
//! thread's signal stack, which Rust's threads have; on a thread without one
//! it runs on the record stack, which has room for it.

use std::mem::{transmute, zeroed};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering, compiler_fence};

use isa::Trap;
use libc::{c_int, c_void, sigaction, siginfo_t, ucontext_t};

use crate::machine::context::{Context, Exit};
use crate::machine::stack::Record;

/// What closed pages raise when they are touched.
const SIGNALS: [c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// What was done about a signal before.
struct Previous {
    action: sigaction,
    /// It was to be used once, and was.
    spent: AtomicBool,
}

/// In the order of [`SIGNALS`].
static PREVIOUS: [OnceLock<Previous>; 2] = [const { OnceLock::new() }; 2];

thread_local! {
    /// The context of the machine code that this thread is in.
    static RUNNING: AtomicPtr<Context> = const { AtomicPtr::new(null_mut()) };
}

/// Notes that this thread enters machine code.
pub(super) fn enter(cx: *mut Context) {
    RUNNING.with(|running| running.store(cx, Ordering::Relaxed));
    // The handler runs on this thread: it sees what comes before.
    compiler_fence(Ordering::SeqCst);
}

/// Notes that this thread left machine code.
pub(super) fn leave() {
    compiler_fence(Ordering::SeqCst);
    RUNNING.with(|running| running.store(null_mut(), Ordering::Relaxed));
}

/// Installs the handlers, unless they are; whether they are now.
pub(crate) fn install() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        let each = SIGNALS.iter().zip(&PREVIOUS);
        each.fold(true, |all, (&signal, previous)| {
            all && install_one(signal, previous)
        })
    })
}

fn install_one(signal: c_int, previous: &OnceLock<Previous>) -> bool {
    // SAFETY: actions are plain data, and all of it zero is one.
    let (mut old, mut new): (sigaction, sigaction) = unsafe { (zeroed(), zeroed()) };
    // SAFETY: asks what is done now.
    if unsafe { sigaction(signal, null(), &raw mut old) } != 0 {
        return false;
    }
    new.sa_sigaction = on_fault as *const () as usize;
    // What is handed on finds the signals blocked that it asked for.
    new.sa_mask = old.sa_mask;
    new.sa_flags = old.sa_flags & (libc::SA_NODEFER | libc::SA_RESTART);
    new.sa_flags |= libc::SA_SIGINFO | libc::SA_ONSTACK;
    // It is known before the handler can run.
    previous.get_or_init(|| Previous {
        action: old,
        spent: AtomicBool::new(false),
    });
    // SAFETY: the handler has the signature that its flags promise, and does
    // only what a handler may.
    unsafe { sigaction(signal, &raw const new, null_mut()) == 0 }
}

/// The handler.
///
/// # Safety
/// The system calls it for a signal, on the thread concerned.
unsafe extern "C" fn on_fault(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the system's promise, passed on.
    unsafe {
        if !become_trap(info, context.cast()) {
            hand_on(signal, info, context);
        }
    }
}

fn was_sent(info: &siginfo_t) -> bool {
    info.si_code <= 0
}

/// Has the thread leave machine code with a trap, if it is there and touched
/// a guard; whether it did.
///
/// # Safety
/// As [`on_fault`].
unsafe fn become_trap(info: *mut siginfo_t, context: *mut ucontext_t) -> bool {
    let running = RUNNING.try_with(|running| running.load(Ordering::Relaxed));
    let cx = running.unwrap_or(null_mut());
    // SAFETY: the system hands over valid data; a context that is noted lives
    // until `leave`.
    unsafe {
        if cx.is_null() || was_sent(&*info) {
            return false;
        }
        let registers = &mut (*context).uc_mcontext.gregs;
        let Some(pos) = access_at(cx, registers, (*info).si_addr().addr()) else {
            return false;
        };
        let code = Exit::Trap as u64 | (Trap::MemoryOutOfBounds as u64) << 8;
        registers[libc::REG_RAX as usize] = code as i64;
        registers[libc::REG_RCX as usize] = i64::from(pos);
        registers[libc::REG_RIP as usize] = (*cx).stubs.exit as i64;
    }
    true
}

/// The word position of the access that the thread stopped at, if it is one of
/// machine code, and `address` is in a guard.
///
/// # Safety
/// `cx` is the context of a run that entered machine code on this thread and
/// has not left it.
unsafe fn access_at(cx: *const Context, registers: &[i64; 23], address: usize) -> Option<u32> {
    let register = |number: c_int| registers[number as usize] as usize;
    let pc = register(libc::REG_RIP);
    // SAFETY: the run's instance, module and functions live as long as its
    // store, which the thread has borrowed. The registers mean what they mean
    // to machine code once the instruction is known to be some.
    unsafe {
        let instance = (*cx).instance.as_ref()?;
        if !instance.module.is_native(pc) || register(libc::REG_R14) != cx.addr() {
            return None;
        }
        let record = register(libc::REG_RSP) as *const Record;
        let function = (*record).function.as_ref()?;
        if !std::ptr::eq(function.instance, instance) {
            return None;
        }
        let pos = instance.module.access_at(function.index, pc)?;
        let mut memories = instance.memories.iter();
        memories
            .any(|&memory| (*memory).is_guard(address))
            .then_some(pos)
    }
}

/// Does what would have been done without the handler here.
///
/// # Safety
/// As [`on_fault`].
unsafe fn hand_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    let known = SIGNALS.iter().position(|&own| own == signal);
    let previous = known.and_then(|index| PREVIOUS.get(index)?.get());
    let handler = previous.map_or(libc::SIG_DFL, |previous| {
        let once = previous.action.sa_flags & libc::SA_RESETHAND != 0;
        match once && previous.spent.swap(true, Ordering::Relaxed) {
            true => libc::SIG_DFL,
            false => previous.action.sa_sigaction,
        }
    });
    let flags = previous.map_or(0, |previous| previous.action.sa_flags);
    // SAFETY: the system's promise; a handler has the signature that its flags
    // name.
    unsafe {
        match handler {
            libc::SIG_IGN if was_sent(&*info) => {}
            // A fault cannot be ignored: the system ends the process then too.
            libc::SIG_DFL | libc::SIG_IGN => by_default(signal, &*info),
            handler if flags & libc::SA_SIGINFO != 0 => {
                type Handler = unsafe extern "C" fn(c_int, *mut siginfo_t, *mut c_void);
                transmute::<usize, Handler>(handler)(signal, info, context);
            }
            handler => transmute::<usize, unsafe extern "C" fn(c_int)>(handler)(signal),
        }
    }
}

/// Has the system do as it does for a signal that nobody handles.
fn by_default(signal: c_int, info: &siginfo_t) {
    // SAFETY: all zero is the action by default, and both calls may be made in
    // a handler.
    unsafe {
        let action: sigaction = zeroed();
        sigaction(signal, &raw const action, null_mut());
        // A fault happens again when the handler returns; a signal that was
        // sent does not.
        if was_sent(info) {
            libc::raise(signal);
        }
    }
}

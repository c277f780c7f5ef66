//! The interpreter: register code as threaded code.
//!
//! Linking replaces the head word of every instruction by the address of a
//! handler. The handlers are compiled once for any CPU and once for CPUs with
//! the features of x86-64-v3; which set runs changes time and nothing else.

pub(crate) mod frame;

/// Defines a handler: a function over the machine's registers, here called
/// `r`, that ends by going on to the next instruction or leaving the run. The
/// attributes in front say for which CPUs it is compiled.
macro_rules! handler_with {
    ([$($attribute:tt)*] $(#[$meta:meta])* fn $name:ident $(<$($G:ident : $($bound:tt)::+ $(<$($assoc:ident : Cell),*>)?),*>)? ($r:ident) $body:block) => {
        $(#[$meta])*
        #[allow(improper_ctypes_definitions, reason = "a vector goes in a vector register")]
        $($attribute)*
        pub(crate) unsafe extern "C" fn $name $(<$($G: $($bound)::+ $(<$($assoc: Cell),*>)?),*>)? (
            ip: *const u64,
            fp: *mut u64,
            mem: *mut u8,
            len: u64,
            acc: u64,
            cx: *mut $crate::machine::context::Context,
            vec: $crate::interp::frame::Vec128,
        ) -> u64 {
            #[allow(unused_mut, reason = "some handlers change no register")]
            let mut $r = $crate::interp::frame::Regs { ip, fp, mem, len, acc, cx, vec };
            // SAFETY: the handler was linked to an instruction of its own
            // shape, in a frame that lowering sized, with a live context.
            #[allow(unused_unsafe, reason = "macros inside bring their own blocks")]
            unsafe { $body }
        }
    };
}

/// A handler for any CPU.
macro_rules! handler {
    ($($definition:tt)*) => { handler_with! { [] $($definition)* } };
}

/// What a row means, for values in registers: `value` operands are values,
/// `plain` ones lane numbers or bytes. The result is a value, or bytes.
macro_rules! meaning {
    (bytes $O:ty, $($kind:ident $arg:ident),*) => { <$O>::eval($($arg),*) };
    ($O:ty, $($kind:ident $arg:ident),*) => { <$O>::eval($($arg),*) };
}

#[path = "set.rs"]
mod baseline;

/// A handler for CPUs with these features, which must be found before use.
#[cfg(target_arch = "x86_64")]
macro_rules! handler {
    ($($definition:tt)*) => {
        handler_with! {
            [#[target_feature(enable = "avx2,bmi1,bmi2,fma,lzcnt,popcnt")]]
            $($definition)*
        }
    };
}

/// The same meaning by way of the CPU's vector instructions.
#[cfg(target_arch = "x86_64")]
macro_rules! meaning {
    (bytes $O:ty, $($kind:ident $arg:ident),*) => { <$O>::fast($(meaning!(@$kind $arg)),*) };
    ($O:ty, $($kind:ident $arg:ident),*) => {
        simd::lanes::Machine::from_raw(<$O>::fast($(meaning!(@$kind $arg)),*))
    };
    (@value $arg:ident) => { simd::lanes::Machine::into_raw($arg) };
    (@plain $arg:ident) => { $arg };
}

#[cfg(target_arch = "x86_64")]
#[path = "set.rs"]
#[allow(
    clippy::duplicate_mod,
    reason = "the same handlers, compiled for another CPU level"
)]
mod v3;

use std::sync::OnceLock;

use frame::Handler;
use isa::Op;
use simd::CpuLevel;

use crate::code::{Code, Form, Head, len_at};
use crate::machine::context::Context;

/// The handler of an instruction in one of its forms.
type Select = fn(Op, Form, u8) -> Handler;

/// A set of handlers, compiled for one level of CPU, and the threaded code
/// that the engine itself runs with it: where runs end, where calls into
/// other instances come back, where machine code begins or goes on, and where
/// a partly paid block stops.
pub(crate) struct Handlers {
    select: Select,
    stubs: [u64; 12],
}

impl Handlers {
    /// The set for CPUs of this level, which this one must be.
    pub(crate) fn of(level: CpuLevel) -> &'static Handlers {
        static PORTABLE: OnceLock<Handlers> = OnceLock::new();
        #[cfg(target_arch = "x86_64")]
        static V3: OnceLock<Handlers> = OnceLock::new();
        match level {
            CpuLevel::Portable => PORTABLE.get_or_init(|| Handlers::new(baseline::link::handler)),
            #[cfg(target_arch = "x86_64")]
            CpuLevel::X86V3 | CpuLevel::X86V4 => {
                assert!(level.is_supported(), "the engine checks its CPU level");
                V3.get_or_init(|| Handlers::new(v3::link::handler))
            }
        }
    }

    fn new(select: Select) -> Handlers {
        let handler = |op| select(op, Form::default(), 0) as usize as u64;
        let charge = handler(Op::Charge);
        let mut stubs = [0; 12];
        let ends = [Op::Done, Op::Leave, Op::ToNative, Op::BackToNative];
        for (stub, end) in stubs.chunks_exact_mut(3).zip(ends) {
            stub.copy_from_slice(&[charge, 0, handler(end)]);
        }
        Handlers { select, stubs }
    }

    /// Turns register code into threaded code.
    pub(crate) fn link(&self, code: &Code) -> Box<[u64]> {
        let mut words: Box<[u64]> = code.words.as_slice().into();
        let mut pos = code.entry as usize;
        while pos < words.len() {
            let len = len_at(&code.words, pos);
            let head = Head(code.words[pos]);
            words[pos] = (self.select)(head.op(), head.form(), head.flags()) as usize as u64;
            pos += len;
        }
        words
    }

    /// A block that ends the run.
    pub(crate) fn done(&self) -> *const u64 {
        self.stubs.as_ptr()
    }

    /// A block that returns into the calling instance.
    pub(crate) fn leave(&self) -> *const u64 {
        self.stubs[3..].as_ptr()
    }

    /// The code of every function that has machine code: leads there.
    pub(crate) fn to_native(&self) -> *const u64 {
        self.stubs[6..].as_ptr()
    }

    /// A block that returns into machine code.
    pub(crate) fn back_to_native(&self) -> *const u64 {
        self.stubs[9..].as_ptr()
    }

    /// The head word of an instruction that stops the run.
    pub(crate) fn stop(&self) -> u64 {
        (self.select)(Op::Stop, Form::default(), 0) as usize as u64
    }

    /// The head word of a linked `charge`.
    pub(crate) fn charge(&self) -> u64 {
        self.stubs[0]
    }
}

/// Runs from the registers in the context until something needs the driver;
/// gives the exit code.
///
/// # Safety
/// The context's registers stand at linked code, in a frame of it, and its
/// instance, store and stack are alive and used by nobody else.
pub(crate) unsafe fn run(cx: &mut Context) -> u64 {
    let _mode = simd::FloatMode::enter();
    #[cfg(threaded)]
    // SAFETY: the caller's promise; the word at `ip` is a handler.
    unsafe {
        dispatch(cx)
    }
    #[cfg(not(threaded))]
    loop {
        // SAFETY: as above.
        let code = unsafe { dispatch(cx) };
        if code != frame::CONTINUE {
            return code;
        }
    }
}

/// Enters the handler at `ip` with the registers of the context.
///
/// # Safety
/// As [`run`].
unsafe fn dispatch(cx: &mut Context) -> u64 {
    let vec = frame::vec_from_saved(cx.vec);
    let (ip, fp, mem, len, acc) = (cx.ip, cx.fp, cx.mem, cx.len, cx.acc);
    // SAFETY: the caller's promise.
    unsafe {
        let handler = std::mem::transmute::<u64, Handler>(*ip);
        handler(ip, fp, mem, len, acc, cx, vec)
    }
}

//! Calls and returns.

use isa::{Trap, V128};

use crate::interp::frame::{Cell, Regs, Source, low_of, next};
use crate::machine::context::Exit;
use crate::machine::function::Function;
use crate::machine::instance::Instance;
use crate::machine::stack::Record;
use crate::machine::table::TableInst;

/// Words of a call before its list of moves.
const FIXED: usize = 3;

/// Moves the arguments to the callee's frame; gives the frame and the words
/// of the whole instruction.
///
/// # Safety
/// The registers stand at a call.
#[inline(always)]
unsafe fn arguments(r: &Regs) -> (*mut u64, usize) {
    // SAFETY: lowering counted the moves and sized the frame for them.
    unsafe {
        let count = r.field(3);
        let moves = r.ip.add(FIXED).cast::<[u16; 2]>();
        for i in 0..count {
            let [to, from] = *moves.add(i);
            *r.fp.add(usize::from(to)) = *r.fp.add(usize::from(from));
        }
        (r.slot(0), FIXED + count.div_ceil(2))
    }
}

/// As [`arguments`] where lowering knows that there are `N` moves.
///
/// # Safety
/// As [`arguments`].
#[inline(always)]
unsafe fn few_arguments<const N: usize>(r: &Regs) -> (*mut u64, usize) {
    // SAFETY: as above.
    unsafe {
        let moves = r.ip.add(FIXED).cast::<[u16; 2]>();
        for i in 0..N {
            let [to, from] = *moves.add(i);
            *r.fp.add(usize::from(to)) = *r.fp.add(usize::from(from));
        }
        (r.slot(0), FIXED + N.div_ceil(2))
    }
}

/// Calls `function`, whose arguments are moved here first.
macro_rules! invoke {
    ($r:ident, $function:expr) => {
        invoke!($r, $function, arguments(&$r), false)
    };
    // `own`: the function is one of the running instance.
    ($r:ident, $function:expr, $arguments:expr, $own:literal) => {{
        let function: *const Function = $function;
        let (frame, words) = $arguments;
        let callee = &*function;
        let cx = &mut *$r.cx;
        if callee.code.get().is_null() || !($own || callee.instance == cx.instance) {
            std::hint::cold_path();
            cx.callee = function as usize as u64;
            cx.callee_fp = frame;
            return $r.exit(Exit::Call);
        }
        let (left, short) = cx.units.overflowing_sub(callee.units.get());
        if short {
            std::hint::cold_path();
            return $r.trap(Trap::StackExhausted);
        }
        cx.records = Record::push(cx.records, $r.ip.add(words), $r.fp, function, cx.units);
        cx.units = left;
        $r.fp = frame;
        $r.ip = callee.code.get();
        // Nothing is expected in the accumulator, so its register is free.
        $r.acc = left;
        if !$r.enter() {
            return $r.exit(Exit::OutOfFuel);
        }
        next!($r)
    }};
}

/// Replaces the frame by one of `function`.
macro_rules! invoke_tail {
    ($r:ident, $function:expr) => {{
        let function: *const Function = $function;
        let (frame, _) = arguments(&$r);
        let callee = &*function;
        let cx = &mut *$r.cx;
        if callee.code.get().is_null() || callee.instance != cx.instance {
            std::hint::cold_path();
            cx.callee = function as usize as u64;
            cx.callee_fp = frame;
            return $r.exit(Exit::TailCall);
        }
        let record = cx.records;
        let (left, short) = (*record).units.overflowing_sub(callee.units.get());
        if short {
            std::hint::cold_path();
            return $r.trap(Trap::StackExhausted);
        }
        cx.units = left;
        (*record).function = function;
        std::ptr::copy(frame, $r.fp, $r.field(2));
        $r.ip = callee.code.get();
        if !$r.enter() {
            return $r.exit(Exit::OutOfFuel);
        }
        next!($r)
    }};
}

/// The function an indirect call names, or a return with its trap.
macro_rules! indirect {
    ($r:ident, $A:ty) => {{
        let index = <$A>::get::<i64>(&$r, 1, 3) as u64;
        let word = $r.word(2);
        let instance: &Instance = &*(*$r.cx).instance;
        let tables: &[*mut TableInst] = &instance.tables;
        let table = &**tables.as_ptr().add(word as u32 as usize);
        if index >= table.len {
            return $r.trap(Trap::UndefinedElement);
        }
        let function = *table.base.add(index as usize) as usize as *const Function;
        if function.is_null() {
            return $r.trap(Trap::UninitializedElement);
        }
        if (*function).ty.0 != (word >> 32) as u32 {
            return $r.trap(Trap::IndirectCallTypeMismatch);
        }
        function
    }};
}

/// The function a reference names, or a return with a trap.
macro_rules! referenced {
    ($r:ident, $A:ty) => {{
        let function = <$A>::get::<i64>(&$r, 1, 3) as usize as *const Function;
        if function.is_null() {
            return $r.trap(Trap::NullReference);
        }
        function
    }};
}

/// A function defined in this instance.
macro_rules! defined {
    ($r:ident) => {
        (*(*$r.cx).instance).defined.add($r.word(2) as usize)
    };
}

/// An imported function.
macro_rules! imported {
    ($r:ident) => {{
        let functions = &(*(*$r.cx).instance).functions;
        *functions.as_ptr().add($r.word(2) as usize)
    }};
}

handler! { fn call(r) { invoke!(r, defined!(r), arguments(&r), true) } }
handler! { fn call_moving_0(r) { invoke!(r, defined!(r), few_arguments::<0>(&r), true) } }
handler! { fn call_moving_1(r) { invoke!(r, defined!(r), few_arguments::<1>(&r), true) } }
handler! { fn call_moving_2(r) { invoke!(r, defined!(r), few_arguments::<2>(&r), true) } }
handler! { fn call_moving_3(r) { invoke!(r, defined!(r), few_arguments::<3>(&r), true) } }
handler! { fn call_moving_4(r) { invoke!(r, defined!(r), few_arguments::<4>(&r), true) } }
handler! { fn call_import(r) { invoke!(r, imported!(r)) } }
handler! { fn call_indirect<A: Source>(r) { invoke!(r, indirect!(r, A)) } }
handler! { fn call_ref<A: Source>(r) { invoke!(r, referenced!(r, A)) } }
handler! { fn return_call(r) { invoke_tail!(r, defined!(r)) } }
handler! { fn return_call_import(r) { invoke_tail!(r, imported!(r)) } }
handler! { fn return_call_indirect<A: Source>(r) { invoke_tail!(r, indirect!(r, A)) } }
handler! { fn return_call_ref<A: Source>(r) { invoke_tail!(r, referenced!(r, A)) } }

/// Goes back to the caller.
macro_rules! leave_frame {
    ($r:ident) => {{
        let cx = &mut *$r.cx;
        let record = cx.records;
        cx.records = record.add(1);
        cx.units = (*record).units;
        $r.ip = (*record).ip;
        $r.fp = (*record).fp;
        if !$r.enter() {
            return $r.exit(Exit::OutOfFuel);
        }
        next!($r)
    }};
}

handler! {
    fn return_void(r) {
        leave_frame!(r)
    }
}

handler! {
    fn return_one<A: Source>(r) {
        *r.fp = A::get::<i64>(&r, 1, 2) as u64;
        leave_frame!(r)
    }
}

handler! {
    fn return_vec(r) {
        *r.fp = low_of(r.vec);
        leave_frame!(r)
    }
}

handler! {
    fn return_wide<A: Source>(r) {
        A::get::<V128>(&r, 1, 2).store(r.fp);
        leave_frame!(r)
    }
}

handler! {
    fn return_many(r) {
        let count = r.field(3);
        let scratch = r.slot(0);
        let sources = r.ip.add(2).cast::<u16>();
        for i in 0..count {
            *scratch.add(i) = *r.fp.add(usize::from(*sources.add(i)));
        }
        std::ptr::copy(scratch, r.fp, count);
        leave_frame!(r)
    }
}

handler! {
    /// Behind a call into another instance: back to the caller's.
    fn leave(r) {
        let cx = &mut *r.cx;
        let record = cx.records;
        cx.records = record.add(1);
        r.ip = (*record).ip;
        r.fp = (*record).fp;
        let caller = (*cx.records).function;
        cx.switch(&*(*caller).instance);
        (r.mem, r.len) = (cx.mem, cx.len);
        if !r.enter() {
            return r.exit(Exit::OutOfFuel);
        }
        next!(r)
    }
}

handler! {
    /// The code of a function that has machine code, which was called.
    fn to_native(r) {
        let cx = &mut *r.cx;
        cx.native = (*(*cx.records).function).native.get();
        r.exit(Exit::ToNative)
    }
}

handler! {
    /// Behind a call that machine code made: it takes the record off itself,
    /// so the record that the return took off is put back.
    fn back_to_native(r) {
        let cx = &mut *r.cx;
        cx.records = cx.records.sub(1);
        cx.native = std::ptr::null();
        r.exit(Exit::ToNative)
    }
}

//! Blocks, jumps, and the ends of runs.

use isa::Trap;

use crate::interp::frame::{Source, next};
use crate::machine::context::Exit;
use crate::machine::exception;

handler! {
    /// Falling into a block.
    fn charge(r) {
        if !r.enter() {
            return r.exit(Exit::OutOfFuel);
        }
        next!(r)
    }
}

handler! {
    fn br(r) {
        r.ip = r.ip.offset(r.rel(1));
        if !r.enter() {
            return r.exit(Exit::OutOfFuel);
        }
        next!(r)
    }
}

handler! {
    fn br_table<A: Source>(r) {
        let index = A::get::<i32>(&r, 1, 2) as u32 as u64;
        let count = r.word(1) >> 32;
        let index = index.min(count - 1) as usize;
        r.ip = r.ip.offset(r.rel(2 + index));
        if !r.enter() {
            return r.exit(Exit::OutOfFuel);
        }
        next!(r)
    }
}

handler! {
    fn unreachable(r) {
        r.trap(Trap::Unreachable)
    }
}

handler! {
    fn throw(r) {
        let cx = &mut *r.cx;
        r.acc = exception::throw(cx, r.word(2) as u32, r.slot(1));
        r.exit(Exit::Throw)
    }
}

handler! {
    fn throw_ref(r) {
        r.acc = *r.slot(1);
        if r.acc == 0 { r.trap(Trap::NullReference) } else { r.exit(Exit::Throw) }
    }
}

handler! {
    fn stop(r) {
        r.exit(Exit::Stop)
    }
}

handler! {
    fn done(r) {
        r.exit(Exit::Done)
    }
}

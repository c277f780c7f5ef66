//! Arithmetic, and branches on comparisons.

use isa::{Binary, Compare, TryBinary, TryUnary, Unary};
use simd::lanes::{FastBinary, FastUnary};

use crate::interp::frame::{Cell, Dest, Source, next};

handler! {
    fn unary<O: FastUnary<A: Cell, R: Cell>, A: Source, D: Dest>(r) {
        let a = A::get::<O::A>(&r, 1, 2);
        r.put::<O::R, D>(meaning!(O, value a));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn try_unary<O: TryUnary<A: Cell, R: Cell>, A: Source, D: Dest>(r) {
        match O::eval(A::get::<O::A>(&r, 1, 2)) {
            Ok(value) => r.put::<O::R, D>(value),
            Err(trap) => {
                std::hint::cold_path();
                return r.trap(trap);
            }
        }
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn binary<O: FastBinary<A: Cell, B: Cell, R: Cell>, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<O::A>(&r, 1, 2);
        let b = B::get::<O::B>(&r, 2, 2);
        r.put::<O::R, D>(meaning!(O, value a, value b));
        r.ip = r.ip.add(2 + A::WORDS + B::WORDS);
        next!(r)
    }
}

handler! {
    fn try_binary<O: TryBinary<A: Cell, B: Cell, R: Cell>, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<O::A>(&r, 1, 2);
        let b = B::get::<O::B>(&r, 2, 2);
        match O::eval(a, b) {
            Ok(value) => r.put::<O::R, D>(value),
            Err(trap) => {
                std::hint::cold_path();
                return r.trap(trap);
            }
        }
        r.ip = r.ip.add(2 + A::WORDS + B::WORDS);
        next!(r)
    }
}

/// Goes on at the target in word 2 if the condition is as wanted, else behind
/// the instruction; either way into a block.
macro_rules! branch {
    ($r:ident, $condition:expr, $len:expr) => {{
        if $condition {
            $r.ip = $r.ip.offset($r.rel(2));
            if !$r.enter() {
                return $r.exit($crate::machine::context::Exit::OutOfFuel);
            }
            next!($r)
        } else {
            $r.ip = $r.ip.add($len);
            if !$r.enter() {
                return $r.exit($crate::machine::context::Exit::OutOfFuel);
            }
            next!($r)
        }
    }};
}

handler! {
    fn branch_if<O: Compare<A: Cell>, A: Source, B: Source>(r) {
        let a = A::get::<<O as Binary>::A>(&r, 1, 3);
        let b = B::get::<<O as Binary>::A>(&r, 2, 3);
        branch!(r, O::holds(a, b), 3 + B::WORDS)
    }
}

handler! {
    fn branch_if_not<O: Compare<A: Cell>, A: Source, B: Source>(r) {
        let a = A::get::<<O as Binary>::A>(&r, 1, 3);
        let b = B::get::<<O as Binary>::A>(&r, 2, 3);
        branch!(r, !O::holds(a, b), 3 + B::WORDS)
    }
}

handler! {
    fn branch_if_unary<O: Unary<A: Cell, R: Cell>, A: Source>(r) {
        let holds = O::eval(A::get::<O::A>(&r, 1, 3));
        branch!(r, holds != O::R::default(), 3)
    }
}

handler! {
    fn branch_if_not_unary<O: Unary<A: Cell, R: Cell>, A: Source>(r) {
        let holds = O::eval(A::get::<O::A>(&r, 1, 3));
        branch!(r, holds == O::R::default(), 3)
    }
}

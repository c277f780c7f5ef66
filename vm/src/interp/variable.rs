//! Moves between slots, accumulators, constants and globals.

use isa::{V128, Value};

use crate::interp::frame::{Cell, Dest, Source, low_of, next, with_low};
use crate::machine::instance::GlobalInst;

handler! {
    /// Slots from field 0 up to field 1 become zero.
    fn zero(r) {
        let (mut slot, end) = (r.slot(0), r.slot(1));
        while slot != end {
            // Volatile, so that it stays a few stores and does not become a
            // call, before which all registers would have to be saved.
            slot.write_volatile(0);
            slot = slot.add(1);
        }
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn copy(r) {
        *r.slot(0) = *r.slot(1);
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn copy_wide(r) {
        V128::load(r.slot(1)).store(r.slot(0));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn copy_const(r) {
        *r.slot(0) = r.word(2);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    /// A slot gets another one plus a constant; no accumulator changes.
    fn copy_sum(r) {
        *r.slot(0) = (*r.slot(1)).wrapping_add(r.word(2));
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn copy_acc(r) {
        *r.slot(0) = r.acc;
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn copy_vec(r) {
        *r.slot(0) = low_of(r.vec);
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn copy_vec_wide(r) {
        V128::from_acc(&r).store(r.slot(0));
        r.ip = r.ip.add(2);
        next!(r)
    }
}

handler! {
    fn select<T: Cell, A: Source, B: Source, C: Source, D: Dest>(r) {
        let a = A::get::<T>(&r, 1, 2);
        let b = B::get::<T>(&r, 2, 2 + A::WORDS);
        let value = if C::get::<i32>(&r, 3, 2) != 0 { a } else { b };
        r.put::<T, D>(value);
        r.ip = r.ip.add(2 + A::WORDS + B::WORDS);
        next!(r)
    }
}

/// The global named in word 2.
macro_rules! global {
    ($r:ident) => {{
        let globals: &[*mut GlobalInst] = &(*(*$r.cx).instance).globals;
        &mut (**globals.as_ptr().add($r.word(2) as usize)).value
    }};
}

handler! {
    fn global_get<D: Dest>(r) {
        let value = global!(r)[0] as i64;
        r.put::<i64, D>(value);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn global_get_vec<D: Dest>(r) {
        let low = global!(r)[0];
        if D::KEEP {
            *r.slot(0) = low;
        }
        r.vec = with_low(low);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn global_get_wide<D: Dest>(r) {
        let value = V128::load(global!(r).as_ptr());
        r.put::<V128, D>(value);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn global_set<A: Source>(r) {
        global!(r)[0] = A::get::<i64>(&r, 1, 3) as u64;
        r.ip = r.ip.add(3 + A::WORDS);
        next!(r)
    }
}

handler! {
    fn global_set_vec(r) {
        global!(r)[0] = low_of(r.vec);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn global_set_wide<A: Source>(r) {
        let value = A::get::<V128>(&r, 1, 3).to_bits();
        *global!(r) = [value as u64, (value >> 64) as u64];
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn v128_const<D: Dest>(r) {
        let value = V128::load(r.ip.add(2));
        r.put::<V128, D>(value);
        r.ip = r.ip.add(4);
        next!(r)
    }
}

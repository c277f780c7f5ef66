//! Linear memory.

use isa::{Bytes, Trap, V128};
use simd::lanes::{FastLoad, FastLoadLane, FastStore, FastStoreLane};

use crate::interp::frame::{Cell, Dest, Regs, Source, next};
use crate::machine::bulk::{self, Halt};
use crate::machine::context::Exit;
use crate::machine::memory::MemoryInst;

/// Which memory an access goes to.
pub(super) trait Space {
    /// Base and size in bytes.
    ///
    /// # Safety
    /// The registers stand at a memory access.
    unsafe fn bounds(r: &Regs) -> (*mut u8, u64);
}

/// Memory 0, kept in registers.
pub(super) struct Near;
/// The memory numbered in field 3.
pub(super) struct Far;

impl Space for Near {
    #[inline(always)]
    unsafe fn bounds(r: &Regs) -> (*mut u8, u64) {
        (r.mem, r.len)
    }
}

impl Space for Far {
    #[inline(always)]
    unsafe fn bounds(r: &Regs) -> (*mut u8, u64) {
        // SAFETY: validated code names only memories of its instance.
        unsafe {
            let memories: &[*mut MemoryInst] = &(*(*r.cx).instance).memories;
            let memory = &**memories.as_ptr().add(r.field(3));
            (memory.base, memory.len)
        }
    }
}

/// The place of an access of type `B` that ends `reach` bytes behind `addr`,
/// or a return with a trap.
macro_rules! place {
    ($r:ident, $M:ty, $B:ty, $addr:expr) => {{
        let (base, len) = <$M as Space>::bounds(&$r);
        let Some(end) = u64::checked_add($addr, $r.word(2)) else {
            std::hint::cold_path();
            return $r.trap_address();
        };
        if end > len {
            std::hint::cold_path();
            return $r.trap(Trap::MemoryOutOfBounds);
        }
        base.add(end as usize - <$B as Bytes>::LEN).cast::<$B>()
    }};
}

handler! {
    fn load<O: FastLoad<R: Cell>, M: Space, A: Source, D: Dest>(r) {
        let addr = A::get::<i64>(&r, 1, 3) as u64;
        let bytes = place!(r, M, O::Bytes, addr).read();
        r.put::<O::R, D>(meaning!(O, plain bytes));
        r.ip = r.ip.add(3 + A::WORDS);
        next!(r)
    }
}

handler! {
    /// The address is a sum, which wraps as the addition it replaces.
    fn load_sum<O: FastLoad<R: Cell>, A: Source, B: Source, D: Dest>(r) {
        let a = A::get::<i64>(&r, 1, 3);
        let addr = a.wrapping_add(B::get::<i64>(&r, 2, 3)) as u64;
        let bytes = place!(r, Near, O::Bytes, addr).read();
        r.put::<O::R, D>(meaning!(O, plain bytes));
        r.ip = r.ip.add(3 + B::WORDS);
        next!(r)
    }
}

handler! {
    /// The address is a slot plus a constant.
    fn store_sum<O: FastStore<A: Cell>, B: Source>(r) {
        let addr = (*r.slot(1)).wrapping_add(r.word(3));
        let value = B::get::<O::A>(&r, 0, 3);
        let bytes: O::Bytes = meaning!(bytes O, value value);
        place!(r, Near, O::Bytes, addr).write(bytes);
        r.ip = r.ip.add(4);
        next!(r)
    }
}

handler! {
    fn store<O: FastStore<A: Cell>, M: Space, A: Source, B: Source>(r) {
        let addr = A::get::<i64>(&r, 1, 3) as u64;
        let value = B::get::<O::A>(&r, 0, 3);
        let bytes: O::Bytes = meaning!(bytes O, value value);
        place!(r, M, O::Bytes, addr).write(bytes);
        r.ip = r.ip.add(3 + A::WORDS + B::WORDS);
        next!(r)
    }
}

handler! {
    fn load_lane<O: FastLoadLane, M: Space, D: Dest>(r) {
        let addr = *r.slot(1);
        let bytes = place!(r, M, O::Bytes, addr).read();
        let (vector, lane) = (V128::load(r.slot(2)), r.word(3) as u8);
        r.put::<V128, D>(meaning!(O, plain bytes, value vector, plain lane));
        r.ip = r.ip.add(4);
        next!(r)
    }
}

handler! {
    fn store_lane<O: FastStoreLane, M: Space>(r) {
        let addr = *r.slot(1);
        let (vector, lane) = (V128::load(r.slot(2)), r.word(3) as u8);
        let bytes: O::Bytes = meaning!(bytes O, value vector, plain lane);
        place!(r, M, O::Bytes, addr).write(bytes);
        r.ip = r.ip.add(4);
        next!(r)
    }
}

handler! {
    /// An offset so large that the sum may not fit.
    fn address<A: Source, D: Dest>(r) {
        let addr = A::get::<i64>(&r, 1, 2) as u64;
        match addr.checked_add(r.word(2)) {
            Some(sum) => r.put::<i64, D>(sum as i64),
            None => return r.trap(Trap::MemoryOutOfBounds),
        }
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn memory_size<D: Dest>(r) {
        let pages = bulk::memory_size(&*r.cx, r.word(2));
        r.put::<i64, D>(pages as i64);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn memory_grow<D: Dest>(r) {
        match bulk::memory_grow(&mut *r.cx, r.word(2), *r.slot(1)) {
            Some(result) => r.put::<i64, D>(result as i64),
            None => return r.exit(Exit::Failure),
        }
        r.len = (*r.cx).len;
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn data_drop(r) {
        bulk::data_drop(&mut *r.cx, r.word(2));
        r.ip = r.ip.add(3);
        next!(r)
    }
}

/// Carries out a bulk instruction with operands in fields 1 to 3.
macro_rules! bulk_instruction {
    ($($name:ident)*) => {$(
        handler! {
            fn $name(r) {
                let operands = [*r.slot(1), *r.slot(2), *r.slot(3)];
                match bulk::$name(&mut *r.cx, r.word(2), operands) {
                    Ok(()) => {}
                    Err(Halt::Trap(trap)) => return r.trap(trap),
                    Err(Halt::OutOfFuel) => return r.exit(Exit::BulkOutOfFuel),
                    Err(Halt::Failure) => return r.exit(Exit::Failure),
                }
                r.ip = r.ip.add(3);
                next!(r)
            }
        }
    )*};
}

pub(super) use bulk_instruction;

bulk_instruction! { memory_fill memory_copy memory_init }

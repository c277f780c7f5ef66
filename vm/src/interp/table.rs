//! Tables and references.

use isa::Trap;

use super::memory::bulk_instruction;
use crate::interp::frame::{Dest, Source, next};
use crate::machine::bulk::{self, Halt};
use crate::machine::context::Exit;
use crate::machine::table::TableInst;

/// The table named in word 2.
macro_rules! table {
    ($r:ident) => {{
        let tables: &[*mut TableInst] = &(*(*$r.cx).instance).tables;
        &**tables.as_ptr().add($r.word(2) as usize)
    }};
}

handler! {
    fn table_get<A: Source, D: Dest>(r) {
        let index = A::get::<i64>(&r, 1, 3) as u64;
        let table = table!(r);
        if index >= table.len {
            return r.trap(Trap::TableOutOfBounds);
        }
        let value = *table.base.add(index as usize);
        r.put::<i64, D>(value as i64);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn table_set(r) {
        let index = *r.slot(1);
        let table = table!(r);
        if index >= table.len {
            return r.trap(Trap::TableOutOfBounds);
        }
        *table.base.add(index as usize) = *r.slot(2);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn table_size<D: Dest>(r) {
        let len = table!(r).len;
        r.put::<i64, D>(len as i64);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn table_grow<D: Dest>(r) {
        match bulk::table_grow(&mut *r.cx, r.word(2), *r.slot(1), *r.slot(2)) {
            Ok(result) => r.put::<i64, D>(result as i64),
            Err(Halt::Trap(trap)) => return r.trap(trap),
            Err(Halt::OutOfFuel) => return r.exit(Exit::BulkOutOfFuel),
            Err(Halt::Failure) => return r.exit(Exit::Failure),
        }
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn elem_drop(r) {
        bulk::elem_drop(&mut *r.cx, r.word(2));
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn ref_func<D: Dest>(r) {
        let functions = &(*(*r.cx).instance).functions;
        let function = *functions.as_ptr().add(r.word(2) as usize);
        r.put::<i64, D>(function as usize as i64);
        r.ip = r.ip.add(3);
        next!(r)
    }
}

handler! {
    fn ref_as_non_null<A: Source, D: Dest>(r) {
        let value = A::get::<i64>(&r, 1, 2);
        if value == 0 {
            return r.trap(Trap::NullReference);
        }
        r.put::<i64, D>(value);
        r.ip = r.ip.add(2);
        next!(r)
    }
}

bulk_instruction! { table_fill table_copy table_init }

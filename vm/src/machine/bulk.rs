//! Instructions over ranges: they are charged by size, and can stop and be
//! taken up again at 4 KiB boundaries of their length.

use isa::Trap;

use super::context::Context;
use super::instance::Instance;
use super::memory::MemoryInst;
use super::table::TableInst;
use crate::error::Error;

/// Why a bulk instruction did not finish.
pub(crate) enum Halt {
    Trap(Trap),
    /// The next part cannot be paid; [`Context::progress`] says how far it
    /// came, and [`Context::rest`] what is still to be paid.
    OutOfFuel,
    /// [`Context::failure`] says why.
    Failure,
}

/// Bytes that are done and paid in one go.
const CHUNK: u64 = 4096;
/// Bytes that one unit of fuel pays for.
const BYTES_PER_FUEL: u64 = 64;
/// Bytes of a table element, for charging.
const ELEMENT_BYTES: u64 = 8;

fn instance(cx: &Context) -> &Instance {
    // SAFETY: the context's instance is alive while its code runs.
    unsafe { &*cx.instance }
}

/// Memory `index` of the running instance.
///
/// The reference must not live on while the guest runs again.
fn memory<'a>(cx: &Context, index: u32) -> &'a mut MemoryInst {
    // SAFETY: the store keeps its memories alive and in place, and between
    // two instructions nothing else borrows them.
    unsafe { &mut *instance(cx).memories[index as usize] }
}

/// Table `index` of the running instance; as [`memory`].
fn table<'a>(cx: &Context, index: u32) -> &'a mut TableInst {
    // SAFETY: as for memories.
    unsafe { &mut *instance(cx).tables[index as usize] }
}

/// Does `len` units in chunks as long as fuel lasts. `work` gets the range
/// of a chunk, counted from the start of the instruction's work.
fn in_chunks(
    cx: &mut Context,
    len: u64,
    unit_bytes: u64,
    mut work: impl FnMut(u64, u64),
) -> Result<(), Halt> {
    let chunk = CHUNK / unit_bytes;
    while cx.progress < len {
        let rest = len - cx.progress;
        let whole = (rest * unit_bytes).div_ceil(BYTES_PER_FUEL);
        let (count, cost) = if whole <= cx.fuel {
            (rest, whole)
        } else {
            let count = rest.min(chunk);
            (count, (count * unit_bytes).div_ceil(BYTES_PER_FUEL))
        };
        let Some(left) = cx.fuel.checked_sub(cost) else {
            cx.rest = whole;
            return Err(Halt::OutOfFuel);
        };
        cx.fuel = left;
        work(cx.progress, count);
        cx.progress += count;
    }
    cx.progress = 0;
    Ok(())
}

/// Checks bounds, when the instruction begins and when it is taken up again:
/// meanwhile the embedder may have dropped its segment.
fn check(cx: &mut Context, inside: bool, trap: Trap) -> Result<(), Halt> {
    if inside {
        return Ok(());
    }
    cx.progress = 0;
    Err(Halt::Trap(trap))
}

pub(crate) fn memory_size(cx: &Context, index: u64) -> u64 {
    memory(cx, index as u32).pages()
}

/// `memory.grow`: the bits of its result, or `None` if the host failed.
pub(crate) fn memory_grow(cx: &mut Context, index: u64, delta: u64) -> Option<u64> {
    let memory = memory(cx, index as u32);
    let failed = if memory.ty().is_64 {
        u64::MAX
    } else {
        u64::from(u32::MAX)
    };
    match memory.grow(delta) {
        Ok(old) => {
            (cx.mem, cx.len) = instance(cx).memory_registers();
            Some(old.unwrap_or(failed))
        }
        Err(error) => fail(cx, error),
    }
}

fn fail<T>(cx: &mut Context, error: Error) -> Option<T> {
    cx.failure = Some(error);
    None
}

pub(crate) fn memory_fill(
    cx: &mut Context,
    word: u64,
    [to, value, len]: [u64; 3],
) -> Result<(), Halt> {
    let memory = memory(cx, word as u32);
    check(cx, memory.contains(to, len), Trap::MemoryOutOfBounds)?;
    in_chunks(cx, len, 1, |done, count| {
        let start = (to + done) as usize;
        memory.bytes_mut()[start..start + count as usize].fill(value as u8);
    })
}

pub(crate) fn memory_copy(
    cx: &mut Context,
    word: u64,
    [to, from, len]: [u64; 3],
) -> Result<(), Halt> {
    let (target, source) = (memory(cx, word as u32), (word >> 32) as u32);
    let same = std::ptr::eq(target, instance(cx).memories[source as usize]);
    let (source_base, inside) = {
        let source = memory(cx, source);
        (source.base, source.contains(from, len))
    };
    check(
        cx,
        inside && target.contains(to, len),
        Trap::MemoryOutOfBounds,
    )?;
    // Overlapping ranges are copied from the end that is read before it is
    // overwritten.
    let backwards = same && from < to;
    let target_base = target.base;
    in_chunks(cx, len, 1, |done, count| {
        let at = if backwards { len - done - count } else { done };
        // SAFETY: both ranges were found to lie inside their memories, which
        // do not shrink.
        unsafe {
            let from = source_base.add((from + at) as usize);
            std::ptr::copy(from, target_base.add((to + at) as usize), count as usize);
        }
    })
}

pub(crate) fn memory_init(
    cx: &mut Context,
    word: u64,
    [to, from, len]: [u64; 3],
) -> Result<(), Halt> {
    let memory = memory(cx, word as u32);
    let segment = (word >> 32) as u32;
    let instance = instance(cx);
    let module = instance.module.clone();
    let bytes = match instance.dropped_data[segment as usize] {
        true => &[][..],
        false => module.data().data_bytes(segment),
    };
    let inside = from
        .checked_add(len)
        .is_some_and(|end| end <= bytes.len() as u64);
    check(
        cx,
        inside && memory.contains(to, len),
        Trap::MemoryOutOfBounds,
    )?;
    in_chunks(cx, len, 1, |done, count| {
        let (to, from, count) = ((to + done) as usize, (from + done) as usize, count as usize);
        memory.bytes_mut()[to..to + count].copy_from_slice(&bytes[from..from + count]);
    })
}

fn instance_mut<'a>(cx: &mut Context) -> &'a mut Instance {
    // SAFETY: the store keeps its instances alive and in place, and between
    // two instructions nothing else borrows them.
    unsafe { &mut *cx.instance.cast_mut() }
}

pub(crate) fn data_drop(cx: &mut Context, segment: u64) {
    instance_mut(cx).dropped_data[segment as usize] = true;
}

pub(crate) fn elem_drop(cx: &mut Context, segment: u64) {
    instance_mut(cx).elements[segment as usize] = Box::default();
}

/// `table.grow`: the bits of its result.
pub(crate) fn table_grow(cx: &mut Context, index: u64, init: u64, delta: u64) -> Result<u64, Halt> {
    let table = table(cx, index as u32);
    let ty = table.ty();
    let failed = if ty.is_64 {
        u64::MAX
    } else {
        u64::from(u32::MAX)
    };
    // What cannot grow costs nothing; what can is paid before it happens.
    if !table.can_grow(delta) {
        cx.progress = 0;
        return Ok(failed);
    }
    in_chunks(cx, delta, ELEMENT_BYTES, |_, _| {})?;
    match table.grow(delta, init) {
        Ok(old) => Ok(old.unwrap_or(failed)),
        Err(error) => {
            cx.failure = Some(error);
            Err(Halt::Failure)
        }
    }
}

pub(crate) fn table_fill(
    cx: &mut Context,
    word: u64,
    [to, value, len]: [u64; 3],
) -> Result<(), Halt> {
    let table = table(cx, word as u32);
    check(cx, table.contains(to, len), Trap::TableOutOfBounds)?;
    in_chunks(cx, len, ELEMENT_BYTES, |done, count| {
        let start = (to + done) as usize;
        table.elements_mut()[start..start + count as usize].fill(value);
    })
}

pub(crate) fn table_copy(
    cx: &mut Context,
    word: u64,
    [to, from, len]: [u64; 3],
) -> Result<(), Halt> {
    let (target, source) = (table(cx, word as u32), (word >> 32) as u32);
    let same = std::ptr::eq(target, instance(cx).tables[source as usize]);
    let (source_base, inside) = {
        let source = table(cx, source);
        (source.base, source.contains(from, len))
    };
    check(
        cx,
        inside && target.contains(to, len),
        Trap::TableOutOfBounds,
    )?;
    let backwards = same && from < to;
    let target_base = target.base;
    in_chunks(cx, len, ELEMENT_BYTES, |done, count| {
        let at = if backwards { len - done - count } else { done };
        // SAFETY: both ranges were found to lie inside their tables, which do
        // not shrink and do not grow during the copy.
        unsafe {
            let from = source_base.add((from + at) as usize);
            std::ptr::copy(from, target_base.add((to + at) as usize), count as usize);
        }
    })
}

pub(crate) fn table_init(
    cx: &mut Context,
    word: u64,
    [to, from, len]: [u64; 3],
) -> Result<(), Halt> {
    let table = table(cx, word as u32);
    let items = &instance_mut(cx).elements[(word >> 32) as usize];
    let inside = from
        .checked_add(len)
        .is_some_and(|end| end <= items.len() as u64);
    check(
        cx,
        inside && table.contains(to, len),
        Trap::TableOutOfBounds,
    )?;
    in_chunks(cx, len, ELEMENT_BYTES, |done, count| {
        let (to, from, count) = ((to + done) as usize, (from + done) as usize, count as usize);
        table.elements_mut()[to..to + count].copy_from_slice(&items[from..from + count]);
    })
}

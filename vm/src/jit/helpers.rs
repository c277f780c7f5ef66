//! Instructions that machine code leaves to the engine: those that grow, fill
//! or copy, and those that throw. They do what the interpreter's handlers do,
//! with the same operands, which are all in slots.

use isa::{Op, Trap};

use crate::code::field;
use crate::machine::bulk::{self, Halt};
use crate::machine::context::{Context, Exit};
use crate::machine::exception;
use crate::machine::table::TableInst;

/// With the number of a helper: the instruction's first operand is in the
/// integer accumulator, not in its slot.
pub(super) const IN_ACC: u32 = 1 << 16;

/// What machine code goes on with.
const DONE: u64 = 0;

/// The operands of an instruction, which machine code hands over in words.
struct Instruction {
    /// The slots that it names.
    fields: u64,
    /// What else it names.
    word: u64,
    fp: *mut u64,
}

impl Instruction {
    /// The slot named by field `n`.
    ///
    /// # Safety
    /// The instruction names a slot in that field.
    unsafe fn slot(&self, n: u32) -> *mut u64 {
        // SAFETY: the caller's promise; lowering names only slots of the frame.
        unsafe { self.fp.add(usize::from(field(self.fields, n))) }
    }

    /// The slots named by fields 1 to 3.
    ///
    /// # Safety
    /// As [`Instruction::slot`], with operands in all of them.
    unsafe fn three(&self) -> [u64; 3] {
        // SAFETY: the caller's promise.
        unsafe { [*self.slot(1), *self.slot(2), *self.slot(3)] }
    }

    /// The table that it names.
    ///
    /// # Safety
    /// The instruction names a table.
    unsafe fn table(&self, cx: &Context) -> &TableInst {
        // SAFETY: the caller's promise; validated code names only tables of
        // its instance, and the store keeps them alive and in place.
        unsafe { &**(*cx.instance).tables.as_ptr().add(self.word as usize) }
    }
}

fn leave(exit: Exit) -> u64 {
    exit as u64
}

fn trap(trap: Trap) -> u64 {
    Exit::Trap as u64 | (trap as u64) << 8
}

fn halt(halt: Halt) -> u64 {
    match halt {
        Halt::Trap(reason) => trap(reason),
        Halt::OutOfFuel => leave(Exit::BulkOutOfFuel),
        Halt::Failure => leave(Exit::Failure),
    }
}

fn finish(result: Result<(), Halt>) -> u64 {
    result.map_or_else(halt, |()| DONE)
}

/// Carries out the instruction at the context's position, whose row is the low
/// half of `what`. Gives 0, with the result in the integer accumulator, or the
/// exit code with which machine code is left.
///
/// # Safety
/// The context is that of a run whose machine code asks for this instruction,
/// with all its operands in place and its words in the context.
pub(super) unsafe extern "sysv64" fn help(cx: *mut Context, what: u32) -> u64 {
    let op = Op::from_number(what as u16).expect("the compiler names rows of the table");
    // SAFETY: the caller's promise; machine code waits and uses nothing.
    unsafe {
        let cx = &mut *cx;
        let at = Instruction {
            fields: cx.helper_fields,
            word: cx.helper_word,
            fp: cx.fp,
        };
        match op {
            Op::Throw => {
                cx.acc = exception::throw(cx, at.word as u32, at.slot(1));
                leave(Exit::Throw)
            }
            Op::ThrowRef => match *at.slot(1) {
                0 => trap(Trap::NullReference),
                reference => {
                    cx.acc = reference;
                    leave(Exit::Throw)
                }
            },
            Op::MemorySize => {
                cx.acc = bulk::memory_size(cx, at.word);
                DONE
            }
            Op::MemoryGrow => match bulk::memory_grow(cx, at.word, *at.slot(1)) {
                Some(result) => {
                    cx.acc = result;
                    DONE
                }
                None => leave(Exit::Failure),
            },
            Op::MemoryFill => finish(bulk::memory_fill(cx, at.word, at.three())),
            Op::MemoryCopy => finish(bulk::memory_copy(cx, at.word, at.three())),
            Op::MemoryInit => finish(bulk::memory_init(cx, at.word, at.three())),
            Op::DataDrop => {
                bulk::data_drop(cx, at.word);
                DONE
            }
            _ => of_tables(cx, &at, op, what & IN_ACC != 0),
        }
    }
}

/// As [`help`], for tables.
///
/// # Safety
/// As [`help`].
unsafe fn of_tables(cx: &mut Context, at: &Instruction, op: Op, in_acc: bool) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        match op {
            Op::TableGet => {
                let index = if in_acc { cx.acc } else { *at.slot(1) };
                let table = at.table(cx);
                if index >= table.len {
                    return trap(Trap::TableOutOfBounds);
                }
                cx.acc = *table.base.add(index as usize);
                DONE
            }
            Op::TableSet => {
                let index = *at.slot(1);
                let table = at.table(cx);
                if index >= table.len {
                    return trap(Trap::TableOutOfBounds);
                }
                *table.base.add(index as usize) = *at.slot(2);
                DONE
            }
            Op::TableSize => {
                cx.acc = at.table(cx).len;
                DONE
            }
            Op::TableGrow => match bulk::table_grow(cx, at.word, *at.slot(1), *at.slot(2)) {
                Ok(result) => {
                    cx.acc = result;
                    DONE
                }
                Err(reason) => halt(reason),
            },
            Op::TableFill => finish(bulk::table_fill(cx, at.word, at.three())),
            Op::TableCopy => finish(bulk::table_copy(cx, at.word, at.three())),
            Op::TableInit => finish(bulk::table_init(cx, at.word, at.three())),
            Op::ElemDrop => {
                bulk::elem_drop(cx, at.word);
                DONE
            }
            _ => unreachable!("{op} is not left to the engine"),
        }
    }
}

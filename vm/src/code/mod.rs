//! Register code: what lowering writes and the tiers read.
//!
//! A function is a sequence of 64-bit words. Each instruction begins with a
//! head word (operation, operand kinds, flags, length) and a word of four
//! 16-bit fields; some have more words. In the field word, field 0 names the
//! destination slot and fields 1 to 3 the operand slots.
//!
//! Operands come from frame slots of 8 bytes, from one of two accumulators
//! (`acc` for integers and references, `vec` for floats and vectors) or from a
//! constant word inside the instruction. Every instruction that makes a value
//! leaves it in its accumulator; the flag [`Head::KEEP`] also writes it to the
//! destination slot. A 32-bit integer in a slot or in `acc` is zero-extended
//! to 64 bits, so `i64.extend_i32_u` makes no code.
//!
//! Control enters a block only at its `charge` instruction, which carries the
//! fuel of the whole block. Branches read the cost there and go on behind it,
//! so only falling through costs a dispatch.

mod display;
pub(crate) mod fold;
pub(crate) mod map;
#[cfg(test)]
pub(crate) mod verify;

use isa::{NumType, Op};

/// Which region is the innermost from each of these positions on, in order of
/// positions: a throw must find its region quickly, however many there are.
pub(crate) fn region_changes(regions: &[Region]) -> Box<[(u32, Option<u32>)]> {
    let mut changes = Vec::with_capacity(2 * regions.len());
    let mut open: Vec<u32> = Vec::new();
    let close = |open: &mut Vec<u32>, changes: &mut Vec<_>, before: u32| {
        while let Some(&inner) = open.last()
            && regions[inner as usize].end <= before
        {
            open.pop();
            changes.push((regions[inner as usize].end, open.last().copied()));
        }
    };
    // Regions come in the order of their starts, and nest.
    for (index, region) in regions.iter().enumerate() {
        close(&mut open, &mut changes, region.start);
        open.push(index as u32);
        changes.push((region.start, Some(index as u32)));
    }
    close(&mut open, &mut changes, u32::MAX);
    changes.into()
}

/// Most words of register code that one module can have: 1 GiB. Compilers
/// stay far below it; a hostile body can ask for thousands of times its size.
pub(crate) const MAX_WORDS: usize = 1 << 27;

/// Where an operand is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The frame slot named by the operand's field.
    Slot = 0,
    /// The accumulator of the operand's type.
    Acc = 1,
    /// A constant word behind the fixed words of the instruction.
    Const = 2,
}

impl Kind {
    fn from_bits(bits: u8) -> Kind {
        match bits & 3 {
            0 => Kind::Slot,
            1 => Kind::Acc,
            _ => Kind::Const,
        }
    }
}

/// The kinds of up to three operands, two bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Form(pub(crate) u8);

impl Form {
    pub(crate) const fn of1(a: Kind) -> Form {
        Form(a as u8)
    }

    pub(crate) const fn of2(a: Kind, b: Kind) -> Form {
        Form(a as u8 | (b as u8) << 2)
    }

    pub(crate) const fn of3(a: Kind, b: Kind, c: Kind) -> Form {
        Form(a as u8 | (b as u8) << 2 | (c as u8) << 4)
    }

    pub(crate) fn kind(self, operand: u8) -> Kind {
        Kind::from_bits(self.0 >> (2 * operand))
    }
}

/// The first word of an instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head(pub(crate) u64);

impl Head {
    /// The result is also written to the slot in field 0.
    pub(crate) const KEEP: u8 = 1;
    /// A comparison that branches if it holds.
    pub(crate) const IF_TRUE: u8 = 2;
    /// A comparison that branches if it does not hold.
    pub(crate) const IF_FALSE: u8 = 4;
    /// A memory access to the memory numbered in field 3; a call of an
    /// imported function.
    pub(crate) const FAR: u8 = 8;
    /// A memory access whose address is the sum of operands 1 and 2.
    pub(crate) const SUM: u8 = 16;

    pub(crate) fn new(op: Op, form: Form, flags: u8, len: usize) -> Head {
        debug_assert!(len < 256);
        Head(op as u64 | (form.0 as u64) << 16 | (flags as u64) << 24 | (len as u64) << 32)
    }

    pub(crate) fn op(self) -> Op {
        Op::ALL[(self.0 & 0xffff) as usize]
    }

    pub(crate) fn form(self) -> Form {
        Form((self.0 >> 16) as u8)
    }

    pub(crate) fn flags(self) -> u8 {
        (self.0 >> 24) as u8
    }

    pub(crate) fn has(self, flag: u8) -> bool {
        self.flags() & flag != 0
    }

    /// Length in words, without the list that [`Head::list_words`] adds.
    fn fixed_len(self) -> usize {
        (self.0 >> 32) as u8 as usize
    }
}

/// Reads 16-bit field `n` of a field word.
pub(crate) fn field(word: u64, n: u32) -> u16 {
    (word >> (16 * n)) as u16
}

/// Builds a field word.
pub(crate) fn fields(f0: u16, f1: u16, f2: u16, f3: u16) -> u64 {
    u64::from(f0) | u64::from(f1) << 16 | u64::from(f2) << 32 | u64::from(f3) << 48
}

/// Length in words of the instruction at `code[pos]`.
///
/// Calls and returns are followed by a list of slot moves, two to a word;
/// `br_table` by its targets, one to a word.
pub(crate) fn len_at(code: &[u64], pos: usize) -> usize {
    let head = Head(code[pos]);
    let list = match head.op() {
        Op::Call
        | Op::CallIndirect
        | Op::CallRef
        | Op::ReturnCall
        | Op::ReturnCallIndirect
        | Op::ReturnCallRef => usize::from(field(code[pos + 1], 3)).div_ceil(2),
        Op::ReturnMany => usize::from(field(code[pos + 1], 3)).div_ceil(4),
        Op::BrTable => (code[pos + 1] >> 32) as usize,
        _ => 0,
    };
    head.fixed_len() + list
}

/// Tells `sink` where the instruction at `pos` can jump to.
pub(crate) fn jumps_at(words: &[u64], pos: usize, mut sink: impl FnMut(usize)) {
    let head = Head(words[pos]);
    let mut jump = |word: u64| sink((pos as i64 + i64::from(word as u32 as i32)) as usize);
    match head.op() {
        Op::Br => jump(words[pos + 1]),
        Op::BrTable => words[pos + 2..pos + len_at(words, pos)]
            .iter()
            .for_each(|&word| jump(word)),
        _ if head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0 => jump(words[pos + 2]),
        _ => {}
    }
}

/// One function in register code.
pub(crate) struct Code {
    pub(crate) words: Vec<u64>,
    /// Frame slots it uses, operands of its calls included.
    pub(crate) frame_slots: u32,
    /// Position of the first `charge`; what lies before it is no code.
    pub(crate) entry: u32,
    /// Its charge against the call stack limit.
    pub(crate) units: u32,
    /// Regions whose exceptions are caught here, outer ones first.
    pub(crate) regions: Vec<Region>,
    /// Slots of parameters and locals, and their types; integers of 64 bits
    /// and references are left out.
    pub(crate) locals: Vec<(u16, NumType)>,
}

/// A stretch of code with its exception handlers.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// Word positions it covers.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The region around it.
    pub(crate) parent: Option<u32>,
    pub(crate) handlers: Handlers,
}

#[derive(Clone, Debug)]
pub(crate) enum Handlers {
    /// Clauses in order.
    Catches(Vec<Catch>),
    /// Legacy `delegate`: search goes on in this region, or in the caller.
    Delegate(Option<u32>),
}

/// One clause: where control goes, and where the payload is put.
#[derive(Clone, Debug)]
pub(crate) struct Catch {
    /// Index of the tag; every exception if absent.
    pub(crate) tag: Option<u32>,
    /// First slot of the payload, packed as operands are; absent if dropped.
    pub(crate) payload: Option<u16>,
    /// Slot of the exception reference, if it is wanted.
    pub(crate) exception: Option<u16>,
    /// Word position of the block to enter.
    pub(crate) target: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_regions_say_what_a_search_would() {
        let spans = [
            (2, 40),
            (4, 10),
            (4, 4),
            (5, 9),
            (10, 20),
            (12, 13),
            (20, 20),
            (50, 60),
            (50, 60),
        ];
        let regions = spans.map(|(start, end)| Region {
            start,
            end,
            parent: None,
            handlers: Handlers::Catches(Vec::new()),
        });
        let changes = region_changes(&regions);
        for pos in 0..70 {
            let search = regions.iter().rposition(|r| r.start <= pos && pos < r.end);
            let behind = changes.partition_point(|&(at, _)| at <= pos);
            let found = changes[..behind].last().and_then(|change| change.1);
            assert_eq!(found, search.map(|index| index as u32), "at {pos}");
        }
    }
}

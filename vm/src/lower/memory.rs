//! Linear memory.

use isa::{Class, Op};

use super::Lowering;
use super::numeric::result_of;
use super::stack::{Entry, Loc, Operand, file_of};
use crate::code::{Form, Head, Kind, fields};
use crate::module::instr::{Instr, MemArg};
use crate::module::types::ValType;

/// Bytes that a row reads or writes.
macro_rules! widths {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// How many bytes a memory access touches.
        pub(super) fn width_of(op: Op) -> u64 {
            match op { $($(Op::$Name => width!($class $($arg)* -> $($result)*),)*)* }
        }
    };
}

macro_rules! width {
    (load [u8; $n:literal] -> $r:tt) => {
        $n
    };
    (store $a:tt -> [u8; $n:literal]) => {
        $n
    };
    (load_lane [u8; $n:literal] $($rest:tt)*) => {
        $n
    };
    (store_lane $a:tt $lane:tt -> [u8; $n:literal]) => {
        $n
    };
    ($($other:tt)*) => {
        0
    };
}

isa::for_each_op!(widths);

/// The address operands of an access.
struct Address {
    /// `Head::SUM` if the address is the sum of both operands.
    flags: u8,
    a: Operand,
    b: Operand,
}

impl Lowering<'_> {
    pub(super) fn access(&mut self, op: Op, arg: MemArg) {
        match op.class() {
            Class::Load => self.load(op, arg),
            _ => self.store(op, arg),
        }
    }

    /// Offset and width in one word: where the access ends, counted from the
    /// address. An access that no address can satisfy goes by way of an
    /// instruction that checks the sum.
    fn reach(&mut self, entry: Entry, op: Op, arg: MemArg) -> (Entry, u64) {
        let width = width_of(op);
        match arg.offset.checked_add(width) {
            Some(reach) => (entry, reach),
            None => {
                let operand = self.operand(entry, false);
                let words = [fields(0, operand.slot, 0, 0), arg.offset];
                self.produce(
                    ValType::I64,
                    Op::Address,
                    Form::of1(operand.kind),
                    0,
                    &words,
                );
                (self.pop(), width)
            }
        }
    }

    /// The address just popped; a 64-bit addition made for it becomes part
    /// of the access.
    fn address(&mut self, entry: Entry, arg: MemArg) -> Address {
        let none = Operand {
            kind: Kind::Slot,
            slot: 0,
            value: 0,
        };
        if let Loc::Sum(local, addend) = entry.loc
            && arg.memory == 0
        {
            let base = Entry {
                loc: Loc::Local(local),
                ..entry
            };
            let b = Operand {
                kind: Kind::Const,
                slot: 0,
                value: addend,
            };
            return Address {
                flags: Head::SUM,
                a: self.operand(base, false),
                b,
            };
        }
        if arg.memory != 0 {
            return Address {
                flags: Head::FAR,
                a: self.in_slot(entry),
                b: none,
            };
        }
        if let Loc::Acc(pos) = entry.loc
            && self.out.is_last(pos)
            && self.out.head_at(pos).op() == Op::I64Add
            && !self.out.head_at(pos).has(Head::KEEP)
        {
            let head = self.out.head_at(pos);
            let word = self.out.words[pos + 1];
            let (a, b) = (head.form().kind(0), head.form().kind(1));
            if a != Kind::Const && b != Kind::Acc {
                let value = self.out.words.get(pos + 2).copied().unwrap_or(0);
                self.out.retract(pos);
                let operand = |kind, field| Operand {
                    kind,
                    slot: crate::code::field(word, field),
                    value,
                };
                return Address {
                    flags: Head::SUM,
                    a: operand(a, 1),
                    b: operand(b, 2),
                };
            }
        }
        Address {
            flags: 0,
            a: self.operand(entry, true),
            b: none,
        }
    }

    fn load(&mut self, op: Op, arg: MemArg) {
        let entry = self.pop_lazy();
        let (entry, reach) = self.reach(entry, op, arg);
        let Address { flags, a, b } = self.address(entry, arg);
        let ty = result_of(op).expect("a load has a result");
        let word = fields(0, a.slot, b.slot, arg.memory as u16);
        let form = Form::of2(a.kind, b.kind);
        match (a.kind, b.kind) {
            (Kind::Const, _) => self.produce(ty, op, form, flags, &[word, reach, a.value]),
            (_, Kind::Const) => self.produce(ty, op, form, flags, &[word, reach, b.value]),
            _ => self.produce(ty, op, form, flags, &[word, reach]),
        }
    }

    fn store(&mut self, op: Op, arg: MemArg) {
        self.force(1);
        let mut value = self.pop();
        let entry = self.pop_lazy();
        if arg.offset.checked_add(width_of(op)).is_none() && !matches!(value.loc, Loc::Local(_)) {
            // The check of the sum needs the accumulator.
            self.in_slot(value);
            value.loc = Loc::Slot;
        }
        let (entry, reach) = self.reach(entry, op, arg);
        if let Loc::Sum(local, addend) = entry.loc
            && arg.memory == 0
        {
            return self.store_sum(op, reach, local, addend, value);
        }
        let same_file = file_of(value.ty) == super::stack::File::Int;
        // Operand 1 is the address, operand 0 the value.
        let (address, value) = match value.loc {
            _ if arg.memory != 0 => (self.in_slot(entry), self.in_slot(value)),
            Loc::Const(_) if matches!(entry.loc, Loc::Const(_)) => {
                (self.in_slot(entry), self.operand(value, true))
            }
            _ if same_file => self.operands(entry, value, true),
            _ => (self.operand(entry, true), self.operand(value, true)),
        };
        let word = fields(value.slot, address.slot, 0, arg.memory as u16);
        let form = Form::of2(address.kind, value.kind);
        let flags = if arg.memory == 0 { 0 } else { Head::FAR };
        let constant = match (address.kind, value.kind) {
            (Kind::Const, _) => Some(address.value),
            (_, Kind::Const) => Some(value.value),
            _ => None,
        };
        match constant {
            Some(constant) => self.out.emit(op, form, flags, &[word, reach, constant]),
            None => self.out.emit(op, form, flags, &[word, reach]),
        };
    }

    /// A store to a local plus a constant.
    fn store_sum(&mut self, op: Op, reach: u64, local: u32, addend: u64, value: Entry) {
        let base = self.locals[local as usize].slot;
        let value = self.operand(value, false);
        let word = fields(value.slot, base as u16, 0, 0);
        let form = Form::of3(Kind::Slot, value.kind, Kind::Const);
        self.out.emit(op, form, Head::SUM, &[word, reach, addend]);
    }

    /// A lane of a vector from or to memory.
    pub(super) fn lane_access(&mut self, op: Op, arg: MemArg, lane: u8) {
        let vector = self.pop();
        let entry = self.pop();
        let (entry, reach) = self.reach(entry, op, arg);
        let (address, vector) = (self.in_slot(entry), self.in_slot(vector));
        let words = [
            fields(0, address.slot, vector.slot, arg.memory as u16),
            reach,
            u64::from(lane),
        ];
        let (form, flags) = (Form::default(), if arg.memory == 0 { 0 } else { Head::FAR });
        match op.class() {
            Class::LoadLane => self.produce(ValType::V128, op, form, flags, &words),
            _ => {
                self.out.emit(op, form, flags, &words);
            }
        }
    }

    pub(super) fn memory_instr(&mut self, instr: Instr) {
        match instr {
            Instr::MemorySize(memory) => {
                let ty = self.address_type(memory);
                let words = [0, u64::from(memory)];
                self.produce(ty, Op::MemorySize, Form::default(), 0, &words);
            }
            Instr::MemoryGrow(memory) => {
                let ty = self.address_type(memory);
                let delta = self.pop();
                let delta = self.in_slot(delta);
                let words = [fields(0, delta.slot, 0, 0), u64::from(memory)];
                self.produce(ty, Op::MemoryGrow, Form::default(), 0, &words);
            }
            Instr::MemoryFill(memory) => self.bulk(Op::MemoryFill, u64::from(memory)),
            Instr::MemoryCopy { dst, src } => {
                self.bulk(Op::MemoryCopy, u64::from(dst) | u64::from(src) << 32);
            }
            Instr::MemoryInit { memory, segment } => {
                self.bulk(Op::MemoryInit, u64::from(memory) | u64::from(segment) << 32);
            }
            Instr::DataDrop(segment) => {
                self.out
                    .emit(Op::DataDrop, Form::default(), 0, &[0, u64::from(segment)]);
            }
            other => unreachable!("{other:?} is lowered elsewhere"),
        }
    }

    fn address_type(&self, memory: u32) -> ValType {
        if self.module.memories[memory as usize].is_64 {
            ValType::I64
        } else {
            ValType::I32
        }
    }

    /// A bulk instruction: three operands in slots. It can stop part-way and
    /// be taken up again, so it ends its block.
    pub(super) fn bulk(&mut self, op: Op, indices: u64) {
        let third = self.pop();
        let second = self.pop();
        let first = self.pop();
        let (a, b, c) = (
            self.in_slot(first),
            self.in_slot(second),
            self.in_slot(third),
        );
        self.out.emit(
            op,
            Form::default(),
            0,
            &[fields(0, a.slot, b.slot, c.slot), indices],
        );
        self.release(super::stack::File::Int);
        self.release(super::stack::File::Vec);
        self.split();
    }
}

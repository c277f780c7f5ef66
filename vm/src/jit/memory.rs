//! Loads and stores: a check of the address, then the access.

use isa::{Bytes, Class, NumType, Op};

use super::build::Builder;
use super::effects::signature;
use super::ir::{Inst, Kind, Ty, Val};
use crate::code::{Head, Kind as Form, field};

/// Bytes that a row reads or writes.
macro_rules! widths {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// How many bytes a memory access touches.
        pub(super) fn width_of(op: Op) -> u64 {
            match op {
                $($(Op::$Name => 0 $(+ bytes!($arg))* $(+ bytes!($result))*,)*)*
            }
        }
    };
}

macro_rules! bytes {
    ([u8; $n:literal]) => {
        <[u8; $n] as Bytes>::LEN as u64
    };
    ($other:tt) => {
        0
    };
}

isa::for_each_op!(widths);

impl Builder<'_> {
    /// A load or store, at `pos`.
    pub(super) fn access(&mut self, pos: usize) {
        let head = Head(self.words[pos]);
        let op = head.op();
        let offset = self.words[pos + 2] - width_of(op);
        let memory = match head.has(Head::FAR) {
            false => Val::NONE,
            true => {
                let index = u64::from(field(self.words[pos + 1], 3));
                self.pure(Kind::Memory, Ty::Int, [Val::NONE; 3], index)
            }
        };
        let address = self.address(pos);
        let (value, lane) = match op.class() {
            Class::Load => (Val::NONE, 0),
            Class::Store => {
                let ty = signature(op).args[0].expect("a store has a value");
                let form = head.form().kind(1);
                (self.operand_in(pos, form, 0, 3, ty), 0)
            }
            _ => {
                let vector = self.operand_in(pos, Form::Slot, 2, 0, NumType::V128);
                (vector, self.words[pos + 3])
            }
        };
        let (address, offset) = self.check(pos, address, memory, offset, width_of(op));
        self.checked(pos, [address, memory, value], offset, lane);
    }

    /// The address operand, a sum computed.
    fn address(&mut self, pos: usize) -> Val {
        let head = Head(self.words[pos]);
        if matches!(head.op().class(), Class::LoadLane | Class::StoreLane) {
            return self.operand_in(pos, Form::Slot, 1, 0, NumType::I64);
        }
        let a = self.operand(pos, 0, 3, NumType::I64);
        if !head.has(Head::SUM) {
            return a;
        }
        // The addend of a store is always the constant in word 3; a load has
        // a second operand.
        let b = match head.op().class() {
            Class::Store => self.constant(Ty::Int, self.words[pos + 3]),
            _ => self.operand(pos, 1, 3, NumType::I64),
        };
        self.sum(a, b)
    }

    /// The wrapping sum of two integers.
    pub(super) fn sum(&mut self, a: Val, b: Val) -> Val {
        match (self.f.constant(a), self.f.constant(b)) {
            (Some(a), Some(b)) => self.constant(Ty::Int, a.wrapping_add(b)),
            (Some(_), None) => self.sum(b, a),
            _ => self.row(Op::I64Add, [a, b, Val::NONE], 0, NumType::I64),
        }
    }

    /// Makes sure that `width` bytes from `address` plus `offset` are inside
    /// the memory; the address and offset to access.
    fn check(
        &mut self,
        pos: usize,
        address: Val,
        memory: Val,
        offset: u64,
        width: u64,
    ) -> (Val, u64) {
        let reach = offset.saturating_add(width);
        let key = (address, memory);
        let known = self.checked.get(&key).copied();
        if let Some((check, known)) = known
            && known >= reach
            && self.is_available(check)
        {
            return (address, offset);
        }
        let check = self.effect(Inst {
            kind: Kind::Check,
            ty: Ty::Int,
            args: [address, memory, Val::NONE],
            imm: reach,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.checked.insert(key, (check, reach));
        (address, offset)
    }

    /// The access itself.
    fn checked(&mut self, pos: usize, args: [Val; 3], offset: u64, lane: u64) {
        let op = Head(self.words[pos]).op();
        let large = offset > i32::MAX as u64;
        let (address, offset) = if large {
            let far = self.constant(Ty::Int, offset);
            (self.sum(args[0], far), 0)
        } else {
            (args[0], offset)
        };
        let result = signature(op).result.map(Ty::of);
        let mut inst = Inst {
            kind: Kind::Load(op),
            ty: result.unwrap_or(Ty::Int),
            args: [address, args[1], args[2]],
            imm: offset | u64::from(self.epoch) << 32,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        };
        match op.class() {
            Class::Load => {
                let val = self.anchored(inst);
                self.put(pos, val);
            }
            Class::LoadLane => {
                inst.kind = Kind::LoadLane(op);
                inst.imm = offset | lane << 32;
                let val = self.effect(inst);
                self.put(pos, val);
            }
            class => {
                inst.imm = offset | lane << 32;
                inst.kind = match class {
                    Class::Store => Kind::Store(op),
                    _ => Kind::StoreLane(op),
                };
                self.effect(inst);
                self.epoch = self.new_epoch();
            }
        }
    }

    /// An offset so large that the sum may not fit, at `pos`.
    pub(super) fn large_offset(&mut self, pos: usize) {
        let address = self.operand(pos, 0, 2, NumType::I64);
        let val = self.anchored(Inst {
            kind: Kind::Address,
            ty: Ty::Int,
            args: [address, Val::NONE, Val::NONE],
            imm: self.words[pos + 2],
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.put(pos, val);
    }

    /// `memory.size`, at `pos`.
    pub(super) fn memory_size(&mut self, pos: usize) {
        let index = self.words[pos + 2];
        let memory = self.pure(Kind::Memory, Ty::Int, [Val::NONE; 3], index);
        let val = self.effect(Inst {
            kind: Kind::MemorySize,
            ty: Ty::Int,
            args: [memory, Val::NONE, Val::NONE],
            imm: 0,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        self.put(pos, val);
    }
}

//! Loads and stores: a check of the address, then the access.

use isa::planted::{Fault, planted};
use isa::{Bytes, Class, NumType, Op};

use super::build::Builder;
use super::effects::signature;
use super::ir::{Inst, Kind, Ty, Val};
use crate::code::{Head, Kind as Form, field};
use crate::machine::memory::{GUARD_BEFORE, GUARD_BEHIND, RESERVED_MIN};

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

/// Bytes behind an address that the guard behind a memory covers.
const MAX_REACH: u64 = i32::MAX as u64;

/// Bytes before a memory that the guard there covers.
const MAX_BEFORE: i64 = 1 << 16;

const _: () = assert!(
    MAX_REACH < GUARD_BEHIND && MAX_BEFORE as u64 <= GUARD_BEFORE && RESERVED_MIN > u32::MAX as u64,
    "guards cover what accesses without a check of their own can reach"
);

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
    /// the memory, or that touching them faults; the address and offset to
    /// access.
    fn check(
        &mut self,
        pos: usize,
        address: Val,
        memory: Val,
        offset: u64,
        width: u64,
    ) -> (Val, i64) {
        let reach = offset.saturating_add(width);
        if self.request.guards && reach <= MAX_REACH {
            return self.guarded(pos, address, memory, offset, width);
        }
        if !self.is_checked(address, memory, reach) {
            self.make_check(pos, address, memory, reach);
        }
        // What does not fit an instruction is added by `checked`.
        (address, i64::try_from(offset).unwrap_or(i64::MAX))
    }

    /// As [`Builder::check`], where guards lie around the memory.
    ///
    /// Let *A* be an address of at most the memory's reservation: because it
    /// was compared with it, because it was checked exactly, or because it has
    /// 32 bits, for which every reservation has room. An access that begins
    /// *s* bytes behind *A* and ends within [`MAX_REACH`] of it needs no more
    /// checks:
    ///
    /// - With *s* from 0, no sum wraps, and the access is in the reservation
    ///   or in the guard behind it. What of it is not in the memory is closed
    ///   and faults, and pages close where memories end.
    /// - With a negative *s* the address of the access is *A* + *s*, which is
    ///   right if it is not below zero. Below zero it wraps, to an address that
    ///   no memory has, so it must trap; and it does fault, because its first
    ///   byte is in the guard before the memory. This holds so long as *s* is
    ///   all added to the address by the guest: with an offset of the access,
    ///   the sum does not wrap but traps, even where it would be inside.
    ///
    /// Whatever the operand *A* is in, it is not above its type: integers of 32
    /// bits are zero-extended in slots and in registers. A store that faults
    /// writes nothing; see the emission of those of 16 bytes, which need an *s*
    /// from 0 for it.
    fn guarded(
        &mut self,
        pos: usize,
        address: Val,
        memory: Val,
        offset: u64,
        width: u64,
    ) -> (Val, i64) {
        let plain = (address, offset as i64);
        let index = if memory.is_none() {
            0
        } else {
            self.f.inst(memory).imm
        };
        let is_64 = self.request.memories_64[index as usize];
        if !is_64 || self.is_checked(address, memory, 0) || self.is_small(address) {
            return plain;
        }
        if let Some((base, addend)) = self.split(address) {
            let sum = addend + offset as i64;
            let whole = Head(self.words[pos]).op() != Op::V128Store;
            let alone = offset == 0 || planted(Fault::Wrap);
            let kept = addend >= 0 || (addend >= -MAX_BEFORE && alone && whole);
            let fits = sum + (width as i64) <= MAX_REACH as i64;
            if kept && fits && self.is_checked(base, memory, 0) {
                return (base, sum);
            }
        }
        self.make_check(pos, address, memory, 0);
        plain
    }

    /// An address of 64 bits as another one plus a constant.
    fn split(&self, address: Val) -> Option<(Val, i64)> {
        let inst = self.f.inst(address);
        let addend = self
            .f
            .constant(inst.args[1])
            .filter(|_| inst.kind == Kind::Row(Op::I64Add))?;
        let addend = i64::from(i32::try_from(addend as i64).ok()?);
        Some((inst.args[0], addend))
    }

    /// Whether a value is known to have no more than 32 bits, so that even
    /// the smallest reservation has room for it.
    fn is_small(&self, address: Val) -> bool {
        let inst = self.f.inst(address);
        match inst.kind {
            Kind::Const => inst.imm <= u64::from(u32::MAX),
            Kind::Row(Op::I64And) => self
                .f
                .constant(inst.args[1])
                .is_some_and(|mask| mask <= u64::from(u32::MAX)),
            Kind::Row(Op::I64ShrU) => self
                .f
                .constant(inst.args[1])
                .is_some_and(|count| count & 63 >= 32),
            Kind::Row(op) => signature(op).result == Some(NumType::I32),
            Kind::Load(op) => {
                signature(op).result == Some(NumType::I32)
                    || matches!(op, Op::I64Load8U | Op::I64Load16U | Op::I64Load32U)
            }
            Kind::SlotLoad | Kind::Phi => self
                .narrow
                .get(usize::from(self.f.homes[address.index()]))
                .is_some_and(|&narrow| narrow),
            _ => false,
        }
    }

    /// Whether a check that is still valid says so.
    fn is_checked(&self, address: Val, memory: Val, reach: u64) -> bool {
        let check = if memory.is_none() {
            self.checks.get(address.index()).copied()
        } else {
            let own = |&&(at, of, _): &&(Val, Val, Val)| (at, of) == (address, memory);
            self.far_checks.iter().rev().find(own).map(|known| known.2)
        };
        check.is_some_and(|check| {
            !check.is_none()
                && self.f.inst(check).imm + u64::from(planted(Fault::ReusedBound)) >= reach
                && self.is_available(check)
        })
    }

    fn make_check(&mut self, pos: usize, address: Val, memory: Val, reach: u64) {
        let check = self.effect(Inst {
            kind: Kind::Check,
            ty: Ty::Int,
            args: [address, memory, Val::NONE],
            imm: reach,
            pos: pos as u32,
            block: self.block,
            region: self.region,
        });
        if memory.is_none() {
            if self.checks.len() <= address.index() {
                self.checks.resize(address.index() + 1, Val::NONE);
            }
            self.checks[address.index()] = check;
        } else {
            self.far_checks.push((address, memory, check));
        }
    }

    /// The access itself.
    fn checked(&mut self, pos: usize, args: [Val; 3], offset: i64, lane: u64) {
        let op = Head(self.words[pos]).op();
        let (address, offset) = match i32::try_from(offset) {
            Ok(offset) => (args[0], u64::from(offset as u32)),
            Err(_) => {
                let far = self.constant(Ty::Int, offset as u64);
                (self.sum(args[0], far), 0)
            }
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
                if class != Class::StoreLane || !planted(Fault::StaleLoad) {
                    self.epoch = self.new_epoch();
                }
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

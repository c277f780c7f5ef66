//! Slots, globals, and moves that the allocator asks for.

use std::mem::offset_of;

use isa::planted::{Fault, planted};
use x64::{Mem, VecOp, Width};

use super::super::assign::{Loc, Move, Source};
use super::super::ir::{Inst, Kind, Ty, Val};
use super::super::native::{ACC, VEC};
use super::{Emitter, FRAME, SCRATCH, VEC_SCRATCH, cx};
use crate::machine::instance::GlobalInst;

/// A slot of the frame.
pub(super) fn slot(number: u32) -> Mem {
    Mem::base(FRAME, 8 * number as i32)
}

/// A slot, or one of the accumulators at rest.
fn place(number: u64) -> Mem {
    match number as u16 {
        ACC => cx!(acc),
        VEC => cx!(vec),
        number => slot(u32::from(number)),
    }
}

impl Emitter<'_> {
    pub(super) fn slot_load(&mut self, _val: Val, inst: &Inst) {
        let from = place(inst.imm);
        match (self.def(), inst.ty) {
            (Loc::Gpr(to), _) => self.asm.load(Width::W64, to, from),
            (Loc::Xmm(to), Ty::V128) => self.v2(VecOp::Movups, to, from),
            (Loc::Xmm(to), _) => self.v2(VecOp::Movsd, to, from),
            (Loc::Slot(_), _) => unreachable!("results are in registers"),
        }
    }

    pub(super) fn slot_store(&mut self, inst: &Inst) {
        let to = place(inst.imm);
        let val = inst.args[0];
        match inst.kind {
            Kind::SlotStoreWide => {
                let from = self.vec_reg(val, VEC_SCRATCH);
                self.vec_store(VecOp::Movups, to, from);
            }
            Kind::SlotStoreHigh => {
                let from = self.vec_reg(val, VEC_SCRATCH);
                self.vec_store(VecOp::Movhps, to, from);
            }
            _ => self.store_slot(val, to),
        }
    }

    fn store_slot(&mut self, val: Val, to: Mem) {
        if let Some(bits) = self.f.constant(val) {
            if let Ok(short) = i32::try_from(bits as i64) {
                return self.asm.store_imm(8, to, short);
            }
            self.asm.mov_ri(SCRATCH, bits);
            return self.asm.store(Width::W64, to, SCRATCH);
        }
        match self.f.inst(val).ty {
            Ty::Int => {
                let from = self.gpr(val);
                self.asm.store(Width::W64, to, from);
            }
            _ => {
                let from = self.vec_reg(val, VEC_SCRATCH);
                self.vec_store(VecOp::Movsd, to, from);
            }
        }
    }

    /// The object of a global.
    pub(super) fn global_object(&mut self, _val: Val, inst: &Inst) {
        let to = self.def_gpr();
        self.asm.load(Width::W64, to, cx!(roots.globals));
        self.asm
            .load(Width::W64, to, Mem::base(to, 8 * inst.imm as i32));
    }

    pub(super) fn global_get(&mut self, _val: Val, inst: &Inst) {
        let object = self.gpr(inst.args[0]);
        let from = Mem::base(object, offset_of!(GlobalInst, value) as i32);
        match (self.def(), inst.ty) {
            (Loc::Gpr(to), _) => self.asm.load(Width::W64, to, from),
            (Loc::Xmm(to), Ty::V128) => self.v2(VecOp::Movups, to, from),
            (Loc::Xmm(to), _) => self.v2(VecOp::Movsd, to, from),
            (Loc::Slot(_), _) => unreachable!("results are in registers"),
        }
    }

    pub(super) fn global_set(&mut self, inst: &Inst) {
        let object = self.gpr(inst.args[0]);
        let to = Mem::base(object, offset_of!(GlobalInst, value) as i32);
        let val = inst.args[1];
        if self.f.inst(val).ty == Ty::V128 {
            let from = self.vec_reg(val, VEC_SCRATCH);
            self.vec_store(VecOp::Movups, to, from);
        } else {
            self.store_slot(val, to);
        }
    }

    /// Moves that come before instruction `at`.
    pub(super) fn moves_before(&mut self, at: u32) {
        let assigned = self.assigned;
        for one in assigned.moves_before(at) {
            self.one_move(&one);
        }
    }

    fn one_move(&mut self, one: &Move) {
        let from = match one.from {
            Source::Constant(val) => return self.move_constant(val, one),
            Source::Loc(loc) => loc,
        };
        let mem = if one.wide && !planted(Fault::HalfSpill) {
            VecOp::Movups
        } else {
            VecOp::Movsd
        };
        match (from, one.to) {
            (Loc::Gpr(from), Loc::Gpr(to)) => self.copy_gpr(to, from),
            (Loc::Gpr(from), Loc::Slot(to)) => self.asm.store(Width::W64, slot(to), from),
            (Loc::Slot(from), Loc::Gpr(to)) => self.asm.load(Width::W64, to, slot(from)),
            (Loc::Xmm(from), Loc::Xmm(to)) => self.copy_xmm(to, from),
            (Loc::Xmm(from), Loc::Slot(to)) => self.vec_store(mem, slot(to), from),
            (Loc::Slot(from), Loc::Xmm(to)) => self.v2(mem, to, slot(from)),
            (from, to) => unreachable!("a move from {from:?} to {to:?}"),
        }
    }

    fn move_constant(&mut self, val: Val, one: &Move) {
        let bits = self.f.constant(val);
        match one.to {
            Loc::Gpr(to) => self.asm.mov_ri(to, bits.unwrap_or(0)),
            Loc::Xmm(to) => {
                let bytes = self.constant_bytes(val).unwrap_or_default();
                self.load_constant(to, &bytes);
            }
            Loc::Slot(to) => self.constant_to_slot(val, to, one.wide),
        }
    }

    fn constant_to_slot(&mut self, val: Val, to: u32, wide: bool) {
        let bytes = self.constant_bytes(val).unwrap_or_default();
        let (low, _) = bytes.as_chunks::<8>();
        for (part, bits) in (0..if wide { 2 } else { 1 }).zip(low) {
            let bits = u64::from_le_bytes(*bits);
            match i32::try_from(bits as i64) {
                Ok(short) => self.asm.store_imm(8, slot(to + part), short),
                Err(_) => {
                    self.asm.mov_ri(SCRATCH, bits);
                    self.asm.store(Width::W64, slot(to + part), SCRATCH);
                }
            }
        }
    }

    /// Moves on an edge, where its only predecessor ends.
    pub(super) fn edge_out_of(&mut self, edge: u32) {
        self.edge_moves(edge);
    }

    /// Moves on the one edge into a block, if they belong here.
    pub(super) fn edge_into(&mut self, block: u32) {
        if let Some(edge) = self.assigned.edge_into(block) {
            self.edge_moves(edge);
        }
    }

    /// Whether an edge from a block with several ways on has moves that
    /// cannot be in its target.
    pub(super) fn has_moves_here(&self, edge: u32) -> bool {
        self.assigned.is_critical(edge) && !self.assigned.edge_moves(edge).is_empty()
    }

    /// Moves of an edge from a block with several ways on, if its target has
    /// several ways in.
    pub(super) fn edge_out_of_fork(&mut self, edge: u32) {
        if self.assigned.is_critical(edge) {
            self.edge_moves(edge);
        }
    }

    pub(super) fn edge_moves(&mut self, edge: u32) {
        let assigned = self.assigned;
        let moves = assigned.edge_moves(edge);
        let floats = moves.iter().all(|one| matches!(one.to, Loc::Xmm(_)));
        if floats && planted(Fault::MoveOrder) {
            return moves.iter().rev().for_each(|one| self.one_move(one));
        }
        for one in moves {
            self.one_move(one);
        }
    }
}

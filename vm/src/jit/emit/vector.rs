//! Vectors of 128 bits.

use isa::Op;
use regalloc::{Class, Role};
use x64::VecOp;

use super::super::ir::{Inst, Val};
use super::{Emitter, VEC_SCRATCH};

/// The instruction that does a row in all levels, from two operands.
fn direct(op: Op) -> Option<VecOp> {
    use Op as O;
    Some(match op {
        O::V128And => VecOp::Pand,
        O::V128Or => VecOp::Por,
        O::V128Xor => VecOp::Pxor,
        O::I8x16Add => VecOp::Paddb,
        O::I16x8Add => VecOp::Paddw,
        O::I32x4Add => VecOp::Paddd,
        O::I64x2Add => VecOp::Paddq,
        O::I8x16Sub => VecOp::Psubb,
        O::I16x8Sub => VecOp::Psubw,
        O::I32x4Sub => VecOp::Psubd,
        O::I64x2Sub => VecOp::Psubq,
        O::I16x8Mul => VecOp::Pmullw,
        O::I32x4Mul => VecOp::Pmulld,
        O::F32x4Add => VecOp::Addps,
        O::F64x2Add => VecOp::Addpd,
        O::F32x4Sub => VecOp::Subps,
        O::F64x2Sub => VecOp::Subpd,
        O::F32x4Mul => VecOp::Mulps,
        O::F64x2Mul => VecOp::Mulpd,
        O::F32x4Div => VecOp::Divps,
        O::F64x2Div => VecOp::Divpd,
        _ => return None,
    })
}

/// How a row reads its operands.
pub(in crate::jit) fn roles(_op: Op) -> [Role; 3] {
    [Role::Use; 3]
}

/// Registers that a row needs besides the free ones.
pub(in crate::jit) fn temps(_op: Op, _avx: bool) -> [Option<Class>; 2] {
    [None; 2]
}

impl Emitter<'_> {
    /// A row over vectors; whether it was one that has code of its own.
    pub(super) fn vector(&mut self, _val: Val, op: Op, inst: &Inst) -> bool {
        let Some(direct) = direct(op) else {
            return false;
        };
        let to = self.def_xmm();
        let a = self.vec_reg(inst.args[0], VEC_SCRATCH);
        let b = self.vec(inst.args[1]);
        self.v3(direct, to, a, b);
        true
    }
}

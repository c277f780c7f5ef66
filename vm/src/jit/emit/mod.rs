//! Values in registers to machine code.
//!
//! Each family of instructions has a file. A value's register is asked for by
//! the value; `rax` and `xmm15` are free for every instruction.

mod call;
mod control;
mod convert;
mod float;
mod fuel;
mod mark;
mod memory;
mod numeric;
mod state;
mod table;
mod variable;
mod vector;

pub(super) use vector::{is_question, reused, roles, temps};

use std::mem::offset_of;

use isa::planted::{Fault, planted};
use isa::{Op, Trap};
use simd::CpuLevel;
use x64::{Asm, Cond, Gpr, L, Label, Mem, VecOp, Width, Xm, Xmm};

use super::Request;
use super::assign::{Assigned, Loc};
use super::ir::{Function, Inst, Kind, Shape, Ty, Val};
use super::nan::Classes;
use super::native::{Native, StopBlock};
use crate::machine::context::Context;
use mark::Marks;

/// Free for every instruction.
pub(super) const SCRATCH: Gpr = Gpr::Rax;
pub(super) const VEC_SCRATCH: Xmm = Xmm(15);
/// Registers with a meaning of their own.
pub(super) const FUEL: Gpr = Gpr::R15;
pub(super) const CX: Gpr = Gpr::R14;
pub(super) const MEMORY: Gpr = Gpr::R13;
pub(super) const FRAME: Gpr = Gpr::Rbp;

/// A field of the context.
macro_rules! cx {
    ($($field:tt)+) => {
        x64::Mem::base($crate::jit::emit::CX, std::mem::offset_of!($crate::machine::context::Context, $($field)+) as i32)
    };
}
pub(super) use cx;

/// Code that is emitted behind everything else.
enum Cold {
    /// Leaves with a trap.
    Trap { label: Label, trap: Trap, pos: u32 },
    /// The fuel of a block is used up.
    Fuel { label: Label, block: u32 },
    /// A NaN is replaced.
    Canon {
        label: Label,
        back: Label,
        register: Xmm,
        shape: Shape,
    },
    /// Moves on the way to a block.
    Edge { label: Label, edge: u32 },
    /// The trap of a conversion depends on its operand.
    Conversion {
        label: Label,
        double: bool,
        operand: Xmm,
        pos: u32,
    },
}

/// Machine code in the making.
pub(super) struct Emitter<'a> {
    asm: Asm,
    f: &'a Function,
    /// The register code.
    words: &'a [u64],
    assigned: &'a Assigned<'a>,
    classes: &'a Classes,
    level: CpuLevel,
    /// Whether accesses out of bounds may fault.
    guards: bool,
    /// Heads of blocks.
    labels: Vec<Label>,
    cold: Vec<Cold>,
    native: Native,
    /// The instruction at hand, as numbered by the allocator.
    at: u32,
    /// Labels of return addresses, with positions behind their calls.
    returns: Vec<(Label, u32)>,
    /// Labels of fuel subtractions, by block.
    resumes: Vec<Option<Label>>,
    marks: Option<Marks>,
}

/// Emits a function.
pub(super) fn emit(
    f: &Function,
    assigned: &Assigned,
    classes: &Classes,
    request: &Request,
) -> Native {
    let mut asm = Asm::new();
    let labels = f.blocks.iter().map(|_| asm.label()).collect();
    let mut emitter = Emitter {
        asm,
        f,
        words: &request.code.words,
        assigned,
        classes,
        level: request.level,
        guards: request.guards,
        labels,
        cold: Vec::new(),
        native: Native::default(),
        at: 0,
        returns: Vec::new(),
        resumes: vec![None; f.blocks.len()],
        marks: request.view.then(Marks::default),
    };
    for block in 0..f.blocks.len() as u32 {
        if !f.blocks[block as usize].dead {
            emitter.block(block);
        } else {
            emitter.stop_block(block);
        }
    }
    emitter.emit_cold();
    emitter.finish()
}

impl Emitter<'_> {
    fn block(&mut self, block: u32) {
        let label = self.labels[block as usize];
        self.asm.bind(label);
        self.mark_block(block);
        self.edge_into(block);
        self.stop_block(block);
        self.charge(block);
        let range = self.assigned.block_insts(block);
        for at in range {
            self.at = at;
            self.mark_inst(block, at);
            self.moves_before(at);
            match self.assigned.val_of(at) {
                Some(val) => self.inst(val),
                None => self.terminator(block),
            }
        }
    }

    fn inst(&mut self, val: Val) {
        let inst = *self.f.inst(val);
        match inst.kind {
            Kind::Row(op) => self.row(op, &inst),
            Kind::Const | Kind::ConstWide | Kind::Phi => {}
            Kind::SlotLoad => self.slot_load(val, &inst),
            Kind::SlotStore | Kind::SlotStoreWide | Kind::SlotStoreHigh => self.slot_store(&inst),
            Kind::Select => self.select(val, &inst),
            Kind::Canon(shape) => self.canon(val, &inst, shape),
            Kind::Check => self.check(&inst),
            Kind::Load(op) => self.memory_load(val, op, &inst),
            Kind::Store(op) => self.memory_store(op, &inst),
            Kind::LoadLane(op) => self.load_lane(val, op, &inst),
            Kind::StoreLane(op) => self.store_lane(op, &inst),
            Kind::Memory => self.memory_object(val, &inst),
            Kind::MemorySize => self.memory_size(val, &inst),
            Kind::Global => self.global_object(val, &inst),
            Kind::GlobalGet => self.global_get(val, &inst),
            Kind::GlobalSet => self.global_set(&inst),
            Kind::FuncRef => self.func_ref(val, &inst),
            Kind::NonNull => self.non_null(&inst),
            Kind::Address => self.large_address(val, &inst),
            Kind::Helper(op) => self.helper(val, op, &inst),
        }
    }

    /// The register of an operand or result of the instruction at hand.
    fn loc(&self, val: Val) -> Loc {
        self.assigned.loc(self.at, val)
    }

    /// The general register of an operand or result.
    fn gpr(&self, val: Val) -> Gpr {
        match self.loc(val) {
            Loc::Gpr(reg) => reg,
            other => unreachable!("{val:?} is to be in a general register, not {other:?}"),
        }
    }

    /// The vector register of an operand or result.
    fn xmm(&self, val: Val) -> Xmm {
        match self.loc(val) {
            Loc::Xmm(reg) => reg,
            other => unreachable!("{val:?} is to be in a vector register, not {other:?}"),
        }
    }

    /// The result's register.
    fn def(&self) -> Loc {
        self.assigned.def(self.at)
    }

    fn def_gpr(&self) -> Gpr {
        match self.def() {
            Loc::Gpr(reg) => reg,
            other => unreachable!("a result in {other:?}"),
        }
    }

    fn def_xmm(&self) -> Xmm {
        match self.def() {
            Loc::Xmm(reg) => reg,
            other => unreachable!("a result in {other:?}"),
        }
    }

    /// An integer operand: its register, or the scratch register with its
    /// constant.
    fn int(&mut self, val: Val) -> Gpr {
        match self.f.constant(val) {
            Some(bits) => {
                self.asm.mov_ri(SCRATCH, bits);
                SCRATCH
            }
            None => self.gpr(val),
        }
    }

    /// A float or vector operand: its register, or the memory its constant
    /// is in.
    fn vec(&mut self, val: Val) -> Xm {
        match self.constant_bytes(val) {
            Some(bytes) => Xm::from(self.pool(&bytes)),
            None => Xm::from(self.xmm(val)),
        }
    }

    /// As [`Emitter::vec`], loaded into `scratch` if it is a constant.
    fn vec_reg(&mut self, val: Val, scratch: Xmm) -> Xmm {
        match self.constant_bytes(val) {
            Some(bytes) => {
                self.load_constant(scratch, &bytes);
                scratch
            }
            None => self.xmm(val),
        }
    }

    /// The bytes of a constant, as a vector register holds it.
    fn constant_bytes(&self, val: Val) -> Option<[u8; 16]> {
        let inst = self.f.inst(val);
        let [low, high] = match inst.kind {
            Kind::Const => [inst.imm, 0],
            Kind::ConstWide => self.f.wides[inst.imm as usize],
            _ => return None,
        };
        let bits = u128::from(low) | u128::from(high) << 64;
        Some(bits.to_le_bytes())
    }

    /// A constant in memory.
    fn pool(&mut self, bytes: &[u8]) -> Mem {
        Mem::label(self.asm.constant(bytes))
    }

    /// Lanes of 32 bits, the same in all four.
    fn pool32(&mut self, bits: u32) -> Mem {
        let wide = u128::from(bits) * 0x0000_0001_0000_0001_0000_0001_0000_0001;
        self.pool(&wide.to_le_bytes())
    }

    /// Lanes of 64 bits, the same in both.
    fn pool64(&mut self, bits: u64) -> Mem {
        let wide = u128::from(bits) | u128::from(bits) << 64;
        self.pool(&wide.to_le_bytes())
    }

    fn load_constant(&mut self, to: Xmm, bytes: &[u8; 16]) {
        if *bytes == [0; 16] {
            self.v3(VecOp::Xorps, to, to, to);
        } else if *bytes == [0xff; 16] {
            self.v3(VecOp::Pcmpeqd, to, to, to);
        } else {
            let mem = self.pool(bytes);
            self.v2(VecOp::Movups, to, mem);
        }
    }

    /// Whether VEX forms may be used.
    fn avx(&self) -> bool {
        self.level > CpuLevel::Portable
    }

    /// Whether EVEX forms may be used.
    fn avx512(&self) -> bool {
        self.level >= CpuLevel::X86V4
    }

    /// `to = op(a, b)`. Legacy forms overwrite their first operand, and the
    /// free register where `to` is the second one alone.
    fn v3(&mut self, op: VecOp, to: Xmm, a: Xmm, b: impl Into<Xm>) {
        let b = b.into();
        if self.avx() {
            return self.asm.vex3(op, L::L128, to, a, b);
        }
        if to != a {
            if matches!(b, Xm::Reg(b) if b == to) {
                self.copy_xmm(VEC_SCRATCH, a);
                self.asm.sse(op, VEC_SCRATCH, b);
                return self.copy_xmm(to, VEC_SCRATCH);
            }
            self.copy_xmm(to, a);
        }
        self.asm.sse(op, to, b);
    }

    /// As [`Emitter::v3`], with an immediate byte.
    fn v3_i(&mut self, op: VecOp, to: Xmm, a: Xmm, b: impl Into<Xm>, imm: u8) {
        let b = b.into();
        if self.avx() {
            return self.asm.vex3_i(op, L::L128, to, a, b, imm);
        }
        if to != a {
            if matches!(b, Xm::Reg(b) if b == to) {
                self.copy_xmm(VEC_SCRATCH, a);
                self.asm.sse_i(op, VEC_SCRATCH, b, imm);
                return self.copy_xmm(to, VEC_SCRATCH);
            }
            self.copy_xmm(to, a);
        }
        self.asm.sse_i(op, to, b, imm);
    }

    /// `to = op(a)`.
    fn v2(&mut self, op: VecOp, to: Xmm, a: impl Into<Xm>) {
        if self.avx() {
            self.asm.vex2(op, L::L128, to, a.into());
        } else {
            self.asm.sse(op, to, a.into());
        }
    }

    /// As [`Emitter::v2`], with an immediate byte.
    fn v2_i(&mut self, op: VecOp, to: Xmm, a: impl Into<Xm>, imm: u8) {
        if self.avx() {
            self.asm.vex2_i(op, L::L128, to, a.into(), imm);
        } else {
            self.asm.sse_i(op, to, a.into(), imm);
        }
    }

    fn vec_store(&mut self, op: VecOp, to: Mem, from: Xmm) {
        if self.avx() {
            self.asm.vex_store(op, L::L128, to, from);
        } else {
            self.asm.sse_store(op, to, from);
        }
    }

    fn copy_xmm(&mut self, to: Xmm, from: Xmm) {
        if to != from {
            self.v2(VecOp::Movaps, to, from);
        }
    }

    fn copy_gpr(&mut self, to: Gpr, from: Gpr) {
        if to != from {
            self.asm.mov_rr(Width::W64, to, from);
        }
    }

    /// A branch to code that leaves with a trap.
    fn trap_if(&mut self, cond: Cond, trap: Trap, pos: u32) {
        let label = self.trap_label(trap, pos);
        self.asm.jcc(cond, label);
    }

    fn trap_label(&mut self, trap: Trap, pos: u32) -> Label {
        if let Some(Cold::Trap {
            label,
            trap: own,
            pos: at,
        }) = self.cold.last()
            && *own == trap
            && (*at == pos || planted(Fault::TrapPlace))
        {
            return *label;
        }
        let label = self.asm.label();
        self.cold.push(Cold::Trap { label, trap, pos });
        label
    }

    /// Evaluates a row by its meaning, out of line.
    fn by_meaning(&mut self, op: Op, inst: &Inst) {
        for (index, &arg) in inst.args.iter().enumerate() {
            if arg.is_none() {
                continue;
            }
            let to = offset_of!(Context, operands) as i32 + 16 * index as i32;
            self.put_operand(arg, Mem::base(CX, to));
        }
        let lane = match op {
            Op::I8x16Shuffle => {
                let lanes = self.f.wides[inst.imm as usize];
                let to = offset_of!(Context, operands) as i32 + 32;
                for (half, bits) in (0..).zip(lanes) {
                    self.asm.mov_ri(SCRATCH, bits);
                    self.asm
                        .store(Width::W64, Mem::base(CX, to + 8 * half), SCRATCH);
                }
                0
            }
            _ => inst.imm,
        };
        self.asm.mov_ri(SCRATCH, op as u64 | lane << 16);
        self.asm.call_rm(cx!(stubs.pure));
        let from = cx!(operands);
        match self.def() {
            Loc::Gpr(reg) => self.asm.load(Width::W64, reg, from),
            Loc::Xmm(reg) if inst.ty == Ty::V128 => self.v2(VecOp::Movups, reg, from),
            Loc::Xmm(reg) => self.v2(VecOp::Movsd, reg, from),
            Loc::Slot(_) => unreachable!("results are in registers"),
        }
    }

    fn put_operand(&mut self, val: Val, to: Mem) {
        match self.f.inst(val).ty {
            Ty::Int => {
                let reg = self.int(val);
                self.asm.store(Width::W64, to, reg);
            }
            Ty::V128 => {
                let reg = self.vec_reg(val, VEC_SCRATCH);
                self.vec_store(VecOp::Movups, to, reg);
            }
            Ty::F32 | Ty::F64 => {
                let reg = self.vec_reg(val, VEC_SCRATCH);
                self.vec_store(VecOp::Movsd, to, reg);
            }
        }
    }

    /// Code that is rarely run.
    fn emit_cold(&mut self) {
        self.mark_cold_part();
        // Edges may add more.
        let mut done = 0;
        while done < self.cold.len() {
            let cold = std::mem::replace(
                &mut self.cold[done],
                Cold::Edge {
                    label: self.labels[0],
                    edge: u32::MAX,
                },
            );
            self.mark_cold(done, &cold);
            done += 1;
            match cold {
                Cold::Trap { label, trap, pos } => {
                    self.asm.bind(label);
                    self.leave_with_trap(trap, pos);
                }
                Cold::Fuel { label, block } => {
                    self.asm.bind(label);
                    self.asm.mov_ri(SCRATCH, u64::from(block));
                    self.asm.call_rm(cx!(stubs.fuel));
                }
                Cold::Canon {
                    label,
                    back,
                    register,
                    shape,
                } => {
                    self.asm.bind(label);
                    self.replace_nan(register, shape);
                    self.asm.jmp(back);
                }
                Cold::Edge { label, edge } => {
                    self.asm.bind(label);
                    self.edge_moves(edge);
                    let to = self.f.edges[edge as usize].to;
                    self.asm.jmp(self.labels[to as usize]);
                }
                Cold::Conversion {
                    label,
                    double,
                    operand,
                    pos,
                } => {
                    self.asm.bind(label);
                    self.conversion_trap(double, operand, pos);
                }
            }
        }
    }

    fn finish(mut self) -> Native {
        let entry = self.labels[0];
        self.native.view = self.view();
        let finished = self.asm.finish();
        let offset = |label: Label| finished.offset(label) as u32;
        self.native.entry = offset(entry);
        for (block, stop) in self.native.blocks.iter_mut().enumerate() {
            if let Some(label) = self.resumes[block] {
                stop.resume = offset(label);
            }
        }
        self.native.returns = self
            .returns
            .iter()
            .map(|&(label, pos)| (offset(label), pos))
            .collect();
        self.native.bytes = finished.bytes;
        self.native
    }

    fn stop_block(&mut self, block: u32) {
        let own = &self.f.blocks[block as usize];
        let start = self.native.states.len() as u32;
        self.note_homes(block);
        self.native.blocks.push(StopBlock {
            pos: own.pos,
            cost: own.cost + u32::from(planted(Fault::StopCost)),
            resume: 0,
            state: start..self.native.states.len() as u32,
        });
    }
}

//! Linear memory.

use std::mem::offset_of;

use isa::planted::{Fault, planted};
use isa::{Op, Trap};
use x64::{Alu, Cond, Mem, Scale, VecOp, Width};

use super::super::ir::{Inst, Val};
use super::{Emitter, MEMORY, SCRATCH, VEC_SCRATCH, cx};
use crate::machine::memory::{MemoryInst, PAGE};

impl Emitter<'_> {
    /// The size of the memory that an instruction names.
    fn size(&self, object: Val) -> Mem {
        match object.is_none() {
            true => cx!(len),
            false => Mem::base(self.gpr(object), offset_of!(MemoryInst, len) as i32),
        }
    }

    /// Traps unless `imm` bytes from the address are inside.
    pub(super) fn check(&mut self, inst: &Inst) {
        let [address, object, _] = inst.args;
        if inst.imm == 0 {
            return self.check_reservation(inst);
        }
        let size = self.size(object);
        let trap = self.trap_label(Trap::MemoryOutOfBounds, inst.pos);
        let constant = self.f.constant(address);
        if let Some(bits) = constant {
            let reach = inst.imm + u64::from(planted(Fault::ConstantBound));
            let Some(end) = bits.checked_add(reach) else {
                return self.asm.jmp(trap);
            };
            self.asm.mov_ri(SCRATCH, end);
            self.asm.alu(Alu::Cmp, Width::W64, SCRATCH, size);
            return self.asm.jcc(Cond::A, trap);
        }
        let address = self.gpr(address);
        self.asm.load(Width::W64, SCRATCH, size);
        let reach = inst.imm + u64::from(planted(Fault::Bound));
        match i32::try_from(reach) {
            Ok(reach) => self.asm.alu_ri(Alu::Sub, Width::W64, SCRATCH, reach),
            Err(_) => {
                // The address plus what is too large for an immediate.
                self.asm.mov_ri(SCRATCH, reach);
                self.asm.alu(Alu::Add, Width::W64, SCRATCH, address);
                self.asm.jcc(Cond::B, trap);
                self.asm.alu(Alu::Cmp, Width::W64, SCRATCH, size);
                return self.asm.jcc(Cond::A, trap);
            }
        }
        self.asm.jcc(Cond::B, trap);
        self.asm.alu(Alu::Cmp, Width::W64, address, SCRATCH);
        self.asm.jcc(Cond::A, trap);
    }

    /// Traps if the address is beyond all that is reserved for the memory.
    fn check_reservation(&mut self, inst: &Inst) {
        let [address, object, _] = inst.args;
        let limit = match object.is_none() {
            true => cx!(roots.mem_limit),
            false => Mem::base(self.gpr(object), offset_of!(MemoryInst, reserved) as i32),
        };
        let trap = self.trap_label(Trap::MemoryOutOfBounds, inst.pos);
        let address = self.int(address);
        self.asm.alu(Alu::Cmp, Width::W64, address, limit);
        self.asm.jcc(Cond::A, trap);
    }

    /// The place of an access whose address is checked, or known to fault if
    /// it is out of bounds.
    fn place(&mut self, inst: &Inst) -> Mem {
        self.place_from(inst, 0)
    }

    /// As [`Emitter::place`], of what begins `more` bytes behind it.
    fn place_from(&mut self, inst: &Inst, more: i32) -> Mem {
        let [address, object, _] = inst.args;
        let offset = (inst.imm as u32).cast_signed() + more;
        if object.is_none() {
            if let Some(bits) = self.f.constant(address) {
                let sum = bits.wrapping_add(offset as i64 as u64);
                if let Ok(sum) = i32::try_from(sum) {
                    return Mem::base(MEMORY, sum);
                }
                self.asm.mov_ri(SCRATCH, bits);
                return Mem::index(MEMORY, SCRATCH, Scale::One, offset);
            }
            return Mem::index(MEMORY, self.gpr(address), Scale::One, offset);
        }
        let base = Mem::base(self.gpr(object), offset_of!(MemoryInst, base) as i32);
        match self.f.constant(address) {
            Some(bits) => {
                self.asm.mov_ri(SCRATCH, bits);
                self.asm.alu(Alu::Add, Width::W64, SCRATCH, base);
                Mem::base(SCRATCH, offset)
            }
            None => {
                let address = self.gpr(address);
                self.asm.load(Width::W64, SCRATCH, base);
                Mem::index(SCRATCH, address, Scale::One, offset)
            }
        }
    }

    pub(super) fn memory_load(&mut self, _val: Val, op: Op, inst: &Inst) {
        use Op as O;
        let from = self.place(inst);
        self.note_fault(inst);
        match op {
            O::I32Load | O::I64Load32U => self.asm.load(Width::W32, self.def_gpr(), from),
            O::I64Load => self.asm.load(Width::W64, self.def_gpr(), from),
            O::I32Load8S => self.asm.movsx8(Width::W32, self.def_gpr(), from),
            O::I64Load8S => self.asm.movsx8(Width::W64, self.def_gpr(), from),
            O::I32Load8U | O::I64Load8U => self.asm.movzx8(self.def_gpr(), from),
            O::I32Load16S => self.asm.movsx16(Width::W32, self.def_gpr(), from),
            O::I64Load16S => self.asm.movsx16(Width::W64, self.def_gpr(), from),
            O::I32Load16U | O::I64Load16U => self.asm.movzx16(self.def_gpr(), from),
            O::I64Load32S => self.asm.movsxd(self.def_gpr(), from),
            O::F32Load | O::V128Load32Zero => self.v2(VecOp::Movss, self.def_xmm(), from),
            O::F64Load | O::V128Load64Zero => self.v2(VecOp::Movsd, self.def_xmm(), from),
            O::V128Load => self.v2(VecOp::Movups, self.def_xmm(), from),
            _ => self.vector_load(op, from),
        }
    }

    /// Loads that change what they read.
    fn vector_load(&mut self, op: Op, from: Mem) {
        use Op as O;
        let to = self.def_xmm();
        match op {
            O::V128Load8x8S => self.v2(VecOp::Pmovsxbw, to, from),
            O::V128Load8x8U => self.v2(VecOp::Pmovzxbw, to, from),
            O::V128Load16x4S => self.v2(VecOp::Pmovsxwd, to, from),
            O::V128Load16x4U => self.v2(VecOp::Pmovzxwd, to, from),
            O::V128Load32x2S => self.v2(VecOp::Pmovsxdq, to, from),
            O::V128Load32x2U => self.v2(VecOp::Pmovzxdq, to, from),
            O::V128Load8Splat if self.avx() => self.v2(VecOp::Vpbroadcastb, to, from),
            O::V128Load16Splat if self.avx() => self.v2(VecOp::Vpbroadcastw, to, from),
            O::V128Load32Splat if self.avx() => self.v2(VecOp::Vbroadcastss, to, from),
            O::V128Load64Splat => self.v2(VecOp::Movddup, to, from),
            O::V128Load32Splat => {
                self.v2(VecOp::Movss, to, from);
                self.v2_i(VecOp::Pshufd, to, to, 0);
            }
            O::V128Load16Splat => {
                self.asm.movzx16(SCRATCH, from);
                self.gpr_to_xmm(Width::W32, to, SCRATCH);
                self.v2_i(VecOp::Pshuflw, to, to, 0);
                self.v2_i(VecOp::Pshufd, to, to, 0);
            }
            _ => {
                debug_assert_eq!(op, O::V128Load8Splat);
                self.asm.movzx8(SCRATCH, from);
                self.gpr_to_xmm(Width::W32, to, SCRATCH);
                self.v3(VecOp::Xorps, VEC_SCRATCH, VEC_SCRATCH, VEC_SCRATCH);
                self.v3(VecOp::Pshufb, to, to, VEC_SCRATCH);
            }
        }
    }

    pub(super) fn memory_store(&mut self, op: Op, inst: &Inst) {
        use Op as O;
        let value = inst.args[2];
        // With an offset beyond what guards cover there was an exact check.
        let near = (inst.imm as u32).cast_signed() <= i32::MAX - 16;
        if op == Op::V128Store && self.guards && near {
            self.touch_end(inst);
        }
        let to = self.place(inst);
        let constant = self.f.constant(value);
        let bytes = match op {
            O::I32Store8 | O::I64Store8 => 1,
            O::I32Store16 | O::I64Store16 => 2,
            O::I32Store | O::I64Store32 | O::F32Store => 4,
            O::I64Store | O::F64Store => 8,
            _ => 16,
        };
        if let Some(bits) = constant
            && let Some(value) = short_constant(bytes, bits)
        {
            self.note_fault(inst);
            return self.asm.store_imm(bytes, to, value);
        }
        match op {
            O::F32Store => self.store_vec(VecOp::Movss, to, inst),
            O::F64Store => self.store_vec(VecOp::Movsd, to, inst),
            O::V128Store => self.store_vec(VecOp::Movups, to, inst),
            _ => self.store_int(bytes, to, inst, constant),
        }
    }

    /// Faults if the end of the 16 bytes of a store is out of bounds.
    ///
    /// A store of up to 8 bytes that faults has written nothing. The CPU's
    /// manuals let one of 16 bytes be done in two parts, of which the first may
    /// be seen when the second one faults; so its end is read before. It begins
    /// at an address that is not below the memory, so once its end is inside,
    /// so is all of it.
    fn touch_end(&mut self, inst: &Inst) {
        let end = self.place_from(inst, 12);
        self.note_fault(inst);
        self.asm.alu(Alu::Cmp, Width::W32, SCRATCH, end);
    }

    fn store_vec(&mut self, op: VecOp, to: Mem, inst: &Inst) {
        let from = self.vec_reg(inst.args[2], VEC_SCRATCH);
        self.note_fault(inst);
        self.vec_store(op, to, from);
    }

    fn store_int(&mut self, bytes: u8, to: Mem, inst: &Inst, constant: Option<u64>) {
        let from = match constant {
            None => self.gpr(inst.args[2]),
            Some(bits) => {
                // Only constants of 64 bits come here; the place may need the
                // scratch register, so they go by way of a vector.
                let bytes = self.pool(&bits.to_le_bytes());
                self.v2(VecOp::Movsd, VEC_SCRATCH, bytes);
                self.note_fault(inst);
                return self.vec_store(VecOp::Movsd, to, VEC_SCRATCH);
            }
        };
        self.note_fault(inst);
        match bytes {
            1 => self.asm.store8(to, from),
            2 => self.asm.store16(to, from),
            4 => self.asm.store(Width::W32, to, from),
            _ => self.asm.store(Width::W64, to, from),
        }
    }

    /// Notes that the next instruction is a memory access of Wasm.
    fn note_fault(&mut self, inst: &Inst) {
        let here = self.asm.here() as u32;
        self.native.faults.push((here, inst.pos));
    }

    pub(super) fn load_lane(&mut self, _val: Val, op: Op, inst: &Inst) {
        use Op as O;
        let from = self.place(inst);
        let lane = (inst.imm >> 32) as u8;
        let to = self.def_xmm();
        let vector = self.vec_reg(inst.args[2], VEC_SCRATCH);
        let insert = match op {
            O::V128Load8Lane => VecOp::Pinsrb,
            O::V128Load16Lane => VecOp::Pinsrw,
            O::V128Load32Lane => VecOp::Pinsrd,
            _ => VecOp::Pinsrq,
        };
        self.note_fault(inst);
        if self.avx() {
            self.asm.vex_insert(insert, to, vector, from, lane);
        } else {
            let fault = self.native.faults.pop();
            self.copy_xmm(to, vector);
            if let Some((_, pos)) = fault {
                self.native.faults.push((self.asm.here() as u32, pos));
            }
            self.asm.sse_insert(insert, to, from, lane);
        }
    }

    pub(super) fn store_lane(&mut self, op: Op, inst: &Inst) {
        use Op as O;
        let to = self.place(inst);
        let lane = (inst.imm >> 32) as u8;
        let from = self.vec_reg(inst.args[2], VEC_SCRATCH);
        self.note_fault(inst);
        let extract = match (op, lane) {
            (O::V128Store8Lane, _) => VecOp::Pextrb,
            (O::V128Store16Lane, _) => VecOp::Pextrw,
            // The lowest lane and the upper half have cheaper stores.
            (O::V128Store32Lane, 0) => return self.vec_store(VecOp::Movss, to, from),
            (O::V128Store32Lane, _) => VecOp::Pextrd,
            (_, 0) => return self.vec_store(VecOp::Movsd, to, from),
            (_, _) => return self.vec_store(VecOp::Movhps, to, from),
        };
        if self.avx() {
            self.asm.vex_extract(extract, to, from, lane);
        } else {
            self.asm.sse_extract(extract, to, from, lane);
        }
    }

    /// The object of a memory.
    pub(super) fn memory_object(&mut self, _val: Val, inst: &Inst) {
        let to = self.def_gpr();
        self.asm.load(Width::W64, to, cx!(roots.memories));
        self.asm
            .load(Width::W64, to, Mem::base(to, 8 * inst.imm as i32));
    }

    pub(super) fn memory_size(&mut self, _val: Val, inst: &Inst) {
        let object = self.gpr(inst.args[0]);
        let to = self.def_gpr();
        self.asm.load(
            Width::W64,
            to,
            Mem::base(object, offset_of!(MemoryInst, len) as i32),
        );
        self.asm
            .shift_ri(x64::Shift::Shr, Width::W64, to, PAGE.trailing_zeros() as u8);
    }

    /// An address plus an offset that may not fit.
    pub(super) fn large_address(&mut self, _val: Val, inst: &Inst) {
        let to = self.def_gpr();
        let from = self.int(inst.args[0]);
        self.copy_gpr(to, from);
        self.asm.mov_ri(SCRATCH, inst.imm);
        self.asm.alu(Alu::Add, Width::W64, to, SCRATCH);
        self.trap_if(Cond::B, Trap::MemoryOutOfBounds, inst.pos);
    }
}

/// A constant as an immediate of a store of `bytes` bytes.
fn short_constant(bytes: u8, bits: u64) -> Option<i32> {
    match bytes {
        1 => Some(i32::from(bits as u8 as i8)),
        2 => Some(i32::from(bits as u16 as i16)),
        4 => Some(bits as u32 as i32),
        8 => i32::try_from(bits as i64).ok(),
        _ => None,
    }
}

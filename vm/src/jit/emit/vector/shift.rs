//! Shifts of lanes. Counts are taken modulo the lane's width.

use x64::{Alu, L, Shift, VecOp, Width, Xmm};

use super::super::{Emitter, SCRATCH, VEC_SCRATCH};
use super::Row;
use super::form::{Lane, ONES8};

/// The sign of the upper half in both halves of each lane of 64 bits.
const UPPER: u8 = 0b11_11_01_01;

impl Lane {
    pub(super) fn bits(self) -> u8 {
        match self {
            Lane::I8 => 8,
            Lane::I16 => 16,
            Lane::I32 => 32,
            Lane::I64 => 64,
        }
    }
}

/// The instruction that shifts lanes, if there is one below AVX-512.
fn instruction(lane: Lane, shift: Shift) -> Option<VecOp> {
    Some(match (lane, shift) {
        (Lane::I16, Shift::Shl) => VecOp::Psllw,
        (Lane::I32, Shift::Shl) => VecOp::Pslld,
        (Lane::I64, Shift::Shl) => VecOp::Psllq,
        (Lane::I16, Shift::Shr) => VecOp::Psrlw,
        (Lane::I32, Shift::Shr) => VecOp::Psrld,
        (Lane::I64, Shift::Shr) => VecOp::Psrlq,
        (Lane::I16, Shift::Sar) => VecOp::Psraw,
        (Lane::I32, Shift::Sar) => VecOp::Psrad,
        _ => return None,
    })
}

impl Emitter<'_> {
    /// `to = op(from)` by a constant count.
    pub(super) fn shift_i(&mut self, op: VecOp, to: Xmm, from: Xmm, count: u8) {
        if self.avx() {
            self.asm.vex_shift_i(op, L::L128, to, from, count);
        } else {
            self.copy_xmm(to, from);
            self.asm.sse_shift_i(op, to, count);
        }
    }

    pub(super) fn shift_lanes(&mut self, lane: Lane, shift: Shift, row: &Row<'_>) {
        let to = self.def_xmm();
        let a = self.held(row, 0);
        if let Some(bits) = self.f.constant(row.inst.args[1]) {
            let count = bits as u8 & (lane.bits() - 1);
            return self.shift_lanes_by(lane, shift, to, a, count);
        }
        if let Some(op) = instruction(lane, shift) {
            self.load_count(lane, 0, row);
            return self.v3(op, to, a, VEC_SCRATCH);
        }
        match (lane, shift) {
            (Lane::I64, _) => self.shift64_signed(to, a, row),
            (_, Shift::Sar) => self.shift8_signed(to, a, row),
            _ => self.shift8(shift, to, a, row),
        }
    }

    /// The count and something added, in the free vector register.
    fn load_count(&mut self, lane: Lane, more: i32, row: &Row<'_>) {
        let count = self.gpr(row.inst.args[1]);
        let mask = i32::from(lane.bits() - 1);
        self.asm.mov_rr(Width::W32, SCRATCH, count);
        self.asm.alu_ri(Alu::And, Width::W32, SCRATCH, mask);
        if more != 0 {
            self.asm.alu_ri(Alu::Add, Width::W32, SCRATCH, more);
        }
        self.gpr_to_xmm(Width::W32, VEC_SCRATCH, SCRATCH);
    }

    fn shift_lanes_by(&mut self, lane: Lane, shift: Shift, to: Xmm, a: Xmm, count: u8) {
        if count == 0 {
            return self.copy_xmm(to, a);
        }
        if let Some(op) = instruction(lane, shift) {
            return self.shift_i(op, to, a, count);
        }
        match (lane, shift) {
            (Lane::I64, _) => self.shift64_signed_by(to, a, count),
            (_, Shift::Sar) => self.shift8_signed_by(to, a, count),
            (_, Shift::Shl) if count == 1 => self.v3(VecOp::Paddb, to, a, a),
            (_, Shift::Shl) => {
                let kept = self.pool64(u64::from(0xff_u8 << count) * ONES8);
                self.shift_i(VecOp::Psllw, to, a, count);
                self.v3(VecOp::Pand, to, to, kept);
            }
            _ => {
                let kept = self.pool64(u64::from(0xff_u8 >> count) * ONES8);
                self.shift_i(VecOp::Psrlw, to, a, count);
                self.v3(VecOp::Pand, to, to, kept);
            }
        }
    }

    /// Where there is no instruction, the upper halves are shifted as lanes
    /// of 32 bits, the lower ones with zeros from above; or zeros come in
    /// everywhere, and the sign is brought down from where it was put.
    fn shift64_signed_by(&mut self, to: Xmm, a: Xmm, count: u8) {
        if self.avx512() {
            return self
                .asm
                .evex_shift_i(VecOp::Vpsraq, L::L128, to, a, count, None, false);
        }
        match count {
            63 => {
                self.v2_i(VecOp::Pshufd, to, a, UPPER);
                self.shift_i(VecOp::Psrad, to, to, 31);
            }
            0..32 => {
                self.shift_i(VecOp::Psrad, VEC_SCRATCH, a, count);
                self.shift_i(VecOp::Psrlq, to, a, count);
                const UPPER_WORDS: u8 = 0b1100_1100;
                const UPPER_DOUBLES: u8 = 0b1010;
                match self.avx() {
                    true => self.v3_i(VecOp::Vpblendd, to, to, VEC_SCRATCH, UPPER_DOUBLES),
                    false => self.v3_i(VecOp::Pblendw, to, to, VEC_SCRATCH, UPPER_WORDS),
                }
            }
            _ => {
                let sign = self.pool64(1 << (63 - count));
                self.shift_i(VecOp::Psrlq, to, a, count);
                self.v3(VecOp::Pxor, to, to, sign);
                self.v3(VecOp::Psubq, to, to, sign);
            }
        }
    }

    fn shift64_signed(&mut self, to: Xmm, a: Xmm, row: &Row<'_>) {
        self.load_count(Lane::I64, 0, row);
        if self.avx512() {
            return self.evex3(VecOp::Vpsraq, to, a, VEC_SCRATCH);
        }
        let sign = self.own_temp();
        let most = self.pool64(1 << 63);
        self.v2(VecOp::Movups, sign, most);
        self.v3(VecOp::Psrlq, sign, sign, VEC_SCRATCH);
        self.v3(VecOp::Psrlq, to, a, VEC_SCRATCH);
        self.v3(VecOp::Pxor, to, to, sign);
        self.v3(VecOp::Psubq, to, to, sign);
    }

    /// The sign comes down by way of where it was put: exclusive or and minus
    /// extend it.
    fn shift8_signed_by(&mut self, to: Xmm, a: Xmm, count: u8) {
        if count == 7 {
            self.clear(VEC_SCRATCH);
            return self.v3(VecOp::Pcmpgtb, to, VEC_SCRATCH, a);
        }
        let kept = self.pool64(u64::from(0xff_u8 >> count) * ONES8);
        let sign = self.pool64(u64::from(0x80_u8 >> count) * ONES8);
        self.shift_i(VecOp::Psrlw, to, a, count);
        self.v3(VecOp::Pand, to, to, kept);
        self.v3(VecOp::Pxor, to, to, sign);
        self.v3(VecOp::Psubb, to, to, sign);
    }

    /// In lanes of 16 bits with the byte on top, where a shift is one
    /// instruction and the sign comes down with it.
    fn shift8_signed(&mut self, to: Xmm, a: Xmm, row: &Row<'_>) {
        let high = self.own_temp();
        self.load_count(Lane::I8, 8, row);
        self.v3(VecOp::Punpckhbw, high, a, a);
        self.v3(VecOp::Punpcklbw, to, a, a);
        self.v3(VecOp::Psraw, high, high, VEC_SCRATCH);
        self.v3(VecOp::Psraw, to, to, VEC_SCRATCH);
        self.v3(VecOp::Packsswb, to, to, high);
    }

    /// In lanes of 16 bits; what came from the neighbour is masked out. The
    /// mask is ones, shifted likewise.
    fn shift8(&mut self, shift: Shift, to: Xmm, a: Xmm, row: &Row<'_>) {
        let kept = self.own_temp();
        self.load_count(Lane::I8, 0, row);
        self.v3(VecOp::Pcmpeqd, kept, kept, kept);
        if shift == Shift::Shl {
            self.v3(VecOp::Psllw, kept, kept, VEC_SCRATCH);
            self.v3(VecOp::Psllw, to, a, VEC_SCRATCH);
        } else {
            self.v3(VecOp::Psrlw, kept, kept, VEC_SCRATCH);
            self.shift_i(VecOp::Psrlw, kept, kept, 8);
            self.v3(VecOp::Psrlw, to, a, VEC_SCRATCH);
        }
        // The lowest byte of each lane is the mask of both.
        self.broadcast8(kept, kept);
        self.v3(VecOp::Pand, to, to, kept);
    }
}

//! One row of the table in one encoding: how it is assembled, and what must
//! come out.

use iced_x86::EncodingKind::{self, EVEX, Legacy, VEX};
use iced_x86::{CpuidFeature, Instruction};
use x64::{Asm, Feature, Gpr, L, Mask, Shape, VecOp, Width, Xmm};

use crate::reader::{Address, Meant, Source, Want};

const IMM: u8 = 0xA5;

/// The mnemonic of a row in an encoding.
fn mnemonic(op: VecOp, encoding: EncodingKind) -> String {
    let name = format!("{op:?}").to_lowercase();
    let name = name.strip_suffix("var").unwrap_or(&name);
    let own = match op {
        VecOp::Pand => "vpandd",
        VecOp::Pandn => "vpandnd",
        VecOp::Por => "vpord",
        VecOp::Pxor => "vpxord",
        VecOp::Movdqa => "vmovdqa32",
        VecOp::Movdqu => "vmovdqu32",
        VecOp::Roundps => "vrndscaleps",
        VecOp::Roundpd => "vrndscalepd",
        VecOp::Roundss => "vrndscaless",
        VecOp::Roundsd => "vrndscalesd",
        VecOp::Vinsertf128 => "vinsertf32x4",
        VecOp::Vinserti128 => "vinserti32x4",
        VecOp::Vextractf128 => "vextractf32x4",
        VecOp::Vextracti128 => "vextracti32x4",
        VecOp::Vbroadcastf128 => "vbroadcastf32x4",
        VecOp::Vbroadcasti128 => "vbroadcasti32x4",
        _ => "",
    };
    if encoding == EVEX && !own.is_empty() {
        own.to_string()
    } else if encoding == Legacy || name.starts_with('v') {
        name.to_string()
    } else {
        format!("v{name}")
    }
}

pub(crate) fn has(op: VecOp, encoding: EncodingKind) -> bool {
    match encoding {
        Legacy => op.has_sse(),
        VEX => op.has_vex(),
        _ => op.has_evex(),
    }
}

/// A row in an encoding and a length, with registers for its operands.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) op: VecOp,
    pub(crate) encoding: EncodingKind,
    pub(crate) l: L,
    pub(crate) dst: Xmm,
    pub(crate) src1: Xmm,
    pub(crate) mask: Option<Mask>,
    pub(crate) zeroing: bool,
    pub(crate) is_broadcast: bool,
}

impl Case {
    /// Checks one instruction: `wants` are all its operands.
    #[track_caller]
    fn check(&self, wants: &[Want], emit: impl FnOnce(&mut Asm)) {
        let meant = Meant {
            mask: self.mask,
            zeroing: self.zeroing,
            is_broadcast: self.is_broadcast,
            ..Meant::new(&mnemonic(self.op, self.encoding), self.encoding, wants)
        };
        let instruction = meant.check(emit);
        if !self.op.is_scalar() && self.encoding != Legacy {
            let length = instruction.code().op_code().l();
            assert_eq!(length, (self.l == L::L256).into(), "{meant:?}");
        }
        self.check_features(&instruction);
    }

    /// What the row says it needs is what the decoder says.
    fn check_features(&self, instruction: &Instruction) {
        let op = self.op;
        let feature = match self.encoding {
            Legacy => op.sse_feature(),
            VEX => op.vex_feature(self.l),
            _ => op.evex_feature(),
        };
        let mut said = vec![feature.expect("the form exists")];
        let vl = CpuidFeature::AVX512VL;
        let found = instruction.cpuid_features();
        if self.encoding == EVEX {
            assert_eq!(found.contains(&vl), op.evex_needs_vl(), "{op:?}: {found:?}");
        }
        // What every processor with the other one has is not said twice.
        let mut found: Vec<Feature> = found.iter().filter(|f| **f != vl).map(feature_of).collect();
        if found.len() > 1 {
            found.retain(|f| !matches!(f, Feature::Avx | Feature::Avx512F));
        }
        // These have a form from memory that came before the one from a
        // register; the row says what suffices for both.
        let came_early = matches!(op, VecOp::Vbroadcastss | VecOp::Vbroadcastsd);
        if came_early && found == [Feature::Avx] {
            said = vec![Feature::Avx];
        }
        assert_eq!(found, said, "{op:?} {:?}", self.encoding);
    }

    fn emit_three(&self, src: Source, wants: &[Want]) {
        let Self {
            op,
            l,
            dst,
            src1,
            mask,
            zeroing,
            ..
        } = *self;
        let src2 = self.xm(src);
        self.check(wants, |asm| match self.encoding {
            Legacy => asm.sse(op, dst, src2),
            VEX => asm.vex3(op, l, dst, src1, src2),
            _ => asm.evex3(op, l, dst, src1, src2, mask, zeroing),
        });
    }

    fn emit_three_imm(&self, src: Source, wants: &[Want]) {
        let Self {
            op,
            l,
            dst,
            src1,
            mask,
            zeroing,
            ..
        } = *self;
        let src2 = self.xm(src);
        self.check(wants, |asm| match self.encoding {
            Legacy => asm.sse_i(op, dst, src2, IMM),
            VEX => asm.vex3_i(op, l, dst, src1, src2, IMM),
            _ => asm.evex3_i(op, l, dst, src1, src2, IMM, mask, zeroing),
        });
    }

    fn emit_two(&self, src: Source, wants: &[Want]) {
        let Self {
            op,
            l,
            dst,
            mask,
            zeroing,
            ..
        } = *self;
        let src = self.xm(src);
        self.check(wants, |asm| match self.encoding {
            Legacy => asm.sse(op, dst, src),
            VEX => asm.vex2(op, l, dst, src),
            _ => asm.evex2(op, l, dst, src, mask, zeroing),
        });
    }

    fn emit_two_imm(&self, src: Source, wants: &[Want]) {
        let Self {
            op,
            l,
            dst,
            mask,
            zeroing,
            ..
        } = *self;
        let src = self.xm(src);
        self.check(wants, |asm| match self.encoding {
            Legacy => asm.sse_i(op, dst, src, IMM),
            VEX => asm.vex2_i(op, l, dst, src, IMM),
            _ => asm.evex2_i(op, l, dst, src, IMM, mask, zeroing),
        });
    }

    fn emit_store(&self, address: Address) {
        let Self {
            op, l, dst, mask, ..
        } = *self;
        let mem = address.mem();
        let wants = [Want::Mem(address), Want::Xmm(dst)];
        self.check(&wants, |asm| match self.encoding {
            Legacy => asm.sse_store(op, mem, dst),
            VEX => asm.vex_store(op, l, mem, dst),
            _ => asm.evex_store(op, l, mem, dst, mask),
        });
    }

    fn emit_shift_i(&self, src: Source) {
        let Self {
            op,
            l,
            dst,
            src1,
            mask,
            zeroing,
            ..
        } = *self;
        let imm = Want::Imm(IMM.into());
        let dst_want = Want::Xmm(dst);
        match self.encoding {
            Legacy => self.check(&[dst_want, imm], |asm| asm.sse_shift_i(op, dst, IMM)),
            VEX => self.check(&[dst_want, Want::Xmm(src1), imm], |asm| {
                asm.vex_shift_i(op, l, dst, src1, IMM);
            }),
            _ => self.check(&[dst_want, src.want(Width::W64), imm], |asm| {
                asm.evex_shift_i(op, l, dst, self.xm(src), IMM, mask, zeroing);
            }),
        }
    }

    fn emit_insert(&self, src: Source, wants: &[Want]) {
        let Self { op, dst, src1, .. } = *self;
        self.check(wants, |asm| match self.encoding {
            Legacy => asm.sse_insert(op, dst, src.rm(), IMM),
            VEX => asm.vex_insert(op, dst, src1, src.rm(), IMM),
            _ => asm.evex_insert(op, dst, src1, src.rm(), IMM),
        });
    }

    fn emit_extract(&self, to: Source) {
        let Self { op, dst, .. } = *self;
        let wants = [
            to.want(lane_width(op)),
            Want::Xmm(dst),
            Want::Imm(IMM.into()),
        ];
        self.check(&wants, |asm| match self.encoding {
            Legacy => asm.sse_extract(op, to.rm(), dst, IMM),
            VEX => asm.vex_extract(op, to.rm(), dst, IMM),
            _ => asm.evex_extract(op, to.rm(), dst, IMM),
        });
    }

    fn emit_from_gpr(&self, src: Source) {
        let Self { op, dst, src1, .. } = *self;
        for width in [Width::W32, Width::W64] {
            let wants = self.with_src1(&[src.want(width)]);
            self.check(&wants, |asm| match self.encoding {
                Legacy => asm.sse_from_gpr(op, width, dst, src.rm()),
                VEX => asm.vex_from_gpr(op, width, dst, src1, src.rm()),
                _ => asm.evex_from_gpr(op, width, dst, src1, src.rm()),
            });
        }
    }

    fn emit_to_gpr(&self, src: Source) {
        let op = self.op;
        let dst = Gpr::from_number(self.dst.0 % 16);
        for width in [Width::W32, Width::W64] {
            let wants = [Want::Gpr(dst, width), src.want(width)];
            self.check(&wants, |asm| match self.encoding {
                Legacy => asm.sse_to_gpr(op, width, dst, src.xm()),
                VEX => asm.vex_to_gpr(op, width, dst, src.xm()),
                _ => asm.evex_to_gpr(op, width, dst, src.xm()),
            });
        }
    }

    fn emit_signs(&self) {
        let Self { op, l, src1, .. } = *self;
        let dst = Gpr::from_number(self.dst.0);
        let wants = [Want::Gpr(dst, Width::W32), Want::Xmm(src1)];
        self.check(&wants, |asm| match self.encoding {
            Legacy => asm.sse_signs_to_gpr(op, dst, src1),
            _ => asm.vex_signs_to_gpr(op, l, dst, src1),
        });
    }

    fn emit_blendv(&self, src: Source) {
        let Self {
            op, l, dst, src1, ..
        } = *self;
        let chosen_by = Xmm((dst.0 + 7) % 16);
        if self.encoding == Legacy {
            let wants = [Want::Xmm(dst), src.want(Width::W64), Want::Xmm(Xmm(0))];
            return self.check(&wants, |asm| asm.sse(op, dst, src.xm()));
        }
        let wants = self.with_src1(&[src.want(Width::W64), Want::Xmm(chosen_by)]);
        self.check(&wants, |asm| {
            asm.vex_blendv(op, l, dst, src1, src.xm(), chosen_by)
        });
    }

    /// What only EVEX has.
    fn emit_evex(&self, src: Source) {
        let Self {
            op,
            l,
            dst,
            src1,
            mask,
            zeroing,
            ..
        } = *self;
        let k = Mask(dst.0 % 8);
        let (vector, source) = (Want::Xmm(src1), src.want(Width::W64));
        let imm = Want::Imm(IMM.into());
        match op.shape() {
            Shape::ExtractHalf => self.check(&[source, vector, imm], |asm| match self.encoding {
                VEX => asm.vex_extract_half(op, src.xm(), src1, IMM),
                _ => asm.evex_extract_half(op, src.xm(), src1, IMM, mask, zeroing),
            }),
            Shape::Narrow => self.check(&[source, vector], |asm| {
                asm.evex_narrow(op, l, src.xm(), src1, mask, zeroing);
            }),
            Shape::CmpMask => self.check(&[Want::Mask(k), vector, source, imm], |asm| {
                asm.evex_cmp(op, l, k, src1, self.xm(src), IMM, mask);
            }),
            Shape::TestMask => self.check(&[Want::Mask(k), vector, source], |asm| {
                asm.evex_test(op, l, k, src1, self.xm(src), mask);
            }),
            Shape::ClassMask => self.check(&[Want::Mask(k), source, imm], |asm| {
                asm.evex_class(op, l, k, self.xm(src), IMM, mask);
            }),
            Shape::FromMask => self.check(&[Want::Xmm(dst), Want::Mask(Mask(src1.0 % 8))], |asm| {
                asm.evex_from_mask(op, l, dst, Mask(src1.0 % 8));
            }),
            Shape::ToMask => self.check(&[Want::Mask(k), vector], |asm| {
                asm.evex_to_mask(op, l, k, src1);
            }),
            shape => panic!("{op:?} is of shape {shape:?}"),
        }
    }

    fn emit_broadcast_gpr(&self) {
        let Self {
            op,
            l,
            dst,
            mask,
            zeroing,
            ..
        } = *self;
        let src = Gpr::from_number(self.src1.0 % 16);
        let width = if op == VecOp::Vpbroadcastq {
            Width::W64
        } else {
            Width::W32
        };
        self.check(&[Want::Xmm(dst), Want::Gpr(src, width)], |asm| {
            asm.evex_broadcast_gpr(op, l, dst, src, mask, zeroing);
        });
    }

    fn xm(&self, src: Source) -> x64::Xm {
        match src {
            Source::Mem(address) if self.is_broadcast => address.mem().broadcast().into(),
            _ => src.xm(),
        }
    }

    /// Destination, first source unless it is the destination, and the rest.
    fn with_src1(&self, rest: &[Want]) -> Vec<Want> {
        let mut wants = vec![Want::Xmm(self.dst)];
        if self.encoding != Legacy {
            wants.push(Want::Xmm(self.src1));
        }
        wants.extend(rest);
        wants
    }

    /// The method that the row's shape asks for.
    pub(crate) fn run(&self, src: Source) {
        let source = src.want(Width::W64);
        let (imm, dst) = (Want::Imm(IMM.into()), Want::Xmm(self.dst));
        let is_mem = matches!(src, Source::Mem(_));
        match self.op.shape() {
            Shape::ThreeImm => self.emit_three_imm(src, &self.with_src1(&[source, imm])),
            Shape::ThreeMem if !is_mem => {}
            Shape::ThreeReg if is_mem => {}
            Shape::Three | Shape::ThreeMem | Shape::ThreeReg | Shape::Shift => {
                self.emit_three(src, &self.with_src1(&[source]));
            }
            Shape::Two | Shape::Move | Shape::Broadcast => self.emit_two(src, &[dst, source]),
            Shape::TwoMem | Shape::MoveMem if !is_mem => {}
            Shape::TwoMem | Shape::MoveMem => self.emit_two(src, &[dst, source]),
            Shape::TwoImm => self.emit_two_imm(src, &[dst, source, imm]),
            Shape::MoveScalar if is_mem => self.emit_two(src, &[dst, source]),
            Shape::MoveScalar => self.emit_three(src, &self.with_src1(&[source])),
            Shape::ShiftImm if self.encoding != EVEX && is_mem => {}
            Shape::ShiftImm => self.emit_shift_i(src),
            Shape::Insert => {
                let src = general(src);
                let wants = self.with_src1(&[src.want(lane_width(self.op)), imm]);
                self.emit_insert(src, &wants);
            }
            Shape::Extract => self.emit_extract(general(src)),
            Shape::FromGpr => self.emit_from_gpr(general(src)),
            Shape::ToGpr => self.emit_to_gpr(src),
            Shape::SignsToGpr if is_mem => {}
            Shape::SignsToGpr => self.emit_signs(),
            Shape::Blendv => self.emit_blendv(src),
            Shape::FromMask | Shape::ToMask if is_mem => {}
            _ => self.emit_evex(src),
        }
        match (self.op.shape(), src) {
            (_, Source::Mem(address)) if self.op.has_store() => self.emit_store(address),
            (Shape::Shift, Source::Xmm(_)) => self.emit_shift_i(src),
            (Shape::Broadcast, Source::Xmm(_)) if self.encoding == EVEX => {
                self.emit_broadcast_gpr();
            }
            _ => {}
        }
    }

    /// Whether lanes of the result can be left out, and become zero.
    pub(crate) fn can_mask(&self, is_mem: bool) -> (bool, bool) {
        let op = self.op;
        match op.shape() {
            Shape::CmpMask | Shape::TestMask | Shape::ClassMask => (true, false),
            Shape::Narrow | Shape::ExtractHalf => (true, !is_mem),
            Shape::Move | Shape::MoveScalar => (op != VecOp::Movq, op != VecOp::Movq && !is_mem),
            Shape::Three | Shape::ThreeImm | Shape::Two | Shape::TwoImm | Shape::TwoMem => {
                let name = format!("{op:?}");
                let is_whole = name.to_lowercase().contains("comis")
                    || matches!(op, VecOp::Insertps | VecOp::Psadbw);
                (!is_whole, !is_whole)
            }
            Shape::Shift | Shape::Broadcast => (true, true),
            Shape::ShiftImm => {
                let is_whole = matches!(op, VecOp::Pslldq | VecOp::Psrldq);
                (!is_whole, !is_whole)
            }
            _ => (false, false),
        }
    }
}

/// The general register in place of a vector register.
fn general(src: Source) -> Source {
    match src {
        Source::Xmm(reg) => Source::Gpr(Gpr::from_number(reg.0 % 16)),
        other => other,
    }
}

/// In what width a general register holds the row's lane.
fn lane_width(op: VecOp) -> Width {
    match op {
        VecOp::Pinsrq | VecOp::Pextrq => Width::W64,
        _ => Width::W32,
    }
}

fn feature_of(feature: &CpuidFeature) -> Feature {
    match feature {
        CpuidFeature::SSE | CpuidFeature::SSE2 => Feature::Sse2,
        CpuidFeature::SSE3 => Feature::Sse3,
        CpuidFeature::SSSE3 => Feature::Ssse3,
        CpuidFeature::SSE4_1 => Feature::Sse41,
        CpuidFeature::SSE4_2 => Feature::Sse42,
        CpuidFeature::AVX => Feature::Avx,
        CpuidFeature::AVX2 => Feature::Avx2,
        CpuidFeature::FMA => Feature::Fma,
        CpuidFeature::GFNI => Feature::Gfni,
        CpuidFeature::AVX_VNNI => Feature::AvxVnni,
        CpuidFeature::AVX512F => Feature::Avx512F,
        CpuidFeature::AVX512BW => Feature::Avx512Bw,
        CpuidFeature::AVX512DQ => Feature::Avx512Dq,
        CpuidFeature::AVX512CD => Feature::Avx512Cd,
        CpuidFeature::AVX512_VBMI => Feature::Avx512Vbmi,
        CpuidFeature::AVX512_BITALG => Feature::Avx512Bitalg,
        CpuidFeature::AVX512_VPOPCNTDQ => Feature::Avx512Vpopcntdq,
        CpuidFeature::AVX512_VNNI => Feature::Avx512Vnni,
        other => panic!("no row needs {other:?}"),
    }
}

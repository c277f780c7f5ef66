//! How each row over vectors is done.

use isa::Op;
use x64::{Shift, VecOp};

/// The integer lanes of a vector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lane {
    I8,
    I16,
    I32,
    I64,
}

/// How a row is done. A flag that is called `double` tells `f64` from `f32`;
/// operands are exchanged where `swapped` is set.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// An instruction of one operand.
    One(VecOp),
    /// The same with an immediate.
    OneImm(VecOp, u8),
    /// An instruction of two operands.
    Two(VecOp),
    /// The same with its operands exchanged.
    Swapped(VecOp),
    /// An instruction whose second operand is a constant.
    Masked(VecOp, u64),
    Not,
    AndNot,
    /// Bits of two operands, chosen by those of a third.
    Select,
    NotEqual(VecOp),
    Greater64 {
        swapped: bool,
        negated: bool,
    },
    /// Whether the first operand is what the minimum or maximum of both is.
    AtLimit {
        limit: VecOp,
        equal: VecOp,
    },
    /// Unsigned: as signed, with signs flipped.
    GreaterU {
        greater: VecOp,
        signs: u64,
        swapped: bool,
    },
    Floats {
        compare: VecOp,
        predicate: u8,
        swapped: bool,
    },
    Shift(Lane, Shift),
    Shuffle,
    Swizzle,
    Abs64,
    /// Zero minus the operand.
    Negate(VecOp),
    Popcnt,
    Mul64,
    Q15,
    Pairs8S,
    Pairs16U,
    /// The upper half, by the instruction for the lower one.
    ExtendHigh(VecOp),
    /// The upper half, between zeros.
    ExtendHighZero(VecOp),
    ExtMul8 {
        extend: VecOp,
        high: bool,
    },
    ExtMul16 {
        multiply: VecOp,
        unpack: VecOp,
    },
    ExtMul32 {
        multiply: VecOp,
        high: bool,
    },
    /// Sums of two products of bytes; or of four, and a third operand added.
    Dot8 {
        add: bool,
    },
    Min(bool),
    Max(bool),
    /// Product and sum, rounded once.
    Fused {
        double: bool,
        negated: bool,
    },
    /// Product and sum, rounded twice.
    Unfused {
        double: bool,
        negated: bool,
    },
    FloatsOfU32,
    DoublesOfU32,
    IntsOfFloats {
        signed: bool,
    },
    IntsOfDoubles {
        signed: bool,
    },
    Splat(Lane),
    SplatFloat(bool),
    Extract {
        lane: Lane,
        signed: bool,
    },
    ExtractFloat(bool),
    Replace(Lane),
    ReplaceFloat(bool),
    AnyTrue,
    AllTrue(VecOp),
    Bitmask(Lane),
}

/// Rounding modes of `roundps`: to an integer, without an exception.
pub(super) const NEAREST: u8 = 8;
pub(super) const FLOOR: u8 = 9;
pub(super) const CEIL: u8 = 10;
pub(super) const TRUNC: u8 = 11;

/// Predicates of `cmpps`.
pub(super) const EQUAL: u8 = 0;
pub(super) const LESS: u8 = 1;
pub(super) const LESS_OR_EQUAL: u8 = 2;
pub(super) const NOT_EQUAL: u8 = 4;
pub(super) const NOT_LESS: u8 = 5;

const SIGN32: u64 = 0x8000_0000_8000_0000;
const SIGN64: u64 = 1 << 63;
/// Ones in lanes of 8 and 16 bits.
pub(super) const ONES8: u64 = 0x0101_0101_0101_0101;
pub(super) const ONES16: u64 = 0x0001_0001_0001_0001;

/// How a row is done, if it is one over vectors.
pub(super) fn form(op: Op) -> Option<Form> {
    one(op)
        .or_else(|| two(op))
        .or_else(|| compare(op))
        .or_else(|| float(op))
        .or_else(|| widen(op))
        .or_else(|| lane(op))
}

/// Rows of one operand and one shape.
fn one(op: Op) -> Option<Form> {
    use Op as O;
    use VecOp as V;
    Some(match op {
        O::V128Not => Form::Not,
        O::V128AnyTrue => Form::AnyTrue,
        O::I8x16AllTrue => Form::AllTrue(V::Pcmpeqb),
        O::I16x8AllTrue => Form::AllTrue(V::Pcmpeqw),
        O::I32x4AllTrue => Form::AllTrue(V::Pcmpeqd),
        O::I64x2AllTrue => Form::AllTrue(V::Pcmpeqq),
        O::I8x16Bitmask => Form::Bitmask(Lane::I8),
        O::I16x8Bitmask => Form::Bitmask(Lane::I16),
        O::I32x4Bitmask => Form::Bitmask(Lane::I32),
        O::I64x2Bitmask => Form::Bitmask(Lane::I64),
        O::I8x16Abs => Form::One(V::Pabsb),
        O::I16x8Abs => Form::One(V::Pabsw),
        O::I32x4Abs => Form::One(V::Pabsd),
        O::I64x2Abs => Form::Abs64,
        O::I8x16Neg => Form::Negate(V::Psubb),
        O::I16x8Neg => Form::Negate(V::Psubw),
        O::I32x4Neg => Form::Negate(V::Psubd),
        O::I64x2Neg => Form::Negate(V::Psubq),
        O::I8x16Popcnt => Form::Popcnt,
        O::I8x16Shl => Form::Shift(Lane::I8, Shift::Shl),
        O::I8x16ShrS => Form::Shift(Lane::I8, Shift::Sar),
        O::I8x16ShrU => Form::Shift(Lane::I8, Shift::Shr),
        O::I16x8Shl => Form::Shift(Lane::I16, Shift::Shl),
        O::I16x8ShrS => Form::Shift(Lane::I16, Shift::Sar),
        O::I16x8ShrU => Form::Shift(Lane::I16, Shift::Shr),
        O::I32x4Shl => Form::Shift(Lane::I32, Shift::Shl),
        O::I32x4ShrS => Form::Shift(Lane::I32, Shift::Sar),
        O::I32x4ShrU => Form::Shift(Lane::I32, Shift::Shr),
        O::I64x2Shl => Form::Shift(Lane::I64, Shift::Shl),
        O::I64x2ShrS => Form::Shift(Lane::I64, Shift::Sar),
        O::I64x2ShrU => Form::Shift(Lane::I64, Shift::Shr),
        _ => return None,
    })
}

/// Rows of integers and bits.
fn two(op: Op) -> Option<Form> {
    use Op as O;
    use VecOp as V;
    Some(match op {
        O::V128And => Form::Two(V::Pand),
        O::V128Or => Form::Two(V::Por),
        O::V128Xor => Form::Two(V::Pxor),
        O::V128AndNot => Form::AndNot,
        O::V128Bitselect => Form::Select,
        O::I8x16RelaxedLaneselect | O::I16x8RelaxedLaneselect => Form::Select,
        O::I32x4RelaxedLaneselect | O::I64x2RelaxedLaneselect => Form::Select,
        O::I8x16Add => Form::Two(V::Paddb),
        O::I16x8Add => Form::Two(V::Paddw),
        O::I32x4Add => Form::Two(V::Paddd),
        O::I64x2Add => Form::Two(V::Paddq),
        O::I8x16Sub => Form::Two(V::Psubb),
        O::I16x8Sub => Form::Two(V::Psubw),
        O::I32x4Sub => Form::Two(V::Psubd),
        O::I64x2Sub => Form::Two(V::Psubq),
        O::I8x16AddSatS => Form::Two(V::Paddsb),
        O::I8x16AddSatU => Form::Two(V::Paddusb),
        O::I16x8AddSatS => Form::Two(V::Paddsw),
        O::I16x8AddSatU => Form::Two(V::Paddusw),
        O::I8x16SubSatS => Form::Two(V::Psubsb),
        O::I8x16SubSatU => Form::Two(V::Psubusb),
        O::I16x8SubSatS => Form::Two(V::Psubsw),
        O::I16x8SubSatU => Form::Two(V::Psubusw),
        O::I8x16MinS => Form::Two(V::Pminsb),
        O::I8x16MinU => Form::Two(V::Pminub),
        O::I8x16MaxS => Form::Two(V::Pmaxsb),
        O::I8x16MaxU => Form::Two(V::Pmaxub),
        O::I16x8MinS => Form::Two(V::Pminsw),
        O::I16x8MinU => Form::Two(V::Pminuw),
        O::I16x8MaxS => Form::Two(V::Pmaxsw),
        O::I16x8MaxU => Form::Two(V::Pmaxuw),
        O::I32x4MinS => Form::Two(V::Pminsd),
        O::I32x4MinU => Form::Two(V::Pminud),
        O::I32x4MaxS => Form::Two(V::Pmaxsd),
        O::I32x4MaxU => Form::Two(V::Pmaxud),
        O::I8x16AvgrU => Form::Two(V::Pavgb),
        O::I16x8AvgrU => Form::Two(V::Pavgw),
        O::I16x8Mul => Form::Two(V::Pmullw),
        O::I32x4Mul => Form::Two(V::Pmulld),
        O::I64x2Mul => Form::Mul64,
        O::I16x8Q15MulrSatS | O::I16x8RelaxedQ15mulrS => Form::Q15,
        O::I8x16NarrowI16x8S => Form::Two(V::Packsswb),
        O::I8x16NarrowI16x8U => Form::Two(V::Packuswb),
        O::I16x8NarrowI32x4S => Form::Two(V::Packssdw),
        O::I16x8NarrowI32x4U => Form::Two(V::Packusdw),
        O::I32x4DotI16x8S => Form::Two(V::Pmaddwd),
        O::I16x8RelaxedDotI8x16I7x16S => Form::Dot8 { add: false },
        O::I32x4RelaxedDotI8x16I7x16AddS => Form::Dot8 { add: true },
        O::I8x16Swizzle | O::I8x16RelaxedSwizzle => Form::Swizzle,
        O::I8x16Shuffle => Form::Shuffle,
        _ => return None,
    })
}

fn compare(op: Op) -> Option<Form> {
    use Op as O;
    use VecOp as V;
    const SIGN8: u64 = 0x8080_8080_8080_8080;
    const SIGN16: u64 = 0x8000_8000_8000_8000;
    let at_limit = |limit, equal| Form::AtLimit { limit, equal };
    let greater_u = |greater, signs, swapped| Form::GreaterU {
        greater,
        signs,
        swapped,
    };
    let greater64 = |swapped, negated| Form::Greater64 { swapped, negated };
    let floats = |compare, predicate, swapped| Form::Floats {
        compare,
        predicate,
        swapped,
    };
    Some(match op {
        O::I8x16Eq => Form::Two(V::Pcmpeqb),
        O::I16x8Eq => Form::Two(V::Pcmpeqw),
        O::I32x4Eq => Form::Two(V::Pcmpeqd),
        O::I64x2Eq => Form::Two(V::Pcmpeqq),
        O::I8x16Ne => Form::NotEqual(V::Pcmpeqb),
        O::I16x8Ne => Form::NotEqual(V::Pcmpeqw),
        O::I32x4Ne => Form::NotEqual(V::Pcmpeqd),
        O::I64x2Ne => Form::NotEqual(V::Pcmpeqq),
        O::I8x16GtS => Form::Two(V::Pcmpgtb),
        O::I16x8GtS => Form::Two(V::Pcmpgtw),
        O::I32x4GtS => Form::Two(V::Pcmpgtd),
        O::I64x2GtS => greater64(false, false),
        O::I8x16LtS => Form::Swapped(V::Pcmpgtb),
        O::I16x8LtS => Form::Swapped(V::Pcmpgtw),
        O::I32x4LtS => Form::Swapped(V::Pcmpgtd),
        O::I64x2LtS => greater64(true, false),
        O::I8x16GeS => at_limit(V::Pmaxsb, V::Pcmpeqb),
        O::I16x8GeS => at_limit(V::Pmaxsw, V::Pcmpeqw),
        O::I32x4GeS => at_limit(V::Pmaxsd, V::Pcmpeqd),
        O::I64x2GeS => greater64(true, true),
        O::I8x16LeS => at_limit(V::Pminsb, V::Pcmpeqb),
        O::I16x8LeS => at_limit(V::Pminsw, V::Pcmpeqw),
        O::I32x4LeS => at_limit(V::Pminsd, V::Pcmpeqd),
        O::I64x2LeS => greater64(false, true),
        O::I8x16GeU => at_limit(V::Pmaxub, V::Pcmpeqb),
        O::I16x8GeU => at_limit(V::Pmaxuw, V::Pcmpeqw),
        O::I32x4GeU => at_limit(V::Pmaxud, V::Pcmpeqd),
        O::I8x16LeU => at_limit(V::Pminub, V::Pcmpeqb),
        O::I16x8LeU => at_limit(V::Pminuw, V::Pcmpeqw),
        O::I32x4LeU => at_limit(V::Pminud, V::Pcmpeqd),
        O::I8x16GtU => greater_u(V::Pcmpgtb, SIGN8, false),
        O::I16x8GtU => greater_u(V::Pcmpgtw, SIGN16, false),
        O::I32x4GtU => greater_u(V::Pcmpgtd, SIGN32, false),
        O::I8x16LtU => greater_u(V::Pcmpgtb, SIGN8, true),
        O::I16x8LtU => greater_u(V::Pcmpgtw, SIGN16, true),
        O::I32x4LtU => greater_u(V::Pcmpgtd, SIGN32, true),
        O::F32x4Eq => floats(V::Cmpps, EQUAL, false),
        O::F32x4Ne => floats(V::Cmpps, NOT_EQUAL, false),
        O::F32x4Lt => floats(V::Cmpps, LESS, false),
        O::F32x4Le => floats(V::Cmpps, LESS_OR_EQUAL, false),
        O::F32x4Gt => floats(V::Cmpps, LESS, true),
        O::F32x4Ge => floats(V::Cmpps, LESS_OR_EQUAL, true),
        O::F64x2Eq => floats(V::Cmppd, EQUAL, false),
        O::F64x2Ne => floats(V::Cmppd, NOT_EQUAL, false),
        O::F64x2Lt => floats(V::Cmppd, LESS, false),
        O::F64x2Le => floats(V::Cmppd, LESS_OR_EQUAL, false),
        O::F64x2Gt => floats(V::Cmppd, LESS, true),
        O::F64x2Ge => floats(V::Cmppd, LESS_OR_EQUAL, true),
        _ => return None,
    })
}

/// Floats, and conversions from and to them. `minps` gives its second operand
/// unless the first is smaller, which is what `pmin` asks for with operands
/// exchanged.
fn float(op: Op) -> Option<Form> {
    use Op as O;
    use VecOp as V;
    let fused = |double, negated| Form::Fused { double, negated };
    let unfused = |double, negated| Form::Unfused { double, negated };
    Some(match op {
        O::F32x4Add => Form::Two(V::Addps),
        O::F64x2Add => Form::Two(V::Addpd),
        O::F32x4Sub => Form::Two(V::Subps),
        O::F64x2Sub => Form::Two(V::Subpd),
        O::F32x4Mul => Form::Two(V::Mulps),
        O::F64x2Mul => Form::Two(V::Mulpd),
        O::F32x4Div => Form::Two(V::Divps),
        O::F64x2Div => Form::Two(V::Divpd),
        O::F32x4Sqrt => Form::One(V::Sqrtps),
        O::F64x2Sqrt => Form::One(V::Sqrtpd),
        O::F32x4Ceil => Form::OneImm(V::Roundps, CEIL),
        O::F64x2Ceil => Form::OneImm(V::Roundpd, CEIL),
        O::F32x4Floor => Form::OneImm(V::Roundps, FLOOR),
        O::F64x2Floor => Form::OneImm(V::Roundpd, FLOOR),
        O::F32x4Trunc => Form::OneImm(V::Roundps, TRUNC),
        O::F64x2Trunc => Form::OneImm(V::Roundpd, TRUNC),
        O::F32x4Nearest => Form::OneImm(V::Roundps, NEAREST),
        O::F64x2Nearest => Form::OneImm(V::Roundpd, NEAREST),
        O::F32x4Abs => Form::Masked(V::Andps, !SIGN32),
        O::F64x2Abs => Form::Masked(V::Andps, !SIGN64),
        O::F32x4Neg => Form::Masked(V::Xorps, SIGN32),
        O::F64x2Neg => Form::Masked(V::Xorps, SIGN64),
        O::F32x4Min | O::F32x4RelaxedMin => Form::Min(false),
        O::F64x2Min | O::F64x2RelaxedMin => Form::Min(true),
        O::F32x4Max | O::F32x4RelaxedMax => Form::Max(false),
        O::F64x2Max | O::F64x2RelaxedMax => Form::Max(true),
        O::F32x4PMin => Form::Swapped(V::Minps),
        O::F64x2PMin => Form::Swapped(V::Minpd),
        O::F32x4PMax => Form::Swapped(V::Maxps),
        O::F64x2PMax => Form::Swapped(V::Maxpd),
        O::F32x4RelaxedMadd => fused(false, false),
        O::F64x2RelaxedMadd => fused(true, false),
        O::F32x4RelaxedNmadd => fused(false, true),
        O::F64x2RelaxedNmadd => fused(true, true),
        O::F32x4RelaxedMaddUnfused => unfused(false, false),
        O::F64x2RelaxedMaddUnfused => unfused(true, false),
        O::F32x4RelaxedNmaddUnfused => unfused(false, true),
        O::F64x2RelaxedNmaddUnfused => unfused(true, true),
        O::F32x4ConvertI32x4S => Form::One(V::Cvtdq2ps),
        O::F32x4ConvertI32x4U => Form::FloatsOfU32,
        O::F64x2ConvertLowI32x4S => Form::One(V::Cvtdq2pd),
        O::F64x2ConvertLowI32x4U => Form::DoublesOfU32,
        O::F32x4DemoteF64x2Zero => Form::One(V::Cvtpd2ps),
        O::F64x2PromoteLowF32x4 => Form::One(V::Cvtps2pd),
        O::I32x4TruncSatF32x4S | O::I32x4RelaxedTruncF32x4S => Form::IntsOfFloats { signed: true },
        O::I32x4TruncSatF32x4U | O::I32x4RelaxedTruncF32x4U => Form::IntsOfFloats { signed: false },
        O::I32x4TruncSatF64x2SZero | O::I32x4RelaxedTruncF64x2SZero => {
            Form::IntsOfDoubles { signed: true }
        }
        O::I32x4TruncSatF64x2UZero | O::I32x4RelaxedTruncF64x2UZero => {
            Form::IntsOfDoubles { signed: false }
        }
        _ => return None,
    })
}

/// Rows that make lanes wider.
fn widen(op: Op) -> Option<Form> {
    use Op as O;
    use VecOp as V;
    let ext_mul8 = |extend, high| Form::ExtMul8 { extend, high };
    let ext_mul16 = |multiply, unpack| Form::ExtMul16 { multiply, unpack };
    let ext_mul32 = |multiply, high| Form::ExtMul32 { multiply, high };
    Some(match op {
        O::I16x8ExtendLowI8x16S => Form::One(V::Pmovsxbw),
        O::I16x8ExtendLowI8x16U => Form::One(V::Pmovzxbw),
        O::I32x4ExtendLowI16x8S => Form::One(V::Pmovsxwd),
        O::I32x4ExtendLowI16x8U => Form::One(V::Pmovzxwd),
        O::I64x2ExtendLowI32x4S => Form::One(V::Pmovsxdq),
        O::I64x2ExtendLowI32x4U => Form::One(V::Pmovzxdq),
        O::I16x8ExtendHighI8x16S => Form::ExtendHigh(V::Pmovsxbw),
        O::I32x4ExtendHighI16x8S => Form::ExtendHigh(V::Pmovsxwd),
        O::I64x2ExtendHighI32x4S => Form::ExtendHigh(V::Pmovsxdq),
        O::I16x8ExtendHighI8x16U => Form::ExtendHighZero(V::Punpckhbw),
        O::I32x4ExtendHighI16x8U => Form::ExtendHighZero(V::Punpckhwd),
        O::I64x2ExtendHighI32x4U => Form::ExtendHighZero(V::Punpckhdq),
        O::I16x8ExtAddPairwiseI8x16S => Form::Pairs8S,
        O::I16x8ExtAddPairwiseI8x16U => Form::Masked(V::Pmaddubsw, ONES8),
        O::I32x4ExtAddPairwiseI16x8S => Form::Masked(V::Pmaddwd, ONES16),
        O::I32x4ExtAddPairwiseI16x8U => Form::Pairs16U,
        O::I16x8ExtMulLowI8x16S => ext_mul8(V::Pmovsxbw, false),
        O::I16x8ExtMulHighI8x16S => ext_mul8(V::Pmovsxbw, true),
        O::I16x8ExtMulLowI8x16U => ext_mul8(V::Pmovzxbw, false),
        O::I16x8ExtMulHighI8x16U => ext_mul8(V::Pmovzxbw, true),
        O::I32x4ExtMulLowI16x8S => ext_mul16(V::Pmulhw, V::Punpcklwd),
        O::I32x4ExtMulHighI16x8S => ext_mul16(V::Pmulhw, V::Punpckhwd),
        O::I32x4ExtMulLowI16x8U => ext_mul16(V::Pmulhuw, V::Punpcklwd),
        O::I32x4ExtMulHighI16x8U => ext_mul16(V::Pmulhuw, V::Punpckhwd),
        O::I64x2ExtMulLowI32x4S => ext_mul32(V::Pmuldq, false),
        O::I64x2ExtMulHighI32x4S => ext_mul32(V::Pmuldq, true),
        O::I64x2ExtMulLowI32x4U => ext_mul32(V::Pmuludq, false),
        O::I64x2ExtMulHighI32x4U => ext_mul32(V::Pmuludq, true),
        _ => return None,
    })
}

/// Rows from and to scalars.
fn lane(op: Op) -> Option<Form> {
    use Op as O;
    let extract = |lane, signed| Form::Extract { lane, signed };
    Some(match op {
        O::I8x16Splat => Form::Splat(Lane::I8),
        O::I16x8Splat => Form::Splat(Lane::I16),
        O::I32x4Splat => Form::Splat(Lane::I32),
        O::I64x2Splat => Form::Splat(Lane::I64),
        O::F32x4Splat => Form::SplatFloat(false),
        O::F64x2Splat => Form::SplatFloat(true),
        O::I8x16ExtractLaneS => extract(Lane::I8, true),
        O::I8x16ExtractLaneU => extract(Lane::I8, false),
        O::I16x8ExtractLaneS => extract(Lane::I16, true),
        O::I16x8ExtractLaneU => extract(Lane::I16, false),
        O::I32x4ExtractLane => extract(Lane::I32, false),
        O::I64x2ExtractLane => extract(Lane::I64, false),
        O::F32x4ExtractLane => Form::ExtractFloat(false),
        O::F64x2ExtractLane => Form::ExtractFloat(true),
        O::I8x16ReplaceLane => Form::Replace(Lane::I8),
        O::I16x8ReplaceLane => Form::Replace(Lane::I16),
        O::I32x4ReplaceLane => Form::Replace(Lane::I32),
        O::I64x2ReplaceLane => Form::Replace(Lane::I64),
        O::F32x4ReplaceLane => Form::ReplaceFloat(false),
        O::F64x2ReplaceLane => Form::ReplaceFloat(true),
        _ => return None,
    })
}

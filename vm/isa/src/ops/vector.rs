//! The rows of 128-bit lane arithmetic, fixed-width and relaxed.

/// One link of the chain behind [`for_each_op`](crate::for_each_op); call that instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __vector_ops {
    ($callback:tt $($before:tt)*) => {
        $crate::__memory_ops! {
            $callback
            $($before)*
            unary {
                I8x16Splat "i8x16.splat" (i32) -> (V128) fuel 1, sem lanes::permute::i8x16_splat;
                I16x8Splat "i16x8.splat" (i32) -> (V128) fuel 1, sem lanes::permute::i16x8_splat;
                I32x4Splat "i32x4.splat" (i32) -> (V128) fuel 1, sem lanes::permute::i32x4_splat;
                I64x2Splat "i64x2.splat" (i64) -> (V128) fuel 1, sem lanes::permute::i64x2_splat;
                F32x4Splat "f32x4.splat" (f32) -> (V128) fuel 1, sem lanes::permute::f32x4_splat;
                F64x2Splat "f64x2.splat" (f64) -> (V128) fuel 1, sem lanes::permute::f64x2_splat;
                V128Not "v128.not" (V128) -> (V128) fuel 1, sem lanes::bits::v128_not;
                V128AnyTrue "v128.any_true" (V128) -> (i32) fuel 1, sem lanes::reduce::v128_any_true;
                I8x16Abs "i8x16.abs" (V128) -> (V128) fuel 1, sem lanes::int::i8x16_abs;
                I8x16Neg "i8x16.neg" (V128) -> (V128) fuel 1, sem lanes::int::i8x16_neg;
                I8x16Popcnt "i8x16.popcnt" (V128) -> (V128) fuel 1, sem lanes::int::i8x16_popcnt;
                I8x16AllTrue "i8x16.all_true" (V128) -> (i32) fuel 1, sem lanes::reduce::i8x16_all_true;
                I8x16Bitmask "i8x16.bitmask" (V128) -> (i32) fuel 1, sem lanes::reduce::i8x16_bitmask;
                I16x8ExtAddPairwiseI8x16S "i16x8.extadd_pairwise_i8x16_s" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extadd_pairwise_i8x16_s;
                I16x8ExtAddPairwiseI8x16U "i16x8.extadd_pairwise_i8x16_u" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extadd_pairwise_i8x16_u;
                I16x8Abs "i16x8.abs" (V128) -> (V128) fuel 1, sem lanes::int::i16x8_abs;
                I16x8Neg "i16x8.neg" (V128) -> (V128) fuel 1, sem lanes::int::i16x8_neg;
                I16x8AllTrue "i16x8.all_true" (V128) -> (i32) fuel 1, sem lanes::reduce::i16x8_all_true;
                I16x8Bitmask "i16x8.bitmask" (V128) -> (i32) fuel 1, sem lanes::reduce::i16x8_bitmask;
                I16x8ExtendLowI8x16S "i16x8.extend_low_i8x16_s" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extend_low_i8x16_s;
                I16x8ExtendHighI8x16S "i16x8.extend_high_i8x16_s" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extend_high_i8x16_s;
                I16x8ExtendLowI8x16U "i16x8.extend_low_i8x16_u" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extend_low_i8x16_u;
                I16x8ExtendHighI8x16U "i16x8.extend_high_i8x16_u" (V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extend_high_i8x16_u;
                I32x4ExtAddPairwiseI16x8S "i32x4.extadd_pairwise_i16x8_s" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extadd_pairwise_i16x8_s;
                I32x4ExtAddPairwiseI16x8U "i32x4.extadd_pairwise_i16x8_u" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extadd_pairwise_i16x8_u;
                I32x4Abs "i32x4.abs" (V128) -> (V128) fuel 1, sem lanes::int::i32x4_abs;
                I32x4Neg "i32x4.neg" (V128) -> (V128) fuel 1, sem lanes::int::i32x4_neg;
                I32x4AllTrue "i32x4.all_true" (V128) -> (i32) fuel 1, sem lanes::reduce::i32x4_all_true;
                I32x4Bitmask "i32x4.bitmask" (V128) -> (i32) fuel 1, sem lanes::reduce::i32x4_bitmask;
                I32x4ExtendLowI16x8S "i32x4.extend_low_i16x8_s" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extend_low_i16x8_s;
                I32x4ExtendHighI16x8S "i32x4.extend_high_i16x8_s" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extend_high_i16x8_s;
                I32x4ExtendLowI16x8U "i32x4.extend_low_i16x8_u" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extend_low_i16x8_u;
                I32x4ExtendHighI16x8U "i32x4.extend_high_i16x8_u" (V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extend_high_i16x8_u;
                I64x2Abs "i64x2.abs" (V128) -> (V128) fuel 1, sem lanes::int::i64x2_abs;
                I64x2Neg "i64x2.neg" (V128) -> (V128) fuel 1, sem lanes::int::i64x2_neg;
                I64x2AllTrue "i64x2.all_true" (V128) -> (i32) fuel 1, sem lanes::reduce::i64x2_all_true;
                I64x2Bitmask "i64x2.bitmask" (V128) -> (i32) fuel 1, sem lanes::reduce::i64x2_bitmask;
                I64x2ExtendLowI32x4S "i64x2.extend_low_i32x4_s" (V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extend_low_i32x4_s;
                I64x2ExtendHighI32x4S "i64x2.extend_high_i32x4_s" (V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extend_high_i32x4_s;
                I64x2ExtendLowI32x4U "i64x2.extend_low_i32x4_u" (V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extend_low_i32x4_u;
                I64x2ExtendHighI32x4U "i64x2.extend_high_i32x4_u" (V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extend_high_i32x4_u;
                F32x4Ceil "f32x4.ceil" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_ceil;
                F32x4Floor "f32x4.floor" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_floor;
                F32x4Trunc "f32x4.trunc" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_trunc;
                F32x4Nearest "f32x4.nearest" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_nearest;
                F32x4Abs "f32x4.abs" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_abs;
                F32x4Neg "f32x4.neg" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_neg;
                F32x4Sqrt "f32x4.sqrt" (V128) -> (V128) fuel 1, sem lanes::float::f32x4_sqrt;
                F64x2Ceil "f64x2.ceil" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_ceil;
                F64x2Floor "f64x2.floor" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_floor;
                F64x2Trunc "f64x2.trunc" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_trunc;
                F64x2Nearest "f64x2.nearest" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_nearest;
                F64x2Abs "f64x2.abs" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_abs;
                F64x2Neg "f64x2.neg" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_neg;
                F64x2Sqrt "f64x2.sqrt" (V128) -> (V128) fuel 1, sem lanes::float::f64x2_sqrt;
                I32x4TruncSatF32x4S "i32x4.trunc_sat_f32x4_s" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_trunc_sat_f32x4_s;
                I32x4TruncSatF32x4U "i32x4.trunc_sat_f32x4_u" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_trunc_sat_f32x4_u;
                F32x4ConvertI32x4S "f32x4.convert_i32x4_s" (V128) -> (V128) fuel 1, sem lanes::convert::f32x4_convert_i32x4_s;
                F32x4ConvertI32x4U "f32x4.convert_i32x4_u" (V128) -> (V128) fuel 1, sem lanes::convert::f32x4_convert_i32x4_u;
                I32x4TruncSatF64x2SZero "i32x4.trunc_sat_f64x2_s_zero" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_trunc_sat_f64x2_s_zero;
                I32x4TruncSatF64x2UZero "i32x4.trunc_sat_f64x2_u_zero" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_trunc_sat_f64x2_u_zero;
                F64x2ConvertLowI32x4S "f64x2.convert_low_i32x4_s" (V128) -> (V128) fuel 1, sem lanes::convert::f64x2_convert_low_i32x4_s;
                F64x2ConvertLowI32x4U "f64x2.convert_low_i32x4_u" (V128) -> (V128) fuel 1, sem lanes::convert::f64x2_convert_low_i32x4_u;
                F32x4DemoteF64x2Zero "f32x4.demote_f64x2_zero" (V128) -> (V128) fuel 1, sem lanes::convert::f32x4_demote_f64x2_zero;
                F64x2PromoteLowF32x4 "f64x2.promote_low_f32x4" (V128) -> (V128) fuel 1, sem lanes::convert::f64x2_promote_low_f32x4;
                I32x4RelaxedTruncF32x4S "i32x4.relaxed_trunc_f32x4_s" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_relaxed_trunc_f32x4_s;
                I32x4RelaxedTruncF32x4U "i32x4.relaxed_trunc_f32x4_u" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_relaxed_trunc_f32x4_u;
                I32x4RelaxedTruncF64x2SZero "i32x4.relaxed_trunc_f64x2_s_zero" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_relaxed_trunc_f64x2_s_zero;
                I32x4RelaxedTruncF64x2UZero "i32x4.relaxed_trunc_f64x2_u_zero" (V128) -> (V128) fuel 1, sem lanes::convert::i32x4_relaxed_trunc_f64x2_u_zero;
            }
            binary {
                I8x16Swizzle "i8x16.swizzle" (V128, V128) -> (V128) fuel 1, sem lanes::permute::i8x16_swizzle;
                I8x16LtS "i8x16.lt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_lt_s;
                I8x16LtU "i8x16.lt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_lt_u;
                I8x16GtS "i8x16.gt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_gt_s;
                I8x16GtU "i8x16.gt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_gt_u;
                I8x16LeS "i8x16.le_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_le_s;
                I8x16LeU "i8x16.le_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_le_u;
                I8x16GeS "i8x16.ge_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_ge_s;
                I8x16GeU "i8x16.ge_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_ge_u;
                I16x8LtS "i16x8.lt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_lt_s;
                I16x8LtU "i16x8.lt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_lt_u;
                I16x8GtS "i16x8.gt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_gt_s;
                I16x8GtU "i16x8.gt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_gt_u;
                I16x8LeS "i16x8.le_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_le_s;
                I16x8LeU "i16x8.le_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_le_u;
                I16x8GeS "i16x8.ge_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_ge_s;
                I16x8GeU "i16x8.ge_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_ge_u;
                I32x4LtS "i32x4.lt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_lt_s;
                I32x4LtU "i32x4.lt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_lt_u;
                I32x4GtS "i32x4.gt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_gt_s;
                I32x4GtU "i32x4.gt_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_gt_u;
                I32x4LeS "i32x4.le_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_le_s;
                I32x4LeU "i32x4.le_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_le_u;
                I32x4GeS "i32x4.ge_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_ge_s;
                I32x4GeU "i32x4.ge_u" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_ge_u;
                I64x2LtS "i64x2.lt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_lt_s;
                I64x2GtS "i64x2.gt_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_gt_s;
                I64x2LeS "i64x2.le_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_le_s;
                I64x2GeS "i64x2.ge_s" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_ge_s;
                F32x4Lt "f32x4.lt" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_lt;
                F32x4Gt "f32x4.gt" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_gt;
                F32x4Le "f32x4.le" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_le;
                F32x4Ge "f32x4.ge" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_ge;
                F64x2Lt "f64x2.lt" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_lt;
                F64x2Gt "f64x2.gt" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_gt;
                F64x2Le "f64x2.le" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_le;
                F64x2Ge "f64x2.ge" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_ge;
                V128AndNot "v128.andnot" (V128, V128) -> (V128) fuel 1, sem lanes::bits::v128_andnot;
                I8x16NarrowI16x8S "i8x16.narrow_i16x8_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i8x16_narrow_i16x8_s;
                I8x16NarrowI16x8U "i8x16.narrow_i16x8_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i8x16_narrow_i16x8_u;
                I8x16Shl "i8x16.shl" (V128, i32) -> (V128) fuel 1, sem lanes::int::i8x16_shl;
                I8x16ShrS "i8x16.shr_s" (V128, i32) -> (V128) fuel 1, sem lanes::int::i8x16_shr_s;
                I8x16ShrU "i8x16.shr_u" (V128, i32) -> (V128) fuel 1, sem lanes::int::i8x16_shr_u;
                I8x16Sub "i8x16.sub" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_sub;
                I8x16SubSatS "i8x16.sub_sat_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_sub_sat_s;
                I8x16SubSatU "i8x16.sub_sat_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_sub_sat_u;
                I16x8NarrowI32x4S "i16x8.narrow_i32x4_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_narrow_i32x4_s;
                I16x8NarrowI32x4U "i16x8.narrow_i32x4_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_narrow_i32x4_u;
                I16x8Shl "i16x8.shl" (V128, i32) -> (V128) fuel 1, sem lanes::int::i16x8_shl;
                I16x8ShrS "i16x8.shr_s" (V128, i32) -> (V128) fuel 1, sem lanes::int::i16x8_shr_s;
                I16x8ShrU "i16x8.shr_u" (V128, i32) -> (V128) fuel 1, sem lanes::int::i16x8_shr_u;
                I16x8Sub "i16x8.sub" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_sub;
                I16x8SubSatS "i16x8.sub_sat_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_sub_sat_s;
                I16x8SubSatU "i16x8.sub_sat_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_sub_sat_u;
                I32x4Shl "i32x4.shl" (V128, i32) -> (V128) fuel 1, sem lanes::int::i32x4_shl;
                I32x4ShrS "i32x4.shr_s" (V128, i32) -> (V128) fuel 1, sem lanes::int::i32x4_shr_s;
                I32x4ShrU "i32x4.shr_u" (V128, i32) -> (V128) fuel 1, sem lanes::int::i32x4_shr_u;
                I32x4Sub "i32x4.sub" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_sub;
                I64x2Shl "i64x2.shl" (V128, i32) -> (V128) fuel 1, sem lanes::int::i64x2_shl;
                I64x2ShrS "i64x2.shr_s" (V128, i32) -> (V128) fuel 1, sem lanes::int::i64x2_shr_s;
                I64x2ShrU "i64x2.shr_u" (V128, i32) -> (V128) fuel 1, sem lanes::int::i64x2_shr_u;
                I64x2Sub "i64x2.sub" (V128, V128) -> (V128) fuel 1, sem lanes::int::i64x2_sub;
                F32x4Sub "f32x4.sub" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_sub;
                F32x4Div "f32x4.div" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_div;
                F32x4PMin "f32x4.pmin" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_pmin;
                F32x4PMax "f32x4.pmax" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_pmax;
                F64x2Sub "f64x2.sub" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_sub;
                F64x2Div "f64x2.div" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_div;
                F64x2PMin "f64x2.pmin" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_pmin;
                F64x2PMax "f64x2.pmax" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_pmax;
                I8x16RelaxedSwizzle "i8x16.relaxed_swizzle" (V128, V128) -> (V128) fuel 1, sem lanes::permute::i8x16_relaxed_swizzle;
            }
            commute {
                I8x16Eq "i8x16.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_eq;
                I8x16Ne "i8x16.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i8x16_ne;
                I16x8Eq "i16x8.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_eq;
                I16x8Ne "i16x8.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i16x8_ne;
                I32x4Eq "i32x4.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_eq;
                I32x4Ne "i32x4.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i32x4_ne;
                I64x2Eq "i64x2.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_eq;
                I64x2Ne "i64x2.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::i64x2_ne;
                F32x4Eq "f32x4.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_eq;
                F32x4Ne "f32x4.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f32x4_ne;
                F64x2Eq "f64x2.eq" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_eq;
                F64x2Ne "f64x2.ne" (V128, V128) -> (V128) fuel 1, sem lanes::compare::f64x2_ne;
                V128And "v128.and" (V128, V128) -> (V128) fuel 1, sem lanes::bits::v128_and;
                V128Or "v128.or" (V128, V128) -> (V128) fuel 1, sem lanes::bits::v128_or;
                V128Xor "v128.xor" (V128, V128) -> (V128) fuel 1, sem lanes::bits::v128_xor;
                I8x16Add "i8x16.add" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_add;
                I8x16AddSatS "i8x16.add_sat_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_add_sat_s;
                I8x16AddSatU "i8x16.add_sat_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_add_sat_u;
                I8x16MinS "i8x16.min_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_min_s;
                I8x16MinU "i8x16.min_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_min_u;
                I8x16MaxS "i8x16.max_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_max_s;
                I8x16MaxU "i8x16.max_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_max_u;
                I8x16AvgrU "i8x16.avgr_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i8x16_avgr_u;
                I16x8Q15MulrSatS "i16x8.q15mulr_sat_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_q15mulr_sat_s;
                I16x8Add "i16x8.add" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_add;
                I16x8AddSatS "i16x8.add_sat_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_add_sat_s;
                I16x8AddSatU "i16x8.add_sat_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_add_sat_u;
                I16x8Mul "i16x8.mul" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_mul;
                I16x8MinS "i16x8.min_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_min_s;
                I16x8MinU "i16x8.min_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_min_u;
                I16x8MaxS "i16x8.max_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_max_s;
                I16x8MaxU "i16x8.max_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_max_u;
                I16x8AvgrU "i16x8.avgr_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_avgr_u;
                I16x8ExtMulLowI8x16S "i16x8.extmul_low_i8x16_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extmul_low_i8x16_s;
                I16x8ExtMulHighI8x16S "i16x8.extmul_high_i8x16_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extmul_high_i8x16_s;
                I16x8ExtMulLowI8x16U "i16x8.extmul_low_i8x16_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extmul_low_i8x16_u;
                I16x8ExtMulHighI8x16U "i16x8.extmul_high_i8x16_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_extmul_high_i8x16_u;
                I32x4Add "i32x4.add" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_add;
                I32x4Mul "i32x4.mul" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_mul;
                I32x4MinS "i32x4.min_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_min_s;
                I32x4MinU "i32x4.min_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_min_u;
                I32x4MaxS "i32x4.max_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_max_s;
                I32x4MaxU "i32x4.max_u" (V128, V128) -> (V128) fuel 1, sem lanes::int::i32x4_max_u;
                I32x4DotI16x8S "i32x4.dot_i16x8_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_dot_i16x8_s;
                I32x4ExtMulLowI16x8S "i32x4.extmul_low_i16x8_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extmul_low_i16x8_s;
                I32x4ExtMulHighI16x8S "i32x4.extmul_high_i16x8_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extmul_high_i16x8_s;
                I32x4ExtMulLowI16x8U "i32x4.extmul_low_i16x8_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extmul_low_i16x8_u;
                I32x4ExtMulHighI16x8U "i32x4.extmul_high_i16x8_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_extmul_high_i16x8_u;
                I64x2Add "i64x2.add" (V128, V128) -> (V128) fuel 1, sem lanes::int::i64x2_add;
                I64x2Mul "i64x2.mul" (V128, V128) -> (V128) fuel 1, sem lanes::int::i64x2_mul;
                I64x2ExtMulLowI32x4S "i64x2.extmul_low_i32x4_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extmul_low_i32x4_s;
                I64x2ExtMulHighI32x4S "i64x2.extmul_high_i32x4_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extmul_high_i32x4_s;
                I64x2ExtMulLowI32x4U "i64x2.extmul_low_i32x4_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extmul_low_i32x4_u;
                I64x2ExtMulHighI32x4U "i64x2.extmul_high_i32x4_u" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i64x2_extmul_high_i32x4_u;
                F32x4Add "f32x4.add" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_add;
                F32x4Mul "f32x4.mul" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_mul;
                F32x4Min "f32x4.min" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_min;
                F32x4Max "f32x4.max" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_max;
                F64x2Add "f64x2.add" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_add;
                F64x2Mul "f64x2.mul" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_mul;
                F64x2Min "f64x2.min" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_min;
                F64x2Max "f64x2.max" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_max;
                F32x4RelaxedMin "f32x4.relaxed_min" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_min;
                F32x4RelaxedMax "f32x4.relaxed_max" (V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_max;
                F64x2RelaxedMin "f64x2.relaxed_min" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_min;
                F64x2RelaxedMax "f64x2.relaxed_max" (V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_max;
                I16x8RelaxedQ15mulrS "i16x8.relaxed_q15mulr_s" (V128, V128) -> (V128) fuel 1, sem lanes::int::i16x8_relaxed_q15mulr_s;
                I16x8RelaxedDotI8x16I7x16S "i16x8.relaxed_dot_i8x16_i7x16_s" (V128, V128) -> (V128) fuel 1, sem lanes::widen::i16x8_relaxed_dot_i8x16_i7x16_s;
            }
            ternary {
                V128Bitselect "v128.bitselect" (V128, V128, V128) -> (V128) fuel 1, sem lanes::bits::v128_bitselect;
                F32x4RelaxedMadd "f32x4.relaxed_madd" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_madd;
                F32x4RelaxedNmadd "f32x4.relaxed_nmadd" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_nmadd;
                F64x2RelaxedMadd "f64x2.relaxed_madd" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_madd;
                F64x2RelaxedNmadd "f64x2.relaxed_nmadd" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_nmadd;
                I8x16RelaxedLaneselect "i8x16.relaxed_laneselect" (V128, V128, V128) -> (V128) fuel 1, sem lanes::bits::i8x16_relaxed_laneselect;
                I16x8RelaxedLaneselect "i16x8.relaxed_laneselect" (V128, V128, V128) -> (V128) fuel 1, sem lanes::bits::i16x8_relaxed_laneselect;
                I32x4RelaxedLaneselect "i32x4.relaxed_laneselect" (V128, V128, V128) -> (V128) fuel 1, sem lanes::bits::i32x4_relaxed_laneselect;
                I64x2RelaxedLaneselect "i64x2.relaxed_laneselect" (V128, V128, V128) -> (V128) fuel 1, sem lanes::bits::i64x2_relaxed_laneselect;
                I32x4RelaxedDotI8x16I7x16AddS "i32x4.relaxed_dot_i8x16_i7x16_add_s" (V128, V128, V128) -> (V128) fuel 1, sem lanes::widen::i32x4_relaxed_dot_i8x16_i7x16_add_s;
            }
            ternary_unfused {
                F32x4RelaxedMaddUnfused "f32x4.relaxed_madd_unfused" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_madd_unfused, fused F32x4RelaxedMadd;
                F32x4RelaxedNmaddUnfused "f32x4.relaxed_nmadd_unfused" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f32x4_relaxed_nmadd_unfused, fused F32x4RelaxedNmadd;
                F64x2RelaxedMaddUnfused "f64x2.relaxed_madd_unfused" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_madd_unfused, fused F64x2RelaxedMadd;
                F64x2RelaxedNmaddUnfused "f64x2.relaxed_nmadd_unfused" (V128, V128, V128) -> (V128) fuel 1, sem lanes::float::f64x2_relaxed_nmadd_unfused, fused F64x2RelaxedNmadd;
            }
            extract_lane {
                I8x16ExtractLaneS "i8x16.extract_lane_s" (V128, u8) -> (i32) fuel 1, sem lanes::permute::i8x16_extract_lane_s;
                I8x16ExtractLaneU "i8x16.extract_lane_u" (V128, u8) -> (i32) fuel 1, sem lanes::permute::i8x16_extract_lane_u;
                I16x8ExtractLaneS "i16x8.extract_lane_s" (V128, u8) -> (i32) fuel 1, sem lanes::permute::i16x8_extract_lane_s;
                I16x8ExtractLaneU "i16x8.extract_lane_u" (V128, u8) -> (i32) fuel 1, sem lanes::permute::i16x8_extract_lane_u;
                I32x4ExtractLane "i32x4.extract_lane" (V128, u8) -> (i32) fuel 1, sem lanes::permute::i32x4_extract_lane;
                I64x2ExtractLane "i64x2.extract_lane" (V128, u8) -> (i64) fuel 1, sem lanes::permute::i64x2_extract_lane;
                F32x4ExtractLane "f32x4.extract_lane" (V128, u8) -> (f32) fuel 1, sem lanes::permute::f32x4_extract_lane;
                F64x2ExtractLane "f64x2.extract_lane" (V128, u8) -> (f64) fuel 1, sem lanes::permute::f64x2_extract_lane;
            }
            replace_lane {
                I8x16ReplaceLane "i8x16.replace_lane" (V128, i32, u8) -> (V128) fuel 1, sem lanes::permute::i8x16_replace_lane;
                I16x8ReplaceLane "i16x8.replace_lane" (V128, i32, u8) -> (V128) fuel 1, sem lanes::permute::i16x8_replace_lane;
                I32x4ReplaceLane "i32x4.replace_lane" (V128, i32, u8) -> (V128) fuel 1, sem lanes::permute::i32x4_replace_lane;
                I64x2ReplaceLane "i64x2.replace_lane" (V128, i64, u8) -> (V128) fuel 1, sem lanes::permute::i64x2_replace_lane;
                F32x4ReplaceLane "f32x4.replace_lane" (V128, f32, u8) -> (V128) fuel 1, sem lanes::permute::f32x4_replace_lane;
                F64x2ReplaceLane "f64x2.replace_lane" (V128, f64, u8) -> (V128) fuel 1, sem lanes::permute::f64x2_replace_lane;
            }
            shuffle {
                I8x16Shuffle "i8x16.shuffle" (V128, V128, [u8; 16]) -> (V128) fuel 1, sem lanes::permute::i8x16_shuffle;
            }
        }
    };
}

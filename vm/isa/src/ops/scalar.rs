//! The rows of scalar arithmetic: integers, floats and the conversions between them.

/// One link of the chain behind [`for_each_op`](crate::for_each_op); call that instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __scalar_ops {
    ($callback:tt) => {
        $crate::__vector_ops! {
            $callback
            unary {
                I32Eqz "i32.eqz" (i32) -> (i32) fuel 1, sem int::i32_eqz;
                I64Eqz "i64.eqz" (i64) -> (i32) fuel 1, sem int::i64_eqz;
                I32Clz "i32.clz" (i32) -> (i32) fuel 1, sem int::i32_clz;
                I32Ctz "i32.ctz" (i32) -> (i32) fuel 1, sem int::i32_ctz;
                I32Popcnt "i32.popcnt" (i32) -> (i32) fuel 1, sem int::i32_popcnt;
                I64Clz "i64.clz" (i64) -> (i64) fuel 1, sem int::i64_clz;
                I64Ctz "i64.ctz" (i64) -> (i64) fuel 1, sem int::i64_ctz;
                I64Popcnt "i64.popcnt" (i64) -> (i64) fuel 1, sem int::i64_popcnt;
                F32Abs "f32.abs" (f32) -> (f32) fuel 1, sem float::f32_abs;
                F32Neg "f32.neg" (f32) -> (f32) fuel 1, sem float::f32_neg;
                F32Ceil "f32.ceil" (f32) -> (f32) fuel 1, sem float::f32_ceil;
                F32Floor "f32.floor" (f32) -> (f32) fuel 1, sem float::f32_floor;
                F32Trunc "f32.trunc" (f32) -> (f32) fuel 1, sem float::f32_trunc;
                F32Nearest "f32.nearest" (f32) -> (f32) fuel 1, sem float::f32_nearest;
                F32Sqrt "f32.sqrt" (f32) -> (f32) fuel 1, sem float::f32_sqrt;
                F64Abs "f64.abs" (f64) -> (f64) fuel 1, sem float::f64_abs;
                F64Neg "f64.neg" (f64) -> (f64) fuel 1, sem float::f64_neg;
                F64Ceil "f64.ceil" (f64) -> (f64) fuel 1, sem float::f64_ceil;
                F64Floor "f64.floor" (f64) -> (f64) fuel 1, sem float::f64_floor;
                F64Trunc "f64.trunc" (f64) -> (f64) fuel 1, sem float::f64_trunc;
                F64Nearest "f64.nearest" (f64) -> (f64) fuel 1, sem float::f64_nearest;
                F64Sqrt "f64.sqrt" (f64) -> (f64) fuel 1, sem float::f64_sqrt;
                I32WrapI64 "i32.wrap_i64" (i64) -> (i32) fuel 1, sem int::i32_wrap_i64;
                I64ExtendI32S "i64.extend_i32_s" (i32) -> (i64) fuel 1, sem int::i64_extend_i32_s;
                I64ExtendI32U "i64.extend_i32_u" (i32) -> (i64) fuel 1, sem int::i64_extend_i32_u;
                F32ConvertI32S "f32.convert_i32_s" (i32) -> (f32) fuel 1, sem convert::f32_convert_i32_s;
                F32ConvertI32U "f32.convert_i32_u" (i32) -> (f32) fuel 1, sem convert::f32_convert_i32_u;
                F32ConvertI64S "f32.convert_i64_s" (i64) -> (f32) fuel 1, sem convert::f32_convert_i64_s;
                F32ConvertI64U "f32.convert_i64_u" (i64) -> (f32) fuel 1, sem convert::f32_convert_i64_u;
                F32DemoteF64 "f32.demote_f64" (f64) -> (f32) fuel 1, sem convert::f32_demote_f64;
                F64ConvertI32S "f64.convert_i32_s" (i32) -> (f64) fuel 1, sem convert::f64_convert_i32_s;
                F64ConvertI32U "f64.convert_i32_u" (i32) -> (f64) fuel 1, sem convert::f64_convert_i32_u;
                F64ConvertI64S "f64.convert_i64_s" (i64) -> (f64) fuel 1, sem convert::f64_convert_i64_s;
                F64ConvertI64U "f64.convert_i64_u" (i64) -> (f64) fuel 1, sem convert::f64_convert_i64_u;
                F64PromoteF32 "f64.promote_f32" (f32) -> (f64) fuel 1, sem convert::f64_promote_f32;
                I32ReinterpretF32 "i32.reinterpret_f32" (f32) -> (i32) fuel 1, sem convert::i32_reinterpret_f32;
                I64ReinterpretF64 "i64.reinterpret_f64" (f64) -> (i64) fuel 1, sem convert::i64_reinterpret_f64;
                F32ReinterpretI32 "f32.reinterpret_i32" (i32) -> (f32) fuel 1, sem convert::f32_reinterpret_i32;
                F64ReinterpretI64 "f64.reinterpret_i64" (i64) -> (f64) fuel 1, sem convert::f64_reinterpret_i64;
                I32Extend8S "i32.extend8_s" (i32) -> (i32) fuel 1, sem int::i32_extend8_s;
                I32Extend16S "i32.extend16_s" (i32) -> (i32) fuel 1, sem int::i32_extend16_s;
                I64Extend8S "i64.extend8_s" (i64) -> (i64) fuel 1, sem int::i64_extend8_s;
                I64Extend16S "i64.extend16_s" (i64) -> (i64) fuel 1, sem int::i64_extend16_s;
                I64Extend32S "i64.extend32_s" (i64) -> (i64) fuel 1, sem int::i64_extend32_s;
                I32TruncSatF32S "i32.trunc_sat_f32_s" (f32) -> (i32) fuel 1, sem convert::i32_trunc_sat_f32_s;
                I32TruncSatF32U "i32.trunc_sat_f32_u" (f32) -> (i32) fuel 1, sem convert::i32_trunc_sat_f32_u;
                I32TruncSatF64S "i32.trunc_sat_f64_s" (f64) -> (i32) fuel 1, sem convert::i32_trunc_sat_f64_s;
                I32TruncSatF64U "i32.trunc_sat_f64_u" (f64) -> (i32) fuel 1, sem convert::i32_trunc_sat_f64_u;
                I64TruncSatF32S "i64.trunc_sat_f32_s" (f32) -> (i64) fuel 1, sem convert::i64_trunc_sat_f32_s;
                I64TruncSatF32U "i64.trunc_sat_f32_u" (f32) -> (i64) fuel 1, sem convert::i64_trunc_sat_f32_u;
                I64TruncSatF64S "i64.trunc_sat_f64_s" (f64) -> (i64) fuel 1, sem convert::i64_trunc_sat_f64_s;
                I64TruncSatF64U "i64.trunc_sat_f64_u" (f64) -> (i64) fuel 1, sem convert::i64_trunc_sat_f64_u;
            }
            try_unary {
                I32TruncF32S "i32.trunc_f32_s" (f32) -> (i32) fuel 1, sem convert::i32_trunc_f32_s;
                I32TruncF32U "i32.trunc_f32_u" (f32) -> (i32) fuel 1, sem convert::i32_trunc_f32_u;
                I32TruncF64S "i32.trunc_f64_s" (f64) -> (i32) fuel 1, sem convert::i32_trunc_f64_s;
                I32TruncF64U "i32.trunc_f64_u" (f64) -> (i32) fuel 1, sem convert::i32_trunc_f64_u;
                I64TruncF32S "i64.trunc_f32_s" (f32) -> (i64) fuel 1, sem convert::i64_trunc_f32_s;
                I64TruncF32U "i64.trunc_f32_u" (f32) -> (i64) fuel 1, sem convert::i64_trunc_f32_u;
                I64TruncF64S "i64.trunc_f64_s" (f64) -> (i64) fuel 1, sem convert::i64_trunc_f64_s;
                I64TruncF64U "i64.trunc_f64_u" (f64) -> (i64) fuel 1, sem convert::i64_trunc_f64_u;
            }
            binary {
                I32Sub "i32.sub" (i32, i32) -> (i32) fuel 1, sem int::i32_sub;
                I32Shl "i32.shl" (i32, i32) -> (i32) fuel 1, sem int::i32_shl;
                I32ShrS "i32.shr_s" (i32, i32) -> (i32) fuel 1, sem int::i32_shr_s;
                I32ShrU "i32.shr_u" (i32, i32) -> (i32) fuel 1, sem int::i32_shr_u;
                I32Rotl "i32.rotl" (i32, i32) -> (i32) fuel 1, sem int::i32_rotl;
                I32Rotr "i32.rotr" (i32, i32) -> (i32) fuel 1, sem int::i32_rotr;
                I64Sub "i64.sub" (i64, i64) -> (i64) fuel 1, sem int::i64_sub;
                I64Shl "i64.shl" (i64, i64) -> (i64) fuel 1, sem int::i64_shl;
                I64ShrS "i64.shr_s" (i64, i64) -> (i64) fuel 1, sem int::i64_shr_s;
                I64ShrU "i64.shr_u" (i64, i64) -> (i64) fuel 1, sem int::i64_shr_u;
                I64Rotl "i64.rotl" (i64, i64) -> (i64) fuel 1, sem int::i64_rotl;
                I64Rotr "i64.rotr" (i64, i64) -> (i64) fuel 1, sem int::i64_rotr;
                F32Sub "f32.sub" (f32, f32) -> (f32) fuel 1, sem float::f32_sub;
                F32Div "f32.div" (f32, f32) -> (f32) fuel 1, sem float::f32_div;
                F32Copysign "f32.copysign" (f32, f32) -> (f32) fuel 1, sem float::f32_copysign;
                F64Sub "f64.sub" (f64, f64) -> (f64) fuel 1, sem float::f64_sub;
                F64Div "f64.div" (f64, f64) -> (f64) fuel 1, sem float::f64_div;
                F64Copysign "f64.copysign" (f64, f64) -> (f64) fuel 1, sem float::f64_copysign;
            }
            commute {
                I32Add "i32.add" (i32, i32) -> (i32) fuel 1, sem int::i32_add;
                I32Mul "i32.mul" (i32, i32) -> (i32) fuel 1, sem int::i32_mul;
                I32And "i32.and" (i32, i32) -> (i32) fuel 1, sem int::i32_and;
                I32Or "i32.or" (i32, i32) -> (i32) fuel 1, sem int::i32_or;
                I32Xor "i32.xor" (i32, i32) -> (i32) fuel 1, sem int::i32_xor;
                I64Add "i64.add" (i64, i64) -> (i64) fuel 1, sem int::i64_add;
                I64Mul "i64.mul" (i64, i64) -> (i64) fuel 1, sem int::i64_mul;
                I64And "i64.and" (i64, i64) -> (i64) fuel 1, sem int::i64_and;
                I64Or "i64.or" (i64, i64) -> (i64) fuel 1, sem int::i64_or;
                I64Xor "i64.xor" (i64, i64) -> (i64) fuel 1, sem int::i64_xor;
                F32Add "f32.add" (f32, f32) -> (f32) fuel 1, sem float::f32_add;
                F32Mul "f32.mul" (f32, f32) -> (f32) fuel 1, sem float::f32_mul;
                F32Min "f32.min" (f32, f32) -> (f32) fuel 1, sem float::f32_min;
                F32Max "f32.max" (f32, f32) -> (f32) fuel 1, sem float::f32_max;
                F64Add "f64.add" (f64, f64) -> (f64) fuel 1, sem float::f64_add;
                F64Mul "f64.mul" (f64, f64) -> (f64) fuel 1, sem float::f64_mul;
                F64Min "f64.min" (f64, f64) -> (f64) fuel 1, sem float::f64_min;
                F64Max "f64.max" (f64, f64) -> (f64) fuel 1, sem float::f64_max;
            }
            try_binary {
                I32DivS "i32.div_s" (i32, i32) -> (i32) fuel 1, sem int::i32_div_s;
                I32DivU "i32.div_u" (i32, i32) -> (i32) fuel 1, sem int::i32_div_u;
                I32RemS "i32.rem_s" (i32, i32) -> (i32) fuel 1, sem int::i32_rem_s;
                I32RemU "i32.rem_u" (i32, i32) -> (i32) fuel 1, sem int::i32_rem_u;
                I64DivS "i64.div_s" (i64, i64) -> (i64) fuel 1, sem int::i64_div_s;
                I64DivU "i64.div_u" (i64, i64) -> (i64) fuel 1, sem int::i64_div_u;
                I64RemS "i64.rem_s" (i64, i64) -> (i64) fuel 1, sem int::i64_rem_s;
                I64RemU "i64.rem_u" (i64, i64) -> (i64) fuel 1, sem int::i64_rem_u;
            }
            compare {
                I32Eq "i32.eq" (i32, i32) -> (i32) fuel 1, sem int::i32_eq, swapped I32Eq, negated I32Ne;
                I32Ne "i32.ne" (i32, i32) -> (i32) fuel 1, sem int::i32_ne, swapped I32Ne, negated I32Eq;
                I32LtS "i32.lt_s" (i32, i32) -> (i32) fuel 1, sem int::i32_lt_s, swapped I32GtS, negated I32GeS;
                I32LtU "i32.lt_u" (i32, i32) -> (i32) fuel 1, sem int::i32_lt_u, swapped I32GtU, negated I32GeU;
                I32GtS "i32.gt_s" (i32, i32) -> (i32) fuel 1, sem int::i32_gt_s, swapped I32LtS, negated I32LeS;
                I32GtU "i32.gt_u" (i32, i32) -> (i32) fuel 1, sem int::i32_gt_u, swapped I32LtU, negated I32LeU;
                I32LeS "i32.le_s" (i32, i32) -> (i32) fuel 1, sem int::i32_le_s, swapped I32GeS, negated I32GtS;
                I32LeU "i32.le_u" (i32, i32) -> (i32) fuel 1, sem int::i32_le_u, swapped I32GeU, negated I32GtU;
                I32GeS "i32.ge_s" (i32, i32) -> (i32) fuel 1, sem int::i32_ge_s, swapped I32LeS, negated I32LtS;
                I32GeU "i32.ge_u" (i32, i32) -> (i32) fuel 1, sem int::i32_ge_u, swapped I32LeU, negated I32LtU;
                I64Eq "i64.eq" (i64, i64) -> (i32) fuel 1, sem int::i64_eq, swapped I64Eq, negated I64Ne;
                I64Ne "i64.ne" (i64, i64) -> (i32) fuel 1, sem int::i64_ne, swapped I64Ne, negated I64Eq;
                I64LtS "i64.lt_s" (i64, i64) -> (i32) fuel 1, sem int::i64_lt_s, swapped I64GtS, negated I64GeS;
                I64LtU "i64.lt_u" (i64, i64) -> (i32) fuel 1, sem int::i64_lt_u, swapped I64GtU, negated I64GeU;
                I64GtS "i64.gt_s" (i64, i64) -> (i32) fuel 1, sem int::i64_gt_s, swapped I64LtS, negated I64LeS;
                I64GtU "i64.gt_u" (i64, i64) -> (i32) fuel 1, sem int::i64_gt_u, swapped I64LtU, negated I64LeU;
                I64LeS "i64.le_s" (i64, i64) -> (i32) fuel 1, sem int::i64_le_s, swapped I64GeS, negated I64GtS;
                I64LeU "i64.le_u" (i64, i64) -> (i32) fuel 1, sem int::i64_le_u, swapped I64GeU, negated I64GtU;
                I64GeS "i64.ge_s" (i64, i64) -> (i32) fuel 1, sem int::i64_ge_s, swapped I64LeS, negated I64LtS;
                I64GeU "i64.ge_u" (i64, i64) -> (i32) fuel 1, sem int::i64_ge_u, swapped I64LeU, negated I64LtU;
                F32Eq "f32.eq" (f32, f32) -> (i32) fuel 1, sem float::f32_eq, swapped F32Eq, negated F32Ne;
                F32Ne "f32.ne" (f32, f32) -> (i32) fuel 1, sem float::f32_ne, swapped F32Ne, negated F32Eq;
                F32Lt "f32.lt" (f32, f32) -> (i32) fuel 1, sem float::f32_lt, swapped F32Gt;
                F32Gt "f32.gt" (f32, f32) -> (i32) fuel 1, sem float::f32_gt, swapped F32Lt;
                F32Le "f32.le" (f32, f32) -> (i32) fuel 1, sem float::f32_le, swapped F32Ge;
                F32Ge "f32.ge" (f32, f32) -> (i32) fuel 1, sem float::f32_ge, swapped F32Le;
                F64Eq "f64.eq" (f64, f64) -> (i32) fuel 1, sem float::f64_eq, swapped F64Eq, negated F64Ne;
                F64Ne "f64.ne" (f64, f64) -> (i32) fuel 1, sem float::f64_ne, swapped F64Ne, negated F64Eq;
                F64Lt "f64.lt" (f64, f64) -> (i32) fuel 1, sem float::f64_lt, swapped F64Gt;
                F64Gt "f64.gt" (f64, f64) -> (i32) fuel 1, sem float::f64_gt, swapped F64Lt;
                F64Le "f64.le" (f64, f64) -> (i32) fuel 1, sem float::f64_le, swapped F64Ge;
                F64Ge "f64.ge" (f64, f64) -> (i32) fuel 1, sem float::f64_ge, swapped F64Le;
            }
        }
    };
}

//! The rows of linear memory: what the bytes of an access mean, once the address is checked.

/// One link of the chain behind [`for_each_op`](crate::for_each_op); call that instead.
#[doc(hidden)]
#[macro_export]
macro_rules! __memory_ops {
    ($callback:tt $($before:tt)*) => {
        $crate::__control_ops! {
            $callback
            $($before)*
            load {
                I32Load "i32.load" ([u8; 4]) -> (i32) fuel 1, sem memory::i32_load;
                I64Load "i64.load" ([u8; 8]) -> (i64) fuel 1, sem memory::i64_load;
                F32Load "f32.load" ([u8; 4]) -> (f32) fuel 1, sem memory::f32_load;
                F64Load "f64.load" ([u8; 8]) -> (f64) fuel 1, sem memory::f64_load;
                I32Load8S "i32.load8_s" ([u8; 1]) -> (i32) fuel 1, sem memory::i32_load8_s;
                I32Load8U "i32.load8_u" ([u8; 1]) -> (i32) fuel 1, sem memory::i32_load8_u;
                I32Load16S "i32.load16_s" ([u8; 2]) -> (i32) fuel 1, sem memory::i32_load16_s;
                I32Load16U "i32.load16_u" ([u8; 2]) -> (i32) fuel 1, sem memory::i32_load16_u;
                I64Load8S "i64.load8_s" ([u8; 1]) -> (i64) fuel 1, sem memory::i64_load8_s;
                I64Load8U "i64.load8_u" ([u8; 1]) -> (i64) fuel 1, sem memory::i64_load8_u;
                I64Load16S "i64.load16_s" ([u8; 2]) -> (i64) fuel 1, sem memory::i64_load16_s;
                I64Load16U "i64.load16_u" ([u8; 2]) -> (i64) fuel 1, sem memory::i64_load16_u;
                I64Load32S "i64.load32_s" ([u8; 4]) -> (i64) fuel 1, sem memory::i64_load32_s;
                I64Load32U "i64.load32_u" ([u8; 4]) -> (i64) fuel 1, sem memory::i64_load32_u;
                V128Load "v128.load" ([u8; 16]) -> (V128) fuel 1, sem memory::v128_load;
                V128Load8x8S "v128.load8x8_s" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load8x8_s;
                V128Load8x8U "v128.load8x8_u" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load8x8_u;
                V128Load16x4S "v128.load16x4_s" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load16x4_s;
                V128Load16x4U "v128.load16x4_u" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load16x4_u;
                V128Load32x2S "v128.load32x2_s" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load32x2_s;
                V128Load32x2U "v128.load32x2_u" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load32x2_u;
                V128Load8Splat "v128.load8_splat" ([u8; 1]) -> (V128) fuel 1, sem memory::v128_load8_splat;
                V128Load16Splat "v128.load16_splat" ([u8; 2]) -> (V128) fuel 1, sem memory::v128_load16_splat;
                V128Load32Splat "v128.load32_splat" ([u8; 4]) -> (V128) fuel 1, sem memory::v128_load32_splat;
                V128Load64Splat "v128.load64_splat" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load64_splat;
                V128Load32Zero "v128.load32_zero" ([u8; 4]) -> (V128) fuel 1, sem memory::v128_load32_zero;
                V128Load64Zero "v128.load64_zero" ([u8; 8]) -> (V128) fuel 1, sem memory::v128_load64_zero;
            }
            store {
                I32Store "i32.store" (i32) -> ([u8; 4]) fuel 1, sem memory::i32_store;
                I64Store "i64.store" (i64) -> ([u8; 8]) fuel 1, sem memory::i64_store;
                F32Store "f32.store" (f32) -> ([u8; 4]) fuel 1, sem memory::f32_store;
                F64Store "f64.store" (f64) -> ([u8; 8]) fuel 1, sem memory::f64_store;
                I32Store8 "i32.store8" (i32) -> ([u8; 1]) fuel 1, sem memory::i32_store8;
                I32Store16 "i32.store16" (i32) -> ([u8; 2]) fuel 1, sem memory::i32_store16;
                I64Store8 "i64.store8" (i64) -> ([u8; 1]) fuel 1, sem memory::i64_store8;
                I64Store16 "i64.store16" (i64) -> ([u8; 2]) fuel 1, sem memory::i64_store16;
                I64Store32 "i64.store32" (i64) -> ([u8; 4]) fuel 1, sem memory::i64_store32;
                V128Store "v128.store" (V128) -> ([u8; 16]) fuel 1, sem memory::v128_store;
            }
            load_lane {
                V128Load8Lane "v128.load8_lane" ([u8; 1], V128, u8) -> (V128) fuel 1, sem memory::v128_load8_lane;
                V128Load16Lane "v128.load16_lane" ([u8; 2], V128, u8) -> (V128) fuel 1, sem memory::v128_load16_lane;
                V128Load32Lane "v128.load32_lane" ([u8; 4], V128, u8) -> (V128) fuel 1, sem memory::v128_load32_lane;
                V128Load64Lane "v128.load64_lane" ([u8; 8], V128, u8) -> (V128) fuel 1, sem memory::v128_load64_lane;
            }
            store_lane {
                V128Store8Lane "v128.store8_lane" (V128, u8) -> ([u8; 1]) fuel 1, sem memory::v128_store8_lane;
                V128Store16Lane "v128.store16_lane" (V128, u8) -> ([u8; 2]) fuel 1, sem memory::v128_store16_lane;
                V128Store32Lane "v128.store32_lane" (V128, u8) -> ([u8; 4]) fuel 1, sem memory::v128_store32_lane;
                V128Store64Lane "v128.store64_lane" (V128, u8) -> ([u8; 8]) fuel 1, sem memory::v128_store64_lane;
            }
        }
    };
}

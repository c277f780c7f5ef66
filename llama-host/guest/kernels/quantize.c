// Activations to signed bytes with a scale for each block.
#include "lanes.h"

// The larger magnitudes, as bit patterns. So a NaN is larger than all numbers.
INLINE v128_t larger(v128_t most, v128_t x) {
    return wasm_i32x4_max(most, wasm_v128_and(x, wasm_u32x4_const_splat(0x7fffffff)));
}

typedef struct {
    v128_t scale;   // what a quant stands for
    v128_t inverse; // what floats are multiplied by
} Scale;

// The scale for a block whose largest magnitudes these are. A block without a magnitude of 2^-100 counts as zeros.
INLINE Scale scale_of(v128_t most) {
    most = wasm_i32x4_max(most, wasm_i32x4_shuffle(most, most, 2, 3, 0, 1));
    most = wasm_i32x4_max(most, wasm_i32x4_shuffle(most, most, 1, 0, 3, 2));
    const v128_t counts = wasm_i32x4_ge(most, wasm_f32x4_const_splat(0x1p-100f));
    const v128_t limit = wasm_f32x4_const_splat(127.0f);
    return (Scale){wasm_v128_and(wasm_f32x4_div(most, limit), counts), wasm_v128_and(wasm_f32x4_div(limit, most), counts)};
}

INLINE v128_t quants(const uint8_t *x, v128_t inverse) {
    const v128_t scaled = wasm_f32x4_mul(wasm_v128_load(x), inverse);
    const v128_t above = wasm_f32x4_pmax(wasm_f32x4_const_splat(-127.0f), scaled);
    const v128_t within = wasm_f32x4_pmin(wasm_f32x4_const_splat(127.0f), above);
    return wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(within));
}

// Sixteen quants as bytes.
INLINE v128_t quants16(const uint8_t *x, v128_t inverse) {
    const v128_t low = wasm_i16x8_narrow_i32x4(quants(x, inverse), quants(x + 16, inverse));
    const v128_t high = wasm_i16x8_narrow_i32x4(quants(x + 32, inverse), quants(x + 48, inverse));
    return wasm_i8x16_narrow_i16x8(low, high);
}

// The sum of sixteen bytes, in four parts.
INLINE v128_t sum16(v128_t bytes) { return wasm_i32x4_extadd_pairwise_i16x8(wasm_i16x8_extadd_pairwise_i8x16(bytes)); }

EXPORTED(ls_quantize_q8x32) QUANTIZER(q8x32) {
    if (rows == 0) return;
    const uint64_t blocks = k / 32;
    do {
        const uint8_t *from = x;
        uint8_t *bytes = dst, *scales = dst + k, *sums = scales + 4 * blocks;
        for (uint64_t n = blocks; n != 0; n--) {
            v128_t most = wasm_i32x4_const_splat(0);
            for (int i = 0; i < 128; i += 16) most = larger(most, wasm_v128_load(from + i));
            const Scale s = scale_of(most);
            const v128_t low = quants16(from, s.inverse), high = quants16(from + 64, s.inverse);
            wasm_v128_store(bytes, low);
            wasm_v128_store(bytes + 16, high);
            wasm_v128_store32_lane(scales, s.scale, 0);
            const v128_t sum = sum_lanes(wasm_i32x4_add(sum16(low), sum16(high)));
            wasm_v128_store32_lane(sums, wasm_f32x4_mul(s.scale, wasm_f32x4_convert_i32x4(sum)), 0);
            from += 128, bytes += 32, scales += 4, sums += 4;
        }
        dst += dst_stride, x += x_stride;
    } while (--rows != 0);
}

EXPORTED(ls_quantize_q8x256) QUANTIZER(q8x256) {
    if (rows == 0) return;
    const uint64_t blocks = k / 256;
    do {
        const uint8_t *from = x;
        uint8_t *bytes = dst, *scales = dst + k, *sums = scales + 4 * blocks;
        for (uint64_t n = blocks; n != 0; n--) {
            v128_t most = wasm_i32x4_const_splat(0);
#pragma clang loop unroll(disable)
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < 128; j += 16) most = larger(most, wasm_v128_load(from + j));
                from += 128;
            }
            from -= 1024;
            const Scale s = scale_of(most);
            wasm_v128_store32_lane(scales, s.scale, 0);
#pragma clang loop unroll(disable)
            for (int i = 0; i < 16; i++) {
                const v128_t q = quants16(from, s.inverse);
                wasm_v128_store(bytes, q);
                wasm_v128_store16_lane(sums, sum_lanes(sum16(q)), 0);
                from += 64, bytes += 16, sums += 2;
            }
            scales += 4;
        }
        dst += dst_stride, x += x_stride;
    } while (--rows != 0);
}

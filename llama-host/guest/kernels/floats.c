// Products of floats: sixteen chains, element e in chain e mod 16.
#include "lanes.h"

enum Format { F32, F16, BF16 };

enum { FLOAT = 4 };

INLINE uint64_t element_bytes(enum Format format) { return format == F32 ? 4 : 2; }

// Widens halves that lie in the upper parts of lanes.
INLINE v128_t widen(enum Format format, v128_t upper) { return format == F16 ? widen_upper(upper) : upper; }

// One element in lane 0, and zeros behind it.
INLINE v128_t load1(enum Format format, const uint8_t *w) {
    if (format == F32) return wasm_v128_load32_zero(w);
    const v128_t upper = wasm_v128_and(wasm_v128_load16_splat(w), wasm_u32x4_const(0xffff0000, 0, 0, 0));
    return widen(format, upper);
}

INLINE v128_t load4(enum Format format, const uint8_t *w) {
    if (format == F32) return wasm_v128_load(w);
    return widen(format, wasm_i32x4_shl(wasm_u32x4_load16x4(w), 16));
}

// The chains of four elements and those behind them.
INLINE v128_t add4(enum Format format, v128_t chains, const uint8_t *w, const uint8_t *x) {
    return wasm_f32x4_add(chains, wasm_f32x4_mul(load4(format, w), wasm_v128_load(x)));
}

INLINE void product(enum Format format, uint8_t *dst, uint64_t dst_stride, const uint8_t *w, uint64_t w_stride,
                    const uint8_t *x, uint64_t x_stride, uint64_t rows, uint64_t cols, uint64_t k) {
    if (rows == 0 || cols == 0) return;
    const uint64_t bytes = element_bytes(format);
    do {
        const uint8_t *row = w;
        uint8_t *out = dst;
        uint64_t r = rows;
        do {
            v128_t s0 = wasm_f32x4_const_splat(0), s1 = s0, s2 = s0, s3 = s0;
            const uint8_t *a = row, *b = x;
            for (uint64_t n = k / 16; n != 0; n--) {
                s0 = add4(format, s0, a, b);
                s1 = add4(format, s1, a + 4 * bytes, b + 4 * FLOAT);
                s2 = add4(format, s2, a + 8 * bytes, b + 8 * FLOAT);
                s3 = add4(format, s3, a + 12 * bytes, b + 12 * FLOAT);
                a += 16 * bytes, b += 16 * FLOAT;
            }
            // What is left goes to the first chains, which then go behind the others: sums do not show how often all
            // sixteen were turned.
            for (uint64_t n = k / 4 % 4; n != 0; n--) {
                const v128_t first = add4(format, s0, a, b);
                s0 = s1, s1 = s2, s2 = s3, s3 = first;
                a += 4 * bytes, b += 4 * FLOAT;
            }
            for (uint64_t n = k % 4; n != 0; n--) {
                const v128_t first =
                    wasm_f32x4_add(s0, only_first(wasm_f32x4_mul(load1(format, a), wasm_v128_load32_zero(b))));
                s0 = wasm_i32x4_shuffle(first, s1, 1, 2, 3, 4);
                s1 = wasm_i32x4_shuffle(s1, s2, 1, 2, 3, 4);
                s2 = wasm_i32x4_shuffle(s2, s3, 1, 2, 3, 4);
                s3 = wasm_i32x4_shuffle(s3, first, 1, 2, 3, 4);
                a += bytes, b += FLOAT;
            }
            const v128_t sum = wasm_f32x4_add(wasm_f32x4_add(s0, s2), wasm_f32x4_add(s1, s3));
            wasm_v128_store32_lane(out, halving_sum(sum), 0);
            row += w_stride, out += FLOAT;
        } while (--r != 0);
        dst += dst_stride, x += x_stride;
    } while (--cols != 0);
}

#define FLOATS(name, format) \
    EXPORTED(ls_matmul_##name) PRODUCT(name) { product(format, dst, dst_stride, w, w_stride, x, x_stride, rows, cols, k); }

FLOATS(f32, F32)
FLOATS(f16, F16)
FLOATS(bf16, BF16)

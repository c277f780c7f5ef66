// Products of weights in blocks of 32 with a scale, and maybe a minimum, for each block. Block b is in chain b mod 4, so
// four blocks are one step, with one block in each lane.
#include "lanes.h"

enum Format { Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4 };

INLINE uint64_t block_bytes(enum Format format) {
    switch (format) {
        case Q4_0: case IQ4_NL: return 18;
        case Q4_1: return 20;
        case Q5_0: return 22;
        case Q5_1: return 24;
        case Q8_0: return 34;
        case MXFP4: return 17;
    }
}

// Where the quants, or their lower bits, begin.
INLINE uint64_t quants_at(enum Format format) {
    switch (format) {
        case Q4_0: case IQ4_NL: case Q8_0: return 2;
        case Q4_1: return 4;
        case Q5_0: return 6;
        case Q5_1: return 8;
        case MXFP4: return 1;
    }
}

INLINE int has_minimum(enum Format format) { return format == Q4_1 || format == Q5_1; }

// For 16 elements, all ones where the bit of an element is clear. `bits` has 32 bits in each lane, of which the first or
// the second half is asked for.
INLINE v128_t clear_bits(v128_t bits, int half) {
    const v128_t spread = half ? wasm_i8x16_shuffle(bits, bits, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3)
                               : wasm_i8x16_shuffle(bits, bits, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    const v128_t bit = wasm_u64x2_const_splat(0x8040201008040201);
    return wasm_i8x16_eq(wasm_v128_and(spread, bit), wasm_i8x16_const_splat(0));
}

// Sixteen quants out of their codes; for five bits, with what `clear_bits` gave.
INLINE v128_t quants(enum Format format, v128_t codes, v128_t clear) {
    switch (format) {
        case Q4_0: return wasm_i8x16_sub(codes, wasm_i8x16_const_splat(8));
        case Q5_0: return wasm_v128_or(codes, wasm_v128_and(clear, wasm_u8x16_const_splat(0xf0)));
        case Q5_1: return wasm_v128_or(codes, wasm_v128_andnot(wasm_u8x16_const_splat(16), clear));
        case IQ4_NL: return iq4_values(codes);
        case MXFP4: return wasm_i8x16_swizzle(wasm_i8x16_const(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12), codes);
        default: return codes;
    }
}

// The sum of the products of a block, in four parts.
INLINE v128_t block_sum(enum Format format, const uint8_t *w, const uint8_t *x) {
    const uint8_t *q = w + quants_at(format);
    if (format == Q8_0) {
        v128_t sum = wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(q), wasm_i16x8_load8x8(x));
        sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(q + 8), wasm_i16x8_load8x8(x + 8)));
        sum = wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(q + 16), wasm_i16x8_load8x8(x + 16)));
        return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(wasm_i16x8_load8x8(q + 24), wasm_i16x8_load8x8(x + 24)));
    }
    v128_t clear0 = wasm_i8x16_const_splat(0), clear1 = clear0;
    if (format == Q5_0 || format == Q5_1) {
        const v128_t bits = wasm_v128_load32_splat(q - 4);
        clear0 = clear_bits(bits, 0), clear1 = clear_bits(bits, 1);
    }
    const v128_t codes = wasm_v128_load(q), x0 = wasm_v128_load(x), x1 = wasm_v128_load(x + 16);
    const v128_t w0 = quants(format, lower_nibbles(codes), clear0), w1 = quants(format, upper_nibbles(codes), clear1);
    // Sums of four products of IQ4_NL do not fit 16 bits, those of two just do.
    if (format == IQ4_NL) {
        return wasm_i32x4_add(wasm_i32x4_extadd_pairwise_i16x8(products16(w0, x0)),
                              wasm_i32x4_extadd_pairwise_i16x8(products16(w1, x1)));
    }
    return wasm_i32x4_extadd_pairwise_i16x8(products32(w0, x0, w1, x1));
}

// The heads of one block, in every lane: its scale in the upper half, or with a minimum both, scale first.
INLINE v128_t head(enum Format format, const uint8_t *w) {
    if (format == MXFP4) return wasm_u32x4_shr(wasm_v128_load8_splat(w), 24);
    return has_minimum(format) ? wasm_v128_load32_splat(w) : wasm_v128_load16_splat(w);
}

// The heads of four blocks.
INLINE v128_t heads(enum Format format, const uint8_t *w) {
    const uint64_t size = block_bytes(format);
    if (format == MXFP4) {
        v128_t all = wasm_v128_load8_lane(w, wasm_i32x4_const_splat(0), 0);
        all = wasm_v128_load8_lane(w + size, all, 4);
        all = wasm_v128_load8_lane(w + 2 * size, all, 8);
        return wasm_v128_load8_lane(w + 3 * size, all, 12);
    }
    if (has_minimum(format)) {
        v128_t all = wasm_v128_load32_splat(w);
        all = wasm_v128_load32_lane(w + size, all, 1);
        all = wasm_v128_load32_lane(w + 2 * size, all, 2);
        return wasm_v128_load32_lane(w + 3 * size, all, 3);
    }
    v128_t all = wasm_v128_load16_splat(w);
    all = wasm_v128_load16_lane(w + size, all, 3);
    all = wasm_v128_load16_lane(w + 2 * size, all, 5);
    return wasm_v128_load16_lane(w + 3 * size, all, 7);
}

// 2^(exponent - 128), where the exponents 0 and 1 give subnormal numbers.
INLINE v128_t power(v128_t exponent) {
    const v128_t one = wasm_i32x4_const_splat(1);
    const v128_t normal = wasm_i32x4_shl(wasm_i32x4_sub(exponent, one), 23);
    const v128_t subnormal = wasm_i32x4_shl(wasm_i32x4_add(exponent, one), 21);
    return wasm_v128_bitselect(normal, subnormal, wasm_i32x4_gt(exponent, one));
}

// What blocks add to their chains.
INLINE v128_t terms(enum Format format, v128_t heads, v128_t sum, v128_t scale, v128_t minimum) {
    const v128_t own = format == MXFP4       ? power(heads)
                       : has_minimum(format) ? widen_upper(wasm_i32x4_shl(heads, 16))
                                             : widen_upper(heads);
    const v128_t scaled = wasm_f32x4_mul(wasm_f32x4_mul(own, scale), wasm_f32x4_convert_i32x4(sum));
    return has_minimum(format) ? wasm_f32x4_add(scaled, wasm_f32x4_mul(widen_upper(heads), minimum)) : scaled;
}

INLINE void product(enum Format format, uint8_t *dst, uint64_t dst_stride, const uint8_t *w, uint64_t w_stride,
                    const uint8_t *x, uint64_t x_stride, uint64_t rows, uint64_t cols, uint64_t k) {
    if (rows == 0 || cols == 0) return;
    const uint64_t blocks = k / 32, size = block_bytes(format);
    // Behind the quants of a row are its scales and then its sums.
    const uint64_t to_sums = 4 * blocks;
    do {
        const uint8_t *row = w;
        uint8_t *out = dst;
        uint64_t r = rows;
        do {
            v128_t chains = wasm_f32x4_const_splat(0), none = chains;
            const uint8_t *a = row, *b = x, *scale = x + k;
            for (uint64_t n = blocks / 4; n != 0; n--) {
                const v128_t sum = sum_each(block_sum(format, a, b), block_sum(format, a + size, b + 32),
                                            block_sum(format, a + 2 * size, b + 64), block_sum(format, a + 3 * size, b + 96));
                const v128_t minimum = has_minimum(format) ? wasm_v128_load(scale + to_sums) : none;
                chains = wasm_f32x4_add(chains, terms(format, heads(format, a), sum, wasm_v128_load(scale), minimum));
                a += 4 * size, b += 128, scale += 16;
            }
            for (uint64_t n = blocks % 4; n != 0; n--) {
                const v128_t sum = sum_lanes(block_sum(format, a, b));
                const v128_t minimum = has_minimum(format) ? wasm_v128_load32_splat(scale + to_sums) : none;
                const v128_t term = terms(format, head(format, a), sum, wasm_v128_load32_splat(scale), minimum);
                chains = turn(wasm_f32x4_add(chains, only_first(term)));
                a += size, b += 32, scale += 4;
            }
            wasm_v128_store32_lane(out, halving_sum(chains), 0);
            row += w_stride, out += 4;
        } while (--r != 0);
        dst += dst_stride, x += x_stride;
    } while (--cols != 0);
}

#define BLOCKS(name, format) \
    EXPORTED(ls_matmul_##name) PRODUCT(name) { product(format, dst, dst_stride, w, w_stride, x, x_stride, rows, cols, k); }

BLOCKS(q4_0, Q4_0)
BLOCKS(q4_1, Q4_1)
BLOCKS(q5_0, Q5_0)
BLOCKS(q5_1, Q5_1)
BLOCKS(q8_0, Q8_0)
BLOCKS(iq4_nl, IQ4_NL)
BLOCKS(mxfp4, MXFP4)

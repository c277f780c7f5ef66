// Products of weights in blocks of 256: a scale and maybe a minimum for the block, integer scales and minima for its
// groups of 16 or 32. Block b is in chain b mod 4; the chains take turns in lane 0.
#include "lanes.h"

enum Format { Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_XS };

INLINE uint64_t block_bytes(enum Format format) {
    switch (format) {
        case Q2_K: return 84;
        case Q3_K: return 110;
        case Q4_K: return 144;
        case Q5_K: return 176;
        case Q6_K: return 210;
        case IQ4_XS: return 136;
    }
}

INLINE int has_minimum(enum Format format) { return format == Q2_K || format == Q4_K || format == Q5_K; }

// One 16-bit number of a vector, in every lane.
#define EVERY16(v, i)                                                                                                  \
    wasm_i16x8_shuffle(v, v, (i) & 7, (i) & 7, (i) & 7, (i) & 7, (i) & 7, (i) & 7, (i) & 7, (i) & 7)

// Bits of 16 bytes, moved up by `up` places (down if that is negative). Bits do not come from other bytes as long as the
// mask asks for none that would.
#define MOVED(bytes, up, mask)                                                                                         \
    wasm_v128_and((up) >= 0 ? wasm_i16x8_shl(bytes, (up) & 15) : wasm_u16x8_shr(bytes, -(up) & 15),                    \
                  wasm_u8x16_const_splat(mask))

// What a block's groups have: the scales of groups of 16 in order, eight in each vector, or those of groups of 32 in the
// first one alone; and the minima of groups of 16.
typedef struct {
    v128_t scales[2];
    v128_t minima[2];
} Groups;

// One scale for each pair of products in a group.
#define SCALE(groups, i) EVERY16((groups).scales[(i) / 8], i)

// The scales and minima of Q4_K and Q5_K: 8 each, for groups of 32, of 6 bits. Behind the first 4 bytes of a block come
// 4 bytes with the first four scales, 4 with the first four minima, and 4 with the lower four bits of the other scales
// in their lower halves and of the other minima in their upper halves. The upper two bits of those are on top of the
// first scales and minima. What comes out has all scales in its first half and all minima in its second one.
INLINE v128_t six_bit_pairs(v128_t head) {
    const v128_t shifted = upper_nibbles(head);
    const v128_t low = wasm_v128_and(
        wasm_i8x16_shuffle(head, shifted, 4, 5, 6, 7, 12, 13, 14, 15, 8, 9, 10, 11, 28, 29, 30, 31),
        wasm_u32x4_const(0x3f3f3f3f, 0x0f0f0f0f, 0x3f3f3f3f, 0x0f0f0f0f));
    const v128_t high = wasm_v128_and(wasm_u32x4_shr(wasm_i32x4_shuffle(head, head, 1, 1, 1, 2), 2),
                                      wasm_u32x4_const(0, 0x30303030, 0, 0x30303030));
    return wasm_v128_or(low, high);
}

INLINE Groups groups_of(enum Format format, const uint8_t *w) {
    Groups groups = {{wasm_i8x16_const_splat(0)}, {wasm_i8x16_const_splat(0)}};
    if (format == Q2_K) {
        const v128_t bytes = wasm_v128_load(w), scales = lower_nibbles(bytes), minima = upper_nibbles(bytes);
        groups.scales[0] = wasm_u16x8_extend_low_u8x16(scales);
        groups.scales[1] = wasm_u16x8_extend_high_u8x16(scales);
        groups.minima[0] = wasm_u16x8_extend_low_u8x16(minima);
        groups.minima[1] = wasm_u16x8_extend_high_u8x16(minima);
    } else if (format == Q4_K || format == Q5_K) {
        // A minimum is for two groups of 16.
        const v128_t all = six_bit_pairs(wasm_v128_load(w)), zero = wasm_i8x16_const_splat(0);
        groups.scales[0] = wasm_u16x8_extend_low_u8x16(all);
        groups.minima[0] = wasm_i8x16_shuffle(all, zero, 8, 16, 8, 16, 9, 16, 9, 16, 10, 16, 10, 16, 11, 16, 11, 16);
        groups.minima[1] = wasm_i8x16_shuffle(all, zero, 12, 16, 12, 16, 13, 16, 13, 16, 14, 16, 14, 16, 15, 16, 15, 16);
    } else if (format == Q3_K) {
        // Sixteen bytes that end with the block: 2 of no interest, 12 of scales, the block's scale. Four lower bits are
        // in the first 8 of the 12, two upper bits in the other 4.
        const v128_t bytes = wasm_v128_load(w + 94), shifted = upper_nibbles(bytes);
        const v128_t low = lower_nibbles(
            wasm_i8x16_shuffle(bytes, shifted, 2, 3, 4, 5, 6, 7, 8, 9, 18, 19, 20, 21, 22, 23, 24, 25));
        const v128_t upper = wasm_v128_and(
            wasm_i8x16_shuffle(bytes, bytes, 10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13),
            wasm_u32x4_const(0x03030303, 0x0c0c0c0c, 0x30303030, 0xc0c0c0c0));
        const v128_t high = wasm_u32x4_shr(wasm_i32x4_mul(upper, wasm_i32x4_const(64, 16, 4, 1)), 2);
        const v128_t scales = wasm_i8x16_sub(wasm_v128_or(low, high), wasm_i8x16_const_splat(32));
        groups.scales[0] = wasm_i16x8_extend_low_i8x16(scales);
        groups.scales[1] = wasm_i16x8_extend_high_i8x16(scales);
    } else if (format == Q6_K) {
        groups.scales[0] = wasm_i16x8_load8x8(w + 192);
        groups.scales[1] = wasm_i16x8_load8x8(w + 200);
    } else if (format == IQ4_XS) {
        // The block's scale, 8 pairs of upper bits, 8 times 4 lower bits.
        const v128_t bytes = wasm_v128_load64_zero(w), shifted = upper_nibbles(bytes), zero = wasm_i8x16_const_splat(0);
        const v128_t low = wasm_v128_and(
            wasm_i8x16_shuffle(bytes, shifted, 4, 8, 20, 8, 5, 8, 21, 8, 6, 8, 22, 8, 7, 8, 23, 8),
            wasm_i16x8_const_splat(15));
        const v128_t upper = wasm_v128_and(
            wasm_i8x16_shuffle(bytes, zero, 2, 16, 2, 16, 2, 16, 2, 16, 3, 16, 3, 16, 3, 16, 3, 16),
            wasm_i16x8_const(3, 12, 48, 192, 3, 12, 48, 192));
        const v128_t high = wasm_u16x8_shr(wasm_i16x8_mul(upper, wasm_i16x8_const(64, 16, 4, 1, 64, 16, 4, 1)), 2);
        groups.scales[0] = wasm_i16x8_sub(wasm_v128_or(low, high), wasm_i16x8_const_splat(32));
    }
    return groups;
}

// Adds the products of a group of 16, or of half a group, times its scale.
INLINE v128_t add16(v128_t sum, v128_t w, const uint8_t *x, v128_t scale) {
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(products16(w, wasm_v128_load(x)), scale));
}

// Adds the products of a group of 32 times its scale.
INLINE v128_t add32(v128_t sum, v128_t w0, v128_t w1, const uint8_t *x, v128_t scale) {
    const v128_t products = products32(w0, wasm_v128_load(x), w1, wasm_v128_load(x + 16));
    return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(products, scale));
}

// 32 elements of Q2_K: number j of the four parts that share 32 bytes, in groups g and g + 1.
#define Q2_PART(j, g)                                                                                                  \
    sum = add16(sum, MOVED(q0, -2 * (j), 3), x + 16 * (g), SCALE(groups, g));                                          \
    sum = add16(sum, MOVED(q1, -2 * (j), 3), x + 16 * (g) + 16, SCALE(groups, (g) + 1));

INLINE v128_t sum_q2_k(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), q0 = wasm_v128_load(w + 16), q1 = wasm_v128_load(w + 32);
    Q2_PART(0, 0) Q2_PART(1, 2) Q2_PART(2, 4) Q2_PART(3, 6)
    q0 = wasm_v128_load(w + 48), q1 = wasm_v128_load(w + 64);
    Q2_PART(0, 8) Q2_PART(1, 10) Q2_PART(2, 12) Q2_PART(3, 14)
    return sum;
}

// The same for Q3_K, whose third bits are bit g / 2 of other 32 bytes; an element is 4 less where that bit is clear.
#define Q3_PART(j, g)                                                                                                  \
    sum = add16(sum, wasm_i8x16_sub(MOVED(q0, -2 * (j), 3), MOVED(c0, 2 - (g) / 2, 4)), x + 16 * (g),                  \
                SCALE(groups, g));                                                                                     \
    sum = add16(sum, wasm_i8x16_sub(MOVED(q1, -2 * (j), 3), MOVED(c1, 2 - (g) / 2, 4)), x + 16 * (g) + 16,             \
                SCALE(groups, (g) + 1));

INLINE v128_t sum_q3_k(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), q0 = wasm_v128_load(w + 32), q1 = wasm_v128_load(w + 48);
    const v128_t c0 = wasm_v128_not(wasm_v128_load(w)), c1 = wasm_v128_not(wasm_v128_load(w + 16));
    Q3_PART(0, 0) Q3_PART(1, 2) Q3_PART(2, 4) Q3_PART(3, 6)
    q0 = wasm_v128_load(w + 64), q1 = wasm_v128_load(w + 80);
    Q3_PART(0, 8) Q3_PART(1, 10) Q3_PART(2, 12) Q3_PART(3, 14)
    return sum;
}

// Two groups of 32, number g and the next: the lower and the upper halves of 32 bytes.
#define Q4_PART(g)                                                                                                     \
    q0 = wasm_v128_load(w + 16 + 16 * (g)), q1 = wasm_v128_load(w + 32 + 16 * (g));                                    \
    sum = add32(sum, lower_nibbles(q0), lower_nibbles(q1), x + 32 * (g), SCALE(groups, g));                            \
    sum = add32(sum, upper_nibbles(q0), upper_nibbles(q1), x + 32 * (g) + 32, SCALE(groups, (g) + 1));

INLINE v128_t sum_q4_k(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), q0, q1;
    Q4_PART(0) Q4_PART(2) Q4_PART(4) Q4_PART(6)
    return sum;
}

// The same with a fifth bit, bit g of other 32 bytes.
#define Q5_PART(g)                                                                                                     \
    q0 = wasm_v128_load(w + 48 + 16 * (g)), q1 = wasm_v128_load(w + 64 + 16 * (g));                                    \
    sum = add32(sum, wasm_v128_or(lower_nibbles(q0), MOVED(h0, 4 - (g), 16)),                                          \
                wasm_v128_or(lower_nibbles(q1), MOVED(h1, 4 - (g), 16)), x + 32 * (g), SCALE(groups, g));              \
    sum = add32(sum, wasm_v128_or(upper_nibbles(q0), MOVED(h0, 3 - (g), 16)),                                          \
                wasm_v128_or(upper_nibbles(q1), MOVED(h1, 3 - (g), 16)), x + 32 * (g) + 32, SCALE(groups, (g) + 1));

INLINE v128_t sum_q5_k(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), q0, q1;
    const v128_t h0 = wasm_v128_load(w + 16), h1 = wasm_v128_load(w + 32);
    Q5_PART(0) Q5_PART(2) Q5_PART(4) Q5_PART(6)
    return sum;
}

INLINE v128_t six_bits(v128_t low, v128_t high) {
    return wasm_i8x16_sub(wasm_v128_or(low, high), wasm_i8x16_const_splat(32));
}

// Half of half a block: 16 of every 32 elements out of 128, in groups g, g + 2, g + 4 and g + 6.
#define Q6_PART(low, high, g)                                                                                          \
    a = wasm_v128_load(w + (low)), b = wasm_v128_load(w + (low) + 32), h = wasm_v128_load(w + 128 + (high));           \
    sum = add16(sum, six_bits(lower_nibbles(a), MOVED(h, 4, 48)), x + 16 * (g), SCALE(groups, g));                     \
    sum = add16(sum, six_bits(lower_nibbles(b), MOVED(h, 2, 48)), x + 16 * (g) + 32, SCALE(groups, (g) + 2));          \
    sum = add16(sum, six_bits(upper_nibbles(a), MOVED(h, 0, 48)), x + 16 * (g) + 64, SCALE(groups, (g) + 4));          \
    sum = add16(sum, six_bits(upper_nibbles(b), MOVED(h, -2, 48)), x + 16 * (g) + 96, SCALE(groups, (g) + 6));

INLINE v128_t sum_q6_k(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), a, b, h;
    Q6_PART(0, 0, 0) Q6_PART(16, 16, 1) Q6_PART(64, 32, 8) Q6_PART(80, 48, 9)
    return sum;
}

// A group of 32. Sums of four products do not fit 16 bits, those of two just do.
#define IQ4_PART(g)                                                                                                    \
    q = wasm_v128_load(w + 8 + 16 * (g)), scale = SCALE(groups, g);                                                    \
    sum = add16(sum, iq4_values(lower_nibbles(q)), x + 32 * (g), scale);                                               \
    sum = add16(sum, iq4_values(upper_nibbles(q)), x + 32 * (g) + 16, scale);

INLINE v128_t sum_iq4_xs(const uint8_t *w, const uint8_t *x, Groups groups) {
    v128_t sum = wasm_i32x4_const_splat(0), q, scale;
    IQ4_PART(0) IQ4_PART(1) IQ4_PART(2) IQ4_PART(3) IQ4_PART(4) IQ4_PART(5) IQ4_PART(6) IQ4_PART(7)
    return sum;
}

// The sum of a block's products times the scales of their groups, in four parts.
INLINE v128_t block_sum(enum Format format, const uint8_t *w, const uint8_t *x, Groups groups) {
    switch (format) {
        case Q2_K: return sum_q2_k(w, x, groups);
        case Q3_K: return sum_q3_k(w, x, groups);
        case Q4_K: return sum_q4_k(w, x, groups);
        case Q5_K: return sum_q5_k(w, x, groups);
        case Q6_K: return sum_q6_k(w, x, groups);
        case IQ4_XS: return sum_iq4_xs(w, x, groups);
    }
}

// Where a block's own scale is; its minimum follows.
INLINE uint64_t scale_at(enum Format format) {
    switch (format) {
        case Q2_K: return 80;
        case Q3_K: return 108;
        case Q6_K: return 208;
        default: return 0;
    }
}

// What a block adds to its chain, in lane 0. `scale` is that of the activations in every lane, `sums` is where the sums
// of their groups of 16 are.
INLINE v128_t term(enum Format format, const uint8_t *w, const uint8_t *x, v128_t scale, const uint8_t *sums) {
    const uint8_t *own = w + scale_at(format);
    const Groups groups = groups_of(format, w);
    if (!has_minimum(format)) {
        const v128_t sum = sum_lanes(block_sum(format, w, x, groups));
        const v128_t factor = wasm_f32x4_mul(widen_upper(wasm_v128_load16_splat(own)), scale);
        return wasm_f32x4_mul(factor, wasm_f32x4_convert_i32x4(sum));
    }
    const v128_t minima = wasm_i32x4_add(wasm_i32x4_dot_i16x8(groups.minima[0], wasm_v128_load(sums)),
                                         wasm_i32x4_dot_i16x8(groups.minima[1], wasm_v128_load(sums + 16)));
    const v128_t both = sum_pairs(block_sum(format, w, x, groups), minima);
    // Scale, minimum, scale, minimum.
    const v128_t halves = wasm_v128_load32_splat(own), spread = wasm_i16x8_shuffle(halves, halves, 0, 0, 1, 1, 0, 0, 1, 1);
    const v128_t parts = wasm_f32x4_mul(wasm_f32x4_mul(widen_upper(spread), scale), wasm_f32x4_convert_i32x4(both));
    return wasm_f32x4_sub(parts, wasm_i32x4_shuffle(parts, parts, 1, 1, 1, 1));
}

INLINE void product(enum Format format, uint8_t *dst, uint64_t dst_stride, const uint8_t *w, uint64_t w_stride,
                    const uint8_t *x, uint64_t x_stride, uint64_t rows, uint64_t cols, uint64_t k) {
    if (rows == 0 || cols == 0) return;
    const uint64_t blocks = k / 256;
    do {
        const uint8_t *row = w;
        uint8_t *out = dst;
        uint64_t r = rows;
        do {
            v128_t chains = wasm_f32x4_const_splat(0);
            const uint8_t *a = row, *b = x, *scale = x + k, *sums = scale + 4 * blocks;
            for (uint64_t n = blocks; n != 0; n--) {
                const v128_t first = only_first(term(format, a, b, wasm_v128_load32_splat(scale), sums));
                chains = turn(wasm_f32x4_add(chains, first));
                a += block_bytes(format), b += 256, scale += 4, sums += 32;
            }
            wasm_v128_store32_lane(out, halving_sum(chains), 0);
            row += w_stride, out += 4;
        } while (--r != 0);
        dst += dst_stride, x += x_stride;
    } while (--cols != 0);
}

#define BLOCKS(name, format) \
    EXPORTED(ls_matmul_##name) PRODUCT(name) { product(format, dst, dst_stride, w, w_stride, x, x_stride, rows, cols, k); }

BLOCKS(q2_k, Q2_K)
BLOCKS(q3_k, Q3_K)
BLOCKS(q4_k, Q4_K)
BLOCKS(q5_k, Q5_K)
BLOCKS(q6_k, Q6_K)
BLOCKS(iq4_xs, IQ4_XS)

// What the kernels share: a few operations on vectors, all inlined.
#ifndef GUEST_KERNELS_LANES_H
#define GUEST_KERNELS_LANES_H

#include "kernels.h"

#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

// The name under which tests and benchmarks call a kernel.
#define EXPORTED(name) __attribute__((export_name(#name)))

// The four chains of a row, one step on: chain 1 comes to lane 0. Sums do not show how often they were turned, because
// the halving sum adds opposite chains first and a float addition does not mind the order of its two operands.
INLINE v128_t turn(v128_t chains) { return wasm_i32x4_shuffle(chains, chains, 1, 2, 3, 0); }

// Lane 0, and zero in the others.
INLINE v128_t only_first(v128_t v) { return wasm_v128_and(v, wasm_i32x4_const(-1, 0, 0, 0)); }

// (s0 + s2) + (s1 + s3), in every lane.
INLINE v128_t halving_sum(v128_t s) {
    s = wasm_f32x4_add(s, wasm_i32x4_shuffle(s, s, 2, 3, 0, 1));
    return wasm_f32x4_add(s, wasm_i32x4_shuffle(s, s, 1, 0, 3, 2));
}

// The sum of four integers, in every lane.
INLINE v128_t sum_lanes(v128_t s) {
    s = wasm_i32x4_add(s, wasm_i32x4_shuffle(s, s, 2, 3, 0, 1));
    return wasm_i32x4_add(s, wasm_i32x4_shuffle(s, s, 1, 0, 3, 2));
}

// Lane by lane a, b, a, b: the sum of the lanes of `a` and that of the lanes of `b`.
INLINE v128_t sum_pairs(v128_t a, v128_t b) {
    const v128_t s = wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
    return wasm_i32x4_add(s, wasm_i32x4_shuffle(s, s, 2, 3, 0, 1));
}

// The sums of the lanes of `a`, `b`, `c` and `d`.
INLINE v128_t sum_each(v128_t a, v128_t b, v128_t c, v128_t d) {
    const v128_t ab = wasm_i32x4_add(wasm_i32x4_shuffle(a, b, 0, 4, 1, 5), wasm_i32x4_shuffle(a, b, 2, 6, 3, 7));
    const v128_t cd = wasm_i32x4_add(wasm_i32x4_shuffle(c, d, 0, 4, 1, 5), wasm_i32x4_shuffle(c, d, 2, 6, 3, 7));
    return wasm_i32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 1, 4, 5), wasm_i32x4_shuffle(ab, cd, 2, 3, 6, 7));
}

// Widens the half-precision floats in the upper halves of the lanes, exactly. Shifted into the place of a single's
// fraction and lowest exponent bits, each is its value times 2^-112, and so are subnormal ones. What comes out at 65536
// or above had the exponent of infinities and NaNs, and gets it again.
INLINE v128_t widen_upper(v128_t halves) {
    const v128_t moved = wasm_v128_and(wasm_i32x4_shr(halves, 3), wasm_u32x4_const_splat(0x8fffe000));
    const v128_t value = wasm_f32x4_mul(moved, wasm_f32x4_const_splat(0x1p112f));
    const v128_t special = wasm_f32x4_ge(wasm_f32x4_abs(value), wasm_f32x4_const_splat(65536.0f));
    return wasm_v128_or(value, wasm_v128_and(special, wasm_u32x4_const_splat(0x7f800000)));
}

// The products of 16 pairs of signed bytes, summed two by two into 16 bits. The caller knows that they fit.
INLINE v128_t products16(v128_t w, v128_t x) {
    return wasm_i16x8_add(wasm_i16x8_extmul_low_i8x16(w, x), wasm_i16x8_extmul_high_i8x16(w, x));
}

// The same for 32 pairs, summed four by four.
INLINE v128_t products32(v128_t w0, v128_t x0, v128_t w1, v128_t x1) {
    return wasm_i16x8_add(products16(w0, x0), products16(w1, x1));
}

// The lower and upper halves of 16 bytes.
INLINE v128_t lower_nibbles(v128_t bytes) { return wasm_v128_and(bytes, wasm_u8x16_const_splat(15)); }
INLINE v128_t upper_nibbles(v128_t bytes) { return wasm_u8x16_shr(bytes, 4); }

// What the codes of IQ4_NL and IQ4_XS mean.
INLINE v128_t iq4_values(v128_t codes) {
    const v128_t book = wasm_i8x16_const(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
    return wasm_i8x16_swizzle(book, codes);
}

#endif

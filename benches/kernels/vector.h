/* 128-bit vectors by the compiler's own vector types, so that the same kernel
   also builds natively for its known answer. */
#ifndef VECTOR_H
#define VECTOR_H

#include "kernel.h"

typedef f32 f32x4 __attribute__((vector_size(16)));
typedef i32 i32x4 __attribute__((vector_size(16)));
typedef u32 u32x4 __attribute__((vector_size(16)));
typedef i16 i16x8 __attribute__((vector_size(16)));
typedef u16 u16x8 __attribute__((vector_size(16)));
typedef i8 i8x16 __attribute__((vector_size(16)));
typedef u8 u8x16 __attribute__((vector_size(16)));
typedef i8 i8x8 __attribute__((vector_size(8)));
typedef u8 u8x8 __attribute__((vector_size(8)));

static inline f32x4 splat_f32(f32 x) { return (f32x4){x, x, x, x}; }
static inline u8x16 splat_u8(u8 x) {
    return (u8x16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

/* The sum of the lanes, in the order (0 + 2) + (1 + 3). */
static inline f32 sum_f32(f32x4 v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline i32 sum_i32(i32x4 v) {
    return (i32)((u32)v[0] + (u32)v[1] + (u32)v[2] + (u32)v[3]);
}

static inline i16x8 low_i16(i8x16 v) {
    return __builtin_convertvector(
        __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), i16x8);
}
static inline i16x8 high_i16(i8x16 v) {
    return __builtin_convertvector(
        __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), i16x8);
}

/* Products of 16-bit lanes, neighbours added: one instruction of Wasm. */
static inline i32x4 dot_i16(i16x8 a, i16x8 b) {
#ifdef __wasm_simd128__
    return __builtin_wasm_dot_s_i32x4_i16x8(a, b);
#else
    i32x4 sums;
    for (int i = 0; i < 4; i++)
        sums[i] = (i32)((u32)(a[2 * i] * b[2 * i]) + (u32)(a[2 * i + 1] * b[2 * i + 1]));
    return sums;
#endif
}

#endif

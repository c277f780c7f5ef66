/* Mutual recursion with many arguments of all types. */
#include "kernel.h"

static NOINLINE f64 even(i32 depth, i64 a, f64 b, f32 c, u32 d, u64 e, f64 f, i32 g);

static NOINLINE f64 odd(i32 depth, i64 a, f64 b, f32 c, u32 d, u64 e, f64 f, i32 g) {
    if (depth == 0)
        return (f64)a + b + (f64)c + (f64)d + (f64)(e >> 12) + f + (f64)g;
    return even(depth - 1, a + g, b * 0.5, c + 1.0f, d ^ (u32)depth, e + d, f - b, g - 1) + f;
}

static NOINLINE f64 even(i32 depth, i64 a, f64 b, f32 c, u32 d, u64 e, f64 f, i32 g) {
    if (depth == 0)
        return (f64)a - b - (f64)c - (f64)d - (f64)(e >> 12) - f - (f64)g;
    return odd(depth - 1, a - g, b + 1.0, c * 0.5f, d + (u32)depth, e ^ d, f + b, g + 2) - b;
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++)
        sum = fold(sum, bits_of_f64(even(60 + (round & 1), round, 1.5, 0.25f, (u32)round,
                                         (u64)round << 20, 2.25, round & 15)));
    return (i64)sum;
}

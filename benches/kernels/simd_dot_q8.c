/* Dot products of blocks of 32 signed bytes with one scale each, the shape
   that quantised language models multiply in. */
#include "vector.h"

#define BLOCKS 128
typedef struct {
    f32 scale;
    i8 values[32];
} Block;
static Block a[BLOCKS], b[BLOCKS];

static inline i8x16 load(const i8 *from) {
    i8x16 v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

static f32 dot(void) {
    f32x4 sum = splat_f32(0);
    for (int i = 0; i < BLOCKS; i++) {
        i32x4 acc = {0, 0, 0, 0};
        for (int half = 0; half < 32; half += 16) {
            i8x16 p = load(a[i].values + half), q = load(b[i].values + half);
            acc += dot_i16(low_i16(p), low_i16(q));
            acc += dot_i16(high_i16(p), high_i16(q));
        }
        sum += __builtin_convertvector(acc, f32x4) * splat_f32(a[i].scale * b[i].scale);
    }
    return sum_f32(sum);
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 23, sum = 0;
    for (int i = 0; i < BLOCKS; i++) {
        a[i].scale = (f32)next_unit(&seed), b[i].scale = (f32)next_unit(&seed);
        for (int k = 0; k < 32; k++)
            a[i].values[k] = (i8)next_random(&seed), b[i].values[k] = (i8)next_random(&seed);
    }
    for (i32 round = 0; round < n; round++) {
        a[round & (BLOCKS - 1)].values[round & 31] ^= 1;
        sum = fold(sum, bits_of_f32(dot()));
    }
    return (i64)sum;
}

/* Blends one picture of bytes over another by a third: widening, 16-bit
   multiplication, narrowing. */
#include "vector.h"

#define BYTES 4096
static u8x16 over[BYTES / 16], under[BYTES / 16], alpha[BYTES / 16];

static inline u16x8 low(u8x16 v) {
    return __builtin_convertvector(__builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7), u16x8);
}
static inline u16x8 high(u8x16 v) {
    return __builtin_convertvector(
        __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15), u16x8);
}

/* (o * a + u * (255 - a) + 128) / 255, the division by shifts. */
static inline u16x8 mix(u16x8 o, u16x8 u, u16x8 a) {
    u16x8 t = o * a + u * (255 - a) + 128;
    return (t + (t >> 8)) >> 8;
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 25, sum = 0;
    for (int i = 0; i < BYTES / 16; i++)
        for (int k = 0; k < 16; k++) {
            over[i][k] = (u8)next_random(&seed);
            under[i][k] = (u8)next_random(&seed);
            alpha[i][k] = (u8)next_random(&seed);
        }
    for (i32 round = 0; round < n; round++) {
        for (int i = 0; i < BYTES / 16; i++) {
            u16x8 l = mix(low(over[i]), low(under[i]), low(alpha[i]));
            u16x8 h = mix(high(over[i]), high(under[i]), high(alpha[i]));
            /* Every lane is below 256: its lower byte is its value. */
            under[i] = __builtin_shufflevector((u8x16)l, (u8x16)h, 0, 2, 4, 6, 8, 10, 12, 14,
                                               16, 18, 20, 22, 24, 26, 28, 30);
        }
        over[round & (BYTES / 16 - 1)] += splat_u8(17);
        sum = fold(sum, under[round & (BYTES / 16 - 1)][round & 15]);
    }
    for (int i = 0; i < BYTES / 16; i++)
        sum = fold(sum, (u64)under[i][0] << 8 | under[i][15]);
    return (i64)sum;
}

/* Counts letters, digits and spaces, sixteen bytes at a time. */
#include "vector.h"

#define BYTES 8192
static u8x16 text[BYTES / 16];

static inline u8x16 within(u8x16 v, u8 low, u8 width) {
    return (u8x16)(v - splat_u8(low) < splat_u8(width));
}

static u32 lanes_set(u8x16 sums) {
    u32 total = 0;
    for (int k = 0; k < 16; k++)
        total += sums[k];
    return total;
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 22, sum = 0;
    for (int i = 0; i < BYTES / 16; i++)
        for (int k = 0; k < 16; k++)
            text[i][k] = (u8)(next_random(&seed) & 127);
    for (i32 round = 0; round < n; round++) {
        u32 letters = 0, digits = 0, spaces = 0;
        for (int block = 0; block < BYTES / 16; block += 128) {
            u8x16 l = splat_u8(0), d = l, s = l;
            for (int i = block; i < block + 128; i++) {
                u8x16 lower = text[i] | splat_u8(32);
                l -= within(lower, 'a', 26);
                d -= within(text[i], '0', 10);
                s -= (u8x16)(text[i] == splat_u8(' ')) | within(text[i], '\t', 5);
            }
            letters += lanes_set(l), digits += lanes_set(d), spaces += lanes_set(s);
        }
        text[round & (BYTES / 16 - 1)] += splat_u8(1);
        sum = fold(sum, (u64)letters << 40 | (u64)digits << 20 | spaces);
    }
    return (i64)sum;
}

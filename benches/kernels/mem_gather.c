/* Gathers words by a table of indices and scatters them by another. */
#include "kernel.h"

#define WORDS 8192
static u32 data[WORDS], out[WORDS], where_from[WORDS], where_to[WORDS];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 33, sum = 0;
    for (u32 i = 0; i < WORDS; i++) {
        data[i] = next_random(&seed);
        where_from[i] = next_random(&seed) & (WORDS - 1);
        where_to[i] = (i * 2897 + 13) & (WORDS - 1);
    }
    for (i32 round = 0; round < n; round++) {
        for (u32 i = 0; i < WORDS; i++)
            out[where_to[i]] = data[where_from[i]] + i;
        for (u32 i = 0; i < WORDS; i += 8)
            data[i] ^= out[(i + (u32)round) & (WORDS - 1)];
        sum = fold(sum, data[((u32)round * 8) & (WORDS - 1)]);
    }
    return (i64)sum;
}

/* Copies, fills and sums as loops over words, for code without bulk memory. */
#include "kernel.h"

#define WORDS 4096
static volatile u64 seen;
static u64 x[WORDS], y[WORDS];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 31, sum = 0;
    for (int i = 0; i < WORDS; i++)
        x[i] = next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        u64 total = 0;
        for (int i = 0; i < WORDS; i++)
            y[i] = x[WORDS - 1 - i] + (u64)round;
        for (int i = 0; i < WORDS; i++)
            total += y[i] ^ (u64)i;
        for (int i = 0; i < WORDS; i++)
            x[i] = y[i];
        sum = fold(sum, total);
    }
    seen = sum;
    return (i64)seen;
}

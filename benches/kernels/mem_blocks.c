/* Copies and fills of many sizes: bulk memory instructions. */
#include "kernel.h"

#define BYTES 65536
static u8 from[BYTES], to[BYTES];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 30, sum = 0;
    for (int i = 0; i < BYTES; i++)
        from[i] = (u8)next_random(&seed), to[i] = 0;
    for (i32 round = 0; round < n; round++) {
        for (int i = 0; i < 64; i++) {
            u32 length = 1 + (next_random(&seed) & 4095);
            u32 source = next_random(&seed) % (BYTES - 4160);
            u32 target = next_random(&seed) % (BYTES - 4160);
            __builtin_memcpy(to + target, from + source, length);
            __builtin_memset(to + (target ^ 1024) % (BYTES - 4160), (int)length, length / 4);
            __builtin_memmove(to + target + 3, to + target, length);
        }
        sum = fold(sum, to[next_random(&seed) & (BYTES - 1)]);
    }
    for (int i = 0; i < BYTES; i += 61)
        sum = fold(sum, to[i]);
    return (i64)sum;
}

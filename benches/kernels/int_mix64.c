/* A four-lane 64-bit hash in the manner of xxHash: multiply, rotate, read. */
#include "kernel.h"

#define P1 0x9e3779b185ebca87ull
#define P2 0xc2b2ae3d27d4eb4full
static u64 words[1024];

static inline u64 turn(u64 x, int by) { return x << by | x >> (64 - by); }

EXPORT("run") i64 run(i32 n) {
    u64 seed = 8;
    for (int i = 0; i < 1024; i++)
        words[i] = (u64)next_random(&seed) << 32 | next_random(&seed);
    u64 sum = 0;
    for (i32 round = 0; round < n; round++) {
        u64 a = sum + P1 + P2, b = sum + P2, c = sum, d = sum - P1;
        for (int i = 0; i < 1024; i += 4) {
            a = turn(a + words[i] * P2, 31) * P1;
            b = turn(b + words[i + 1] * P2, 31) * P1;
            c = turn(c + words[i + 2] * P2, 31) * P1;
            d = turn(d + words[i + 3] * P2, 31) * P1;
        }
        sum = turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
        sum ^= sum >> 33;
    }
    return (i64)sum;
}

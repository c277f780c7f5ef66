/* ChaCha20 blocks with the four rows of the state as vectors. */
#include "vector.h"

static inline u32x4 turn(u32x4 v, u32 by) { return v << by | v >> (32 - by); }

#define QUARTER(a, b, c, d)                                                    \
    do {                                                                       \
        a += b, d = turn(d ^ a, 16);                                           \
        c += d, b = turn(b ^ c, 12);                                           \
        a += b, d = turn(d ^ a, 8);                                            \
        c += d, b = turn(b ^ c, 7);                                            \
    } while (0)

EXPORT("run") i64 run(i32 n) {
    const u32x4 constant = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    const u32x4 key0 = {0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c};
    const u32x4 key1 = {0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
    u32x4 sum = {0, 0, 0, 0};
    for (i32 block = 0; block < n * 16; block++) {
        const u32x4 counter = {(u32)block, 0x09000000, 0x4a000000, 0};
        u32x4 a = constant, b = key0, c = key1, d = counter;
        for (int i = 0; i < 10; i++) {
            QUARTER(a, b, c, d);
            b = __builtin_shufflevector(b, b, 1, 2, 3, 0);
            c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
            d = __builtin_shufflevector(d, d, 3, 0, 1, 2);
            QUARTER(a, b, c, d);
            b = __builtin_shufflevector(b, b, 3, 0, 1, 2);
            c = __builtin_shufflevector(c, c, 2, 3, 0, 1);
            d = __builtin_shufflevector(d, d, 1, 2, 3, 0);
        }
        sum = turn(sum, 5) ^ (a + constant) ^ turn(b + key0, 9);
        sum += (c + key1) ^ turn(d + counter, 21);
    }
    return (i64)fold((u64)sum[0] << 32 | sum[1], (u64)sum[2] << 32 | sum[3]);
}

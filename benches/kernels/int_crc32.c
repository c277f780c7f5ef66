/* CRC-32, one table look-up per byte. */
#include "kernel.h"

static u32 table[256];
static u8 data[8192];

EXPORT("run") i64 run(i32 n) {
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int k = 0; k < 8; k++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[i] = c;
    }
    u64 seed = 2;
    for (usize i = 0; i < sizeof data; i++)
        data[i] = (u8)next_random(&seed);
    u64 sum = 0;
    for (i32 round = 0; round < n; round++) {
        u32 crc = 0xffffffffu ^ (u32)round;
        for (usize i = 0; i < sizeof data; i++)
            crc = table[(crc ^ data[i]) & 255] ^ (crc >> 8);
        sum = fold(sum, ~crc);
    }
    return (i64)sum;
}

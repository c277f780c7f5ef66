/* Base64: encode a buffer, decode it again. */
#include "kernel.h"

#define BYTES 3072
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static u8 plain[BYTES], coded[BYTES / 3 * 4], back[BYTES];
static u8 value_of[256];

static void encode(void) {
    for (u32 i = 0, o = 0; i < BYTES; i += 3, o += 4) {
        u32 group = (u32)plain[i] << 16 | (u32)plain[i + 1] << 8 | plain[i + 2];
        coded[o] = (u8)letters[group >> 18];
        coded[o + 1] = (u8)letters[group >> 12 & 63];
        coded[o + 2] = (u8)letters[group >> 6 & 63];
        coded[o + 3] = (u8)letters[group & 63];
    }
}

static void decode(void) {
    for (u32 i = 0, o = 0; o < BYTES; i += 4, o += 3) {
        u32 group = (u32)value_of[coded[i]] << 18 | (u32)value_of[coded[i + 1]] << 12 |
                    (u32)value_of[coded[i + 2]] << 6 | value_of[coded[i + 3]];
        back[o] = (u8)(group >> 16);
        back[o + 1] = (u8)(group >> 8);
        back[o + 2] = (u8)group;
    }
}

EXPORT("run") i64 run(i32 n) {
    for (u32 i = 0; i < 64; i++)
        value_of[(u8)letters[i]] = (u8)i;
    u64 seed = 7, sum = 0;
    for (u32 i = 0; i < BYTES; i++)
        plain[i] = (u8)next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        plain[round % BYTES] ^= (u8)(round + 1);
        encode();
        decode();
        for (u32 i = 0; i < BYTES; i++)
            if (back[i] != plain[i])
                return -1;
        sum = fold(sum, coded[round % (BYTES / 3 * 4)]);
    }
    return (i64)sum;
}

/* Counts the characters of UTF-8 text: bytes that do not continue one. */
#include "vector.h"

#define BYTES 8192
static u8 text[BYTES] __attribute__((aligned(16)));

static void write_text(u64 *seed) {
    for (u32 at = 0; at < BYTES;) {
        u32 kind = next_random(seed) % 4, room = BYTES - at;
        if (kind == 0 || room < 4) {
            text[at++] = (u8)('a' + kind);
        } else {
            static const u8 first[4] = {0, 0xc3, 0xe2, 0xf0};
            text[at++] = first[kind];
            for (u32 k = 0; k < kind; k++)
                text[at++] = (u8)(0x90 | (next_random(seed) & 15));
        }
    }
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 26, sum = 0;
    write_text(&seed);
    const i8x16 *vectors = (const i8x16 *)text;
    for (i32 round = 0; round < n; round++) {
        u32 characters = 0;
        for (int block = 0; block < BYTES / 16; block += 128) {
            i8x16 counts = {0};
            for (int i = block; i < block + 128; i++)
                counts -= (i8x16)(vectors[i] > (i8x16)splat_u8(0xbf));
            for (int k = 0; k < 16; k++)
                characters += (u8)counts[k];
        }
        text[(round * 13) & (BYTES - 1)] = (u8)('a' + (round & 15));
        sum = fold(sum, characters);
    }
    return (i64)sum;
}

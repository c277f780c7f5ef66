/* String search by Horspool's method over generated text. */
#include "kernel.h"

#define LENGTH 16384
static u8 text[LENGTH];
static u8 pattern[8];
static u8 skip[256];

static u32 count_matches(u32 length) {
    for (int i = 0; i < 256; i++)
        skip[i] = (u8)length;
    for (u32 i = 0; i + 1 < length; i++)
        skip[pattern[i]] = (u8)(length - 1 - i);
    u32 matches = 0;
    for (u32 at = 0; at + length <= LENGTH;) {
        u32 k = length;
        while (k > 0 && text[at + k - 1] == pattern[k - 1])
            k--;
        matches += k == 0;
        at += skip[text[at + length - 1]];
    }
    return matches;
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 6, sum = 0;
    for (int i = 0; i < LENGTH; i++)
        text[i] = (u8)('a' + next_random(&seed) % 4);
    for (i32 round = 0; round < n; round++) {
        u32 length = 4 + (u32)(round & 3);
        u32 from = next_random(&seed) % (LENGTH - 8);
        for (u32 i = 0; i < length; i++)
            pattern[i] = text[from + i];
        sum = fold(sum, count_matches(length));
    }
    return (i64)sum;
}

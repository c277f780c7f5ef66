/* The longest Collatz chain: 64-bit arithmetic and branches, no memory. */
#include "kernel.h"

EXPORT("run") i64 run(i32 n) {
    u32 longest = 0, start = 0;
    for (u32 first = 1; first <= (u32)n; first++) {
        u64 x = first;
        u32 steps = 0;
        while (x != 1) {
            if (x & 1)
                x = 3 * x + 1;
            else
                x >>= 1;
            steps++;
        }
        if (steps > longest) {
            longest = steps;
            start = first;
        }
    }
    return (i64)((u64)start << 32 | longest);
}

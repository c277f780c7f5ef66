/* Takeuchi's function: deep recursion with three arguments. */
#include "kernel.h"

static NOINLINE i32 tak(i32 x, i32 y, i32 z) {
    if (y >= x)
        return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++)
        sum = fold(sum, (u64)tak(10 + (round & 1), 6, 2));
    return (i64)sum;
}

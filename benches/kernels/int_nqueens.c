/* The queens' problem by bit masks: recursion with little memory. */
#include "kernel.h"

static u32 place(u32 all, u32 columns, u32 left, u32 right) {
    if (columns == all)
        return 1;
    u32 solutions = 0;
    for (u32 free = all & ~(columns | left | right); free;) {
        u32 queen = free & -free;
        free ^= queen;
        solutions += place(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    return solutions;
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++)
        sum = fold(sum, place((1u << (6 + round % 3)) - 1, 0, 0, 0));
    return (i64)sum;
}

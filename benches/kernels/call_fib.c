/* Fibonacci by plain recursion: calls and nothing else. */
#include "kernel.h"

static NOINLINE u32 fib(u32 n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++)
        sum = fold(sum, fib(12 + (u32)(round & 3)));
    return (i64)sum;
}

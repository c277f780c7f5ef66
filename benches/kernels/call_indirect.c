/* Calls through a table of functions, the callee changing every time. */
#include "kernel.h"

typedef u64 Step(u64, u64);

static u64 add(u64 a, u64 b) { return a + b; }
static u64 subtract(u64 a, u64 b) { return a - b; }
static u64 multiply(u64 a, u64 b) { return a * (b | 1); }
static u64 exclude(u64 a, u64 b) { return a ^ b; }
static u64 shift(u64 a, u64 b) { return a << (b & 7) | a >> 57; }
static u64 invert(u64 a, u64 b) { return ~a + b; }
static u64 larger(u64 a, u64 b) { return a > b ? a : b; }
static u64 spread(u64 a, u64 b) { return fold(a, b); }

/* Volatile, so that no compiler sees through the table. */
static Step *volatile steps[8] = {add, subtract, multiply, exclude, shift, invert, larger, spread};

EXPORT("run") i64 run(i32 n) {
    u64 seed = 40, value = 1;
    for (i32 i = 0; i < n * 64; i++) {
        u32 r = next_random(&seed);
        value = steps[r & 7](value, r);
    }
    return (i64)value;
}

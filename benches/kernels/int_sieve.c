/* The sieve of Eratosthenes over bytes. */
#include "kernel.h"

#define LIMIT 32768
static u8 is_composite[LIMIT];

static u32 sieve(u32 limit) {
    u32 primes = 0;
    for (u32 i = 0; i < limit; i++)
        is_composite[i] = 0;
    for (u32 i = 2; i < limit; i++) {
        if (is_composite[i])
            continue;
        primes++;
        for (u32 k = i * 2; k < limit; k += i)
            is_composite[k] = 1;
    }
    return primes;
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++)
        sum = fold(sum, sieve(LIMIT - (u32)(round & 255)));
    return (i64)sum;
}

/* A product of 64-bit integer matrices, row by column. */
#include "kernel.h"

#define SIDE 48
static i64 a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 3;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (i32)next_random(&seed);
            b[i][j] = (i32)next_random(&seed);
        }
    u64 sum = 0;
    for (i32 round = 0; round < n; round++) {
        a[round % SIDE][7] += round;
        for (int i = 0; i < SIDE; i++)
            for (int j = 0; j < SIDE; j++) {
                u64 dot = 0;
                for (int k = 0; k < SIDE; k++)
                    dot += (u64)a[i][k] * (u64)b[k][j];
                c[i][j] = (i64)dot;
            }
        sum = fold(sum, (u64)c[round % SIDE][SIDE - 1 - round % SIDE]);
    }
    return (i64)sum;
}

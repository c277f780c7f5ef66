/* A product of double matrices, in the order that walks rows. */
#include "kernel.h"

#define SIDE 48
static f64 a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 10, sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = next_unit(&seed) - 0.5;
            b[i][j] = next_unit(&seed) - 0.5;
        }
    for (i32 round = 0; round < n; round++) {
        a[round % SIDE][3] += 0.125;
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++)
                c[i][j] = 0;
            for (int k = 0; k < SIDE; k++) {
                f64 left = a[i][k];
                for (int j = 0; j < SIDE; j++)
                    c[i][j] += left * b[k][j];
            }
        }
        sum = fold(sum, bits_of_f64(c[round % SIDE][(round * 7) % SIDE]));
    }
    return (i64)sum;
}

/* A product of single-precision matrices in tiles of four by eight. */
#include "vector.h"

#define SIDE 64
static f32 a[SIDE][SIDE];
static f32x4 b[SIDE][SIDE / 4], c[SIDE][SIDE / 4];

static void multiply(void) {
    for (int i = 0; i < SIDE; i += 4)
        for (int j = 0; j < SIDE / 4; j += 2) {
            f32x4 sums[4][2];
            for (int r = 0; r < 4; r++)
                sums[r][0] = sums[r][1] = splat_f32(0);
            for (int k = 0; k < SIDE; k++)
                for (int r = 0; r < 4; r++) {
                    f32x4 left = splat_f32(a[i + r][k]);
                    sums[r][0] += left * b[k][j];
                    sums[r][1] += left * b[k][j + 1];
                }
            for (int r = 0; r < 4; r++) {
                c[i + r][j] = sums[r][0];
                c[i + r][j + 1] = sums[r][1];
            }
        }
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 24, sum = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            a[i][j] = (f32)next_unit(&seed) - 0.5f;
            b[i][j / 4][j % 4] = (f32)next_unit(&seed) - 0.5f;
        }
    for (i32 round = 0; round < n; round++) {
        a[round % SIDE][5] += 0.125f;
        multiply();
        sum = fold(sum, bits_of_f32(sum_f32(c[round % SIDE][(round * 3) % (SIDE / 4)])));
    }
    return (i64)sum;
}

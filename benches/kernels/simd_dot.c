/* A dot product with four running vectors of sums. */
#include "vector.h"

#define COUNT 4096
static f32x4 x[COUNT / 4], y[COUNT / 4];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 21, sum = 0;
    for (int i = 0; i < COUNT / 4; i++)
        for (int k = 0; k < 4; k++) {
            x[i][k] = (f32)next_unit(&seed) - 0.5f;
            y[i][k] = (f32)next_unit(&seed) - 0.5f;
        }
    for (i32 round = 0; round < n; round++) {
        x[round & (COUNT / 4 - 1)] += splat_f32(0.25f);
        f32x4 a = splat_f32(0), b = a, c = a, d = a;
        for (int i = 0; i < COUNT / 4; i += 4) {
            a += x[i] * y[i];
            b += x[i + 1] * y[i + 1];
            c += x[i + 2] * y[i + 2];
            d += x[i + 3] * y[i + 3];
        }
        sum = fold(sum, bits_of_f32(sum_f32((a + b) + (c + d))));
    }
    return (i64)sum;
}

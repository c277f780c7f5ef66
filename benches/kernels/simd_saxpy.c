/* y += a * x over single-precision vectors. */
#include "vector.h"

#define COUNT 1024
static f32x4 x[COUNT / 4], y[COUNT / 4];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 20, sum = 0;
    for (int i = 0; i < COUNT / 4; i++)
        for (int k = 0; k < 4; k++) {
            x[i][k] = (f32)next_unit(&seed) - 0.5f;
            y[i][k] = (f32)next_unit(&seed);
        }
    for (i32 round = 0; round < n; round++) {
        f32x4 a = splat_f32(round & 1 ? 0.75f : -0.5f);
        for (int i = 0; i < COUNT / 4; i++)
            y[i] += a * x[i];
    }
    for (int i = 0; i < COUNT / 4; i++)
        sum = fold(sum, bits_of_f32(sum_f32(y[i])));
    return (i64)sum;
}

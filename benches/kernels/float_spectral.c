/* The spectral norm of the infinite matrix 1 / ((i+j)(i+j+1)/2 + i + 1). */
#include "kernel.h"

#define SIDE 64
static f64 u[SIDE], v[SIDE], t[SIDE];

static inline f64 entry(u32 i, u32 j) {
    return 1.0 / (f64)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const f64 *x, f64 *out) {
    for (u32 i = 0; i < SIDE; i++) {
        f64 sum = 0;
        for (u32 j = 0; j < SIDE; j++)
            sum += entry(i, j) * x[j];
        out[i] = sum;
    }
}

static void times_transposed(const f64 *x, f64 *out) {
    for (u32 i = 0; i < SIDE; i++) {
        f64 sum = 0;
        for (u32 j = 0; j < SIDE; j++)
            sum += entry(j, i) * x[j];
        out[i] = sum;
    }
}

EXPORT("run") i64 run(i32 n) {
    for (int i = 0; i < SIDE; i++)
        u[i] = 1;
    for (i32 round = 0; round < n; round++) {
        times(u, t), times_transposed(t, v);
        times(v, t), times_transposed(t, u);
        /* Kept near one, so any number of rounds stays finite. */
        f64 scale = 1 / u[0];
        for (int i = 0; i < SIDE; i++)
            u[i] *= scale;
    }
    f64 uv = 0, vv = 0;
    for (int i = 0; i < SIDE; i++)
        uv += u[i] * v[i], vv += v[i] * v[i];
    return (i64)bits_of_f64(__builtin_sqrt(uv / vv));
}

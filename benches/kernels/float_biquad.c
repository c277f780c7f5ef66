/* A chain of single-precision filters: every result waits for the last. */
#include "kernel.h"

#define SAMPLES 1024
#define STAGES 4
static f32 signal[SAMPLES];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 13, sum = 0;
    f32 x1[STAGES] = {0}, x2[STAGES] = {0}, y1[STAGES] = {0}, y2[STAGES] = {0};
    for (i32 round = 0; round < n; round++) {
        for (int i = 0; i < SAMPLES; i++)
            signal[i] = (f32)next_unit(&seed) - 0.5f;
        for (int s = 0; s < STAGES; s++) {
            f32 p = x1[s], q = x2[s], v = y1[s], w = y2[s];
            for (int i = 0; i < SAMPLES; i++) {
                f32 x = signal[i];
                f32 y = 0.2f * x + 0.3f * p + 0.2f * q + 0.5f * v - 0.25f * w;
                q = p, p = x, w = v, v = y;
                signal[i] = y;
            }
            x1[s] = p, x2[s] = q, y1[s] = v, y2[s] = w;
        }
        sum = fold(sum, bits_of_f32(signal[round & (SAMPLES - 1)]));
    }
    return (i64)sum;
}

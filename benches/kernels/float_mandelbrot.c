/* Mandelbrot's set: double arithmetic with an exit in the middle. */
#include "kernel.h"

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 row = 0; row < n; row++) {
        f64 y0 = -1.25 + 2.5 * (f64)(row & 63) / 64.0;
        u32 total = 0;
        for (i32 column = 0; column < 64; column++) {
            f64 x0 = -2.0 + 2.5 * (f64)column / 64.0;
            f64 x = 0, y = 0;
            u32 steps = 0;
            while (steps < 100) {
                f64 xx = x * x, yy = y * y;
                if (xx + yy > 4.0)
                    break;
                y = 2.0 * x * y + y0;
                x = xx - yy + x0;
                steps++;
            }
            total += steps;
        }
        sum = fold(sum, total);
    }
    return (i64)sum;
}

/* Pi by throwing points at a circle: a generator, conversions, a compare. */
#include "kernel.h"

EXPORT("run") i64 run(i32 n) {
    u64 seed = 12;
    u32 inside = 0;
    f64 nearest = 1;
    for (i32 i = 0; i < n * 256; i++) {
        f64 x = next_unit(&seed), y = next_unit(&seed);
        f64 square = x * x + y * y;
        if (square < 1) {
            inside++;
            nearest = square < nearest ? square : nearest;
        }
    }
    return (i64)fold(bits_of_f64(4.0 * inside / (256.0 * n)), bits_of_f64(nearest));
}

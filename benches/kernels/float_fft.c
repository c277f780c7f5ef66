/* A radix-2 Fourier transform of 1024 complex doubles, there and back. */
#include "kernel.h"

#define SIZE 1024
static f64 re[SIZE], im[SIZE], cosine[SIZE / 2], sine[SIZE / 2];

/* Unit roots by halving angles from the quarter turn: only square roots. */
static void make_roots(void) {
    cosine[0] = 1, sine[0] = 0;
    f64 c = 0, s = 1;
    for (int step = SIZE / 4; step >= 1; step /= 2) {
        for (int i = 0; i + step < SIZE / 2; i += 2 * step) {
            cosine[i + step] = cosine[i] * c - sine[i] * s;
            sine[i + step] = sine[i] * c + cosine[i] * s;
        }
        f64 half = __builtin_sqrt((1 + c) / 2);
        s = s / (2 * half);
        c = half;
    }
}

static void transform(f64 direction) {
    for (u32 i = 1, j = 0; i < SIZE; i++) {
        u32 bit = SIZE >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i < j) {
            f64 held = re[i];
            re[i] = re[j], re[j] = held;
            held = im[i];
            im[i] = im[j], im[j] = held;
        }
    }
    for (u32 half = 1; half < SIZE; half *= 2) {
        u32 stride = SIZE / 2 / half;
        for (u32 base = 0; base < SIZE; base += 2 * half)
            for (u32 k = 0; k < half; k++) {
                f64 c = cosine[k * stride], s = direction * sine[k * stride];
                u32 low = base + k, high = low + half;
                f64 x = re[high] * c - im[high] * s;
                f64 y = re[high] * s + im[high] * c;
                re[high] = re[low] - x, im[high] = im[low] - y;
                re[low] += x, im[low] += y;
            }
    }
}

EXPORT("run") i64 run(i32 n) {
    make_roots();
    u64 seed = 11;
    for (int i = 0; i < SIZE; i++)
        re[i] = next_unit(&seed) - 0.5, im[i] = 0;
    for (i32 round = 0; round < n; round++) {
        transform(-1);
        transform(1);
        for (int i = 0; i < SIZE; i++)
            re[i] *= 1.0 / SIZE, im[i] *= 1.0 / SIZE;
    }
    u64 sum = 0;
    for (int i = 0; i < SIZE; i += 37)
        sum = fold(fold(sum, bits_of_f64(re[i])), bits_of_f64(im[i]));
    return (i64)sum;
}

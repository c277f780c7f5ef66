/* What every kernel needs: fixed-width types, a generator of test data, and a
   way to fold results into a checksum. Freestanding: no library behind it.

   A kernel exports `run(n)`, does work proportional to n, and returns a
   checksum of everything it computed, so that no compiler can drop the work
   and no engine can skip it. */
#ifndef KERNEL_H
#define KERNEL_H

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;
typedef __SIZE_TYPE__ usize;

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name)))
#else
#define EXPORT(name)
#endif
#define NOINLINE __attribute__((noinline))

/* A congruential generator; the high half of the state is the good one. */
static inline u32 next_random(u64 *state) {
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return (u32)(*state >> 32);
}

/* A float in [0, 1) with 24 random bits, exact in both widths. */
static inline f64 next_unit(u64 *state) {
    return (f64)(next_random(state) >> 8) * (1.0 / 16777216.0);
}

static inline u64 fold(u64 sum, u64 value) {
    sum ^= value;
    sum *= 0x9e3779b97f4a7c15ull;
    return sum ^ (sum >> 29);
}

static inline u64 bits_of_f64(f64 value) {
    u64 bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline u32 bits_of_f32(f32 value) {
    u32 bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif

// Operations on rows of floats. Each goes over a row once or more, in sixteens, then fours, then single elements.
#include "lanes.h"

// Four exponentials: powers of two, and a polynomial for the rest. A NaN stays one.
INLINE v128_t exponentials(v128_t x) {
    x = wasm_f32x4_pmax(x, wasm_f32x4_const_splat(-104.0f));
    x = wasm_f32x4_pmin(x, wasm_f32x4_const_splat(89.0f));
    const v128_t n = wasm_f32x4_nearest(wasm_f32x4_mul(x, wasm_f32x4_const_splat(0x1.715476p+0f)));
    v128_t r = wasm_f32x4_sub(x, wasm_f32x4_mul(n, wasm_f32x4_const_splat(0x1.62e4p-1f)));
    r = wasm_f32x4_sub(r, wasm_f32x4_mul(n, wasm_f32x4_const_splat(0x1.7f7d1cp-20f)));
    v128_t p = wasm_f32x4_const_splat(0x1.a0d2cep-13f);
    p = wasm_f32x4_add(wasm_f32x4_mul(p, r), wasm_f32x4_const_splat(0x1.6e879cp-10f));
    p = wasm_f32x4_add(wasm_f32x4_mul(p, r), wasm_f32x4_const_splat(0x1.11121p-7f));
    p = wasm_f32x4_add(wasm_f32x4_mul(p, r), wasm_f32x4_const_splat(0x1.555382p-5f));
    p = wasm_f32x4_add(wasm_f32x4_mul(p, r), wasm_f32x4_const_splat(0x1.555554p-3f));
    p = wasm_f32x4_add(wasm_f32x4_mul(p, r), wasm_f32x4_const_splat(0.5f));
    const v128_t y = wasm_f32x4_add(wasm_f32x4_mul(p, wasm_f32x4_mul(r, r)), r);
    // In two steps, because the power alone may be no float.
    const v128_t exponent = wasm_i32x4_trunc_sat_f32x4(n), half = wasm_i32x4_shr(exponent, 1);
    const v128_t bias = wasm_i32x4_const_splat(127);
    const v128_t first = wasm_i32x4_shl(wasm_i32x4_add(half, bias), 23);
    const v128_t second = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_sub(exponent, half), bias), 23);
    return wasm_f32x4_mul(wasm_f32x4_mul(wasm_f32x4_add(y, wasm_f32x4_const_splat(1.0f)), first), second);
}

// Sixteen chains, the next one in lane 0 of the first.
typedef struct {
    v128_t s[4];
} Chains;

INLINE Chains no_chains(void) {
    const v128_t zero = wasm_f32x4_const_splat(0);
    return (Chains){{zero, zero, zero, zero}};
}

// Adds to four chains, and puts them behind the others.
INLINE Chains add_four(Chains c, v128_t v) {
    return (Chains){{c.s[1], c.s[2], c.s[3], wasm_f32x4_add(c.s[0], v)}};
}

// Adds lane 0 to one chain, and puts it behind the others.
INLINE Chains add_one(Chains c, v128_t v) {
    const v128_t first = wasm_f32x4_add(c.s[0], only_first(v));
    return (Chains){{wasm_i32x4_shuffle(first, c.s[1], 1, 2, 3, 4), wasm_i32x4_shuffle(c.s[1], c.s[2], 1, 2, 3, 4),
                     wasm_i32x4_shuffle(c.s[2], c.s[3], 1, 2, 3, 4), wasm_i32x4_shuffle(c.s[3], first, 1, 2, 3, 4)}};
}

// The sum of sixteen chains, in every lane. It does not show how often they were turned.
INLINE v128_t sum_chains(Chains c) {
    return halving_sum(wasm_f32x4_add(wasm_f32x4_add(c.s[0], c.s[2]), wasm_f32x4_add(c.s[1], c.s[3])));
}

// Runs a statement for all elements from `at` = 0 on: for four in `sixteen`, `four`, and for the one in lane 0 in `one`.
#define FOR_ROW(n, sixteen, four, one) \
    do { \
        uint64_t at = 0; \
        for (uint64_t left = (n) / 16; left != 0; left--) { \
            sixteen(at); \
            sixteen(at + 16); \
            sixteen(at + 32); \
            sixteen(at + 48); \
            at += 64; \
        } \
        for (uint64_t left = (n) / 4 % 4; left != 0; left--) { \
            four(at); \
            at += 16; \
        } \
        for (uint64_t left = (n) % 4; left != 0; left--) { \
            one(at); \
            at += 4; \
        } \
    } while (0)

INLINE v128_t load_one(const uint8_t *from) { return wasm_v128_load32_zero(from); }
INLINE void store_one(uint8_t *to, v128_t v) { wasm_v128_store32_lane(to, v, 0); }

INLINE v128_t scores(v128_t x, v128_t mask, v128_t scale, v128_t slope) {
    return wasm_f32x4_add(wasm_f32x4_mul(x, scale), wasm_f32x4_mul(slope, mask));
}

// The greatest lane, in every lane.
INLINE v128_t greatest(v128_t v) {
    v = wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
    return wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
}

EXPORTED(ls_softmax) SOFTMAX(softmax) {
    if (rows == 0) return;
    const v128_t scales = wasm_f32x4_splat(scale), slopes = wasm_f32x4_splat(slope);
    const v128_t nothing = wasm_f32x4_const_splat(-__builtin_inff()), first = wasm_i32x4_const(-1, 0, 0, 0);
    do {
        v128_t most = nothing;
#define FOUR(i) \
    do { \
        const v128_t t = scores(wasm_v128_load(x + (i)), wasm_v128_load(mask + (i)), scales, slopes); \
        wasm_v128_store(dst + (i), t); \
        most = wasm_f32x4_pmax(most, t); \
    } while (0)
#define ONE(i) \
    do { \
        const v128_t t = scores(load_one(x + (i)), load_one(mask + (i)), scales, slopes); \
        store_one(dst + (i), t); \
        most = wasm_f32x4_pmax(most, wasm_v128_bitselect(t, nothing, first)); \
    } while (0)
        FOR_ROW(n, FOUR, FOUR, ONE);
#undef FOUR
#undef ONE
        most = greatest(most);
        Chains chains = no_chains();
#define FOUR(i) \
    do { \
        const v128_t v = exponentials(wasm_f32x4_sub(wasm_v128_load(dst + (i)), most)); \
        wasm_v128_store(dst + (i), v); \
        chains = add_four(chains, v); \
    } while (0)
#define ONE(i) \
    do { \
        const v128_t v = exponentials(wasm_f32x4_sub(load_one(dst + (i)), most)); \
        store_one(dst + (i), v); \
        chains = add_one(chains, v); \
    } while (0)
        FOR_ROW(n, FOUR, FOUR, ONE);
#undef FOUR
#undef ONE
        const v128_t inverse = wasm_f32x4_div(wasm_f32x4_const_splat(1.0f), sum_chains(chains));
#define FOUR(i) wasm_v128_store(dst + (i), wasm_f32x4_mul(wasm_v128_load(dst + (i)), inverse))
#define ONE(i) store_one(dst + (i), wasm_f32x4_mul(load_one(dst + (i)), inverse))
        FOR_ROW(n, FOUR, FOUR, ONE);
#undef FOUR
#undef ONE
        dst += dst_stride, x += x_stride, mask += mask_stride;
    } while (--rows != 0);
}

enum Gate { SWIGLU, GEGLU };

INLINE v128_t gated(enum Gate gate, v128_t x, v128_t y) {
    const v128_t one = wasm_f32x4_const_splat(1.0f);
    v128_t u = x;
    if (gate == GEGLU) {
        const v128_t cube = wasm_f32x4_mul(wasm_f32x4_mul(wasm_f32x4_const_splat(0x1.6e4e26p-5f), x), x);
        u = wasm_f32x4_mul(wasm_f32x4_mul(x, wasm_f32x4_const_splat(0x1.988454p+0f)), wasm_f32x4_add(one, cube));
    }
    const v128_t open = wasm_f32x4_div(x, wasm_f32x4_add(one, exponentials(wasm_f32x4_neg(u))));
    return wasm_f32x4_mul(open, y);
}

#define FOUR(i) wasm_v128_store(dst + (i), RESULTS(wasm_v128_load(x + (i)), wasm_v128_load(y + (i))))
#define ONE(i) store_one(dst + (i), RESULTS(load_one(x + (i)), load_one(y + (i))))
#define POINTWISE_BODY \
    if (rows == 0) return; \
    do { \
        FOR_ROW(n, FOUR, FOUR, ONE); \
        dst += dst_stride, x += x_stride, y += y_stride; \
    } while (--rows != 0);

#define RESULTS(x, y) wasm_f32x4_add(x, y)
EXPORTED(ls_add) POINTWISE(add) { POINTWISE_BODY }
#undef RESULTS
#define RESULTS(x, y) gated(SWIGLU, x, y)
EXPORTED(ls_swiglu) POINTWISE(swiglu) { POINTWISE_BODY }
#undef RESULTS
#define RESULTS(x, y) gated(GEGLU, x, y)
EXPORTED(ls_geglu) POINTWISE(geglu) { POINTWISE_BODY }
#undef RESULTS
#undef FOUR
#undef ONE

EXPORTED(ls_rms_norm_mul) RMS_NORM(rms_norm_mul) {
    if (rows == 0) return;
    const v128_t count = wasm_f32x4_splat((float)n), epsilon = wasm_f32x4_splat(eps);
    do {
        Chains chains = no_chains();
#define FOUR(i) chains = add_four(chains, wasm_f32x4_mul(wasm_v128_load(x + (i)), wasm_v128_load(x + (i))))
#define ONE(i) chains = add_one(chains, wasm_f32x4_mul(load_one(x + (i)), load_one(x + (i))))
        FOR_ROW(n, FOUR, FOUR, ONE);
#undef FOUR
#undef ONE
        const v128_t mean = wasm_f32x4_div(sum_chains(chains), count);
        const v128_t inverse =
            wasm_f32x4_div(wasm_f32x4_const_splat(1.0f), wasm_f32x4_sqrt(wasm_f32x4_add(mean, epsilon)));
#define FOUR(i) \
    wasm_v128_store(dst + (i), wasm_f32x4_mul(wasm_f32x4_mul(wasm_v128_load(x + (i)), inverse), wasm_v128_load(w + (i))))
#define ONE(i) store_one(dst + (i), wasm_f32x4_mul(wasm_f32x4_mul(load_one(x + (i)), inverse), load_one(w + (i))))
        FOR_ROW(n, FOUR, FOUR, ONE);
#undef FOUR
#undef ONE
        dst += dst_stride, x += x_stride;
    } while (--rows != 0);
}

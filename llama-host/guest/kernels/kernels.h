// Matrix products, the quantizers of their activations, and operations on rows of floats, as functions whose bodies are their meaning.
//
// An engine may know a body by its hash and run native code in its place, so every function here is closed: it reads its
// arguments and the memory that they name, and writes its outputs. It has no calls, tables, globals or constants in
// memory, nothing on the stack in memory, and no branch that looks at data. How many instructions it runs is a formula
// of `rows`, `cols`, and `k` or `n`.
//
// Every float operation is one of the law's, in its order: the order of additions is part of the result.
#ifndef GUEST_KERNELS_H
#define GUEST_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Quantizes `rows` rows of `k` floats, into blocks of 32 or 256.
#define QUANTIZER(name) \
    void ls_quantize_##name(uint8_t *dst, uint64_t dst_stride, const uint8_t *x, uint64_t x_stride, uint64_t rows, uint64_t k)

// dst[c][r] = the product of row r of w and row c of x, each of `k` elements.
#define PRODUCT(name) \
    void ls_matmul_##name(uint8_t *dst, uint64_t dst_stride, const uint8_t *w, uint64_t w_stride, const uint8_t *x, \
                          uint64_t x_stride, uint64_t rows, uint64_t cols, uint64_t k)

// dst = the weights that x * scale + slope * mask stands for, for `rows` rows of `n` floats.
#define SOFTMAX(name) \
    void ls_##name(uint8_t *dst, uint64_t dst_stride, const uint8_t *x, uint64_t x_stride, const uint8_t *mask, \
                   uint64_t mask_stride, uint64_t rows, uint64_t n, float scale, float slope)

// dst = x + y, or y times what the gate makes of x.
#define POINTWISE(name) \
    void ls_##name(uint8_t *dst, uint64_t dst_stride, const uint8_t *x, uint64_t x_stride, const uint8_t *y, \
                   uint64_t y_stride, uint64_t rows, uint64_t n)

// dst = x over the root of the mean of its squares and eps, times w, which is one row for all.
#define RMS_NORM(name) \
    void ls_##name(uint8_t *dst, uint64_t dst_stride, const uint8_t *x, uint64_t x_stride, const uint8_t *w, \
                   uint64_t rows, uint64_t n, float eps)

QUANTIZER(q8x32);
QUANTIZER(q8x256);

PRODUCT(f32);
PRODUCT(f16);
PRODUCT(bf16);
PRODUCT(q4_0);
PRODUCT(q4_1);
PRODUCT(q5_0);
PRODUCT(q5_1);
PRODUCT(q8_0);
PRODUCT(iq4_nl);
PRODUCT(mxfp4);
PRODUCT(q2_k);
PRODUCT(q3_k);
PRODUCT(q4_k);
PRODUCT(q5_k);
PRODUCT(q6_k);
PRODUCT(iq4_xs);

SOFTMAX(softmax);
POINTWISE(add);
POINTWISE(swiglu);
POINTWISE(geglu);
RMS_NORM(rms_norm_mul);

#ifdef __cplusplus
}
#endif

#endif

// Matrix products of ggml, by the kernels; and the way to them.
//
// Before ggml computes an operation, it asks the CPU's other back ends whether one of them wants to. This file stands in
// place of ggml's `traits.cpp`, which passes the question on, and answers for the kernels. The back ends themselves keep
// weights in forms of their own, which the shim does not ask for.
#include "kernels.h"
#include "rows.h"
#include "traits.h"

namespace ggml::cpu {
tensor_traits::~tensor_traits() = default;
extra_buffer_type::~extra_buffer_type() = default;
} // namespace ggml::cpu

namespace {

using Quantizer = decltype(&ls_quantize_q8x32);
using Product = decltype(&ls_matmul_f32);

// How the products of a type of weights are computed.
struct Kernel {
    Product product;
    Quantizer quantizer; // of the activations; none if they stay floats
    int64_t block;       // elements of a block of quantized activations,
    int64_t block_bytes; // and how many bytes it has
};

Kernel of_floats(Product product) { return {product, nullptr, 1, sizeof(float)}; }
Kernel of_blocks32(Product product) { return {product, ls_quantize_q8x32, 32, 32 + 4 + 4}; }
Kernel of_blocks256(Product product) { return {product, ls_quantize_q8x256, 256, 256 + 4 + 32}; }

Kernel kernel_for(ggml_type type) {
    switch (type) {
        case GGML_TYPE_F32: return of_floats(ls_matmul_f32);
        case GGML_TYPE_F16: return of_floats(ls_matmul_f16);
        case GGML_TYPE_BF16: return of_floats(ls_matmul_bf16);
        case GGML_TYPE_Q4_0: return of_blocks32(ls_matmul_q4_0);
        case GGML_TYPE_Q4_1: return of_blocks32(ls_matmul_q4_1);
        case GGML_TYPE_Q5_0: return of_blocks32(ls_matmul_q5_0);
        case GGML_TYPE_Q5_1: return of_blocks32(ls_matmul_q5_1);
        case GGML_TYPE_Q8_0: return of_blocks32(ls_matmul_q8_0);
        case GGML_TYPE_IQ4_NL: return of_blocks32(ls_matmul_iq4_nl);
        case GGML_TYPE_MXFP4: return of_blocks32(ls_matmul_mxfp4);
        case GGML_TYPE_Q2_K: return of_blocks256(ls_matmul_q2_k);
        case GGML_TYPE_Q3_K: return of_blocks256(ls_matmul_q3_k);
        case GGML_TYPE_Q4_K: return of_blocks256(ls_matmul_q4_k);
        case GGML_TYPE_Q5_K: return of_blocks256(ls_matmul_q5_k);
        case GGML_TYPE_Q6_K: return of_blocks256(ls_matmul_q6_k);
        case GGML_TYPE_IQ4_XS: return of_blocks256(ls_matmul_iq4_xs);
        default: return {};
    }
}

// Whether the kernels compute this operation; otherwise ggml does.
bool takes(const ggml_tensor *op) {
    const bool with_ids = op->op == GGML_OP_MUL_MAT_ID;
    if (op->op != GGML_OP_MUL_MAT && !with_ids) return false;
    // A product with this hint is a transform that needs no matrix.
    if (!with_ids && ggml_get_op_params_i32(op, 1) == GGML_HINT_SRC0_IS_HADAMARD) return false;
    const ggml_tensor *w = op->src[0], *x = op->src[1];
    return kernel_for(w->type).product && w->nb[0] == ggml_type_size(w->type) && x->type == GGML_TYPE_F32 &&
           x->nb[0] == sizeof(float) && op->type == GGML_TYPE_F32 && op->nb[0] == sizeof(float);
}

// Rows of activations as a kernel takes them, in four dimensions as tensors have them.
struct Activations {
    const uint8_t *data;
    size_t nb1, nb2, nb3;

    const uint8_t *at(int64_t i1, int64_t i2, int64_t i3) const { return data + i1 * nb1 + i2 * nb2 + i3 * nb3; }
};

size_t row_bytes(const Kernel &kernel, int64_t elements) {
    return static_cast<size_t>(elements / kernel.block * kernel.block_bytes);
}

// How many bytes of scratch the activations of an operation need.
size_t scratch_bytes(const ggml_tensor *op) {
    const Kernel kernel = kernel_for(op->src[0]->type);
    const ggml_tensor *x = op->src[1];
    return kernel.quantizer ? row_bytes(kernel, x->ne[0]) * static_cast<size_t>(ggml_nrows(x)) : 0;
}

Activations activations_of(const Kernel &kernel, const ggml_tensor *x, void *scratch) {
    const auto *from = static_cast<const uint8_t *>(x->data);
    if (!kernel.quantizer) return {from, x->nb[1], x->nb[2], x->nb[3]};
    auto *to = static_cast<uint8_t *>(scratch);
    const size_t bytes = row_bytes(kernel, x->ne[0]), matrix = bytes * static_cast<size_t>(x->ne[1]);
    for (int64_t i3 = 0; i3 < x->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < x->ne[2]; i2++) {
            kernel.quantizer(to + (i3 * x->ne[2] + i2) * matrix, bytes, from + i2 * x->nb[2] + i3 * x->nb[3], x->nb[1],
                             x->ne[1], x->ne[0]);
        }
    }
    return {to, bytes, matrix, matrix * static_cast<size_t>(x->ne[2])};
}

void mul_mat(const Kernel &kernel, const ggml_tensor *op, const Activations &x) {
    const ggml_tensor *w = op->src[0];
    // Matrices of weights may be shared by several of activations, as heads of attention share keys.
    const int64_t share2 = op->ne[2] / w->ne[2], share3 = op->ne[3] / w->ne[3];
    // Single rows that share a matrix make one product together.
    const bool together = op->ne[1] == 1;
    const int64_t step = together ? share2 : 1, cols = together ? share2 : op->ne[1];
    for (int64_t i3 = 0; i3 < op->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < op->ne[2]; i2 += step) {
            const auto *weights = static_cast<const uint8_t *>(w->data) + i2 / share2 * w->nb[2] + i3 / share3 * w->nb[3];
            auto *to = static_cast<uint8_t *>(op->data) + i2 * op->nb[2] + i3 * op->nb[3];
            kernel.product(to, op->nb[together ? 2 : 1], weights, w->nb[1], x.at(0, i2, i3), together ? x.nb2 : x.nb1,
                           w->ne[1], cols, w->ne[0]);
        }
    }
}

// Every row of activations has a matrix of its own out of several.
void mul_mat_id(const Kernel &kernel, const ggml_tensor *op, const Activations &x) {
    const ggml_tensor *w = op->src[0], *ids = op->src[2];
    for (int64_t i2 = 0; i2 < ids->ne[1]; i2++) {
        for (int64_t i1 = 0; i1 < ids->ne[0]; i1++) {
            const auto *id = static_cast<const uint8_t *>(ids->data) + i1 * ids->nb[0] + i2 * ids->nb[1];
            const int32_t chosen = *reinterpret_cast<const int32_t *>(id);
            GGML_ASSERT(chosen >= 0 && chosen < w->ne[2]);
            auto *to = static_cast<uint8_t *>(op->data) + i1 * op->nb[1] + i2 * op->nb[2];
            kernel.product(to, op->nb[1], static_cast<const uint8_t *>(w->data) + chosen * w->nb[2], w->nb[1],
                           x.at(i1 % op->src[1]->ne[1], i2, 0), x.nb1, w->ne[1], 1, w->ne[0]);
        }
    }
}

} // namespace

bool ggml_cpu_extra_work_size(int, const ggml_tensor *op, size_t *size) {
    if (takes_rows(op)) {
        *size = 0;
        return true;
    }
    if (!takes(op)) return false;
    *size = scratch_bytes(op);
    return true;
}

bool ggml_cpu_extra_compute_forward(ggml_compute_params *params, ggml_tensor *op) {
    const bool rows = takes_rows(op);
    if (!rows && !takes(op)) return false;
    if (params->ith != 0) return true; // one thread does all, as there is only one
    if (rows) {
        compute_rows(op);
        return true;
    }
    GGML_ASSERT(params->wsize >= scratch_bytes(op));
    const Kernel kernel = kernel_for(op->src[0]->type);
    const Activations x = activations_of(kernel, op->src[1], params->wdata);
    if (op->op == GGML_OP_MUL_MAT) {
        mul_mat(kernel, op, x);
    } else {
        mul_mat_id(kernel, op, x);
    }
    return true;
}

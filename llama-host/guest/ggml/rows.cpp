// Softmax, gates, sums and norms of ggml, by the kernels; and rows that ggml is slow with.
#include "rows.h"

#include "ggml-cpu-impl.h"
#include "ggml-impl.h"
#include "kernels.h"
#include "ops.h"
#include "rope.h"

#include <cmath>

namespace {

bool has_float_rows(const ggml_tensor *t) { return t->type == GGML_TYPE_F32 && t->nb[0] == sizeof(float); }

uint8_t *bytes(const ggml_tensor *t) { return static_cast<uint8_t *>(t->data); }

bool takes_softmax(const ggml_tensor *op) {
    const ggml_tensor *x = op->src[0], *mask = op->src[1], *sinks = op->src[2];
    return has_float_rows(op) && has_float_rows(x) && mask && has_float_rows(mask) && !sinks;
}

// How much the mask of a head counts, as ggml has it (ALiBi).
float slope_of(int64_t head, int64_t heads, float max_bias) {
    if (max_bias <= 0.0f) return 1.0f;
    const int64_t power = int64_t{1} << static_cast<int>(std::floor(std::log2(static_cast<double>(heads))));
    const float lower = std::pow(2.0f, -max_bias / static_cast<float>(power));
    const float upper = std::pow(2.0f, -max_bias / 2.0f / static_cast<float>(power));
    const auto step = static_cast<float>(head < power ? head + 1 : 2 * (head - power) + 1);
    return std::pow(head < power ? lower : upper, step);
}

void softmax(ggml_tensor *op) {
    const ggml_tensor *x = op->src[0], *mask = op->src[1];
    const float scale = ggml_get_op_params_f32(op, 0), max_bias = ggml_get_op_params_f32(op, 1);
    // Where every head has one row, and all of them the same mask, they are rows of one call.
    const bool together = x->ne[1] == 1 && mask->ne[2] == 1 && max_bias <= 0.0f;
    const int64_t step = together ? x->ne[2] : 1, rows = together ? x->ne[2] : x->ne[1];
    const int row = together ? 2 : 1;
    for (int64_t i3 = 0; i3 < x->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < x->ne[2]; i2 += step) {
            const uint8_t *of = bytes(mask) + i2 % mask->ne[2] * mask->nb[2] + i3 % mask->ne[3] * mask->nb[3];
            ls_softmax(bytes(op) + i2 * op->nb[2] + i3 * op->nb[3], op->nb[row], bytes(x) + i2 * x->nb[2] + i3 * x->nb[3],
                       x->nb[row], of, together ? 0 : mask->nb[1], rows, x->ne[0], scale,
                       slope_of(i2, x->ne[2], max_bias));
        }
    }
}

bool takes_gate(const ggml_tensor *op) {
    const ggml_glu_op gate = ggml_get_glu_op(op);
    const ggml_tensor *x = op->src[0], *g = op->src[1];
    return (gate == GGML_GLU_OP_SWIGLU || gate == GGML_GLU_OP_GEGLU) && has_float_rows(op) && has_float_rows(x) &&
           ggml_is_contiguous_1(op) && ggml_is_contiguous_1(x) && (!g || (has_float_rows(g) && ggml_is_contiguous_1(g)));
}

void gate(ggml_tensor *op) {
    const ggml_tensor *x = op->src[0], *g = op->src[1] ? op->src[1] : x;
    const auto kernel = ggml_get_glu_op(op) == GGML_GLU_OP_SWIGLU ? ls_swiglu : ls_geglu;
    // Both operands may be halves of one row, in either order.
    const size_t half = op->src[1] ? 0 : op->ne[0] * sizeof(float);
    const bool swapped = ggml_get_op_params_i32(op, 1) != 0;
    kernel(bytes(op), op->nb[1], bytes(x) + (swapped ? half : 0), x->nb[1], bytes(g) + (swapped ? 0 : half), g->nb[1],
           ggml_nrows(x), op->ne[0]);
}

// Sums of tensors of the same shape; they may be in either one's place.
bool takes_sum(const ggml_tensor *op) {
    const ggml_tensor *x = op->src[0], *y = op->src[1];
    const auto whole = [](const ggml_tensor *t) { return t->type == GGML_TYPE_F32 && ggml_is_contiguous(t); };
    return whole(op) && whole(x) && whole(y) && ggml_are_same_shape(x, y);
}

void sum(ggml_tensor *op) {
    const bool swapped = op->data == op->src[1]->data;
    const ggml_tensor *x = op->src[swapped ? 1 : 0], *y = op->src[swapped ? 0 : 1];
    const size_t row = op->ne[0] * sizeof(float);
    ls_add(bytes(op), row, bytes(x), row, bytes(y), row, ggml_nrows(op), op->ne[0]);
}

// Single floats go to rows of their own where values are kept column by column. ggml calls a function for each.
bool takes_scatter(const ggml_tensor *op) {
    const ggml_tensor *from = op->src[0], *rows = op->src[1];
    return op->ne[0] == 1 && has_float_rows(op) && has_float_rows(from) && rows->type == GGML_TYPE_I64 &&
           ggml_is_contiguous(from) && ggml_is_contiguous(rows) && ggml_nrows(from) == from->ne[1];
}

void scatter(ggml_tensor *op) {
    const auto *from = static_cast<const float *>(op->src[0]->data);
    const auto *rows = static_cast<const int64_t *>(op->src[1]->data);
    uint8_t *to = bytes(op);
    for (int64_t i = 0; i < op->src[0]->ne[1]; i++) {
        GGML_ASSERT(rows[i] >= 0 && rows[i] < op->ne[1]);
        *reinterpret_cast<float *>(to + rows[i] * op->nb[1]) = from[i];
    }
}

} // namespace

bool takes_rows(const ggml_tensor *op) {
    switch (op->op) {
        case GGML_OP_SOFT_MAX: return takes_softmax(op);
        case GGML_OP_GLU: return takes_gate(op);
        case GGML_OP_ADD: return takes_sum(op);
        case GGML_OP_ROPE: return takes_rope(op);
        case GGML_OP_SET_ROWS: return takes_scatter(op);
        default: return false;
    }
}

void compute_rows(ggml_tensor *op) {
    switch (op->op) {
        case GGML_OP_SOFT_MAX: return softmax(op);
        case GGML_OP_GLU: return gate(op);
        case GGML_OP_ADD: return sum(op);
        case GGML_OP_ROPE: return rope(op);
        default: return scatter(op);
    }
}

// ggml computes a norm and the product behind it at once. The linker brings its calls here, and what the kernel does not
// compute back to it.
extern "C" {
void __real_ggml_compute_forward_rms_norm_mul_fused(const ggml_compute_params *, ggml_tensor *, ggml_tensor *);

void __wrap_ggml_compute_forward_rms_norm_mul_fused(const ggml_compute_params *params, ggml_tensor *norm,
                                                    ggml_tensor *op) {
    const ggml_tensor *x = norm->src[0], *w = op->src[0] == norm ? op->src[1] : op->src[0];
    const bool one_row = has_float_rows(w) && w->ne[0] == x->ne[0] && ggml_nrows(w) == 1;
    if (!one_row || !has_float_rows(x) || !has_float_rows(op)) {
        return __real_ggml_compute_forward_rms_norm_mul_fused(params, norm, op);
    }
    if (params->ith != 0) return; // one thread does all, as there is only one
    const float eps = ggml_get_op_params_f32(norm, 0);
    for (int64_t i3 = 0; i3 < x->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < x->ne[2]; i2++) {
            ls_rms_norm_mul(bytes(op) + i2 * op->nb[2] + i3 * op->nb[3], op->nb[1],
                            bytes(x) + i2 * x->nb[2] + i3 * x->nb[3], x->nb[1], bytes(w), x->ne[1], x->ne[0], eps);
        }
    }
}
}

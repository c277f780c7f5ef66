// Rotary position embeddings. ggml computes sines and cosines anew in every layer, for queries and for keys; here those
// of a batch are kept until there is another batch.
#include "rope.h"

#include "ggml-impl.h"

#include <wasm_simd128.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

namespace {

// An operation's parameters, as ggml lays them out.
struct Params {
    int32_t dims, mode;
    // Of the angles: base, scale of positions, what stretches them, and a factor of the results.
    float base, scale, stretch, factor;
    int32_t offset;

    explicit Params(const ggml_tensor *op)
        : dims(ggml_get_op_params_i32(op, 1)), mode(ggml_get_op_params_i32(op, 2)), base(ggml_get_op_params_f32(op, 5)),
          scale(ggml_get_op_params_f32(op, 6)), stretch(ggml_get_op_params_f32(op, 7)),
          factor(ggml_get_op_params_f32(op, 8)), offset(ggml_get_op_params_i32(op, 15)) {}
};

// Sines and cosines: for each position `dims` floats that the float at the same place is multiplied with, and `dims` for
// its partner.
class Turns {
    Params params;
    std::vector<int32_t> positions;
    std::vector<float> divisors;
    std::vector<float> table;

    // The first floats of pairs get the cosine and the negative sine, the second ones the cosine and the sine.
    void fill(float *own, float *partner, int32_t position) const {
        const int32_t half = params.dims / 2;
        const bool adjacent = params.mode == GGML_ROPE_TYPE_NORMAL;
        const float step = std::pow(params.base, -2.0f / static_cast<float>(params.dims));
        float theta = static_cast<float>(position);
        for (int32_t i = 0; i < half; i++) {
            const float angle = params.scale * (divisors.empty() ? theta : theta / divisors[i]);
            const float cosine = std::cos(angle) * params.factor, sine = std::sin(angle) * params.factor;
            const int32_t first = adjacent ? 2 * i : i, second = adjacent ? first + 1 : i + half;
            own[first] = cosine, partner[first] = -sine;
            own[second] = cosine, partner[second] = sine;
            theta *= step;
        }
    }

public:
    Turns(const Params &of, const int32_t *from, int64_t count, const float *factors)
        : params(of), positions(from, from + count) {
        if (factors) divisors.assign(factors, factors + of.dims / 2);
        table.resize(2 * of.dims * count);
        for (int64_t i = 0; i < count; i++) {
            float *own = table.data() + 2 * of.dims * i;
            fill(own, own + of.dims, from[i]);
        }
    }

    // Whether it is for these. Floats are compared as bits.
    bool fits(const Params &of, const int32_t *from, int64_t count, const float *factors) const {
        const size_t own = factors ? of.dims / 2 : 0;
        return std::memcmp(&of, &params, sizeof(Params)) == 0 && positions.size() == static_cast<size_t>(count) &&
               std::memcmp(positions.data(), from, count * sizeof(int32_t)) == 0 && divisors.size() == own &&
               (own == 0 || std::memcmp(divisors.data(), factors, own * sizeof(float)) == 0);
    }

    const float *of(int64_t index) const { return table.data() + 2 * params.dims * index; }
};

// Models have few kinds of angles: one, or one for layers that look far and one for those that do not.
const Turns &turns(const Params &params, const int32_t *positions, int64_t count, const float *factors) {
    static std::vector<Turns> kept;
    static size_t oldest = 0;
    constexpr size_t KINDS = 2;
    for (const Turns &turns : kept) {
        if (turns.fits(params, positions, count, factors)) return turns;
    }
    Turns made(params, positions, count, factors);
    if (kept.size() < KINDS) {
        kept.push_back(std::move(made));
        return kept.back();
    }
    Turns &place = kept[oldest];
    oldest = (oldest + 1) % KINDS;
    place = std::move(made);
    return place;
}

// Pairs lie side by side.
void rotate_adjacent(float *to, const float *x, const float *own, const float *partner, int32_t dims) {
    for (int32_t i = 0; i < dims; i += 4) {
        const v128_t v = wasm_v128_load(x + i), others = wasm_i32x4_shuffle(v, v, 1, 0, 3, 2);
        const v128_t a = wasm_f32x4_mul(v, wasm_v128_load(own + i));
        wasm_v128_store(to + i, wasm_f32x4_add(a, wasm_f32x4_mul(others, wasm_v128_load(partner + i))));
    }
}

// The partners of the first half are the second half.
void rotate_halves(float *to, const float *x, const float *own, const float *partner, int32_t dims) {
    const int32_t half = dims / 2;
    for (int32_t i = 0; i < half; i += 4) {
        const v128_t a = wasm_v128_load(x + i), b = wasm_v128_load(x + half + i);
        const v128_t cosines = wasm_v128_load(own + i), sines = wasm_v128_load(partner + half + i);
        wasm_v128_store(to + i, wasm_f32x4_sub(wasm_f32x4_mul(a, cosines), wasm_f32x4_mul(b, sines)));
        wasm_v128_store(to + half + i, wasm_f32x4_add(wasm_f32x4_mul(a, sines), wasm_f32x4_mul(b, cosines)));
    }
}

} // namespace

bool takes_rope(const ggml_tensor *op) {
    const ggml_tensor *x = op->src[0];
    const Params params(op);
    const bool known = params.mode == GGML_ROPE_TYPE_NORMAL || params.mode == GGML_ROPE_TYPE_NEOX;
    const bool whole = params.dims == x->ne[0] && params.dims % 8 == 0 && params.offset == 0;
    const bool floats = op->type == GGML_TYPE_F32 && x->type == GGML_TYPE_F32 && op->nb[0] == sizeof(float) &&
                        x->nb[0] == sizeof(float);
    return known && whole && floats && params.stretch == 0.0f;
}

void rope(ggml_tensor *op) {
    const ggml_tensor *x = op->src[0], *factors = op->src[2];
    const Params params(op);
    const auto *positions = static_cast<const int32_t *>(op->src[1]->data);
    const Turns &table =
        turns(params, positions, x->ne[2], factors ? static_cast<const float *>(factors->data) : nullptr);
    const auto rotate = params.mode == GGML_ROPE_TYPE_NORMAL ? rotate_adjacent : rotate_halves;
    for (int64_t i3 = 0; i3 < x->ne[3]; i3++) {
        for (int64_t i2 = 0; i2 < x->ne[2]; i2++) {
            const float *own = table.of(i2);
            for (int64_t i1 = 0; i1 < x->ne[1]; i1++) {
                const size_t at = i1 * op->nb[1] + i2 * op->nb[2] + i3 * op->nb[3];
                const size_t from = i1 * x->nb[1] + i2 * x->nb[2] + i3 * x->nb[3];
                rotate(reinterpret_cast<float *>(static_cast<uint8_t *>(op->data) + at),
                       reinterpret_cast<const float *>(static_cast<const uint8_t *>(x->data) + from), own,
                       own + params.dims, params.dims);
            }
        }
    }
}

// Loading a model, making a context, and questions about them.
#include "shim.h"

#include <cstring>
#include <string>

using namespace shim;

static void drop_context() {
    if (state.context) llama_free(state.context);
    state.context = nullptr;
    state.position = 0;
    state.has_logits = false;
}

static void drop_model() {
    drop_context();
    if (state.model) llama_model_free(state.model);
    state.model = nullptr;
    state.vocab = nullptr;
}

// Copies text out; the terminating zero is not copied or counted.
static int32_t give_text(const char *text, size_t len, int64_t out, int64_t room) {
    if (static_cast<int64_t>(len) > room) return need_room(static_cast<int64_t>(len));
    memcpy(reinterpret_cast<void *>(out), text, len);
    return static_cast<int32_t>(len);
}

enum LoadFlags : int32_t { load_mapped = 1 };

// Loads the GGUF file at `path`, replacing the model loaded before. `flags`: bit 0 = map the file and use its tensors in
// place, otherwise they are read into memory of their own. The results are the same.
EXPORT(ll_load) int32_t ll_load(int64_t path, int64_t path_len, int32_t flags) {
    return guarded([&]() -> int32_t {
        if (path_len <= 0 || (flags & ~load_mapped)) return fail(bad_argument, "bad path length or flags");
        drop_model();
        const std::string name(reinterpret_cast<const char *>(path), static_cast<size_t>(path_len));
        llama_model_params params = llama_model_default_params();
        params.load_mode = flags & load_mapped ? LLAMA_LOAD_MODE_MMAP : LLAMA_LOAD_MODE_NONE;
        params.n_gpu_layers = 0;
        params.use_extra_bufts = false; // repacked weights would be copies, and another order of additions
        state.model = llama_model_load_from_file(name.c_str(), params);
        if (!state.model) {
            const std::string reason = last_error();
            return fail(load_failed, "cannot load %s: %s", name.c_str(), reason.empty() ? "no reason given" : reason.c_str());
        }
        state.vocab = llama_model_get_vocab(state.model);
        return ok;
    });
}

// Makes a fresh context for the loaded model, replacing the one before. `tokens` = its length (0: what the model was
// trained with); `batch` = how many tokens may be computed together (0: 512).
EXPORT(ll_context) int32_t ll_context(int32_t tokens, int32_t batch) {
    return guarded([&]() -> int32_t {
        if (!state.model) return fail(no_model, "no model is loaded");
        if (tokens < 0 || batch < 0) return fail(bad_argument, "negative context or batch length");
        drop_context();
        llama_context_params params = llama_context_default_params();
        params.n_ctx = static_cast<uint32_t>(tokens);
        params.n_batch = params.n_ubatch = batch ? static_cast<uint32_t>(batch) : 512;
        params.n_threads = params.n_threads_batch = 1;
        params.no_perf = true;
        params.n_outputs_max = 1; // only the last token of a batch has logits, and room for more would be large
        // Half-precision attention is slow here and rounds more; these two settings also bring the text closest to native.
        params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
        params.type_k = params.type_v = GGML_TYPE_F32;
        state.context = llama_init_from_model(state.model, params);
        if (!state.context) {
            const std::string reason = last_error();
            return fail(context_failed, "cannot make a context of %d tokens: %s", tokens, reason.c_str());
        }
        return ok;
    });
}

// Frees the context and the model.
EXPORT(ll_unload) void ll_unload() { drop_model(); }

// The length of the context, in tokens.
EXPORT(ll_context_len) int32_t ll_context_len() {
    begin();
    return state.context ? static_cast<int32_t>(llama_n_ctx(state.context)) : fail(no_context, "there is no context");
}

// The context length the model was trained with, in tokens.
EXPORT(ll_trained_len) int32_t ll_trained_len() {
    begin();
    return state.model ? llama_model_n_ctx_train(state.model) : fail(no_model, "no model is loaded");
}

// One line about the model: architecture, size and quantization.
EXPORT(ll_describe) int32_t ll_describe(int64_t out, int64_t room) {
    begin();
    if (!state.model) return fail(no_model, "no model is loaded");
    char text[256];
    int32_t len = llama_model_desc(state.model, text, sizeof text);
    if (len < 0 || len >= static_cast<int32_t>(sizeof text)) len = static_cast<int32_t>(strlen(text));
    return give_text(text, static_cast<size_t>(len), out, room);
}

// The model's metadata value for a key, as text.
EXPORT(ll_metadata) int32_t ll_metadata(int64_t key, int64_t key_len, int64_t out, int64_t room) {
    return guarded([&]() -> int32_t {
        if (!state.model) return fail(no_model, "no model is loaded");
        if (key_len <= 0) return fail(bad_argument, "empty key");
        const std::string name(reinterpret_cast<const char *>(key), static_cast<size_t>(key_len));
        const int32_t len = llama_model_meta_val_str(state.model, name.c_str(), nullptr, 0);
        if (len < 0) return fail(not_found, "the model has no metadata %s", name.c_str());
        std::string value(static_cast<size_t>(len) + 1, '\0');
        llama_model_meta_val_str(state.model, name.c_str(), value.data(), value.size());
        return give_text(value.data(), static_cast<size_t>(len), out, room);
    });
}

// How many bytes the weights have, and how many parameters there are; 0 without a model.
EXPORT(ll_weight_bytes) int64_t ll_weight_bytes() {
    return state.model ? static_cast<int64_t>(llama_model_size(state.model)) : 0;
}
EXPORT(ll_parameters) int64_t ll_parameters() {
    return state.model ? static_cast<int64_t>(llama_model_n_params(state.model)) : 0;
}

// Running the model.
#include "shim.h"

using namespace shim;

static Code decode_part(const llama_token *tokens, int32_t count) {
    // llama.cpp's batch takes a non-const pointer, but only reads from it.
    const int32_t result = llama_decode(state.context, llama_batch_get_one(const_cast<llama_token *>(tokens), count));
    if (result == 1) return fail(context_full, "the context has no room for %d more tokens", count);
    if (result != 0) return fail(decode_failed, "llama_decode failed with code %d", result);
    state.position += count;
    return ok;
}

// Feeds `count` tokens at the end of the context. Afterwards the logits are those of the last token. More tokens than a
// batch are computed in several steps.
EXPORT(ll_decode) int32_t ll_decode(int64_t tokens, int32_t count) {
    return guarded([&]() -> int32_t {
        if (!state.context) return fail(no_context, "there is no context");
        if (count <= 0) return fail(bad_argument, "no tokens to decode");
        const auto *first = reinterpret_cast<const llama_token *>(tokens);
        const int32_t vocabulary = llama_vocab_n_tokens(state.vocab);
        for (int32_t i = 0; i < count; i++) {
            if (first[i] < 0 || first[i] >= vocabulary) return fail(bad_argument, "token %d is not in the vocabulary", first[i]);
        }
        const int32_t left = static_cast<int32_t>(llama_n_ctx(state.context)) - state.position;
        if (count > left) return fail(context_full, "%d tokens do not fit, the context has room for %d", count, left);
        state.has_logits = false;
        const int32_t batch = static_cast<int32_t>(llama_n_batch(state.context));
        for (int32_t done = 0; done < count; done += batch) {
            const Code code = decode_part(first + done, count - done < batch ? count - done : batch);
            if (code != ok) return code;
        }
        state.has_logits = true;
        return ok;
    });
}

// The address of the logits of the last token decoded: as many f32 as the vocabulary has tokens. 0 before the first
// decode. Valid until the next call that decodes, removes or makes a context.
EXPORT(ll_logits) int64_t ll_logits() {
    return state.has_logits ? reinterpret_cast<int64_t>(llama_get_logits_ith(state.context, -1)) : 0;
}

// How many tokens the context holds.
EXPORT(ll_position) int32_t ll_position() { return state.position; }

// Forgets all tokens from position `from` on; 0 empties the context. Fails with `bad_argument`, changing nothing, if
// there is no such position, and with `decode_failed` if the model's kind of memory cannot forget a part.
EXPORT(ll_rewind) int32_t ll_rewind(int32_t from) {
    return guarded([&]() -> int32_t {
        if (!state.context) return fail(no_context, "there is no context");
        if (from < 0 || from > state.position) return fail(bad_argument, "the context has no position %d", from);
        llama_memory_t memory = llama_get_memory(state.context);
        if (from == 0) {
            llama_memory_clear(memory, false);
        } else if (!llama_memory_seq_rm(memory, 0, from, -1)) {
            return fail(decode_failed, "this model cannot forget a part of its context");
        }
        state.position = from;
        state.has_logits = false;
        return ok;
    });
}

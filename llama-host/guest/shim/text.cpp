// Text to tokens and back, and the model's own chat template.
#include "shim.h"

#include <climits>
#include <cstring>
#include <string>
#include <vector>

using namespace shim;

static bool fits(int64_t len) { return len >= 0 && len <= INT_MAX; }

// Whether bytes are well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF. llama.cpp treats
// malformed text by throwing, so it must not get any.
static bool is_utf8(const unsigned char *at, const unsigned char *end) {
    while (at < end) {
        const unsigned lead = *at++;
        if (lead < 0x80) continue;
        const int more = lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) == 0xe0 ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
        if (more == 0 || end - at < more) return false;
        const unsigned next = *at;
        if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f)) return false;
        if ((lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f)) return false;
        for (int i = 0; i < more; i++) {
            if ((*at++ & 0xc0) != 0x80) return false;
        }
    }
    return true;
}

static bool is_utf8(int64_t text, int64_t len) {
    const auto *start = reinterpret_cast<const unsigned char *>(text);
    return is_utf8(start, start + len);
}

enum TokenizeFlags : int32_t { add_special = 1, parse_special = 2 };

// Cuts text into tokens. `flags`: bit 0 = add what the model wants at the beginning and end, bit 1 = read special
// tokens that are written in the text. Returns the number of tokens; `room` counts tokens.
EXPORT(ll_tokenize)
int32_t ll_tokenize(int64_t text, int64_t len, int64_t out, int32_t room, int32_t flags) {
    return guarded([&]() -> int32_t {
        if (!state.vocab) return fail(no_model, "no model is loaded");
        if (!fits(len) || room < 0 || (flags & ~(add_special | parse_special))) return fail(bad_argument, "bad length or flags");
        if (!is_utf8(text, len)) return fail(bad_argument, "the text is not valid UTF-8");
        const int32_t count = llama_tokenize(state.vocab, reinterpret_cast<const char *>(text), static_cast<int32_t>(len),
                                             reinterpret_cast<llama_token *>(out), room, flags & add_special,
                                             flags & parse_special);
        if (count == INT_MIN) return fail(bad_argument, "the text has too many tokens");
        return count < 0 ? need_room(-static_cast<int64_t>(count)) : count;
    });
}

static bool known(llama_token token) { return token >= 0 && token < llama_vocab_n_tokens(state.vocab); }

enum PieceFlags : int32_t { show_special = 1 };

// The bytes of one token, possibly part of a UTF-8 character. `flags`: bit 0 = write special tokens as text, otherwise
// they are empty.
EXPORT(ll_piece) int32_t ll_piece(int32_t token, int64_t out, int32_t room, int32_t flags) {
    return guarded([&]() -> int32_t {
        if (!state.vocab) return fail(no_model, "no model is loaded");
        if (!known(token) || room < 0) return fail(bad_argument, "token %d is not in the vocabulary", token);
        const int32_t len =
            llama_token_to_piece(state.vocab, token, reinterpret_cast<char *>(out), room, 0, flags & show_special);
        return len < 0 ? need_room(-static_cast<int64_t>(len)) : len;
    });
}

// The text of `count` tokens. `flags` as for `ll_piece`.
EXPORT(ll_detokenize)
int32_t ll_detokenize(int64_t tokens, int32_t count, int64_t out, int32_t room, int32_t flags) {
    return guarded([&]() -> int32_t {
        if (!state.vocab) return fail(no_model, "no model is loaded");
        if (count < 0 || room < 0) return fail(bad_argument, "negative count");
        const auto *first = reinterpret_cast<const llama_token *>(tokens);
        for (int32_t i = 0; i < count; i++) {
            if (!known(first[i])) return fail(bad_argument, "token %d is not in the vocabulary", first[i]);
        }
        const int32_t len = llama_detokenize(state.vocab, first, count, reinterpret_cast<char *>(out), room, false,
                                             flags & show_special);
        return len < 0 ? need_room(-static_cast<int64_t>(len)) : len;
    });
}

// Splits a buffer of zero-terminated strings; false when the last one is not terminated or their number is odd.
static bool read_messages(const char *at, const char *end, std::vector<llama_chat_message> &messages) {
    std::vector<const char *> strings;
    while (at < end) {
        const void *zero = memchr(at, 0, static_cast<size_t>(end - at));
        if (!zero) return false;
        strings.push_back(at);
        at = static_cast<const char *>(zero) + 1;
    }
    for (size_t i = 0; i + 1 < strings.size(); i += 2) messages.push_back({strings[i], strings[i + 1]});
    return strings.size() % 2 == 0;
}

// Writes a conversation as the model's chat template wants it. The conversation is a buffer of zero-terminated strings:
// role, text, role, text and so on. `add_assistant` = 1 ends the result with the opening of the assistant's turn.
EXPORT(ll_chat)
int32_t ll_chat(int64_t conversation, int64_t len, int32_t add_assistant, int64_t out, int32_t room) {
    return guarded([&]() -> int32_t {
        if (!state.model) return fail(no_model, "no model is loaded");
        if (!fits(len) || room < 0) return fail(bad_argument, "bad length");
        if (!is_utf8(conversation, len)) return fail(bad_argument, "the conversation is not valid UTF-8");
        const char *form = llama_model_chat_template(state.model, nullptr);
        if (!form) return fail(no_template, "the model has no chat template");
        std::vector<llama_chat_message> messages;
        const auto *start = reinterpret_cast<const char *>(conversation);
        if (!read_messages(start, start + len, messages)) {
            return fail(bad_argument, "the conversation is not pairs of zero-terminated role and text");
        }
        const int32_t written = llama_chat_apply_template(form, messages.data(), messages.size(), add_assistant != 0,
                                                          reinterpret_cast<char *>(out), room);
        if (written < 0) return fail(no_template, "the model's chat template is not one that llama.cpp knows");
        return written > room ? need_room(written) : written;
    });
}

// 1 if the model has a chat template, else 0.
EXPORT(ll_has_chat) int32_t ll_has_chat() {
    return state.model && llama_model_chat_template(state.model, nullptr) ? 1 : 0;
}

// The number of tokens in the vocabulary.
EXPORT(ll_vocab_len) int32_t ll_vocab_len() {
    begin();
    return state.vocab ? llama_vocab_n_tokens(state.vocab) : fail(no_model, "no model is loaded");
}

// The token that begins a text and the one that ends it; -1 if the model has none, or no model is loaded.
EXPORT(ll_bos) int32_t ll_bos() { return state.vocab ? llama_vocab_bos(state.vocab) : -1; }
EXPORT(ll_eos) int32_t ll_eos() { return state.vocab ? llama_vocab_eos(state.vocab) : -1; }

// 1 if the model ends its answer with this token.
EXPORT(ll_is_end) int32_t ll_is_end(int32_t token) {
    return state.vocab && known(token) && llama_vocab_is_eog(state.vocab, token) ? 1 : 0;
}

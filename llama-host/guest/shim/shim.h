// The functions that this module exports to its host, and the little state that they share.
//
// One instance holds at most one model and one context. Conventions:
//   - Addresses and byte lengths are i64, tokens, counts and codes are i32. Text is UTF-8 and not zero-terminated unless
//     it says so. Buffers are the host's: it gets them with `ll_alloc` and writes and reads them through the memory.
//   - A function that can fail returns a negative code (see `Code`); `ll_last_error` then tells what happened in words.
//     Functions that fill a buffer return how much they wrote; when the room is too small they write nothing useful,
//     return `no_room`, and `ll_needed` tells how much room the same call needs.
//   - A trap leaves the instance unusable, except that `ll_last_error` may still be called to learn the reason.
#ifndef GUEST_SHIM_H
#define GUEST_SHIM_H

#include "llama.h"

#include <cstdint>
#include <exception>

#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace shim {

// Part of the interface with the host: numbers never change their meaning.
enum Code : int32_t {
    ok = 0,
    bad_argument = -1,  // an argument is out of range, or text is malformed
    no_model = -2,      // nothing is loaded yet
    no_context = -3,    // a model is loaded, but `ll_context` was not called
    load_failed = -4,   // llama.cpp refused the model
    context_failed = -5,// llama.cpp could not make the context
    no_room = -6,       // the output buffer is too small
    context_full = -7,  // the tokens do not fit into what is left of the context
    decode_failed = -8, // llama.cpp could not run the model
    no_template = -9,   // the model has no chat template, or none that is known
    not_found = -10,    // the model has no such metadata
    exception = -11,    // llama.cpp threw an exception; only a build that can catch returns this, others trap
};

// Records an error's text, printf-style.
void set_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *last_error();

// Records the text and returns the code, so that callers can `return fail(...)`.
Code fail(Code code, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Records how much room a call needs and returns `no_room`.
Code need_room(int64_t needed);

// Clears the last error and needed room; every exported function that can fail starts with it, or is `guarded`.
void begin();

// Runs the body of an exported function; an exception becomes an error code. No exception may leave an export.
template <typename Body> int32_t guarded(Body body) {
    begin();
    try {
        return body();
    } catch (const std::exception &thrown) {
        return fail(exception, "%s", thrown.what());
    } catch (...) {
        return fail(exception, "an exception without a message");
    }
}

struct State {
    llama_model *model = nullptr;
    const llama_vocab *vocab = nullptr;
    llama_context *context = nullptr;
    int32_t position = 0; // tokens in the context
    bool has_logits = false;
};

extern State state;

} // namespace shim

#endif

// Setting up, error texts, logging and buffers for the host.
#include "shim.h"

#include "ggml-backend.h"
#include "ggml.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace shim {

State state;

static char error_text[1024];
static int64_t needed_room;
static bool verbose;
static bool initialized;

static void set_error_list(const char *format, va_list arguments) {
    vsnprintf(error_text, sizeof error_text, format, arguments);
}

void set_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_error_list(format, arguments);
    va_end(arguments);
}

const char *last_error() { return error_text; }

Code fail(Code code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_error_list(format, arguments);
    va_end(arguments);
    return code;
}

Code need_room(int64_t needed) {
    needed_room = needed;
    return fail(no_room, "the output needs room for %lld", static_cast<long long>(needed));
}

void begin() {
    error_text[0] = 0;
    needed_room = 0;
}

// An error that llama.cpp logs is usually the only explanation of the failure that follows. The first one says most: the
// later ones only say who gave up because of it.
static void on_log(ggml_log_level level, const char *text, void *) {
    static ggml_log_level current = GGML_LOG_LEVEL_NONE;
    if (level != GGML_LOG_LEVEL_CONT) current = level;
    if (current == GGML_LOG_LEVEL_ERROR && !error_text[0]) {
        set_error("%s", text);
        for (size_t n = strlen(error_text); n && error_text[n - 1] == '\n'; n--) error_text[n - 1] = 0;
    }
    if (verbose || current == GGML_LOG_LEVEL_ERROR || current == GGML_LOG_LEVEL_WARN) fputs(text, stderr);
}

static void on_ggml_abort(const char *message) {
    set_error("%s", message);
    fprintf(stderr, "guest: %s\n", message);
}

} // namespace shim

using namespace shim;

// The version of this interface. A host must refuse a module whose version it does not know.
EXPORT(ll_abi) int32_t ll_abi() { return 1; }

// Prepares the library; call once, first. `flags`: bit 0 = log everything to stderr, not only warnings and errors.
EXPORT(ll_init) int32_t ll_init(int32_t flags) {
    begin();
    if (flags & ~1) return fail(bad_argument, "unknown flags 0x%x", static_cast<unsigned>(flags));
    verbose = flags & 1;
    if (initialized) return ok;
    initialized = true;
    ggml_set_abort_callback(on_ggml_abort);
    llama_log_set(on_log, nullptr);
    llama_backend_init();
    return ok;
}

// Returns the address of `size` fresh bytes, aligned to 16, or 0 when memory is exhausted.
EXPORT(ll_alloc) int64_t ll_alloc(int64_t size) {
    return size < 0 ? 0 : reinterpret_cast<int64_t>(malloc(static_cast<size_t>(size)));
}

// Gives back what `ll_alloc` returned; 0 is allowed.
EXPORT(ll_release) void ll_release(int64_t address) { free(reinterpret_cast<void *>(address)); }

// The address of the last error's text, zero-terminated, empty if there was none. Valid until the next call.
EXPORT(ll_last_error) int64_t ll_last_error() { return reinterpret_cast<int64_t>(last_error()); }

// After `no_room`: the room that the call needs, in the unit of its buffer (bytes or tokens).
EXPORT(ll_needed) int64_t ll_needed() { return needed_room; }

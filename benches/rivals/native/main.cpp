// The command line, and the clocks.
#include "native.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

static double seconds(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Times now() { return {seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC)}; }

void give_up(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("native: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static int number(const char *text) {
    char *end = nullptr;
    const long value = strtol(text, &end, 10);
    if (end == text || *end || value < 1 || value > 1 << 20) give_up("%s is no number from 1 to 2^20", text);
    return static_cast<int>(value);
}

static bool choice(const char *text, const char *no, const char *yes) {
    if (!strcmp(text, no)) return false;
    if (!strcmp(text, yes)) return true;
    give_up("%s is neither %s nor %s", text, no, yes);
}

int main(int count, char **words) {
    if (count == 2 && !strcmp(words[1], "kernels")) {
        measure_kernels();
    } else if (count == 7 && !strcmp(words[1], "serve")) {
        Setting setting;
        setting.model = words[2];
        setting.threads = number(words[3]);
        setting.half_cache = choice(words[4], "f32", "f16");
        setting.context = number(words[5]);
        setting.all_logits = choice(words[6], "last", "all");
        serve(setting);
    } else {
        give_up("usage: native kernels | native serve MODEL THREADS f16|f32 CONTEXT last|all");
    }
}

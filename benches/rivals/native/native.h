// A rival for speed and quality: llama.cpp as a native program. This header is what its files share.
#ifndef NATIVE_H
#define NATIVE_H

#include <cstdint>
#include <string>
#include <vector>

// What two clocks said about a piece of work.
struct Times {
    double cpu = 0;  // seconds of this process, all threads together
    double wall = 0; // seconds on the wall
};

// Both clocks at this moment.
Times now();

// What has passed since `start`.
inline Times since(const Times &start) {
    const Times end = now();
    return {end.cpu - start.cpu, end.wall - start.wall};
}

// Says on standard error why it goes no further, and ends the process.
[[noreturn]] void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));

// How a model is to be run.
struct Setting {
    std::string model; // the path of a GGUF file
    int threads = 1;
    bool half_cache = true; // keys and values as F16, otherwise as F32
    int context = 2048;     // tokens
    bool all_logits = false; // keep the logits of every token of a batch, not only the last one's
};

// Loads the model, then answers the lines of standard input with lines of JSON until the input ends.
void serve(const Setting &setting);

// Measures the speed of every type's dot product and of reading memory; prints one JSON object.
void measure_kernels();

#endif

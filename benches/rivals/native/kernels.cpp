// How fast ggml's own dot products are, one row with one column, and how fast memory can be read at all.
#include "native.h"

#include "ggml-cpu.h"
#include "ggml.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <thread>

namespace {

constexpr int64_t length = 4096;      // of every row and column
constexpr int64_t rows_in_cache = 16; // at most 256 KiB
constexpr int tries = 7;              // the best is told: other programs only make it worse
constexpr double least_seconds = 0.02;

// The compiler must not see that nobody looks at results.
volatile float float_sink;
volatile uint64_t number_sink;

// More bytes than any cache holds.
size_t memory_bytes() {
    size_t cache = 0;
    if (FILE *file = fopen("/sys/devices/system/cpu/cpu0/cache/index3/size", "r")) {
        unsigned long kib = 0;
        if (fscanf(file, "%luK", &kib) == 1) cache = kib << 10;
        fclose(file);
    }
    return std::min<size_t>(std::max<size_t>(2 * cache, size_t{256} << 20), size_t{1} << 30);
}

// Deterministic numbers between -1 and 1, in the shape of a bell as weights are.
std::vector<float> weights(size_t count) {
    std::vector<float> values(count);
    uint64_t state = 1;
    for (float &value : values) {
        float sum = 0;
        for (int i = 0; i < 4; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            sum += static_cast<float>(state >> 40) / static_cast<float>(1 << 24) - 0.5f;
        }
        value = sum / 2;
    }
    return values;
}

// Seconds of one run of `work` on a clock, at best.
double best(double Times::*clock, const std::function<void()> &work) {
    work();
    double best = 0;
    for (int i = 0; i < tries; i++) {
        int runs = 0;
        const Times start = now();
        double passed = 0;
        do {
            work();
            runs++;
            passed = since(start).*clock;
        } while (passed < least_seconds);
        if (i == 0 || passed / runs < best) best = passed / runs;
    }
    return best;
}

// Multiplies all rows with one column.
void multiply(ggml_vec_dot_t dot, const char *rows, size_t bytes, size_t row_bytes, const char *column) {
    float sum = 0;
    for (size_t at = 0; at + row_bytes <= bytes; at += row_bytes) {
        float product = 0;
        dot(length, &product, 0, rows + at, 0, column, 0, 1);
        sum += product;
    }
    float_sink = sum;
}

// Rows of a type, made by ggml's own quantizer.
std::vector<char> rows_of(ggml_type type, const std::vector<float> &values) {
    std::vector<char> rows(ggml_row_size(type, length) * rows_in_cache);
    const std::vector<float> importance(length, 1.0f);
    ggml_quantize_chunk(type, values.data(), rows.data(), 0, rows_in_cache, length, importance.data());
    return rows;
}

void measure_type(ggml_type type, const std::vector<float> &values, std::vector<char> &memory, bool first) {
    const ggml_type_traits_cpu *traits = ggml_get_type_traits_cpu(type);
    const ggml_type_traits_cpu *column_traits = ggml_get_type_traits_cpu(traits->vec_dot_type);
    const std::vector<char> rows = rows_of(type, values);
    std::vector<char> column(ggml_row_size(traits->vec_dot_type, length));
    if (traits->vec_dot_type == GGML_TYPE_F32) {
        memcpy(column.data(), values.data(), column.size());
    } else {
        column_traits->from_float(values.data(), column.data(), length);
    }
    const size_t row_bytes = ggml_row_size(type, length);
    const double near = best(&Times::cpu, [&] { multiply(traits->vec_dot, rows.data(), rows.size(), row_bytes, column.data()); });

    const size_t copies = memory.size() / rows.size();
    for (size_t i = 0; i < copies; i++) memcpy(memory.data() + i * rows.size(), rows.data(), rows.size());
    const size_t far_bytes = copies * rows.size();
    const double far = best(&Times::cpu, [&] { multiply(traits->vec_dot, memory.data(), far_bytes, row_bytes, column.data()); });

    printf("%s{\"type\":\"%s\",\"column_type\":\"%s\",\"row_bytes\":%zu,\"gmac_in_cache\":%.4f,\"gb_in_cache\":%.4f,"
           "\"gmac_from_memory\":%.4f,\"gb_from_memory\":%.4f}",
           first ? "" : ",", ggml_type_name(type), ggml_type_name(traits->vec_dot_type), row_bytes,
           static_cast<double>(rows_in_cache * length) / near * 1e-9, static_cast<double>(rows.size()) / near * 1e-9,
           static_cast<double>(copies * rows_in_cache * length) / far * 1e-9, static_cast<double>(far_bytes) / far * 1e-9);
    fflush(stdout);
}

// Reads all words once; several sums, or their chain would be the limit.
void read_all(const char *bytes, size_t count) {
    constexpr size_t lanes = 64;
    uint64_t sums[lanes] = {};
    const auto *words = reinterpret_cast<const uint64_t *>(bytes);
    for (size_t i = 0; i + lanes <= count / 8; i += lanes) {
        for (size_t lane = 0; lane < lanes; lane++) sums[lane] += words[i + lane];
    }
    for (uint64_t sum : sums) number_sink = number_sink + sum;
}

double bandwidth(const std::vector<char> &memory, size_t threads) {
    const size_t share = memory.size() / threads / 4096 * 4096;
    const double seconds = best(threads == 1 ? &Times::cpu : &Times::wall, [&] {
        std::vector<std::thread> others;
        for (size_t i = 1; i < threads; i++) others.emplace_back(read_all, memory.data() + i * share, share);
        read_all(memory.data(), share);
        for (std::thread &other : others) other.join();
    });
    return static_cast<double>(share * threads) / seconds * 1e-9;
}

} // namespace

void measure_kernels() {
    ggml_cpu_init();
    std::vector<char> memory(memory_bytes(), 1);
    const std::vector<float> values = weights(length * rows_in_cache);
    const size_t all = std::max(1u, std::thread::hardware_concurrency());
    printf("{\"length\":%lld,\"memory_bytes\":%zu,\"read_gb_one_thread\":%.4f,\"threads\":%zu,\"read_gb_all_threads\":%.4f,"
           "\"types\":[",
           static_cast<long long>(length), memory.size(), bandwidth(memory, 1), all, bandwidth(memory, all));
    bool first = true;
    for (int i = 0; i < GGML_TYPE_COUNT; i++) {
        const auto type = static_cast<ggml_type>(i);
        const ggml_type_traits *shape = ggml_get_type_traits(type);
        const bool is_weight = shape->blck_size && length % shape->blck_size == 0 &&
                               ggml_get_type_traits_cpu(type)->vec_dot && type != GGML_TYPE_Q8_1 && type != GGML_TYPE_Q8_K;
        if (!is_weight) continue;
        measure_type(type, values, memory, first);
        first = false;
    }
    puts("]}");
}

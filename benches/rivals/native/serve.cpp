// Runs a model. Each line of input is a command with tokens:
//
//   run COUNT TOKEN...   forget everything, compute the tokens as one prompt, then choose and compute COUNT more greedily
//   score TOKEN...       forget everything, compute the tokens; how surprising was each but the first?
#include "native.h"

#include "ggml-cpu.h"
#include "llama.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>

namespace {

struct Session {
    llama_model *model = nullptr;
    llama_context *context = nullptr;
    int vocabulary = 0;
    int batch = 0; // tokens that are computed together at most
    bool all_logits = false;
};

// Only what went wrong; the rest would be hundreds of lines.
void on_log(ggml_log_level level, const char *text, void *) {
    static ggml_log_level current = GGML_LOG_LEVEL_NONE;
    if (level != GGML_LOG_LEVEL_CONT) current = level;
    if (current == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

Session open(const Setting &setting) {
    llama_log_set(on_log, nullptr);
    llama_backend_init();
    Session session;
    llama_model_params model = llama_model_default_params();
    model.n_gpu_layers = 0;
    session.model = llama_model_load_from_file(setting.model.c_str(), model);
    if (!session.model) give_up("cannot load %s", setting.model.c_str());
    session.vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(session.model));

    llama_context_params context = llama_context_default_params();
    context.n_ctx = static_cast<uint32_t>(setting.context);
    context.n_batch = context.n_ubatch = 512;
    context.n_threads = context.n_threads_batch = setting.threads;
    context.no_perf = true;
    context.n_outputs_max = setting.all_logits ? 0 : 1;
    context.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    context.type_k = context.type_v = setting.half_cache ? GGML_TYPE_F16 : GGML_TYPE_F32;
    session.context = llama_init_from_model(session.model, context);
    if (!session.context) give_up("cannot make a context of %d tokens", setting.context);
    session.batch = static_cast<int>(llama_n_batch(session.context));
    session.all_logits = setting.all_logits;

    // Threads that stay: without a pool of its own, every step would start them anew.
    ggml_threadpool_params pool = ggml_threadpool_params_default(setting.threads);
    ggml_threadpool_t threads = ggml_threadpool_new(&pool);
    if (!threads) give_up("cannot start %d threads", setting.threads);
    llama_attach_threadpool(session.context, threads, threads);
    return session;
}

// Computes tokens at the end of the context, one batch after another.
void compute(const Session &session, std::vector<llama_token> &tokens) {
    const int count = static_cast<int>(tokens.size());
    for (int done = 0; done < count; done += session.batch) {
        const int part = std::min(session.batch, count - done);
        const int code = llama_decode(session.context, llama_batch_get_one(tokens.data() + done, part));
        if (code != 0) give_up("llama_decode failed with code %d", code);
    }
}

// The most likely token; the first of several.
llama_token greedy(const Session &session) {
    const float *logits = llama_get_logits_ith(session.context, -1);
    llama_token best = 0;
    for (int token = 1; token < session.vocabulary; token++) {
        if (logits[token] > logits[best]) best = token;
    }
    return best;
}

void print_times(const char *name, const Times &times) {
    printf("\"%s\":{\"cpu\":%.9f,\"wall\":%.9f},", name, times.cpu, times.wall);
}

template <typename T> void print_list(const char *name, const char *format, const std::vector<T> &items) {
    printf("\"%s\":[", name);
    for (size_t i = 0; i < items.size(); i++) {
        if (i) putchar(',');
        printf(format, items[i]);
    }
    putchar(']');
}

void run(const Session &session, std::vector<llama_token> &prompt, int count) {
    llama_memory_clear(llama_get_memory(session.context), false);
    Times start = now();
    compute(session, prompt);
    const Times prefill = since(start);

    Times decode;
    std::vector<llama_token> answer;
    for (int i = 0; i < count; i++) {
        // The choice is not measured: it is no part of the model.
        std::vector<llama_token> chosen = {greedy(session)};
        answer.push_back(chosen[0]);
        start = now();
        compute(session, chosen);
        const Times step = since(start);
        decode.cpu += step.cpu;
        decode.wall += step.wall;
    }
    putchar('{');
    print_times("prefill", prefill);
    print_times("decode", decode);
    print_list("tokens", "%d", answer);
    puts("}");
}

// The negative logarithm of the probability that these logits give to a token.
double surprise(const float *logits, int vocabulary, llama_token token) {
    float greatest = logits[0];
    for (int i = 1; i < vocabulary; i++) greatest = std::max(greatest, logits[i]);
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) sum += std::exp(static_cast<double>(logits[i]) - greatest);
    return std::log(sum) + greatest - logits[token];
}

void score(const Session &session, std::vector<llama_token> &tokens) {
    if (!session.all_logits) give_up("only the last logits are kept");
    if (tokens.size() > static_cast<size_t>(session.batch)) give_up("more tokens than one batch of %d", session.batch);
    llama_memory_clear(llama_get_memory(session.context), false);
    const auto count = static_cast<int>(tokens.size());
    llama_batch batch = llama_batch_get_one(tokens.data(), count);
    std::vector<int8_t> wanted(tokens.size(), 1);
    batch.logits = wanted.data();
    const int code = llama_decode(session.context, batch);
    if (code != 0) give_up("llama_decode failed with code %d", code);
    std::vector<double> surprises;
    for (int i = 0; i + 1 < count; i++) {
        surprises.push_back(surprise(llama_get_logits_ith(session.context, i), session.vocabulary, tokens[i + 1]));
    }
    putchar('{');
    print_list("surprises", "%.9f", surprises);
    puts("}");
}

std::vector<llama_token> read_tokens(std::istream &words, int vocabulary) {
    std::vector<llama_token> tokens;
    for (llama_token token; words >> token;) {
        if (token < 0 || token >= vocabulary) give_up("token %d is not in the vocabulary", token);
        tokens.push_back(token);
    }
    if (tokens.empty() || !words.eof()) give_up("a command needs tokens, and numbers only");
    return tokens;
}

} // namespace

void serve(const Setting &setting) {
    const Session session = open(setting);
    printf("{\"system\":\"%s\"}\n", llama_print_system_info());
    fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        if (command == "run") {
            int count = -1;
            words >> count;
            if (count < 0) give_up("run needs a count");
            std::vector<llama_token> tokens = read_tokens(words, session.vocabulary);
            run(session, tokens, count);
        } else if (command == "score") {
            std::vector<llama_token> tokens = read_tokens(words, session.vocabulary);
            score(session, tokens);
        } else {
            give_up("unknown command %s", command.c_str());
        }
        fflush(stdout);
    }
}

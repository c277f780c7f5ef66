// The page allocator: first fit over a list of free runs, ordered by address; when none fits, memory grows.
//
// A free run keeps its own list node in its first bytes, so the bookkeeping needs no memory of its own. Blocks may be
// larger than 4 GiB: every count is 64 bits wide.
#include "pages.h"

#include <stdint.h>

struct run {
    size_t count;
    struct run *next;
};

static struct run *free_runs;

static char *run_end(struct run *run) { return (char *)run + run->count * WASM_PAGE; }

static char *memory_end(void) { return (char *)(__builtin_wasm_memory_size(0) * WASM_PAGE); }

// Makes a run at the end of memory at least `count` pages long. `last` is the free run that memory ends with, or NULL.
static int grow_last_run(struct run *last, size_t count) {
    size_t missing = count - (last ? last->count : 0);
    char *old_end = memory_end();
    if (__builtin_wasm_memory_grow(0, missing) == (size_t)-1) return 0;
    pages_give(old_end, missing);
    return 1;
}

static void *take_from_free_runs(size_t count) {
    for (struct run **link = &free_runs; *link; link = &(*link)->next) {
        struct run *run = *link;
        if (run->count < count) continue;
        if (run->count == count) {
            *link = run->next;
        } else {
            struct run *rest = (struct run *)((char *)run + count * WASM_PAGE);
            rest->count = run->count - count;
            rest->next = run->next;
            *link = rest;
        }
        return run;
    }
    return NULL;
}

void *pages_take(size_t count) {
    if (count == 0 || count > SIZE_MAX / WASM_PAGE) return NULL;
    void *found = take_from_free_runs(count);
    if (found) return found;
    struct run *last = free_runs;
    while (last && last->next) last = last->next;
    if (last && run_end(last) != memory_end()) last = NULL;
    return grow_last_run(last, count) ? take_from_free_runs(count) : NULL;
}

void pages_give(void *start, size_t count) {
    if (count == 0) return;
    struct run *before = NULL, *after = free_runs;
    while (after && (char *)after < (char *)start) {
        before = after;
        after = after->next;
    }
    struct run *run = start;
    run->count = count;
    run->next = after;
    if (after && run_end(run) == (char *)after) {
        run->count += after->count;
        run->next = after->next;
    }
    if (before && run_end(before) == (char *)run) {
        before->count += run->count;
        before->next = run->next;
    } else if (before) {
        before->next = run;
    } else {
        free_runs = run;
    }
}

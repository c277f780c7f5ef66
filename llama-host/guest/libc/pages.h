// Whole pages of linear memory: what malloc's large blocks and mmap are made of.
#ifndef GUEST_PAGES_H
#define GUEST_PAGES_H

#include <stddef.h>

#define WASM_PAGE ((size_t)65536)

// Returns `count` contiguous pages, of unspecified content, or NULL when memory cannot grow.
void *pages_take(size_t count);

// Gives back `count` pages starting at `start`: all or any part of what pages_take returned.
void pages_give(void *start, size_t count);

#endif

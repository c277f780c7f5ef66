// malloc: size classes for small blocks, whole pages for large ones.
//
// Each block starts with a 16-byte header. Small blocks (up to 32 KiB with their header) are cut from 1 MiB chunks and
// return to the free list of their class; classes are spaced at most 25 % apart. Larger blocks are runs of pages and go
// back to the page allocator, so a block may be as large as memory itself.
#include "pages.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct header {
    size_t total;         // bytes from `block` to the end of the block, headers included
    struct header *block; // where the block really starts: this header, or an earlier one for aligned blocks
};

_Static_assert(sizeof(struct header) == 16, "what follows a header must stay aligned to 16");

#define SMALL_MAX ((size_t)32768)
#define CHUNK_PAGES ((size_t)16)
#define CLASS_COUNT 36

static struct header *free_lists[CLASS_COUNT]; // linked through `block`
static char *chunk_next, *chunk_end;

// Classes 0..3 are 32, 64, 96 and 128 bytes; from there on every doubling is cut into four equal steps.
static unsigned class_of(size_t total) {
    if (total <= 128) return (unsigned)((total + 31) / 32 - 1);
    unsigned log = 63 - (unsigned)__builtin_clzl(total - 1);
    return 4 * (log - 6) + (unsigned)((total - 1 - ((size_t)1 << log)) >> (log - 2));
}

static size_t class_size(unsigned index) {
    if (index < 4) return 32 * (size_t)(index + 1);
    unsigned log = index / 4 + 6;
    return ((size_t)1 << log) + ((size_t)(index % 4 + 1) << (log - 2));
}

static struct header *take_small(unsigned index) {
    struct header *block = free_lists[index];
    if (block) {
        free_lists[index] = block->block;
        return block;
    }
    size_t size = class_size(index);
    if ((size_t)(chunk_end - chunk_next) < size) {
        char *chunk = pages_take(CHUNK_PAGES);
        if (!chunk) return NULL;
        chunk_next = chunk;
        chunk_end = chunk + CHUNK_PAGES * WASM_PAGE;
    }
    block = (struct header *)chunk_next;
    chunk_next += size;
    block->total = size;
    return block;
}

static struct header *take_large(size_t total) {
    size_t count = (total - 1) / WASM_PAGE + 1;
    struct header *block = pages_take(count);
    if (block) block->total = count * WASM_PAGE;
    return block;
}

void *malloc(size_t size) {
    if (size > SIZE_MAX / 2) {
        errno = ENOMEM;
        return NULL;
    }
    size_t total = size + sizeof(struct header);
    struct header *block = total <= SMALL_MAX ? take_small(class_of(total)) : take_large(total);
    if (!block) {
        errno = ENOMEM;
        return NULL;
    }
    block->block = block;
    return block + 1;
}

void free(void *pointer) {
    if (!pointer) return;
    struct header *block = ((struct header *)pointer - 1)->block;
    if (block->total > SMALL_MAX) {
        pages_give(block, block->total / WASM_PAGE);
        return;
    }
    unsigned index = class_of(block->total);
    block->block = free_lists[index];
    free_lists[index] = block;
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *pointer = malloc(bytes);
    return pointer ? memset(pointer, 0, bytes) : NULL;
}

void *realloc(void *pointer, size_t size) {
    if (!pointer) return malloc(size);
    struct header *block = ((struct header *)pointer - 1)->block;
    size_t room = (size_t)((char *)block + block->total - (char *)pointer);
    if (size <= room) return pointer;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, pointer, room);
    free(pointer);
    return moved;
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (alignment & (alignment - 1)) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment <= sizeof(struct header)) return malloc(size);
    if (size > SIZE_MAX / 4 || alignment > SIZE_MAX / 4) {
        errno = ENOMEM;
        return NULL;
    }
    char *plain = malloc(size + alignment);
    if (!plain) return NULL;
    uintptr_t aligned = ((uintptr_t)plain + alignment - 1) & ~(uintptr_t)(alignment - 1);
    struct header *header = (struct header *)aligned - 1;
    // When the block is aligned already, this is its own header and nothing changes.
    header->block = ((struct header *)plain - 1)->block;
    return (void *)aligned;
}

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    void *pointer = aligned_alloc(alignment, size);
    if (!pointer) return ENOMEM;
    *out = pointer;
    return 0;
}

// musl's own code allocates under these names.
void *__libc_malloc(size_t size) { return malloc(size); }
void *__libc_calloc(size_t count, size_t size) { return calloc(count, size); }
void __libc_free(void *pointer) { free(pointer); }

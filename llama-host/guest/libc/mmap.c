// mmap for files that are only read: fresh pages, filled through the host's `file_map`.
//
// This is what lets tensors be used in place. A host that maps the file's own pages gives them to the guest without a
// copy; for the guest the result is the same as reading the file.
#include "host.h"
#include "pages.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static size_t pages_for(size_t len) { return len / WASM_PAGE + (len % WASM_PAGE != 0); }

void *mmap(void *hint, size_t len, int protection, int flags, int fd, off_t offset) {
    (void)hint; // a hint may be ignored, but a demand for one address cannot be met
    (void)protection;
    int file = !(flags & MAP_ANONYMOUS);
    if (len == 0 || (flags & MAP_FIXED) || offset < 0 || (file && (size_t)offset % WASM_PAGE)) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    size_t count = pages_for(len);
    char *start = pages_take(count);
    if (!start) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    // Beyond the last byte of the file a mapping reads as zero, up to the end of the page.
    size_t filled = file ? len : 0;
    memset(start + filled, 0, count * WASM_PAGE - filled);
    int error = file ? host_file_map(fd, start, len, (uint64_t)offset) : 0;
    if (error) {
        pages_give(start, count);
        errno = error;
        return MAP_FAILED;
    }
    return start;
}

int munmap(void *start, size_t len) {
    if ((uintptr_t)start % WASM_PAGE || len == 0) {
        errno = EINVAL;
        return -1;
    }
    pages_give(start, pages_for(len));
    return 0;
}

// Advice changes nothing that a guest could see.
int posix_madvise(void *start, size_t len, int advice) {
    (void)start, (void)len, (void)advice;
    return 0;
}

int madvise(void *start, size_t len, int advice) { return posix_madvise(start, len, advice); }

// Everything the guest may ask of its host.
//
// The functions are those of WASI preview 1, except that pointers, sizes and counts are 64 bits wide, as is natural for
// a 64-bit memory: an iovec is {u64 address, u64 length}, and a size that the host writes back is a u64. Descriptors,
// flags and error numbers stay 32-bit. Every function that can fail returns 0 or a WASI errno, and the C library's errno
// values are the same numbers.
#ifndef GUEST_HOST_H
#define GUEST_HOST_H

#include <stddef.h>
#include <stdint.h>

_Static_assert(sizeof(void *) == 8 && SIZE_MAX == UINT64_MAX, "the guest is a wasm64 program");

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
#define LOCKSTEP(name) __attribute__((import_module("lockstep"), import_name(#name)))

struct host_iovec {
    const void *base;
    uint64_t len;
};

// What `fd_prestat_get` fills in. Kind 0 is a directory, the only kind there is.
struct host_prestat {
    uint8_t kind;
    uint64_t name_len;
};

struct host_filestat {
    uint64_t dev, ino;
    uint8_t filetype;
    uint64_t nlink, size, atim, mtim, ctim;
};

enum { FILETYPE_CHARACTER_DEVICE = 2, FILETYPE_DIRECTORY = 3, FILETYPE_REGULAR = 4, FILETYPE_SYMLINK = 7 };

WASI(clock_time_get) int32_t host_clock_time_get(int32_t clock, uint64_t precision, uint64_t *nanoseconds);
WASI(fd_close) int32_t host_fd_close(int32_t fd);
WASI(fd_filestat_get) int32_t host_fd_filestat_get(int32_t fd, struct host_filestat *out);
WASI(fd_prestat_get) int32_t host_fd_prestat_get(int32_t fd, struct host_prestat *out);
WASI(fd_prestat_dir_name) int32_t host_fd_prestat_dir_name(int32_t fd, char *name, uint64_t len);
WASI(fd_read) int32_t host_fd_read(int32_t fd, const struct host_iovec *iovs, uint64_t count, uint64_t *done);
WASI(fd_seek) int32_t host_fd_seek(int32_t fd, int64_t offset, int32_t whence, uint64_t *position);
WASI(fd_write) int32_t host_fd_write(int32_t fd, const struct host_iovec *iovs, uint64_t count, uint64_t *done);
WASI(path_filestat_get)
int32_t host_path_filestat_get(int32_t dir, int32_t lookup, const char *path, uint64_t len, struct host_filestat *out);
WASI(path_open)
int32_t host_path_open(int32_t dir, int32_t lookup, const char *path, uint64_t len, int32_t oflags, uint64_t rights,
                       uint64_t inheriting, int32_t fdflags, int32_t *fd);
WASI(proc_exit) _Noreturn void host_proc_exit(int32_t code);
WASI(random_get) int32_t host_random_get(void *buffer, uint64_t len);

// Fills memory [addr, addr + len) with the bytes of the open file `fd` from `offset` on, exactly as one complete pread
// would, or fails and changes nothing. A host that can will map the file's pages instead of copying them; the guest
// cannot tell. `addr` is a multiple of 64 KiB.
LOCKSTEP(file_map) int32_t host_file_map(int32_t fd, void *addr, uint64_t len, uint64_t offset);

#endif

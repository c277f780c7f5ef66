// Files: open, read, write, seek, close and stat over the host's descriptors.
#include "host.h"
#include "paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(sizeof(struct iovec) == sizeof(struct host_iovec), "readv passes its iovecs to the host as they are");
_Static_assert(sizeof(struct host_filestat) == 64, "the host writes 64 bytes");

// wasi-libc's headers redirect some of these names; here the plain functions are defined.
#undef lseek
#undef isatty

#define RIGHTS_READ (1u << 1 | 1u << 2 | 1u << 5 | 1u << 21)              // fd_read, fd_seek, fd_tell, fd_filestat_get
#define RIGHTS_WRITE (1u << 0 | 1u << 2 | 1u << 5 | 1u << 6 | 1u << 21)   // fd_datasync, fd_write and the three above
#define LOOKUP_FOLLOW 1

static int done(int error) {
    if (!error) return 0;
    errno = error;
    return -1;
}

static int open_path(const char *path, int flags) {
    int access = flags & O_ACCMODE;
    if (access != O_RDONLY && access != O_WRONLY && access != O_RDWR) return done(EINVAL);
    uint64_t rights = 0;
    if (access & O_RDONLY) rights |= RIGHTS_READ;
    if (access & O_WRONLY) rights |= RIGHTS_WRITE;
    const char *inside;
    int dir = path_resolve(path, &inside);
    if (dir < 0) return -1;
    int lookup = flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
    int32_t fd = -1;
    // wasi-libc's O_ flags hold WASI's own: fdflags in the low twelve bits, oflags in the next twelve.
    int error = host_path_open(dir, lookup, inside, strlen(inside), (flags >> 12) & 0xfff, rights, 0, flags & 0xfff, &fd);
    return error ? done(error) : fd;
}

int open(const char *path, int flags, ...) { return open_path(path, flags); }

// Used by fopen.
int __wasilibc_open_nomode(const char *path, int flags) { return open_path(path, flags); }

int openat(int dir, const char *path, int flags, ...) {
    return dir == AT_FDCWD || path[0] == '/' ? open_path(path, flags) : done(ENOSYS);
}

int close(int fd) { return done(host_fd_close(fd)); }

ssize_t readv(int fd, const struct iovec *iovs, int count) {
    uint64_t got = 0;
    int error = host_fd_read(fd, (const struct host_iovec *)iovs, (uint64_t)count, &got);
    return error ? done(error) : (ssize_t)got;
}

ssize_t writev(int fd, const struct iovec *iovs, int count) {
    uint64_t put = 0;
    int error = host_fd_write(fd, (const struct host_iovec *)iovs, (uint64_t)count, &put);
    return error ? done(error) : (ssize_t)put;
}

ssize_t read(int fd, void *buffer, size_t len) {
    struct iovec one = {buffer, len};
    return readv(fd, &one, 1);
}

ssize_t write(int fd, const void *buffer, size_t len) {
    struct iovec one = {(void *)buffer, len};
    return writev(fd, &one, 1);
}

off_t lseek(int fd, off_t offset, int whence) {
    uint64_t position = 0;
    int error = host_fd_seek(fd, offset, whence, &position);
    return error ? done(error) : (off_t)position;
}

// stdio's name for lseek.
off_t __lseek(int fd, off_t offset, int whence) { return lseek(fd, offset, whence); }
off_t __wasilibc_tell(int fd) { return lseek(fd, 0, SEEK_CUR); }

static mode_t mode_of(uint8_t filetype) {
    switch (filetype) {
    case FILETYPE_REGULAR: return S_IFREG | 0444;
    case FILETYPE_DIRECTORY: return S_IFDIR | 0555;
    case FILETYPE_SYMLINK: return S_IFLNK | 0777;
    case FILETYPE_CHARACTER_DEVICE: return S_IFCHR | 0666;
    default: return 0;
    }
}

static struct timespec time_of(uint64_t nanoseconds) {
    return (struct timespec){.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)};
}

static int fill_stat(int error, const struct host_filestat *from, struct stat *to) {
    if (error) return done(error);
    memset(to, 0, sizeof *to);
    to->st_dev = from->dev;
    to->st_ino = from->ino;
    to->st_nlink = from->nlink;
    to->st_mode = mode_of(from->filetype);
    to->st_size = (off_t)from->size;
    to->st_blksize = 65536;
    to->st_blocks = (blkcnt_t)((from->size + 511) / 512);
    to->st_atim = time_of(from->atim);
    to->st_mtim = time_of(from->mtim);
    to->st_ctim = time_of(from->ctim);
    return 0;
}

int fstat(int fd, struct stat *out) {
    struct host_filestat stat;
    return fill_stat(host_fd_filestat_get(fd, &stat), &stat, out);
}

static int stat_path(const char *path, int lookup, struct stat *out) {
    const char *inside;
    int dir = path_resolve(path, &inside);
    if (dir < 0) return -1;
    struct host_filestat stat;
    return fill_stat(host_path_filestat_get(dir, lookup, inside, strlen(inside), &stat), &stat, out);
}

int stat(const char *restrict path, struct stat *restrict out) { return stat_path(path, LOOKUP_FOLLOW, out); }
int lstat(const char *restrict path, struct stat *restrict out) { return stat_path(path, 0, out); }

int fstatat(int dir, const char *restrict path, struct stat *restrict out, int flags) {
    if (dir != AT_FDCWD && path[0] != '/') return done(ENOSYS);
    return stat_path(path, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, out);
}

int access(const char *path, int mode) {
    struct stat ignored;
    if (stat(path, &ignored) != 0) return -1;
    return mode & W_OK ? done(EROFS) : 0;
}

// Descriptors have no flags that could be changed.
int fcntl(int fd, int command, ...) {
    (void)fd;
    return command == F_GETFL || command == F_GETFD || command == F_SETFD ? 0 : done(ENOSYS);
}

// No descriptor is a terminal, so that output is never shaped by where it goes.
int isatty(int fd) {
    (void)fd;
    errno = ENOTTY;
    return 0;
}

int __isatty(int fd) { return isatty(fd); }

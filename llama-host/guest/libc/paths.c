#include "paths.h"

#include "host.h"

#include <errno.h>
#include <string.h>

#define FIRST_PREOPEN 3
#define MAX_PREOPENS 64
#define MAX_NAME 256

struct preopen {
    size_t len;
    char name[MAX_NAME];
};

static struct preopen preopens[MAX_PREOPENS];
static int preopen_count = -1;

static const char *skip_slashes(const char *path) {
    while (*path == '/') path++;
    return path;
}

// Asks the host once for the names of its preopened directories, which have the descriptors from 3 on.
// Names are kept without slashes at either end, so the root directory's name is empty.
static void load_preopens(void) {
    preopen_count = 0;
    while (preopen_count < MAX_PREOPENS) {
        struct host_prestat stat;
        int fd = FIRST_PREOPEN + preopen_count;
        if (host_fd_prestat_get(fd, &stat) != 0 || stat.kind != 0) return;
        struct preopen *entry = &preopens[preopen_count];
        char name[MAX_NAME + 1] = {0};
        if (stat.name_len > MAX_NAME || host_fd_prestat_dir_name(fd, name, stat.name_len) != 0) return;
        const char *start = strcmp(name, ".") == 0 ? "" : skip_slashes(name);
        entry->len = strlen(start);
        while (entry->len && start[entry->len - 1] == '/') entry->len--;
        memcpy(entry->name, start, entry->len);
        preopen_count++;
    }
}

int path_resolve(const char *path, const char **inside) {
    if (preopen_count < 0) load_preopens();
    // The guest has no working directory of its own: a relative path starts at the root, like an absolute one.
    while (path[0] == '.' && path[1] == '/') path = skip_slashes(path + 1);
    path = skip_slashes(path);
    int best = -1;
    size_t best_len = 0;
    for (int i = 0; i < preopen_count; i++) {
        const struct preopen *entry = &preopens[i];
        if (best >= 0 && entry->len <= best_len) continue;
        if (strncmp(path, entry->name, entry->len) != 0) continue;
        if (entry->len && path[entry->len] != '/' && path[entry->len] != 0) continue;
        best = i;
        best_len = entry->len;
    }
    if (best < 0) {
        errno = ENOENT;
        return -1;
    }
    const char *rest = skip_slashes(path + best_len);
    *inside = *rest ? rest : ".";
    return FIRST_PREOPEN + best;
}

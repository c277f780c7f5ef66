// Functions that the linked code names but that this world does not have. Each says so through errno.
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int absent(void) {
    errno = ENOSYS;
    return -1;
}

int ioctl(int fd, int request, ...) { return absent(); }
int mkdir(const char *path, mode_t mode) { return absent(); }
int remove(const char *path) { return absent(); }
int rename(const char *from, const char *to) { return absent(); }
int rmdir(const char *path) { return absent(); }
int unlink(const char *path) { return absent(); }

DIR *opendir(const char *path) {
    absent();
    return NULL;
}

struct dirent *readdir(DIR *dir) {
    absent();
    return NULL;
}

int closedir(DIR *dir) { return absent(); }

void *dlopen(const char *path, int flags) { return NULL; }
void *dlsym(void *restrict handle, const char *restrict name) { return NULL; }
int dlclose(void *handle) { return absent(); }
char *dlerror(void) { return "there is no dynamic loading here"; }

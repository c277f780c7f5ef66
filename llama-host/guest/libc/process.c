// The process around the program: errno, the environment (empty), ends and randomness.
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#undef errno
_Thread_local int errno;

// Runs the constructors of static objects. The host calls it once, before anything else.
extern void __wasm_call_ctors(void);
__attribute__((export_name("_initialize"))) void _initialize(void) {
    static int initialized;
    if (initialized) __builtin_trap();
    initialized = 1;
    __wasm_call_ctors();
}

static char *no_variables[1];
char **__wasilibc_environ = no_variables;
void __wasilibc_ensure_environ(void) {}

_Noreturn void _Exit(int code) { host_proc_exit(code); }

// A trap, unlike an exit, tells the host where the program was.
_Noreturn void abort(void) {
    static const char message[] = "guest: abort() was called\n";
    write(STDERR_FILENO, message, sizeof message - 1);
    __builtin_trap();
}

int getentropy(void *buffer, size_t len) {
    int error = host_random_get(buffer, len);
    if (!error) return 0;
    errno = error;
    return -1;
}

int getpagesize(void) { return 65536; }

char *getcwd(char *buffer, size_t len) {
    if (len < 2) {
        errno = ERANGE;
        return NULL;
    }
    return strcpy(buffer, "/");
}

// POSIX threads for a guest that has exactly one: every lock is free, and no thread can be started.
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#undef pthread_self
#undef pthread_equal
#undef pthread_detach

#define SUCCEEDS(declaration) \
    int declaration { return 0; }

SUCCEEDS(pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attributes))
SUCCEEDS(pthread_mutex_destroy(pthread_mutex_t *mutex))
SUCCEEDS(pthread_mutex_lock(pthread_mutex_t *mutex))
SUCCEEDS(pthread_mutex_trylock(pthread_mutex_t *mutex))
SUCCEEDS(pthread_mutex_unlock(pthread_mutex_t *mutex))
SUCCEEDS(pthread_mutexattr_init(pthread_mutexattr_t *attributes))
SUCCEEDS(pthread_mutexattr_destroy(pthread_mutexattr_t *attributes))
SUCCEEDS(pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int type))
SUCCEEDS(pthread_cond_init(pthread_cond_t *restrict condition, const pthread_condattr_t *restrict attributes))
SUCCEEDS(pthread_cond_destroy(pthread_cond_t *condition))
SUCCEEDS(pthread_cond_signal(pthread_cond_t *condition))
SUCCEEDS(pthread_cond_broadcast(pthread_cond_t *condition))
SUCCEEDS(pthread_detach(pthread_t thread))
SUCCEEDS(pthread_join(pthread_t thread, void **result))
SUCCEEDS(pthread_key_delete(pthread_key_t key))

// Nobody else could ever wake the caller: waiting is a bug that must not become an endless loop.
int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) {
    (void)condition, (void)mutex;
    abort();
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
    (void)condition, (void)mutex, (void)deadline;
    return ETIMEDOUT;
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*run)(void *),
                   void *restrict argument) {
    (void)thread, (void)attributes, (void)run, (void)argument;
    return EAGAIN;
}

static char only_thread;
pthread_t pthread_self(void) { return (pthread_t)&only_thread; }
int pthread_equal(pthread_t a, pthread_t b) { return a == b; }

int pthread_once(pthread_once_t *once, void (*run)(void)) {
    if (!*once) {
        *once = 1;
        run();
    }
    return 0;
}

#define MAX_KEYS 64
static const void *values[MAX_KEYS];
static unsigned key_count;

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
    (void)destructor; // the only thread never ends
    if (key_count == MAX_KEYS) return EAGAIN;
    *key = key_count++;
    return 0;
}

void *pthread_getspecific(pthread_key_t key) { return (void *)values[key]; }

int pthread_setspecific(pthread_key_t key, const void *value) {
    values[key] = value;
    return 0;
}

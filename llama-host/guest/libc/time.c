// Clocks. What time it is, the host decides; sleeping takes none of it.
#include "host.h"

#include <errno.h>
#include <sched.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// wasi-libc identifies a clock by the address of one of these.
struct __clockid {
    int32_t id;
};
const struct __clockid _CLOCK_REALTIME = {0}, _CLOCK_MONOTONIC = {1};

int __clock_gettime(clockid_t clock, struct timespec *out) {
    uint64_t now = 0;
    int error = host_clock_time_get(clock->id, 1, &now);
    if (error) {
        errno = error;
        return -1;
    }
    *out = (struct timespec){.tv_sec = (time_t)(now / 1000000000), .tv_nsec = (long)(now % 1000000000)};
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *out) { return __clock_gettime(clock, out); }

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
    (void)zone;
    struct timespec now;
    if (__clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    *out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = (suseconds_t)(now.tv_nsec / 1000)};
    return 0;
}

time_t time(time_t *out) {
    struct timespec now = {0};
    __clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

// wasi-libc counts processor time in nanoseconds; one guest has one clock.
clock_t __clock(void) {
    struct timespec now = {0};
    __clock_gettime(CLOCK_MONOTONIC, &now);
    return (clock_t)(now.tv_sec * 1000000000 + now.tv_nsec);
}

clock_t clock(void) { return __clock(); }

int nanosleep(const struct timespec *wanted, struct timespec *left) {
    (void)wanted;
    if (left) *left = (struct timespec){0};
    return 0;
}

int usleep(useconds_t microseconds) {
    (void)microseconds;
    return 0;
}

unsigned sleep(unsigned seconds) {
    (void)seconds;
    return 0;
}

int sched_yield(void) { return 0; }

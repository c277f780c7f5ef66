/* Five bodies under gravity: square roots and divisions, small arrays. */
#include "kernel.h"

#define BODIES 5
typedef struct {
    f64 x, y, z, vx, vy, vz, mass;
} Body;
static Body bodies[BODIES];

static void advance(f64 step) {
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            Body *a = &bodies[i], *b = &bodies[j];
            f64 dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            f64 square = dx * dx + dy * dy + dz * dz + 0.01;
            f64 pull = step / (square * __builtin_sqrt(square));
            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += step * bodies[i].vx;
        bodies[i].y += step * bodies[i].vy;
        bodies[i].z += step * bodies[i].vz;
    }
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 9;
    for (int i = 0; i < BODIES; i++) {
        Body *b = &bodies[i];
        b->x = 4 * next_unit(&seed) - 2, b->y = 4 * next_unit(&seed) - 2, b->z = next_unit(&seed);
        b->vx = next_unit(&seed) - 0.5, b->vy = next_unit(&seed) - 0.5, b->vz = 0;
        b->mass = 0.1 + next_unit(&seed);
    }
    for (i32 round = 0; round < n; round++)
        advance(0.001);
    u64 sum = 0;
    for (int i = 0; i < BODIES; i++)
        sum = fold(fold(sum, bits_of_f64(bodies[i].x)), bits_of_f64(bodies[i].vy));
    return (i64)sum;
}

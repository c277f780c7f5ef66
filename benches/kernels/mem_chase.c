/* A walk through a linked list whose order is a random cycle. */
#include "kernel.h"

#define NODES 16384
typedef struct Node {
    struct Node *next;
    u64 value;
} Node;
static Node nodes[NODES];
static u32 order[NODES];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 32;
    for (u32 i = 0; i < NODES; i++)
        order[i] = i;
    for (u32 i = NODES - 1; i > 0; i--) {
        u32 j = next_random(&seed) % i;
        u32 held = order[i];
        order[i] = order[j], order[j] = held;
    }
    for (u32 i = 0; i < NODES; i++) {
        nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
        nodes[order[i]].value = i;
    }
    u64 sum = 0;
    Node *at = nodes;
    for (i64 step = 0; step < (i64)n * 1024; step++) {
        sum += at->value ^ (u64)step;
        at = at->next;
    }
    return (i64)fold(sum, at->value);
}

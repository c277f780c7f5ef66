/* An open-addressing hash map: insert, look up, count. */
#include "kernel.h"

#define SLOTS 8192
typedef struct {
    u64 key;
    u32 value;
    u32 is_used;
} Slot;
static Slot slots[SLOTS];

static u32 home(u64 key) {
    return (u32)((key * 0x9e3779b97f4a7c15ull) >> 51);
}

static Slot *find(u64 key) {
    u32 at = home(key);
    while (slots[at].is_used && slots[at].key != key)
        at = (at + 1) & (SLOTS - 1);
    return &slots[at];
}

EXPORT("run") i64 run(i32 n) {
    u64 sum = 0;
    for (i32 round = 0; round < n; round++) {
        for (int i = 0; i < SLOTS; i++)
            slots[i].is_used = 0;
        u64 seed = 5 + (u64)round;
        for (int i = 0; i < 6000; i++) {
            u64 key = next_random(&seed) % 5000;
            Slot *slot = find(key);
            if (!slot->is_used) {
                slot->is_used = 1;
                slot->key = key;
                slot->value = 0;
            }
            slot->value++;
        }
        u32 found = 0, most = 0;
        for (u64 key = 0; key < 5000; key++) {
            Slot *slot = find(key);
            if (slot->is_used) {
                found++;
                if (slot->value > most)
                    most = slot->value;
            }
        }
        sum = fold(sum, (u64)found << 32 | most);
    }
    return (i64)sum;
}

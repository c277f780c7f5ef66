/* One field of large records at a time: strides, offsets, mixed widths. */
#include "kernel.h"

#define RECORDS 1024
typedef struct {
    u8 kind;
    u16 flags;
    u32 count;
    u64 total;
    f64 weight;
    u8 name[24];
} Record;
static Record records[RECORDS];

EXPORT("run") i64 run(i32 n) {
    u64 seed = 34, sum = 0;
    for (int i = 0; i < RECORDS; i++) {
        Record *r = &records[i];
        r->kind = (u8)(next_random(&seed) & 7);
        r->flags = (u16)next_random(&seed);
        r->count = next_random(&seed);
        r->total = 0;
        r->weight = next_unit(&seed);
        for (int k = 0; k < 24; k++)
            r->name[k] = (u8)next_random(&seed);
    }
    for (i32 round = 0; round < n; round++) {
        u64 of_kind[8] = {0};
        f64 weight = 0;
        for (int i = 0; i < RECORDS; i++) {
            Record *r = &records[i];
            r->total += r->count >> (r->flags & 7);
            r->flags = (u16)(r->flags * 5 + r->name[round % 24]);
            of_kind[r->kind] += r->total;
            weight += r->weight;
        }
        for (int k = 0; k < 8; k++)
            sum = fold(sum, of_kind[k]);
        sum = fold(sum, bits_of_f64(weight));
    }
    return (i64)sum;
}

/* Quicksort with the middle element as pivot; recursion on the smaller part. */
#include "kernel.h"

#define COUNT 4096
static u32 items[COUNT];

static void sort(i32 low, i32 high) {
    while (low < high) {
        u32 pivot = items[low + (high - low) / 2];
        i32 i = low, j = high;
        while (i <= j) {
            while (items[i] < pivot)
                i++;
            while (items[j] > pivot)
                j--;
            if (i <= j) {
                u32 held = items[i];
                items[i++] = items[j];
                items[j--] = held;
            }
        }
        if (j - low < high - i) {
            sort(low, j);
            low = i;
        } else {
            sort(i, high);
            high = j;
        }
    }
}

EXPORT("run") i64 run(i32 n) {
    u64 seed = 4, sum = 0;
    for (i32 round = 0; round < n; round++) {
        for (int i = 0; i < COUNT; i++)
            items[i] = next_random(&seed);
        sort(0, COUNT - 1);
        for (int i = 1; i < COUNT; i++)
            if (items[i - 1] > items[i])
                return -1;
        sum = fold(sum, (u64)items[0] << 32 | items[COUNT / 2]);
    }
    return (i64)sum;
}

// musl asks each CPU for its atomics under these names. The guest has one thread, so the compiler's builtins,
// which become plain loads and stores, are all it needs. `a_cas_p` is here because musl's default assumes 32-bit pointers.
#define a_cas(p, expected, wanted) __sync_val_compare_and_swap((p), (expected), (wanted))
#define a_cas_p(p, expected, wanted) \
    ((void *)__sync_val_compare_and_swap((unsigned long volatile *)(p), (unsigned long)(expected), (unsigned long)(wanted)))
#define a_barrier() __sync_synchronize()
#define a_crash() __builtin_trap()
#define a_ctz_32 __builtin_ctz
#define a_ctz_64 __builtin_ctzll
#define a_clz_32 __builtin_clz
#define a_clz_64 __builtin_clzll

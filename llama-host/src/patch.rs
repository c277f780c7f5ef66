//! The few places where the guest differs from the sources it is made from. Each is an exact replacement that must find
//! its text exactly as often as stated, so a new version of the sources cannot slip through unpatched.

use std::fs;
use std::path::Path;

use crate::Error;
use crate::cache;

/// One replacement in one file.
#[derive(Debug)]
pub(crate) struct Patch {
    /// What it is for, in a few words.
    pub(crate) name: &'static str,
    /// The file, relative to the build folder.
    pub(crate) file: &'static str,
    /// The text to be replaced.
    pub(crate) from: &'static str,
    /// The text that takes its place.
    pub(crate) to: &'static str,
    /// How often `from` must occur.
    pub(crate) count: usize,
}

/// All patches of llama.cpp.
pub(crate) const PATCHES: &[Patch] = &[
    // Activations are quantized by rounding to nearest in every other backend; here they were cut off toward zero,
    // which shrinks every product a little.
    Patch {
        name: "round activations to nearest",
        file: "llama.cpp/ggml/src/ggml-cpu/arch/wasm/quants.c",
        from: "wasm_i32x4_trunc_sat_f32x4(v)",
        to: "wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(v))",
        count: 2,
    },
    // Whether files can be mapped was decided by whether memory can be locked.
    Patch {
        name: "map the model file",
        file: "llama.cpp/src/llama-mmap.cpp",
        from: "#if defined(_POSIX_MEMLOCK_RANGE) || defined(_WIN32)\nconst bool llama_mmap::SUPPORTED",
        to: "#if defined(_POSIX_MAPPED_FILES) || defined(_WIN32)\nconst bool llama_mmap::SUPPORTED",
        count: 1,
    },
    // A template that is not a template's name was found out by catching an exception, and the usual guest cannot catch.
    Patch {
        name: "look up a chat template without exceptions",
        file: "llama.cpp/src/llama-chat.cpp",
        from: "    try {
        return llm_chat_template_from_str(tmpl);
    } catch (const std::out_of_range &) {
        // ignore
    }
",
        to: "    const auto named = LLM_CHAT_TEMPLATES.find(tmpl);
    if (named != LLM_CHAT_TEMPLATES.end()) {
        return named->second;
    }
",
        count: 1,
    },
];

impl Patch {
    /// Applies the patch to the file below `folder`, which must be unpatched.
    pub(crate) fn apply(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(self.file);
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let found = text.matches(self.from).count();
        if found != self.count {
            return Err(Error::Patch {
                patch: self.name,
                path,
                expected: self.count,
                found,
            });
        }
        cache::write_whole(&path, text.replace(self.from, self.to).as_bytes())
    }
}

/// The toolchain's `wasi/api.h`, which refuses 64-bit targets, made fit for one. Only its constants and types are used, so
/// the refusal and the assertions about 32-bit layouts go.
pub(crate) fn api_header_for_wasm64(path: &Path) -> Result<String, Error> {
    const REFUSAL: &str = "#ifndef __wasm32__\n#error <wasi/api.h> only supports wasm32; doesn't yet support wasm64\n#endif\n";
    const ASSERTION: &str = "_Static_assert(";
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    let found = text.matches(REFUSAL).count();
    if found != 1 {
        return Err(Error::Patch {
            patch: "accept wasm64",
            path: path.to_path_buf(),
            expected: 1,
            found,
        });
    }
    let text = text.replace(REFUSAL, "");
    let mut pieces = text.split(ASSERTION);
    let mut result = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let end = piece
            .find(';')
            .map_or(piece.len(), |semicolon| semicolon + 1);
        result.push_str(&piece[end..]);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: Patch = Patch {
        name: "p",
        file: "f",
        from: "aa",
        to: "b",
        count: 2,
    };

    #[test]
    fn replaces_exactly_the_stated_number_of_places() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("f"), "aa x aa").unwrap();
        PATCH.apply(folder.path()).unwrap();
        assert_eq!(fs::read(folder.path().join("f")).unwrap(), b"b x b");
        let again = PATCH.apply(folder.path()).unwrap_err().to_string();
        assert!(
            again.contains("expects its text 2 time(s)") && again.contains("found 0"),
            "{again}"
        );
    }

    #[test]
    fn the_api_header_loses_its_refusal_and_assertions_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api.h");
        let refusal = "#ifndef __wasm32__\n#error <wasi/api.h> only supports wasm32; doesn't yet support wasm64\n#endif\n";
        fs::write(
            &path,
            format!("a\n{refusal}b\n_Static_assert(sizeof(x) == 4, \"y\");\nc;\n"),
        )
        .unwrap();
        assert_eq!(api_header_for_wasm64(&path).unwrap(), "a\nb\n\nc;\n");
        fs::write(&path, "a").unwrap();
        assert!(matches!(
            api_header_for_wasm64(&path),
            Err(Error::Patch { found: 0, .. })
        ));
    }
}

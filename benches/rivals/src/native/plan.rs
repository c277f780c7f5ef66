//! What a native llama.cpp is compiled from, and how: what llama.cpp's own build would choose for a release on this
//! machine, without OpenMP.

use std::fs;
use std::path::Path;

use super::Failure;

/// The files that make a program of the library, as paths in the build folder and texts.
pub(super) const OWN: [(&str, &str); 4] = [
    ("own/native.h", include_str!("../../native/native.h")),
    ("own/main.cpp", include_str!("../../native/main.cpp")),
    ("own/serve.cpp", include_str!("../../native/serve.cpp")),
    ("own/kernels.cpp", include_str!("../../native/kernels.cpp")),
];

/// The folders whose C and C++ files are compiled, besides the one for this machine's instruction set.
const FOLDERS: [&str; 6] = [
    "llama.cpp/ggml/src",
    "llama.cpp/ggml/src/ggml-cpu",
    "llama.cpp/ggml/src/ggml-cpu/amx",
    "llama.cpp/ggml/src/ggml-cpu/llamafile",
    "llama.cpp/ggml/src/ggml-cpu/tiled",
    "llama.cpp/src",
];

/// Where ggml keeps what is for one instruction set.
const ARCH_FOLDER: &str = if cfg!(target_arch = "aarch64") {
    "llama.cpp/ggml/src/ggml-cpu/arch/arm"
} else {
    "llama.cpp/ggml/src/ggml-cpu/arch/x86"
};

/// The one file there that only a build with backends as libraries needs.
const DETECTION: &str = "cpu-feats.cpp";

/// One small file for each model architecture: compiled in bundles, because nearly all their time goes into the same
/// headers.
const MODELS_FOLDER: &str = "llama.cpp/src/models";
const MODELS_PER_BUNDLE: usize = 16;

/// ggml and llama.cpp as their own build configures them: repacked weights and llamafile's products are its defaults.
const LIBRARY: &str = "-O3 -w -DNDEBUG -D_XOPEN_SOURCE=600 -D_GNU_SOURCE -DGGML_SCHED_MAX_COPIES=4 -DGGML_USE_CPU \
    -DGGML_USE_LLAMAFILE -DGGML_USE_CPU_REPACK -I gen -I llama.cpp/include -I llama.cpp/src -I llama.cpp/ggml/include \
    -I llama.cpp/ggml/src -I llama.cpp/ggml/src/ggml-cpu";

const PROGRAM: &str =
    "-O3 -DNDEBUG -Wall -Wextra -D_GNU_SOURCE -I llama.cpp/include -I llama.cpp/ggml/include";

/// The words that link, before the objects and after them.
pub(super) const LINK: &str = "-O3";
pub(super) const LINK_LIBRARIES: &str = "-lpthread -lm -ldl";

/// Everything that decides what is built, but for the sources themselves.
pub(super) fn recipe() -> String {
    [LIBRARY, PROGRAM, LINK, LINK_LIBRARIES, ARCH_FOLDER].join("\n")
}

/// One source file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unit {
    /// Relative to the build folder, as the object.
    pub(super) source: String,
    pub(super) object: String,
    /// Arguments, without the two.
    pub(super) args: Vec<String>,
}

impl Unit {
    fn new(source: String) -> Unit {
        let flags = if source.starts_with("own/") {
            PROGRAM
        } else {
            LIBRARY
        };
        let standard = if source.ends_with(".c") {
            "-std=gnu11"
        } else {
            "-std=gnu++17"
        };
        Unit {
            object: format!("obj/{}.o", source.replace('/', "_")),
            args: flags
                .split_whitespace()
                .chain([standard])
                .map(str::to_owned)
                .collect(),
            source,
        }
    }
}

/// Finds all sources in a build folder, and writes the bundles.
pub(super) fn units(folder: &Path) -> Result<Vec<Unit>, Failure> {
    let mut sources: Vec<String> = OWN
        .iter()
        .filter(|(path, _)| path.ends_with(".cpp"))
        .map(|(path, _)| (*path).to_owned())
        .collect();
    for name in FOLDERS.into_iter().chain([ARCH_FOLDER]) {
        sources.extend(sources_in(folder, name)?);
    }
    let models = sources_in(folder, MODELS_FOLDER)?;
    for (index, bundle) in models.chunks(MODELS_PER_BUNDLE).enumerate() {
        let path = format!("gen/models-{index:02}.cpp");
        fs::write(folder.join(&path), bundle_text(bundle))
            .map_err(|e| format!("cannot write {path}: {e}"))?;
        sources.push(path);
    }
    Ok(sources.into_iter().map(Unit::new).collect())
}

fn bundle_text(paths: &[String]) -> String {
    paths
        .iter()
        .map(|path| {
            format!(
                "#include \"{}\"\n",
                path.trim_start_matches("llama.cpp/src/")
            )
        })
        .collect()
}

/// The C and C++ files directly in a folder, sorted.
fn sources_in(root: &Path, folder: &str) -> Result<Vec<String>, Failure> {
    let path = root.join(folder);
    let failed = |e| format!("cannot list {}: {e}", path.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        if (name.ends_with(".c") || name.ends_with(".cpp")) && name != DETECTION {
            names.push(format!("{folder}/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_files_see_the_library_but_not_its_inside() {
        let own = Unit::new("own/main.cpp".into());
        let library = Unit::new("llama.cpp/ggml/src/ggml.c".into());
        assert!(!own.args.contains(&"llama.cpp/src".to_owned()));
        assert!(library.args.contains(&"-DGGML_USE_LLAMAFILE".to_owned()));
        assert!(library.args.contains(&"-std=gnu11".to_owned()));
        assert_eq!(library.object, "obj/llama.cpp_ggml_src_ggml.c.o");
    }

    #[test]
    fn bundles_name_their_files_from_the_include_folder() {
        let paths = ["llama.cpp/src/models/a.cpp".to_owned()];
        assert_eq!(bundle_text(&paths), "#include \"models/a.cpp\"\n");
    }
}

//! What has to be compiled and linked: a pure function of the options and of the names of llama.cpp's sources.

use std::fs;
use std::path::Path;

use crate::Error;
use crate::cache;
use crate::flags::{self, Part};
use crate::guest;

/// llama.cpp's sources are all C and C++ files directly in these folders. The ones for other CPUs are empty here.
const LLAMA_FOLDERS: [&str; 6] = [
    "llama.cpp/ggml/src",
    "llama.cpp/ggml/src/ggml-cpu",
    "llama.cpp/ggml/src/ggml-cpu/amx",
    "llama.cpp/ggml/src/ggml-cpu/arch/wasm",
    "llama.cpp/ggml/src/ggml-cpu/tiled",
    "llama.cpp/src",
];

/// One small file per model architecture: compiled in bundles, as llama.cpp's own build does, because nearly all of their
/// time goes into the same headers.
const MODELS_FOLDER: &str = "llama.cpp/src/models";
const MODELS_PER_BUNDLE: usize = 16;

/// Sources of llama.cpp that the guest has in another form: this one asks other back ends whether they want to compute an
/// operation, and ours asks the kernels.
const REPLACED: [&str; 1] = ["llama.cpp/ggml/src/ggml-cpu/traits.cpp"];

/// Headers that llama.cpp's build generates. The versions are those of the pinned sources.
const VERSION_HEADERS: [(&str, &str); 2] = [
    (
        "gen/ggml-version.h",
        "#pragma once\n#define GGML_VERSION \"0.25.3\"\n#define GGML_COMMIT \"unknown\"\n",
    ),
    (
        "gen/llama-version.h",
        "#pragma once\n#define LLAMA_VERSION \"0.5.0\"\n#define LLAMA_COMMIT \"unknown\"\n",
    ),
];

/// Writes them for a build that is not this plan's.
pub(crate) fn write_version_headers(folder: &Path) -> Result<(), Error> {
    cache::create_folder(&folder.join("gen"))?;
    VERSION_HEADERS
        .iter()
        .try_for_each(|(path, text)| cache::write_whole(&folder.join(path), text.as_bytes()))
}

/// The object that holds compiler-rt.
pub(crate) const COMPILER_RT_OBJECT: &str = "obj/compiler_rt.o";

/// The linked module.
pub(crate) const MODULE: &str = "obj/llama.wasm";

/// The linked module of the kernels alone.
pub(crate) const KERNELS_MODULE: &str = "obj/kernels.wasm";

/// One source file and how it is compiled. Paths are relative to the build folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) source: String,
    pub(crate) object: String,
    /// Arguments of `zig`, without source and object.
    pub(crate) args: Vec<String>,
}

/// All the work between unpacked sources and the module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files to write first: path and text.
    pub(crate) generated: Vec<(String, String)>,
    pub(crate) units: Vec<Unit>,
    /// Arguments of `zig` that make compiler-rt, without the object, if it is needed.
    pub(crate) compiler_rt: Option<Vec<String>>,
    /// Arguments of `zig` that link, without objects and module.
    pub(crate) link: Vec<String>,
    /// What is linked.
    pub(crate) module: &'static str,
}

/// The names of llama.cpp's sources, sorted.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    plain: Vec<String>,
    models: Vec<String>,
}

impl Sources {
    /// Looks what there is in a build folder.
    pub(crate) fn find(folder: &Path) -> Result<Self, Error> {
        let mut plain = Vec::new();
        for name in LLAMA_FOLDERS {
            plain.extend(sources_in(folder, name)?);
        }
        plain.retain(|path| !REPLACED.contains(&path.as_str()));
        Ok(Self {
            plain,
            models: sources_in(folder, MODELS_FOLDER)?,
        })
    }
}

fn sources_in(root: &Path, folder: &str) -> Result<Vec<String>, Error> {
    let path = root.join(folder);
    let mut names = Vec::new();
    for entry in fs::read_dir(&path).map_err(Error::io("list", &path))? {
        let name = entry
            .map_err(Error::io("list", &path))?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".c") || name.ends_with(".cpp") {
            names.push(format!("{folder}/{name}"));
        }
    }
    names.sort();
    Ok(names)
}

impl Plan {
    pub(crate) fn new(exceptions: bool, sources: &Sources) -> Self {
        let mut plan = Self {
            generated: VERSION_HEADERS
                .map(|(path, text)| (path.to_string(), text.to_string()))
                .into(),
            units: Vec::new(),
            compiler_rt: Some(flags::compiler_rt()),
            link: flags::link(),
            module: MODULE,
        };
        let unit = |source: &str, part| Unit::new(source.to_string(), part, exceptions);
        let guest_units = |folder, part| guest_units(folder, part, exceptions);
        plan.units.extend(guest_units("shim/", Part::Shim));
        plan.units.extend(guest_units("ggml/", Part::Hook));
        plan.units.extend(guest_units("kernels/", Part::Kernels));
        plan.units.extend(
            sources
                .plain
                .iter()
                .map(|path| unit(path, llama_part(path))),
        );
        for (index, bundle) in sources.models.chunks(MODELS_PER_BUNDLE).enumerate() {
            let path = format!("gen/models-{index:02}.cpp");
            plan.units.push(unit(&path, Part::LlamaCxx));
            plan.generated.push((path, bundle_text(bundle)));
        }
        plan.units.extend(runtime_units(exceptions));
        plan.units.extend(guest_units("libc/", Part::OwnLibc));
        plan
    }

    /// The kernels alone, in a module of their own.
    pub(crate) fn kernels() -> Self {
        Self {
            generated: Vec::new(),
            units: guest_units("kernels/", Part::Kernels, false).collect(),
            compiler_rt: None,
            link: flags::link_kernels(),
            module: KERNELS_MODULE,
        }
    }

    /// The objects to link, in order.
    pub(crate) fn objects(&self) -> impl Iterator<Item = &str> {
        let compiler_rt = self.compiler_rt.as_ref().map(|_| COMPILER_RT_OBJECT);
        self.units
            .iter()
            .map(|unit| unit.object.as_str())
            .chain(compiler_rt)
    }
}

/// The sources in one of the guest's folders.
fn guest_units(folder: &'static str, part: Part, exceptions: bool) -> impl Iterator<Item = Unit> {
    guest::sources_in(folder).map(move |path| Unit::new(format!("guest/{path}"), part, exceptions))
}

/// The toolchain's C and C++ libraries.
fn runtime_units(exceptions: bool) -> Vec<Unit> {
    let unit = |path: &str, part| Unit::new(format!("zig/lib/{path}"), part, exceptions);
    let mut units: Vec<Unit> = Vec::new();
    units.extend(guest::list("lists/libcxx.txt").map(|path| unit(path, Part::LibCxx)));
    let abi = guest::list("lists/libcxxabi.txt")
        .filter(|path| !(exceptions && path.ends_with("cxa_noexception.cpp")));
    units.extend(abi.map(|path| unit(path, Part::LibCxxAbi)));
    if exceptions {
        units.extend(EXCEPTION_SOURCES.map(|path| unit(path, Part::LibCxxAbi)));
        units.push(unit("libunwind/src/Unwind-wasm.c", Part::Unwind));
    } else {
        units.push(Unit::new(
            "guest/cxx/throw.cpp".into(),
            Part::Throw,
            exceptions,
        ));
    }
    units.extend(guest::list("lists/libc.txt").map(|path| unit(path, Part::Musl)));
    units
}

/// What a program that catches exceptions needs besides.
const EXCEPTION_SOURCES: [&str; 4] = [
    "libcxxabi/src/cxa_exception.cpp",
    "libcxxabi/src/cxa_exception_storage.cpp",
    "libcxxabi/src/cxa_personality.cpp",
    "libcxxabi/src/fallback_malloc.cpp",
];

impl Unit {
    fn new(source: String, part: Part, exceptions: bool) -> Self {
        let object = format!("obj/{}.o", source.replace('/', "_"));
        Self {
            object,
            args: flags::compile(part, exceptions),
            source,
        }
    }
}

fn llama_part(path: &str) -> Part {
    if path.ends_with(".c") {
        Part::LlamaC
    } else {
        Part::LlamaCxx
    }
}

fn bundle_text(paths: &[String]) -> String {
    let include = |path: &String| {
        format!(
            "#include \"{}\"\n",
            path.trim_start_matches("llama.cpp/src/")
        )
    };
    paths.iter().map(include).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn sources() -> Sources {
        let models = (0..20)
            .map(|index| format!("llama.cpp/src/models/m{index:02}.cpp"))
            .collect();
        Sources {
            plain: vec![
                "llama.cpp/ggml/src/ggml.c".into(),
                "llama.cpp/ggml/src/ggml.cpp".into(),
            ],
            models,
        }
    }

    #[test]
    fn every_object_is_made_once_and_nothing_names_this_machine() {
        for exceptions in [false, true] {
            let plan = Plan::new(exceptions, &sources());
            let objects: HashSet<_> = plan.objects().collect();
            assert_eq!(objects.len(), plan.units.len() + 1);
            for unit in &plan.units {
                let all = unit.args.iter().chain([&unit.source, &unit.object]);
                assert!(
                    all.clone()
                        .all(|word| !word.contains("=/") && !word.starts_with('/')),
                    "{unit:?}"
                );
            }
        }
    }

    #[test]
    fn both_modules_have_the_same_kernels() {
        let alone = Plan::kernels();
        assert!(alone.units.len() >= 4);
        for exceptions in [false, true] {
            let plan = Plan::new(exceptions, &sources());
            assert!(alone.units.iter().all(|unit| plan.units.contains(unit)));
        }
    }

    #[test]
    fn models_are_bundled_in_order() {
        let plan = Plan::new(false, &sources());
        let bundles: Vec<_> = plan
            .generated
            .iter()
            .filter(|(path, _)| path.starts_with("gen/models"))
            .collect();
        assert_eq!(bundles.len(), 2);
        assert!(
            bundles[0].1.starts_with("#include \"models/m00.cpp\"\n")
                && bundles[0].1.lines().count() == 16
        );
        assert_eq!(
            bundles[1].1.lines().last(),
            Some("#include \"models/m19.cpp\"")
        );
    }

    #[test]
    fn exceptions_choose_who_throws() {
        let has = |exceptions, name: &str| {
            Plan::new(exceptions, &sources())
                .units
                .iter()
                .any(|unit| unit.source.ends_with(name))
        };
        assert!(has(false, "throw.cpp") && !has(true, "throw.cpp"));
        assert!(has(true, "cxa_personality.cpp") && !has(false, "cxa_personality.cpp"));
        assert!(has(false, "cxa_noexception.cpp") && !has(true, "cxa_noexception.cpp"));
    }
}

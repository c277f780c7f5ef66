//! The guest's own sources, carried inside this crate so that an installed program can build the module.

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../guest/", $path)))
    };
}

/// Every file of the guest: its path below `guest/` and its text.
pub(crate) const FILES: &[(&str, &str)] = &[
    file!("cxx/throw.cpp"),
    file!("ggml/hook.cpp"),
    file!("ggml/rope.cpp"),
    file!("ggml/rope.h"),
    file!("ggml/rows.cpp"),
    file!("ggml/rows.h"),
    file!("include/atomic_arch.h"),
    file!("include/bits/stdint.h"),
    file!("kernels/blocks256.c"),
    file!("kernels/blocks32.c"),
    file!("kernels/floats.c"),
    file!("kernels/kernels.h"),
    file!("kernels/lanes.h"),
    file!("kernels/quantize.c"),
    file!("kernels/rows.c"),
    file!("libc/absent.c"),
    file!("libc/file.c"),
    file!("libc/host.h"),
    file!("libc/malloc.c"),
    file!("libc/mmap.c"),
    file!("libc/pages.c"),
    file!("libc/pages.h"),
    file!("libc/paths.c"),
    file!("libc/paths.h"),
    file!("libc/process.c"),
    file!("libc/string.c"),
    file!("libc/thread.c"),
    file!("libc/time.c"),
    file!("lists/libc.txt"),
    file!("lists/libcxx.txt"),
    file!("lists/libcxxabi.txt"),
    file!("shim/decode.cpp"),
    file!("shim/model.cpp"),
    file!("shim/shim.h"),
    file!("shim/status.cpp"),
    file!("shim/text.cpp"),
];

/// The files in one of the guest's folders, or all for an empty name.
pub(crate) fn below(
    folder: &'static str,
) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    FILES
        .iter()
        .filter(move |(path, _)| path.starts_with(folder))
}

/// The paths of the guest's sources in one of its folders that end in `.c` or `.cpp`, sorted.
pub(crate) fn sources_in(folder: &'static str) -> impl Iterator<Item = &'static str> {
    let is_source = |path: &&str| path.ends_with(".c") || path.ends_with(".cpp");
    FILES
        .iter()
        .map(|(path, _)| *path)
        .filter(is_source)
        .filter(move |path| path.starts_with(folder))
}

/// The entries of one of the guest's lists, without comments.
pub(crate) fn list(name: &str) -> impl Iterator<Item = &'static str> {
    let text = FILES
        .iter()
        .find(|(path, _)| *path == name)
        .map_or("", |(_, text)| text);
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    fn names_below(folder: &Path, prefix: &str, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                names_below(&entry.path(), &format!("{name}/"), names);
            } else {
                names.insert(name);
            }
        }
    }

    #[test]
    fn every_file_of_the_guest_is_carried_once_and_in_order() {
        let mut names = BTreeSet::new();
        names_below(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("guest"),
            "",
            &mut names,
        );
        let carried: Vec<_> = FILES.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(carried, names.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn lists_are_sorted_and_without_comments() {
        for name in ["lists/libc.txt", "lists/libcxx.txt", "lists/libcxxabi.txt"] {
            let entries: Vec<_> = list(name).collect();
            assert!(entries.len() >= 9 && entries.is_sorted(), "{name}");
            assert!(
                entries
                    .iter()
                    .all(|entry| entry.ends_with(".c") || entry.ends_with(".cpp")),
                "{name}"
            );
        }
    }
}

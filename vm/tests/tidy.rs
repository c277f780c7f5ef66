//! Rules of the house that can be checked by reading the source text.
//!
//! Each test guards one line of `ARCHITECTURE.md` or `STYLE.md`. A list of
//! exceptions is a ratchet: an entry that is not needed any more fails too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of our own.
const FOREIGN: [&str; 3] = ["target", ".git", ".cache"];

/// Longest file, in lines.
const MAX_LINES: usize = 700;

/// Files that were longer when the rule came: they may shrink, not grow.
const LONG_FILES: [(&str, usize); 0] = [];

/// Files that may hold unsafe code.
const UNSAFE_FILES: [&str; 38] = [
    "simd/src/float_mode.rs",
    "simd/src/kernels/fast/avx2.rs",
    "simd/src/kernels/fast/avx512.rs",
    "simd/src/kernels/fast/door.rs",
    "simd/src/kernels/fast/output.rs",
    "simd/src/kernels/team.rs",
    "simd/src/lanes.rs",
    "simd/src/lanes/x86.rs",
    "vm/laws/src/fast.rs",
    "vm/src/cache/user.rs",
    "vm/src/func.rs",
    "vm/src/instance.rs",
    "vm/src/interp/call.rs",
    "vm/src/interp/frame.rs",
    "vm/src/interp/memory.rs",
    "vm/src/interp/mod.rs",
    "vm/src/jit/entry.rs",
    "vm/src/jit/faults.rs",
    "vm/src/jit/helpers.rs",
    "vm/src/jit/no_entry.rs",
    "vm/src/jit/pure.rs",
    "vm/src/machine/bulk.rs",
    "vm/src/machine/code_memory.rs",
    "vm/src/machine/exception.rs",
    "vm/src/machine/instance.rs",
    "vm/src/machine/map.rs",
    "vm/src/machine/memory.rs",
    "vm/src/machine/stack.rs",
    "vm/src/run/call.rs",
    "vm/src/run/machine.rs",
    "vm/src/run/mod.rs",
    "vm/src/run/place.rs",
    "vm/src/run/tests/code.rs",
    "vm/src/run/tier.rs",
    "vm/src/run/twin.rs",
    "vm/src/run/unwind.rs",
    "vm/src/store.rs",
    "vm/tests/signals.rs",
];

/// The families of instructions: a file of each in wings that are alike.
const FAMILIES: [&str; 7] = [
    "call", "control", "memory", "numeric", "table", "variable", "vector",
];

/// The wings of the engine.
const WINGS: [&str; 3] = ["lower", "interp", "jit"];

/// The wings that go through code instruction by instruction. The compiler of
/// machine code goes through it stage by stage.
const LIKE_WINGS: [&str; 2] = ["lower", "interp"];

/// What each inner room of the engine may name of the others.
const ROOMS: [(&str, &[&str]); 6] = [
    ("module", &["error", "profile"]),
    ("code", &[]),
    ("machine", &["error", "module", "profile"]),
    ("lower", &["code", "error", "machine", "module", "profile"]),
    ("interp", &["code", "machine"]),
    ("jit", &["code", "machine"]),
];

/// Names that point up, each with its reason.
const UPWARD: [(&str, &str, &str); 2] = [
    (
        "vm/src/machine/instance.rs",
        "compiled",
        "an instance keeps its module, with the code made so far, alive",
    ),
    (
        "vm/src/machine/context.rs",
        "store",
        "running code hands the store's exceptions on without knowing it",
    ),
];

/// What each crate may depend on of the others.
const CRATES: [(&str, &[&str]); 11] = [
    ("vm/isa", &[]),
    ("vm/x64", &[]),
    ("vm/regalloc", &[]),
    ("simd", &["isa"]),
    ("vm/laws", &["isa", "simd"]),
    ("weavedrive", &[]),
    ("vm", &["isa", "regalloc", "simd", "x64"]),
    ("vm/disasm", &["vm"]),
    ("wasi", &["vm", "weavedrive"]),
    ("llama-host", &["vm", "simd", "wasi", "weavedrive"]),
    (
        "cli",
        &["disasm", "isa", "llama", "simd", "vm", "wasi", "weavedrive"],
    ),
];

/// The names of crates in manifests.
const NAMES: [&str; 10] = [
    "disasm",
    "isa",
    "laws",
    "llama",
    "regalloc",
    "simd",
    "vm",
    "wasi",
    "weavedrive",
    "x64",
];

fn root() -> PathBuf {
    let vm = Path::new(env!("CARGO_MANIFEST_DIR"));
    vm.parent().expect("vm lies in the workspace").to_path_buf()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let entry = entry.expect("a folder can be listed");
        let path = entry.path();
        let name = entry.file_name();
        if entry.file_type().expect("files have types").is_dir() {
            if !FOREIGN.iter().any(|foreign| name == *foreign) {
                walk(&path, files);
            }
        } else {
            files.push(path);
        }
    }
}

/// Every text file of the repository that people write, by its path from the
/// root.
fn sources() -> BTreeMap<String, String> {
    let root = root();
    let mut files = Vec::new();
    walk(&root, &mut files);
    let kinds = [
        "rs", "toml", "md", "c", "cc", "cpp", "h", "txt", "wast", "csv",
    ];
    let is_source = |path: &PathBuf| {
        let kind = path.extension().and_then(|kind| kind.to_str());
        path.ends_with(".ci/run") || kind.is_some_and(|kind| kinds.contains(&kind))
    };
    files
        .into_iter()
        .filter(is_source)
        .map(|path| {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let name = path.strip_prefix(&root).expect("found below the root");
            (name.to_string_lossy().replace('\\', "/"), text)
        })
        .collect()
}

fn rust() -> BTreeMap<String, String> {
    let mut sources = sources();
    sources.retain(|name, _| name.ends_with(".rs"));
    sources
}

/// A file's text without comments of whole lines and the ends of others.
fn code(text: &str) -> String {
    let without = |line: &str| line.find("//").map_or(line, |at| &line[..at]).to_string();
    text.lines().map(without).collect::<Vec<_>>().join("\n")
}

/// Where `word` stands in `text`, not as a part of a longer name.
fn has_word(text: &str, word: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_name)
            && !text[at + word.len()..].chars().next().is_some_and(is_name)
    })
}

/// The rooms of the crate that a file names: `crate::room` and, in a list,
/// `crate::{room, other::Item}`.
fn named_rooms(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    let code = code(text);
    for (at, start) in code.match_indices("crate::") {
        if code[..at].ends_with('$') {
            continue;
        }
        let rest = &code[at + start.len()..];
        let list = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => rest
                .split([';', '{', '(', ',', ' ', '\n'])
                .next()
                .unwrap_or_default(),
        };
        for item in list.split(',') {
            let name: String = item
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            rooms.insert(name);
        }
    }
    rooms
}

fn in_room(name: &str, room: &str) -> bool {
    name.starts_with(&format!("vm/src/{room}/")) || name == format!("vm/src/{room}.rs")
}

#[track_caller]
fn none(rule: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

#[test]
fn wings_have_the_same_rooms() {
    let mut missing = Vec::new();
    for wing in LIKE_WINGS {
        let folder = root().join("vm/src").join(wing);
        for family in FAMILIES {
            if !folder.join(family).with_extension("rs").exists() {
                missing.push(format!("vm/src/{wing}/{family}.rs"));
            }
        }
    }
    none("a wing lacks a family's file", missing);
}

#[test]
fn arrows_inside_the_engine_point_down() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (name, text) in rust() {
        let Some((room, allowed)) = ROOMS.iter().find(|(room, _)| in_room(&name, room)) else {
            continue;
        };
        for other in named_rooms(&text) {
            // What is not a file of its own is an item of the crate's root.
            let is_room = root().join(format!("vm/src/{other}.rs")).exists()
                || root().join(format!("vm/src/{other}")).exists();
            if !is_room || other == *room || allowed.contains(&other.as_str()) {
                continue;
            }
            match UPWARD
                .iter()
                .find(|(file, up, _)| *file == name && *up == other)
            {
                Some((file, up, _)) => drop(used.insert((*file, *up))),
                None => wrong.push(format!("{name} names {other}")),
            }
        }
    }
    for (file, up, _) in UPWARD {
        if !used.contains(&(file, up)) {
            wrong.push(format!(
                "{file} does not name {up} any more: take it off the list"
            ));
        }
    }
    none("an arrow points up", wrong);
}

#[test]
fn wings_say_whom_they_use() {
    let mut wrong = Vec::new();
    for (name, text) in rust() {
        if WINGS.iter().any(|wing| in_room(&name, wing)) && code(&text).contains("use super::*") {
            wrong.push(name);
        }
    }
    none("a wing's file takes everything from its parent", wrong);
}

#[test]
fn crates_depend_downwards_only() {
    let sources = sources();
    let mut wrong = Vec::new();
    for (folder, allowed) in CRATES {
        let manifest = &sources[&format!("{folder}/Cargo.toml")];
        let dependencies = manifest
            .split("\n[")
            .find(|part| part.starts_with("dependencies]"));
        for line in dependencies.unwrap_or_default().lines() {
            for other in NAMES {
                if line.contains(&format!("lockstep-{other}")) && !allowed.contains(&other) {
                    wrong.push(format!("{folder} depends on {other}"));
                }
            }
            if ["vm/isa", "vm/regalloc", "vm/x64"].contains(&folder) && line.contains('=') {
                wrong.push(format!("{folder} depends on something: {line}"));
            }
        }
    }
    none("a dependency points up", wrong);
}

#[test]
fn meanings_and_decisions_are_safe_code() {
    for folder in ["vm/isa", "vm/regalloc", "vm/x64"] {
        let lib = &sources()[&format!("{folder}/src/lib.rs")];
        assert!(
            lib.contains("#![forbid(unsafe_code)]"),
            "{folder} may hold any code now"
        );
    }
}

#[test]
fn wasmparser_has_one_door() {
    let doors = ["vm/src/module/decode.rs", "vm/src/module/validate.rs"];
    let mut wrong = Vec::new();
    for (name, text) in rust() {
        let inside = name.starts_with("vm/src/") && !doors.contains(&name.as_str());
        if inside && has_word(&code(&text), "wasmparser") {
            wrong.push(name);
        }
    }
    none("wasmparser is named outside its door", wrong);
}

#[test]
fn unsafe_code_has_an_address() {
    let word = concat!("un", "safe");
    let mut wrong = Vec::new();
    for (name, text) in rust() {
        let listed = UNSAFE_FILES.contains(&name.as_str());
        match (has_word(&code(&text), word), listed) {
            (true, false) => wrong.push(format!("{name} holds some, and is not on the list")),
            (false, true) => wrong.push(format!("{name} holds none: take it off the list")),
            _ => {}
        }
    }
    none("code the compiler cannot check is out of its rooms", wrong);
}

#[test]
fn files_stay_short() {
    let mut wrong = Vec::new();
    for (name, text) in rust() {
        let lines = text.lines().count();
        match LONG_FILES.iter().find(|(file, _)| *file == name) {
            Some((_, most)) if lines > *most => {
                wrong.push(format!(
                    "{name}: {lines} lines, it must not grow past {most}"
                ));
            }
            Some(_) if lines <= MAX_LINES => {
                wrong.push(format!("{name}: short enough now, take it off the list"));
            }
            None if lines > MAX_LINES => {
                wrong.push(format!("{name}: {lines} lines, more than {MAX_LINES}"));
            }
            _ => {}
        }
    }
    none("a file is too long", wrong);
}

#[test]
fn nothing_is_left_undone() {
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("dbg", "!"),
        concat!("todo", "!"),
        concat!("unimplemented", "!"),
    ];
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            let macros = marks.iter().filter(|mark| mark.ends_with('!'));
            let words = marks.iter().filter(|mark| !mark.ends_with('!'));
            let found = words.into_iter().any(|mark| has_word(line, mark))
                || macros
                    .into_iter()
                    .any(|mark| line.contains(mark) && name.ends_with(".rs"));
            if found {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    none("something is marked as unfinished", wrong);
}

#[test]
fn no_path_of_a_machine() {
    let homes = [
        concat!("/ho", "me/"),
        concat!("/ro", "ot/"),
        concat!("/Us", "ers/"),
        concat!("/wo", "rk/"),
        concat!("C:", "\\"),
    ];
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if homes.iter().any(|home| line.contains(home)) {
                wrong.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    none("a path of somebody's machine", wrong);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if !name.ends_with(".md") {
            continue;
        }
        let folder = root()
            .join(&name)
            .parent()
            .expect("a file is in a folder")
            .to_path_buf();
        for (at, start) in text.match_indices("](") {
            let target = text[at + start.len()..]
                .split(')')
                .next()
                .unwrap_or_default();
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains(':') && !folder.join(file).exists() {
                wrong.push(format!("{name}: {target}"));
            }
        }
    }
    none("a link leads nowhere", wrong);
}

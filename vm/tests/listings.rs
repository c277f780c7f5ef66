//! The machine code of small functions, at every CPU level, as it was last
//! approved: so that a change of the compiler shows what it changes.
//!
//! `LOCKSTEP_BLESS=1 cargo test -p lockstep-vm --test listings` approves what
//! the compiler makes now.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::fs;
use std::path::{Path, PathBuf};

use lockstep_vm::{Config, CpuLevel, Engine, MachineCode, Module, Tier};

/// Lines of a difference that a failure shows.
const SHOWN: usize = 24;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings")
}

/// The functions: files with `ending`, by their names without it.
fn names(ending: &str) -> Vec<String> {
    let entries = fs::read_dir(folder()).expect("the folder is there");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|own| own == ending))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// The module of a listing, whose memories have guards or are checked.
fn module(name: &str, guards: bool) -> Module {
    let source = folder().join(name).with_extension("wat");
    let wasm = wat::parse_file(&source).expect("the text is valid");
    let config = Config::new().tier(Tier::Jit).guard_pages(guards);
    let engine = Engine::new(&config).expect("there is machine code here");
    Module::new(&engine, &wasm).expect("the module is valid")
}

/// The machine code of the function `run`.
fn machine_code(module: &Module, level: CpuLevel) -> MachineCode {
    let index = module.find_function("run").expect("an export");
    module.machine_code(index, level).expect("it compiles")
}

/// What the compiler makes of it, level by level, and with guards if that is
/// something else.
fn compiled(name: &str) -> String {
    let checked = module(name, false);
    let mut text = String::new();
    for &level in CpuLevel::ALL {
        let machine = machine_code(&checked, level);
        text += &format!("== {level}\n{}\n", disasm::text(&machine));
    }
    let level = CpuLevel::X86V3;
    let guarded = machine_code(&module(name, true), level);
    if guarded.bytes != machine_code(&checked, level).bytes {
        text += &format!("== {level}, guard pages\n{}\n", disasm::text(&guarded));
    }
    text
}

/// The lines around the first difference: as approved, and as they are.
fn difference(approved: &str, now: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (approved.lines().collect(), now.lines().collect());
    let first = (0..old.len().max(new.len()))
        .find(|&line| old.get(line) != new.get(line))
        .unwrap_or(0);
    let mut text = format!("line {}:\n", first + 1);
    for line in &new[first.saturating_sub(3)..first] {
        text += &format!("    {line}\n");
    }
    let rest = first..first + SHOWN / 2;
    for line in rest.clone().filter_map(|line| old.get(line)) {
        text += &format!("  - {line}\n");
    }
    for line in rest.filter_map(|line| new.get(line)) {
        text += &format!("  + {line}\n");
    }
    text
}

#[test]
fn machine_code_is_as_it_was_approved() {
    let bless = std::env::var_os("LOCKSTEP_BLESS").is_some();
    let mut different = Vec::new();
    for name in names("wat") {
        let file = folder().join(&name).with_extension("txt");
        let now = compiled(&name);
        if bless {
            fs::write(&file, now).expect("the file can be written");
            continue;
        }
        let approved = fs::read_to_string(&file).unwrap_or_default();
        if approved != now {
            different.push(format!("{name}.txt, {}", difference(&approved, &now)));
        }
    }
    assert!(
        different.is_empty(),
        "the compiler makes other machine code of {} functions:\n\n{}\n\
         If that is meant, approve it and look at what changed:\n\
         LOCKSTEP_BLESS=1 cargo test -p lockstep-vm --test listings; git diff vm/tests/listings",
        different.len(),
        different.join("\n")
    );
}

#[test]
fn every_listing_has_its_function() {
    assert_eq!(names("txt"), names("wat"));
}

/// Machine code is decoded to the last byte, in order, and marks cover it.
#[test]
fn every_byte_is_shown() {
    for name in names("wat") {
        let module = module(&name, false);
        for &level in CpuLevel::ALL {
            let machine = machine_code(&module, level);
            let again = machine_code(&module, level);
            assert_eq!(machine.bytes, again.bytes, "{name} at {level}");
            let listing = disasm::Listing::new(&machine);
            let mut at = 0;
            for line in &listing.code {
                assert_eq!(line.offset, at, "{name} at {level}");
                assert!(!line.text.contains("(bad)"), "{name} at {level}: {line:?}");
                at += line.len;
            }
            assert_eq!(at, machine.data, "{name} at {level}");
            assert_eq!(machine.marks[0].offset, 0, "{name} at {level}");
            for mark in &machine.marks {
                let lines = listing.between(mark.offset, machine.data);
                assert_eq!(lines[0].offset, mark.offset, "{name} at {level}");
                assert!(machine.body.contains(&mark.wasm), "{name}: {mark:?}");
                assert!(
                    machine.instructions.iter().any(|inst| inst.pos == mark.pos),
                    "{name}: {mark:?}"
                );
            }
        }
    }
}

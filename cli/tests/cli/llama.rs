//! `lockstep llama`, with a guest that speaks the same interface and a model file with nothing in it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::{Lockstep, file, guest, lockstep};

/// A model file that is right as far as its header goes.
fn model() -> (tempfile::TempDir, PathBuf) {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(0u64.to_le_bytes());
    bytes.extend(2u64.to_le_bytes());
    let mut entry = |key: &str, kind: u32, value: &[u8]| {
        bytes.extend((key.len() as u64).to_le_bytes());
        bytes.extend(key.as_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(value);
    };
    entry("general.architecture", 8, b"\x05\0\0\0\0\0\0\0llama");
    entry("llama.context_length", 4, &64u32.to_le_bytes());
    file("model.gguf", &bytes)
}

fn ask(args: &[&str]) -> (tempfile::TempDir, Lockstep) {
    let (folder, path) = model();
    let module = guest("llama.wat");
    let fixed = [
        "llama",
        "--module",
        &module,
        "--model",
        path.to_str().unwrap(),
    ];
    let call = lockstep(fixed.iter().chain(args));
    (folder, call)
}

#[test]
fn an_answer_is_streamed_and_summed_up() {
    let (_folder, call) = ask(&["--max-tokens", "3", "--logits", "ab"]);
    let done = call.ends_with(0);
    assert_eq!(done.stdout, "cde\n");
    done.explains(&[
        "an alphabet",
        "prompt   2 tokens",
        "answer   3 tokens",
        "--max-tokens",
        "fuel ",
        "logits   blake3 ",
        "memory   blake3 ",
        "module   blake3 ",
        "profile  blake3 ",
        "step 0: token 99",
        "99  1.5          bits 3fc00000",
    ]);
}

#[test]
fn json_has_everything_and_two_runs_agree() {
    let json = |prompt| {
        let (_folder, call) = ask(&["--json", "--logits", prompt]);
        call.ends_with(0).json()
    };
    let (one, two) = (json("uvw"), json("uvw"));
    assert_eq!(one["text"], "xy");
    assert_eq!(one["outcome"], "complete");
    assert_eq!(one["prompt_tokens"], 3);
    assert_eq!(one["steps"].as_array().map(Vec::len), Some(3));
    for key in [
        "tokens",
        "logits_blake3",
        "tokens_blake3",
        "memory_blake3",
        "prompt_fuel",
        "answer_fuel",
        "module",
    ] {
        assert_eq!(one[key], two[key], "{key}");
        assert!(!one[key].is_null(), "{key}");
    }
    assert_ne!(one["logits_blake3"], json("a")["logits_blake3"]);
}

#[test]
fn a_prompt_can_come_from_standard_input() {
    let (_folder, call) = ask(&["-"]);
    assert_eq!(call.input("w\n").ends_with(0).stdout, "xy\n");
}

#[test]
fn a_model_can_come_from_the_drive() {
    let (folder, path) = model();
    let root = folder.path().join("drive");
    let store = lockstep_weavedrive::Store::open(&root).unwrap();
    let add = |bytes: &[u8]| store.add(bytes, Default::default()).unwrap().id.to_string();
    let id = add(&std::fs::read(&path).unwrap());
    let ask = |id: &str| {
        let (object, module) = (format!("/data/{id}"), guest("llama.wat"));
        lockstep([
            "llama",
            "--module",
            &module,
            "--drive",
            root.to_str().unwrap(),
            "--model",
            &object,
            "w",
        ])
    };
    assert_eq!(ask(&id).ends_with(0).stdout, "xy\n");
    ask(&add(b"no model"))
        .ends_with(120)
        .explains(&["not a GGUF model"]);
    ask(&"A".repeat(43))
        .ends_with(1)
        .explains(&["has no object"]);
    ask("short").ends_with(2).explains(&["43 characters"]);
}

#[test]
fn a_guest_that_traps_is_a_trap() {
    let (_folder, call) = ask(&["--json", "!"]);
    let done = call.ends_with(134);
    done.explains(&["the guest failed", "unreachable", "decode (function"]);
    assert_eq!(done.json()["outcome"], "trap");
}

#[test]
fn ctrl_c_stops_an_answer() {
    let (_folder, mut call) = ask(&["~"]);
    let child = call.command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(800));
    let kill = format!("kill -INT {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
}

#[test]
fn models_that_are_none_are_refused_before_anything_is_built() {
    let refused = |model: &str, code| lockstep(["llama", "--model", model, "x"]).ends_with(code);
    let (folder, path) = file("x.gguf", b"not a model at all");
    refused(path.to_str().unwrap(), 120).explains(&["x.gguf", "not a GGUF model", "not "]);
    let (_folder, short) = file("short.gguf", b"GGUF\x03\0\0\0\x01");
    refused(short.to_str().unwrap(), 120).explains(&["truncated"]);
    refused(folder.path().to_str().unwrap(), 2).explains(&["is a folder"]);
    refused("/no/such.gguf", 125).explains(&["/no/such.gguf"]);
    refused("gpt-9", 2).explains(&["gpt-9", "smollm2", ".gguf"]);
}

#[test]
fn bad_options_are_explained() {
    for (option, value) in [
        ("--temperature", "nan"),
        ("--temperature", "-1"),
        ("--top-p", "0"),
        ("--top-p", "2"),
    ] {
        let (_folder, call) = ask(&[&format!("{option}={value}"), "x"]);
        call.ends_with(2).explains(&[&option[2..]]);
    }
    lockstep(["llama"]).ends_with(2).explains(&["<PROMPT>"]);
    let (_folder, call) = ask(&["--context", "65", "x"]);
    call.ends_with(2).explains(&["65", "64"]);
    let (_folder, call) = ask(&["--system", "be brief", "x"]);
    call.ends_with(2).explains(&["chat template"]);
    let (_folder, call) = ask(&["--raw", ""]);
    call.ends_with(2).explains(&["prompt is empty"]);
}

#[test]
fn a_module_that_is_another_is_refused() {
    let (_folder, path) = model();
    let module = guest("functions.wat");
    let done = lockstep([
        "llama",
        "--module",
        &module,
        "--model",
        path.to_str().unwrap(),
        "x",
    ])
    .done();
    assert!(matches!(done.code, 120 | 134), "{done:?}");
    done.explains(&["_initialize"]);
}

#[test]
fn building_without_python_says_what_to_install() {
    let done = lockstep(["llama", "--build-only", "--json"]).ends_with(125);
    done.explains(&["Python 3", "LOCKSTEP_PYTHON"]);
    assert_eq!(done.json()["outcome"], "host");
}

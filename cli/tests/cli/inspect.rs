//! `lockstep inspect`.

use crate::{guest, lockstep};

#[test]
fn everything_in_a_module_is_shown() {
    let done = lockstep(["inspect", &guest("llama.wat")]).ends_with(0);
    for part in [
        "64-bit, 256.0 KiB and more",
        "memory64",
        "\"ll_decode\": func (i64 i32) -> (i32)",
        "custom \"name\"",
        "largest functions",
        "  decode\n",
    ] {
        assert!(done.stdout.contains(part), "no {part:?} in {}", done.stdout);
    }
    let done = lockstep(["inspect", &guest("needy.wat")]).ends_with(0);
    assert!(
        done.stdout
            .contains("\"env\" \"log\": func (i32 i64) -> (f32)"),
        "{done:?}"
    );
}

#[test]
fn json_has_the_same() {
    let json = lockstep(["inspect", "--json", &guest("needy.wat")])
        .ends_with(0)
        .json();
    assert_eq!(json["functions"], 3);
    assert_eq!(json["imported_functions"], 2);
    assert_eq!(json["imports"][0]["type"], "memory i64 1 2");
    assert_eq!(json["exports"][0]["name"], "_start");
    assert_eq!(json["blake3"].as_str().map(str::len), Some(64));
}

#[test]
fn register_code_is_found_by_name_and_index() {
    let file = guest("functions.wat");
    let by_name = lockstep(["inspect", &file, "--code", "outer"])
        .ends_with(0)
        .stdout;
    assert!(
        by_name.contains("charge") && by_name.contains("return"),
        "{by_name}"
    );
    assert_eq!(
        lockstep(["inspect", &file, "--code", "2"])
            .ends_with(0)
            .stdout,
        by_name
    );
    let json = lockstep(["inspect", &file, "--code", "2", "--json"])
        .ends_with(0)
        .json();
    assert_eq!(json["name"], "outer");
    lockstep(["inspect", &file, "--code", "nothing"])
        .ends_with(2)
        .explains(&["\"nothing\"", "index up to 6"]);
    lockstep(["inspect", &guest("needy.wat"), "--code", "0"])
        .ends_with(2)
        .explains(&["imported"]);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn machine_code_stands_beside_what_it_was_made_from() {
    let file = guest("sum.wat");
    let shown = lockstep(["inspect", &file, "--asm", "sum", "--level", "portable"])
        .ends_with(0)
        .stdout;
    for part in [
        "(func $sum",
        "b1 at word 4: fuel 15, in a loop\n",
        "rarely run\n",
        "a NaN becomes the canonical one",
        "[r14+cx.fuel]",
        "constants and tables\n",
    ] {
        assert!(shown.contains(part), "no {part:?} in {shown}");
    }
    // All three texts of an addition are in one line.
    let texts = ["f64.add  ", "f64.add acc s2 -> s2", "addsd"];
    let beside = |line: &str| texts.iter().all(|text| line.contains(text));
    assert!(shown.lines().any(beside), "{shown}");
    assert!(!shown.contains("Row(F64Add)"), "{shown}");
    let other = [
        "inspect",
        &file,
        "--asm",
        "0",
        "--level",
        "x86-64-v3",
        "--values",
    ];
    let values = lockstep(other).ends_with(0).stdout;
    assert!(
        values.contains("vaddsd") && values.contains("Row(F64Add)"),
        "{values}"
    );
}

#[cfg(target_arch = "x86_64")]
#[test]
fn machine_code_as_json_is_whole() {
    let file = guest("sum.wat");
    let args = [
        "inspect", &file, "--asm", "sum", "--level", "portable", "--json",
    ];
    let json = lockstep(args).ends_with(0).json();
    assert_eq!(json["level"], "portable");
    assert_eq!(json["name"], "sum");
    assert_eq!(json["blocks"][1]["fuel"], 15);
    let mut at = 0;
    for line in json["machine_code"].as_array().unwrap() {
        assert_eq!(line["offset"], at, "{line}");
        at += line["bytes"].as_str().unwrap().len() / 2;
    }
    assert!(at > 0 && json.get("values").is_none());
    let last = json["wasm"].as_array().unwrap().last().unwrap();
    assert_eq!(last["text"].as_str().unwrap().trim(), "local.get $sum");
}

#[test]
fn wrong_requests_for_machine_code_are_explained() {
    let file = guest("sum.wat");
    lockstep(["inspect", &file, "--asm", "nothing"])
        .ends_with(2)
        .explains(&["\"nothing\""]);
    lockstep(["inspect", &file, "--asm", "sum", "--level", "i386"])
        .ends_with(2)
        .explains(&["i386", "portable"]);
    lockstep(["inspect", &file, "--level", "portable"])
        .ends_with(2)
        .explains(&["--asm"]);
    lockstep(["inspect", &guest("needy.wat"), "--asm", "0"])
        .ends_with(2)
        .explains(&["imported"]);
}

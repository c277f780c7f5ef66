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

//! The command: its files and its exit code.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_report"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program was built")
}

#[test]
fn a_second_machine_that_differs_gives_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let collect = [
        "collect",
        "--parts",
        "mirror",
        "--offline",
        "--json",
        "there.json",
    ];
    let output = run(folder.path(), &collect);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let compare = [
        "--parts",
        "mirror",
        "--offline",
        "--second",
        "there.json",
        "--out",
        "page",
    ];
    let output = run(folder.path(), &compare);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let there = folder.path().join("there.json");
    let mut evidence: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&there).unwrap()).unwrap();
    let parts = evidence["parts"].as_array_mut().unwrap();
    let mirror = parts
        .iter_mut()
        .find(|part| part["id"] == "mirror")
        .unwrap();
    for print in mirror["prints"].as_array_mut().unwrap() {
        print["hash"] = "0".repeat(64).into();
    }
    fs::write(&there, evidence.to_string()).unwrap();
    let output = run(folder.path(), &compare);
    assert_eq!(output.status.code(), Some(1), "{output:?}");

    let render = ["render", "page/report.json", "--out", "again"];
    let output = run(folder.path(), &render);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let page = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(page("page/index.html"), page("again/index.html"));
}

#[test]
fn files_that_are_none_are_told_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x.json"), "{\"schema\": 99}").unwrap();
    for (file, says) in [("none.json", "none.json"), ("x.json", "version 99")] {
        for arguments in [&["--second", file][..], &["render", file]] {
            let output = run(folder.path(), arguments);
            assert_eq!(output.status.code(), Some(2), "{output:?}");
            let text = String::from_utf8_lossy(&output.stderr);
            assert!(text.contains(says), "{text}");
        }
    }
}

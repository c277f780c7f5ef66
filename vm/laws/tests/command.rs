//! The `laws` command from outside.

use std::process::{Command, Output};

fn laws(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_laws"))
        .args(arguments)
        .output()
        .expect("the command starts")
}

#[test]
fn a_grid_that_holds_is_exit_code_0() {
    let output = laws(&["grid", "--step", "2000", "--threads", "1"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("no differences"), "{text}");
    // No bar where there is no terminal.
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn json_is_the_report() {
    let output = laws(&["truth", "--ops", "5000", "--seed", "3", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let report = laws::truth(&laws::TruthOptions {
        ops: 5000,
        seed: 3,
        ..Default::default()
    });
    assert_eq!(printed, serde_json::to_value(report).unwrap());
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in [
        &[][..],
        &["truth", "--ops", "0"],
        &["grid", "--step", "none"],
        &["grid", "--threads", "0"],
    ] {
        let output = laws(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

//! `lockstep wast`.

use crate::{file, guest, lockstep};

#[test]
fn failures_are_shown_with_their_lines() {
    let script = guest("script.wast");
    let done = lockstep(["wast", &script]).ends_with(1);
    assert!(
        done.stdout.contains("script.wast:3 (interp)") && done.stdout.contains("result 0: wanted"),
        "{done:?}"
    );
    let json = lockstep(["wast", "--json", &script]).ends_with(1).json();
    assert_eq!(json["scripts"][0]["assertions"], 2);
    assert_eq!(json["scripts"][0]["failures"][0]["line"], 3);
}

#[test]
fn good_scripts_pass_and_missing_ones_do_not_stop_the_others() {
    let (_folder, path) = file(
        "good.wast",
        b"(module (func (export \"f\")))\n(assert_return (invoke \"f\"))",
    );
    let path = path.to_str().unwrap();
    let done = lockstep(["wast", path]).ends_with(0);
    assert!(done.stdout.contains("everything passed"), "{done:?}");
    let done = lockstep(["wast", "/no/such.wast", path]).ends_with(1);
    done.explains(&["/no/such.wast"]);
    assert!(done.stdout.contains("good.wast"), "{done:?}");
}

#[test]
fn a_script_that_is_none_is_a_failure() {
    let (_folder, path) = file("bad.wast", b"(((");
    let done = lockstep(["wast".as_ref(), path.as_os_str()]).ends_with(1);
    assert!(done.stdout.contains("cannot be parsed"), "{done:?}");
}

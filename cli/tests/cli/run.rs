//! `lockstep run`.

use std::process::Command;
use std::time::Duration;

use crate::{Done, file, guest, lockstep};

fn invoke(name: &str, args: &[&str]) -> Done {
    let file = guest("functions.wat");
    let call = ["run", &file, "--invoke", name, "--"];
    lockstep(call.iter().chain(args)).done()
}

#[test]
fn a_command_writes_and_ends_with_its_own_code() {
    let done = lockstep(["run", &guest("hello64.wat")]).ends_with(7);
    assert_eq!(
        (done.stdout.as_str(), done.stderr.as_str()),
        ("hello\n", "")
    );
    let done = lockstep(["run", "--json", &guest("hello64.wat")]).ends_with(7);
    let json = done.json();
    assert_eq!(json["outcome"], "exited");
    assert_eq!(json["exit_code"], 7);
    assert_eq!(json["stdout"]["text"], "hello\n");
}

#[test]
fn the_engine_changes_nothing_but_time() {
    let file = guest("functions.wat");
    let with = |how: &str| {
        let call = [
            "run", "--engine", how, "--json", &file, "--invoke", "add", "4", "5",
        ];
        lockstep(call)
    };
    let mut hows = vec!["auto"];
    if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        hows.push("jit");
    }
    let plain = with("interp").ends_with(0).json();
    for how in hows {
        let json = with(how).ends_with(0).json();
        for field in ["results", "fuel", "memories"] {
            assert_eq!(json[field], plain[field], "{how}: {field}");
        }
    }
    with("other").ends_with(2);
}

#[test]
fn a_code_that_the_system_can_not_show_is_not_zero() {
    let done = lockstep(["run", &guest("exit.wat")]).ends_with(255);
    done.explains(&["256"]);
}

#[test]
fn functions_take_and_give_values_by_type() {
    assert_eq!(invoke("add", &["40", "-0x2"]).stdout, "38\n");
    let vector = "0x000102030405060708090a0b0c0d0e0f";
    let done = invoke("several", &["0.1", "nan", vector, "5"]);
    assert_eq!(
        done.stdout,
        format!("host value 5\n{vector}\nnan (bits:7ff8000000000000)\n0.1\n")
    );
    let file = guest("functions.wat");
    let json = lockstep(["run", &file, "--invoke", "add", "--json", "1", "2"])
        .ends_with(0)
        .json();
    assert_eq!(json["results"][0]["value"], "3");
    assert_eq!(json["fuel"], 3);
}

#[test]
fn wrong_calls_say_what_is_wanted() {
    let done = invoke("add", &["1"]);
    assert_eq!(done.code, 2);
    done.explains(&["takes 2 arguments, not 1", "(i32 i32) -> (i32)"]);
    let done = invoke("add", &["1", "x"]);
    assert_eq!(done.code, 2);
    done.explains(&["argument 2", "\"x\"", "i32", "hexadecimal"]);
    let done = invoke("minus", &[]);
    assert_eq!(done.code, 2);
    done.explains(&["\"minus\"", "add (i32 i32) -> (i32)"]);
    let done = lockstep(["run", &guest("functions.wat")]).ends_with(2);
    done.explains(&["_start", "not a command", "--invoke", "outer"]);
}

#[test]
fn a_trap_has_a_backtrace() {
    let done = invoke("outer", &[]);
    assert_eq!(done.code, 134);
    done.explains(&[
        "integer divide by zero",
        "0: div (function 1) at 0x",
        "1: outer (function 2) at 0x",
    ]);
    let json = lockstep([
        "run",
        &guest("functions.wat"),
        "--invoke",
        "outer",
        "--json",
    ])
    .ends_with(134)
    .json();
    assert_eq!(json["outcome"], "trap");
    assert_eq!(json["frames"][0]["name"], "div");
    assert!(json["frames"][1]["offset"].as_u64() > Some(8));
    let done = invoke("deep", &[]);
    assert_eq!(done.code, 134);
    done.explains(
        &["call stack exhausted", "more"]
            .map(|part| if part == "more" { "frames below" } else { part }),
    );
    let done = invoke("throw", &[]);
    assert_eq!(done.code, 134);
    done.explains(&["exception"]);
}

#[test]
fn fuel_is_a_limit_and_a_measure() {
    let file = guest("functions.wat");
    let done =
        lockstep(["run", &file, "--invoke", "spin", "--fuel", "1000", "--json"]).ends_with(124);
    done.explains(&["fuel", "--fuel"]);
    let json = done.json();
    assert_eq!(json["outcome"], "out-of-fuel");
    assert!(
        json["fuel"]
            .as_u64()
            .is_some_and(|fuel| (990..=1000).contains(&fuel)),
        "{json}"
    );
    let done = lockstep(["run", &file, "--invoke", "add", "--stats", "1", "2"]).ends_with(0);
    done.explains(&["fuel     3", "module   ", "profile  ", "memory   64.0 KiB"]);
}

#[test]
fn imports_that_are_missing_are_all_listed_with_their_types() {
    let done = lockstep(["run", &guest("needy.wat"), "--json"]).ends_with(121);
    done.explains(&[
        "3 imports",
        "\"env\" \"memory\": memory i64 1 2",
        "\"env\" \"log\": func (i32 i64) -> (f32)",
        "\"proc_exit\": func (i64) -> ()",
        "defined as func (i32) -> ()",
    ]);
    assert_eq!(done.json()["imports"].as_array().unwrap().len(), 3);
}

#[test]
fn a_limit_of_the_profile_has_its_own_code() {
    let (_folder, path) = file(
        "big.wat",
        b"(module (memory i64 2000000) (func (export \"_start\")))",
    );
    let done = lockstep(["run".as_ref(), path.as_os_str()]).ends_with(122);
    done.explains(&["limit", "big.wat"]);
}

#[test]
fn two_runs_see_the_same_world_and_options_change_it() {
    let file = guest("world.wat");
    let see = |options: &[&str]| {
        let call = ["run", "--json", &file];
        let mut json = lockstep(call.iter().chain(options)).ends_with(0).json();
        json.as_object_mut().unwrap().remove("seconds");
        json
    };
    let plain = see(&[]);
    assert_eq!(plain, see(&[]));
    for options in [
        ["--seed", "1"],
        [
            "--seed",
            "0000000000000000000000000000000000000000000000000000000000000001",
        ],
        ["--clock-start", "2020-02-29"],
        ["--clock", "step=5"],
        ["--env", "A=b"],
        ["--", "argument"],
    ] {
        assert_ne!(plain["stdout"], see(&options)["stdout"], "{options:?}");
    }
    let text = see(&["--env", "NAME=value", "--", "-x"])["stdout"]["text"].to_string();
    assert!(
        text.contains("world.wat") && text.contains("-x") && text.contains("NAME=value"),
        "{text}"
    );
}

#[test]
fn bad_options_are_explained() {
    for (option, value, part) in [
        ("--seed", "x", "64 hexadecimal digits"),
        ("--clock-start", "yesterday", "2024-01-31"),
        ("--clock", "fuel=0", "step=NANOSECONDS"),
        ("--env", "A", "KEY=VALUE"),
        ("--mount", ":/x", "no folder"),
        ("--fuel", "-1", "--fuel"),
    ] {
        let done =
            lockstep(["run", &guest("world.wat"), &format!("{option}={value}")]).ends_with(2);
        done.explains(&[part]);
    }
    let done = lockstep(["run", &guest("world.wat"), "--mount", "/no/such/folder"]).ends_with(125);
    done.explains(&["/no/such/folder"]);
    let done = lockstep([
        "run",
        &guest("world.wat"),
        "--mount",
        "/tmp",
        "--mount",
        "/",
    ])
    .ends_with(2);
    done.explains(&["two things are mounted"]);
}

#[test]
fn a_mounted_folder_can_be_read() {
    let (folder, _) = file("note.txt", b"written down\n");
    let mount = format!("{}:/notes", folder.path().display());
    let done = lockstep(["run", &guest("cat.wat"), "--mount", &mount, "note.txt"]).ends_with(0);
    assert_eq!(done.stdout, "written down\n");
    // 44 is the standard's number for "no such file".
    lockstep(["run", &guest("cat.wat"), "--mount", &mount, "other.txt"]).ends_with(44);
}

#[test]
fn standard_input_reaches_the_guest() {
    let done = lockstep(["run", &guest("cat.wat")])
        .input("a line\n")
        .ends_with(0);
    assert_eq!(done.stdout, "a line\n");
}

#[test]
fn a_drive_is_mounted_and_what_it_lacks_stops_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("drive");
    let store = lockstep_weavedrive::Store::open(&root).unwrap();
    let id = store
        .add(&b"woven\n"[..], Default::default())
        .unwrap()
        .id
        .to_string();
    let root = root.to_str().unwrap();
    let done = lockstep(["run", &guest("cat.wat"), "--drive", root, "--", &id]).ends_with(0);
    assert_eq!(done.stdout, "woven\n");
    let missing = "A".repeat(43);
    let done = lockstep([
        "run",
        &guest("cat.wat"),
        "--drive",
        root,
        "--json",
        &missing,
    ])
    .ends_with(123);
    done.explains(&[&missing, "lockstep drive add"]);
    assert_eq!(done.json()["object"], missing);
    lockstep(["run", &guest("cat.wat"), "--drive", "default", &id]).ends_with(125);
}

#[test]
fn ctrl_c_stops_a_guest_that_runs_forever() {
    let mut call = lockstep(["run", &guest("functions.wat"), "--invoke", "spin"]);
    let child = call.command.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(600));
    let kill = format!("kill -INT {}", child.id());
    assert!(
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"));
}

/// Adds up all numbers to its argument.
const SUM: &[u8] = br#"(module (func (export "sum") (param i32) (result i64) (local i64)
    (loop $again
      (local.set 1 (i64.add (local.get 1) (i64.extend_i32_u (local.get 0))))
      (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
      (br_if $again (local.get 0)))
    (local.get 1)))"#;

/// A run of [`SUM`] with a cache: whether warnings are as wanted, and what of
/// the cache was used and added.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn kept(file: &str, cache: &str, warning: Option<&str>) -> Option<String> {
    let args = [
        "run", file, "--engine", "jit", "--invoke", "sum", "--cache", cache, "--stats", "400000",
    ];
    let done = lockstep(args).ends_with(0);
    assert_eq!(done.stdout, "80000200000\n");
    assert_eq!(
        done.stderr.contains("warning: "),
        warning.is_some(),
        "{done:?}"
    );
    done.explains(warning.as_slice());
    let line = done.stderr.lines().find(|line| line.starts_with("cache"));
    line.map(|line| line["cache".len()..].trim().to_owned())
}

#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn machine_code_is_kept_and_what_is_wrong_with_it_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, file) = file("hot.wat", SUM);
    let file = file.to_str().unwrap();
    let cache = folder.path().join("code");
    let at = cache.to_str().unwrap();
    let made = Some("0 functions used, 1 added".to_owned());
    let used = Some("1 function used, 0 added".to_owned());
    assert_eq!(kept(file, at, None), made);
    assert_eq!(kept(file, at, None), used);
    let entry = std::fs::read_dir(&cache)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&entry).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&entry, bytes).unwrap();
    assert_eq!(
        kept(file, at, Some("its hash is not that of its content")),
        made
    );
    assert_eq!(kept(file, at, None), used);
    std::fs::set_permissions(&cache, PermissionsExt::from_mode(0o777)).unwrap();
    assert_eq!(kept(file, at, Some("others may write to it")), None);
    assert_eq!(kept(file, file, Some("cannot create the folder")), None);
    assert_eq!(kept(file, "default", None), made);
}

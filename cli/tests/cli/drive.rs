//! `lockstep drive`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::{Done, file, lockstep};

fn drive(root: &Path, args: &[&str]) -> Done {
    let root = root.to_str().unwrap();
    lockstep(["drive"].iter().chain(args).chain(&["--drive", root])).done()
}

/// A drive with one object, and the object's id.
fn with_object() -> (tempfile::TempDir, String) {
    let (folder, path) = file("note.txt", b"written down");
    let root = folder.path().join("drive");
    let done = drive(&root, &["add", path.to_str().unwrap(), "--json"]);
    assert_eq!(done.code, 0, "{done:?}");
    let id = done.json()[0]["id"].as_str().unwrap().to_owned();
    (folder, id)
}

#[test]
fn objects_are_added_listed_verified_and_removed() {
    let (folder, id) = with_object();
    let root = folder.path().join("drive");
    let note = folder.path().join("note.txt");
    let again = drive(&root, &["add", note.to_str().unwrap()]);
    assert!(
        again.stdout.contains(&id) && again.stdout.contains("there already"),
        "{again:?}"
    );
    let list = drive(&root, &["ls"]);
    for part in [&id, "12 B", "note.txt", "1 object"] {
        assert!(list.stdout.contains(part), "no {part:?} in {list:?}");
    }
    assert_eq!(drive(&root, &["ls", "--json"]).json()[0]["bytes"], 12);
    assert!(drive(&root, &["verify"]).stdout.starts_with("sound"));
    let removed = drive(&root, &["rm", &format!("/data/{id}")]);
    assert_eq!(
        (removed.code, removed.stdout),
        (0, format!("removed {id}\n"))
    );
    assert!(drive(&root, &["ls"]).stdout.contains("is empty"));
}

#[test]
fn standard_input_can_be_added() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap();
    let json = lockstep(["drive", "add", "-", "--drive", root, "--json"])
        .input("abc")
        .ends_with(0)
        .json();
    assert_eq!(json[0]["bytes"], 3);
}

#[test]
fn one_bad_item_does_not_stop_the_others() {
    let (folder, id) = with_object();
    let root = folder.path().join("drive");
    let note = folder.path().join("note.txt");
    let done = drive(
        &root,
        &["add", "/no/such/file", "/", note.to_str().unwrap()],
    );
    assert_eq!(done.code, 1);
    done.explains(&["/no/such/file", "No such file", "directory"]);
    assert!(done.stdout.contains(&id), "{done:?}");
    let missing = "A".repeat(43);
    let done = drive(&root, &["verify", &missing, &id, "--json"]);
    assert_eq!(done.code, 1);
    assert_eq!(done.json()[1]["outcome"], "sound");
    done.explains(&[&missing, "drive ls"]);
}

#[test]
fn a_flipped_bit_is_found() {
    let (folder, id) = with_object();
    let root = folder.path().join("drive");
    let data = root.join("objects").join(&id).join("data");
    let mut bytes = fs::read(&data).unwrap();
    bytes[3] ^= 0x10;
    fs::set_permissions(&data, fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(&data, bytes).unwrap();
    let done = drive(&root, &["verify"]);
    assert_eq!(done.code, 1);
    assert!(
        done.stdout.starts_with("damaged") && done.stdout.contains("chunk 0"),
        "{done:?}"
    );
    let json = drive(&root, &["verify", "--json"]).json();
    assert_eq!(json[0]["outcome"], "damaged");
    fs::write(&data, b"short").unwrap();
    let done = drive(&root, &["ls"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("damaged"), "{done:?}");
}

#[test]
fn ids_are_checked_and_may_start_with_a_dash() {
    let (folder, _) = with_object();
    let root = folder.path().join("drive");
    let done = drive(&root, &["rm", "short"]);
    assert_eq!(done.code, 2);
    done.explains(&["43 characters"]);
    let dashed = format!("-{}", "A".repeat(42));
    let done = drive(&root, &["rm", &dashed]);
    assert_eq!(done.code, 2);
    done.explains(&["'-- -"]);
    let done = drive(&root, &["rm", &format!("/data/{dashed}")]);
    assert_eq!(done.code, 1);
    done.explains(&["has no object", &dashed]);
}

#[test]
fn folders_that_are_no_drives_are_refused() {
    let (folder, path) = file("note.txt", b"x");
    let done = drive(folder.path(), &["ls"]);
    assert_eq!(done.code, 120);
    done.explains(&["is not a drive"]);
    let done = drive(&path, &["add", path.to_str().unwrap()]);
    assert_eq!(done.code, 125);
    let done = drive(Path::new("/no/such/drive"), &["ls"]);
    assert_eq!(done.code, 125);
    done.explains(&["no drive at /no/such/drive"]);
    // Nobody, not even root, can make folders there.
    let done = drive(
        Path::new("/proc/no/drive"),
        &["add", path.to_str().unwrap(), "--json"],
    );
    assert_eq!(done.code, 125);
    assert_eq!(done.json()["outcome"], "host");
    done.explains(&["/proc/no/drive"]);
}

//! Files that are not what they should be: always an error in words, never a panic.

use crate::{Done, file, guest, lockstep};

fn call(command: &str, content: &[u8]) -> Done {
    let (_folder, path) = file("hostile.wasm", content);
    lockstep([command.as_ref(), path.as_os_str()]).done()
}

fn hello() -> Vec<u8> {
    wat::parse_file(guest("hello64.wat")).unwrap()
}

#[test]
fn files_of_other_kinds_are_named() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "empty"),
        (b"\0as", "first four bytes"),
        (b"GGUF\x03\0\0\0", "lockstep llama"),
        (b"\0asm\x0d\0\x01\0", "component"),
        (b"\0asm\x02\0\0\0", "not a valid module"),
        (b"\x7fELF\x02\x01", "starts with"),
        (b"#!/bin/sh\n", "#!/bin/sh"),
        (b"(module (func (export", "does not parse"),
        (b"(\xff\xfe)", "starts with"),
    ];
    for command in ["run", "inspect"] {
        for (content, part) in cases {
            let done = call(command, content);
            assert_eq!(done.code, 120, "{done:?}");
            done.explains(&["hostile.wasm", part]);
        }
        lockstep([command, "/"])
            .ends_with(125)
            .explains(&["directory"]);
        lockstep([command, "/no/such.wasm"])
            .ends_with(125)
            .explains(&["/no/such.wasm"]);
    }
}

#[test]
fn no_beginning_of_a_module_is_one() {
    let bytes = hello();
    for end in (8..bytes.len()).step_by(5) {
        let done = call("inspect", &bytes[..end]);
        // A module may end after any of its sections.
        assert!(matches!(done.code, 0 | 120), "{end}: {done:?}");
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let bytes = hello();
    // A generator of Knuth's: which bytes are flipped is the same every time.
    let mut state = 1u64;
    for _ in 0..60 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut flipped = bytes.clone();
        let at = 8 + (state >> 33) as usize % (bytes.len() - 8);
        flipped[at] ^= (state >> 25) as u8 | 1;
        let (_folder, path) = file("flipped.wasm", &flipped);
        let fuel = ["run", "--fuel", "1000000"].map(std::ffi::OsStr::new);
        lockstep(fuel.into_iter().chain([path.as_os_str()])).done();
    }
}

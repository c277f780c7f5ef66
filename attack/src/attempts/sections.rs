//! Malformed bytes: counts that lie, padded numbers, strings, sections.

use crate::attempt::{Attempt, How};
use crate::build::{custom, leb, raw, text};
use crate::outcome::Kind;

/// A section that claims 2^32 - 1 entries and has none.
fn claims(id: u8) -> Vec<u8> {
    raw(&[(id, leb(u64::from(u32::MAX)))])
}

/// A section that claims a million entries and has none.
fn claims_a_million(id: u8) -> Vec<u8> {
    raw(&[(id, leb(1_000_000))])
}

fn name_section(subsection: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![subsection];
    bytes.extend(leb(content.len() as u64));
    bytes.extend(content);
    bytes
}

/// A module that traps, whose name section is this.
fn trapping(names: &[u8]) -> Vec<u8> {
    let mut bytes = text("(module (func (export \"f\") unreachable))");
    bytes.extend(custom("name", names));
    bytes
}

macro_rules! lies {
    ($($name:literal $id:literal $tries:literal;)*) => {
        &[$(
            Attempt::new(concat!("lie-", $name), concat!("a section that claims 2^32 - 1 ", $tries), How::Validate, || claims($id))
                .fails(Kind::Invalid, ""),
            Attempt::new(concat!("lie-1m-", $name), concat!("a section that claims a million ", $tries), How::Validate, || claims_a_million($id))
                .fails(Kind::Invalid, ""),
        )*]
    };
}

pub(super) const LIES: &[Attempt] = lies! {
    "types" 1 "types";
    "imports" 2 "imports";
    "functions" 3 "functions";
    "tables" 4 "tables";
    "memories" 5 "memories";
    "globals" 6 "globals";
    "exports" 7 "exports";
    "elements" 9 "element segments";
    "bodies" 10 "bodies";
    "data" 11 "data segments";
    "tags" 13 "tags";
};

pub(super) const ALL: &[Attempt] = &[
    Attempt::new("nothing", "no bytes at all", How::Validate, Vec::new)
        .fails(Kind::Invalid, "at byte 0x0"),
    Attempt::new("not-wasm", "1 MB of zeros", How::Validate, || {
        vec![0; 1 << 20]
    })
    .fails(Kind::Invalid, "magic"),
    Attempt::new(
        "section-size-lie",
        "a section that is longer than the module",
        How::Validate,
        || {
            let mut bytes = raw(&[]);
            bytes.push(1);
            bytes.extend(leb(u64::from(u32::MAX)));
            bytes
        },
    )
    .fails(Kind::Invalid, ""),
    Attempt::new(
        "data-count-lie",
        "a data count that is not the number of segments",
        How::Validate,
        || raw(&[(12, leb(1_000_000)), (11, vec![0])]),
    )
    .fails(Kind::Invalid, ""),
    Attempt::new(
        "data-count-huge",
        "a data count of 2^32 - 1",
        How::Validate,
        || raw(&[(12, leb(u64::from(u32::MAX)))]),
    )
    .fails(Kind::Invalid, "exceeds limit of 100000"),
    Attempt::new(
        "leb-padded",
        "a count written in 5 bytes where 1 is enough: allowed",
        How::Validate,
        || raw(&[(1, vec![0x80, 0x80, 0x80, 0x80, 0x00])]),
    ),
    Attempt::new(
        "leb-too-long",
        "a count written in 6 bytes",
        How::Validate,
        || raw(&[(1, vec![0x80, 0x80, 0x80, 0x80, 0x80, 0x00])]),
    )
    .fails(Kind::Invalid, "integer"),
    Attempt::new(
        "leb-too-large",
        "a count of more than 32 bits",
        How::Validate,
        || raw(&[(1, vec![0xff, 0xff, 0xff, 0xff, 0x7f])]),
    )
    .fails(Kind::Invalid, "integer"),
    Attempt::new(
        "name-100m",
        "an export whose name has 10^8 bytes",
        How::Validate,
        || {
            let mut content = leb(1);
            content.extend(leb(100_000_000));
            content.resize(content.len() + 100_000_000, b'n');
            content.extend([0, 0]);
            raw(&[(7, content)])
        },
    )
    .fails(Kind::Invalid, "")
    .within(1.0, 128),
    Attempt::new(
        "name-not-utf8",
        "an import whose name is not UTF-8",
        How::Validate,
        || raw(&[(2, vec![1, 2, 0xff, 0xfe, 0, 0, 0])]),
    )
    .fails(Kind::Invalid, "UTF-8"),
    Attempt::new(
        "custom-100m",
        "a custom section of 100 MB",
        How::Validate,
        || raw(&[(0, custom_content(100_000_000))]),
    )
    .within(1.0, 128),
    Attempt::new(
        "custom-3m",
        "three million empty custom sections",
        How::Validate,
        || {
            let mut bytes = raw(&[]);
            bytes.extend(std::iter::repeat_n([0, 1, 0], 3_000_000).flatten());
            bytes
        },
    )
    .within(2.0, 240),
    Attempt::new(
        "module-over-limit",
        "a module of 1 GiB and a byte",
        How::Validate,
        || vec![0; (1 << 30) + 1],
    )
    .fails(
        Kind::Limit,
        "the module has 1073741825 bytes, more than 1073741824",
    ),
    Attempt::new(
        "names-of-locals",
        "names for a million locals of one function that traps",
        How::Call(1_000),
        || {
            let mut content = vec![1, 0];
            content.extend(leb(1_000_000));
            for i in 0..1_000_000 {
                content.extend(leb(i));
                content.extend([1, b'x']);
            }
            trapping(&name_section(2, &content))
        },
    )
    .fails(Kind::Trap, "unreachable")
    .within(1.0, 64),
    Attempt::new(
        "names-nowhere",
        "names for three million functions that are not there",
        How::Call(1_000),
        || {
            let mut content = leb(3_000_000);
            for i in 0..3_000_000 {
                content.extend(leb(i));
                content.extend([1, b'x']);
            }
            trapping(&name_section(1, &content))
        },
    )
    .fails(Kind::Trap, "x at 0x")
    .within(1.0, 64),
    Attempt::new(
        "names-count-lie",
        "a name map that claims 2^32 - 1 names",
        How::Call(1_000),
        || trapping(&name_section(1, &leb(u64::from(u32::MAX)))),
    )
    .fails(Kind::Trap, "function 0 at"),
];

fn custom_content(len: usize) -> Vec<u8> {
    let mut content = leb(1);
    content.push(b'x');
    content.resize(len, 0);
    content
}

//! Modules to modules: the same program with something to be seen added.

use wasm_encoder::{Encode, Section};
use wasmparser::{Parser, Payload};

/// A custom section's data, if the module is well-formed up to it and has one
/// of this name.
pub fn custom_section<'a>(wasm: &'a [u8], name: &str) -> Option<&'a [u8]> {
    Parser::new(0)
        .parse_all(wasm)
        .map_while(Result::ok)
        .find_map(|payload| match payload {
            Payload::CustomSection(section) if section.name() == name => Some(section.data()),
            _ => None,
        })
}

/// The module without its custom sections of this name. Bytes that are no
/// module stay as they are.
pub fn without_custom_section(wasm: &[u8], name: &str) -> Vec<u8> {
    let mut kept = Vec::with_capacity(wasm.len());
    let mut end = 0;
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        if let Payload::CustomSection(section) = &payload
            && section.name() == name
        {
            let content = section.range();
            let (start, past) = (content.start as usize, content.end as usize);
            kept.extend_from_slice(&wasm[end..header_start(wasm, start, past - start)]);
            end = past;
        }
    }
    kept.extend_from_slice(&wasm[end..]);
    kept
}

/// Where the id and size in front of a section's content begin. The size may
/// be written in more bytes than it needs.
fn header_start(wasm: &[u8], content: usize, length: usize) -> usize {
    let size = |at: usize| {
        let bytes = wasm[at..content].iter().enumerate();
        bytes.fold(0u64, |size, (i, byte)| {
            size | u64::from(byte & 0x7f) << (7 * i)
        })
    };
    (1..=5)
        .map(|digits| content - digits)
        .find(|&at| wasm[at - 1] == 0 && size(at) == length as u64)
        .map_or(content, |at| at - 1)
}

/// Adds a custom section to the end of a module.
pub fn append_custom_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let section = wasm_encoder::CustomSection {
        name: name.into(),
        data: data.into(),
    };
    wasm.push(section.id());
    section.encode(wasm);
}

//! Function bodies with instructions put in.

use wasm_encoder::{Encode, ValType};
use wasmparser::{FunctionBody, Operator, Parser, Payload};

use super::sections::number;
use super::shape::Shape;
use super::{RewriteError, Sections, id};

/// Where an operator stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Index of its function, imports counted.
    pub(super) function: u32,
    /// Byte offset in the module as it was.
    pub(super) offset: u64,
    /// Index of the first local that was added to the function.
    pub(super) local: u32,
}

/// Writes `op` (whose bytes are `raw`) and what goes before or behind it.
pub(super) type Write<'a> = dyn FnMut(&mut Vec<u8>, &Operator<'_>, &[u8], Place) + 'a;

/// Rewrites every body of `wasm` into the code section of `sections`. Every
/// function gets these locals in addition.
pub(super) fn rewrite(
    sections: &mut Sections,
    wasm: &[u8],
    shape: &Shape,
    locals: &[ValType],
    write: &mut Write<'_>,
) -> Result<(), RewriteError> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionEntry(body) = payload? {
            let defined = bodies.len();
            let parameters = shape.parameters.get(defined).copied().unwrap_or(0);
            let function = shape.imported_functions + defined as u32;
            let content = one(wasm, &body, function, parameters, locals, write)?;
            let mut item = Vec::new();
            content.encode(&mut item);
            bodies.push(item);
        }
    }
    if !bodies.is_empty() {
        sections.replace(id::CODE, &bodies);
    }
    Ok(())
}

fn one(
    wasm: &[u8],
    body: &FunctionBody<'_>,
    function: u32,
    parameters: u32,
    locals: &[ValType],
    write: &mut Write<'_>,
) -> Result<Vec<u8>, RewriteError> {
    let range = body.range();
    let bytes = wasm
        .get(range.start as usize..range.end as usize)
        .ok_or(RewriteError::Cut)?;
    let mut local = parameters;
    let mut reader = body.get_locals_reader()?;
    for _ in 0..reader.get_count() {
        local += reader.read()?.0;
    }
    let declared = (reader.original_position() - range.start) as usize;
    let (groups, digits) = number(bytes).ok_or(RewriteError::Cut)?;
    let mut content = Vec::new();
    (groups + locals.len() as u32).encode(&mut content);
    content.extend_from_slice(&bytes[digits..declared]);
    for ty in locals {
        1u32.encode(&mut content);
        ty.encode(&mut content);
    }
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let (op, offset) = operators.read_with_offset()?;
        let end = operators.original_position();
        let raw = wasm
            .get(offset as usize..end as usize)
            .ok_or(RewriteError::Cut)?;
        let place = Place {
            function,
            offset,
            local,
        };
        write(&mut content, &op, raw, place);
    }
    Ok(content)
}

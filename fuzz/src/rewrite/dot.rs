//! A relaxed dot product, spelled out.

use wasm_encoder::{Encode, Instruction as I, ValType};
use wasmparser::Operator;

use super::shape::Shape;
use super::{RewriteError, Sections, body};

/// The module with every `i32x4.relaxed_dot_i8x16_i7x16_add_s` replaced by
/// the dot product, a pairwise addition and an addition, which is what the
/// law says it is; some engines add without wrapping to 16 bits between. None
/// if the module has no such instruction.
///
/// # Errors
/// When the module is not well-formed.
pub fn dot(wasm: &[u8]) -> Result<Option<Vec<u8>>, RewriteError> {
    let shape = Shape::of(wasm)?;
    let mut sections = Sections::parse(wasm).ok_or(RewriteError::Cut)?;
    let mut found = false;
    let mut write = |out: &mut Vec<u8>, op: &Operator<'_>, raw: &[u8], place: body::Place| {
        if !matches!(op, Operator::I32x4RelaxedDotI8x16I7x16AddS) {
            out.extend_from_slice(raw);
            return;
        }
        found = true;
        for instruction in [
            I::LocalSet(place.local),
            I::I16x8RelaxedDotI8x16I7x16S,
            I::I32x4ExtAddPairwiseI16x8S,
            I::LocalGet(place.local),
            I::I32x4Add,
        ] {
            instruction.encode(out);
        }
    };
    body::rewrite(&mut sections, wasm, &shape, &[ValType::V128], &mut write)?;
    Ok(found.then(|| sections.bytes()))
}

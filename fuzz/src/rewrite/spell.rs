//! Instructions that engines are known to read differently, spelled out.

use wasm_encoder::{Encode, Instruction as I, ValType};
use wasmparser::Operator;

use super::shape::Shape;
use super::{RewriteError, Sections, body};

/// Which instructions to spell out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// `i32x4.relaxed_dot_i8x16_i7x16_add_s` as a dot product, a pairwise
    /// addition and an addition, which is what the law says it is; some
    /// engines add without wrapping to 16 bits between.
    pub relaxed_dot_sum: bool,
    /// The condition of every `select` by way of a local.
    pub select_condition: bool,
}

/// The module with these instructions spelled out. None if it has none.
///
/// # Errors
/// When the module is not well-formed.
pub fn spell(wasm: &[u8], spelling: Spelling) -> Result<Option<Vec<u8>>, RewriteError> {
    if spelling == Spelling::default() {
        return Ok(None);
    }
    let shape = Shape::of(wasm)?;
    let mut sections = Sections::parse(wasm).ok_or(RewriteError::Cut)?;
    let mut found = false;
    let mut write = |out: &mut Vec<u8>, op: &Operator<'_>, raw: &[u8], place: body::Place| {
        let mut put = |list: &[I<'_>]| {
            found = true;
            list.iter().for_each(|instruction| instruction.encode(out));
        };
        match op {
            Operator::I32x4RelaxedDotI8x16I7x16AddS if spelling.relaxed_dot_sum => put(&[
                I::LocalSet(place.local),
                I::I16x8RelaxedDotI8x16I7x16S,
                I::I32x4ExtAddPairwiseI16x8S,
                I::LocalGet(place.local),
                I::I32x4Add,
            ]),
            Operator::Select | Operator::TypedSelect { .. } if spelling.select_condition => {
                put(&[I::LocalSet(place.local + 1), I::LocalGet(place.local + 1)]);
                out.extend_from_slice(raw);
            }
            _ => out.extend_from_slice(raw),
        }
    };
    let locals = [ValType::V128, ValType::I32];
    body::rewrite(&mut sections, wasm, &shape, &locals, &mut write)?;
    Ok(found.then(|| sections.bytes()))
}

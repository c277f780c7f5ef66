//! What control programs have to do with: functions of few types, tables,
//! memories and tags.

use wasm_encoder::{AbstractHeapType, HeapType, RefType, ValType};

use super::super::code::Code;
use super::super::shape::{Data, Element, Global, NUMBERS, Shape, Signature, Table};
use crate::entropy::Entropy;

const FUNC: ValType = ValType::Ref(RefType::FUNCREF);
const EXTERN: ValType = ValType::Ref(RefType::EXTERNREF);

/// `exnref`.
pub(super) const EXN: RefType = RefType {
    nullable: true,
    heap_type: HeapType::Abstract {
        shared: false,
        ty: AbstractHeapType::Exn,
    },
};

/// Any type of a local.
pub(super) fn any_type(code: &mut Code<'_, '_>) -> ValType {
    match code.entropy.below(8) {
        0 => *code.entropy.pick(&[EXTERN, FUNC]),
        _ => *code.entropy.pick(&NUMBERS),
    }
}

fn plain_type(entropy: &mut Entropy<'_>) -> ValType {
    match entropy.below(10) {
        0 => *entropy.pick(&[EXTERN, FUNC]),
        _ => *entropy.pick(&NUMBERS),
    }
}

/// A type of a few parameters and results.
pub(super) fn signature(entropy: &mut Entropy<'_>) -> Signature {
    let params = entropy.below(4);
    let results = *entropy.pick(&[1, 0, 1, 2, 3]);
    let mut some = |count| (0..count).map(|_| plain_type(entropy)).collect();
    Signature {
        params: some(params),
        results: some(results),
    }
}

/// Locals for references, besides the numbers every body has.
pub(super) fn add_locals(code: &mut Code<'_, '_>) {
    code.free_local(FUNC);
    code.free_local(EXTERN);
    code.free_local(ValType::Ref(EXN));
    let callee = code.entropy.below(code.shape.named as usize);
    let ty = code.shape.functions[callee];
    code.free_local(typed(ty, true).into());
}

/// A reference to functions of one type.
pub(super) fn typed(ty: u32, nullable: bool) -> RefType {
    RefType {
        nullable,
        heap_type: HeapType::Concrete(ty),
    }
}

/// Everything but bodies.
pub(super) fn shape(entropy: &mut Entropy<'_>) -> Shape {
    let mut shape = Shape::default();
    // Few types, so that calls through tables fit often.
    let pool: Vec<Signature> = (0..1 + entropy.below(3))
        .map(|_| signature(entropy))
        .collect();
    if entropy.chance(1, 3) {
        for _ in 0..1 + entropy.below(2) {
            shape.function(entropy.pick(&pool).clone());
        }
        shape.imported = shape.functions.len() as u32;
    }
    for _ in 0..2 + entropy.below(4) {
        shape.function(entropy.pick(&pool).clone());
    }
    shape.named = shape.functions.len() as u32;
    shape.add_globals(entropy);
    shape.budget = Some(shape.globals.len() as u32);
    shape.globals.push(Global {
        ty: ValType::I32,
        is_mutable: true,
        bits: 100,
    });
    for _ in 0..1 + entropy.below(3) {
        shape.add_memory(entropy);
    }
    add_tables(&mut shape, entropy);
    for _ in 0..1 + entropy.below(2) {
        let bytes = entropy.vector().to_le_bytes();
        let length = entropy.below(17);
        shape.data.push(Data {
            active: None,
            bytes: bytes[..length].to_vec(),
        });
    }
    for _ in 0..1 + entropy.below(3) {
        let params = (0..entropy.below(4)).map(|_| plain_type(entropy)).collect();
        let ty = shape.type_of(Signature {
            params,
            results: Vec::new(),
        });
        shape.tags.push(ty);
    }
    shape
}

/// Tables of functions, of host values, and of functions of one type.
fn add_tables(shape: &mut Shape, entropy: &mut Entropy<'_>) {
    let ty = *entropy.pick(&shape.functions);
    let mut elements = vec![RefType::FUNCREF, RefType::EXTERNREF, typed(ty, true)];
    elements.truncate(1 + entropy.below(3));
    if entropy.chance(1, 3) {
        elements.push(RefType::FUNCREF);
    }
    for element in elements {
        let size = 2 + entropy.below(10) as u64;
        let index = shape.tables.len() as u32;
        shape.tables.push(Table {
            is_64: entropy.chance(1, 3),
            element,
            size,
            most: size + entropy.below(20) as u64,
        });
        if element == RefType::EXTERNREF {
            continue;
        }
        for active in [true, false] {
            let count = entropy.below(size as usize);
            let mut function = || some_function(shape, element, entropy);
            let functions: Vec<_> = (0..count + 1).map(|_| function()).collect();
            let at = entropy.below(size as usize - count) as u64;
            shape.elements.push(Element {
                active: active.then_some((index, at)),
                ty: element,
                functions,
            });
        }
    }
}

/// A function that a table of this type may hold, or null.
fn some_function(shape: &Shape, element: RefType, entropy: &mut Entropy<'_>) -> Option<u32> {
    let fits = |&function: &u32| match element.heap_type {
        HeapType::Concrete(ty) => shape.functions[function as usize] == ty,
        _ => true,
    };
    let fitting: Vec<u32> = (0..shape.functions.len() as u32).filter(fits).collect();
    match entropy.chance(7, 8) {
        true => Some(*entropy.pick(&fitting)),
        false => None,
    }
}

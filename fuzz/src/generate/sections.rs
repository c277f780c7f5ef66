//! Changes to finished modules, section by section, without taking the rest
//! of them apart.

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Encode, ExportKind, Function, ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload, TypeRef};

/// Name of the function that [`with_refuel`] adds.
pub(super) const REFUEL: &str = "refuel";

/// The module with a name of its own for each import: wasm-smith gives things
/// of several types the same name, and no host can offer that.
pub(super) fn with_distinct_imports(wasm: &[u8]) -> Option<Vec<u8>> {
    rewrite(wasm, |payload| {
        let Payload::ImportSection(reader) = payload else {
            return Some(None);
        };
        let mut imports = ImportSection::new();
        for (i, import) in reader.clone().into_imports().enumerate() {
            let ty = RoundtripReencoder.entity_type(import.ok()?.ty).ok()?;
            imports.import("host", &format!("i{i}"), ty);
        }
        let mut data = Vec::new();
        imports.encode(&mut data);
        // Without the size in front, which the section gets anew.
        let (_, size) = number(&data)?;
        Some(Some(data[size..].to_vec()))
    })
}

/// The module with an exported function that sets an `i32` global, so that a
/// budget lasts for one call and not for all. None if the module has no
/// function of its own.
pub(super) fn with_refuel(wasm: &[u8], global: u32, value: i32) -> Option<Vec<u8>> {
    let (mut types, mut functions) = (0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::TypeSection(reader) => types = reader.count(),
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let is_function = matches!(import.ok()?.ty, TypeRef::Func(_));
                    functions += u32::from(is_function);
                }
            }
            Payload::FunctionSection(reader) => functions += reader.count(),
            _ => {}
        }
    }
    let mut body = Function::new([]);
    body.instructions()
        .i32_const(value)
        .global_set(global)
        .end();
    let mut added = 0;
    let module = rewrite(wasm, |payload| {
        let (_, range) = payload.as_section()?;
        let data = &wasm[range.start as usize..range.end as usize];
        let mut item = Vec::new();
        match payload {
            // A function type with nothing on either side.
            Payload::TypeSection(_) => item.extend([0x60, 0, 0]),
            Payload::FunctionSection(_) => types.encode(&mut item),
            Payload::ExportSection(_) => {
                REFUEL.encode(&mut item);
                ExportKind::Func.encode(&mut item);
                functions.encode(&mut item);
            }
            Payload::CodeSectionStart { .. } => body.encode(&mut item),
            _ => return Some(None),
        }
        added += 1;
        Some(Some(with_item(data, &item)?))
    })?;
    (added == 4).then_some(module)
}

/// The content of a section with one more item.
fn with_item(data: &[u8], item: &[u8]) -> Option<Vec<u8>> {
    let (count, size) = number(data)?;
    let mut longer = Vec::with_capacity(data.len() + item.len() + 1);
    (count + 1).encode(&mut longer);
    longer.extend(&data[size..]);
    longer.extend(item);
    Some(longer)
}

/// A number and how many bytes it takes.
fn number(data: &[u8]) -> Option<(u32, usize)> {
    let mut reader = wasmparser::BinaryReader::new(data, 0);
    let number = reader.read_var_u32().ok()?;
    Some((number, reader.current_position()))
}

/// Copies a module, with `change` giving the new content of the sections it
/// wants to change (`Some(Some(_))`), or None if it can not.
fn rewrite(
    wasm: &[u8],
    mut change: impl FnMut(&Payload<'_>) -> Option<Option<Vec<u8>>>,
) -> Option<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.ok()?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let data = &wasm[range.start as usize..range.end as usize];
        let new = change(&payload)?;
        let data = new.as_deref().unwrap_or(data);
        module.section(&RawSection { id, data });
    }
    Some(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_gets_names_and_a_function() {
        let text = r#"(module
            (import "a" "" (func (param i32)))
            (import "a" "" (global i64))
            (global $fuel (mut i32) (i32.const 3))
            (func (export "f") (result i32) global.get $fuel))"#;
        let wasm = wat::parse_str(text).unwrap();
        let wasm = with_distinct_imports(&wasm).unwrap();
        let wasm = with_refuel(&wasm, 1, 77).unwrap();
        wasmparser::validate(&wasm).unwrap();
        let text = wasmprinter::print_bytes(&wasm).unwrap();
        for part in ["\"host\" \"i0\"", "\"host\" \"i1\"", "\"refuel\"", "77"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

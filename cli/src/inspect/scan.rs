//! A look over the bytes of a valid module: its sections, and which additions to the first standard it uses.

use std::collections::BTreeSet;

use wasmparser::{BinaryReaderError, Operator, Parser, Payload};

/// The addition that an instruction came with; `mvp` for those of the first standard.
fn addition(operator: &Operator<'_>) -> &'static str {
    macro_rules! by_operator {
        ($( @$proposal:ident $name:ident $({ $($field:ident: $ty:ty),* })? => $visit:ident ($($note:tt)*) )*) => {
            match operator {
                $( Operator::$name { .. } => stringify!($proposal), )*
                _ => "unknown",
            }
        };
    }
    wasmparser::for_each_operator!(by_operator)
}

/// What was seen.
#[derive(Default)]
pub(super) struct Scan {
    sections: Vec<(String, u64)>,
    tables: Vec<String>,
    features: BTreeSet<&'static str>,
}

impl Scan {
    /// Looks over a module that the engine has validated.
    ///
    /// # Errors
    /// If it can not be read after all.
    pub(super) fn of(bytes: &[u8]) -> Result<Scan, BinaryReaderError> {
        let mut scan = Scan::default();
        for payload in Parser::new(0).parse_all(bytes) {
            scan.payload(payload?)?;
        }
        Ok(scan)
    }

    /// The sections in order, with their sizes in bytes.
    pub(super) fn sections(&self) -> &[(String, u64)] {
        &self.sections
    }

    /// The module's own tables, described.
    pub(super) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// Names of the additions.
    pub(super) fn feature_names(&self) -> Vec<String> {
        self.features
            .iter()
            .map(|name| name.replace('_', "-"))
            .collect()
    }

    /// Names of the additions, as a sentence.
    pub(super) fn features(&self) -> String {
        match self.features.is_empty() {
            true => "none beyond the first standard".to_owned(),
            false => self.feature_names().join(", "),
        }
    }

    fn payload(&mut self, payload: Payload<'_>) -> Result<(), BinaryReaderError> {
        if let Payload::CustomSection(section) = &payload {
            self.sections.push((
                format!("custom {:?}", section.name()),
                section.data().len() as u64,
            ));
            return Ok(());
        }
        if let Some((id, range)) = payload.as_section() {
            self.sections
                .push((section_name(id).to_owned(), range.end - range.start));
        }
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    match import?.ty {
                        wasmparser::TypeRef::Memory(ty) => self.memory(ty),
                        wasmparser::TypeRef::Table(ty) => self.wide(ty.table64),
                        _ => {}
                    }
                }
            }
            Payload::MemorySection(memories) => {
                if memories.count() > 1 {
                    self.features.insert("multi_memory");
                }
                for memory in memories {
                    self.memory(memory?);
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    let ty = table?.ty;
                    self.wide(ty.table64);
                    self.tables.push(describe(&ty));
                }
            }
            Payload::TagSection(_) => {
                self.features.insert("exceptions");
            }
            Payload::CodeSectionEntry(body) => {
                let mut operators = body.get_operators_reader()?;
                while !operators.eof() {
                    self.operator(&operators.read()?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn memory(&mut self, ty: wasmparser::MemoryType) {
        self.wide(ty.memory64);
        if ty.shared {
            self.features.insert("threads");
        }
    }

    fn wide(&mut self, is_64: bool) {
        if is_64 {
            self.features.insert("memory64");
        }
    }

    fn operator(&mut self, operator: &Operator<'_>) {
        match addition(operator) {
            "mvp" => {}
            name => {
                self.features.insert(name);
            }
        }
        if let Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } =
            operator
            && matches!(blockty, wasmparser::BlockType::FuncType(_))
        {
            self.features.insert("multi_value");
        }
    }
}

fn describe(ty: &wasmparser::TableType) -> String {
    let width = if ty.table64 { 64 } else { 32 };
    let most = ty
        .maximum
        .map_or_else(|| "and more".to_owned(), |max| format!("to {max}"));
    format!("{width}-bit, {} {most}, of {}", ty.initial, ty.element_type)
}

fn section_name(id: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "data count",
        "tag",
    ];
    NAMES.get(usize::from(id)).copied().unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Scan {
        Scan::of(&wat::parse_str(text).unwrap()).unwrap()
    }

    #[test]
    fn features_come_from_instructions_and_types() {
        assert_eq!(
            scan("(module (func (nop)))").features(),
            "none beyond the first standard"
        );
        let text = "(module (memory i64 1) (table 1 2 funcref)
            (func (drop (v128.const i32x4 0 0 0 0)) (return_call 0)))";
        let scan = scan(text);
        assert_eq!(scan.feature_names(), ["memory64", "simd", "tail-call"]);
        assert_eq!(scan.tables(), ["32-bit, 1 to 2, of funcref"]);
    }

    #[test]
    fn sections_are_listed_in_order() {
        let scan = scan("(module (func $f) (export \"f\" (func $f)))");
        let names: Vec<&str> = scan
            .sections()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(
            names,
            ["type", "function", "export", "code", "custom \"name\""]
        );
    }
}

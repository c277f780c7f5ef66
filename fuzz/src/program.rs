//! A program: a module, the calls to make, and the fuel for each; also as a file.
//!
//! In a file the calls are a custom section of the module, as JSON, so that a
//! program is one `.wasm` file that any tool reads, or one `.wat` file that a
//! person reads.

use std::fmt;
use std::fs;
use std::path::Path;

use lockstep_vm::{Engine, ExternType, Module, ValType};
use serde::{Deserialize, Serialize};
use spec_tests::tier::{RefKind, Value};

use crate::entropy::Entropy;

/// Name of the custom section that holds a program's calls.
pub const SECTION: &str = "lockstep.calls";

/// Fuel of a call, where nothing else is said: enough for any loop that a
/// generator makes, and little enough for thousands of programs a minute.
pub const FUEL: u64 = 200_000;

/// A call of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Name of the exported function.
    pub export: String,
    /// Its arguments.
    pub arguments: Vec<Value>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(", self.export)?;
        for (i, argument) in self.arguments.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(f, "{comma}{argument:?}")?;
        }
        f.write_str(")")
    }
}

/// Everything a run depends on, besides the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The module.
    pub wasm: Vec<u8>,
    /// What is called, in order, in one instance.
    pub calls: Vec<Call>,
    /// Fuel for each call, and for the start function.
    pub fuel: u64,
}

/// Why a file or a module is no program.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// The file can not be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text form does not parse.
    #[error("{path}: {message}")]
    Text {
        /// The file.
        path: String,
        /// What is wrong, with line and column.
        message: String,
    },
    /// The engine does not accept the module.
    #[error("the module is refused: {0}")]
    Module(#[from] lockstep_vm::Error),
    /// The section with the calls is damaged.
    #[error("custom section `{SECTION}`: {0}")]
    Calls(String),
}

/// The custom section.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    fuel: u64,
    calls: Vec<(String, Vec<String>)>,
}

impl Program {
    /// A program that calls every exported function `rounds` times with
    /// arguments from `entropy`.
    ///
    /// # Errors
    /// When the engine refuses the module.
    pub fn calling_all(
        wasm: Vec<u8>,
        rounds: usize,
        entropy: &mut Entropy<'_>,
    ) -> Result<Program, ProgramError> {
        let module = Module::new(&Engine::default(), &wasm)?;
        let mut calls = Vec::new();
        for _ in 0..rounds {
            for export in module.exports() {
                let ExternType::Func(ty) = export.ty() else {
                    continue;
                };
                let arguments = ty.params().iter().map(|&ty| entropy.value(ty));
                if let Some(arguments) = arguments.collect() {
                    calls.push(Call {
                        export: export.name().to_owned(),
                        arguments,
                    });
                }
            }
        }
        Ok(Program {
            wasm,
            calls,
            fuel: FUEL,
        })
    }

    /// The module with the calls in a custom section, any older such section
    /// left out.
    pub fn to_wasm(&self) -> Vec<u8> {
        let section = Section {
            fuel: self.fuel,
            calls: self.calls.iter().map(to_words).collect(),
        };
        let data = serde_json::to_vec(&section).expect("strings and numbers are JSON");
        let mut wasm = crate::rewrite::without_custom_section(&self.wasm, SECTION);
        crate::rewrite::append_custom_section(&mut wasm, SECTION, &data);
        wasm
    }

    /// The program as text, if the printer knows all of it.
    ///
    /// # Errors
    /// What the printer says.
    pub fn to_wat(&self) -> Result<String, String> {
        wasmprinter::print_bytes(self.to_wasm()).map_err(|e| format!("{e:#}"))
    }

    /// Takes a module apart into module and calls. Without a section of calls
    /// every exported function is called with a few arguments that follow
    /// from the module's bytes.
    ///
    /// # Errors
    /// When the section is damaged, or there is none and the engine refuses
    /// the module.
    pub fn from_wasm(bytes: &[u8]) -> Result<Program, ProgramError> {
        let Some(data) = crate::rewrite::custom_section(bytes, SECTION) else {
            let seed = blake3::hash(bytes);
            return Program::calling_all(bytes.to_vec(), 2, &mut Entropy::new(seed.as_bytes()));
        };
        let damaged = |e: &dyn fmt::Display| ProgramError::Calls(e.to_string());
        let section: Section = serde_json::from_slice(&data).map_err(|e| damaged(&e))?;
        let calls = section.calls.into_iter().map(|words| {
            from_words(words).map_err(|word| {
                damaged(&format!(
                    "`{word}` is no value; values look like `i32:0x2a`"
                ))
            })
        });
        Ok(Program {
            calls: calls.collect::<Result<_, _>>()?,
            fuel: section.fuel,
            wasm: crate::rewrite::without_custom_section(bytes, SECTION),
        })
    }

    /// Reads a program from a `.wasm` or `.wat` file.
    ///
    /// # Errors
    /// When the file can not be read, does not parse, or holds no program.
    pub fn read(path: &Path) -> Result<Program, ProgramError> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|source| ProgramError::File {
            path: name.clone(),
            source,
        })?;
        let wasm = wat::parse_bytes(&bytes).map_err(|e| ProgramError::Text {
            path: name,
            message: e.to_string(),
        })?;
        Program::from_wasm(&wasm)
    }

    /// BLAKE3 of the program's binary form.
    pub fn hash(&self) -> blake3::Hash {
        blake3::hash(&self.to_wasm())
    }
}

fn to_words(call: &Call) -> (String, Vec<String>) {
    let word = |value: &Value| match *value {
        Value::I32(v) => format!("i32:{v:#x}"),
        Value::I64(v) => format!("i64:{v:#x}"),
        Value::F32(bits) => format!("f32:{bits:#x}"),
        Value::F64(bits) => format!("f64:{bits:#x}"),
        Value::V128(bits) => format!("v128:{bits:#x}"),
        Value::Extern(n) => format!("extern:{n:#x}"),
        Value::Null(RefKind::Extern) => "null:extern".to_owned(),
        Value::Null(RefKind::Exn) | Value::Exn => "null:exn".to_owned(),
        Value::Null(RefKind::Func) | Value::Func => "null:func".to_owned(),
    };
    (
        call.export.clone(),
        call.arguments.iter().map(word).collect(),
    )
}

fn from_words((export, words): (String, Vec<String>)) -> Result<Call, String> {
    let value = |word: &String| {
        let (ty, digits) = word.split_once(':')?;
        let bits = || u128::from_str_radix(digits.strip_prefix("0x")?, 16).ok();
        Some(match (ty, digits) {
            ("i32", _) => Value::I32(u32::try_from(bits()?).ok()? as i32),
            ("i64", _) => Value::I64(u64::try_from(bits()?).ok()? as i64),
            ("f32", _) => Value::F32(bits()?.try_into().ok()?),
            ("f64", _) => Value::F64(bits()?.try_into().ok()?),
            ("v128", _) => Value::V128(bits()?),
            ("extern", _) => Value::Extern(bits()?.try_into().ok()?),
            ("null", "func") => Value::Null(RefKind::Func),
            ("null", "extern") => Value::Null(RefKind::Extern),
            ("null", "exn") => Value::Null(RefKind::Exn),
            _ => return None,
        })
    };
    let arguments = words
        .iter()
        .map(|word| value(word).ok_or_else(|| word.clone()));
    Ok(Call {
        arguments: arguments.collect::<Result<_, _>>()?,
        export,
    })
}

/// What values of a type look like from outside.
pub fn null(ty: ValType) -> Option<Value> {
    lockstep_vm::Val::default_for(ty).map(spec_tests::lockstep::from_engine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_survives_both_forms() {
        let wasm = wat::parse_str(
            r#"(module (func (export "f \"g\"") (param i32 f64 v128 externref funcref)))"#,
        )
        .unwrap();
        let arguments = vec![
            Value::I32(-1),
            Value::F64(0x7ff0_0000_0000_0001),
            Value::V128(u128::MAX - 5),
            Value::Extern(7),
            Value::Null(RefKind::Func),
        ];
        let program = Program {
            wasm,
            calls: vec![Call {
                export: "f \"g\"".to_owned(),
                arguments,
            }],
            fuel: 99,
        };
        assert_eq!(Program::from_wasm(&program.to_wasm()).unwrap(), program);
        let text = wat::parse_str(program.to_wat().unwrap()).unwrap();
        let again = Program::from_wasm(&text).unwrap();
        assert_eq!(again.calls, program.calls);
        // Packing twice leaves one section.
        let packed = Program {
            wasm: program.to_wasm(),
            ..program.clone()
        };
        assert_eq!(packed.to_wasm(), program.to_wasm());
    }

    #[test]
    fn damaged_calls_are_an_error_with_the_word() {
        let mut wasm = wat::parse_str("(module)").unwrap();
        let calls = br#"{"fuel": 1, "calls": [["f", ["i32:zz"]]]}"#;
        crate::rewrite::append_custom_section(&mut wasm, SECTION, calls);
        let error = Program::from_wasm(&wasm).unwrap_err().to_string();
        assert!(error.contains("i32:zz"), "{error}");
    }
}
